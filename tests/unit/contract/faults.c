/* Tests of the list of faults and its pointers. */
#include "contract/faults.h"

#include <string.h>

#include "support/unit.h"

START_TEST(writes_pointers)
{
	struct arena arena;
	struct faults faults = {0};
	struct fault_sink sink = {.arena = &arena, .faults = &faults};
	const struct fault_step body = {.name = ""};
	const struct fault_step member = {.outer = &body, .name = "a/b~c", .depth = 1};
	const struct fault_step item = {.outer = &member, .index = 12, .depth = 2};
	const struct fault_step empty = {.outer = &item, .name = "", .depth = 3};
	const struct fault_step parameter = {.name = "query:limit"};
	arena_init(&arena, 1 << 20);
	fault_add(&sink, &body, "one", "Plain.");
	fault_add(&sink, &empty, "two", "%d of %s.", 3, "them");
	fault_add(&sink, &parameter, "three", "Last.");
	ck_assert_uint_eq(faults.count, 3);
	ck_assert_str_eq(faults.list[0].pointer, "");
	ck_assert_str_eq(faults.list[1].pointer, "/a~1b~0c/12/");
	ck_assert_str_eq(faults.list[1].code, "two");
	ck_assert_str_eq(faults.list[1].detail, "3 of them.");
	ck_assert_str_eq(faults.list[2].pointer, "query:limit");
	ck_assert_int_eq(fault_result(&sink), ERR_INPUT);
	arena_release(&arena);
}
END_TEST

START_TEST(cuts_only_at_characters)
{
	char name[FAULT_NAME_MAXIMUM + 8];
	struct arena arena;
	struct faults faults = {0};
	struct fault_sink sink = {.arena = &arena, .faults = &faults};
	const struct fault_step body = {.name = ""};
	const struct fault_step member = {.outer = &body, .name = name, .depth = 1};
	memset(name, 'x', FAULT_NAME_MAXIMUM - 1);
	strcpy(name + FAULT_NAME_MAXIMUM - 1, "\xc3\xa9y");
	arena_init(&arena, 1 << 20);
	fault_add(&sink, &member, "code", "Detail.");
	ck_assert_uint_eq(strlen(faults.list[0].pointer), FAULT_NAME_MAXIMUM);
	arena_release(&arena);
}
END_TEST

START_TEST(is_full_past_the_maximum)
{
	struct arena arena;
	struct faults faults = {0};
	struct fault_sink sink = {.arena = &arena, .faults = &faults};
	const struct fault_step body = {.name = ""};
	arena_init(&arena, 1 << 20);
	ck_assert_int_eq(fault_result(&sink), ERR_NONE);
	for (int i = 0; i < CONTRACT_FAULTS_MAXIMUM; i++)
		fault_add(&sink, &body, "code", "%d", i);
	ck_assert(!fault_is_full(&sink));
	fault_add(&sink, &body, "code", "one more");
	ck_assert(fault_is_full(&sink));
	ck_assert_uint_eq(faults.count, CONTRACT_FAULTS_MAXIMUM);
	ck_assert_str_eq(faults.list[0].detail, "0");
	ck_assert_str_eq(faults.list[99].detail, "99");
	arena_release(&arena);
}
END_TEST

START_TEST(tells_when_memory_runs_out)
{
	struct arena arena;
	struct faults faults = {0};
	struct fault_sink sink = {.arena = &arena, .faults = &faults};
	const struct fault_step body = {.name = ""};
	arena_init(&arena, 1);
	fault_add(&sink, &body, "code", "Detail.");
	ck_assert_uint_eq(faults.count, 0);
	ck_assert(fault_is_full(&sink));
	ck_assert_int_eq(fault_result(&sink), ERR_MEMORY);
	arena_release(&arena);
}
END_TEST

UNIT("faults", writes_pointers, cuts_only_at_characters, is_full_past_the_maximum, tells_when_memory_runs_out)
