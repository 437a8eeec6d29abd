/* A YAML text as JSON values that remember the lines they came from.
 *
 * One document; mappings become objects in their order, keys are texts, plain scalars are typed by the YAML 1.2
 * core schema. Refused: anchors and aliases, tags, duplicate keys, infinities, nesting past YAML_SOURCE_DEPTH_MAXIMUM. */
#ifndef CONTRACT_YAML_H
#define CONTRACT_YAML_H

#include <jansson.h>
#include <stddef.h>

#include "base/bytes.h"
#include "base/err.h"

enum { YAML_SOURCE_DEPTH_MAXIMUM = 64 };

struct yaml_source;

/* On ERR_INPUT `fault` gets "line 12: what is wrong". `text` is not needed afterwards. */
MUST_CHECK enum err yaml_source_read(const char *text, size_t length, struct bytes *fault,
				     struct yaml_source **source);
void yaml_source_free(struct yaml_source *source); /* NULL is allowed */

/* Borrowed. */
json_t *yaml_source_root(const struct yaml_source *source);
/* The line of a member's key; the object's own line when it has no such member. */
size_t yaml_source_line_of_member(const struct yaml_source *source, const json_t *object, const char *key);
/* The line of a value: of its key when it has one. Values that JSON has only once (null, true, false) have none: 0. */
size_t yaml_source_line(const struct yaml_source *source, const json_t *value);

#endif
