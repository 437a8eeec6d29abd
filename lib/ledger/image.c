/* Takes a JSON object's text apart without changing a byte of its values. */
#include "ledger/image.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct reader {
	struct arena *arena;
	const char *at, *end;
	struct image_member *members;
	size_t count, capacity;
};

static bool is_blank(char character)
{
	return character == ' ' || character == '\t' || character == '\n' || character == '\r';
}

static void skip_blanks(struct reader *reader)
{
	while (reader->at < reader->end && is_blank(*reader->at))
		reader->at++;
}

static bool skip_character(struct reader *reader, char character)
{
	skip_blanks(reader);
	if (reader->at == reader->end || *reader->at != character)
		return false;
	reader->at++;
	return true;
}

/* At a quote: goes behind the one that ends the string. */
static bool skip_string(struct reader *reader)
{
	const char *start = ++reader->at;
	for (;;) {
		const char *quote = memchr(reader->at, '"', (size_t)(reader->end - reader->at)), *before = quote;
		if (!quote)
			return false;
		reader->at = quote + 1;
		while (before > start && before[-1] == '\\')
			before--;
		if ((quote - before) % 2 == 0)
			return true;
	}
}

/* At a bracket: goes behind the one that closes it. */
static bool skip_container(struct reader *reader)
{
	size_t depth = 0;
	while (reader->at < reader->end) {
		char character = *reader->at;
		if (character == '"') {
			if (!skip_string(reader))
				return false;
			continue;
		}
		reader->at++;
		if (character == '{' || character == '[')
			depth++;
		else if ((character == '}' || character == ']') && --depth == 0)
			return true;
	}
	return false;
}

static bool is_of_word(char character)
{
	return (character >= '0' && character <= '9') || (character >= 'a' && character <= 'z') || character == '-' ||
	       character == '+' || character == '.' || character == 'E';
}

static bool skip_word(struct reader *reader)
{
	const char *start = reader->at;
	while (reader->at < reader->end && is_of_word(*reader->at))
		reader->at++;
	return reader->at > start;
}

static bool skip_value(struct reader *reader)
{
	skip_blanks(reader);
	if (reader->at == reader->end)
		return false;
	if (*reader->at == '"')
		return skip_string(reader);
	return *reader->at == '{' || *reader->at == '[' ? skip_container(reader) : skip_word(reader);
}

static bool read_hex(const char *at, const char *end, uint32_t *number)
{
	uint32_t read = 0;
	if (end - at < 4)
		return false;
	for (int i = 0; i < 4; i++) {
		char c = at[i];
		int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
		if (digit < 0)
			return false;
		read = read << 4 | (uint32_t)digit;
	}
	*number = read;
	return true;
}

static char *append_utf8(char *to, uint32_t code)
{
	if (code < 0x80) {
		*to++ = (char)code;
		return to;
	}
	int more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
	static const unsigned char first[] = {0, 0xc0, 0xe0, 0xf0};
	*to++ = (char)(first[more] | code >> 6 * more);
	while (more-- > 0)
		*to++ = (char)(0x80 | (code >> 6 * more & 0x3f));
	return to;
}

/* Behind "\u": reads the character, of two escapes when it needs a pair of surrogates. */
static bool read_code(const char **at, const char *end, uint32_t *code)
{
	uint32_t high, low;
	if (!read_hex(*at, end, &high) || high == 0)
		return false;
	*at += 4;
	if (high < 0xd800 || high > 0xdfff) {
		*code = high;
		return true;
	}
	if (high > 0xdbff || end - *at < 6 || (*at)[0] != '\\' || (*at)[1] != 'u' || !read_hex(*at + 2, end, &low) ||
	    low < 0xdc00 || low > 0xdfff)
		return false;
	*at += 6;
	*code = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
	return true;
}

