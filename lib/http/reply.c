/* Hands a reply to libmicrohttpd, which takes the body over as it is. */
#include <stdlib.h>

#include "base/log.h"
#include "http/parts.h"

enum { SLOWEST_READER = 16 * 1024 }; /* bytes a second, past the body's deadline */

static struct MHD_Response *make_response(const struct http_reply *reply)
{
	static char nothing[1];
	bool is_empty = !reply->body || !reply->body_length;
	if (is_empty)
		free(reply->body);
	struct MHD_Response *response =
		is_empty ? MHD_create_response_from_buffer(0, nothing, MHD_RESPMEM_PERSISTENT)
			 : MHD_create_response_from_buffer(reply->body_length, reply->body, MHD_RESPMEM_MUST_FREE);
	if (!response && !is_empty)
		free(reply->body);
	return response;
}

static bool add_headers(struct MHD_Response *response, const struct http_reply *reply, bool closing)
{
	for (size_t i = 0; i < reply->header_count; i++)
		if (!MHD_add_response_header(response, reply->headers[i].name, reply->headers[i].value))
			return false;
	return !closing || MHD_add_response_header(response, "Connection", "close");
}

static bool queue(struct http_connection *connection, const struct http_reply *reply)
{
	struct MHD_Response *response = make_response(reply);
	if (!response)
		return false;
	bool queued = add_headers(response, reply, connection->server->draining) &&
		      MHD_queue_response(connection->mhd, reply->status, response);
	MHD_destroy_response(response);
	return queued;
}

/* A reader may take as long as a writer may, and longer for a long reply; but not for ever. */
static int64_t reply_deadline_us(const struct http_connection *connection, size_t length)
{
	return connection->server->settings.body_deadline_us + (int64_t)(length / SLOWEST_READER) * 1000000;
}

void http_reply(struct http_request *request, const struct http_reply *reply)
{
	struct http_exchange *exchange = (struct http_exchange *)request;
	struct http_connection *connection = exchange->connection;
	if (exchange->state != EXCHANGE_HANDLED) {
		log_event(LOG_ERROR, "reply_twice", "\"requestId\":\"%s\"", request->id);
		free(reply->body);
		return;
	}
	if (queue(connection, reply)) {
		exchange->state = EXCHANGE_ANSWERED;
		http_deadline_set(connection, reply_deadline_us(connection, reply->body_length));
	} else {
		log_event(LOG_ERROR, "reply_not_queued", "\"requestId\":\"%s\"", request->id);
		exchange->state = EXCHANGE_ABANDONED;
	}
	if (exchange->suspended) {
		exchange->suspended = false;
		MHD_resume_connection(connection->mhd);
		http_server_wake(connection->server);
	}
}
