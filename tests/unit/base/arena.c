/* Tests lib/base/arena.c. */
#include "base/arena.h"

#include <stdint.h>
#include <string.h>

#include "support/unit.h"

/* Under AddressSanitizer an allocation that is too large answers NULL, as it does without. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "allocator_may_return_null=1";
}

START_TEST(pieces_are_aligned_and_apart)
{
	struct arena arena;
	arena_init(&arena, 1 << 20);
	char *pieces[200];
	for (size_t i = 0; i < 200; i++) {
		pieces[i] = arena_take(&arena, i);
		ck_assert_ptr_nonnull(pieces[i]);
		ck_assert_uint_eq((uintptr_t)pieces[i] % _Alignof(max_align_t), 0);
		memset(pieces[i], (int)i, i);
	}
	for (size_t i = 0; i < 200; i++)
		for (size_t at = 0; at < i; at++)
			ck_assert_int_eq((unsigned char)pieces[i][at], (int)i);
	arena_release(&arena);
}
END_TEST

START_TEST(takes_no_memory_until_used)
{
	struct arena arena;
	arena_init(&arena, 1 << 20);
	ck_assert_ptr_null(arena.newest);
	ck_assert_uint_eq(arena.taken, 0);
}
END_TEST

START_TEST(never_takes_more_than_its_maximum)
{
	struct arena arena;
	arena_init(&arena, 10000);
	size_t pieces = 0;
	while (arena_take(&arena, 100) && pieces < 1000)
		pieces++;
	ck_assert_uint_le(arena.taken, 10000);
	ck_assert_uint_ge(pieces, 80); /* 112 bytes a piece: the maximum is used, but for the last block's rest */
	ck_assert_uint_le(pieces, 100);
	ck_assert_ptr_null(arena_take(&arena, 10000));
	ck_assert_ptr_null(arena_take_zeroed(&arena, 10000));
	arena_release(&arena);
}
END_TEST

START_TEST(goes_on_after_a_refusal)
{
	struct arena arena;
	arena_init(&arena, 10000);
	ck_assert_ptr_null(arena_take(&arena, 20000));
	ck_assert_ptr_null(arena_take(&arena, SIZE_MAX));
	ck_assert_ptr_null(arena_take(&arena, SIZE_MAX - 8));
	ck_assert_ptr_nonnull(arena_take(&arena, 100));
	arena_release(&arena);
}
END_TEST

START_TEST(memory_that_the_system_refuses_is_null)
{
	struct arena arena;
	arena_init(&arena, SIZE_MAX);
	ck_assert_ptr_null(arena_take(&arena, SIZE_MAX / 2 - 4096));
	ck_assert_uint_eq(arena.taken, 0);
	ck_assert_ptr_nonnull(arena_take(&arena, 100));
	arena_release(&arena);
}
END_TEST

START_TEST(refuses_copies_past_the_maximum)
{
	static const char text[5000];
	struct arena arena;
	arena_init(&arena, 4096);
	ck_assert_ptr_null(arena_copy(&arena, text, sizeof text));
	ck_assert_ptr_null(arena_copy(&arena, text, SIZE_MAX));
	ck_assert_ptr_null(arena_format(&arena, "%5000d", 1));
	arena_release(&arena);
}
END_TEST

START_TEST(a_large_piece_gets_its_own_block)
{
	struct arena arena;
	arena_init(&arena, 1 << 20);
	char *large = arena_take(&arena, 300000);
	ck_assert_ptr_nonnull(large);
	memset(large, 1, 300000);
	arena_release(&arena);
}
END_TEST

START_TEST(reset_keeps_one_block_and_its_maximum)
{
	struct arena arena;
	arena_init(&arena, 100000);
	for (int round = 0; round < 20; round++) {
		for (int i = 0; i < 40; i++)
			ck_assert_ptr_nonnull(arena_take(&arena, 1000));
		arena_reset(&arena);
		ck_assert_ptr_nonnull(arena.newest);
		ck_assert_uint_le(arena.taken, 64 * 1024);
	}
	struct arena_block *kept = arena.newest;
	ck_assert_ptr_nonnull(arena_take(&arena, 1000));
	ck_assert_ptr_eq(arena.newest, kept);
	arena_release(&arena);
}
END_TEST

START_TEST(reset_gives_a_huge_block_back)
{
	struct arena arena;
	arena_init(&arena, 1 << 20);
	ck_assert_ptr_nonnull(arena_take(&arena, 500000));
	arena_reset(&arena);
	ck_assert_uint_eq(arena.taken, 0);
	ck_assert_ptr_nonnull(arena_take(&arena, 100));
	ck_assert_uint_le(arena.taken, 4096);
	arena_release(&arena);
}
END_TEST

START_TEST(can_be_used_after_release)
{
	struct arena arena;
	arena_init(&arena, 1 << 20);
	ck_assert_ptr_nonnull(arena_take(&arena, 10));
	arena_release(&arena);
	ck_assert_uint_eq(arena.taken, 0);
	ck_assert_str_eq(arena_copy_string(&arena, "again"), "again");
	arena_release(&arena);
}
END_TEST

START_TEST(zeroed_is_zeroed_in_used_memory)
{
	struct arena arena;
	arena_init(&arena, 1 << 20);
	memset(arena_take(&arena, 2000), 0xff, 2000);
	arena_reset(&arena);
	const char *piece = arena_take_zeroed(&arena, 2000);
	for (int i = 0; i < 2000; i++)
		ck_assert_int_eq(piece[i], 0);
	arena_release(&arena);
}
END_TEST

START_TEST(copies_and_formats)
{
	struct arena arena;
	arena_init(&arena, 1 << 20);
	ck_assert_str_eq(arena_copy(&arena, "abcdef", 3), "abc");
	ck_assert_str_eq(arena_copy(&arena, NULL, 0), "");
	ck_assert_str_eq(arena_format(&arena, "%s-%d", "x", 7), "x-7");
	arena_release(&arena);
}
END_TEST

UNIT("arena", pieces_are_aligned_and_apart, takes_no_memory_until_used, never_takes_more_than_its_maximum,
     goes_on_after_a_refusal, memory_that_the_system_refuses_is_null, refuses_copies_past_the_maximum, a_large_piece_gets_its_own_block,
     reset_keeps_one_block_and_its_maximum, reset_gives_a_huge_block_back, can_be_used_after_release,
     zeroed_is_zeroed_in_used_memory, copies_and_formats)
