/* The queue's order in the database against the one that is simulated; and what `secondlook capacity` says of a history. */
#include "queue_simulation.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "db/migrated.h"

enum { ITEMS = 150, REASONS = 13, TEXT_SIZE = 1024 };
#define MINUTE_US 60000000LL

static const struct {
	const char *code;
	int tier;
} reasons[REASONS] = {{"lethality", 1}, {"cut_off", 1}, {"injuries", 2}, {"linked_repeat", 2},
		      {"graded_medium", 3}, {"silent_call", 3}, {"no_rationale", 4}, {"submitted", 5},
		      {"weapons", 1}, {"linked_high", 1}, {"order_in_force", 2}, {"suspect_nearby", 3}, {"fresh_risk", 3}};

static int between(uint64_t *state, int least, int most)
{
	*state = *state * 6364136223846793005U + 1442695040888963407U;
	return least + (int)((*state >> 33) % (uint64_t)(most - least + 1));
}

/* An item of one reason or of many, due from half an hour ago to three hours on; its row goes into `sql`. */
static struct queue_item invent(uint64_t *state, int number, struct bytes *sql)
{
	int tiers[REASONS], count = 0;
	int wanted = 1 << between(state, 0, REASONS - 1);
	for (int more = between(state, 0, 3); more > 1; more--)
		wanted |= between(state, 0, (1 << REASONS) - 1);
	int due = between(state, -6, 36) * 5;
	bytes_format(sql, "%s(%d, %d, '{", number ? "," : "", number, due);
	for (int i = 0; i < REASONS; i++)
		if (wanted & 1 << i) {
			bytes_format(sql, "%s%s", count ? "," : "", reasons[i].code);
			tiers[count++] = reasons[i].tier;
		}
	bytes_append_string(sql, "}'::text[])");
	return (struct queue_item){.arrived_us = 0, .due_us = due * MINUTE_US, .work_us = MINUTE_US, .tags = 1,
				   .rank = queue_rank(tiers, (size_t)count, false)};
}

/* Without triggers and keys: an item needs neither contact nor assessment here. */
static void insert(struct queue_item items[ITEMS])
{
	uint64_t state = 7;
	struct bytes sql;
	bytes_init(&sql, 1 << 16);
	bytes_append_string(&sql, "set local session_replication_role = replica; delete from review_item;"
				  "insert into review_item (force_id, item_id, contact_id, rank, reasons, due_at, occurred_at, recorded_at)"
				  " select 'west-midlands', lpad(n::text, 32, '0')::uuid, gen_random_uuid(), r.rank, r.reasons,"
				  " '2026-06-01Z'::timestamptz + due * interval '1 minute', '2026-06-01Z', '2026-06-01Z' from (values ");
	for (int i = 0; i < ITEMS; i++)
		items[i] = invent(&state, i, &sql);
	bytes_append_string(&sql, ") v (n, due, codes), review_rank(codes, setting_value('review_tiers')) r");
	database_run(database_url(), bytes_string(&sql));
	bytes_release(&sql);
}

/* The items' numbers as the simulation has one specialist take them, a minute each. */
static const char *simulate(struct queue_item items[ITEMS], enum queue_order order)
{
	static char text[TEXT_SIZE];
	struct queue_plan plan = {.order = order, .overdue_every = QUEUE_OVERDUE_EVERY, .until_us = QUEUE_NEVER};
	size_t used = 0;
	queue_staff_evenly(&plan, 1);
	ck_assert_int_eq(queue_simulate(items, ITEMS, &plan), ERR_NONE);
	for (int minute = 0; minute < ITEMS; minute++)
		for (int i = 0; i < ITEMS; i++)
			if (items[i].taken_us == minute * MINUTE_US)
				used += (size_t)snprintf(text + used, sizeof text - used, "%s%d", used ? " " : "", i);
	return text;
}

