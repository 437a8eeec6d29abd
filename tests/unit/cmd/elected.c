/* Tests cmd/secondlook/elected.c: how long a duty rests after a pass; of the spreader's, which may be late so that requests are not. */
#include "elected.h"

#include <string.h>

#include "metrics.h"
#include "spreader.h"
#include "support/unit.h"

enum { EVERY_US = 250000, TOOK_US = 40000, SECOND_US = 1000000 };

START_TEST(rests_until_the_next_turn_when_there_is_no_more)
{
	struct elected_duty duty = {.pass_every_us = EVERY_US, .rests = 3};
	ck_assert_int_eq(elected_delay_us(&duty, true, false, TOOK_US), EVERY_US);
	ck_assert_int_eq(elected_delay_us(&duty, false, false, TOOK_US), SECOND_US);
}
END_TEST

START_TEST(rests_in_proportion_to_its_last_pass_while_there_is_more)
{
	struct elected_duty duty = {.pass_every_us = EVERY_US, .rests = 3};
	ck_assert_int_eq(elected_delay_us(&duty, true, true, TOOK_US), 3 * TOOK_US);
	duty.rests = 0;
	ck_assert_int_eq(elected_delay_us(&duty, true, true, TOOK_US), 0);
}
END_TEST

/* One row of numbers. */
static const char *column_of(const void *result, int row, int column, size_t *length)
{
	const char *const *columns = result;
	ck_assert_int_eq(row, 0);
	*length = strlen(columns[column]);
	return columns[column];
}

static bool is_behind(const char *behind)
{
	const char *columns[] = {"500", behind, "0"};
	const struct rows rows = {.count = 1, .result = columns, .value = column_of};
	struct metrics metrics;
	ck_assert_int_eq(metrics_open(1, 0, &metrics), ERR_NONE);
	return spreader_duty()->took(&metrics, &rows);
}

START_TEST(the_spreader_works_a_twentieth_of_the_time_when_behind)
{
	const struct elected_duty *duty = spreader_duty();
	ck_assert_int_eq(elected_delay_us(duty, true, is_behind("1"), TOOK_US), 19 * TOOK_US);
	ck_assert_int_eq(elected_delay_us(duty, true, is_behind("0"), TOOK_US), EVERY_US);
}
END_TEST

UNIT("elected", rests_until_the_next_turn_when_there_is_no_more, rests_in_proportion_to_its_last_pass_while_there_is_more,
     the_spreader_works_a_twentieth_of_the_time_when_behind)
