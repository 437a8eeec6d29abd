/* Spreads the demonstration's cases over eighteen months. */
#include "seed_plan.h"

#include <stdio.h>
#include <time.h>

#include "base/time.h"
#include "seed_answers.h"
#include "seed_episode.h"

#define MINUTE_US (60LL * 1000000)
#define DAY_US (1440 * MINUTE_US)

/* Groups of calls that come in at about the same time. The regular ones are some days apart; the recent ones are the
 * last two days', whose work is partly still to be done; the last is one call alone. */
enum {
	REGULAR = 112,
	RECENT = 6,
	GROUPS = REGULAR + RECENT + 1,
	SPACING_DAYS_TENTHS = 48,
	WESTERN = 188,
	NORTHERN = 12,
	CASES = WESTERN + NORTHERN,
	EPISODES_MAXIMUM = 7,
	LATER_MAXIMUM = 4,
};
enum phase { CALL, RESPONSE, REVIEW, PHASES };

/* Minutes before the plan's end; 0: not done yet. */
static const int recent_minutes[RECENT + 1][PHASES] = {
	{2400, 2320, 1800}, {1700, 1620, 1500}, {1080, 1000, 600}, {480, 400, 0}, {240, 165, 0}, {110, 40, 0}, {20, 0, 0},
};

struct planner {
	struct seed_writer writer;
	json_t *chains[GROUPS][PHASES];
	int64_t moments_us[GROUPS][PHASES]; /* 0: does not come */
	struct seed_case cases[CASES];
	int first_groups[CASES];
	int64_t end_us;
};

/* Calls come in the evening and the night; specialists look at them the next morning. */
static void time_regular(struct planner *planner, int group)
{
	int64_t midnight_us = planner->end_us / DAY_US * DAY_US - SEED_PLAN_SPAN_US;
	int64_t day = (int64_t)group * SPACING_DAYS_TENTHS / 10 + seed_between(&planner->writer.random, 0, 1);
	int minute = seed_between(&planner->writer.random, 17 * 60, 25 * 60);
	int64_t call_us = midnight_us + day * DAY_US + minute * MINUTE_US;
	int64_t morning_us = (call_us + DAY_US / 2) / DAY_US * DAY_US + 9 * 60 * MINUTE_US;
	planner->moments_us[group][CALL] = call_us;
	planner->moments_us[group][RESPONSE] = call_us + 80 * MINUTE_US;
	planner->moments_us[group][REVIEW] = morning_us + seed_between(&planner->writer.random, 0, 150) * MINUTE_US;
}

static void time_groups(struct planner *planner)
{
	for (int group = 0; group < REGULAR; group++)
		time_regular(planner, group);
	planner->moments_us[0][CALL] = planner->end_us - SEED_PLAN_SPAN_US;
	planner->moments_us[0][RESPONSE] = planner->moments_us[0][CALL] + 80 * MINUTE_US;
	for (int group = REGULAR; group < GROUPS; group++)
		for (int phase = 0; phase < PHASES; phase++) {
			int before = recent_minutes[group - REGULAR][phase];
			planner->moments_us[group][phase] = before ? planner->end_us - before * MINUTE_US : 0;
		}
}

/* The list of steps of a new chain, borrowed; NULL when the moment does not come. */
static json_t *new_chain(struct planner *planner, int group, enum phase phase, int number)
{
	char name[32];
	if (group >= GROUPS || !planner->moments_us[group][phase])
		return NULL;
	snprintf(name, sizeof name, "%03d%c-%03d", group, "abc"[phase], number + 1);
	json_t *steps = json_array();
	json_t *chain = json_pack("{s:s, s:i, s:o}", "name", name, "case", number, "steps", steps);
	if (json_array_append_new(planner->chains[group][phase], chain))
		planner->writer.failed = true;
	return chain ? steps : NULL;
}

