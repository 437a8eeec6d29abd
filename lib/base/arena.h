/* Memory that lives as long as one request and is given back all at once.
 *
 * An arena hands out pieces of larger blocks; nothing is freed singly, so an early return never leaks.
 * Pieces are aligned for any type and not zeroed. An arena has a maximum, so that no request can take
 * the worker's memory: past it (or when malloc fails) arena_take answers NULL. Not shared between threads. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

#include "base/err.h"

struct arena_block;

struct arena {
	struct arena_block *newest;
	size_t taken;   /* bytes in all blocks */
	size_t maximum; /* of taken */
};

/* An empty arena; takes no memory until first used. */
void arena_init(struct arena *arena, size_t maximum);
/* Gives everything back but one block, which the next user of the arena gets. */
void arena_reset(struct arena *arena);
/* Gives everything back; the arena can be used again. */
void arena_release(struct arena *arena);

void *arena_take(struct arena *arena, size_t size);
void *arena_take_zeroed(struct arena *arena, size_t size);
/* A NUL-terminated copy of `length` bytes. */
char *arena_copy(struct arena *arena, const char *data, size_t length);
char *arena_copy_string(struct arena *arena, const char *string);
char *arena_format(struct arena *arena, const char *format, ...) PRINTF_LIKE(2, 3);

#endif
