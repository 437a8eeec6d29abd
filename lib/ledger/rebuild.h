/* The verifier's tree: every leaf given again, from the first.
 *
 * For each height it holds the last subtree that became complete. Those at the bits set in the size are what the tree
 * consists of; the others are there to be compared with what was stored. It shares the hashes with tree.h, no code. */
#ifndef LEDGER_REBUILD_H
#define LEDGER_REBUILD_H

#include <stdint.h>

#include "base/err.h"
#include "ledger/hash.h"

enum { REBUILD_LEVELS = 64 };

/* Starts zeroed. */
struct rebuild {
	uint64_t size;
	unsigned char nodes[REBUILD_LEVELS][HASH_SIZE];
};

MUST_CHECK enum err rebuild_add(struct rebuild *rebuild, struct hasher *hasher, const unsigned char leaf[HASH_SIZE]);
MUST_CHECK enum err rebuild_root(const struct rebuild *rebuild, struct hasher *hasher, unsigned char root[HASH_SIZE]);
/* The subtree of 2^level leaves that the last leaf has completed; NULL when it has completed none. */
const unsigned char *rebuild_completed(const struct rebuild *rebuild, int level);

#endif
