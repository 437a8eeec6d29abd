/* Values that JSON and CSV write alike. For the writers of this folder. */
#ifndef RENDER_VALUES_H
#define RENDER_VALUES_H

#include <stddef.h>

#include "base/bytes.h"

enum { VALUES_INSTANT_LENGTH = 27 };

/* "2026-01-31 23:59:59.1+00" as 2026-01-31T23:59:59.100000Z, without an end; false: the text isn't of that form. */
bool values_instant(const char *text, size_t length, char instant[VALUES_INSTANT_LENGTH]);
/* true or false. */
void values_append_boolean(struct bytes *out, const char *text, size_t length);

#endif
