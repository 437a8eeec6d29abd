/* The sequencer: gives every ledger line its position in the one order. */
#ifndef SEQUENCER_H
#define SEQUENCER_H

/* Runs in the forked child, with a worker_inheritance. Of several servers one is elected by an advisory lock. */
int sequencer_run(void *inheritance, int index);

#endif
