/* Leads a request through its stages: line, headers, body, handler, reply. */
#include <stdlib.h>
#include <string.h>

#include "base/id.h"
#include "base/time.h"
#include "http/parts.h"

enum {
	ARENA_MOST = 16 * 1024 * 1024,
	SPARE_MOST = 32,
	BODY_KEPT = 64 * 1024, /* a spare exchange holds on to no larger body's memory */
	LINGER_US = 1000000,   /* how long a refused body is still read, so that the refusal isn't reset away */
};

static struct http_exchange *take(struct http_server *server)
{
	struct http_exchange *exchange = server->spare;
	if (exchange) {
		server->spare = exchange->next;
		server->spare_count--;
		return exchange;
	}
	exchange = calloc(1, sizeof *exchange);
	if (!exchange)
		return NULL;
	arena_init(&exchange->request.arena, ARENA_MOST);
	bytes_init(&exchange->body, server->settings.body_maximum);
	return exchange;
}

static void discard(struct http_exchange *exchange)
{
	arena_release(&exchange->request.arena);
	bytes_release(&exchange->body);
	free(exchange);
}

static void give_back(struct http_server *server, struct http_exchange *exchange)
{
	if (server->spare_count == SPARE_MOST) {
		discard(exchange);
		return;
	}
	arena_reset(&exchange->request.arena);
	if (exchange->body.capacity > BODY_KEPT)
		bytes_release(&exchange->body);
	struct http_exchange clean = {.request.arena = exchange->request.arena, .body = exchange->body};
	bytes_clear(&clean.body);
	clean.next = server->spare;
	*exchange = clean;
	server->spare = exchange;
	server->spare_count++;
}

void http_exchange_free_spare(struct http_server *server)
{
	while (server->spare) {
		struct http_exchange *exchange = server->spare;
		server->spare = exchange->next;
		discard(exchange);
	}
}

/* libmicrohttpd would take the query apart into records that nobody reads; when they don't fit into its memory it
 * loses its place and never answers. It looks at the buffer, which is not const, after us. */
static void hide(const char *query)
{
	*(char *)(uintptr_t)query = '\0';
}

static const struct http_fault *keep_target(struct http_exchange *exchange, const char *target)
{
	const struct http_fault *fault = guard_target(target);
	if (fault)
		return fault;
	struct http_request *request = &exchange->request;
	exchange->target = target;
	exchange->target_length = strlen(target);
	size_t path_length = strcspn(target, "?");
	request->path = arena_copy(&request->arena, target, path_length);
	request->query = "";
	if (target[path_length]) {
		request->query = arena_copy_string(&request->arena, target + path_length + 1);
		hide(target + path_length + 1);
	}
	return request->path && request->query ? NULL : &http_fault_memory;
}

/* libmicrohttpd takes no answer yet: a fault waits until the headers have come. */
void *http_exchange_begin(void *context, const char *target, struct MHD_Connection *mhd)
{
	struct http_server *server = context;
	struct http_connection *connection = http_connection_of(mhd);
	struct http_exchange *exchange = connection ? take(server) : NULL;
	if (!exchange)
		return NULL;
	exchange->connection = connection;
	exchange->request.identity = connection->session ? &connection->identity : NULL;
	exchange->request.started_us = time_monotonic_us();
	exchange->fault = keep_target(exchange, target);
	id_new(exchange->request.id);
	connection->exchange = exchange;
	http_deadline_set(connection, server->settings.headers_deadline_us);
	return exchange;
}

/* Closes, or reads on for a moment when a body is on its way that a client may insist on sending first. */
static enum MHD_Result refuse(struct http_exchange *exchange, const struct http_fault *fault, bool linger)
{
	http_refusal_write(exchange, fault);
	if (!linger)
		return MHD_NO;
	http_deadline_set(exchange->connection, LINGER_US);
	return MHD_YES;
}

static void take_request_id(struct http_request *request)
{
	const char *sent = http_header(request, "x-request-id");
	if (sent && id_is_valid(sent, strlen(sent)))
		memcpy(request->id, sent, sizeof request->id);
}

