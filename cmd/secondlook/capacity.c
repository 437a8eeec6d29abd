/* `secondlook capacity`: how many specialists on shift keep what is dangerous from waiting, by the recorded history. */
#include "capacity.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/time.h"
#include "db/migrate.h"
#include "subcommands.h"

enum { EXIT_THIN = 3, EXIT_NOT_EVEN_SO = 4, HISTORY_MAXIMUM = 1 << 28, LITERAL_SIZE = 64 };
#define MINUTE_US 60000000LL

/* Only instants and ranks leave the database. What was raised as overdue has the rank that it came with; a claim's time
 * runs from the last claim to the review, or to the completion. The wall clock of the control room tells the hours. */
static const char history_sql[] =
	"set transaction read only;"
	"select set_config('secondlook.force', '%s', true);"
	"with whole as (select min(recorded_at) as first_at, max(recorded_at) + interval '1 microsecond' as end_at"
	"  from review_item where force_id = '%s'),"
	" last as (select '%s'::text as force_id, first_at, case when first_at is not null then least(%s, end_at) end as to_at from whole),"
	" span as (select force_id, to_at, greatest(%s, first_at) as from_at from last),"
	" clock as (select coalesce((extract(epoch from from_at at time zone 'Europe/London') * 1000000)::bigint, 0) as from_us,"
	"  coalesce((extract(epoch from to_at at time zone 'Europe/London') * 1000000)::bigint, 0) as to_us from span),"
	" worked as (select sum(extract(epoch from least(coalesce(h.ended_at, h.ends_at), s.to_at)"
	"   - greatest(h.started_at, s.from_at)))"
	"   / nullif(extract(epoch from s.to_at - s.from_at), 0) as on_shift"
	"  from span s join shift h on h.force_id = s.force_id and h.role = 'specialist' and h.started_at is not null"
	"   and h.started_at < s.to_at and coalesce(h.ended_at, h.ends_at) > s.from_at"
	"  group by s.from_at, s.to_at),"
	" item as (select i.recorded_at, i.item_id,"
	"  (extract(epoch from i.recorded_at at time zone 'Europe/London') * 1000000)::bigint as arrived_us,"
	"  (extract(epoch from i.due_at at time zone 'Europe/London') * 1000000)::bigint as due_us,"
	"  case when i.raised_at is null then i.rank else (select r.rank from review_rank(array("
	"    select e.reason ->> 'code' from json_array_elements(i.reasons) e (reason) where e.reason ->> 'code' <> 'overdue'),"
	"    setting_values('{review_tiers}') -> 'review_tiers') r) end as rank,"
	"  case when i.status = 'done' then (extract(epoch from coalesce(w.recorded_at, i.changed_at) - i.claimed_at) * 1000000)::bigint"
	"   end as work_us,"
	"  (extract(epoch from i.claimed_at - i.recorded_at) * 1000000)::bigint as waited_us"
	"  from span s join review_item i on i.force_id = s.force_id and i.recorded_at >= s.from_at and i.recorded_at < s.to_at"
	"  left join review w on w.force_id = i.force_id and w.review_id = i.review_id)"
	"select concat_ws(' ', c.from_us, c.to_us, coalesce(((select on_shift from worked) * 1000)::bigint, -1000),"
	"  greatest(1, (setting_values('{review_overdue_every}') ->> 'review_overdue_every')::int)) ||"
	" coalesce((select string_agg(E'\\n' || concat_ws(' ', i.arrived_us, i.due_us, i.rank, greatest(-1, coalesce(i.work_us, -1)),"
	"  greatest(-1, coalesce(i.waited_us, -1))), '' order by i.arrived_us, i.recorded_at, i.item_id) from item i), '')"
	" from clock c";

static enum err ask(const struct settings *settings, const char *sql, struct bytes *answer, struct bytes *fault)
{
	struct bytes connection;
	bytes_init(&connection, 4096);
	enum err error = settings_connection(settings, NULL, &connection, fault);
	if (!error)
		error = sql ? db_run_blocking(bytes_string(&connection), sql, answer, fault) : ERR_MEMORY;
	if (!error && answer->failed)
		error = ERR_LIMIT;
	bytes_release(&connection);
	return error;
}

