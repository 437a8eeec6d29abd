/* A growing Merkle tree (RFC 6962, section 2.1) as its sealer keeps it: the roots of the complete subtrees it consists of.
 *
 * A tree of n leaves consists of one complete subtree for each bit set in n, the largest first; that is all that appending
 * and the root need. Proofs are made from stored leaves and subtrees, and verified by proof.h, which shares only the
 * hashes. A tree is plain memory: it is copied by assignment, and a copy thrown away undoes what was appended to it. */
#ifndef LEDGER_TREE_H
#define LEDGER_TREE_H

#include <stdint.h>

#include "base/err.h"
#include "ledger/hash.h"

enum { TREE_LEVELS = 64, TREE_SUBTREE_STEP = 8 };

struct tree {
	uint64_t size; /* leaves */
	int count;     /* of nodes: the bits set in size */
	unsigned char nodes[TREE_LEVELS][HASH_SIZE];
};

/* A subtree of 2^level leaves has become complete; it covers the leaves from index × 2^level on. Only levels that are
 * multiples of TREE_SUBTREE_STEP are told. */
typedef enum err (*tree_subtree_fn)(void *context, int level, uint64_t index, const unsigned char hash[HASH_SIZE]);

/* An empty tree. */
void tree_init(struct tree *tree);
/* A tree from its frontier: nodes as above, one after the other. ERR_INPUT when `length` doesn't belong to `size`. */
MUST_CHECK enum err tree_load(struct tree *tree, uint64_t size, const void *frontier, size_t length);
/* Appends a leaf's hash. `complete` may be NULL; what it answers other than ERR_NONE is answered. After any error the tree
 * is as before. */
MUST_CHECK enum err tree_append(struct tree *tree, struct hasher *hasher, const unsigned char leaf[HASH_SIZE],
				tree_subtree_fn complete, void *context);
/* The root of all leaves; the hash of nothing for an empty tree. */
MUST_CHECK enum err tree_root(const struct tree *tree, struct hasher *hasher, unsigned char root[HASH_SIZE]);

#endif
