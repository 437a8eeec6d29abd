/* Tests lib/base/id.c. */
#include "base/id.h"

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/time.h"
#include "support/unit.h"

enum { MANY = 50000 };

/* The generator's clock in this program, in place of lib/base/time.c: stands still unless a test moves it. */
static int64_t clock_us = INT64_C(1769903999000000);

int64_t time_now_us(void)
{
	return clock_us;
}

START_TEST(has_the_form_of_version_7)
{
	for (int i = 0; i < 2000; i++) {
		char id[ID_TEXT_SIZE];
		id_new(id);
		ck_assert_uint_eq(strlen(id), 36);
		ck_assert(id_is_valid(id, 36));
		ck_assert_int_eq(id[14], '7');
		ck_assert_ptr_nonnull(strchr("89ab", id[19]));
		ck_assert_ptr_null(strpbrk(id, "ABCDEF"));
	}
}
END_TEST

static void check_ascending(int count, int64_t step_us)
{
	char before[ID_TEXT_SIZE], id[ID_TEXT_SIZE];
	id_new(before);
	for (int i = 0; i < count; i++) {
		clock_us += step_us;
		id_new(id);
		ck_assert_str_lt(before, id);
		memcpy(before, id, sizeof id);
	}
}

START_TEST(ids_ascend_as_the_clock_runs)
{
	check_ascending(MANY, 300);
}
END_TEST

/* Many more than one millisecond's counter holds. */
START_TEST(ids_ascend_within_a_millisecond)
{
	check_ascending(MANY, 0);
}
END_TEST

START_TEST(ids_ascend_as_the_clock_goes_back)
{
	check_ascending(MANY, -1000);
}
END_TEST

static int64_t millisecond_of(const char *id)
{
	char hex[13] = "";
	memcpy(hex, id, 8);
	memcpy(hex + 8, id + 9, 4);
	return (int64_t)strtoll(hex, NULL, 16);
}

START_TEST(carries_the_wall_clock)
{
	char id[ID_TEXT_SIZE];
	id_new(id);
	ck_assert_int_eq(millisecond_of(id), INT64_C(1769903999000));
	clock_us += 1000;
	id_new(id);
	ck_assert_int_eq(millisecond_of(id), INT64_C(1769903999001));
}
END_TEST

static int compare(const void *left, const void *right)
{
	return memcmp(left, right, 17);
}

START_TEST(the_random_part_does_not_repeat)
{
	static char tails[MANY][17];
	for (int i = 0; i < MANY; i++) {
		char id[ID_TEXT_SIZE];
		id_new(id);
		memcpy(tails[i], id + 19, 17);
	}
	qsort(tails, MANY, sizeof *tails, compare);
	for (int i = 1; i < MANY; i++)
		ck_assert_mem_ne(tails[i - 1], tails[i], 17);
}
END_TEST

enum { FORKED = 16 };

static void write_ids(int descriptor)
{
	char ids[FORKED][ID_TEXT_SIZE];
	for (int i = 0; i < FORKED; i++)
		id_new(ids[i]);
	ck_assert_int_eq(write(descriptor, ids, sizeof ids), (int)sizeof ids);
}

/* Only the random ends are compared: times and counters may differ by chance, which would hide a shared pool. */
START_TEST(a_child_does_not_repeat_its_parents_ids)
{
	char id[ID_TEXT_SIZE], mine[FORKED][ID_TEXT_SIZE], theirs[FORKED][ID_TEXT_SIZE];
	int ends[2];
	id_new(id); /* the pool is filled before the fork */
	ck_assert_int_eq(pipe(ends), 0);
	pid_t child = fork();
	if (child == 0) {
		write_ids(ends[1]);
		_exit(0);
	}
	for (int i = 0; i < FORKED; i++)
		id_new(mine[i]);
	ck_assert_int_eq(read(ends[0], theirs, sizeof theirs), (int)sizeof theirs);
	ck_assert_int_eq(waitpid(child, NULL, 0), child);
	for (int i = 0; i < FORKED; i++)
		for (int j = 0; j < FORKED; j++)
			ck_assert_str_ne(mine[i] + 19, theirs[j] + 19);
	close(ends[0]);
	close(ends[1]);
}
END_TEST

START_TEST(tells_uuids_from_other_texts)
{
	ck_assert(id_is_valid("0190163d-8694-739b-aea5-966c26f8ad91", 36));
	ck_assert(id_is_valid("0190163D-8694-439B-AEA5-966C26F8AD91", 36));
	ck_assert(!id_is_valid("0190163d8694739baea5966c26f8ad91", 32));
	ck_assert(!id_is_valid("0190163d-8694-739b-aea5-966c26f8ad9", 35));
	ck_assert(!id_is_valid("0190163d-8694-739b-aea5-966c26f8ad911", 37));
	ck_assert(!id_is_valid("0190163g-8694-739b-aea5-966c26f8ad91", 36));
	ck_assert(!id_is_valid("0190163d-8694-739b-aea5-966c26f8ad9\n", 36));
	ck_assert(!id_is_valid("0190163d08694-739b-aea5-966c26f8ad91", 36));
	ck_assert(!id_is_valid("0190163-d8694-739b-aea5-966c26f8ad91", 36));
	ck_assert(!id_is_valid("", 0));
}
END_TEST

UNIT("id", has_the_form_of_version_7, ids_ascend_as_the_clock_runs, ids_ascend_within_a_millisecond,
     ids_ascend_as_the_clock_goes_back, carries_the_wall_clock, the_random_part_does_not_repeat,
     a_child_does_not_repeat_its_parents_ids, tells_uuids_from_other_texts)
