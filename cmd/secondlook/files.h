/* Small files of the program: whole, private when asked for, never half-written. */
#ifndef FILES_H
#define FILES_H

#include <sys/types.h>

#include "base/bytes.h"
#include "base/err.h"

/* Appends the file's content. ERR_SYSTEM: it can't be read; errno says why, nothing is logged. ERR_LIMIT: longer than
 * the buffer's maximum. */
MUST_CHECK enum err files_read(const char *path, struct bytes *content);
/* Writes a temporary file beside `path`, flushes and renames it. ERR_SYSTEM: errno says why. */
MUST_CHECK enum err files_write(const char *path, mode_t mode, const void *data, size_t length);
/* The same without waiting for the disk: after a crash of the machine the file may be the one before. */
MUST_CHECK enum err files_replace(const char *path, mode_t mode, const void *data, size_t length);
/* Makes the directory, and those above it with 0755, unless it is there. */
MUST_CHECK enum err files_make_directory(const char *path, mode_t mode);

#endif
