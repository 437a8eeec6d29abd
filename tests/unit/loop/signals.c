/* Tests lib/loop/signals.c. */
#include "loop/signals.h"

#include <signal.h>
#include <unistd.h>

#include "support/unit.h"

static struct loop *loop;
static struct signals *signals;
static int received[8], count;

static void too_late(void *context)
{
	(void)context;
	ck_abort_msg("no signal in ten seconds");
}

static void note(void *context, int signal)
{
	(void)context;
	received[count++] = signal;
	if (count == 2)
		loop_stop(loop);
}

static void open_loop(signals_function function)
{
	static struct loop_timer guard;
	const int list[] = {SIGHUP, SIGUSR1};
	ck_assert_int_eq(loop_new(&loop), ERR_NONE);
	ck_assert_int_eq(loop_timer_set(loop, &guard, 10000000, too_late, NULL), ERR_NONE);
	ck_assert_int_eq(signals_watch(loop, list, 2, function, NULL, &signals), ERR_NONE);
}

START_TEST(signals_come_through_the_loop)
{
	open_loop(note);
	kill(getpid(), SIGUSR1);
	kill(getpid(), SIGHUP);
	ck_assert_int_eq(loop_run(loop), ERR_NONE);
	ck_assert_int_eq(received[0] + received[1], SIGHUP + SIGUSR1);
	signals_free(signals);
	loop_free(loop);
}
END_TEST

START_TEST(a_signal_that_was_ignored_comes_too)
{
	signal(SIGHUP, SIG_IGN);
	open_loop(note);
	kill(getpid(), SIGHUP);
	kill(getpid(), SIGUSR1);
	ck_assert_int_eq(loop_run(loop), ERR_NONE);
	ck_assert_int_eq(count, 2);
	signals_free(signals);
	loop_free(loop);
}
END_TEST

static void free_itself(void *context, int signal)
{
	(void)context;
	(void)signal;
	count++;
	signals_free(signals);
	loop_stop(loop);
}

START_TEST(a_watcher_can_be_freed_by_its_call)
{
	open_loop(free_itself);
	kill(getpid(), SIGHUP);
	kill(getpid(), SIGUSR1); /* stays blocked: does not end this process */
	ck_assert_int_eq(loop_run(loop), ERR_NONE);
	ck_assert_int_eq(count, 1);
	signals_free(NULL);
	loop_free(loop);
}
END_TEST

UNIT("signals", signals_come_through_the_loop, a_signal_that_was_ignored_comes_too, a_watcher_can_be_freed_by_its_call)
