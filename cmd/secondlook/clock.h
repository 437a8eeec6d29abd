/* The clock: the process that looks, after the commit, at what a write or the time has made due. */
#ifndef CLOCK_H
#define CLOCK_H

/* For children_start: `inheritance` is a struct worker_inheritance. */
int clock_run(void *inheritance, int index);

#endif