START_TEST(the_list_has_the_simulations_order)
{
	struct queue_item items[ITEMS];
	database_migrate();
	insert(items);
	ck_assert_str_eq(database_run(database_url(), "select string_agg(right(item_id::text, 4)::int::text, ' ' order by rank, due_at, item_id)"
						      " from review_item where status <> 'done'"),
			 simulate(items, QUEUE_BY_RANK));
}
END_TEST

/* A claim a minute, each of what the list has first once the clock has made its pass. */
START_TEST(claims_one_after_the_other_have_the_simulations_order)
{
	struct queue_item items[ITEMS];
	database_migrate();
	insert(items);
	database_run(database_url(),
		     "create table played (place serial, item_id uuid);"
		     "set local session_replication_role = replica;"
		     "do $$ declare at timestamptz := '2026-06-01Z'; id uuid; begin"
		     "  for minute in 0 .. (select count(*) - 1 from review_item) loop"
		     "    perform raise_overdue_item('west-midlands', at);"
		     "    select item_id into id from review_item where status <> 'done' order by rank, due_at, item_id limit 1;"
		     "    update review_item set status = 'done', claimed_by = 'WM-SP-1', lease_until = at,"
		     "      claimed_at = at + interval '1 second' where item_id = id;"
		     "    insert into played (item_id) values (id);"
		     "    at := at + interval '1 minute';"
		     "  end loop; end $$");
	ck_assert_str_eq(database_run(database_url(), "select string_agg(right(item_id::text, 4)::int::text, ' ' order by place) from played"),
			 simulate(items, QUEUE_BY_RANK_AND_OVERDUE));
	ck_assert_str_ne(database_run(database_url(), "select string_agg(right(item_id::text, 4)::int::text, ' ' order by place) from played"),
			 simulate(items, QUEUE_BY_RANK));
}
END_TEST

/* One that is overdue; as many claims as the setting asks for let the next rise, one fewer doesn't. */
START_TEST(one_rises_when_it_is_its_turn)
{
	struct queue_item items[ITEMS];
	database_migrate();
	insert(items);
	database_run(database_url(), "set local session_replication_role = replica;"
				     "delete from review_item where right(item_id::text, 4)::int >= 14;"
				     "update review_item set rank = 50, reasons = '[{\"code\": \"submitted\"}]',"
				     " due_at = '2026-06-01Z'::timestamptz + right(item_id::text, 4)::int * interval '1 minute'");
	ck_assert_str_eq(database_run(database_url(), "select raise_overdue_item('west-midlands', '2026-05-31 23:59:59Z')"), "f");
	ck_assert_str_eq(database_run(database_url(), "select raise_overdue_item('northumbria', '2026-06-01Z')"), "f");
	ck_assert_str_eq(database_run(database_url(), "select raise_overdue_item('west-midlands', '2026-06-01Z')"), "t");
	ck_assert_str_eq(database_run(database_url(), "select rank || ' ' || (reasons::jsonb @> '[{\"code\": \"overdue\"}]') || ' ' || version || ' ' ||"
						      " changed_by from review_item where raised_at = '2026-06-01Z'"),
			 "1 true 2 service:clock");
	const char *claim = "set local session_replication_role = replica;"
			    "update review_item set status = 'claimed', claimed_by = 'WM-SP-1', claimed_at = '2026-06-01 00:05Z',"
			    " lease_until = '2026-06-01 01:00Z' where item_id in (select item_id from review_item"
			    " where status = 'waiting' order by rank, item_id limit %d)";
	char sql[512];
	snprintf(sql, sizeof sql, claim, QUEUE_OVERDUE_EVERY - 1);
	database_run(database_url(), sql);
	ck_assert_str_eq(database_run(database_url(), "select raise_overdue_item('west-midlands', '2026-06-01 00:30Z')"), "f");
	snprintf(sql, sizeof sql, claim, 1);
	database_run(database_url(), sql);
	ck_assert_str_eq(database_run(database_url(), "select raise_overdue_item('west-midlands', '2026-06-01 00:30Z')"), "t");
	ck_assert_str_eq(database_run(database_url(), "select right(item_id::text, 4)::int from review_item where raised_at > '2026-06-01Z'"), "10");
}
END_TEST

