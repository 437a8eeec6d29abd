/* Signals as events of a loop, through a signalfd. */
#ifndef LOOP_SIGNALS_H
#define LOOP_SIGNALS_H

#include "base/err.h"
#include "loop/loop.h"

struct signals;

/* `signal` is SIGTERM, SIGHUP, … */
typedef void (*signals_function)(void *context, int signal);

/* Blocks the signals of `list` (`count` of them) in this process and calls `received` in the loop for each that comes.
 * Signals of one number that come together are one call. A child made by children.h starts with none blocked. */
MUST_CHECK enum err signals_watch(struct loop *loop, const int *list, int count, signals_function received,
				  void *context, struct signals **signals);
/* Stops watching, before the loop goes; NULL is allowed. The signals stay blocked: one that comes late does no harm. */
void signals_free(struct signals *signals);

#endif
