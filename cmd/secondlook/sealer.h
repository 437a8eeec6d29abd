/* The sealer: puts the ledger's lines into trees and signs their heads, in the sequencer's process.
 *
 * One sealer of all servers is elected, by an advisory lock of its own. Every pass is two transactions: one reads how far the
 * database says it is and the next lines; the other, committed synchronously and only if nothing has moved meanwhile, writes
 * leaves, subtrees and signed heads, so that no head is seen before it is on disk. Whenever the database is not where the
 * sealer left it, everything is loaded anew; when it can't be gone on with, a new epoch begins, linked to the one before. */
#ifndef SEALER_H
#define SEALER_H

#include "loop/loop.h"
#include "worker.h"

struct sealer;

/* Without a key nothing is sealed, which is logged, and told by /ready. */
MUST_CHECK enum err sealer_open(struct worker_inheritance *inheritance, struct loop *loop, struct sealer **sealer);
/* Reads the key again. */
void sealer_hang_up(struct sealer *sealer);
/* NULL is allowed. */
void sealer_close(struct sealer *sealer);

#endif
