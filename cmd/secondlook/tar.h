/* Files in a tar (ustar) held in memory. */
#ifndef TAR_H
#define TAR_H

#include <stddef.h>

#include "base/err.h"

enum { TAR_NAME_SIZE = 101, TAR_FILES_MAXIMUM = 1000 };

/* `data` is a part of the archive. */
struct tar_file {
	char name[TAR_NAME_SIZE];
	const char *data;
	size_t length;
};

/* Its files, in their order. Strict, so that no byte can change unseen: regular files only, right checksums, nothing but zeros
 * in padding and behind the end. ERR_INPUT: it is none; ERR_LIMIT: more than `maximum` files. */
MUST_CHECK enum err tar_read(const char *archive, size_t length, struct tar_file *files, size_t maximum, size_t *count);
/* The file of that name, or NULL. */
const struct tar_file *tar_find(const struct tar_file *files, size_t count, const char *name);

#endif
