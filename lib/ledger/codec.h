/* Bytes as text: base64 (RFC 4648, section 4, with padding) and hexadecimal in lower case.
 *
 * Reading is strict: each sequence of bytes has exactly one text, so that none can be written in two ways. */
#ifndef LEDGER_CODEC_H
#define LEDGER_CODEC_H

#include <stddef.h>

#include "base/bytes.h"
#include "base/err.h"

void codec_append_base64(struct bytes *text, const void *data, size_t length);
void codec_append_hex(struct bytes *text, const void *data, size_t length);

/* Reads `text` into `data`, which holds `maximum` bytes. ERR_INPUT: it is no such text; ERR_LIMIT: too long. */
MUST_CHECK enum err codec_read_base64(const char *text, size_t length, void *data, size_t maximum, size_t *size);
/* The same for a value that has exactly `size` bytes; anything else is ERR_INPUT. */
MUST_CHECK enum err codec_read_base64_exactly(const char *text, size_t length, void *data, size_t size);
MUST_CHECK enum err codec_read_hex_exactly(const char *text, size_t length, void *data, size_t size);

#endif
