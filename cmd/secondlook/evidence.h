/* What was handed out of the ledger, held against what was signed: lines with their paths, heads, the nation's head.
 *
 * A line is a JSON object: fields (the texts that are hashed, or null), members (name with value and salt, or with its hash
 * alone), leafIndex, inclusion. The same in a proof that the service answers and in a bundle. Functions answer ERR_INPUT
 * for what isn't proven, and `found` says how; any other error means that nothing can be said. */
#ifndef EVIDENCE_H
#define EVIDENCE_H

#include <jansson.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "ledger/checkpoint.h"
#include "ledger/leaf.h"
#include "ledger_keys.h"
#include "verify.h"

enum { EVIDENCE_PATH_MAXIMUM = 64 };

struct evidence {
	struct hasher hasher;
	struct arena arena;
	struct key_ring ring; /* whom to trust */
	struct verify_fault found;
};

/* A path to a root. */
struct evidence_path {
	uint64_t index;
	size_t count;
	unsigned char hashes[EVIDENCE_PATH_MAXIMUM][HASH_SIZE];
};

/* Texts belong to the JSON. */
struct evidence_line {
	const char *fields[LEAF_FIELD_COUNT];
	const json_t *members; /* the array */
	unsigned char leaf[HASH_SIZE];
	struct evidence_path path;
};

/* A signed head that was opened; its text is hashed as a leaf of the nation's tree. */
struct evidence_head {
	struct checkpoint checkpoint;
	const char *text;
	size_t length;
};

MUST_CHECK enum err evidence_open(struct evidence *evidence);
void evidence_close(struct evidence *evidence);
/* Always answers ERR_INPUT. */
enum err PRINTF_LIKE(3, 4) evidence_fault(struct evidence *evidence, enum verify_how how, const char *text, ...);

/* Reads the members `index` and `path` of an object; `what` is for faults. */
MUST_CHECK enum err evidence_read_path(struct evidence *evidence, const json_t *object, const char *index, const char *path,
				       const char *what, struct evidence_path *read);
/* Makes the line's leaf again. */
MUST_CHECK enum err evidence_read_line(struct evidence *evidence, const json_t *object, struct evidence_line *line);
/* Opens a signed note of a checkpoint; it lives as long as `note`. */
MUST_CHECK enum err evidence_read_head(struct evidence *evidence, const char *note, size_t length, const char *what,
				       struct evidence_head *head);
/* Whether the leaf is where its path says, in the tree that was signed. */
MUST_CHECK enum err evidence_prove(struct evidence *evidence, const unsigned char leaf[HASH_SIZE],
				   const struct evidence_path *path, const struct checkpoint *head, const char *what);
/* Whether the head of a force is a leaf of the nation's. `object` has nationalIndex, nationalSize, nationalInclusion. */
MUST_CHECK enum err evidence_prove_national(struct evidence *evidence, const struct evidence_head *force,
					    const json_t *object, const struct evidence_head *nation);
/* The text of a string member, or NULL. */
const char *evidence_string(const json_t *object, const char *name);

/* A line that was proven, for what it was proven against. */
struct proven_line {
	const char *force, *line; /* belong to the JSON */
	unsigned char leaf[HASH_SIZE];
	int64_t signed_at_us; /* of the first head that covers it */
};

/* The answer of GET /v1/ledger/lines/{lineId}/proof. */
MUST_CHECK enum err evidence_prove_answer(struct evidence *evidence, const json_t *answer, struct proven_line *line);
/* The answer of GET /v1/ledger/consistency: the later tree begins with the earlier one. */
MUST_CHECK enum err evidence_prove_growth(struct evidence *evidence, const json_t *answer, struct checkpoint *later);
/* A bundle's tar. */
MUST_CHECK enum err evidence_prove_bundle(struct evidence *evidence, const char *tar, size_t length);
/* A receipt's text, against a file of proofs or a database. `is_pending`: it isn't sealed yet, and need not be. */
MUST_CHECK enum err evidence_prove_receipt(struct evidence *evidence, const struct settings *settings, const char *text,
					   size_t length, struct bytes *fault, bool *is_pending);

#endif
