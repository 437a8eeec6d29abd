/* Tests of taking query strings apart. */
#include "contract/query.h"

#include <string.h>

#include "support/unit.h"

/* "name=value|name=value", with "?" for what is not UTF-8 and "!" for a bad "%". */
static const char *told(struct arena *arena, const char *text)
{
	static const char *const marks[] = {"", "!", "?"};
	struct query query;
	struct query_pair pair;
	char *told = arena_copy_string(arena, "");
	ck_assert_int_eq(query_init(&query, arena, text), ERR_NONE);
	while (query_next(&query, &pair))
		told = arena_format(arena, "%s%s%s%s=%s%s", told, *told ? "|" : "", pair.name,
				    marks[pair.name_state], pair.value, marks[pair.value_state]);
	return told;
}

START_TEST(takes_pairs_apart)
{
	static const struct {
		const char *query, *told;
	} rows[] = {
		{"", ""},
		{"&&", ""},
		{"a=1", "a=1"},
		{"a=1&b=2", "a=1|b=2"},
		{"&a=1&&b=2&", "a=1|b=2"},
		{"a", "a="},
		{"a=", "a="},
		{"=1", "=1"},
		{"a=b=c", "a=b=c"},
		{"a=x+y%20z%2B", "a=x y z+"},
		{"%61%3d=%26", "a==&"},
		{"a=caf%C3%A9", "a=caf\xc3\xa9"},
		{"a=%", "a=!"},
		{"a=%4", "a=4!"},
		{"a=%4g&b=1", "a=4g!|b=1"},
		{"%zz=1", "zz!=1"},
		{"a=%ff", "a=\xff?"},
		{"%c3=1", "\xc3?=1"},
		{"a=\xed\xa0\x80", "a=\xed\xa0\x80?"},
	};
	struct arena arena;
	arena_init(&arena, 1 << 20);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		ck_assert_str_eq(told(&arena, rows[i].query), rows[i].told);
	}
	arena_release(&arena);
}
END_TEST

START_TEST(keeps_the_length_of_what_holds_nul)
{
	struct arena arena;
	struct query query;
	struct query_pair pair;
	arena_init(&arena, 1 << 20);
	ck_assert_int_eq(query_init(&query, &arena, "a=x%00y"), ERR_NONE);
	ck_assert(query_next(&query, &pair));
	ck_assert_uint_eq(pair.value_length, 3);
	ck_assert(!query_next(&query, &pair));
	arena_release(&arena);
}
END_TEST

START_TEST(has_room_for_the_smallest_pairs)
{
	char text[2001];
	size_t count = 0;
	struct arena arena;
	struct query query;
	struct query_pair pair;
	for (size_t i = 0; i < 2000; i += 2)
		memcpy(text + i, "a&", 2);
	text[1999] = '\0';
	arena_init(&arena, 1 << 20);
	ck_assert_int_eq(query_init(&query, &arena, text), ERR_NONE);
	while (query_next(&query, &pair))
		count += pair.name_length;
	ck_assert_uint_eq(count, 1000);
	arena_release(&arena);
}
END_TEST

START_TEST(tells_when_memory_runs_out)
{
	struct arena arena;
	struct query query;
	arena_init(&arena, 1);
	ck_assert_int_eq(query_init(&query, &arena, "a=1"), ERR_MEMORY);
	arena_release(&arena);
}
END_TEST

UNIT("query", takes_pairs_apart, keeps_the_length_of_what_holds_nul, has_room_for_the_smallest_pairs,
     tells_when_memory_runs_out)
