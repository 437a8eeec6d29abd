/* Reads clocks, and RFC 3339 both ways. */
#include "base/time.h"

#include <stdbool.h>
#include <string.h>
#include <time.h>

enum { SECOND_US = 1000000, DAY_S = 86400, DATE_LENGTH = 10 };

/* 0001-01-01T00:00:00Z and the last microsecond of 9999: what four digits of a year can say. */
static const int64_t FIRST_US = INT64_C(-62135596800) * SECOND_US;
static const int64_t LAST_US = INT64_C(253402300800) * SECOND_US - 1;

static int64_t clock_us(clockid_t clock)
{
	struct timespec now;
	clock_gettime(clock, &now);
	return (int64_t)now.tv_sec * SECOND_US + now.tv_nsec / 1000;
}

int64_t time_now_us(void)
{
	return clock_us(CLOCK_REALTIME);
}

int64_t time_monotonic_us(void)
{
	return clock_us(CLOCK_MONOTONIC);
}

struct date {
	int year, month, day;
};

/* Both conversions count in years that begin in March, so that the leap day comes last, and in eras of
 * 400 years, which all have the same length. */
enum { ERA_DAYS = 146097, EPOCH_DAYS = 719468 /* from 0000-03-01 to 1970-01-01 */ };

static int64_t days_of_date(struct date date)
{
	int year = date.month > 2 ? date.year : date.year - 1;
	int era = year >= 0 ? year / 400 : -1; /* years start at 0, so its January belongs to -1 */
	int year_of_era = year - era * 400;
	int month_from_march = (date.month + 9) % 12;
	int day_of_year = (153 * month_from_march + 2) / 5 + date.day - 1;
	int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
	return (int64_t)era * ERA_DAYS + day_of_era - EPOCH_DAYS;
}

/* `days` is not before the year 0. */
static struct date date_of_days(int64_t days)
{
	int64_t from_march = days + EPOCH_DAYS;
	int era = (int)(from_march / ERA_DAYS);
	int day_of_era = (int)(from_march % ERA_DAYS);
	int year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int month_from_march = (5 * day_of_year + 2) / 153;
	struct date date = {.day = day_of_year - (153 * month_from_march + 2) / 5 + 1};
	date.month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
	date.year = era * 400 + year_of_era + (date.month <= 2);
	return date;
}

static char *put_digits(char *out, int value, int count)
{
	for (int i = count - 1; i >= 0; i--, value /= 10)
		out[i] = (char)('0' + value % 10);
	return out + count;
}

static char *put_part(char *out, int value, int count, char after)
{
	out = put_digits(out, value, count);
	*out = after;
	return out + 1;
}

void time_format(int64_t instant_us, char text[TIME_TEXT_SIZE])
{
	if (instant_us < FIRST_US)
		instant_us = FIRST_US;
	if (instant_us > LAST_US)
		instant_us = LAST_US;
	int64_t from_first = instant_us - FIRST_US; /* not negative: / and % round the same way */
	int fraction_us = (int)(from_first % SECOND_US);
	int second = (int)(from_first / SECOND_US % DAY_S);
	struct date date = date_of_days(from_first / SECOND_US / DAY_S + FIRST_US / SECOND_US / DAY_S);
	char *out = put_part(text, date.year, 4, '-');
	out = put_part(out, date.month, 2, '-');
	out = put_part(out, date.day, 2, 'T');
	out = put_part(out, second / 3600, 2, ':');
	out = put_part(out, second / 60 % 60, 2, ':');
	out = put_part(out, second % 60, 2, '.');
	out = put_part(out, fraction_us, 6, 'Z');
	*out = '\0';
}

/* What is left to read. */
struct reader {
	const char *next, *end;
};

static bool read_digits(struct reader *reader, int count, int *value)
{
	if (reader->end - reader->next < count)
		return false;
	int number = 0;
	for (int i = 0; i < count; i++) {
		char digit = reader->next[i];
		if (digit < '0' || digit > '9')
			return false;
		number = number * 10 + (digit - '0');
	}
	reader->next += count;
	*value = number;
	return true;
}

/* Reads one character if it is one of `wanted`. */
static bool read_one_of(struct reader *reader, const char *wanted, char *found)
{
	if (reader->next == reader->end || !*reader->next || !strchr(wanted, *reader->next))
		return false;
	*found = *reader->next++;
	return true;
}

static bool read_char(struct reader *reader, char wanted)
{
	char found;
	return read_one_of(reader, (char[]){wanted, '\0'}, &found);
}

static int days_of_month(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	return month == 2 && leap ? 29 : days[month - 1];
}

static bool read_date(struct reader *reader, struct date *date)
{
	if (!read_digits(reader, 4, &date->year) || !read_char(reader, '-') ||
	    !read_digits(reader, 2, &date->month) || !read_char(reader, '-') || !read_digits(reader, 2, &date->day))
		return false;
	return date->year >= 1 && date->month >= 1 && date->month <= 12 && date->day >= 1 &&
	       date->day <= days_of_month(date->year, date->month);
}

static bool read_hour_minute(struct reader *reader, int *minutes)
{
	int hour, minute;
	if (!read_digits(reader, 2, &hour) || !read_char(reader, ':') || !read_digits(reader, 2, &minute))
		return false;
	*minutes = hour * 60 + minute;
	return hour <= 23 && minute <= 59;
}

/* One to nine decimals, of which the first six count. */
static bool read_fraction(struct reader *reader, int *fraction_us)
{
	int digit, count = 0, value = 0;
	for (; count < 9 && read_digits(reader, 1, &digit); count++)
		value = count < 6 ? value * 10 + digit : value;
	for (int scaled = count; scaled < 6; scaled++)
		value *= 10;
	*fraction_us = value;
	return count > 0;
}

static bool read_time(struct reader *reader, int64_t *time_us)
{
	int minutes, second, fraction_us = 0;
	if (!read_hour_minute(reader, &minutes) || !read_char(reader, ':') || !read_digits(reader, 2, &second))
		return false;
	if (read_char(reader, '.') && !read_fraction(reader, &fraction_us))
		return false;
	*time_us = (minutes * INT64_C(60) + second) * SECOND_US + fraction_us;
	return second <= 59;
}

static bool read_offset(struct reader *reader, int64_t *offset_us)
{
	char sign;
	int minutes = 0;
	if (!read_one_of(reader, "Zz+-", &sign))
		return false;
	if ((sign == '+' || sign == '-') && !read_hour_minute(reader, &minutes))
		return false;
	*offset_us = (sign == '-' ? -minutes : minutes) * INT64_C(60) * SECOND_US;
	return true;
}

enum err time_parse(const char *text, size_t length, int64_t *instant_us)
{
	struct reader reader = {text, text + length};
	struct date date;
	char separator;
	int64_t time_us, offset_us;
	if (!read_date(&reader, &date) || !read_one_of(&reader, "Tt", &separator) || !read_time(&reader, &time_us) ||
	    !read_offset(&reader, &offset_us) || reader.next != reader.end)
		return ERR_INPUT;
	int64_t instant = days_of_date(date) * DAY_S * SECOND_US + time_us - offset_us;
	if (instant < FIRST_US || instant > LAST_US)
		return ERR_INPUT;
	*instant_us = instant;
	return ERR_NONE;
}

enum err time_check_date(const char *text, size_t length)
{
	struct reader reader = {text, text + length};
	struct date date;
	return length == DATE_LENGTH && read_date(&reader, &date) ? ERR_NONE : ERR_INPUT;
}