/* A name as forces have it: it stands in SQL. */
static enum err check_force(const char *text, struct bytes *fault)
{
	for (const char *letter = text; *letter; letter++)
		if (!islower((unsigned char)*letter) && !isdigit((unsigned char)*letter) && *letter != '-') {
			bytes_append_string(fault, "--force: a force's name has small letters, digits and hyphens\n");
			return ERR_INPUT;
		}
	return ERR_NONE;
}

/* An instant or a date as a literal; `otherwise` when none was given. */
static enum err make_moment(const char *flag, const char *given, const char *otherwise, char literal[LITERAL_SIZE],
			    struct bytes *fault)
{
	char text[64], moment[TIME_TEXT_SIZE];
	int64_t instant_us;
	snprintf(literal, LITERAL_SIZE, "%s", otherwise);
	if (!*given)
		return ERR_NONE;
	snprintf(text, sizeof text, "%s%s", given, strlen(given) == 10 ? "T00:00:00Z" : "");
	if (time_parse(text, strlen(text), &instant_us)) {
		bytes_format(fault, "%s: \"%s\" is neither a date, 2026-01-31, nor an instant, 2026-01-31T18:00:00Z\n", flag, given);
		return ERR_INPUT;
	}
	time_format(instant_us, moment);
	snprintf(literal, LITERAL_SIZE, "timestamptz '%s'", moment);
	return ERR_NONE;
}

static enum err make_sql(const struct settings *settings, struct bytes *sql, struct bytes *fault)
{
	char since[LITERAL_SIZE], until[LITERAL_SIZE];
	enum err error = check_force(settings->force, fault);
	if (!error)
		error = make_moment("--since", settings->since, "to_at - interval '84 days'", since, fault);
	if (!error)
		error = make_moment("--until", settings->until, "timestamptz 'infinity'", until, fault);
	if (!error)
		bytes_format(sql, history_sql, settings->force, settings->force, settings->force, until, since);
	return error;
}

static enum err read_history(const struct settings *settings, const struct capacity_question *question,
			     struct capacity_history *history, struct bytes *fault)
{
	struct bytes sql, text;
	bytes_init(&sql, 1 << 14);
	bytes_init(&text, HISTORY_MAXIMUM);
	enum err error = make_sql(settings, &sql, fault);
	if (!error)
		error = ask(settings, bytes_string(&sql), &text, fault);
	if (!error)
		error = bytes_string(&text) ? capacity_read(bytes_string(&text), question, history) : ERR_MEMORY;
	bytes_release(&sql);
	bytes_release(&text);
	return error;
}

static enum err print(bool is_json, const struct capacity_question *question, const struct capacity_history *history,
		      const struct capacity_answer *answer, const char *doubts)
{
	struct bytes text;
	bytes_init(&text, 1 << 20);
	(is_json ? capacity_print_json : capacity_print)(question, history, answer, doubts, &text);
	const char *string = bytes_string(&text);
	if (string)
		fputs(string, stdout);
	bytes_release(&text);
	return string ? ERR_NONE : ERR_MEMORY;
}

/* Status: 0, or one of the two that qualify the answer. */
static enum err answer_question(bool is_json, const struct capacity_question *question, struct capacity_history *history, int *status)
{
	struct capacity_answer answer;
	struct bytes doubts;
	bytes_init(&doubts, 4096);
	capacity_doubts(question, history, &doubts);
	const char *text = bytes_string(&doubts);
	enum err error = text ? capacity_find(question, history, &answer) : ERR_MEMORY;
	if (!error) {
		error = print(is_json, question, history, &answer, text);
		*status = *text ? EXIT_THIN : answer.specialists ? 0 : EXIT_NOT_EVEN_SO;
		capacity_forget(&answer);
	}
	bytes_release(&doubts);
	return error;
}

static enum err answer_for(const struct settings *settings, int *status, struct bytes *fault)
{
	struct capacity_question question = {
		.force = settings->force, .target_us = settings->target_minutes * MINUTE_US, .share = settings->share,
		.most = settings->most, .review_us = settings->review_minutes * MINUTE_US};
	struct capacity_history history;
	enum err error = read_history(settings, &question, &history, fault);
	if (error)
		return error;
	error = answer_question(settings->json, &question, &history, status);
	capacity_release(&history);
	return error;
}

int capacity_main(const struct settings *settings)
{
	struct bytes fault;
	int status = 1;
	bytes_init(&fault, 1 << 16);
	enum err error = answer_for(settings, &status, &fault);
	if (error)
		status = subcommand_failed("capacity", error, &fault);
	bytes_release(&fault);
	return status;
}
