/* Objects taken apart: values byte for byte, names read, whatever isn't an object refused. */
#include "ledger/image.h"

#include <string.h>

#include "base/bytes.h"
#include "support/unit.h"

static struct image_member *members;
static size_t count;

/* The text is given from the heap, just as long as it is, so that a byte read behind it is found. */
static enum err split(struct arena *arena, const char *text)
{
	static char *held;
	free(held);
	size_t length = strlen(text);
	held = malloc(length + !length);
	ck_assert_ptr_nonnull(held);
	memcpy(held, text, length);
	return image_split(arena, held, length, &members, &count);
}

static void expect(size_t i, const char *name, const char *value)
{
	ck_assert_uint_lt(i, count);
	ck_assert_str_eq(members[i].name, name);
	ck_assert_uint_eq(members[i].length, strlen(value));
	ck_assert_mem_eq(members[i].value, value, strlen(value));
}

START_TEST(members_come_in_byte_order)
{
	struct arena arena;
	arena_init(&arena, 1 << 20);
	ck_assert_int_eq(split(&arena, "{\"z\": 1.50, \"aa\": null, \"ab\": {\"b\": [1, \"]}\"]}, \"case_id\": \"x\\\"y\"}"), ERR_NONE);
	ck_assert_uint_eq(count, 4);
	expect(0, "aa", "null");
	expect(1, "ab", "{\"b\": [1, \"]}\"]}");
	expect(2, "case_id", "\"x\\\"y\"");
	expect(3, "z", "1.50");
	ck_assert_ptr_eq(image_find(members, count, "z"), &members[3]);
	ck_assert_ptr_null(image_find(members, count, "y"));
	ck_assert_int_eq(split(&arena, "{}"), ERR_NONE);
	ck_assert_uint_eq(count, 0);
	ck_assert_int_eq(split(&arena, "\n{ \"a\"\t:\r\n[ ] , \"\" : true } "), ERR_NONE);
	ck_assert_uint_eq(count, 2);
	expect(0, "", "true");
	expect(1, "a", "[ ]");
	arena_release(&arena);
}
END_TEST

START_TEST(names_are_read)
{
	struct arena arena;
	arena_init(&arena, 1 << 20);
	ck_assert_int_eq(split(&arena, "{\"a\\\"\\\\\\/\\b\\f\\n\\r\\t\": 1, \"\\u00e9\\u20AC\\ud83d\\ude00\": 2, \"\xc3\xa9\": 3}"), ERR_NONE);
	ck_assert_uint_eq(count, 3);
	expect(0, "a\"\\/\b\f\n\r\t", "1");
	expect(1, "\xc3\xa9", "3");
	expect(2, "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", "2");
	arena_release(&arena);
}
END_TEST

START_TEST(what_is_no_object_is_refused)
{
	static const char *const wrong[] = {
		"", " ", "null", "[]", "\"a\"", "{", "}", "{\"a\"", "{\"a\":", "{\"a\": ", "{\"a\": 1", "{\"a\": 1,", "{\"a\": 1,}",
		"{,}", "{a: 1}", "{\"a\" 1}", "{\"a\": }", "{\"a\": 1 2}", "{\"a\": \"", "{\"a\": \"\\", "{\"a\": \"\\\"}", "{\"a\": [",
		"{\"a\": [\"", "{\"a\": [\"\\", "{\"a\": {}", "{\"a\": 1}{", "{\"a\": 1} x", "{\"a\": ]}", "{\"a\": ?}", "{\"\\", "{\"\\\"", "{\"",
		"{\"\\x\": 1}", "{\"\\u00\": 1}", "{\"\\u00zz\": 1}", "{\"\\u0000\": 1}", "{\"\\ud800\": 1}", "{\"\\ud800\\u0041\": 1}",
		"{\"\\udc00\": 1}", "{\"a\": 1, \"a\": 2}", "{\"a\": 1, \"\\u0061\": 2}",
	};
	struct arena arena;
	arena_init(&arena, 1 << 20);
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		ck_assert_msg(split(&arena, wrong[i]) == ERR_INPUT, "%s", wrong[i]);
	ck_assert_int_eq(image_split(&arena, "{\"a\0b\": 1}", 10, &members, &count), ERR_INPUT);
	ck_assert_int_eq(image_split(&arena, "{\"ab\"\0: 1}", 10, &members, &count), ERR_INPUT);
	arena_release(&arena);
}
END_TEST

static enum err split_many(int wanted, size_t arena_maximum)
{
	struct arena arena;
	struct bytes text;
	arena_init(&arena, arena_maximum);
	bytes_init(&text, 1 << 20);
	for (int i = 0; i < wanted; i++)
		bytes_format(&text, "%s\"member_%d\": %d", i ? ", " : "{", i, i);
	bytes_append_char(&text, '}');
	enum err error = image_split(&arena, text.data, text.length, &members, &count);
	bytes_release(&text);
	arena_release(&arena);
	return error;
}

START_TEST(there_is_a_most)
{
	ck_assert_int_eq(split_many(IMAGE_MEMBERS_MAXIMUM, 1 << 20), ERR_NONE);
	ck_assert_uint_eq(count, IMAGE_MEMBERS_MAXIMUM);
	ck_assert_int_eq(split_many(IMAGE_MEMBERS_MAXIMUM + 1, 1 << 20), ERR_LIMIT);
	ck_assert_int_eq(split_many(IMAGE_MEMBERS_MAXIMUM, 8192), ERR_MEMORY);
}
END_TEST

START_TEST(strings_are_read)
{
	struct arena arena;
	const char *string = NULL;
	arena_init(&arena, 1 << 20);
	ck_assert_int_eq(image_string(&arena, "\"2026\"", 6, &string), ERR_NONE);
	ck_assert_str_eq(string, "2026");
	ck_assert_int_eq(image_string(&arena, "\"\"", 2, &string), ERR_NONE);
	ck_assert_str_eq(string, "");
	ck_assert_int_eq(image_string(&arena, "\"", 1, &string), ERR_INPUT);
	ck_assert_int_eq(image_string(&arena, "null", 4, &string), ERR_INPUT);
	ck_assert_int_eq(image_string(&arena, "\"a\"b\"", 5, &string), ERR_INPUT);
	ck_assert_int_eq(image_string(&arena, "\"a\\\"", 4, &string), ERR_INPUT);
	arena_release(&arena);
}
END_TEST

UNIT("image", members_come_in_byte_order, names_are_read, what_is_no_object_is_refused, there_is_a_most, strings_are_read)
