/* Reads a tar. */
#include "tar.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum { BLOCK = 512, NAME = 0, SIZE = 124, SIZE_FIELD = 12, CHECKSUM = 148, CHECKSUM_FIELD = 8, KIND = 156, MAGIC = 257, PREFIX = 345 };

static bool is_zero(const char *data, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (data[i])
			return false;
	return true;
}

/* Octal digits, ended by a blank or NUL. */
static bool read_octal(const char *field, size_t width, uint64_t *number)
{
	uint64_t read = 0;
	size_t i = 0;
	for (; i < width && field[i] >= '0' && field[i] <= '7'; i++)
		read = read << 3 | (uint64_t)(field[i] - '0');
	*number = read;
	return i > 0 && i < width && (field[i] == ' ' || field[i] == '\0');
}

/* The sum of the header's bytes, those of the sum itself taken as blanks. It doesn't cover itself: there is one way to write it. */
static bool has_checksum(const char *header)
{
	uint64_t stored, sum = 0;
	for (size_t i = 0; i < BLOCK; i++)
		sum += i >= CHECKSUM && i < CHECKSUM + CHECKSUM_FIELD ? ' ' : (unsigned char)header[i];
	return header[CHECKSUM + 6] == '\0' && header[CHECKSUM + 7] == ' ' &&
	       read_octal(header + CHECKSUM, CHECKSUM_FIELD, &stored) && stored == sum;
}

static enum err read_file(const char *header, size_t left, struct tar_file *file)
{
	uint64_t size;
	if (!has_checksum(header) || memcmp(header + MAGIC, "ustar\00000", 8) != 0 || header[KIND] != '0' ||
	    header[PREFIX] != '\0' || !read_octal(header + SIZE, SIZE_FIELD, &size) || size > left - BLOCK)
		return ERR_INPUT;
	size_t length = strnlen(header + NAME, TAR_NAME_SIZE - 1), padded = ((size_t)size + BLOCK - 1) / BLOCK * BLOCK;
	if (!length || padded > left - BLOCK || !is_zero(header + BLOCK + size, padded - (size_t)size))
		return ERR_INPUT;
	memcpy(file->name, header + NAME, length);
	file->name[length] = '\0';
	file->data = header + BLOCK;
	file->length = (size_t)size;
	return ERR_NONE;
}

enum err tar_read(const char *archive, size_t length, struct tar_file *files, size_t maximum, size_t *count)
{
	size_t at = 0, found = 0;
	if (length % BLOCK)
		return ERR_INPUT;
	for (; at < length && archive[at]; found++) {
		if (found == maximum)
			return ERR_LIMIT;
		enum err error = read_file(archive + at, length - at, &files[found]);
		if (error)
			return error;
		if (tar_find(files, found, files[found].name))
			return ERR_INPUT;
		at += BLOCK + (files[found].length + BLOCK - 1) / BLOCK * BLOCK;
	}
	if (length - at < 2 * BLOCK || !is_zero(archive + at, length - at))
		return ERR_INPUT;
	*count = found;
	return ERR_NONE;
}

const struct tar_file *tar_find(const struct tar_file *files, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(files[i].name, name) == 0)
			return &files[i];
	return NULL;
}
