/* Prints PostgreSQL's binary values as the server would. */
#include "db/binary.h"

#include <endian.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

bool binary_is_known(unsigned type)
{
	switch ((enum type_oid)type) {
	case TYPE_BOOL:
	case TYPE_NAME:
	case TYPE_INT2:
	case TYPE_INT4:
	case TYPE_INT8:
	case TYPE_TEXT:
	case TYPE_VARCHAR:
	case TYPE_JSON:
	case TYPE_JSONB:
	case TYPE_TIMESTAMPTZ:
	case TYPE_UUID:
		return true;
	case TYPE_FLOAT4:
	case TYPE_FLOAT8:
	case TYPE_NUMERIC:
		return false;
	}
	return false;
}

static const int64_t day_us = INT64_C(86400000000);

/* Big-endian, two's complement, 2, 4 or 8 bytes. */
static int64_t integer(const char *data, size_t length)
{
	uint64_t eight;
	uint32_t four;
	uint16_t two;
	switch (length) {
	case sizeof eight:
		memcpy(&eight, data, sizeof eight);
		return (int64_t)be64toh(eight);
	case sizeof four:
		memcpy(&four, data, sizeof four);
		return (int32_t)be32toh(four);
	default:
		memcpy(&two, data, sizeof two);
		return (int16_t)be16toh(two);
	}
}

static size_t print_integer(int64_t value, char *text)
{
	char digits[20];
	size_t count = 0, length = 0;
	uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
	do
		digits[count++] = (char)('0' + rest % 10);
	while (rest /= 10);
	if (value < 0)
		text[length++] = '-';
	while (count)
		text[length++] = digits[--count];
	return length;
}

#define SIXTEEN(digit) digit "0" digit "1" digit "2" digit "3" digit "4" digit "5" digit "6" digit "7" \
	digit "8" digit "9" digit "a" digit "b" digit "c" digit "d" digit "e" digit "f"
#define TEN(digit) digit "0" digit "1" digit "2" digit "3" digit "4" digit "5" digit "6" digit "7" digit "8" digit "9"

/* A byte as two hexadecimal digits. */
static void print_byte(char byte, char *text)
{
	static const char pairs[] = SIXTEEN("0") SIXTEEN("1") SIXTEEN("2") SIXTEEN("3") SIXTEEN("4") SIXTEEN("5") SIXTEEN("6") SIXTEEN("7")
		SIXTEEN("8") SIXTEEN("9") SIXTEEN("a") SIXTEEN("b") SIXTEEN("c") SIXTEEN("d") SIXTEEN("e") SIXTEEN("f");
	memcpy(text, pairs + 2 * (size_t)(unsigned char)byte, 2);
}

static inline void print_bytes(const char *data, size_t count, char *text)
{
	for (size_t i = 0; i < count; i++)
		print_byte(data[i], text + 2 * i);
}

static size_t print_uuid(const char *data, char *text)
{
	print_bytes(data, 4, text);
	print_bytes(data + 4, 2, text + 9);
	print_bytes(data + 6, 2, text + 14);
	print_bytes(data + 8, 2, text + 19);
	print_bytes(data + 10, 6, text + 24);
	text[8] = text[13] = text[18] = text[23] = '-';
	return 36;
}

/* Two digits. */
static void put_pair(char *text, uint32_t value)
{
	static const char pairs[] = TEN("0") TEN("1") TEN("2") TEN("3") TEN("4") TEN("5") TEN("6") TEN("7") TEN("8") TEN("9");
	memcpy(text, pairs + 2 * (size_t)value, 2);
}

enum {
	ERA_DAYS = 146097,   /* of 400 years */
	FIRST_DAY = 2483589, /* from 1 March of the year -4800, twelve eras before 0, to 1 January 2000 */
	FIRST_YEAR = -4800,  /* no instant is before -4713 */
};

