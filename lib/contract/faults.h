/* The list of what is wrong with a request, and where in it. */
#ifndef CONTRACT_FAULTS_H
#define CONTRACT_FAULTS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "contract/contract.h"

/* The way to a value, from the innermost step outwards; lies on the stack of who walks. The outermost step's name is
 * the pointer's beginning as it stands: "" for a body, "query:limit" for a parameter. */
struct fault_step {
	const struct fault_step *outer;
	const char *name; /* of a member; NULL: an item */
	size_t index;
	unsigned depth; /* 0: outermost */
};

struct fault_sink {
	struct arena *arena;
	struct faults *faults;
	bool is_request; /* read-only members are refused */
	enum err error;  /* ERR_MEMORY once the arena is used up */
};

enum { FAULT_NAME_MAXIMUM = 64 }; /* bytes that a pointer takes of a name that the contract doesn't know */

/* Adds a fault; `code` must be static. Past CONTRACT_FAULTS_MAXIMUM only marks the list as truncated. */
void fault_add(struct fault_sink *sink, const struct fault_step *step, const char *code, const char *format, ...)
	PRINTF_LIKE(4, 5);
/* Whether to look no further: the list is truncated, or memory ran out. */
bool fault_is_full(const struct fault_sink *sink);
/* What a walk ends with: ERR_INPUT when there are faults. */
MUST_CHECK enum err fault_result(const struct fault_sink *sink);

#endif