START_TEST(the_clock_looks_at_every_force)
{
	struct queue_item items[ITEMS];
	database_migrate();
	insert(items);
	database_run(database_url(), "select seed_sandbox()");
	database_run(database_url(), "set local session_replication_role = replica;"
				     "insert into review_item (force_id, item_id, contact_id, rank, reasons, due_at, occurred_at)"
				     " select 'northumbria', item_id, contact_id, rank, reasons, due_at, occurred_at from review_item limit 3;"
				     "update review_item set due_at = now() - interval '1 minute'");
	ck_assert_str_eq(database_run(database_url(), "select has_function_privilege('secondlook_clock', 'raise_overdue_items()', 'execute')"), "t");
	ck_assert_str_eq(database_run(database_url(), "select raise_overdue_items()"), "2");
	ck_assert_str_eq(database_run(database_url(), "select raise_overdue_items()"), "0");
	ck_assert_str_eq(database_run(database_url(), "select string_agg(force_id, ' ' order by force_id) from review_item where rank = 1 and"
						      " raised_at is not null"), "northumbria west-midlands");
}
END_TEST

/* An item in somebody's hands is not raised, unless the lease is over. */
START_TEST(what_somebody_has_does_not_rise)
{
	struct queue_item items[ITEMS];
	database_migrate();
	insert(items);
	database_run(database_url(), "set local session_replication_role = replica;"
				     "delete from review_item where right(item_id::text, 4)::int > 0;"
				     "update review_item set due_at = '2026-06-01Z', status = 'claimed', claimed_by = 'WM-SP-1',"
				     " claimed_at = '2026-06-01Z', lease_until = '2026-06-01 00:30Z'");
	ck_assert_str_eq(database_run(database_url(), "select raise_overdue_item('west-midlands', '2026-06-01 00:29:59Z')"), "f");
	ck_assert_str_eq(database_run(database_url(), "select raise_overdue_item('west-midlands', '2026-06-01 00:30Z')"), "t");
}
END_TEST

START_TEST(what_rose_stays_first_whatever_is_added)
{
	database_migrate();
	ck_assert_str_eq(database_run(database_url(), "select string_agg(rank || '/' || tier, ' ') from (values ('{submitted}'::text[]),"
						      " ('{submitted,overdue}'), ('{overdue,injuries,submitted}')) v (codes),"
						      " review_rank(codes, setting_value('review_tiers'))"),
			 "50/5 1/1 1/1");
}
END_TEST

/* What the program prints of the test's database, and its exit status. */
static const char *ask(const char *flags, int *status)
{
	static char text[16384];
	char command[2048];
	snprintf(command, sizeof command, "'%s' capacity --database \"%s\" --dir /nowhere %s 2>&1", getenv("SECONDLOOK"), database_url(), flags);
	FILE *output = popen(command, "r");
	ck_assert_ptr_nonnull(output);
	text[fread(text, 1, sizeof text - 1, output)] = '\0';
	*status = WEXITSTATUS(pclose(output));
	return text;
}