static enum MHD_Result headers_received(struct http_exchange *exchange, const char *method, const char *version)
{
	const struct http_settings *settings = &exchange->connection->server->settings;
	struct guard_framing framing = {0};
	exchange->request.method = method;
	exchange->is_chunked = !strcmp(version, "HTTP/1.1");
	const struct http_fault *fault = exchange->fault;
	if (!fault)
		fault = http_headers_read(exchange, method, version, &framing);
	if (fault)
		return refuse(exchange, fault, false);
	take_request_id(&exchange->request);
	if (framing.length != UINT64_MAX && framing.length > settings->body_maximum)
		return refuse(exchange, &http_fault_body_size, !framing.expects_continue);
	exchange->state = EXCHANGE_BODY;
	if (framing.has_body)
		http_deadline_set(exchange->connection, settings->body_deadline_us);
	return MHD_YES;
}

static enum MHD_Result body_received(struct http_exchange *exchange, const char *part, size_t *size)
{
	struct bytes *body = &exchange->body;
	size_t length = *size;
	*size = 0;
	if (length > body->maximum - body->length)
		return refuse(exchange, &http_fault_body_size, true);
	bytes_append(body, part, length);
	return body->failed ? refuse(exchange, &http_fault_memory, true) : MHD_YES;
}

/* The certificate is looked at when the whole request is there: what was revoked meanwhile gets nothing done. */
static enum MHD_Result deliver(struct http_exchange *exchange)
{
	struct http_connection *connection = exchange->connection;
	const struct http_handler *handler = &connection->server->handler;
	const struct http_fault *fault = http_connection_check(connection);
	if (fault)
		return refuse(exchange, fault, false);
	exchange->request.body = exchange->body.length ? exchange->body.data : "";
	exchange->request.body_length = exchange->body.length;
	exchange->state = EXCHANGE_HANDLED;
	http_deadline_clear(connection);
	handler->request(handler->context, &exchange->request);
	if (exchange->state == EXCHANGE_HANDLED || exchange->state == EXCHANGE_STREAMED) {
		exchange->suspended = true;
		MHD_suspend_connection(connection->mhd);
	}
	return exchange->state == EXCHANGE_ABANDONED ? MHD_NO : MHD_YES;
}

static enum MHD_Result throw_away(size_t *size)
{
	if (!*size)
		return MHD_NO;
	*size = 0;
	return MHD_YES;
}

enum MHD_Result http_exchange_advance(void *server, struct MHD_Connection *mhd, const char *url, const char *method,
				      const char *version, const char *upload, size_t *upload_size, void **exchange)
{
	(void)server;
	(void)mhd;
	(void)url;
	struct http_exchange *current = *exchange;
	if (!current)
		return MHD_NO;
	switch (current->state) {
	case EXCHANGE_HEADERS:
		return headers_received(current, method, version);
	case EXCHANGE_BODY:
		return *upload_size ? body_received(current, upload, upload_size) : deliver(current);
	case EXCHANGE_REFUSED:
		return throw_away(upload_size);
	default:
		return MHD_NO;
	}
}

static bool is_to_finish(const struct http_exchange *exchange)
{
	if (exchange->is_over)
		return false;
	return exchange->state == EXCHANGE_HANDLED || exchange->state == EXCHANGE_ANSWERED ||
	       exchange->state == EXCHANGE_ABANDONED;
}

void http_exchange_end(void *context, struct MHD_Connection *mhd, void **ended, enum MHD_RequestTerminationCode code)
{
	(void)mhd;
	(void)code;
	struct http_server *server = context;
	struct http_exchange *exchange = *ended;
	*ended = NULL;
	if (!exchange)
		return;
	struct http_connection *connection = exchange->connection;
	connection->exchange = NULL;
	connection->served = true;
	if (is_to_finish(exchange))
		server->handler.finished(server->handler.context, &exchange->request);
	give_back(server, exchange);
	if (server->draining)
		http_connection_hang_up(connection);
	else
		http_deadline_set(connection, server->settings.idle_timeout_us);
}