static void describe_case(struct planner *planner, int number)
{
	struct seed_case *about = &planner->cases[number];
	int lot = seed_between(&planner->writer.random, 1, 100);
	about->number = number;
	about->northern = number >= WESTERN;
	about->client = about->northern ? "northumbria.control-room-web" : "west-midlands.control-room-web";
	about->prefix = about->northern ? "NB" : "WM";
	snprintf(about->reference, sizeof about->reference, "DEMO-%s-%04d", about->prefix,
		 about->northern ? number - WESTERN + 1 : number + 1);
	snprintf(about->phone, sizeof about->phone, "07700 900%03d", number * 3);
	about->severity = lot <= 40 ? 0 : lot <= 75 ? 1 : 2;
	about->children = seed_chance(&planner->writer.random, 45) ? seed_between(&planner->writer.random, 1, 3) : 0;
	about->knows_suspect = number == 0 || seed_chance(&planner->writer.random, 96);
	about->family = seed_pick_text(&planner->writer.random, planner->writer.words, "families");
	about->is_last = number == WESTERN - 1;
	about->is_to_be_restricted = number == 41 || number == 120;
	/* The last group is the last case's alone. */
	int any_group = seed_between(&planner->writer.random, 0, about->is_to_be_restricted ? REGULAR - 1 : GROUPS - 2);
	planner->first_groups[number] = number == 0 ? 0 : about->is_last ? GROUPS - 1 : any_group;
}

/* Some suspects have more than one victim. The other case must be there first. */
static int shared_suspect(const struct planner *planner, int number)
{
	int other = number - 9;
	bool fits = number % 16 == 15 && number < WESTERN && planner->cases[number].knows_suspect &&
		    planner->cases[other].knows_suspect && !planner->cases[other].shares_suspect &&
		    planner->first_groups[other] < planner->first_groups[number];
	return fits ? other : -1;
}

/* Referrals are acknowledged, taken on and ended by and by. */
static void follow_referral(struct planner *planner, struct seed_case *about, int group)
{
	static const struct {
		const char *to;
		int groups_later;
		int percent;
	} moves[LATER_MAXIMUM] = {{"acknowledged", 0, 92}, {"accepted", 1, 88}, {"outcome_recorded", 9, 75}};
	bool goes_on = true;
	for (int i = 0; i < LATER_MAXIMUM && moves[i].to && goes_on; i++) {
		goes_on = seed_chance(&planner->writer.random, moves[i].percent);
		json_t *steps = goes_on ? new_chain(planner, group + 1 + moves[i].groups_later, REVIEW, about->number) : NULL;
		if (steps)
			seed_episode_referral(&planner->writer, about, moves[i].to, steps);
	}
}

static void write_episode(struct planner *planner, struct seed_case *about, int group)
{
	const int64_t *moments_us = planner->moments_us[group];
	time_t began = (time_t)(moments_us[CALL] / 1000000);
	struct tm date;
	about->year = gmtime_r(&began, &date)->tm_year + 1900;
	seed_episode_call(&planner->writer, about, moments_us[CALL], new_chain(planner, group, CALL, about->number));
	json_t *steps = new_chain(planner, group, RESPONSE, about->number);
	if (steps)
		seed_episode_response(&planner->writer, about, moments_us[RESPONSE], steps);
	bool was_referred = about->is_referred;
	steps = new_chain(planner, group, REVIEW, about->number);
	if (steps)
		seed_episode_review(&planner->writer, about, steps);
	if (about->is_referred && !was_referred)
		follow_referral(planner, about, group);
}

static int count_episodes(struct planner *planner, const struct seed_case *about)
{
	static const int most[] = {2, 4, EPISODES_MAXIMUM};
	if (about->is_to_be_restricted || about->is_last)
		return 1;
	return seed_between(&planner->writer.random, about->severity == 2 ? 2 : 1, most[about->severity]);
}

static void write_case(struct planner *planner, int number)
{
	struct seed_case *about = &planner->cases[number];
	int group = planner->first_groups[number], latest = group;
	int count = count_episodes(planner, about);
	for (int i = 0; i < count && (group < GROUPS - 1 || about->is_last); i++) {
		write_episode(planner, about, group);
		latest = group;
		group += seed_between(&planner->writer.random, 1, about->severity == 2 ? 9 : 20);
	}
	bool is_over = about->severity < 2 && seed_chance(&planner->writer.random, 65) && !about->is_to_be_restricted;
	json_t *steps = is_over ? new_chain(planner, latest + 3, REVIEW, number) : NULL;
	if (steps)
		seed_episode_close(&planner->writer, about, steps);
	/* Late: while nothing is restricted the service need not ask of every record whether it is. */
	steps = about->is_to_be_restricted ? new_chain(planner, REGULAR + 1, REVIEW, number) : NULL;
	if (steps)
		seed_episode_restrict(&planner->writer, about, steps);
}

