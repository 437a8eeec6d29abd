/* A request body's text becomes a JSON value, or one fault that says why it can't. */
#ifndef CONTRACT_BODY_H
#define CONTRACT_BODY_H

#include <jansson.h>
#include <stddef.h>

#include "contract/faults.h"

enum { BODY_DEPTH_MAXIMUM = 32 };

/* Parses the text; the caller releases the value. NULL: a fault was added, or memory ran out (the sink says which). */
json_t *body_parse(struct fault_sink *sink, const char *text, size_t length);

#endif
