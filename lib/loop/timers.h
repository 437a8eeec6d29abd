/* The loop's timers in order of their due times: a binary heap of pointers. For loop.c alone. */
#ifndef LOOP_TIMERS_H
#define LOOP_TIMERS_H

#include "base/err.h"
#include "loop/loop.h"

struct timers {
	struct loop_timer **heap; /* owned; what it points to is not */
	int count;
	int capacity;
};

/* Sets the timer, or moves it when it is set already. */
MUST_CHECK enum err timers_set(struct timers *timers, struct loop_timer *timer, int64_t due_us);
/* Nothing happens when it isn't set. */
void timers_remove(struct timers *timers, struct loop_timer *timer);
/* The one that is due first, or NULL. */
struct loop_timer *timers_first(const struct timers *timers);
void timers_release(struct timers *timers);

#endif
