/* Writes a tar for tests. */
#ifndef UNIT_CMD_TARRING_H
#define UNIT_CMD_TARRING_H

#include <stdio.h>
#include <string.h>

#include "base/bytes.h"

enum { TARRING_BLOCK = 512 };

static inline void tarring_set_checksum(char *header)
{
	unsigned sum = 0;
	memset(header + 148, ' ', 8);
	for (int i = 0; i < TARRING_BLOCK; i++)
		sum += (unsigned char)header[i];
	snprintf(header + 148, 8, "%06o", sum);
	header[155] = ' ';
}

static inline void tarring_set_size(char *header, unsigned long long size)
{
	char digits[24];
	snprintf(digits, sizeof digits, "%011llo", size);
	memcpy(header + 124, digits, 12);
	tarring_set_checksum(header);
}

static inline void tarring_add(struct bytes *archive, const char *name, const char *data, size_t length)
{
	static const char zeros[TARRING_BLOCK];
	char header[TARRING_BLOCK] = {0};
	snprintf(header, 100, "%s", name);
	memcpy(header + 100, "0000644\0000000000\0000000000\0", 24);
	memcpy(header + 136, "15302545610", 12);
	header[156] = '0';
	memcpy(header + 257, "ustar\00000", 8);
	tarring_set_size(header, length);
	bytes_append(archive, header, sizeof header);
	bytes_append(archive, data, length);
	bytes_append(archive, zeros, (TARRING_BLOCK - length % TARRING_BLOCK) % TARRING_BLOCK);
}

static inline void tarring_end(struct bytes *archive)
{
	static const char zeros[2 * TARRING_BLOCK];
	bytes_append(archive, zeros, sizeof zeros);
}

#endif
