/* Tests lib/loop/loop.c. */
#include "loop/loop.h"

#include <string.h>
#include <sys/epoll.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/time.h"
#include "support/unit.h"

static struct loop *loop;
static struct loop_timer guard;

static void too_late(void *context)
{
	(void)context;
	ck_abort_msg("nothing happened for ten seconds");
}

static void open_loop(void)
{
	ck_assert_int_eq(loop_new(&loop), ERR_NONE);
	ck_assert_int_eq(loop_timer_set(loop, &guard, 10000000, too_late, NULL), ERR_NONE);
}

static void run(void)
{
	ck_assert_int_eq(loop_run(loop), ERR_NONE);
}

static void stop(void *context)
{
	(void)context;
	loop_stop(loop);
}

/* A pipe whose reading end is watched. */
struct piped {
	int ends[2];
	struct loop_watch *watch;
	int calls;
	uint32_t events;
	struct piped *other;
};

static void open_pipe(struct piped *piped, loop_watch_function ready)
{
	ck_assert_int_eq(pipe(piped->ends), 0);
	ck_assert_int_eq(loop_watch(loop, piped->ends[0], EPOLLIN, ready, piped, &piped->watch), ERR_NONE);
}

static void close_pipe(struct piped *piped)
{
	close(piped->ends[0]);
	close(piped->ends[1]);
}

static void put(struct piped *piped)
{
	ck_assert_int_eq(write(piped->ends[1], "x", 1), 1);
}

static void note_and_stop(void *context, uint32_t events)
{
	struct piped *piped = context;
	piped->calls++;
	piped->events = events;
	loop_stop(loop);
}

START_TEST(calls_when_a_descriptor_is_ready)
{
	struct piped piped = {0};
	open_loop();
	open_pipe(&piped, note_and_stop);
	put(&piped);
	run();
	run(); /* level triggered: nothing was read */
	ck_assert_int_eq(piped.calls, 2);
	ck_assert_uint_eq(piped.events, EPOLLIN);
	loop_free(loop);
	close_pipe(&piped);
}
END_TEST

START_TEST(changed_events_count)
{
	struct piped piped = {0};
	open_loop();
	ck_assert_int_eq(pipe(piped.ends), 0);
	ck_assert_int_eq(loop_watch(loop, piped.ends[1], 0, note_and_stop, &piped, &piped.watch), ERR_NONE);
	struct loop_timer timer = {0};
	ck_assert_int_eq(loop_timer_set(loop, &timer, 0, stop, NULL), ERR_NONE);
	run();
	ck_assert_int_eq(piped.calls, 0);
	ck_assert_int_eq(loop_watch_change(piped.watch, EPOLLOUT), ERR_NONE);
	run();
	ck_assert_uint_eq(piped.events, EPOLLOUT);
	loop_free(loop);
	close_pipe(&piped);
}
END_TEST

START_TEST(refuses_a_descriptor_that_is_none)
{
	struct loop_watch *untouched = (struct loop_watch *)&guard, *watch = untouched;
	open_loop();
	ck_assert_int_eq(loop_watch(loop, 9999, EPOLLIN, note_and_stop, NULL, &watch), ERR_SYSTEM);
	ck_assert_ptr_eq(watch, untouched);
	loop_free(loop);
}
END_TEST

START_TEST(a_removed_watch_is_not_called)
{
	struct piped piped = {0};
	open_loop();
	open_pipe(&piped, note_and_stop);
	put(&piped);
	loop_watch_remove(piped.watch);
	loop_watch_remove(NULL);
	struct loop_timer timer = {0};
	ck_assert_int_eq(loop_timer_set(loop, &timer, 1000, stop, NULL), ERR_NONE);
	run();
	ck_assert_int_eq(piped.calls, 0);
	loop_free(loop);
	close_pipe(&piped);
}
END_TEST

static void remove_both(void *context, uint32_t events)
{
	struct piped *piped = context;
	note_and_stop(context, events);
	loop_watch_remove(piped->watch);
	loop_watch_remove(piped->other->watch);
}

/* Both are ready in one batch; whichever is called first removes itself and the other. */
START_TEST(a_watch_removed_in_its_batch_is_not_called)
{
	struct piped one = {0}, two = {.other = &one};
	one.other = &two;
	open_loop();
	open_pipe(&one, remove_both);
	open_pipe(&two, remove_both);
	put(&one);
	put(&two);
	run();
	ck_assert_int_eq(one.calls + two.calls, 1);
	loop_free(loop);
	close_pipe(&one);
	close_pipe(&two);
}
END_TEST

