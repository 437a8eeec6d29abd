/* From a history's text to the number of specialists: what is read, what is filled in, when it is too thin. */
#include <stdio.h>
#include <string.h>

#include "capacity.h"
#include "support/unit.h"

#define MINUTE_US 60000000LL
#define MONDAY_US 1780272000000000LL /* 2026-06-01T00:00:00Z */

static struct capacity_question question_of(int target_minutes, int share, int review_minutes)
{
	return (struct capacity_question){.force = "west-midlands", .target_us = target_minutes * MINUTE_US, .share = share,
					  .most = 5, .review_us = review_minutes * MINUTE_US};
}

/* `together` items of high risk every six hours, each ten minutes' work, and one of the least urgent with them. */
static void write_history(int groups, int together, bool is_timed, struct bytes *text)
{
	bytes_init(text, 1 << 20);
	bytes_format(text, "%lld %lld 1500 10", MONDAY_US, MONDAY_US + groups * 360 * MINUTE_US);
	for (int group = 0; group < groups; group++)
		for (int i = 0; i <= together; i++) {
			long long at_us = MONDAY_US + group * 360 * MINUTE_US;
			bytes_format(text, "\n%lld %lld %d %lld %lld", at_us, at_us + 60 * MINUTE_US, i < together ? 10 : 50,
				     is_timed ? 10 * MINUTE_US : -1, 20 * MINUTE_US);
		}
}

static void read_history(int groups, int together, bool is_timed, const struct capacity_question *question,
			 struct capacity_history *history)
{
	struct bytes text;
	write_history(groups, together, is_timed, &text);
	ck_assert_int_eq(capacity_read(bytes_string(&text), question, history), ERR_NONE);
	bytes_release(&text);
}

static int find(int target_minutes, int share)
{
	struct capacity_question question = question_of(target_minutes, share, 0);
	struct capacity_history history;
	struct capacity_answer answer;
	read_history(120, 3, true, &question, &history);
	ck_assert_int_eq(capacity_find(&question, &history, &answer), ERR_NONE);
	int specialists = answer.specialists;
	capacity_forget(&answer);
	capacity_release(&history);
	return specialists;
}

/* Three at once wait 0, 10 and 20 minutes for one, 0, 0 and 10 for two. */
START_TEST(finds_the_least_number)
{
	ck_assert_int_eq(find(15, 95), 2);
	ck_assert_int_eq(find(10, 95), 2);
	ck_assert_int_eq(find(9, 95), 3);
	ck_assert_int_eq(find(10, 100), 2);
	ck_assert_int_eq(find(15, 66), 1);
	ck_assert_int_eq(find(15, 67), 2);
}
END_TEST

START_TEST(shows_what_each_number_gives)
{
	struct capacity_question question = question_of(15, 95, 0);
	struct capacity_history history;
	struct capacity_answer answer;
	read_history(120, 3, true, &question, &history);
	ck_assert_uint_eq(history.high, 360);
	ck_assert_uint_eq(history.timed, 480);
	ck_assert(history.on_shift > 1.4 && history.on_shift < 1.6);
	ck_assert_uint_eq(history.recorded.count, 360);
	ck_assert_uint_eq(history.recorded.within, 0);
	ck_assert_int_eq(history.recorded.worst_us, 20 * MINUTE_US);
	ck_assert_int_eq(capacity_find(&question, &history, &answer), ERR_NONE);
	ck_assert_int_eq(answer.tried, 4);
	ck_assert_uint_eq(answer.rows[0].high.within, 240);
	ck_assert_int_eq(answer.rows[0].other.median_us, 30 * MINUTE_US);
	ck_assert_int_eq(answer.rows[1].high.worst_us, 10 * MINUTE_US);
	ck_assert_int_eq(answer.rows[2].high.worst_us, 0);
	ck_assert(!answer.has_hours);
	capacity_forget(&answer);
	capacity_release(&history);
}
END_TEST

START_TEST(says_when_not_even_the_most_suffice)
{
	struct capacity_question question = question_of(15, 95, 200);
	struct capacity_history history;
	struct capacity_answer answer;
	read_history(120, 6, true, &question, &history);
	ck_assert_int_eq(capacity_find(&question, &history, &answer), ERR_NONE);
	ck_assert_int_eq(answer.specialists, 0);
	ck_assert_int_eq(answer.tried, 5);
	capacity_forget(&answer);
	capacity_release(&history);
}
END_TEST

START_TEST(a_review_that_was_not_timed_takes_as_long_as_others_of_its_kind)
{
	struct capacity_question question = question_of(15, 95, 0);
	struct capacity_history history;
	const char *text = "0 1 -1000 7\n0 5 10 -1 -1\n1 5 10 7 -1\n2 5 50 3 -1\n3 5 50 -1 -1\n4 5 10 99999999999 -1\n5 5 10 -1 -1";
	ck_assert_int_eq(capacity_read(text, &question, &history), ERR_NONE);
	ck_assert_uint_eq(history.timed_high, 2);
	ck_assert_int_eq(history.items[0].work_us, 7);
	ck_assert_int_eq(history.items[3].work_us, 3);
	ck_assert_int_eq(history.items[4].work_us, 4 * 60 * MINUTE_US); /* left open over night */
	ck_assert_int_eq(history.items[5].work_us, 4 * 60 * MINUTE_US); /* the next in turn */
	ck_assert(history.on_shift < 0);
	ck_assert_int_eq(history.overdue_every, 7);
	capacity_release(&history);
}
END_TEST

START_TEST(a_length_that_is_given_counts_for_all)
{
	struct capacity_question question = question_of(15, 95, 12);
	struct capacity_history history;
	read_history(2, 1, false, &question, &history);
	for (size_t i = 0; i < history.count; i++)
		ck_assert_int_eq(history.items[i].work_us, 12 * MINUTE_US);
	capacity_release(&history);
}
END_TEST

