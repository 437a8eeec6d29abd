/* A raw TLS connection, and what a reader of server-sent events makes of it. */
#include "support/stream.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/time.h"
#include "support/client.h"

enum { TEXT_MOST = 256 << 20, PART_SIZE = 1 << 20, SLICE_MS = 10 };

struct stream {
	struct client *client;
	struct bytes text;
	char *part;
	int64_t *positions;
	bool closed;
};

static bool ask(struct stream *stream, const struct stream_wish *wish)
{
	char request[1024];
	int length = snprintf(request, sizeof request,
			      "GET /v1/events%s%s HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n%s%s%s%s%s%s\r\n",
			      wish->query ? "?" : "", wish->query ? wish->query : "", wish->staff ? "On-Behalf-Of: " : "",
			      wish->staff ? wish->staff : "", wish->staff ? "\r\n" : "",
			      wish->last_id ? "Last-Event-ID: " : "", wish->last_id ? wish->last_id : "",
			      wish->last_id ? "\r\n" : "");
	return client_write(stream->client, request, (size_t)length);
}

struct stream *stream_open(const struct service *service, const struct stream_wish *wish)
{
	struct service streams = *service;
	struct stream *stream = calloc(1, sizeof *stream);
	streams.port = service->stream_port;
	if (!stream)
		abort();
	bytes_init(&stream->text, TEXT_MOST);
	stream->part = malloc(PART_SIZE);
	stream->client = client_connect(&streams, wish->client, wish->is_narrow);
	if (stream->part && stream->client && ask(stream, wish))
		return stream;
	stream_free(stream);
	return NULL;
}

void stream_free(struct stream *stream)
{
	if (!stream)
		return;
	client_free(stream->client);
	bytes_release(&stream->text);
	free(stream->part);
	free(stream->positions);
	free(stream);
}

static void read_some(struct stream *stream)
{
	stream->closed = client_read(stream->client, stream->part, PART_SIZE, SLICE_MS);
	bytes_append_string(&stream->text, stream->part);
	if (!bytes_string(&stream->text))
		abort();
}

const char *stream_text(const struct stream *stream)
{
	return stream->text.data ? stream->text.data : "";
}

bool stream_await(struct stream *stream, const char *part, int seconds)
{
	int64_t deadline_us = time_monotonic_us() + seconds * 1000000LL;
	size_t looked_at = 0, length = strlen(part);
	while (!strstr(stream_text(stream) + looked_at, part)) {
		if (stream->closed || time_monotonic_us() > deadline_us)
			return false;
		looked_at = stream->text.length > length ? stream->text.length - length : 0;
		read_some(stream);
	}
	return true;
}

bool stream_await_end(struct stream *stream, int seconds)
{
	int64_t deadline_us = time_monotonic_us() + seconds * 1000000LL;
	while (!stream->closed && time_monotonic_us() < deadline_us)
		read_some(stream);
	return stream->closed;
}

/* The event that begins at this line "id: …"; whether it is a change. */
static bool is_change(const char *at)
{
	const char *name = strchr(at, '\n');
	return name && strncmp(name, "\nevent: bookmark", 16) != 0 && strncmp(name, "\nevent: reset", 13) != 0 &&
	       strncmp(name, "\nevent: ", 8) == 0 && strstr(name, "\n\n");
}

static const char *next_id(const char *at)
{
	const char *found = strstr(at, "\nid: ");
	return found ? found + 5 : NULL;
}

const int64_t *stream_positions(struct stream *stream, size_t *count)
{
	size_t found = 0, most = stream->text.length / 40 + 1;
	free(stream->positions);
	stream->positions = malloc(most * sizeof *stream->positions);
	if (!stream->positions)
		abort();
	for (const char *at = next_id(stream_text(stream)); at && found < most; at = next_id(at))
		if (is_change(at))
			stream->positions[found++] = strtoll(at, NULL, 10);
	*count = found;
	return stream->positions;
}

int64_t stream_last_id(const struct stream *stream)
{
	int64_t last = -1;
	for (const char *at = next_id(stream_text(stream)); at; at = next_id(at))
		if (strstr(at, "\n\n"))
			last = strtoll(at, NULL, 10);
	return last;
}
