/* Tests lib/base/time.c. */
#include "base/time.h"

#include <string.h>
#include <time.h>

#include "support/unit.h"

static void check_reads(const char *text, int64_t expected_us)
{
	int64_t instant = -1;
	ck_assert_msg(time_parse(text, strlen(text), &instant) == ERR_NONE, "%s refused", text);
	ck_assert_int_eq(instant, expected_us);
}

static void check_refuses(const char *text)
{
	int64_t instant = 42;
	ck_assert_msg(time_parse(text, strlen(text), &instant) == ERR_INPUT, "%s accepted", text);
	ck_assert_int_eq(instant, 42);
}

START_TEST(reads_instants)
{
	check_reads("1970-01-01T00:00:00Z", 0);
	check_reads("1970-01-01T00:00:01.5Z", 1500000);
	check_reads("1969-12-31T23:59:59.999999Z", -1);
	check_reads("2026-01-31T23:59:59Z", INT64_C(1769903999000000));
	check_reads("2026-01-31t23:59:59z", INT64_C(1769903999000000));
	check_reads("2024-02-29T12:00:00Z", INT64_C(1709208000000000));
	check_reads("2000-02-29T00:00:00Z", INT64_C(951782400000000));
	check_reads("0001-01-01T00:00:00Z", INT64_C(-62135596800000000));
	check_reads("9999-12-31T23:59:59.999999Z", INT64_C(253402300799999999));
}
END_TEST

START_TEST(reads_offsets)
{
	check_reads("2026-06-01T12:00:00+01:00", INT64_C(1780311600000000));
	check_reads("2026-06-01T11:00:00Z", INT64_C(1780311600000000));
	check_reads("2026-06-01T05:30:00-05:30", INT64_C(1780311600000000));
	check_reads("2026-06-02T10:59:00+23:59", INT64_C(1780311600000000));
	check_reads("2026-06-01T11:00:00-00:00", INT64_C(1780311600000000));
}
END_TEST

START_TEST(cuts_decimals_to_six)
{
	check_reads("1970-01-01T00:00:00.000001Z", 1);
	check_reads("1970-01-01T00:00:00.123456789Z", 123456);
	check_reads("1970-01-01T00:00:00.1234567Z", 123456);
	check_reads("1970-01-01T00:00:00.12Z", 120000);
	check_refuses("1970-01-01T00:00:00.1234567890Z");
	check_refuses("1970-01-01T00:00:00.Z");
}
END_TEST

START_TEST(refuses_what_is_no_instant)
{
	static const char *const texts[] = {
		"", "Z", "2026", "2026-01-31", "2026-01-31T23:59:59", "2026-01-31 23:59:59Z", "2026-01-31T23:59Z",
		"2026-1-31T23:59:59Z", "2026-02-29T00:00:00Z", "2100-02-29T00:00:00Z", "2026-04-31T00:00:00Z",
		"2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-01-00T00:00:00Z", "2026-01-32T00:00:00Z",
		"0000-01-01T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01T23:60:00Z", "2026-12-31T23:59:60Z",
		"2026-01-01T00:00:00+24:00", "2026-01-01T00:00:00+01:60", "2026-01-01T00:00:00+0100",
		"2026-01-01T00:00:00+01", "2026-01-01T00:00:00ZZ", "2026-01-01T00:00:00Z ", " 2026-01-01T00:00:00Z",
		"-026-01-01T00:00:00Z", "2026-01-01T00:00:+1Z", "2026-01-01T00:00:00,5Z", "12026-01-01T00:00:00Z",
		"0001-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01",
	};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		check_refuses(texts[i]);
}
END_TEST

