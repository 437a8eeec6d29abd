/* The replay of the thirteen months, against a service of its own: what it prints, and that it tells when it goes wrong. */
#include "seed.h"

#include <stdlib.h>
#include <string.h>

#include "seed_run.h"
#include "support/service.h"
#include "support/unit.h"

static struct service service;

static struct api_place place(void)
{
	return (struct api_place){.dir = service.directory, .host = "127.0.0.1", .port = service.port};
}

/* What the replay prints; the caller's. */
static char *replay(void)
{
	char *printed = NULL;
	size_t length = 0;
	struct bytes fault;
	struct seed_order order = {.place = place(), .out = open_memstream(&printed, &length)};
	bytes_init(&fault, 1 << 18);
	enum err error = seed_scenario(&order, "thirteen-months", &fault);
	fclose(order.out);
	ck_assert_msg(!error, "%s", bytes_string(&fault));
	bytes_release(&fault);
	return printed;
}

/* From a headline to the next. */
static char *part(const char *printed, const char *headline)
{
	const char *start = strstr(printed, headline);
	ck_assert_msg(start != NULL, "no \"%s\" in\n%s", headline, printed);
	const char *end = strstr(start, "\n\n");
	return strndup(start, end ? (size_t)(end - start) : strlen(start));
}

static void ck_has(const char *told, const char *expected)
{
	ck_assert_msg(strstr(told, expected) != NULL, "no \"%s\" in\n%s", expected, told);
}

static void check_call(const char *printed, const char *headline, const char *counts)
{
	char *told = part(printed, headline);
	ck_has(told, counts);
	ck_has(told, "Agreed grade  high");
	ck_has(told, "Conference    referred on 21 May 2018, now acknowledged");
	ck_has(told, "leave no message; code word \"marigold\"");
	ck_has(told, "Orders        none in force");
	if (!strstr(headline, "first call"))
		ck_has(told, "Another case  Nadira Merrowby and Corin Tollandrake");
	free(told);
}

static void check_calls(const char *printed)
{
	check_call(printed, "first call", "tonight 1, in 24 hours 1, in 12 months 9, ever 10; attended tonight 0 of 1");
	check_call(printed, "second call", "tonight 2, in 24 hours 2, in 12 months 10, ever 11; attended tonight 0 of 2");
	check_call(printed, "third call", "tonight 3, in 24 hours 3, in 12 months 11, ever 12; attended tonight 0 of 3");
	check_call(printed, "fourth call", "tonight 4, in 24 hours 4, in 12 months 12, ever 13; attended tonight 0 of 4");
}

static void check_clock_is_real(void)
{
	char seconds[32];
	ck_assert(service_sql(service.url,
			      "select (abs(extract(epoch from clock_offset)) < 5)::text from force where force_id = 'west-midlands'",
			      seconds, sizeof seconds));
	ck_assert_str_eq(seconds, "true");
}

/* That exactly these fire where is for the scenario itself to say, and the replay stops when they don't. */
static void check_alerts(const char *printed)
{
	static const char *const fired[][2] = {
		{"the second report", "! lethality_cluster: "}, {"the third report", "! escalation_12m: 3 contacts in 365 days"},
		{"the grade is lowered", "! downgrade_unprobed: "}, {"second call", "! repeat_night: 2 contacts within 24 hours"},
		{"third call", "+ repeat_night: 3 contacts within 24 hours"}, {"third call", "! silent_downgrade: "},
		{"fourth call", "! cut_off_not_regraded: "}};
	for (size_t i = 0; i < sizeof fired / sizeof *fired; i++) {
		char *told = part(printed, fired[i][0]);
		ck_has(told, fired[i][1]);
		free(told);
	}
}

/* A detector sees only what was recorded by its moment: run again over the same history, each finds what it found. */
static void check_history_repeats(void)
{
	static const char sql[] =
		"set role secondlook_detector; select coalesce(string_agg(t.id || ': ' || t.report, E'\\n'), 'as it was') from ("
		"select d.detector_id as id, try_detector('west-midlands', d.detector_id, '2017-01-01Z', '2018-08-27 08:00Z', '{}') as report"
		" from detector d) t where t.report !~ ' 0 new, 0 no longer'";
	char differing[4000];
	ck_assert(service_sql(service.url, sql, differing, sizeof differing));
	ck_assert_str_eq(differing, "as it was");
}

