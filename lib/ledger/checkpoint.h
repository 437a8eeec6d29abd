/* A checkpoint: what is signed of a tree (C2SP tlog-checkpoint). checkpoint_text() in SQL writes the same.
 *
 *   origin        secondlook/<epoch's name>/<force>, of the national tree secondlook/<epoch's name>
 *   size          leaves, in decimal
 *   root          base64
 *   instant       when it was signed, 2026-01-31T23:59:59.000000Z
 *
 * each ending in a line feed. */
#ifndef LEDGER_CHECKPOINT_H
#define LEDGER_CHECKPOINT_H

#include <stdint.h>

#include "base/bytes.h"
#include "base/err.h"
#include "ledger/hash.h"

enum { CHECKPOINT_ORIGIN_MAXIMUM = 200, CHECKPOINT_TEXT_MAXIMUM = 512 };

struct checkpoint {
	char origin[CHECKPOINT_ORIGIN_MAXIMUM + 1];
	uint64_t size;
	unsigned char root[HASH_SIZE];
	int64_t signed_at_us;
};

/* Fills in the origin; the national tree is "*". ERR_LIMIT when it is too long. */
MUST_CHECK enum err checkpoint_origin(const char *epoch_name, const char *tree, struct checkpoint *checkpoint);
void checkpoint_append_text(const struct checkpoint *checkpoint, struct bytes *text);
/* ERR_INPUT: the text isn't exactly what checkpoint_append_text writes for anything. */
MUST_CHECK enum err checkpoint_parse(const char *text, size_t length, struct checkpoint *checkpoint);

#endif
