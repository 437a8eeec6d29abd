/* Splits and decodes query strings. */
#include "contract/query.h"

#include <string.h>

#include "contract/text.h"

enum err query_init(struct query *query, struct arena *arena, const char *text)
{
	/* A pair of n bytes decodes to n at most, and two NULs. */
	char *room = arena_take(arena, 3 * strlen(text) + 2);
	if (!room)
		return ERR_MEMORY;
	*query = (struct query){.rest = text, .room = room};
	return ERR_NONE;
}

static int hex_digit(char character)
{
	if (character >= '0' && character <= '9')
		return character - '0';
	character |= 0x20;
	return character >= 'a' && character <= 'f' ? character - 'a' + 10 : -1;
}

/* The decoded character at `text`, of which `length` bytes are left; -1 when "%" isn't followed by two digits. */
static int decode_one(const char *text, size_t length, size_t *used)
{
	*used = 1;
	if (*text == '+')
		return ' ';
	if (*text != '%')
		return (unsigned char)*text;
	if (length < 3 || hex_digit(text[1]) < 0 || hex_digit(text[2]) < 0)
		return -1;
	*used = 3;
	return hex_digit(text[1]) * 16 + hex_digit(text[2]);
}

/* Decodes into the room, whose beginning becomes the text. */
static enum query_state decode(struct query *query, const char *raw, size_t raw_length, const char **text,
			       size_t *length)
{
	enum query_state state = QUERY_FINE;
	char *out = query->room;
	size_t used;
	*text = out;
	for (size_t i = 0; i < raw_length; i += used) {
		int character = decode_one(raw + i, raw_length - i, &used);
		if (character < 0)
			state = QUERY_BAD_PERCENT;
		else
			*out++ = (char)character;
	}
	*length = (size_t)(out - *text);
	*out++ = '\0';
	query->room = out;
	if (state == QUERY_FINE && !text_is_utf8(*text, *length))
		state = QUERY_NOT_UTF8;
	return state;
}

bool query_next(struct query *query, struct query_pair *pair)
{
	query->rest += strspn(query->rest, "&");
	if (!*query->rest)
		return false;
	const char *raw = query->rest;
	size_t length = strcspn(raw, "&");
	const char *equals = memchr(raw, '=', length);
	size_t name_length = equals ? (size_t)(equals - raw) : length;
	const char *value = equals ? equals + 1 : raw + length;
	size_t value_length = (size_t)(raw + length - value);
	pair->name_state = decode(query, raw, name_length, &pair->name, &pair->name_length);
	pair->value_state = decode(query, value, value_length, &pair->value, &pair->value_length);
	query->rest = raw + length;
	return true;
}
