/* HTTPS for one worker: a request comes in whole and checked, a reply goes out when it is ready.
 *
 * Wraps one libmicrohttpd daemon driven by the worker's loop, and GnuTLS for the mutual authentication.
 * Behind this header: the framing guard (no request smuggling, no NUL or encoded slash in a path), absolute
 * deadlines to full headers and full body, caps on headers, body and connections, the identity of the client's
 * certificate (read once a connection, its revocation and expiry checked at every request), reload of
 * certificates, draining. */
#ifndef HTTP_HTTP_H
#define HTTP_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/err.h"
#include "loop/loop.h"

struct http_server;

/* Who is at the other end, from the leaf certificate. Lives as long as the connection. */
struct http_identity {
	char uri[256];         /* its one URI SAN; "" when it has none or more than one */
	char thumbprint[65];   /* SHA-256 of the DER form, lower-case hex */
	int64_t not_after_us;
};

struct http_request {
	struct arena arena; /* for whoever handles the request; released after the reply has gone */
	const char *method; /* "GET" … */
	const char *path;   /* as sent, not decoded, without the query; starts with '/' */
	const char *query;  /* after '?', as sent; "" when there is none */
	const char *body;   /* whole, decoded from chunks; not NUL-terminated */
	size_t body_length;
	const struct http_identity *identity; /* NULL on the plain listener */
	int64_t started_us;                   /* monotonic: when its first line had come */
	char id[37];                          /* X-Request-Id as sent when that is a UUID, else a new UUIDv7 */
	void *user;                           /* the handler's own; http leaves it alone */
};

/* A header's value, trimmed, or NULL. Names are matched without case. When a header that may come once
 * (all that the service reads) comes twice, the request was refused before it got here. */
const char *http_header(const struct http_request *request, const char *name);

struct http_header_line {
	const char *name;
	const char *value;
};

struct http_reply {
	unsigned status;
	const struct http_header_line *headers;
	size_t header_count;
	char *body; /* malloc'd, taken over and freed by http; NULL for none */
	size_t body_length;
};

/* What the worker does with requests. */
struct http_handler {
	/* A whole request. It is answered by http_reply, now or later, exactly once. */
	void (*request)(void *context, struct http_request *request);
	/* A request that http refuses itself (malformed framing, too large, too slow, certificate revoked meanwhile):
	 * the handler writes the problem document into `body`; http sends and closes. `code` is the problem's code
	 * ("body_too_large"), `status` its status. `request_id` is a UUID. */
	void (*refusal)(void *context, unsigned status, const char *code, const char *request_id, struct bytes *body);
	/* After the reply's last byte was handed to the system, or the connection was lost: last use of `request`.
	 * Never before http_reply, even when the client has left, but for http_stop. */
	void (*finished)(void *context, struct http_request *request);
	void *context;
};

struct http_settings {
	int listener;           /* bound and listening socket; stays the caller's */
	const char *tls_directory; /* with server.pem, server.key, ca.pem, crl.pem; NULL: plain HTTP */
	size_t body_maximum;    /* bytes; more: 413 */
	size_t headers_maximum; /* bytes of request line and headers; more: 431 */
	unsigned connections_maximum;
	int64_t headers_deadline_us;
	int64_t body_deadline_us;
	int64_t idle_timeout_us;
	int64_t revocation_grace_us; /* how long past nextUpdate a revocation list is still trusted */
};

/* Starts serving within the loop. `handler` is copied. ERR_SYSTEM (logged) when certificates cannot be read or the
 * daemon does not start. */
MUST_CHECK enum err http_start(struct loop *loop, const struct http_settings *settings,
			       const struct http_handler *handler, struct http_server **server);
/* Answers a request; the request's arena must outlive the call only. May be called from within the handler. */
void http_reply(struct http_request *request, const struct http_reply *reply);

/* --- replies that come piece by piece: feeds that stay open, exports --- */

struct http_stream;

/* Who fills a stream. Both functions are called from the loop, never from within http_stream_… */
struct http_stream_user {
	/* What had to wait has been handed to the system: there is room again. */
	void (*drained)(void *context);
	/* Exactly once, and the last of the stream: it must not be used any more. `why` is NULL when http_stream_end was
	 * called and all has gone out, else "left" (the client), "stalled" (it took nothing for `patience_us`),
	 * "stopping" (http_stop), or the problem's code of a certificate that no longer holds. */
	void (*closed)(void *context, const char *why);
	void *context;
	size_t waiting_maximum; /* bytes that may wait for a slow reader */
	int64_t patience_us;
};

/* Answers a request, not to HEAD, with the head of `head` (its body must be NULL) and a body that is pushed. `user` is
 * copied. On success the request is over: `finished` has been called and its arena is gone. The connection
 * closes after the stream. Its certificate is looked at again every second, and at once after a reload.
 * ERR_MEMORY, ERR_SYSTEM: nothing was sent, and the request is still to be answered. */
MUST_CHECK enum err http_stream_open(struct http_request *request, const struct http_reply *head,
				     const struct http_stream_user *user, struct http_stream **stream);
/* Sends, or keeps a copy of what the system doesn't take now. ERR_LIMIT: it doesn't fit behind what waits already, and
 * nothing of it was taken. After http_stream_end, or once the client has left, it is thrown away. */
MUST_CHECK enum err http_stream_push(struct http_stream *stream, const void *data, size_t length);
/* Bytes that still wait, those of framing included. */
size_t http_stream_waiting(const struct http_stream *stream);
/* Ends the body in good form once what waits has gone out. */
void http_stream_end(struct http_stream *stream);

/* Reads the certificates, key and revocation list again. New connections get the new ones; requests on open
 * connections are checked against the new list. On failure (logged) the old ones stay. */
MUST_CHECK enum err http_reload(struct http_server *server);
/* No longer fresh (past nextUpdate), or past it by more than the grace, when every request is refused. */
enum http_revocations { HTTP_REVOCATIONS_FRESH, HTTP_REVOCATIONS_STALE, HTTP_REVOCATIONS_EXPIRED };
enum http_revocations http_revocations(const struct http_server *server);
int64_t http_server_certificate_not_after_us(const struct http_server *server);

/* Stops accepting; replies from now on say "Connection: close"; `drained` is called once no connection is busy.
 * Connections that are idle are closed. Streams go on until their users end them. */
void http_drain(struct http_server *server, loop_function drained, void *context);
unsigned http_connection_count(const struct http_server *server);
/* Ends every connection and frees. Streams are closed first. Requests still unanswered get no reply; `finished` is called for each, and they
 * are gone: http_reply must not be called for them any more. Not from within the handler's functions. */
void http_stop(struct http_server *server);

#endif
