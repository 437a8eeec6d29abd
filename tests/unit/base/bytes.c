/* Tests lib/base/bytes.c. */
#include "base/bytes.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "support/unit.h"

/* Under AddressSanitizer an allocation that is too large answers NULL, as it does without. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "allocator_may_return_null=1";
}

START_TEST(appends_what_it_is_given)
{
	struct bytes bytes;
	bytes_init(&bytes, 1000);
	ck_assert_str_eq(bytes_string(&bytes), "");
	bytes_append(&bytes, "ab", 2);
	bytes_append_string(&bytes, "cd");
	bytes_append_char(&bytes, 'e');
	bytes_format(&bytes, "%d%s", 12, "f");
	bytes_append(&bytes, NULL, 0);
	ck_assert_str_eq(bytes_string(&bytes), "abcde12f");
	ck_assert_uint_eq(bytes.length, 8);
	bytes_release(&bytes);
	ck_assert_ptr_null(bytes.data);
}
END_TEST

START_TEST(grows_far_past_its_first_size)
{
	struct bytes bytes;
	bytes_init(&bytes, SIZE_MAX);
	for (int i = 0; i < 20000; i++)
		bytes_format(&bytes, "%05d", i);
	ck_assert(!bytes.failed);
	ck_assert_uint_eq(bytes.length, 100000);
	ck_assert_str_eq(bytes_string(&bytes) + 99995, "19999");
	bytes_release(&bytes);
}
END_TEST

START_TEST(holds_exactly_its_maximum)
{
	struct bytes bytes;
	bytes_init(&bytes, 10);
	bytes_append_string(&bytes, "0123456789");
	ck_assert_str_eq(bytes_string(&bytes), "0123456789");
	bytes_append_char(&bytes, 'x');
	ck_assert(bytes.failed);
	ck_assert_uint_eq(bytes.length, 10);
	ck_assert_ptr_null(bytes_string(&bytes));
	bytes_release(&bytes);
}
END_TEST

START_TEST(formats_exactly_to_its_maximum)
{
	struct bytes bytes;
	bytes_init(&bytes, 10);
	bytes_format(&bytes, "%010d", 1);
	ck_assert_str_eq(bytes_string(&bytes), "0000000001");
	bytes_clear(&bytes);
	bytes_format(&bytes, "%011d", 1);
	ck_assert(bytes.failed);
	ck_assert_uint_eq(bytes.length, 0);
	bytes_release(&bytes);
}
END_TEST

START_TEST(stays_failed_until_cleared)
{
	struct bytes bytes;
	bytes_init(&bytes, 4);
	bytes_append_string(&bytes, "ab");
	bytes_append_string(&bytes, "cdefgh");
	bytes_append_string(&bytes, "c");
	bytes_append_char(&bytes, 'c');
	bytes_format(&bytes, "c");
	bytes_append_json_string(&bytes, "c", 1);
	ck_assert(bytes.failed);
	ck_assert_uint_eq(bytes.length, 2);
	bytes_clear(&bytes);
	bytes_append_string(&bytes, "c");
	ck_assert_str_eq(bytes_string(&bytes), "c");
	bytes_release(&bytes);
}
END_TEST

START_TEST(refuses_a_size_that_would_wrap)
{
	struct bytes bytes;
	bytes_init(&bytes, 100);
	bytes_append_string(&bytes, "abc");
	bytes_append(&bytes, "", SIZE_MAX - 1);
	ck_assert(bytes.failed);
	bytes_release(&bytes);
}
END_TEST

START_TEST(memory_that_the_system_refuses_fails_the_buffer)
{
	struct bytes bytes;
	bytes_init(&bytes, SIZE_MAX);
	bytes_append(&bytes, "", SIZE_MAX / 2 - 1); /* more than malloc ever gives */
	ck_assert(bytes.failed);
	ck_assert_uint_eq(bytes.length, 0);
	bytes_release(&bytes);
}
END_TEST

START_TEST(detach_hands_the_memory_over)
{
	struct bytes bytes;
	bytes_init(&bytes, 100);
	bytes_append_string(&bytes, "mine");
	size_t length;
	char *data = bytes_detach(&bytes, &length);
	ck_assert_uint_eq(length, 4);
	ck_assert_mem_eq(data, "mine", 4);
	free(data);
	ck_assert_uint_eq(bytes.length, 0);
	bytes_append_string(&bytes, "more");
	ck_assert_str_eq(bytes_string(&bytes), "more");
	bytes_release(&bytes);
}
END_TEST

static void check_json(const char *text, size_t length, const char *expected)
{
	struct bytes bytes;
	bytes_init(&bytes, 10000);
	bytes_append_json_string(&bytes, text, length);
	ck_assert_str_eq(bytes_string(&bytes), expected);
	bytes_release(&bytes);
}

START_TEST(json_strings_escape_what_they_must)
{
	check_json("", 0, "\"\"");
	check_json("plain", 5, "\"plain\"");
	check_json("a\"b\\c/d", 7, "\"a\\\"b\\\\c/d\"");
	check_json("\b\t\n\f\r", 5, "\"\\b\\t\\n\\f\\r\"");
	check_json("\0\x01\x1f\x7f", 4, "\"\\u0000\\u0001\\u001f\x7f\"");
	check_json("Zoë – 李 😀", strlen("Zoë – 李 😀"), "\"Zoë – 李 😀\"");
}
END_TEST

/* Every character at every place of the words that the writer looks at as a whole. */
START_TEST(json_strings_escape_at_every_place)
{
	for (int character = 0; character < 256; character++)
		for (size_t place = 0; place < 20; place++) {
			char text[21] = "aaaaaaaaaaaaaaaaaaaa", expected[32], escape[8];
			text[place] = (char)character;
			if (character == '"' || character == '\\')
				snprintf(escape, sizeof escape, "\\%c", character);
			else if (character < 0x20 && !strchr("\b\t\n\f\r", character))
				snprintf(escape, sizeof escape, "\\u%04x", character);
			else if (character == 0)
				snprintf(escape, sizeof escape, "\\u0000");
			else if (character < 0x20)
				snprintf(escape, sizeof escape, "\\%c", "btn?fr"[character - '\b']);
			else
				snprintf(escape, sizeof escape, "%c", character);
			snprintf(expected, sizeof expected, "\"%.*s%s%s\"", (int)place, text, escape,
				 text + place + 1);
			check_json(text, 20, expected);
		}
}
END_TEST

START_TEST(a_json_string_that_does_not_fit_fails)
{
	struct bytes bytes;
	for (size_t maximum = 0; maximum < 8; maximum++) {
		bytes_init(&bytes, maximum);
		bytes_append_json_string(&bytes, "ab\ncd", 5);
		ck_assert(bytes.failed);
		ck_assert_uint_le(bytes.length, maximum);
		bytes_release(&bytes);
	}
	bytes_init(&bytes, 8);
	bytes_append_json_string(&bytes, "ab\ncd", 5);
	ck_assert_str_eq(bytes_string(&bytes), "\"ab\\ncd\"");
	bytes_release(&bytes);
}
END_TEST

UNIT("bytes", appends_what_it_is_given, grows_far_past_its_first_size, holds_exactly_its_maximum,
     formats_exactly_to_its_maximum, stays_failed_until_cleared, refuses_a_size_that_would_wrap,
     memory_that_the_system_refuses_fails_the_buffer, detach_hands_the_memory_over,
     json_strings_escape_what_they_must, json_strings_escape_at_every_place, a_json_string_that_does_not_fit_fails)
