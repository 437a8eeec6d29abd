/* Tests lib/loop/children.c. */
#include "loop/children.h"

#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/time.h"
#include "support/unit.h"

static struct loop *loop;
static struct loop_timer guard;
static struct children *children;
static int ends[2]; /* children tell through it */

static void too_late(void *context)
{
	(void)context;
	ck_abort_msg("nothing happened for twenty seconds");
}

static void stop(void *context)
{
	(void)context;
	loop_stop(loop);
}

static void tell(char letter)
{
	ck_assert_int_eq(write(ends[1], &letter, 1), 1);
}

/* Waits ten seconds at most. */
static char hear(void)
{
	struct pollfd heard = {.fd = ends[0], .events = POLLIN};
	char letter = '\0';
	ck_assert_int_eq(poll(&heard, 1, 10000), 1);
	ck_assert_int_ge(read(ends[0], &letter, 1), 0);
	return letter;
}

struct exits {
	int count, wanted; /* the loop is stopped at the wanted one */
	int statuses[16];
	int64_t at_us[16];
	char kinds[16];
	int indexes[16];
};

static void note_exit(void *context, const char *kind, int index, int status)
{
	struct exits *exits = context;
	ck_assert_int_lt(exits->count, 16);
	exits->statuses[exits->count] = status;
	exits->at_us[exits->count] = time_monotonic_us();
	exits->kinds[exits->count] = kind[0];
	exits->indexes[exits->count] = index;
	if (++exits->count == exits->wanted)
		loop_stop(loop);
}

static void open_children(const struct child_kind *kinds, int count, struct exits *exits)
{
	ck_assert_int_eq(pipe(ends), 0);
	ck_assert_int_eq(loop_new(&loop), ERR_NONE);
	ck_assert_int_eq(loop_timer_set(loop, &guard, 20000000, too_late, NULL), ERR_NONE);
	ck_assert_int_eq(children_start(loop, kinds, count, exits ? note_exit : NULL, exits, &children), ERR_NONE);
}

static void run(void)
{
	ck_assert_int_eq(loop_run(loop), ERR_NONE);
}

/* Lets the loop turn for a while. */
static void run_for(int64_t delay_us)
{
	struct loop_timer timer = {0};
	ck_assert_int_eq(loop_timer_set(loop, &timer, delay_us, stop, NULL), ERR_NONE);
	run();
}

static void close_children(void)
{
	children_free(children);
	loop_free(loop);
	close(ends[0]);
	close(ends[1]);
}

static int end_with_index(void *context, int index)
{
	return *(int *)context + index;
}

START_TEST(every_kind_runs_as_often_as_asked)
{
	int tens = 10, twenties = 20;
	const struct child_kind kinds[] = {{"ant", 2, end_with_index, &tens}, {"bee", 1, end_with_index, &twenties}};
	struct exits exits = {.wanted = 3};
	open_children(kinds, 2, &exits);
	run();
	int seen = 0;
	for (int i = 0; i < 3; i++) {
		ck_assert(WIFEXITED(exits.statuses[i]));
		int expected = (exits.kinds[i] == 'a' ? 10 : 20) + exits.indexes[i];
		ck_assert_int_eq(WEXITSTATUS(exits.statuses[i]), expected);
		seen += expected;
	}
	ck_assert_int_eq(seen, 10 + 11 + 20);
	close_children();
}
END_TEST

static int end_at_once(void *context, int index)
{
	(void)context;
	(void)index;
	return 3;
}

START_TEST(exits_are_seen_though_sigchld_was_ignored)
{
	const struct child_kind kind = {"fails", 1, end_at_once, NULL};
	struct exits exits = {.wanted = 1};
	signal(SIGCHLD, SIG_IGN); /* as a careless launcher leaves it */
	open_children(&kind, 1, &exits);
	run();
	ck_assert_int_eq(WEXITSTATUS(exits.statuses[0]), 3);
	close_children();
}
END_TEST

START_TEST(restarts_wait_longer_each_time)
{
	const struct child_kind kind = {"fails", 1, end_at_once, NULL};
	struct exits exits = {.wanted = 4};
	open_children(&kind, 1, &exits);
	run();
	for (int i = 1; i < 4; i++)
		ck_assert_int_ge(exits.at_us[i] - exits.at_us[i - 1], 100000 << (i - 1));
	close_children();
}
END_TEST

START_TEST(the_delay_doubles_to_five_seconds_and_starts_anew)
{
	ck_assert_int_eq(children_delay_us(0, 0), 100000);
	ck_assert_int_eq(children_delay_us(100000, 0), 200000);
	ck_assert_int_eq(children_delay_us(1600000, 9999999), 3200000);
	ck_assert_int_eq(children_delay_us(3200000, 0), 5000000);
	ck_assert_int_eq(children_delay_us(5000000, 0), 5000000);
	ck_assert_int_eq(children_delay_us(5000000, 10000000), 100000);
}
END_TEST