START_TEST(does_not_read_past_the_length)
{
	int64_t instant;
	const char *text = "2026-01-31T23:59:59Z";
	for (size_t length = 0; length < strlen(text); length++) {
		char *cut = strndup(text, length); /* a heap copy, so that a sanitizer sees its end */
		ck_assert_int_eq(time_parse(cut, length, &instant), ERR_INPUT);
		free(cut);
	}
	ck_assert_int_eq(time_parse("2026-01-31T23:59:59\0Z", 21, &instant), ERR_INPUT);
}
END_TEST

static void check_writes(int64_t instant_us, const char *expected)
{
	char text[TIME_TEXT_SIZE];
	time_format(instant_us, text);
	ck_assert_str_eq(text, expected);
}

START_TEST(writes_instants)
{
	check_writes(0, "1970-01-01T00:00:00.000000Z");
	check_writes(-1, "1969-12-31T23:59:59.999999Z");
	check_writes(INT64_C(1769903999100000), "2026-01-31T23:59:59.100000Z");
	check_writes(INT64_C(951782400000000), "2000-02-29T00:00:00.000000Z");
	check_writes(INT64_C(-62135596800000000), "0001-01-01T00:00:00.000000Z");
	check_writes(INT64_C(253402300799999999), "9999-12-31T23:59:59.999999Z");
}
END_TEST

START_TEST(writes_the_nearest_year_it_can_say)
{
	check_writes(INT64_MIN, "0001-01-01T00:00:00.000000Z");
	check_writes(INT64_MAX, "9999-12-31T23:59:59.999999Z");
}
END_TEST

/* The C library's calendar is the witness, every 11 hours or so of four centuries and more. */
START_TEST(agrees_with_the_c_library)
{
	for (time_t second = -12000000000; second < 12000000000; second += 1234577) {
		char text[TIME_TEXT_SIZE], expected[64];
		struct tm parts;
		gmtime_r(&second, &parts);
		strftime(expected, sizeof expected, "%Y-%m-%dT%H:%M:%S.000007Z", &parts);
		time_format(second * INT64_C(1000000) + 7, text);
		ck_assert_str_eq(text, expected);
		int64_t back;
		ck_assert_int_eq(time_parse(text, strlen(text), &back), ERR_NONE);
		ck_assert_int_eq(back, second * INT64_C(1000000) + 7);
	}
}
END_TEST

START_TEST(checks_dates)
{
	ck_assert_int_eq(time_check_date("2026-02-28", 10), ERR_NONE);
	ck_assert_int_eq(time_check_date("2024-02-29", 10), ERR_NONE);
	ck_assert_int_eq(time_check_date("2026-02-29", 10), ERR_INPUT);
	ck_assert_int_eq(time_check_date("1900-02-29", 10), ERR_INPUT);
	ck_assert_int_eq(time_check_date("2026-06-31", 10), ERR_INPUT);
	ck_assert_int_eq(time_check_date("0000-01-01", 10), ERR_INPUT);
	ck_assert_int_eq(time_check_date("2026-02-28 ", 11), ERR_INPUT);
	ck_assert_int_eq(time_check_date("2026-02-2", 9), ERR_INPUT);
	ck_assert_int_eq(time_check_date("28/02/2026", 10), ERR_INPUT);
	ck_assert_int_eq(time_check_date("", 0), ERR_INPUT);
}
END_TEST

START_TEST(clocks_run)
{
	int64_t wall = time_now_us(), monotonic = time_monotonic_us();
	ck_assert_int_ge(wall, INT64_C(1700000000) * 1000000);
	ck_assert_int_lt(llabs(wall / 1000000 - (int64_t)time(NULL)), 5);
	for (int i = 0; i < 1000; i++) {
		int64_t later = time_monotonic_us();
		ck_assert_int_ge(later, monotonic);
		monotonic = later;
	}
}
END_TEST

UNIT("time", reads_instants, reads_offsets, cuts_decimals_to_six, refuses_what_is_no_instant,
     does_not_read_past_the_length, writes_instants, writes_the_nearest_year_it_can_say, agrees_with_the_c_library,
     checks_dates, clocks_run)