/* The proleptic Gregorian date of a day counted from 1 March of the first year. */
static void date_of(uint32_t day, int32_t *year, uint32_t *month, uint32_t *day_of_month)
{
	uint32_t era = day / ERA_DAYS;
	uint32_t of_era = day - era * ERA_DAYS;
	uint32_t year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / (ERA_DAYS - 1)) / 365;
	uint32_t of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	uint32_t from_march = (5 * of_year + 2) / 153;
	*day_of_month = of_year - (153 * from_march + 2) / 5 + 1;
	*month = from_march < 10 ? from_march + 3 : from_march - 9;
	*year = (int32_t)(year_of_era + era * 400 + (*month <= 2)) + FIRST_YEAR;
}

static size_t print_decimals(uint32_t microseconds, char *text)
{
	size_t length = 7;
	if (!microseconds)
		return 0;
	text[0] = '.';
	put_pair(text + 1, microseconds / 10000);
	put_pair(text + 3, microseconds / 100 % 100);
	put_pair(text + 5, microseconds % 100);
	while (text[length - 1] == '0')
		length--;
	return length;
}

/* A year that four digits don't hold is rare: the general printer will do. */
static size_t print_year(int32_t year, char *text)
{
	if (year < 1 || year > 9999)
		return (size_t)snprintf(text, 16, "%04d", year < 1 ? 1 - year : year);
	put_pair(text, (uint32_t)year / 100);
	put_pair(text + 2, (uint32_t)year % 100);
	return 4;
}

/* Microseconds since 2000-01-01 00:00 UTC; the ends of the range are the infinities. */
static size_t print_instant(int64_t instant, char *text)
{
	int32_t year;
	uint32_t month, day_of_month;
	if (instant == INT64_MAX)
		return (size_t)snprintf(text, BINARY_TEXT_SIZE, "infinity");
	if (instant == INT64_MIN)
		return (size_t)snprintf(text, BINARY_TEXT_SIZE, "-infinity");
	int64_t day = instant / day_us - (instant % day_us < 0);
	int64_t of_day = instant - day * day_us;
	uint32_t seconds = (uint32_t)(of_day / 1000000);
	date_of((uint32_t)(day + FIRST_DAY), &year, &month, &day_of_month);
	char *next = text + print_year(year, text);
	memcpy(next, "-..-.. ..:..:..", 15);
	put_pair(next + 1, month);
	put_pair(next + 4, day_of_month);
	put_pair(next + 7, seconds / 3600);
	put_pair(next + 10, seconds / 60 % 60);
	put_pair(next + 13, seconds % 60);
	next += 15;
	next += print_decimals((uint32_t)(of_day % 1000000), next);
	memcpy(next, "+00 BC", 6);
	return (size_t)(next - text) + (year < 1 ? 6 : 3);
}

static size_t size_of_type(enum type_oid type)
{
	switch (type) {
	case TYPE_BOOL:
		return 1;
	case TYPE_INT2:
		return 2;
	case TYPE_INT4:
		return 4;
	case TYPE_UUID:
		return 16;
	default:
		return 8;
	}
}

static size_t print(enum type_oid type, const char *data, size_t data_length, char *text)
{
	if (data_length != size_of_type(type))
		return 0;
	if (type == TYPE_UUID)
		return print_uuid(data, text);
	if (type == TYPE_TIMESTAMPTZ)
		return print_instant(integer(data, data_length), text);
	if (type != TYPE_BOOL)
		return print_integer(integer(data, data_length), text);
	text[0] = data[0] ? 't' : 'f';
	return 1;
}

const char *binary_text(unsigned type, const char *data, size_t data_length, char scratch[BINARY_TEXT_SIZE], size_t *length)
{
	switch ((enum type_oid)type) {
	case TYPE_NAME:
	case TYPE_TEXT:
	case TYPE_VARCHAR:
	case TYPE_JSON:
		*length = data_length;
		return data;
	case TYPE_JSONB: /* a version, then the text */
		*length = data_length ? data_length - 1 : 0;
		return data_length ? data + 1 : data;
	default:
		*length = print((enum type_oid)type, data, data_length, scratch);
		scratch[*length] = '\0';
		return scratch;
	}
}
