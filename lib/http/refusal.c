/* Answers a request that http refuses by itself.
 *
 * The answer is written past libmicrohttpd, which takes none while a body is coming in. That is sound because it
 * has nothing of its own under way then: the previous reply was handed over before this request was read. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "base/id.h"
#include "base/log.h"
#include "http/parts.h"

enum { REFUSAL_MOST = 16384 }; /* one TLS record */

static void append_date(struct bytes *answer)
{
	char text[32];
	struct tm now;
	time_t seconds = time(NULL);
	gmtime_r(&seconds, &now);
	strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &now);
	bytes_format(answer, "Date: %s\r\n", text);
}

static void append_head(struct bytes *answer, const struct http_fault *fault, const char *id, size_t body_length)
{
	bytes_format(answer, "HTTP/1.1 %u %s\r\n", fault->status, MHD_get_reason_phrase_for(fault->status));
	append_date(answer);
	bytes_append_string(answer, "Connection: close\r\n"
				    "Content-Type: application/problem+json\r\n"
				    "Cache-Control: no-store\r\n"
				    "X-Content-Type-Options: nosniff\r\n"
				    "Referrer-Policy: no-referrer\r\n");
	bytes_format(answer, "X-Request-Id: %s\r\nContent-Length: %zu\r\n\r\n", id, body_length);
}

/* Once and without waiting: who doesn't take it has left. */
static void send_once(struct http_connection *connection, const struct bytes *answer)
{
	if (answer->failed)
		return;
	ssize_t sent = connection->session ? gnutls_record_send(connection->session, answer->data, answer->length)
					   : send(connection->socket, answer->data, answer->length, MSG_NOSIGNAL);
	if (sent < 0)
		log_event(LOG_DEBUG, "refusal_not_sent", "");
}

void http_refusal_write(struct http_exchange *exchange, const struct http_fault *fault)
{
	struct http_connection *connection = exchange->connection;
	const struct http_handler *handler = &connection->server->handler;
	struct bytes body, answer;
	bytes_init(&body, REFUSAL_MOST / 2);
	bytes_init(&answer, REFUSAL_MOST);
	handler->refusal(handler->context, fault->status, fault->code, exchange->request.id, &body);
	if (body.failed)
		bytes_clear(&body);
	append_head(&answer, fault, exchange->request.id, body.length);
	if (!exchange->request.method || strcmp(exchange->request.method, "HEAD"))
		bytes_append(&answer, body.data, body.length);
	send_once(connection, &answer);
	exchange->state = EXCHANGE_REFUSED;
	bytes_release(&body);
	bytes_release(&answer);
	log_event(LOG_INFO, "request_refused", "\"status\":%u,\"code\":\"%s\",\"requestId\":\"%s\"", fault->status,
		  fault->code, exchange->request.id);
}
