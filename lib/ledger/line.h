/* A row of ledger_line as its leaf: what the sealer and the verifier both do with one.
 *
 * The row is read as text, in a session whose time zone is UTC and whose date style is ISO; leaf.h says what is hashed. */
#ifndef LEDGER_LINE_H
#define LEDGER_LINE_H

#include "base/arena.h"
#include "base/err.h"
#include "ledger/leaf.h"

/* The fields of a leaf, then what its members are made of. */
enum line_column { LINE_IMAGE = LEAF_FIELD_COUNT, LINE_SALTS, LINE_ERASED, LINE_COLUMN_COUNT };

/* The columns in that order, of ledger_line under the name l: what stands between select and from. */
extern const char line_columns[];

struct line_hasher {
	struct hasher hasher; /* may be used for other hashes in between */
	struct arena arena;   /* of one line */
};

MUST_CHECK enum err line_hasher_open(struct line_hasher *line);
/* May be called on a zeroed one. */
void line_hasher_close(struct line_hasher *line);

/* The leaf of a row; columns are NUL-terminated, NULL for SQL null. ERR_INPUT: not a row that the ledger's own trigger wrote
 * (salts that don't belong to the members, an image that is no object); ERR_LIMIT, ERR_MEMORY: too large. */
MUST_CHECK enum err line_leaf(struct line_hasher *line, const char *const columns[LINE_COLUMN_COUNT],
			      unsigned char leaf[HASH_SIZE]);

/* An instant as PostgreSQL writes it in UTC, as it is hashed: 2026-01-31 23:59:59.5+00 → 2026-01-31T23:59:59.500000Z.
 * infinity and years before Christ stay as they are. In the arena. ERR_INPUT: not in UTC, or no instant. */
MUST_CHECK enum err line_instant(struct arena *arena, const char *text, const char **instant);

#endif
