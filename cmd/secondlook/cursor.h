/* Cursors: the last row's sort values, signed and bound to the list they were made for. */
#ifndef CURSOR_H
#define CURSOR_H

#include "base/arena.h"
#include "base/err.h"

enum { CURSOR_KEY_SIZE = 32 };

struct evp_mac_ctx_st;
struct cursor_key {
	struct evp_mac_ctx_st *mac; /* owned: begun with the key, to be copied; NULL: not set */
};

/* Reads the key from its hexadecimal form, in the place of one that is there. */
MUST_CHECK enum err cursor_key_set(struct cursor_key *key, const char *hexadecimal);
void cursor_key_release(struct cursor_key *key);
/* `values` is the JSON array of what the columns of `--@ cursor` hold in the last row; `list` names operation, force, and filters. From the arena. */
MUST_CHECK enum err cursor_write(const struct cursor_key *key, const char *list, const char *values, size_t length,
				 struct arena *arena, const char **cursor);
/* The JSON array again. ERR_INPUT when it was not made by cursor_write for the same list with the same key. */
MUST_CHECK enum err cursor_read(const struct cursor_key *key, const char *list, const char *cursor,
				struct arena *arena, const char **values);

#endif