static json_t *list_cases(struct planner *planner)
{
	json_t *cases = json_array();
	for (int number = 0; number < CASES; number++)
		describe_case(planner, number);
	for (int number = 0; number < CASES; number++) {
		int other = shared_suspect(planner, number);
		json_t *about = json_pack("{s:s}", "force", planner->cases[number].northern ? "northumbria" : "west-midlands");
		planner->cases[number].shares_suspect = other >= 0;
		if (other >= 0 && json_object_set_new(about, "suspectOf", json_integer(other)))
			planner->writer.failed = true;
		if (json_array_append_new(cases, about))
			planner->writer.failed = true;
	}
	return cases;
}

static void append_moment(struct planner *planner, json_t *moments, int64_t at_us, json_t *chains)
{
	char at[TIME_TEXT_SIZE];
	time_format(at_us, at);
	if (json_array_append_new(moments, json_pack("{s:s, s:O}", "at", at, "chains", chains)))
		planner->writer.failed = true;
}

/* A minute before everything else. */
static void append_services(struct planner *planner, json_t *moments)
{
	json_t *chains = json_array();
	for (int northern = 0; northern < 2; northern++) {
		json_t *steps = json_array();
		seed_episode_services(&planner->writer, northern, steps);
		if (json_array_append_new(chains, json_pack("{s:s, s:i, s:o}", "name", northern ? "services-nb" : "services-wm",
							    "case", -1 - northern, "steps", steps)))
			planner->writer.failed = true;
	}
	append_moment(planner, moments, planner->end_us - SEED_PLAN_SPAN_US - MINUTE_US, chains);
	json_decref(chains);
}

/* Ascending: a group's morning may come after the next group's evening. */
static json_t *list_moments(struct planner *planner)
{
	json_t *moments = json_array();
	int64_t after_us = 0;
	append_services(planner, moments);
	for (;;) {
		int64_t next_us = INT64_MAX;
		json_t *chains = NULL;
		for (int i = 0; i < GROUPS * PHASES; i++) {
			int64_t at_us = planner->moments_us[i / PHASES][i % PHASES];
			if (at_us > after_us && at_us < next_us) {
				next_us = at_us;
				chains = planner->chains[i / PHASES][i % PHASES];
			}
		}
		if (!chains)
			return moments;
		if (json_array_size(chains))
			append_moment(planner, moments, next_us, chains);
		after_us = next_us;
	}
}

static json_t *write_plan(struct planner *planner)
{
	for (int i = 0; i < GROUPS * PHASES; i++)
		planner->chains[i / PHASES][i % PHASES] = json_array();
	time_groups(planner);
	json_t *cases = list_cases(planner);
	for (int number = 0; number < CASES; number++)
		write_case(planner, number);
	json_t *plan = json_pack("{s:o, s:o}", "cases", cases, "moments", list_moments(planner));
	for (int i = 0; i < GROUPS * PHASES; i++)
		json_decref(planner->chains[i / PHASES][i % PHASES]);
	if (!planner->writer.failed)
		return plan;
	json_decref(plan);
	return NULL;
}

enum err seed_plan_new(int64_t end_us, struct bytes *fault, json_t **plan)
{
	struct planner planner = {.writer.random.state = 20250201, .end_us = end_us};
	json_t *words = NULL, *set = NULL;
	enum err error = seed_words(fault, &words);
	if (!error)
		error = seed_question_set("dash-27", fault, &set);
	planner.writer.words = words;
	planner.writer.set = set;
	json_t *made = error ? NULL : write_plan(&planner);
	if (!error && !made)
		error = ERR_MEMORY;
	json_decref(words);
	json_decref(set);
	if (!error)
		*plan = made;
	return error;
}