static void replace(void *context, uint32_t events)
{
	struct piped *piped = context;
	(void)events;
	loop_watch_remove(piped->watch);
	ck_assert_int_eq(loop_watch(loop, piped->ends[0], EPOLLIN, note_and_stop, piped, &piped->watch), ERR_NONE);
}

START_TEST(a_watch_can_replace_itself)
{
	struct piped piped = {0};
	open_loop();
	open_pipe(&piped, replace);
	put(&piped);
	run();
	ck_assert_int_eq(piped.calls, 1);
	loop_free(loop);
	close_pipe(&piped);
}
END_TEST

START_TEST(watches_leave_the_middle_of_the_list)
{
	struct piped pipes[5] = {0};
	open_loop();
	for (int i = 0; i < 5; i++)
		open_pipe(&pipes[i], note_and_stop);
	loop_watch_remove(pipes[2].watch);
	loop_watch_remove(pipes[4].watch);
	loop_watch_remove(pipes[0].watch);
	put(&pipes[3]);
	run();
	ck_assert_int_eq(pipes[3].calls, 1);
	loop_free(loop); /* a leak or a second free would be seen by the sanitizer */
	for (int i = 0; i < 5; i++)
		close_pipe(&pipes[i]);
}
END_TEST

static char order[16];

struct lettered {
	struct loop_timer timer;
	char letter;
};

static void note_letter(void *context)
{
	struct lettered *lettered = context;
	strncat(order, &lettered->letter, 1);
}

static void set_lettered(struct lettered *lettered, char letter, int64_t delay_us)
{
	lettered->letter = letter;
	ck_assert_int_eq(loop_timer_set(loop, &lettered->timer, delay_us, note_letter, lettered), ERR_NONE);
}

START_TEST(timers_fire_once_in_order_of_their_times)
{
	struct lettered a = {0}, b = {0}, c = {0}, d = {0};
	struct loop_timer end = {0};
	open_loop();
	set_lettered(&c, 'c', 3000);
	set_lettered(&a, 'a', 0);
	set_lettered(&d, 'd', 4000);
	set_lettered(&b, 'b', 1000000);
	set_lettered(&b, 'b', 2000); /* set again: moved */
	loop_timer_cancel(loop, &d.timer);
	loop_timer_cancel(loop, &d.timer);
	ck_assert_int_eq(loop_timer_set(loop, &end, 8000, stop, NULL), ERR_NONE);
	run();
	ck_assert_str_eq(order, "abc");
	ck_assert_int_eq(a.timer.place, 0);
	loop_free(loop);
}
END_TEST

START_TEST(a_timer_is_never_early)
{
	struct loop_timer timer = {0};
	open_loop();
	int64_t start = time_monotonic_us();
	ck_assert_int_eq(loop_timer_set(loop, &timer, 20300, stop, NULL), ERR_NONE);
	run();
	ck_assert_int_ge(time_monotonic_us() - start, 20300);
	loop_free(loop);
}
END_TEST

static void count_turn(void *context)
{
	++*(int *)context;
}

/* A wait rounded down would spend the last fraction of a millisecond in empty turns. */
START_TEST(a_timer_is_waited_for_in_few_turns)
{
	int turns = 0;
	open_loop();
	ck_assert_int_eq(loop_before_wait(loop, count_turn, &turns), ERR_NONE);
	for (int i = 0; i < 5; i++) {
		struct loop_timer timer = {0};
		ck_assert_int_eq(loop_timer_set(loop, &timer, 2900, stop, NULL), ERR_NONE);
		run();
	}
	ck_assert_int_le(turns, 10);
	loop_free(loop);
}
END_TEST

START_TEST(a_timer_far_away_does_not_wrap)
{
	struct loop_timer far = {0}, near = {0};
	open_loop();
	ck_assert_int_eq(loop_timer_set(loop, &far, INT64_MAX, too_late, NULL), ERR_NONE);
	ck_assert_int_eq(loop_timer_set(loop, &near, -5, stop, NULL), ERR_NONE);
	run();
	ck_assert_int_ne(far.place, 0);
	loop_free(loop);
}
END_TEST

struct busy {
	struct loop_timer timer;
	int fired, turns;
};

static void fire_again(void *context)
{
	struct busy *busy = context;
	busy->fired++;
	ck_assert_int_le(busy->fired, busy->turns);
	ck_assert_int_eq(loop_timer_set(loop, &busy->timer, 0, fire_again, busy), ERR_NONE);
}

