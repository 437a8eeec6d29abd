/* Grows a buffer up to its maximum, and writes JSON strings into it. */
#include "base/bytes.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CAPACITY_LEAST = 256 };

void bytes_init(struct bytes *bytes, size_t maximum)
{
	*bytes = (struct bytes){.maximum = maximum};
}

void bytes_release(struct bytes *bytes)
{
	free(bytes->data);
	bytes_init(bytes, bytes->maximum);
}

void bytes_clear(struct bytes *bytes)
{
	bytes->length = 0;
	bytes->failed = false;
}

/* The capacity to grow to for `needed` bytes: doubling, no more than the maximum and a NUL need. */
static size_t capacity_for(const struct bytes *bytes, size_t needed)
{
	size_t capacity = bytes->capacity <= SIZE_MAX / 2 ? bytes->capacity * 2 : SIZE_MAX;
	if (capacity < CAPACITY_LEAST)
		capacity = CAPACITY_LEAST;
	if (bytes->maximum < SIZE_MAX && capacity > bytes->maximum + 1)
		capacity = bytes->maximum + 1;
	return capacity < needed ? needed : capacity;
}

/* Makes the capacity at least `needed`, which the caller has checked against the maximum. */
static bool grow(struct bytes *bytes, size_t needed)
{
	size_t capacity = capacity_for(bytes, needed);
	char *data = realloc(bytes->data, capacity);
	if (!data) {
		bytes->failed = true;
		return false;
	}
	bytes->data = data;
	bytes->capacity = capacity;
	return true;
}

char *bytes_extend_by_growing(struct bytes *bytes, size_t length)
{
	if (bytes->failed)
		return NULL;
	if (length > bytes->maximum - bytes->length) {
		bytes->failed = true;
		return NULL;
	}
	if ((!bytes->data || length > bytes->capacity - bytes->length) && !grow(bytes, bytes->length + length))
		return NULL;
	char *start = bytes->data + bytes->length;
	bytes->length += length;
	return start;
}

void bytes_append(struct bytes *bytes, const void *data, size_t length)
{
	char *start = length ? bytes_extend(bytes, length) : NULL;
	if (start)
		memcpy(start, data, length);
}

void bytes_append_string(struct bytes *bytes, const char *string)
{
	bytes_append(bytes, string, strlen(string));
}

void bytes_append_char(struct bytes *bytes, char character)
{
	char *start = bytes_extend(bytes, 1);
	if (start)
		*start = character;
}

/* Prints into what room there is; the length that the text has, or -1. */
static int print(struct bytes *bytes, const char *format, va_list arguments)
{
	size_t room = bytes->capacity - bytes->length;
	char *end = room ? bytes->data + bytes->length : NULL;
	return vsnprintf(end, room, format, arguments);
}

void bytes_format(struct bytes *bytes, const char *format, ...)
{
	if (bytes->failed)
		return;
	va_list arguments;
	va_start(arguments, format);
	int length = print(bytes, format, arguments);
	va_end(arguments);
	if (length < 0 || (size_t)length > bytes->maximum - bytes->length) {
		bytes->failed = true;
		return;
	}
	if ((size_t)length >= bytes->capacity - bytes->length) { /* vsnprintf wants room for its NUL */
		if (!grow(bytes, bytes->length + (size_t)length + 1))
			return;
		va_start(arguments, format);
		length = print(bytes, format, arguments);
		va_end(arguments);
	}
	bytes->length += (size_t)length;
}

/* Whether any of the eight bytes is a control character, a quote or a backslash. May say yes when only a
 * later byte of the word is one, never no when there is one. */
static bool word_is_special(uint64_t word)
{
	const uint64_t ones = UINT64_C(0x0101010101010101), highs = UINT64_C(0x8080808080808080);
	uint64_t quote = word ^ (ones * '"'), backslash = word ^ (ones * '\\');
	uint64_t control = (word - ones * 0x20) & ~word;
	return ((control | ((quote - ones) & ~quote) | ((backslash - ones) & ~backslash)) & highs) != 0;
}

static bool char_is_special(char character)
{
	return (unsigned char)character < 0x20 || character == '"' || character == '\\';
}

size_t bytes_plain_length(const char *text, size_t length)
{
	size_t plain = 0;
	for (; length - plain >= sizeof(uint64_t); plain += sizeof(uint64_t)) {
		uint64_t word;
		memcpy(&word, text + plain, sizeof word);
		if (word_is_special(word))
			break;
	}
	while (plain < length && !char_is_special(text[plain]))
		plain++;
	return plain;
}

static void append_escape(struct bytes *bytes, char character)
{
	static const char hex[] = "0123456789abcdef";
	static const char shorts[0x20] = {['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r'};
	unsigned char code = (unsigned char)character;
	if (code >= 0x20) {
		bytes_append(bytes, (char[]){'\\', character}, 2);
	} else if (shorts[code]) {
		bytes_append(bytes, (char[]){'\\', shorts[code]}, 2);
	} else {
		bytes_append(bytes, (char[]){'\\', 'u', '0', '0', hex[code >> 4], hex[code & 15]}, 6);
	}
}

void bytes_append_json_string(struct bytes *bytes, const char *text, size_t length)
{
	bytes_append_char(bytes, '"');
	while (length && !bytes->failed) {
		size_t plain = bytes_plain_length(text, length);
		bytes_append(bytes, text, plain);
		text += plain;
		length -= plain;
		if (!length)
			break;
		append_escape(bytes, *text++);
		length--;
	}
	bytes_append_char(bytes, '"');
}

void bytes_append_array_element(struct bytes *array, const char *value)
{
	if (array->length > 1)
		bytes_append_char(array, ',');
	if (!value) {
		bytes_append(array, "NULL", 4);
		return;
	}
	bytes_append_char(array, '"');
	for (const char *rest = value; *rest;) {
		size_t plain = strcspn(rest, "\"\\");
		bytes_append(array, rest, plain);
		rest += plain;
		if (*rest) {
			bytes_append_char(array, '\\');
			bytes_append_char(array, *rest++);
		}
	}
	bytes_append_char(array, '"');
}

const char *bytes_string(struct bytes *bytes)
{
	if (bytes->failed)
		return NULL;
	if (!bytes->length)
		return "";
	if (bytes->length == bytes->capacity && !grow(bytes, bytes->length + 1))
		return NULL;
	bytes->data[bytes->length] = '\0';
	return bytes->data;
}

char *bytes_detach(struct bytes *bytes, size_t *length)
{
	char *data = bytes->data;
	*length = bytes->length;
	bytes_init(bytes, bytes->maximum);
	return data;
}
