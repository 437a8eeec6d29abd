/* Checks that a pattern means the same in JSON Schema and POSIX, and compiles it. */
#include "contract/pattern.h"

#include <string.h>

/* The bracket expression that begins at `text`: sets `length` to reach past its "]". */
static const char *bracket_fault(const char *text, size_t *length)
{
	const char *at = text + 1 + (text[1] == '^');
	if (*at == ']')
		return "\"]\" first in brackets, which the dialects read differently";
	for (; *at && *at != ']'; at++) {
		if (*at == '\\')
			return "a backslash in brackets, which POSIX takes for itself";
		if (*at == '[' && strchr(":.=", at[1]))
			return "a POSIX class in brackets, which JSON Schema lacks";
	}
	if (!*at)
		return "a bracket that doesn't close";
	*length = (size_t)(at - text) + 1;
	return NULL;
}

static const char *quantifier_fault(const char *text)
{
	if (text[0] == '{' && text[1] == ',')
		return "\"{,\", which JSON Schema takes for itself";
	if (strchr("*+?}", text[0]) && text[1] && strchr("?+*", text[1]))
		return "a lazy or doubled quantifier, which POSIX lacks";
	return NULL;
}

static const char *escape_fault(const char *text)
{
	if (!text[1] || !strchr(".[]{}()*+?^$|/\\", text[1]))
		return "an escape that POSIX lacks";
	return NULL;
}

/* The fault of the piece at `text`, whose length is set. */
static const char *piece_fault(const char *text, size_t *length)
{
	*length = 1;
	if (text[0] == '(' && text[1] == '?')
		return "\"(?\", which POSIX lacks";
	if (*text == '[')
		return bracket_fault(text, length);
	if (*text != '\\')
		return quantifier_fault(text);
	*length = 2;
	return escape_fault(text);
}

const char *pattern_fault(const char *text)
{
	size_t length;
	for (const char *at = text; *at; at++)
		if ((unsigned char)*at >= 0x80)
			return "letters beyond ASCII, which would match by bytes";
	for (; *text; text += length) {
		const char *fault = piece_fault(text, &length);
		if (fault)
			return fault;
	}
	return NULL;
}

enum err pattern_load(struct loader *loader, size_t line, const char *text, const regex_t **compiled)
{
	const char *fault = pattern_fault(text);
	if (fault)
		return load_refuse(loader, line, "\"pattern\" has %s", fault);
	struct pattern *pattern = arena_take_zeroed(&loader->contract->arena, sizeof *pattern);
	if (!pattern)
		return ERR_MEMORY;
	int code = regcomp(&pattern->compiled, text, REG_EXTENDED | REG_NOSUB);
	if (code == REG_ESPACE)
		return ERR_MEMORY;
	if (code)
		return load_refuse(loader, line, "\"pattern\" does not compile");
	pattern->text = text;
	pattern->next = loader->contract->patterns;
	loader->contract->patterns = pattern;
	*compiled = &pattern->compiled;
	return ERR_NONE;
}