static void count_busy_turn(void *context)
{
	struct busy *busy = context;
	if (++busy->turns == 5000)
		loop_stop(loop);
}

/* A timer that always sets itself for "now" fires once a turn and leaves room for descriptors. */
START_TEST(a_timer_can_not_hold_the_loop)
{
	struct busy busy = {0};
	open_loop();
	ck_assert_int_eq(loop_before_wait(loop, count_busy_turn, &busy), ERR_NONE);
	ck_assert_int_eq(loop_timer_set(loop, &busy.timer, 0, fire_again, &busy), ERR_NONE);
	run();
	ck_assert_int_gt(busy.fired, 2500); /* no turn waited */
	loop_free(loop);
}
END_TEST

static void cancel_other(void *context)
{
	struct lettered *pair = context;
	note_letter(&pair[0]);
	loop_timer_cancel(loop, &pair[1].timer);
	loop_stop(loop);
}

START_TEST(a_timer_can_cancel_one_that_is_due_too)
{
	struct lettered pair[2] = {{.letter = 'a'}, {.letter = 'b'}};
	open_loop();
	ck_assert_int_eq(loop_timer_set(loop, &pair[0].timer, 0, cancel_other, pair), ERR_NONE);
	int64_t since = time_monotonic_us();
	while (time_monotonic_us() <= since)
		; /* so that the second is due later, if by a microsecond */
	set_lettered(&pair[1], 'b', 0);
	run();
	ck_assert_str_eq(order, "a");
	loop_free(loop);
}
END_TEST

static void shorten(void *context)
{
	int *turns = context;
	if (++*turns == 3)
		loop_stop(loop);
	loop_wait_at_most(loop, 1000);
	loop_wait_at_most(loop, 60000000);
}

START_TEST(prepares_run_before_every_wait_and_shorten_it)
{
	int turns = 0;
	open_loop();
	ck_assert_int_eq(loop_before_wait(loop, shorten, &turns), ERR_NONE);
	run(); /* with nothing else to wake it but the guard */
	ck_assert_int_eq(turns, 3);
	loop_free(loop);
}
END_TEST

static void note_char(void *context)
{
	strncat(order, context, 1);
}

START_TEST(four_prepares_run_in_order)
{
	open_loop();
	ck_assert_int_eq(loop_before_wait(loop, note_char, "1"), ERR_NONE);
	ck_assert_int_eq(loop_before_wait(loop, note_char, "2"), ERR_NONE);
	ck_assert_int_eq(loop_before_wait(loop, note_char, "3"), ERR_NONE);
	ck_assert_int_eq(loop_before_wait(loop, stop, NULL), ERR_NONE);
	ck_assert_int_eq(loop_before_wait(loop, note_char, "5"), ERR_LIMIT);
	run(); /* stopped before the wait: does not wait */
	ck_assert_str_eq(order, "123");
	loop_free(loop);
}
END_TEST

START_TEST(a_stop_before_the_run_counts)
{
	open_loop();
	loop_stop(loop);
	run();
	loop_free(loop);
}
END_TEST

/* The child frees its copy of the loop; the parent's watch goes on. */
START_TEST(a_child_can_free_its_copy)
{
	struct piped piped = {0};
	open_loop();
	open_pipe(&piped, note_and_stop);
	pid_t child = fork();
	if (child == 0) {
		loop_free(loop);
		_exit(0);
	}
	ck_assert_int_eq(waitpid(child, NULL, 0), child);
	put(&piped);
	run();
	ck_assert_int_eq(piped.calls, 1);
	loop_free(loop);
	loop_free(NULL);
	close_pipe(&piped);
}
END_TEST

UNIT("loop", calls_when_a_descriptor_is_ready, changed_events_count, refuses_a_descriptor_that_is_none,
     a_removed_watch_is_not_called, a_watch_removed_in_its_batch_is_not_called, a_watch_can_replace_itself,
     watches_leave_the_middle_of_the_list, timers_fire_once_in_order_of_their_times, a_timer_is_never_early,
     a_timer_is_waited_for_in_few_turns, a_timer_far_away_does_not_wrap, a_timer_can_not_hold_the_loop, a_timer_can_cancel_one_that_is_due_too,
     prepares_run_before_every_wait_and_shorten_it, four_prepares_run_in_order, a_stop_before_the_run_counts,
     a_child_can_free_its_copy)
