/* One epoll loop for one single-threaded process: descriptors, timers, and work to do before each wait. */
#ifndef LOOP_LOOP_H
#define LOOP_LOOP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct loop;
struct loop_watch;

/* `events` are epoll's: EPOLLIN, EPOLLOUT, … */
typedef void (*loop_watch_function)(void *context, uint32_t events);
typedef void (*loop_function)(void *context);

/* Lies in its user's structure, zeroed before first use; must be cancelled before that goes. */
struct loop_timer {
	int64_t due_us; /* monotonic */
	loop_function fire;
	void *context;
	int place; /* 1 + index in the heap; 0 when not set */
};

MUST_CHECK enum err loop_new(struct loop **loop);
/* Watches that are still there are freed; their descriptors stay open. Safe in a forked child: the parent's own copy
 * goes on. NULL is allowed. */
void loop_free(struct loop *loop);

/* Calls `ready` whenever the descriptor has one of `events` (level triggered). A watch may be removed from
 * within any callback, its own too. */
MUST_CHECK enum err loop_watch(struct loop *loop, int descriptor, uint32_t events, loop_watch_function ready,
			       void *context, struct loop_watch **watch);
MUST_CHECK enum err loop_watch_change(struct loop_watch *watch, uint32_t events);
void loop_watch_remove(struct loop_watch *watch); /* NULL is allowed */

/* (Re)sets the timer to fire once, `delay_us` from now (0: at the next turn). */
MUST_CHECK enum err loop_timer_set(struct loop *loop, struct loop_timer *timer, int64_t delay_us,
				   loop_function fire, void *context);
void loop_timer_cancel(struct loop *loop, struct loop_timer *timer);

/* Calls `prepare` before every wait, in order of adding; four at most. It may shorten the wait with loop_wait_at_most. */
MUST_CHECK enum err loop_before_wait(struct loop *loop, loop_function prepare, void *context);
/* For this turn only. */
void loop_wait_at_most(struct loop *loop, int64_t delay_us);

/* Runs until loop_stop. ERR_SYSTEM when epoll itself fails. */
MUST_CHECK enum err loop_run(struct loop *loop);
void loop_stop(struct loop *loop);

#endif
