/* What an answer says of its lines in the ledger: their identifiers, and on request a signed receipt, a promise that they will be
 * sealed in time, which the verifier holds the service to.
 *
 * The receipt is a signed note (lib/ledger/note.h) whose text is
 *
 *   secondlook-receipt-v1
 *   <force>
 *   <instant by which each line will be a leaf of a signed tree>
 *   <line id> <its leaf in base64>        (one for each line of the answer)
 */
#ifndef RECEIPT_H
#define RECEIPT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/err.h"
#include "base/rows.h"
#include "ledger/note.h"

enum {
	RECEIPT_SEALED_WITHIN_S = 10,
	RECEIPT_NAMED_MAXIMUM = 64,   /* lines that are named each by its identifier */
	RECEIPT_SIGNED_MAXIMUM = 16,  /* lines of a signed receipt */
	RECEIPT_SIGNED_ROOM = 256,    /* bytes of headers_maximum for each of them: lib/http/README.md says what fits */
};

struct receipt_key {
	bool is_there;
	struct note_key key;
};

/* Reads receipt.key, in place of the one before; without a usable one there is none afterwards, and the log says why. */
void receipt_key_load(const char *directory, struct receipt_key *key);
void receipt_key_release(struct receipt_key *key);

/* The identifiers of lines that share all of `base` but the last four digits, which count up from `first`, with commas between
 * them; of more than RECEIPT_NAMED_MAXIMUM "the first..the last". */
void receipt_append_lines(const char *base, int first, int count, struct bytes *text);

/* The receipt for `lines`, rows of line id and leaf in base64, given at `now_us`: its note in base64, in the arena. ERR_LIMIT: too
 * many lines, or none. */
MUST_CHECK enum err receipt_sign(const struct receipt_key *key, const char *force, const struct rows *lines, int64_t now_us,
				 struct arena *arena, const char **receipt);

#endif
