/* What proving a bundle is made of: its lines, what they tell and what they keep back. */
#ifndef EVIDENCE_PARTS_H
#define EVIDENCE_PARTS_H

#include <stdbool.h>

#include "evidence.h"

struct bundle_line {
	json_t *source;
	struct evidence_line line;
};

/* The member of that name, or NULL. */
const json_t *evidence_member(const struct bundle_line *line, const char *name);
/* Whether a value that is told is the one that was sealed: both are read as JSON, so spelling doesn't count. False for NULL. */
bool evidence_is_value(const json_t *member, const json_t *told);

/* Whether each member of a line that stands there by its hash alone may: the export's own line says that it is withheld, as all of
 * records is in a bundle with looks, or it is said to be erased, when and by whose authority. `own` is the export's line. */
MUST_CHECK enum err evidence_check_absent(struct evidence *evidence, const struct bundle_line *own, const struct bundle_line *line);

/* How far a chronology has been read. Starts zeroed. */
struct bundle_telling {
	size_t count;
	int64_t happened_us; /* of the last entry */
};

/* Whether an entry of chronology.ndjson is the next one, and holds nothing that its line doesn't. `line` is the one that it
 * names; NULL: there is none. */
MUST_CHECK enum err evidence_check_entry(struct evidence *evidence, const json_t *entry, const struct bundle_line *line,
					 struct bundle_telling *telling);

#endif
