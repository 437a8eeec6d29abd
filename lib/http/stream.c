/* Writes replies that come piece by piece, past libmicrohttpd, and watches their readers.
 *
 * libmicrohttpd would have to be resumed for every piece, and notices of a suspended connection neither that its client has
 * left nor that it reads no more. So the connection stays suspended until the stream is over; this file writes
 * to its TLS session, as refusal.c does, and libmicrohttpd then finds nothing to do but to close. */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "base/log.h"
#include "base/time.h"
#include "http/parts.h"

enum {
	CHUNK_FRAME = 24,      /* a chunk's length in hexadecimal and its line ends */
	HEAD_MOST = 16 * 1024,
	HEARD_MOST = 16 * 1024, /* bytes that a client may say meanwhile, to be thrown away */
	SWEEP_EVERY_US = 1000000,
	SEND_BUFFER = 128 * 1024, /* else the system would keep megabytes for each reader that is slow */
};

struct http_stream {
	struct http_exchange *exchange;
	struct http_stream_user user;
	struct loop_watch *watch;
	struct bytes waiting;
	size_t sent;      /* of `waiting` */
	int64_t moved_us; /* monotonic: when the system last took something, or waiting began */
	size_t heard;
	bool is_recorded; /* GnuTLS holds a record of the first bytes that wait, and wants nothing but to be asked again */
	bool is_ending;
	const char *why;  /* it is over, and `closed` is still to be called; "" for the good end */
};

static void sweep(void *context);

static void sweep_in(struct http_server *server, int64_t delay_us)
{
	if (loop_timer_set(server->loop, &server->sweep, delay_us, sweep, server))
		log_event(LOG_ERROR, "streams_not_swept", "");
}

static struct http_server *server_of(const struct http_stream *stream)
{
	return stream->exchange->connection->server;
}

/* --- the end --- */

/* The first reason counts. `closed` is called from the loop, never from within a push. */
static void fail(struct http_stream *stream, const char *why)
{
	if (stream->why)
		return;
	stream->why = why;
	sweep_in(server_of(stream), 0);
}

static void close_stream(struct http_stream *stream)
{
	struct http_exchange *exchange = stream->exchange;
	struct http_connection *connection = exchange->connection;
	if (*stream->why)
		http_connection_cut(connection);
	else
		http_connection_hang_up(connection);
	loop_watch_remove(stream->watch);
	bytes_release(&stream->waiting);
	exchange->state = EXCHANGE_ABANDONED;
	exchange->stream = NULL;
	connection->server->stream_count--;
	if (exchange->suspended) {
		exchange->suspended = false;
		MHD_resume_connection(connection->mhd);
	}
	http_server_wake(connection->server);
	stream->user.closed(stream->user.context, *stream->why ? stream->why : NULL);
	free(stream);
}

/* --- writing --- */

/* How much the system took: 0 when it takes nothing now, -1 when the connection is lost. */
static ssize_t send_some(struct http_stream *stream, const char *data, size_t length)
{
	struct http_connection *connection = stream->exchange->connection;
	if (!connection->session) {
		ssize_t sent = send(connection->socket, data, length, MSG_NOSIGNAL | MSG_DONTWAIT);
		return sent < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : sent;
	}
	ssize_t sent = stream->is_recorded ? gnutls_record_send(connection->session, NULL, 0)
					   : gnutls_record_send(connection->session, data, length);
	stream->is_recorded = sent == GNUTLS_E_AGAIN || sent == GNUTLS_E_INTERRUPTED;
	return stream->is_recorded ? 0 : sent;
}

/* How many of the bytes went out. */
static size_t send_all(struct http_stream *stream, const char *data, size_t length)
{
	size_t sent = 0;
	while (sent < length && !stream->why) {
		ssize_t some = send_some(stream, data + sent, length - sent);
		if (some < 0)
			fail(stream, "left");
		if (some <= 0)
			break;
		sent += (size_t)some;
	}
	return sent;
}

static void keep(struct http_stream *stream, const char *data, size_t length)
{
	bool is_first = !stream->waiting.length;
	bytes_append(&stream->waiting, data, length);
	if (is_first)
		stream->moved_us = time_monotonic_us();
	if (stream->waiting.failed || (is_first && loop_watch_change(stream->watch, EPOLLIN | EPOLLOUT)))
		fail(stream, "left");
}

