/* JSON values as the text that a statement binds. */
#ifndef CONTRACT_VALUE_H
#define CONTRACT_VALUE_H

#include <jansson.h>

#include "base/arena.h"
#include "base/err.h"

/* Strings as they are, numbers and booleans as JSON writes them, arrays and objects as compact JSON; null is NULL. */
MUST_CHECK enum err value_text(struct arena *arena, const json_t *value, const char **text);

#endif
