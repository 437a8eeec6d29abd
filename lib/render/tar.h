/* A tar archive (POSIX ustar) of regular files, written into memory: the same files give the same bytes.
 *
 * Files are owned by nobody, mode 0644, and carry the one time they are given. What doesn't fit, a name of more than 100 bytes or
 * a size that ustar can't say sets `out->failed`. */
#ifndef RENDER_TAR_H
#define RENDER_TAR_H

#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

/* `modified` in seconds since 1970. */
void tar_append(struct bytes *out, const char *name, const void *data, size_t length, int64_t modified);
/* Two blocks of zeros: nothing follows. */
void tar_end(struct bytes *out);

#endif
