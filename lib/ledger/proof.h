/* Proofs about Merkle trees, verified as RFC 9162, sections 2.1.3.2 and 2.1.4.2, says.
 *
 * The verifier's side: knows nothing of tree.h or of how proofs are made. A path is hashes one after the other. */
#ifndef LEDGER_PROOF_H
#define LEDGER_PROOF_H

#include <stdint.h>

#include "base/err.h"
#include "ledger/hash.h"

/* The root that a tree of `size` leaves has when `leaf` is its leaf at `index` and the path is right; the caller compares.
 * ERR_INPUT: no such tree has a path of that length. */
MUST_CHECK enum err proof_inclusion(struct hasher *hasher, const unsigned char leaf[HASH_SIZE], uint64_t index,
				    uint64_t size, const unsigned char (*path)[HASH_SIZE], size_t count,
				    unsigned char root[HASH_SIZE]);
/* Whether the tree of `size` leaves begins with the tree of `earlier_size`: ERR_NONE when it does, ERR_INPUT when the path
 * doesn't show it. Equal sizes: equal roots and no path. Every tree begins with the empty one, without a path. */
MUST_CHECK enum err proof_consistency(struct hasher *hasher, uint64_t earlier_size,
				      const unsigned char earlier_root[HASH_SIZE], uint64_t size,
				      const unsigned char root[HASH_SIZE], const unsigned char (*path)[HASH_SIZE],
				      size_t count);

#endif
