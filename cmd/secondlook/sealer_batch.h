/* One pass of the sealer in memory: lines go into the trees of an epoch, signed heads and what seal() takes come out.
 *
 * What is in the trees is only as good as the transaction that writes it: when that fails, batch_forget and load again. */
#ifndef SEALER_BATCH_H
#define SEALER_BATCH_H

#include <stdbool.h>

#include "base/bytes.h"
#include "ledger/epoch.h"
#include "ledger/line.h"
#include "ledger/note.h"
#include "ledger/tree.h"

enum { SEALER_FORCE_SIZE = 41 };

/* The parameters of seal() in migrations/repeatable/027_sealer.sql, in its order. */
enum seal_value {
	SEAL_EPOCH, SEAL_BEFORE, SEAL_UPTO, SEAL_SIGNED_AT, SEAL_KEY,
	SEAL_LEAF_FORCES, SEAL_LEAF_INDEXES, SEAL_LEAF_LINES, SEAL_LEAF_HASHES,
	SEAL_SUBTREE_TREES, SEAL_SUBTREE_LEVELS, SEAL_SUBTREE_INDEXES, SEAL_SUBTREE_HASHES,
	SEAL_HEAD_TREES, SEAL_HEAD_SIZES, SEAL_HEAD_NATIONALS, SEAL_HEAD_FRONTIERS, SEAL_HEAD_ROOTS, SEAL_HEAD_SIGNATURES,
	SEAL_VALUE_COUNT
};

struct sealer_tree {
	char force[SEALER_FORCE_SIZE];
	struct tree tree;
	bool has_grown; /* since batch_begin */
};

struct sealer_batch {
	struct line_hasher line;
	char epoch_name[EPOCH_NAME_SIZE];
	struct tree national;
	unsigned char national_root[HASH_SIZE];
	struct sealer_tree *forces; /* ascending; owned */
	size_t force_count, force_capacity;
	size_t line_count, head_count; /* since batch_begin */
	struct bytes text;             /* of the checkpoint under way */
	struct bytes values[SEAL_VALUE_COUNT];
};

MUST_CHECK enum err batch_open(struct sealer_batch *batch);
/* May be called on a zeroed one. */
void batch_close(struct sealer_batch *batch);

/* No trees at all. */
void batch_forget(struct sealer_batch *batch);
/* A tree as it was stored: "*" is the national one; root and frontier in hexadecimal. ERR_INPUT: they don't agree. */
MUST_CHECK enum err batch_load(struct sealer_batch *batch, const char *name, uint64_t size, const char *root, const char *frontier);

/* An epoch's beginning instead of all trees: the first leaf of a national tree, whose head is signed. Its root, its signature
 * and the key's identifier are then the values SEAL_HEAD_ROOTS, SEAL_HEAD_SIGNATURES and SEAL_KEY. */
MUST_CHECK enum err batch_begin_epoch(struct sealer_batch *batch, const struct epoch *epoch, const struct note_key *key, struct bytes *note);

/* Begins a pass: nothing was taken yet. */
void batch_begin(struct sealer_batch *batch);
/* Appends a line, columns as in line.h. ERR_INPUT: it can't be hashed, nothing has happened. */
MUST_CHECK enum err batch_take(struct sealer_batch *batch, const char *const columns[LINE_COLUMN_COUNT]);
/* Signs a head of each tree that has grown, and the national one, whose note is appended to `note`; without lines there is none. */
MUST_CHECK enum err batch_sign(struct sealer_batch *batch, const struct note_key *key, int64_t signed_at_us, struct bytes *note);
/* The values that batch_take and batch_sign know nothing of are set before this. ERR_LIMIT: too large. */
MUST_CHECK enum err batch_values(struct sealer_batch *batch, const char *values[SEAL_VALUE_COUNT]);

#endif
