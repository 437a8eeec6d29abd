/* What the parts of http share: a server, its connections, and the one request that each can have in hand. */
#ifndef HTTP_PARTS_H
#define HTTP_PARTS_H

#include <microhttpd.h>
#include <gnutls/gnutls.h>

#include "http/credentials.h"
#include "http/guard.h"
#include "http/http.h"

enum exchange_state {
	EXCHANGE_HEADERS,   /* the request line has come */
	EXCHANGE_BODY,      /* headers are checked */
	EXCHANGE_HANDLED,   /* the handler has it */
	EXCHANGE_ANSWERED,  /* the reply is on its way */
	EXCHANGE_STREAMED,  /* its reply is written by stream.c, past libmicrohttpd */
	EXCHANGE_ABANDONED, /* the handler has had it, but there is no reply to give: close */
	EXCHANGE_REFUSED,   /* the refusal has been written; what still comes in is thrown away */
};

/* A request from its first line to its reply's last byte. */
struct http_exchange {
	struct http_request request; /* first, so that a request is its exchange */
	struct http_connection *connection;
	enum exchange_state state;
	bool suspended;
	bool is_over;    /* the handler was told that it has finished */
	bool is_chunked; /* HTTP/1.1: a reply of unknown length comes in chunks */
	struct http_stream *stream; /* while EXCHANGE_STREAMED */
	const struct http_fault *fault; /* of the request line, told once the headers are whole */
	const char *target;             /* in libmicrohttpd's buffer, as sent until the headers have been checked */
	size_t target_length;
	struct http_header_line *headers; /* in the arena */
	size_t header_count;
	struct bytes body;
	struct http_exchange *next; /* among the spare ones */
};

struct http_connection {
	struct http_server *server;
	struct MHD_Connection *mhd;
	gnutls_session_t session; /* NULL on the plain listener */
	int socket;               /* libmicrohttpd's */
	bool served;              /* has had a request: quiet now means kept alive */
	struct http_credentials *credentials; /* that its certificate was last verified against */
	struct http_identity identity;
	struct http_exchange *exchange; /* in hand, or NULL */
	struct loop_timer timer;
	int64_t deadline_us; /* monotonic; INT64_MAX for none */
	struct http_connection *previous, *next;
};

struct http_server {
	struct loop *loop;
	struct http_settings settings; /* tls_directory is the server's own copy */
	struct http_handler handler;
	struct MHD_Daemon *daemon;
	struct loop_watch *watch;
	struct loop_timer turn; /* when libmicrohttpd is next run, if nothing comes in before */
	struct http_credentials *credentials; /* current; NULL on the plain listener */
	struct http_connection *connections;
	unsigned connection_count;
	struct http_exchange *spare; /* kept for the next requests, with their memory */
	unsigned spare_count;
	bool draining;
	bool drain_told;
	loop_function drained;
	void *drained_context;
	struct loop_timer drain_timer;
	struct loop_timer sweep; /* looks at every stream */
	unsigned stream_count;
};

/* connection.c */
void http_connection_notice(void *server, struct MHD_Connection *mhd, void **socket_context,
			    enum MHD_ConnectionNotificationCode code);
struct http_connection *http_connection_of(struct MHD_Connection *mhd);
/* Whether its certificate still holds, now and against the current revocations; NULL when it does. */
const struct http_fault *http_connection_check(struct http_connection *connection);
/* Nothing more will be read than what has reached the socket; libmicrohttpd then takes leave in good form. */
void http_connection_hang_up(struct http_connection *connection);
/* Over at once. Either way it is libmicrohttpd that notices, at its next run, and closes. */
void http_connection_cut(struct http_connection *connection);

/* exchange.c */
void *http_exchange_begin(void *server, const char *target, struct MHD_Connection *mhd);
enum MHD_Result http_exchange_advance(void *server, struct MHD_Connection *mhd, const char *url, const char *method,
				      const char *version, const char *upload, size_t *upload_size, void **exchange);
void http_exchange_end(void *server, struct MHD_Connection *mhd, void **exchange,
		       enum MHD_RequestTerminationCode code);
void http_exchange_free_spare(struct http_server *server);

/* headers.c: takes the headers out of libmicrohttpd, has them checked, and keeps them in the request's arena. */
const struct http_fault *http_headers_read(struct http_exchange *exchange, const char *method, const char *version,
					   struct guard_framing *framing);

/* deadline.c: when a connection has not got on by then, it is cut. */
void http_deadline_set(struct http_connection *connection, int64_t delay_us);
void http_deadline_clear(struct http_connection *connection);
void http_deadline_release(struct http_connection *connection);

/* refusal.c: writes a complete answer past libmicrohttpd, which can't take one at every moment. */
void http_refusal_write(struct http_exchange *exchange, const struct http_fault *fault);

/* stream.c */
/* Closes every stream at once. */
void http_streams_stop(struct http_server *server);
/* Has every stream's certificate looked at in the next turn. */
void http_streams_check(struct http_server *server);

/* server.c */
/* Has libmicrohttpd run once this turn's other work is done: it notices nothing that is resumed by itself. */
void http_server_wake(struct http_server *server);
void http_server_check_drained(struct http_server *server);

#endif
