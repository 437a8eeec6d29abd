/* Writes and reads base64 and hexadecimal. */
#include "ledger/codec.h"

#include <stdbool.h>
#include <string.h>

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char digits[] = "0123456789abcdef";

static void append_group(struct bytes *text, const unsigned char *data, size_t count)
{
	unsigned group = (unsigned)data[0] << 16;
	group |= count > 1 ? (unsigned)data[1] << 8 : 0;
	group |= count > 2 ? data[2] : 0;
	char quad[4] = {alphabet[group >> 18], alphabet[group >> 12 & 63], alphabet[group >> 6 & 63], alphabet[group & 63]};
	memset(quad + count + 1, '=', 3 - count);
	bytes_append(text, quad, sizeof quad);
}

void codec_append_base64(struct bytes *text, const void *data, size_t length)
{
	const unsigned char *at = data;
	for (; length > 3; at += 3, length -= 3)
		append_group(text, at, 3);
	if (length)
		append_group(text, at, length);
}

void codec_append_hex(struct bytes *text, const void *data, size_t length)
{
	const unsigned char *at = data;
	for (size_t i = 0; i < length; i++) {
		bytes_append_char(text, digits[at[i] >> 4]);
		bytes_append_char(text, digits[at[i] & 15]);
	}
}

static int digit_of(char character)
{
	if (character >= 'A' && character <= 'Z')
		return character - 'A';
	if (character >= 'a' && character <= 'z')
		return character - 'a' + 26;
	if (character >= '0' && character <= '9')
		return character - '0' + 52;
	if (character == '+')
		return 62;
	return character == '/' ? 63 : -1;
}

/* Reads four characters of which the last `padding` are '='; false too when bits that stand for nothing are set. */
static bool read_group(const char *quad, size_t padding, unsigned char data[3])
{
	unsigned group = 0;
	for (size_t i = 0; i < 4; i++) {
		int digit = i < 4 - padding ? digit_of(quad[i]) : 0;
		if (digit < 0)
			return false;
		group = group << 6 | (unsigned)digit;
	}
	data[0] = (unsigned char)(group >> 16);
	data[1] = (unsigned char)(group >> 8);
	data[2] = (unsigned char)group;
	return !(padding > 0 && data[2]) && !(padding > 1 && data[1]);
}

static size_t padding_of(const char *text, size_t length)
{
	if (!length || text[length - 1] != '=')
		return 0;
	return text[length - 2] == '=' ? 2 : 1;
}

enum err codec_read_base64(const char *text, size_t length, void *data, size_t maximum, size_t *size)
{
	if (length % 4)
		return ERR_INPUT;
	size_t padding = padding_of(text, length), total = length / 4 * 3 - padding;
	unsigned char *to = data, group[3];
	if (total > maximum)
		return ERR_LIMIT;
	for (size_t i = 0; i < length / 4; i++) {
		size_t missing = i + 1 == length / 4 ? padding : 0;
		if (!read_group(text + 4 * i, missing, group))
			return ERR_INPUT;
		memcpy(to + 3 * i, group, 3 - missing);
	}
	*size = total;
	return ERR_NONE;
}

enum err codec_read_base64_exactly(const char *text, size_t length, void *data, size_t size)
{
	size_t found;
	if (length != (size + 2) / 3 * 4)
		return ERR_INPUT;
	enum err error = codec_read_base64(text, length, data, size, &found);
	return error || found != size ? ERR_INPUT : ERR_NONE;
}

static int nibble_of(char character)
{
	if (character >= '0' && character <= '9')
		return character - '0';
	return character >= 'a' && character <= 'f' ? character - 'a' + 10 : -1;
}

enum err codec_read_hex_exactly(const char *text, size_t length, void *data, size_t size)
{
	unsigned char *to = data;
	if (length / 2 != size || length % 2)
		return ERR_INPUT;
	for (size_t i = 0; i < size; i++) {
		int high = nibble_of(text[2 * i]), low = nibble_of(text[2 * i + 1]);
		if (high < 0 || low < 0)
			return ERR_INPUT;
		to[i] = (unsigned char)(high << 4 | low);
	}
	return ERR_NONE;
}
