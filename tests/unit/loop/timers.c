/* Tests lib/loop/timers.c. */
#include "loop/timers.h"

#include <string.h>

#include "support/unit.h"

enum { MANY = 1000 };

static struct loop_timer list[MANY];

/* A fixed shuffle: 7 and 1009 share no factor. */
static int64_t due_of(int index)
{
	return (index * 7 + 3) % 1009 / 2; /* each due time twice */
}

static void set_all(struct timers *timers)
{
	for (int i = 0; i < MANY; i++)
		ck_assert_int_eq(timers_set(timers, &list[i], due_of(i)), ERR_NONE);
}

/* Empties the heap, checking its order. */
static int drain(struct timers *timers)
{
	int count = 0;
	int64_t before = INT64_MIN;
	for (struct loop_timer *first; (first = timers_first(timers)); count++) {
		ck_assert_int_ge(first->due_us, before);
		before = first->due_us;
		timers_remove(timers, first);
		ck_assert_int_eq(first->place, 0);
	}
	return count;
}

START_TEST(an_empty_heap_has_no_first)
{
	struct timers timers = {0};
	ck_assert_ptr_null(timers_first(&timers));
	timers_release(&timers);
}
END_TEST

START_TEST(come_out_in_order)
{
	struct timers timers = {0};
	set_all(&timers);
	ck_assert_int_eq(drain(&timers), MANY);
	timers_release(&timers);
}
END_TEST

START_TEST(places_are_true)
{
	struct timers timers = {0};
	set_all(&timers);
	for (int i = 0; i < MANY; i++)
		ck_assert_ptr_eq(timers.heap[list[i].place - 1], &list[i]);
	timers_release(&timers);
}
END_TEST

START_TEST(any_can_be_removed)
{
	struct timers timers = {0};
	set_all(&timers);
	for (int i = 0; i < MANY; i += 3)
		timers_remove(&timers, &list[i]);
	timers_remove(&timers, &list[0]); /* once more: nothing */
	ck_assert_int_eq(drain(&timers), MANY - (MANY + 2) / 3);
	timers_release(&timers);
}
END_TEST

START_TEST(any_can_be_moved)
{
	struct timers timers = {0};
	set_all(&timers);
	for (int i = 0; i < MANY; i++)
		ck_assert_int_eq(timers_set(&timers, &list[i], due_of(MANY - i)), ERR_NONE);
	ck_assert_int_eq(timers.count, MANY);
	ck_assert_int_eq(timers_set(&timers, &list[500], -1), ERR_NONE);
	ck_assert_ptr_eq(timers_first(&timers), &list[500]);
	ck_assert_int_eq(drain(&timers), MANY);
	timers_release(&timers);
}
END_TEST

UNIT("timers", an_empty_heap_has_no_first, come_out_in_order, places_are_true, any_can_be_removed, any_can_be_moved)