static void forget_sent(struct http_stream *stream)
{
	size_t left = stream->waiting.length - stream->sent;
	if (stream->sent)
		memmove(stream->waiting.data, stream->waiting.data + stream->sent, left);
	stream->waiting.length = left;
	stream->sent = 0;
}

static void write_out(struct http_stream *stream, const char *data, size_t length)
{
	size_t sent = http_stream_waiting(stream) ? 0 : send_all(stream, data, length);
	if (sent == length || stream->why)
		return;
	forget_sent(stream);
	keep(stream, data + sent, length - sent);
}

size_t http_stream_waiting(const struct http_stream *stream)
{
	return stream->waiting.length - stream->sent;
}

enum err http_stream_push(struct http_stream *stream, const void *data, size_t length)
{
	bool is_chunked = stream->exchange->is_chunked;
	if (stream->why || stream->is_ending || length == 0)
		return ERR_NONE;
	if (http_stream_waiting(stream) + length + CHUNK_FRAME > stream->user.waiting_maximum)
		return ERR_LIMIT;
	if (!is_chunked) {
		write_out(stream, data, length);
		return ERR_NONE;
	}
	struct bytes chunk;
	bytes_init(&chunk, length + CHUNK_FRAME);
	bytes_format(&chunk, "%zx\r\n", length);
	bytes_append(&chunk, data, length);
	bytes_append(&chunk, "\r\n", 2);
	enum err error = chunk.failed ? ERR_LIMIT : ERR_NONE;
	if (error == ERR_NONE)
		write_out(stream, chunk.data, chunk.length);
	bytes_release(&chunk);
	return error;
}

static void end_if_all_is_out(struct http_stream *stream)
{
	if (stream->is_ending && !http_stream_waiting(stream))
		fail(stream, "");
}

void http_stream_end(struct http_stream *stream)
{
	if (stream->is_ending || stream->why)
		return;
	if (stream->exchange->is_chunked)
		write_out(stream, "0\r\n\r\n", 5);
	stream->is_ending = true;
	end_if_all_is_out(stream);
}

/* --- the loop --- */

static void flush(struct http_stream *stream)
{
	size_t sent = send_all(stream, stream->waiting.data + stream->sent, http_stream_waiting(stream));
	stream->sent += sent;
	if (sent)
		stream->moved_us = time_monotonic_us();
	if (stream->why || http_stream_waiting(stream))
		return;
	size_t maximum = stream->waiting.maximum;
	bytes_release(&stream->waiting); /* an idle stream holds no buffer */
	bytes_init(&stream->waiting, maximum);
	stream->sent = 0;
	if (loop_watch_change(stream->watch, EPOLLIN))
		fail(stream, "left");
	end_if_all_is_out(stream);
	if (!stream->is_ending && !stream->why)
		stream->user.drained(stream->user.context);
}

static ssize_t hear_some(struct http_stream *stream)
{
	char words[1024];
	struct http_connection *connection = stream->exchange->connection;
	if (connection->session) {
		ssize_t heard = gnutls_record_recv(connection->session, words, sizeof words);
		return heard == GNUTLS_E_INTERRUPTED ? GNUTLS_E_AGAIN : heard;
	}
	ssize_t heard = recv(connection->socket, words, sizeof words, MSG_DONTWAIT);
	return heard < 0 && (errno == EAGAIN || errno == EINTR) ? GNUTLS_E_AGAIN : heard;
}

/* Whatever a client says while it is being answered is thrown away; mostly it says that it leaves. */
static void hear(struct http_stream *stream)
{
	ssize_t heard;
	while ((heard = hear_some(stream)) > 0 && stream->heard < HEARD_MOST)
		stream->heard += (size_t)heard;
	if (heard != GNUTLS_E_AGAIN)
		fail(stream, "left");
}

static void ready(void *context, uint32_t events)
{
	struct http_stream *stream = context;
	if (events & EPOLLOUT && !stream->why)
		flush(stream);
	if (events & (EPOLLIN | EPOLLHUP | EPOLLERR) && !stream->why)
		hear(stream);
	if (stream->why)
		close_stream(stream);
}

