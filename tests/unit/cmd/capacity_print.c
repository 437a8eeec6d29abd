/* What `secondlook capacity` prints: for people, and as JSON that can be read. */
#include <jansson.h>
#include <string.h>

#include "capacity.h"
#include "support/unit.h"

#define MINUTE_US 60000000LL
#define MONDAY_US 1780272000000000LL /* 2026-06-01T00:00:00Z */

static const struct capacity_question question = {.force = "west-midlands", .target_us = 15 * MINUTE_US, .share = 95, .most = 9};

static struct capacity_history history_of(size_t count)
{
	return (struct capacity_history){
		.count = count, .high = count / 2, .timed = count / 4, .from_us = MONDAY_US, .to_us = MONDAY_US + 20160 * MINUTE_US,
		.on_shift = 1.25, .recorded = {.count = count / 2, .within = count / 4, .worst_us = 40 * MINUTE_US}};
}

static struct capacity_row row = {
	.high = {.count = 200, .within = 199, .median_us = MINUTE_US, .p95_us = 12 * MINUTE_US, .worst_us = 119 * MINUTE_US},
	.other = {.count = 200, .within = 1, .median_us = 120 * MINUTE_US, .p95_us = 2880 * MINUTE_US, .worst_us = 4320 * MINUTE_US}};

static void check_has(struct bytes *text, const char *wanted)
{
	ck_assert_msg(strstr(bytes_string(text), wanted) != NULL, "%s\nlacks: %s", bytes_string(text), wanted);
}

START_TEST(people_are_told_in_words_and_a_table)
{
	struct capacity_history history = history_of(400);
	struct capacity_answer answer = {.specialists = 1, .tried = 1, .rows = &row, .hours_judged = 3};
	struct bytes text;
	bytes_init(&text, 1 << 16);
	capacity_print(&question, &history, &answer, "", &text);
	check_has(&text, "west-midlands, 2026-06-01 to 2026-06-15: 400 items, 200 of them of high risk (tier 1).\n"
			 "It is known of 100 how long the review took; the others are taken to last as long, in turn.\n"
			 "As it was: 50.0% of high risk were claimed within 15 minutes, with 1.2 specialists on shift on average.\n");
	check_has(&text, "\n          1     99.5%     1.0 m   12.0 m  119.0 m      2.0 h    2.0 d    3.0 d\n");
	check_has(&text, "\n1 on shift round the clock keeps 95 % of high risk under 15 minutes.\n");
	check_has(&text, "\nBy hour of the week: 3 of 168 hours have 20 items of high risk; three in four are needed.\n");
	ck_assert_ptr_null(strstr(bytes_string(&text), "too thin"));
	bytes_release(&text);
}
END_TEST

START_TEST(doubts_come_before_the_answer)
{
	struct capacity_history history = history_of(40);
	struct capacity_answer answer = {.tried = 1, .rows = &row};
	struct bytes text;
	bytes_init(&text, 1 << 16);
	history.on_shift = -1;
	capacity_print(&question, &history, &answer, "It covers 1.0 days; 14 are needed.\n", &text);
	check_has(&text, "; no shift was recorded.\n\nThis history is too thin to rely on:\nIt covers 1.0 days; 14 are needed.\n"
			 "What follows is an indication.\n");
	check_has(&text, "\nNot even 9 on shift keep 95 % of high risk under 15 minutes.\n");
	bytes_release(&text);
}
END_TEST

START_TEST(the_week_is_a_table_of_hours_by_days)
{
	struct capacity_history history = history_of(400);
	struct capacity_answer answer = {.specialists = 1, .tried = 1, .rows = &row, .hours_judged = QUEUE_HOURS, .has_hours = true, .by_hours = row};
	struct bytes text;
	bytes_init(&text, 1 << 16);
	for (size_t hour = 0; hour < QUEUE_HOURS; hour++)
		answer.hours[hour] = hour == 6 * 24 + 23 ? 3 : 1;
	capacity_print(&question, &history, &answer, "", &text);
	check_has(&text, "\n       Mon  Tue  Wed  Thu  Fri  Sat  Sun\n00:00    1    1    1    1    1    1    1\n");
	check_has(&text, "\n23:00    1    1    1    1    1    1    3\n\n170 hours of specialists a week.");
	check_has(&text, "\n  as listed     99.5% ");
	bytes_release(&text);
}
END_TEST

static json_t *json_of(const struct capacity_history *history, const struct capacity_answer *answer, const char *doubts)
{
	struct bytes text;
	bytes_init(&text, 1 << 16);
	capacity_print_json(&question, history, answer, doubts, &text);
	json_t *json = json_loads(bytes_string(&text), JSON_REJECT_DUPLICATES, NULL);
	ck_assert_msg(json != NULL, "%s", bytes_string(&text));
	bytes_release(&text);
	return json;
}

START_TEST(json_has_the_same)
{
	struct capacity_history history = history_of(400);
	struct capacity_answer answer = {.specialists = 1, .tried = 1, .rows = &row, .has_hours = true, .by_hours = row};
	json_t *json = json_of(&history, &answer, "One.\nTwo.\n");
	json_t *first = json_array_get(json_object_get(json, "table"), 0), *hours = json_object_get(json, "hoursOfWeek");
	ck_assert_int_eq(json_integer_value(json_object_get(json, "specialists")), 1);
	ck_assert_str_eq(json_string_value(json_object_get(json, "to")), "2026-06-15");
	ck_assert_uint_eq(json_array_size(json_object_get(json, "tooThin")), 2);
	ck_assert_str_eq(json_string_value(json_array_get(json_object_get(json, "tooThin"), 1)), "Two.");
	ck_assert_int_eq(json_integer_value(json_object_get(json_object_get(first, "highRisk"), "p95Seconds")), 720);
	ck_assert_int_eq(json_integer_value(json_object_get(json_object_get(hours, "others"), "within")), 1);
	ck_assert_uint_eq(json_array_size(json_object_get(hours, "specialists")), QUEUE_HOURS);
	json_decref(json);
}
END_TEST

START_TEST(json_of_nothing_has_nulls)
{
	struct capacity_history history = {.on_shift = -1};
	struct capacity_answer answer = {0};
	json_t *json = json_of(&history, &answer, "The queue had no item in that time.\n");
	static const char *const names[] = {"from", "to", "specialists", "hoursOfWeek", "onShift"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		ck_assert_msg(json_is_null(json_object_get(json, names[i])), "%s", names[i]);
	ck_assert_uint_eq(json_array_size(json_object_get(json, "tooThin")), 1);
	json_decref(json);
}
END_TEST

UNIT("capacity_print", people_are_told_in_words_and_a_table, doubts_come_before_the_answer, the_week_is_a_table_of_hours_by_days,
     json_has_the_same, json_of_nothing_has_nulls)