static int tell_and_wait(void *context, int index)
{
	(void)context;
	tell((char)('0' + index));
	while (pause() < 0)
		;
	return 1;
}

START_TEST(a_killed_child_is_replaced)
{
	const struct child_kind kind = {"worker", 2, tell_and_wait, NULL};
	struct exits exits = {.wanted = 1};
	open_children(&kind, 1, &exits);
	run_for(1000);
	ck_assert_int_eq(hear() + hear(), '0' + '1');
	pid_t first = children_pid(children, "worker", 1), other = children_pid(children, "worker", 0);
	ck_assert_int_gt(first, 0);
	ck_assert_int_eq(kill(first, SIGKILL), 0);
	run();
	ck_assert_int_eq(WTERMSIG(exits.statuses[0]), SIGKILL);
	ck_assert_int_eq(exits.indexes[0], 1);
	ck_assert_int_eq(children_pid(children, "worker", 1), 0);
	ck_assert_int_eq(children_running(children), 1);
	run_for(150000);
	ck_assert_int_eq(hear(), '1');
	ck_assert_int_ne(children_pid(children, "worker", 1), first);
	ck_assert_int_eq(children_pid(children, "worker", 0), other);
	ck_assert_int_eq(children_pid(children, "nobody", 0), 0);
	close_children();
}
END_TEST

START_TEST(stop_ends_them_and_starts_none_again)
{
	const struct child_kind kind = {"worker", 3, tell_and_wait, NULL};
	struct exits exits = {0};
	open_children(&kind, 1, &exits);
	run_for(1000);
	for (int i = 0; i < 3; i++)
		hear();
	ck_assert_int_eq(children_stop(children, SIGTERM, 15000000, stop, NULL), ERR_NONE);
	run();
	ck_assert_int_eq(children_running(children), 0);
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(WTERMSIG(exits.statuses[i]), SIGTERM);
	run_for(200000);
	ck_assert_int_eq(children_running(children), 0);
	ck_assert_int_eq(exits.count, 3);
	close_children();
}
END_TEST

static int ignore_and_wait(void *context, int index)
{
	signal(SIGTERM, SIG_IGN);
	return tell_and_wait(context, index);
}

START_TEST(what_is_left_at_the_deadline_is_killed)
{
	const struct child_kind kind = {"stubborn", 1, ignore_and_wait, NULL};
	struct exits exits = {0};
	open_children(&kind, 1, &exits);
	run_for(1000);
	hear();
	int64_t asked = time_monotonic_us();
	ck_assert_int_eq(children_stop(children, SIGTERM, 100000, stop, NULL), ERR_NONE);
	run();
	ck_assert_int_ge(time_monotonic_us() - asked, 100000);
	ck_assert_int_eq(WTERMSIG(exits.statuses[0]), SIGKILL);
	close_children();
}
END_TEST

START_TEST(a_second_stop_moves_the_deadline)
{
	const struct child_kind kind = {"stubborn", 1, ignore_and_wait, NULL};
	struct exits exits = {0};
	open_children(&kind, 1, &exits);
	run_for(1000);
	hear();
	ck_assert_int_eq(children_stop(children, SIGTERM, 60000000, stop, NULL), ERR_NONE);
	ck_assert_int_eq(children_stop(children, SIGTERM, 0, NULL, NULL), ERR_NONE);
	run(); /* the first caller's function is the one that stops it */
	ck_assert_int_eq(exits.count, 1);
	close_children();
}
END_TEST

START_TEST(stop_when_none_runs_is_told_too)
{
	const struct child_kind kind = {"fails", 1, end_at_once, NULL};
	struct exits exits = {.wanted = 1};
	open_children(&kind, 1, &exits);
	run();
	ck_assert_int_eq(children_stop(children, SIGTERM, 60000000, stop, NULL), ERR_NONE);
	run();
	run_for(200000); /* the restart that was due is cancelled */
	ck_assert_int_eq(exits.count, 1);
	close_children();
}
END_TEST

static int wait_for_usr1(void *context, int index)
{
	sigset_t set;
	int received;
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	(void)context;
	tell((char)('0' + index));
	sigwait(&set, &received);
	return received == SIGUSR1 ? 42 : 1;
}