/* --- every second, and when something is up --- */

static void look_at(struct http_stream *stream, int64_t now_us)
{
	const struct http_fault *fault = http_connection_check(stream->exchange->connection);
	if (fault)
		fail(stream, fault->code);
	else if (http_stream_waiting(stream) && now_us - stream->moved_us > stream->user.patience_us)
		fail(stream, "stalled");
}

/* `closed` may push to other streams, and make them fail, but ends none: the list of connections stays as it is. */
static void sweep(void *context)
{
	struct http_server *server = context;
	int64_t now_us = time_monotonic_us();
	if (server->stream_count)
		sweep_in(server, SWEEP_EVERY_US);
	for (struct http_connection *at = server->connections; at; at = at->next) {
		struct http_stream *stream = at->exchange ? at->exchange->stream : NULL;
		if (stream && !stream->why)
			look_at(stream, now_us);
		if (stream && stream->why)
			close_stream(stream);
	}
}

void http_streams_check(struct http_server *server)
{
	if (server->stream_count)
		sweep_in(server, 0);
}

void http_streams_stop(struct http_server *server)
{
	for (struct http_connection *at = server->connections; at; at = at->next)
		if (at->exchange && at->exchange->stream) {
			fail(at->exchange->stream, "stopping");
			close_stream(at->exchange->stream);
		}
}

/* --- the beginning --- */

static void append_head(struct bytes *out, const struct http_exchange *exchange, const struct http_reply *head)
{
	bytes_format(out, "HTTP/1.1 %u %s\r\n", head->status, MHD_get_reason_phrase_for(head->status));
	for (size_t i = 0; i < head->header_count; i++)
		bytes_format(out, "%s: %s\r\n", head->headers[i].name, head->headers[i].value);
	if (exchange->is_chunked)
		bytes_append_string(out, "Transfer-Encoding: chunked\r\n");
	bytes_append_string(out, "Connection: close\r\n\r\n");
}

/* The request is told to have finished, and what it was made of is given back: a stream may be open for days. */
static void finish_request(struct http_exchange *exchange)
{
	const struct http_handler *handler = &exchange->connection->server->handler;
	exchange->is_over = true;
	handler->finished(handler->context, &exchange->request);
	size_t maximum = exchange->request.arena.maximum, body_maximum = exchange->body.maximum;
	arena_release(&exchange->request.arena);
	arena_init(&exchange->request.arena, maximum);
	bytes_release(&exchange->body);
	bytes_init(&exchange->body, body_maximum);
	exchange->headers = NULL;
	exchange->header_count = 0;
}

static enum err start(struct http_stream *stream, const struct http_reply *head)
{
	int one = 1, room = SEND_BUFFER;
	struct bytes text;
	struct http_connection *connection = stream->exchange->connection;
	enum err error = loop_watch(connection->server->loop, connection->socket, EPOLLIN, ready, stream, &stream->watch);
	if (error)
		return error;
	(void)setsockopt(connection->socket, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	(void)setsockopt(connection->socket, SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
	bytes_init(&text, HEAD_MOST);
	append_head(&text, stream->exchange, head);
	if (!text.failed)
		write_out(stream, text.data, text.length);
	error = text.failed ? ERR_MEMORY : ERR_NONE;
	bytes_release(&text);
	if (error)
		loop_watch_remove(stream->watch);
	return error;
}

enum err http_stream_open(struct http_request *request, const struct http_reply *head,
			  const struct http_stream_user *user, struct http_stream **stream)
{
	struct http_exchange *exchange = (struct http_exchange *)request;
	struct http_server *server = exchange->connection->server;
	struct http_stream *made = calloc(1, sizeof *made);
	if (!made)
		return ERR_MEMORY;
	made->exchange = exchange;
	made->user = *user;
	bytes_init(&made->waiting, user->waiting_maximum + HEAD_MOST);
	enum err error = start(made, head);
	if (error) {
		free(made);
		return error;
	}
	exchange->state = EXCHANGE_STREAMED;
	exchange->stream = made;
	if (server->stream_count++ == 0 && !made->why)
		sweep_in(server, SWEEP_EVERY_US);
	http_deadline_clear(exchange->connection);
	finish_request(exchange);
	*stream = made;
	return ERR_NONE;
}