/* Behind a backslash. An escape is never shorter than what it stands for. */
static bool read_escape(const char **at, const char *end, char **to)
{
	static const char letters[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
	uint32_t code;
	if (*at == end)
		return false;
	const char *letter = **at ? strchr(letters, **at) : NULL;
	if (!letter && **at != 'u')
		return false;
	(*at)++;
	if (letter) {
		*(*to)++ = meanings[letter - letters];
		return true;
	}
	if (!read_code(at, end, &code))
		return false;
	*to = append_utf8(*to, code);
	return true;
}

enum err image_string(struct arena *arena, const char *value, size_t length, const char **string)
{
	if (length < 2 || value[0] != '"' || value[length - 1] != '"' || memchr(value, '\0', length))
		return ERR_INPUT;
	const char *at = value + 1, *end = value + length - 1;
	char *text = arena_take(arena, length), *to = text;
	if (!text)
		return ERR_MEMORY;
	while (at < end) {
		char character = *at++;
		if (character == '"' || (character == '\\' && !read_escape(&at, end, &to)))
			return ERR_INPUT;
		if (character != '\\')
			*to++ = character;
	}
	*to = '\0';
	*string = text;
	return ERR_NONE;
}

static enum err grow(struct reader *reader)
{
	size_t capacity = reader->capacity ? 2 * reader->capacity : 32;
	if (reader->count < reader->capacity)
		return ERR_NONE;
	if (reader->count == IMAGE_MEMBERS_MAXIMUM)
		return ERR_LIMIT;
	struct image_member *members = arena_take(reader->arena, capacity * sizeof *members);
	if (!members)
		return ERR_MEMORY;
	if (reader->count)
		memcpy(members, reader->members, reader->count * sizeof *members);
	reader->members = members;
	reader->capacity = capacity < IMAGE_MEMBERS_MAXIMUM ? capacity : IMAGE_MEMBERS_MAXIMUM;
	return ERR_NONE;
}

static enum err read_member(struct reader *reader)
{
	struct image_member member;
	enum err error = grow(reader);
	skip_blanks(reader);
	const char *name = reader->at;
	if (error || name == reader->end || *name != '"' || !skip_string(reader))
		return error ? error : ERR_INPUT;
	error = image_string(reader->arena, name, (size_t)(reader->at - name), &member.name);
	if (error || !skip_character(reader, ':'))
		return error ? error : ERR_INPUT;
	skip_blanks(reader);
	member.value = reader->at;
	if (!skip_value(reader))
		return ERR_INPUT;
	member.length = (size_t)(reader->at - member.value);
	reader->members[reader->count++] = member;
	return ERR_NONE;
}

static int by_name(const void *one, const void *other)
{
	return strcmp(((const struct image_member *)one)->name, ((const struct image_member *)other)->name);
}

/* PostgreSQL orders by length first, so members of one length are in order already: insertion would do well, but
 * nothing is promised of other texts. */
static enum err sort(struct reader *reader)
{
	if (reader->count)
		qsort(reader->members, reader->count, sizeof *reader->members, by_name);
	for (size_t i = 1; i < reader->count; i++)
		if (by_name(&reader->members[i - 1], &reader->members[i]) == 0)
			return ERR_INPUT;
	return ERR_NONE;
}

static enum err read_members(struct reader *reader)
{
	if (!skip_character(reader, '{'))
		return ERR_INPUT;
	if (skip_character(reader, '}'))
		return ERR_NONE;
	do {
		enum err error = read_member(reader);
		if (error)
			return error;
	} while (skip_character(reader, ','));
	return skip_character(reader, '}') ? ERR_NONE : ERR_INPUT;
}

enum err image_split(struct arena *arena, const char *text, size_t length, struct image_member **members, size_t *count)
{
	struct reader reader = {.arena = arena, .at = text, .end = text + length};
	enum err error = read_members(&reader);
	skip_blanks(&reader);
	if (!error && reader.at != reader.end)
		error = ERR_INPUT;
	if (!error)
		error = sort(&reader);
	if (error)
		return error;
	*members = reader.members;
	*count = reader.count;
	return ERR_NONE;
}

const struct image_member *image_find(const struct image_member *members, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(members[i].name, name) == 0)
			return &members[i];
	return NULL;
}
