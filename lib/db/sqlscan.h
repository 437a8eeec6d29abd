/* Private to db: the lexical structure of SQL, as far as it decides where names and statement ends stand. */
#ifndef DB_SQLSCAN_H
#define DB_SQLSCAN_H

#include <stdbool.h>
#include <stddef.h>

enum sqlscan_kind {
	SQLSCAN_TEXT,         /* anything that is taken as it stands: words, operators, quoted texts, block comments */
	SQLSCAN_SPACE,        /* blanks, not newlines */
	SQLSCAN_NEWLINE,
	SQLSCAN_COMMENT,      /* "-- …" up to the newline */
	SQLSCAN_NAME,         /* ":name" */
	SQLSCAN_NUMBERED,     /* "$1": belongs to no file */
	SQLSCAN_SEMICOLON,
	SQLSCAN_UNTERMINATED, /* a quote or block comment without its end */
};

/* The piece that begins at `start`, which is not the end; its length in `length`. `before` is the character before it,
 * or '\0'. */
enum sqlscan_kind sqlscan_next(const char *start, const char *end, char before, size_t *length);

#endif
