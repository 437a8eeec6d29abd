/* The router: a tree of path segments, matched without allocating. */
#ifndef CONTRACT_ROUTE_H
#define CONTRACT_ROUTE_H

#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "contract/contract.h"

enum { ROUTE_METHODS = 5 };

/* A place in the tree; lies in an arena. Zeroed is an empty tree. */
struct route {
	const char *segment; /* the literal that leads here; borrowed, not NUL-terminated */
	size_t length;
	struct route *literals; /* first child of those that a literal leads to */
	struct route *sibling;
	struct route *parameter; /* the child that any segment leads to */
	const struct operation *operations[ROUTE_METHODS];
};

/* The number of a method's name ("GET"), or -1. */
int route_method(const char *method);
/* Adds an operation by its method and path, both of which must outlive the tree.
 * ERR_INPUT: the path is none that can be matched; ERR_NOT_NOW: there is one already; ERR_LIMIT: more than
 * CONTRACT_PATH_VALUES parameters. */
MUST_CHECK enum err route_add(struct route *root, struct arena *arena, const struct operation *operation);
/* As contract_match. */
enum match_result route_match(const struct route *root, const char *method, const char *path, struct match *match);

#endif
