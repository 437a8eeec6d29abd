/* A JSON object's members as they are written: names read, values left byte for byte.
 *
 * What is hashed of a member is PostgreSQL's text of it, so a value is never parsed and written again: it is a slice of
 * the object's text. Blanks around names and values are no part of them. The text is PostgreSQL's own, of a jsonb column;
 * of anything else, what can't be taken apart is refused, and nothing outside the text is read, but values are not
 * otherwise checked. */
#ifndef LEDGER_IMAGE_H
#define LEDGER_IMAGE_H

#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"

enum { IMAGE_MEMBERS_MAXIMUM = 1600 }; /* PostgreSQL's of columns */

struct image_member {
	const char *name;  /* in the arena */
	const char *value; /* in the text; not NUL-terminated */
	size_t length;
};

/* The members, in strictly ascending byte order of their names. ERR_INPUT: the text is no object, or a name is there
 * twice; ERR_LIMIT: too many members; ERR_MEMORY: the arena is full. */
MUST_CHECK enum err image_split(struct arena *arena, const char *text, size_t length, struct image_member **members,
				size_t *count);
/* The member of that name, or NULL. */
const struct image_member *image_find(const struct image_member *members, size_t count, const char *name);
/* A JSON string's text, in the arena. ERR_INPUT: the value is none, or holds a NUL. */
MUST_CHECK enum err image_string(struct arena *arena, const char *value, size_t length, const char **string);

#endif
