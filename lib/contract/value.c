/* Turns JSON values into text. */
#include "contract/value.h"

#include <stdio.h>
#include <stdlib.h>

/* The shortest form that reads back as the same number. */
static char *real_text(struct arena *arena, double real)
{
	char text[32];
	int digits = 15;
	do
		snprintf(text, sizeof text, "%.*g", digits, real);
	while (strtod(text, NULL) != real && ++digits <= 17);
	return arena_copy_string(arena, text);
}

static char *container_text(struct arena *arena, const json_t *value)
{
	char *dumped = json_dumps(value, JSON_COMPACT);
	if (!dumped)
		return NULL;
	char *text = arena_copy_string(arena, dumped);
	free(dumped);
	return text;
}

enum err value_text(struct arena *arena, const json_t *value, const char **text)
{
	char *made;
	if (json_is_null(value)) {
		*text = NULL;
		return ERR_NONE;
	}
	if (json_is_string(value))
		made = arena_copy(arena, json_string_value(value), json_string_length(value));
	else if (json_is_integer(value))
		made = arena_format(arena, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
	else if (json_is_real(value))
		made = real_text(arena, json_real_value(value));
	else if (json_is_boolean(value))
		made = arena_copy_string(arena, json_is_true(value) ? "true" : "false");
	else
		made = container_text(arena, value);
	if (!made)
		return ERR_MEMORY;
	*text = made;
	return ERR_NONE;
}
