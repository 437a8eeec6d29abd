/* Instants as microseconds since 1970-01-01T00:00:00Z, and their RFC 3339 form. */
#ifndef BASE_TIME_H
#define BASE_TIME_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum { TIME_TEXT_SIZE = 28 }; /* "2026-01-31T23:59:59.000000Z" and its NUL */

int64_t time_now_us(void);       /* wall clock */
int64_t time_monotonic_us(void); /* never goes back; for durations and deadlines */

/* Writes the instant in UTC with six decimals. */
void time_format(int64_t instant_us, char text[TIME_TEXT_SIZE]);
/* Reads an RFC 3339 date-time with any offset and up to nine decimals (cut to six); the year is 0001 to 9999.
 * A leap second (":60") is refused. ERR_INPUT when it is not one. */
MUST_CHECK enum err time_parse(const char *text, size_t length, int64_t *instant_us);
/* Whether the text is a real calendar date, "2026-02-28". */
MUST_CHECK enum err time_check_date(const char *text, size_t length);

#endif
