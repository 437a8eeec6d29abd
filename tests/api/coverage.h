/* Which operations the rows have tried, and how; what is missing in the end. */
#ifndef API_COVERAGE_H
#define API_COVERAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "contract/contract.h"

enum coverage_kind {
	COVERAGE_SUCCESS,
	COVERAGE_REFUSED_ROLE,
	COVERAGE_OTHER_FORCE,
	COVERAGE_BAD_INPUT,
	COVERAGE_THREE_ITEMS, /* a list that paging can be seen in */
	COVERAGE_COUNT,
};

/* In memory that the forked tests share. */
struct coverage {
	const struct contract *contract;
	volatile unsigned char *marks; /* COVERAGE_COUNT an operation */
};

bool coverage_open(const struct contract *contract, struct coverage *coverage);
void coverage_close(struct coverage *coverage);
void coverage_mark(struct coverage *coverage, const struct operation *operation, enum coverage_kind kind);
/* Whether the operation is asked for such a row; README.md says why not. */
bool coverage_is_due(const struct coverage *coverage, const struct operation *operation, enum coverage_kind kind);
bool coverage_is_marked(const struct coverage *coverage, const struct operation *operation, enum coverage_kind kind);
/* Whether no role is refused. */
bool coverage_allows_all(const struct coverage *coverage, const struct operation *operation);
/* Whether a path has a UUID among its parameters. */
bool coverage_has_id(const struct operation *operation);

#endif
