/* Looks at UTF-8 byte by byte. */
#include "contract/text.h"

/* The length of the sequence that begins with the byte; 0: none does. */
static size_t sequence_length(unsigned char lead)
{
	if (lead < 0x80)
		return 1;
	if (lead < 0xc2)
		return 0;
	if (lead < 0xe0)
		return 2;
	if (lead < 0xf0)
		return 3;
	return lead < 0xf5 ? 4 : 0;
}

/* The second byte's range is narrower after some leads: that is what keeps out overlong forms, surrogates and what
 * lies past U+10FFFF. */
static bool is_second(unsigned char lead, unsigned char second)
{
	if (lead == 0xe0)
		return second >= 0xa0 && second < 0xc0;
	if (lead == 0xed)
		return second >= 0x80 && second < 0xa0;
	if (lead == 0xf0)
		return second >= 0x90 && second < 0xc0;
	if (lead == 0xf4)
		return second >= 0x80 && second < 0x90;
	return second >= 0x80 && second < 0xc0;
}

bool text_is_utf8(const char *text, size_t length)
{
	const unsigned char *at = (const unsigned char *)text;
	const unsigned char *end = at + length;
	while (at < end) {
		size_t sequence = sequence_length(*at);
		if (!sequence || sequence > (size_t)(end - at))
			return false;
		if (sequence > 1 && !is_second(at[0], at[1]))
			return false;
		for (size_t i = 2; i < sequence; i++)
			if ((at[i] & 0xc0) != 0x80)
				return false;
		at += sequence;
	}
	return true;
}

size_t text_cut(const char *text, size_t length, size_t maximum)
{
	if (length <= maximum)
		return length;
	while (maximum && ((unsigned char)text[maximum] & 0xc0) == 0x80)
		maximum--;
	return maximum;
}

size_t text_code_points(const char *text, size_t length)
{
	size_t count = 0;
	for (size_t i = 0; i < length; i++)
		count += ((unsigned char)text[i] & 0xc0) != 0x80;
	return count;
}

bool text_has_control(const char *text, size_t length)
{
	const unsigned char *at = (const unsigned char *)text;
	for (size_t i = 0; i < length; i++) {
		if (at[i] == 0x7f || (at[i] < 0x20 && at[i] != '\n' && at[i] != '\t'))
			return true;
		if (at[i] == 0xc2 && i + 1 < length && at[i + 1] < 0xa0)
			return true;
	}
	return false;
}
