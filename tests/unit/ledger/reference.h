/* Merkle trees as RFC 6962, section 2.1, defines them, by recursion: what tree.c and proof.c are held against.
 *
 * Ranges' roots are remembered in a table, without which proofs of every size would take minutes. */
#ifndef UNIT_LEDGER_REFERENCE_H
#define UNIT_LEDGER_REFERENCE_H

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "ledger/hash.h"
#include "support/unit.h"

enum { REFERENCE_LEAVES = 1000, REFERENCE_SLOTS = 8192, REFERENCE_PATH = 32 };

struct reference_slot {
	size_t start, count; /* count 0: empty */
	unsigned char hash[HASH_SIZE];
};

struct reference {
	struct hasher hasher;
	unsigned char leaves[REFERENCE_LEAVES][HASH_SIZE];
	struct reference_slot slots[REFERENCE_SLOTS];
};

/* Leaves of a stream that the seed settles, so that a failure can be seen again. */
static inline void reference_open(struct reference *reference, unsigned seed)
{
	memset(reference, 0, sizeof *reference);
	ck_assert_int_eq(hasher_open(&reference->hasher), ERR_NONE);
	for (unsigned i = 0; i < REFERENCE_LEAVES; i++) {
		unsigned data[2] = {seed, i};
		ck_assert_int_eq(hash_leaf(&reference->hasher, data, sizeof data, reference->leaves[i]), ERR_NONE);
	}
}

static inline void reference_close(struct reference *reference)
{
	hasher_close(&reference->hasher);
}

/* The largest power of two below n > 1. */
static inline size_t reference_split(size_t n)
{
	size_t power = 1;
	while (power * 2 < n)
		power *= 2;
	return power;
}

static inline void reference_root(struct reference *reference, size_t start, size_t count, unsigned char root[HASH_SIZE])
{
	struct reference_slot *slot = &reference->slots[(start * 31 + count) % REFERENCE_SLOTS];
	if (count == 0) {
		ck_assert_int_eq(hash_bytes(&reference->hasher, "", 0, root), ERR_NONE);
	} else if (count == 1) {
		memcpy(root, reference->leaves[start], HASH_SIZE);
	} else if (slot->count == count && slot->start == start) {
		memcpy(root, slot->hash, HASH_SIZE);
	} else {
		unsigned char left[HASH_SIZE], right[HASH_SIZE];
		size_t split = reference_split(count);
		reference_root(reference, start, split, left);
		reference_root(reference, start + split, count - split, right);
		if (hash_node(&reference->hasher, left, right, root))
			ck_abort_msg("hashing failed");
		*slot = (struct reference_slot){start, count, {0}};
		memcpy(slot->hash, root, HASH_SIZE);
	}
}

/* PATH(m, D[start:start + count]); answers its length. */
static inline size_t reference_path(struct reference *reference, size_t m, size_t start, size_t count,
				    unsigned char path[REFERENCE_PATH][HASH_SIZE])
{
	if (count == 1)
		return 0;
	size_t split = reference_split(count), length;
	if (m < split) {
		length = reference_path(reference, m, start, split, path);
		reference_root(reference, start + split, count - split, path[length]);
	} else {
		length = reference_path(reference, m - split, start + split, count - split, path);
		reference_root(reference, start, split, path[length]);
	}
	return length + 1;
}

/* SUBPROOF(m, D[start:start + count], whole); answers its length. */
static inline size_t reference_subproof(struct reference *reference, size_t m, size_t start, size_t count, bool whole,
					unsigned char path[REFERENCE_PATH][HASH_SIZE])
{
	if (m == count) {
		if (!whole)
			reference_root(reference, start, count, path[0]);
		return whole ? 0 : 1;
	}
	size_t split = reference_split(count), length;
	if (m <= split) {
		length = reference_subproof(reference, m, start, split, whole, path);
		reference_root(reference, start + split, count - split, path[length]);
	} else {
		length = reference_subproof(reference, m - split, start + split, count - split, false, path);
		reference_root(reference, start, split, path[length]);
	}
	return length + 1;
}

static inline void reference_hex(const unsigned char *data, size_t size, char *text)
{
	for (size_t i = 0; i < size; i++)
		sprintf(text + 2 * i, "%02x", data[i]);
}

#define REFERENCE_ASSERT_HEX(hash, expected)                                                         \
	do {                                                                                         \
		char written[2 * HASH_SIZE + 1];                                                     \
		reference_hex(hash, HASH_SIZE, written);                                             \
		ck_assert_str_eq(written, expected);                                                 \
	} while (0)

#endif