START_TEST(prints_what_each_of_the_four_calls_is_answered)
{
	char *printed = replay();
	check_calls(printed);
	ck_has(printed, "flagged downgrade_unprobed; the agreed grade stays high");
	ck_has(printed, "Refused: To lower a grade is to answer the rationale that it overturns.");
	ck_has(printed, "not in effect until a supervisor authorises it");
	ck_has(printed, "At the third report, in April, the agreed grade was medium.");
	ck_has(printed, "When an officer had graded medium on 20 May, the agreed grade stayed high.");
	ck_has(printed, "Between the first report and the second nothing was recorded for 263 days.");
	check_alerts(printed);
	free(printed);
	check_history_repeats();
	check_clock_is_real();
}
END_TEST

START_TEST(a_second_replay_has_people_of_its_own)
{
	char *printed = replay();
	check_calls(printed);
	free(printed);
}
END_TEST

START_TEST(an_unexpected_answer_names_the_step)
{
	struct bytes fault;
	struct api_place where = place();
	json_t *variables = json_object();
	json_t *steps = json_pack("[{s:s, s:s}, {s:s, s:s, s:s, s:{s:s}, s:i}]", "as", "WM-CH-1", "request", "GET /v1/whoami",
				  "title", "one too many", "as", "WM-AD-1", "request", "POST /v1/history-searches", "body",
				  "phone", "07700 900999", "expect", 200);
	struct seed_chain chain = {"wrong", steps, variables};
	struct seed_run run = {.key = "test"};
	bytes_init(&fault, 1 << 16);
	ck_assert_int_eq(api_client_new(&where, SEED_SLOTS, &run.client), ERR_NONE);
	ck_assert_int_eq(seed_run(&run, &chain, 1, &fault), ERR_NOT_NOW);
	ck_has(bytes_string(&fault), "wrong, step 2: POST /v1/history-searches as WM-AD-1 (one too many)");
	ck_has(bytes_string(&fault), "expected 200, got 403");
	ck_has(bytes_string(&fault), "role_not_allowed");
	api_client_free(run.client);
	json_decref(steps);
	json_decref(variables);
	bytes_release(&fault);
}
END_TEST

static bool always(void)
{
	return true;
}

START_TEST(who_is_stopped_puts_the_clock_back)
{
	struct bytes fault;
	struct seed_order order = {.place = place(), .is_stopped = always};
	bytes_init(&fault, 1 << 16);
	ck_assert_int_eq(seed_scenario(&order, "thirteen-months", &fault), ERR_NOT_NOW);
	ck_has(bytes_string(&fault), "stopped by a signal");
	check_clock_is_real();
	bytes_release(&fault);
}
END_TEST

START_TEST(a_service_that_is_not_there_is_said_so)
{
	struct bytes fault;
	struct seed_order order = {.place = {.dir = service.directory, .host = "127.0.0.1", .port = 1}};
	bytes_init(&fault, 1 << 16);
	ck_assert_int_eq(seed_scenario(&order, "thirteen-months", &fault), ERR_SYSTEM);
	ck_has(bytes_string(&fault), "can't be asked");
	bytes_clear(&fault);
	ck_assert_int_eq(seed_scenario(&order, "fourteen-months", &fault), ERR_INPUT);
	bytes_release(&fault);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {prints_what_each_of_the_four_calls_is_answered, a_second_replay_has_people_of_its_own,
				      an_unexpected_answer_names_the_step, who_is_stopped_puts_the_clock_back,
				      a_service_that_is_not_there_is_said_so};
	if (!service_start(&service, &(struct service_wish){0}))
		return EXIT_FAILURE;
	int status = unit_run("scenario", tests, sizeof tests / sizeof *tests);
	return service_stop(&service) ? status : EXIT_FAILURE;
}
