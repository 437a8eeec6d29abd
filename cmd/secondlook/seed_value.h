/* The three things that steps written as data need: to fill in what was saved, to find a value in an answer, and to
 * compare an answer with what was expected. */
#ifndef SEED_VALUE_H
#define SEED_VALUE_H

#include <jansson.h>
#include <stdbool.h>

#include "base/bytes.h"
#include "base/err.h"

/* A copy of `pattern`, the caller's, with "${name}" replaced by the variable: by its value of whatever type when it is
 * the whole text, by its text within a longer one. ERR_INPUT: `fault` names a variable that isn't there. */
MUST_CHECK enum err seed_fill(const json_t *pattern, const json_t *variables, struct bytes *fault, json_t **filled);

/* The value at a path, borrowed; NULL when there is none. A path is members joined by dots; "items[kind=marac]" is the
 * first item whose member has that text, "items[0]" the first. */
const json_t *seed_find(const json_t *value, const char *path);

/* Whether `actual` has everything that `expected` has: an object may have more members; every item of an expected list
 * is among the actual ones, in whatever order, but an empty list means an empty one. When it is not so `difference`
 * gets a line that says where. */
bool seed_matches(const json_t *expected, const json_t *actual, struct bytes *difference);

#endif