START_TEST(refuses_other_text)
{
	struct capacity_question question = question_of(15, 95, 0);
	struct capacity_history history;
	static const char *const texts[] = {"", "1 2 3", "1 2 3 x", "1 2 3 0", "1 2 3 4 5", "1 2 3 4\n4 5 6 7", "1 2 3 4\n4 5 0 7 8", "1 2 3 4\n\n",
					   "1 2 3 4\n-4 5 6 7 8"};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		ck_assert_msg(capacity_read(texts[i], &question, &history) == ERR_INPUT, "%s", texts[i]);
}
END_TEST

static const char *doubts_of(int groups, int together, bool is_timed, int review_minutes)
{
	static char said[1024];
	struct capacity_question question = question_of(15, 95, review_minutes);
	struct capacity_history history;
	struct bytes text;
	bytes_init(&text, sizeof said - 1);
	read_history(groups, together, is_timed, &question, &history);
	capacity_doubts(&question, &history, &text);
	snprintf(said, sizeof said, "%s", bytes_string(&text));
	bytes_release(&text);
	capacity_release(&history);
	return said;
}

START_TEST(says_why_a_history_is_too_thin)
{
	ck_assert_str_eq(doubts_of(56, 2, true, 0), "");
	ck_assert_str_eq(doubts_of(55, 2, true, 0), "It covers 13.7 days; 14 are needed.\n");
	ck_assert_str_eq(doubts_of(99, 1, true, 0), "It has 99 items of high risk; 100 are needed.\n");
	ck_assert_str_eq(doubts_of(100, 1, true, 0), "");
	ck_assert_ptr_nonnull(strstr(doubts_of(100, 1, false, 0), "Of 0 of them it is known how long the review took; 30 are needed"));
	ck_assert_str_eq(doubts_of(100, 1, false, 10), "");
	ck_assert_str_eq(doubts_of(0, 1, true, 0), "The queue had no item in that time.\n");
}
END_TEST

START_TEST(of_no_item_it_says_nothing)
{
	struct capacity_question question = question_of(15, 95, 0);
	struct capacity_history history;
	struct capacity_answer answer;
	read_history(0, 1, true, &question, &history);
	ck_assert_int_eq(capacity_find(&question, &history, &answer), ERR_NONE);
	ck_assert_int_eq(answer.specialists, 0);
	ck_assert_int_eq(answer.tried, 0);
	capacity_forget(&answer);
	capacity_release(&history);
}
END_TEST

/* Twenty weeks with one item every hour of ten minutes' work; on Saturdays from midnight three at once, at that minute. */
static void write_weeks(int minute, struct bytes *text)
{
	bytes_init(text, 1 << 20);
	bytes_format(text, "%lld %lld -1000 10", MONDAY_US, MONDAY_US + 140 * 1440 * MINUTE_US);
	for (int hour = 0; hour < 20 * QUEUE_HOURS; hour++) {
		bool is_special = hour % QUEUE_HOURS == 5 * 24;
		for (int i = 0; i < (is_special ? 3 : 1); i++) {
			int64_t at_us = MONDAY_US + (hour * 60 + (is_special ? minute : 0)) * MINUTE_US;
			bytes_format(text, "\n%lld %lld 10 %lld -1", (long long)at_us, (long long)(at_us + 60 * MINUTE_US), 10 * MINUTE_US);
		}
	}
}

static struct capacity_answer find_week(int minute)
{
	struct capacity_question question = question_of(15, 95, 0);
	struct capacity_history history;
	struct capacity_answer answer;
	struct bytes text;
	write_weeks(minute, &text);
	ck_assert_int_eq(capacity_read(bytes_string(&text), &question, &history), ERR_NONE);
	ck_assert_int_eq(capacity_find(&question, &history, &answer), ERR_NONE);
	ck_assert(answer.has_hours);
	ck_assert_uint_eq(answer.hours_judged, QUEUE_HOURS);
	ck_assert_uint_eq(answer.by_hours.high.within, answer.by_hours.high.count);
	ck_assert_int_eq(answer.specialists, 1); /* round the clock, 20 or 40 of 3400 miss it */
	capacity_release(&history);
	bytes_release(&text);
	return answer;
}

START_TEST(tells_the_hours_of_the_week_apart)
{
	struct capacity_answer answer = find_week(0);
	for (size_t hour = 0; hour < QUEUE_HOURS; hour++)
		ck_assert_int_eq(answer.hours[hour], hour == 5 * 24 ? 2 : 1);
	capacity_forget(&answer);
}
END_TEST

/* Ten minutes before the next hour, whose own item then waits as well: a second specialist in either hour helps both. */
START_TEST(spares_who_is_not_needed)
{
	struct capacity_answer answer = find_week(50);
	int sum = 0;
	for (size_t hour = 0; hour < QUEUE_HOURS; hour++)
		sum += answer.hours[hour];
	ck_assert_int_eq(sum, QUEUE_HOURS + 1);
	ck_assert_int_eq(answer.hours[5 * 24] + answer.hours[5 * 24 + 1], 3);
	capacity_forget(&answer);
}
END_TEST

UNIT("capacity_find", finds_the_least_number, shows_what_each_number_gives, says_when_not_even_the_most_suffice,
     a_review_that_was_not_timed_takes_as_long_as_others_of_its_kind, a_length_that_is_given_counts_for_all, refuses_other_text,
     says_why_a_history_is_too_thin, of_no_item_it_says_nothing, tells_the_hours_of_the_week_apart,
     spares_who_is_not_needed)
