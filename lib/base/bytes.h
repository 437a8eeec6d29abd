/* A growing buffer with a maximum.
 *
 * Appending past the maximum, or when memory runs out, appends nothing more and sets `failed` for good:
 * a writer appends all it has and looks at `failed` once at the end. Data is not NUL-terminated unless
 * bytes_string is asked for it. */
#ifndef BASE_BYTES_H
#define BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct bytes {
	char *data; /* owned; NULL while empty */
	size_t length;
	size_t capacity;
	size_t maximum; /* of length */
	bool failed;
};

void bytes_init(struct bytes *bytes, size_t maximum);
void bytes_release(struct bytes *bytes);
/* Forgets the content and the failure, keeps the memory. */
void bytes_clear(struct bytes *bytes);

/* So many more bytes, for the caller to fill at once; NULL, and nothing more, when they don't fit. */
char *bytes_extend_by_growing(struct bytes *bytes, size_t length);
static inline char *bytes_extend(struct bytes *bytes, size_t length)
{
	if (bytes->failed || length >= bytes->capacity - bytes->length)
		return bytes_extend_by_growing(bytes, length);
	char *start = bytes->data + bytes->length;
	bytes->length += length;
	return start;
}

void bytes_append(struct bytes *bytes, const void *data, size_t length);
void bytes_append_string(struct bytes *bytes, const char *string);
void bytes_append_char(struct bytes *bytes, char character);
void bytes_format(struct bytes *bytes, const char *format, ...) PRINTF_LIKE(2, 3);
/* The length of the start of UTF-8 text that goes into a JSON string as it is. */
size_t bytes_plain_length(const char *text, size_t length);
/* A JSON string literal, quotes included, for UTF-8 text. */
void bytes_append_json_string(struct bytes *bytes, const char *text, size_t length);
/* An element of a PostgreSQL array's literal, which begins with the '{' that is already there; NULL: a null. */
void bytes_append_array_element(struct bytes *array, const char *value);

/* The content, NUL-terminated; "" when empty; NULL when the buffer has failed. Valid until the next append. */
const char *bytes_string(struct bytes *bytes);
/* Moves the memory out to the caller, who frees it with free(); leaves the buffer empty. */
char *bytes_detach(struct bytes *bytes, size_t *length);

#endif
