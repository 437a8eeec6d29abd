/* Checks a value against a compiled schema and adds a fault for everything wrong. */
#ifndef CONTRACT_VALIDATE_H
#define CONTRACT_VALIDATE_H

#include <jansson.h>
#include <stddef.h>

#include "contract/faults.h"
#include "contract/schema.h"

enum { VALIDATE_DEPTH_MAXIMUM = 64 }; /* of values; a body is capped below that before it is parsed */

/* Members are checked in the order they came in, then those that are missing in the contract's order. */
void validate_value(struct fault_sink *sink, const struct schema *schema, const json_t *value,
		    const struct fault_step *step);
/* The words that speak of strings and integers, for parameters; the type is known to fit. `text` is valid UTF-8. */
void validate_text(struct fault_sink *sink, const struct schema *schema, const char *text, size_t length,
		   const struct fault_step *step);
void validate_integer(struct fault_sink *sink, const struct schema *schema, json_int_t integer,
		      const struct fault_step *step);

#endif
