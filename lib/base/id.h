/* Record identifiers: UUID version 7 (RFC 9562), in order of making within a process. */
#ifndef BASE_ID_H
#define BASE_ID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum { ID_TEXT_SIZE = 37 }; /* lower-case hex with hyphens, and its NUL */

/* A new identifier. Ids of one process ascend even within one millisecond. Aborts when the system has no randomness. */
void id_new(char text[ID_TEXT_SIZE]);
/* Whether the text is a UUID of any version in the form with hyphens, either case. */
bool id_is_valid(const char *text, size_t length);

#endif