START_TEST(a_signal_goes_to_all)
{
	const struct child_kind kind = {"worker", 2, wait_for_usr1, NULL};
	struct exits exits = {.wanted = 2};
	open_children(&kind, 1, &exits);
	run_for(1000);
	hear();
	hear();
	children_signal(children, SIGUSR1);
	run();
	ck_assert_int_eq(WEXITSTATUS(exits.statuses[0]), 42);
	ck_assert_int_eq(WEXITSTATUS(exits.statuses[1]), 42);
	close_children();
}
END_TEST

static bool handler_is(int number, void (*handler)(int))
{
	struct sigaction action;
	sigaction(number, NULL, &action);
	return action.sa_handler == handler;
}

/* The number of the first thing that is not as a child finds it, or 0. */
static int inspect(void *context, int index)
{
	(void)context;
	(void)index;
	sigset_t mask;
	char name[16];
	int death = 0;
	sigprocmask(SIG_SETMASK, NULL, &mask);
	prctl(PR_GET_NAME, name);
	prctl(PR_GET_PDEATHSIG, &death);
	if (sigismember(&mask, SIGCHLD) || sigismember(&mask, SIGUSR2))
		return 1;
	if (!handler_is(SIGTERM, SIG_DFL) || !handler_is(SIGUSR1, SIG_DFL))
		return 2;
	if (!handler_is(SIGPIPE, SIG_IGN) || !handler_is(SIGHUP, SIG_IGN))
		return 3;
	if (strcmp(name, "inspector-0") != 0)
		return 4;
	return death == SIGKILL ? 0 : 5;
}

static void handle(int number)
{
	(void)number;
}

START_TEST(a_child_starts_clean)
{
	const struct child_kind kind = {"inspector", 1, inspect, NULL};
	struct exits exits = {.wanted = 1};
	sigset_t blocked;
	signal(SIGUSR1, handle);
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGUSR2);
	sigprocmask(SIG_BLOCK, &blocked, NULL);
	open_children(&kind, 1, &exits);
	run();
	ck_assert_int_eq(WEXITSTATUS(exits.statuses[0]), 0);
	sigprocmask(SIG_SETMASK, NULL, &blocked);
	ck_assert_int_eq(sigismember(&blocked, SIGUSR2), 1); /* the parent's mask is what it was */
	ck_assert_int_eq(sigismember(&blocked, SIGTERM), 0);
	close_children();
}
END_TEST

static int run_own_loop(void *context, int index)
{
	struct loop *own;
	struct loop_timer timer = {0};
	(void)context;
	(void)index;
	if (loop_new(&own))
		return 1;
	loop = own;
	if (loop_timer_set(own, &timer, 1000, stop, NULL) || loop_run(own))
		return 2;
	loop_free(own);
	return 0;
}

START_TEST(a_child_makes_its_own_loop)
{
	const struct child_kind kind = {"looper", 1, run_own_loop, NULL};
	struct exits exits = {.wanted = 1};
	open_children(&kind, 1, &exits);
	run();
	ck_assert_int_eq(exits.statuses[0], 0);
	close_children();
}
END_TEST

/* The grandchild holds the pipe's writing end; when it dies, the reader sees the end. */
START_TEST(children_die_with_their_parent)
{
	const struct child_kind kind = {"orphan", 1, tell_and_wait, NULL};
	ck_assert_int_eq(pipe(ends), 0);
	pid_t parent = fork();
	if (parent == 0) {
		if (loop_new(&loop) || children_start(loop, &kind, 1, NULL, NULL, &children))
			_exit(1);
		_exit((int)loop_run(loop));
	}
	close(ends[1]);
	ck_assert_int_eq(hear(), '0');
	ck_assert_int_eq(kill(parent, SIGKILL), 0);
	ck_assert_int_eq(waitpid(parent, NULL, 0), parent);
	ck_assert_int_eq(hear(), '\0');
	close(ends[0]);
}
END_TEST

START_TEST(freeing_ends_what_runs)
{
	const struct child_kind kind = {"worker", 1, tell_and_wait, NULL};
	open_children(&kind, 1, NULL);
	run_for(1000);
	hear();
	pid_t worker = children_pid(children, "worker", 0);
	close_children();
	ck_assert_int_ne(kill(worker, 0), 0); /* waited for: its number is free */
	children_free(NULL);
}
END_TEST

UNIT("children", every_kind_runs_as_often_as_asked, exits_are_seen_though_sigchld_was_ignored,
     restarts_wait_longer_each_time,
     the_delay_doubles_to_five_seconds_and_starts_anew, a_killed_child_is_replaced,
     stop_ends_them_and_starts_none_again, what_is_left_at_the_deadline_is_killed, a_second_stop_moves_the_deadline,
     stop_when_none_runs_is_told_too, a_signal_goes_to_all, a_child_starts_clean, a_child_makes_its_own_loop,
     children_die_with_their_parent, freeing_ends_what_runs)
