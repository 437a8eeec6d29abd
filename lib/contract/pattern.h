/* Patterns: the part that JSON Schema's regular expressions and POSIX's extended ones both read the same way. */
#ifndef CONTRACT_PATTERN_H
#define CONTRACT_PATTERN_H

#include <regex.h>

#include "base/err.h"
#include "contract/loader.h"

/* What in the text the two would read differently, as a sentence's end; NULL when nothing. */
const char *pattern_fault(const char *text);
/* Compiles the pattern; the contract owns the result. */
MUST_CHECK enum err pattern_load(struct loader *loader, size_t line, const char *text, const regex_t **compiled);

#endif
