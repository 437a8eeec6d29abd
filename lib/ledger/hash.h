/* The ledger's SHA-256: of a tree's leaves and nodes (RFC 6962, section 2.1), and of anything in pieces.
 *
 * A hasher holds OpenSSL's algorithm and a context, fetched once: fetched at each use they would cost more than the
 * hashing. One hasher hashes one thing at a time. Every error is ERR_SYSTEM: OpenSSL failed. */
#ifndef LEDGER_HASH_H
#define LEDGER_HASH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

enum { HASH_SIZE = 32, HASH_PENDING_SIZE = 512 };

struct hasher {
	struct evp_md_st *algorithm;
	struct evp_md_ctx_st *context;
	bool failed; /* since the last beginning */
	size_t pending_length;
	unsigned char pending[HASH_PENDING_SIZE]; /* small pieces gathered: each hand-over costs as much as hashing it */
};

MUST_CHECK enum err hasher_open(struct hasher *hasher);
/* May be called on a zeroed one. */
void hasher_close(struct hasher *hasher);

/* Of any bytes, without a prefix. */
MUST_CHECK enum err hash_bytes(struct hasher *hasher, const void *data, size_t length, unsigned char hash[HASH_SIZE]);
/* Of 00 ‖ data. */
MUST_CHECK enum err hash_leaf(struct hasher *hasher, const void *data, size_t length, unsigned char hash[HASH_SIZE]);
/* Of 01 ‖ left ‖ right; `hash` may be one of them. */
MUST_CHECK enum err hash_node(struct hasher *hasher, const unsigned char left[HASH_SIZE],
			      const unsigned char right[HASH_SIZE], unsigned char hash[HASH_SIZE]);

/* In pieces: begin, add as often as wanted, end. A failure in between is answered by the end. */
void hash_begin(struct hasher *hasher);
void hash_add(struct hasher *hasher, const void *data, size_t length);
MUST_CHECK enum err hash_end(struct hasher *hasher, unsigned char hash[HASH_SIZE]);

#endif
