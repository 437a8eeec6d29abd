/* The parent's side of the processes: starts children of several kinds, and starts again those that end.
 *
 * A child runs a function in a fork of the parent: no exec, so what the parent opened (listening sockets,
 * settings) is there. It starts with the default handlers and no signal blocked, but with SIGPIPE and SIGHUP ignored
 * (until it watches SIGHUP itself: one that comes before has nothing old to reload); it is killed when
 * the parent dies, and is named "kind-index" in ps and in the log.
 *
 * A child that ends is started again after 100 ms, then after twice as long each time up to 5 s; one that
 * lived for 10 s starts that row anew. */
#ifndef LOOP_CHILDREN_H
#define LOOP_CHILDREN_H

#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "loop/loop.h"

struct children;

/* Runs in the child, which makes its own loop: the parent's has been freed there, so that its watches, timers and
 * signals must not be touched (the epoll behind them is still the parent's). Returns the exit status. */
typedef int (*child_function)(void *context, int index);
/* Called in the parent's loop for every exit; `status` is waitpid's, or -1 when the fork itself failed. */
typedef void (*child_exit_function)(void *context, const char *kind, int index, int status);

struct child_kind {
	const char *name; /* borrowed: must outlive the children */
	int count;
	child_function run;
	void *context;
};

/* Starts them all from within the loop, at its next turn. Copies `kinds`. Watches SIGCHLD, which nobody else in the
 * process may; waits only for its own children. `exited` may be NULL. */
MUST_CHECK enum err children_start(struct loop *loop, const struct child_kind *kinds, int kind_count,
				   child_exit_function exited, void *context, struct children **children);
/* Sends the signal to every child that runs. */
void children_signal(struct children *children, int signal);
/* Restarts no more; sends the signal, and SIGKILL to what is left `grace_us` later. Calls `stopped` from the loop when
 * none is left. A second call only sends its signal and moves the deadline. */
MUST_CHECK enum err children_stop(struct children *children, int signal, int64_t grace_us, loop_function stopped,
				  void *context);
/* How many run now. */
int children_running(const struct children *children);
/* The process id of one child; 0 when it doesn't run. */
pid_t children_pid(const struct children *children, const char *kind, int index);
/* The delay before the next start of a child that lived so long, after the delay before its last (0: it was the first). */
int64_t children_delay_us(int64_t last_delay_us, int64_t lived_us);
/* Kills and waits for what still runs. Not from within `exited` or `stopped`. NULL is allowed. */
void children_free(struct children *children);

#endif
