/* Writes tar archives. */
#include "render/tar.h"

#include <stdio.h>
#include <string.h>

enum { BLOCK = 512, NAME_MAXIMUM = 100 };
static const uint64_t size_maximum = 077777777777;

/* A header of ustar, field by field as POSIX has it. */
struct header {
	char name[NAME_MAXIMUM], mode[8], owner[8], group[8], size[12], modified[12], checksum[8], type, link[100], magic[6],
		version[2], owner_name[32], group_name[32], major[8], minor[8], prefix[155], rest[12];
};
_Static_assert(sizeof(struct header) == BLOCK, "a header is a block");

static void write_octal(char *field, size_t size, uint64_t number)
{
	for (size_t i = size - 1; i-- > 0; number >>= 3)
		field[i] = (char)('0' + (number & 7));
}

/* The sum of all bytes, its own field taken as blanks; six digits, a NUL and a blank. */
static void write_checksum(struct header *header)
{
	unsigned sum = 0;
	memset(header->checksum, ' ', sizeof header->checksum);
	for (size_t i = 0; i < sizeof *header; i++)
		sum += ((const unsigned char *)header)[i];
	write_octal(header->checksum, sizeof header->checksum - 1, sum);
	header->checksum[sizeof header->checksum - 2] = '\0';
}

static void append_zeros(struct bytes *out, size_t count)
{
	static const char zeros[2 * BLOCK];
	bytes_append(out, zeros, count);
}

void tar_append(struct bytes *out, const char *name, const void *data, size_t length, int64_t modified)
{
	struct header header = {.type = '0', .magic = "ustar", .version = {'0', '0'}};
	size_t name_length = strlen(name);
	if (name_length > NAME_MAXIMUM || length > size_maximum || modified < 0 || (uint64_t)modified > size_maximum) {
		out->failed = true;
		return;
	}
	memcpy(header.name, name, name_length);
	write_octal(header.mode, sizeof header.mode, 0644);
	write_octal(header.owner, sizeof header.owner, 0);
	write_octal(header.group, sizeof header.group, 0);
	write_octal(header.size, sizeof header.size, length);
	write_octal(header.modified, sizeof header.modified, (uint64_t)modified);
	write_octal(header.major, sizeof header.major, 0);
	write_octal(header.minor, sizeof header.minor, 0);
	write_checksum(&header);
	bytes_append(out, &header, sizeof header);
	bytes_append(out, data, length);
	append_zeros(out, (BLOCK - length % BLOCK) % BLOCK);
}

void tar_end(struct bytes *out)
{
	append_zeros(out, 2 * BLOCK);
}
