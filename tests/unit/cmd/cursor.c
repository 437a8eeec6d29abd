/* Cursors come back as they were made, and only for the list they were made for. */
#include "cursor.h"

#include <string.h>

#include "support/unit.h"

static const char *const hexadecimal = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

START_TEST(a_cursor_comes_back)
{
	struct arena arena;
	struct cursor_key key = {0};
	const char *const samples[] = {"[1]", "[1, 2]", "[1, \"2026-01-31T00:00:00Z\", \"x\"]", "[12345]"};
	arena_init(&arena, 10000);
	ck_assert_int_eq(cursor_key_set(&key, hexadecimal), ERR_NONE);
	for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
		const char *cursor, *values;
		ck_assert_int_eq(cursor_write(&key, "listCases|a", samples[i], strlen(samples[i]), &arena, &cursor), ERR_NONE);
		ck_assert_int_eq(cursor_read(&key, "listCases|a", cursor, &arena, &values), ERR_NONE);
		ck_assert_str_eq(values, samples[i]);
		ck_assert_int_eq(cursor_read(&key, "listCases|b", cursor, &arena, &values), ERR_INPUT);
	}
	cursor_key_release(&key);
	arena_release(&arena);
}
END_TEST

START_TEST(an_altered_cursor_is_refused)
{
	struct arena arena;
	struct cursor_key key = {0};
	const char *cursor, *values;
	arena_init(&arena, 100000);
	ck_assert_int_eq(cursor_key_set(&key, hexadecimal), ERR_NONE);
	ck_assert_int_eq(cursor_write(&key, "l", "[1,2]", 5, &arena, &cursor), ERR_NONE);
	for (size_t i = 0; i < strlen(cursor); i++) {
		char *altered = arena_copy_string(&arena, cursor);
		altered[i] = altered[i] == 'A' ? 'B' : 'A';
		ck_assert_int_eq(cursor_read(&key, "l", altered, &arena, &values), ERR_INPUT);
	}
	const char *const hostile[] = {"", "AAAA", "====", "not a cursor", "\xff\xff\xff\xff", "AAAAAAAAAAAAAAAAAAAAAAAAAAAA"};
	for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i++)
		ck_assert_int_eq(cursor_read(&key, "l", hostile[i], &arena, &values), ERR_INPUT);
	cursor_key_release(&key);
	arena_release(&arena);
}
END_TEST

START_TEST(a_key_is_32_bytes)
{
	struct cursor_key key = {0};
	ck_assert_int_eq(cursor_key_set(&key, "00"), ERR_INPUT);
	ck_assert_int_eq(cursor_key_set(&key, "zz"), ERR_INPUT);
	ck_assert_ptr_null(key.mac);
}
END_TEST

UNIT("cursor", a_cursor_comes_back, an_altered_cursor_is_refused, a_key_is_32_bytes)
