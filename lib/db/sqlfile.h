/* An operation's SQL file: comments, statements with :names, optional lines.
 *
 *   -- Comment.
 *   select … where c.force_id = :force and c.case_id = :caseId
 *   --? grade   and c.grade = :grade
 *
 * `:name` (outside quotes, comments and "::" casts) becomes $n, the same number at every occurrence within a
 * statement. A line that starts with `--? name` is kept only when that input is present. Statements are separated
 * by `;` at the end of a line. */
#ifndef DB_SQLFILE_H
#define DB_SQLFILE_H

#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/err.h"
#include "db/db.h"

struct sqlfile;

enum { SQLFILE_FILTERS_MAXIMUM = 5, SQLFILE_STATEMENTS_MAXIMUM = 8 };

/* One statement in one shape: what to prepare, and which input each $n is. */
struct sqlfile_statement {
	struct db_statement statement;
	const int *inputs; /* parameter_count indexes into the names given to sqlfile_parse */
};

struct sqlfile_shape {
	const struct sqlfile_statement *statements;
	size_t count;
};

/* Parses `text` of the file `name` ("getCase": the prefix of statement names). `names` are all the inputs that it may
 * mention, NULL-terminated; they must outlive the result. On ERR_INPUT `fault` names the line. */
MUST_CHECK enum err sqlfile_parse(const char *name, const char *text, size_t length, const char *const *names,
				  struct bytes *fault, struct sqlfile **file);
void sqlfile_free(struct sqlfile *file);

/* The index in `names` of each optional line's input, in order of first use. */
const int *sqlfile_filters(const struct sqlfile *file, size_t *count);
/* The file with the filters of `mask` on (bit i: filter i). Made on first use and kept. ERR_MEMORY only. */
MUST_CHECK enum err sqlfile_shape(struct sqlfile *file, uint32_t mask, const struct sqlfile_shape **shape);
/* Whether some statement of the file mentions the input. */
int sqlfile_mentions(const struct sqlfile *file, const char *name);

#endif
