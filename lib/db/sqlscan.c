/* Cuts SQL into pieces: quotes of every kind, comments, names, statement ends. */
#include "db/sqlscan.h"

#include <ctype.h>
#include <string.h>

/* PostgreSQL counts every byte of a multi-byte character as a letter. */
static bool is_letter(char character)
{
	return isalpha((unsigned char)character) || character == '_' || (unsigned char)character >= 0x80;
}

static bool is_word(char character)
{
	return is_letter(character) || isdigit((unsigned char)character) || character == '$';
}

static size_t length_of_word(const char *start, const char *end)
{
	const char *next = start;
	while (next < end && is_word(*next))
		next++;
	return (size_t)(next - start);
}

static bool begins_with(const char *start, const char *end, const char *text)
{
	size_t length = strlen(text);
	return (size_t)(end - start) >= length && memcmp(start, text, length) == 0;
}

/* Past the closing quote; 0 when there is none. A doubled quote stands for one; a backslash escapes in E'…' only. */
static size_t length_of_quoted(const char *start, const char *end, bool has_escapes)
{
	for (const char *next = start + 1; next < end; next++) {
		if (has_escapes && *next == '\\')
			next++;
		else if (*next == *start && next + 1 < end && next[1] == *start)
			next++;
		else if (*next == *start)
			return (size_t)(next + 1 - start);
	}
	return 0;
}

static size_t length_of_block_comment(const char *start, const char *end)
{
	int depth = 0;
	for (const char *next = start; next < end; next++) {
		if (begins_with(next, end, "/*")) {
			depth++;
			next++;
		} else if (begins_with(next, end, "*/")) {
			next++;
			if (--depth == 0)
				return (size_t)(next + 1 - start);
		}
	}
	return 0;
}

/* The length of "$tag$" at `start`; 0 when it's none. */
static size_t length_of_tag(const char *start, const char *end)
{
	const char *next = start + 1;
	if (next < end && isdigit((unsigned char)*next))
		return 0;
	while (next < end && (is_letter(*next) || isdigit((unsigned char)*next)))
		next++;
	return next < end && *next == '$' ? (size_t)(next + 1 - start) : 0;
}

static size_t length_of_dollar_quoted(const char *start, const char *end, size_t tag)
{
	const char *close = memmem(start + tag, (size_t)(end - start) - tag, start, tag);
	return close ? (size_t)(close - start) + tag : 0;
}

static enum sqlscan_kind closed(size_t found, size_t *length)
{
	*length = found ? found : 1;
	return found ? SQLSCAN_TEXT : SQLSCAN_UNTERMINATED;
}

static enum sqlscan_kind scan_dollar(const char *start, const char *end, size_t *length)
{
	size_t tag = length_of_tag(start, end);
	if (tag)
		return closed(length_of_dollar_quoted(start, end, tag), length);
	*length = 1;
	if (start + 1 < end && isdigit((unsigned char)start[1]))
		return SQLSCAN_NUMBERED;
	return SQLSCAN_TEXT;
}

/* "::" is a cast and ":=" an assignment; ":1" belongs to a slice. */
static enum sqlscan_kind scan_colon(const char *start, const char *end, size_t *length)
{
	const char *next = start + 1;
	if (next < end && (*next == ':' || *next == '=')) {
		*length = 2;
		return SQLSCAN_TEXT;
	}
	*length = 1;
	if (next == end || !is_letter(*next))
		return SQLSCAN_TEXT;
	*length += length_of_word(next, end);
	return SQLSCAN_NAME;
}

static enum sqlscan_kind scan_word(const char *start, const char *end, size_t *length)
{
	size_t word = length_of_word(start, end);
	if (word == 1 && (*start == 'e' || *start == 'E') && start + 1 < end && start[1] == '\'') {
		size_t quoted = length_of_quoted(start + 1, end, true);
		return closed(quoted ? quoted + 1 : 0, length);
	}
	*length = word;
	return SQLSCAN_TEXT;
}

static size_t length_of_line(const char *start, const char *end)
{
	const char *newline = memchr(start, '\n', (size_t)(end - start));
	return (size_t)((newline ? newline : end) - start);
}

static size_t length_of_blanks(const char *start, const char *end)
{
	const char *next = start;
	while (next < end && *next != '\n' && isspace((unsigned char)*next))
		next++;
	return (size_t)(next - start);
}

enum sqlscan_kind sqlscan_next(const char *start, const char *end, char before, size_t *length)
{
	*length = 1;
	if (*start == '\n')
		return SQLSCAN_NEWLINE;
	if (*start == ';')
		return SQLSCAN_SEMICOLON;
	if (isspace((unsigned char)*start)) {
		*length = length_of_blanks(start, end);
		return SQLSCAN_SPACE;
	}
	if (begins_with(start, end, "--")) {
		*length = length_of_line(start, end);
		return SQLSCAN_COMMENT;
	}
	if (begins_with(start, end, "/*"))
		return closed(length_of_block_comment(start, end), length);
	if (*start == '\'' || *start == '"')
		return closed(length_of_quoted(start, end, false), length);
	if (*start == '$' && !is_word(before))
		return scan_dollar(start, end, length);
	if (*start == ':')
		return scan_colon(start, end, length);
	if (is_letter(*start) || isdigit((unsigned char)*start))
		return scan_word(start, end, length);
	return SQLSCAN_TEXT;
}
