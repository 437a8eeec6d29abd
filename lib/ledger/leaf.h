/* A ledger line as a leaf: the one encoding that is hashed, fixed for ever.
 *
 *   leaf   = SHA-256(00 ‖ "secondlook-line-v1" ‖ field 1 ‖ … ‖ field 17 ‖ count ‖ member 1 ‖ … ‖ member n)
 *   field  = length ‖ text, or FFFFFFFF for SQL null
 *   member = length ‖ name ‖ SHA-256(02 ‖ salt ‖ length ‖ name ‖ value)
 *
 * Lengths and the count are 4 bytes, big-endian. The fields are LEAF_… below in that order, each as text: UUIDs in lower
 * case with hyphens, instants as 2026-01-31T23:59:59.000000Z, numbers in decimal. Members are those of the image, in
 * ascending byte order of their names; a value is PostgreSQL's text of the jsonb member; its salt is the 16 bytes at
 * the member's place in `salts`. A line of a look has no members.
 *
 * The hash of a member stands in the leaf, not the member: once value and salt are erased, the stored hash still proves
 * the rest. 00 is RFC 6962's prefix of a leaf, 01 that of a node; 02 keeps members apart from both. */
#ifndef LEDGER_LEAF_H
#define LEDGER_LEAF_H

#include <stddef.h>

#include "base/err.h"
#include "ledger/hash.h"

enum { LEAF_SALT_SIZE = 16 };

enum leaf_field {
	LEAF_FORCE, LEAF_LINE, LEAF_RECORDED_AT, LEAF_KIND, LEAF_OPERATION, LEAF_ACTOR, LEAF_CLIENT, LEAF_THUMBPRINT,
	LEAF_REQUEST, LEAF_PURPOSE, LEAF_RELATION, LEAF_RECORD, LEAF_VERSION, LEAF_CASE, LEAF_OCCURRED_AT, LEAF_STATUS,
	LEAF_SEEN, LEAF_FIELD_COUNT
};

struct leaf_member {
	const char *name;
	unsigned char hash[HASH_SIZE];
};

/* The hash that stands for a member. ERR_SYSTEM when OpenSSL fails. */
MUST_CHECK enum err leaf_member_hash(struct hasher *hasher, const char *name, const char *value, size_t value_length,
				     const unsigned char salt[LEAF_SALT_SIZE], unsigned char hash[HASH_SIZE]);
/* `fields` are NUL-terminated or NULL. ERR_INPUT when the members aren't in strictly ascending order. */
MUST_CHECK enum err leaf_hash(struct hasher *hasher, const char *const fields[LEAF_FIELD_COUNT],
			      const struct leaf_member *members, size_t count, unsigned char hash[HASH_SIZE]);

#endif
