/* A query string taken apart: name=value pairs, percent-decoded, "+" as a space. */
#ifndef CONTRACT_QUERY_H
#define CONTRACT_QUERY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"

enum query_state { QUERY_FINE, QUERY_BAD_PERCENT, QUERY_NOT_UTF8 };

/* Texts are NUL-terminated but may hold NULs of their own. */
struct query_pair {
	const char *name;
	size_t name_length;
	enum query_state name_state;
	const char *value; /* "" when there is no "=" */
	size_t value_length;
	enum query_state value_state;
};

struct query {
	const char *rest;
	char *room; /* for decoded text */
};

/* Texts are in the arena. `text` must outlive the query. */
MUST_CHECK enum err query_init(struct query *query, struct arena *arena, const char *text);
/* The next pair in order; false when there is none left. Empty pairs ("&&") are passed over. */
bool query_next(struct query *query, struct query_pair *pair);

#endif
