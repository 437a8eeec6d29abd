/* Reads GET /v1/events as a stream, at the port of streams.
 *
 * What has come is kept; a test waits for a part of it with a bound. */
#ifndef SUPPORT_STREAM_H
#define SUPPORT_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "support/service.h"

struct stream;

struct stream_wish {
	const char *client; /* "west-midlands.control-room-web" */
	const char *staff;  /* NULL: none */
	const char *query;  /* "kind=case", without '?'; NULL: none */
	const char *last_id; /* Last-Event-ID; NULL: none */
	bool is_narrow;      /* as of client_connect */
};

/* Connects and asks. NULL when no connection came about. */
struct stream *stream_open(const struct service *service, const struct stream_wish *wish);
void stream_free(struct stream *stream); /* NULL is allowed */

/* Whether the part comes, or has come, within so many seconds. */
bool stream_await(struct stream *stream, const char *part, int seconds);
/* Whether the other side closes within so many seconds; what comes until then is kept. */
bool stream_await_end(struct stream *stream, int seconds);
/* Headers and body as they came, NUL-terminated; valid until the next call. */
const char *stream_text(const struct stream *stream);

/* Positions of the changes that came, bookmarks and resets left out, in a list that is the stream's. */
const int64_t *stream_positions(struct stream *stream, size_t *count);
/* The last id that came, of whatever event; -1 before the first. */
int64_t stream_last_id(const struct stream *stream);

#endif