/* Three of tier 1 every six hours and one of tier 5 that rose as overdue; claimed after twenty minutes, settled ten later. */
static void record(int groups)
{
	char sql[2048];
	database_migrate();
	snprintf(sql, sizeof sql,
		 "set local session_replication_role = replica; delete from review_item; delete from shift;"
		 "insert into review_item (force_id, item_id, contact_id, status, rank, reasons, due_at, claimed_by, claimed_at, lease_until,"
		 " occurred_at, recorded_at, changed_at, raised_at)"
		 " select 'west-midlands', gen_random_uuid(), gen_random_uuid(), 'done', case n when 4 then 1 else 10 end,"
		 " case n when 4 then '[{\"code\": \"overdue\"}, {\"code\": \"submitted\"}]' else '[{\"code\": \"cut_off\"}]' end::jsonb,"
		 " at + interval '1 hour', 'WM-SP-1', at + interval '20 minutes', at + interval '50 minutes', at, at,"
		 " at + interval '30 minutes', case n when 4 then at end"
		 " from generate_series(1, 4) n, generate_series(0, %d) g, lateral (select '2026-06-01Z'::timestamptz + g * interval '6 hours') a (at);"
		 "insert into shift (force_id, shift_id, staff, role, starts_at, ends_at, started_at, ended_at)"
		 " select 'west-midlands', gen_random_uuid(), 'WM-SP-1', 'specialist', d, d + interval '12 hours', d, d + interval '12 hours'"
		 " from generate_series('2026-06-01Z'::timestamptz, '2026-06-01Z'::timestamptz + %d * interval '6 hours', '1 day') d",
		 groups - 1, groups - 1);
	database_run(database_url(), sql);
}

START_TEST(capacity_answers_from_recorded_history)
{
	int status;
	record(120);
	const char *text = ask("", &status);
	ck_assert_msg(status == 0, "%d: %s", status, text);
	ck_assert_ptr_nonnull(strstr(text, "480 items, 360 of them of high risk"));
	ck_assert_ptr_nonnull(strstr(text, "\n2 on shift round the clock keep 95 % of high risk under 15 minutes.\n"));
	ck_assert_ptr_nonnull(strstr(text, "As it was: 0.0% of high risk were claimed within 15 minutes, with 0.5 specialists on shift on average."));
	text = ask("--target-minutes 9 --json", &status);
	ck_assert_msg(status == 0, "%d: %s", status, text);
	ck_assert_ptr_nonnull(strstr(text, "\"specialists\":3,\"table\":[{\"specialists\":1,\"highRisk\":{\"count\":360,\"within\":120,"));
	text = ask("--review-minutes 20 --most 1", &status);
	ck_assert_msg(status == 4, "%d: %s", status, text);
	ck_assert_ptr_nonnull(strstr(text, "Not even 1 on shift"));
}
END_TEST

START_TEST(capacity_says_when_there_is_too_little_history)
{
	int status;
	record(120);
	const char *text = ask("--since 2026-06-20", &status);
	ck_assert_msg(status == 3, "%d: %s", status, text);
	ck_assert_ptr_nonnull(strstr(text, "This history is too thin to rely on:\nIt covers "));
	text = ask("--since 2026-05-01 --until 2026-06-14T23:00:00Z", &status);
	ck_assert_msg(status == 3, "%d: %s", status, text);
	ck_assert_ptr_nonnull(strstr(text, "It covers 13.9 days; 14 are needed."));
	text = ask("--until 2026-06-15", &status);
	ck_assert_msg(status == 0, "%d: %s", status, text);
	ck_assert_ptr_nonnull(strstr(text, "224 items, 168 of them"));
	text = ask("--force northumbria", &status);
	ck_assert_msg(status == 3, "%d: %s", status, text);
	ck_assert_str_eq(text, "northumbria: The queue had no item in that time.\n");
}
END_TEST

START_TEST(capacity_refuses_what_it_cannot_read)
{
	int status;
	database_migrate();
	ck_assert_ptr_nonnull(strstr(ask("--since yesterday", &status), "--since: \"yesterday\" is neither a date"));
	ck_assert_int_eq(status, 1);
	ck_assert_ptr_nonnull(strstr(ask("--force \"x'\"", &status), "small letters"));
	ck_assert_int_eq(status, 1);
}
END_TEST

DATABASE_TESTS("queue", the_list_has_the_simulations_order, claims_one_after_the_other_have_the_simulations_order,
	       one_rises_when_it_is_its_turn, the_clock_looks_at_every_force,
	       what_somebody_has_does_not_rise, what_rose_stays_first_whatever_is_added,
	       capacity_answers_from_recorded_history, capacity_says_when_there_is_too_little_history, capacity_refuses_what_it_cannot_read)
