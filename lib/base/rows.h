/* A result set as its reader sees it: columns with names and kinds, values as text.
 *
 * Whoever made it owns it; a value is valid until the next one is asked for. Row and column numbers start at 0. */
#ifndef BASE_ROWS_H
#define BASE_ROWS_H

#include <stddef.h>

enum column_kind {
	COLUMN_TEXT,    /* any text: a JSON string */
	COLUMN_PLAIN,   /* text that no format has to escape: identifiers */
	COLUMN_NUMBER,  /* digits as they go into JSON */
	COLUMN_BOOLEAN, /* "t" or "f" */
	COLUMN_JSON,    /* JSON text, passed through */
	COLUMN_INSTANT, /* "2026-01-31 23:59:59.123456+00" in UTC, ISO date style; or a word, "infinity" */
};

struct column {
	const char *name;
	enum column_kind kind;
};

struct rows {
	int count;
	int column_count;
	const struct column *columns;
	const void *result; /* for the function below */
	/* The value's text and its length, or NULL for SQL null. */
	const char *(*value)(const void *result, int row, int column, size_t *length);
};

#endif
