/* An operation's SQL file: comments, what is said of its rows, statements with :names, optional lines.
 *
 *   -- Comment.
 *   --@ seen case:{case_id}:{version}
 *   select … where c.force_id = :force and c.case_id = :caseId
 *   --? grade   and c.grade = :grade
 *
 * `:name` (outside quotes, comments and "::" casts) becomes $n, the same number at every occurrence within a
 * statement. A line that starts with `--? name` is kept only when that input is present. A line that starts with
 * `--@ word` says once for all rows what would be the same in each: the server sends nothing of it. Statements are
 * separated by `;` at the end of a line. */
#ifndef DB_SQLFILE_H
#define DB_SQLFILE_H

#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/err.h"
#include "db/db.h"

struct sqlfile;

enum { SQLFILE_FILTERS_MAXIMUM = 5, SQLFILE_STATEMENTS_MAXIMUM = 8 };

/* The words that a line `--@ word …` may begin with. */
enum sqlfile_word {
	SQLFILE_SEEN,   /* "seen": a template of what a row shows, filled from its columns */
	SQLFILE_CURSOR, /* "cursor": the columns that the rows are ordered by */
	SQLFILE_WORD_COUNT
};

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

/* What the file's line `--@ word …` says after the word; NULL when it has none. */
const char *sqlfile_says(const struct sqlfile *file, enum sqlfile_word word);
/* The index in `names` of each optional line's input, in order of first use. */
const int *sqlfile_filters(const struct sqlfile *file, size_t *count);
/* The file with the filters of `mask` on (bit i: filter i). Made on first use and kept. ERR_MEMORY only. */
MUST_CHECK enum err sqlfile_shape(struct sqlfile *file, uint32_t mask, const struct sqlfile_shape **shape);
/* Whether some statement of the file mentions the input. */
int sqlfile_mentions(const struct sqlfile *file, const char *name);

#endif
