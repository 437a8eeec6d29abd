/* A server on its own thread with a handler that does what the path says, for tests that speak to it over sockets. */
#ifndef HTTP_SERVER_FIXTURE_H
#define HTTP_SERVER_FIXTURE_H

#include <arpa/inet.h>
#include <check.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http/http.h"

enum { FIXTURE_HELD = 8 };

struct server_fixture {
	struct http_settings settings;
	struct loop *loop;
	struct http_server *server;
	struct loop_watch *watch;
	struct loop_timer timer;
	struct http_request *later;
	struct http_request *held[FIXTURE_HELD];
	int port;
	int orders[2]; /* a pipe of function pointers */
	sem_t done;
	pthread_t thread;
	bool stopped; /* the server is */
	atomic_int handled, finished, held_count, drained;
};

typedef void (*server_order)(struct server_fixture *fixture);

static inline void fixture_reply(struct http_request *request, unsigned status, const char *text)
{
	static const struct http_header_line headers[] = {{"Content-Type", "text/plain"}};
	struct http_reply reply = {status, headers, 1, strdup(text), strlen(text)};
	http_reply(request, &reply);
}

/* method path query|body|uri thumbprint|id */
static inline void fixture_echo(struct http_request *request)
{
	const struct http_identity *identity = request->identity;
	const char *text = arena_format(&request->arena, "%s %s %s|%.*s|%s %s|%s", request->method, request->path,
					request->query, (int)request->body_length, request->body,
					identity ? identity->uri : "-", identity ? identity->thumbprint : "-",
					request->id);
	fixture_reply(request, 200, text);
}

static inline void fixture_reply_later(void *context)
{
	struct server_fixture *fixture = context;
	fixture_echo(fixture->later);
}

static inline void fixture_large(struct http_request *request)
{
	struct http_reply reply = {.status = 200, .body = malloc(4000000), .body_length = 4000000};
	memset(reply.body, 'x', reply.body_length);
	http_reply(request, &reply);
}

static inline void fixture_header(struct http_request *request)
{
	const char *value = http_header(request, request->query);
	fixture_reply(request, 200, value ? arena_format(&request->arena, "[%s]", value) : "none");
}

static inline void fixture_request(void *context, struct http_request *request)
{
	struct server_fixture *fixture = context;
	atomic_fetch_add(&fixture->handled, 1);
	request->user = fixture;
	if (!strcmp(request->path, "/later")) {
		fixture->later = request;
		ck_assert_int_eq(loop_timer_set(fixture->loop, &fixture->timer, 5000, fixture_reply_later, fixture), 0);
	} else if (!strcmp(request->path, "/hold")) {
		fixture->held[atomic_fetch_add(&fixture->held_count, 1)] = request;
	} else if (!strcmp(request->path, "/large")) {
		fixture_large(request);
	} else if (!strcmp(request->path, "/header")) {
		fixture_header(request);
	} else {
		fixture_echo(request);
	}
}

static inline void fixture_refusal(void *context, unsigned status, const char *code, const char *id,
				   struct bytes *body)
{
	(void)context;
	bytes_format(body, "{\"status\":%u,\"code\":\"%s\",\"requestId\":\"%s\"}", status, code, id);
}

static inline void fixture_finished(void *context, struct http_request *request)
{
	struct server_fixture *fixture = context;
	ck_assert_ptr_eq(request->user, fixture);
	atomic_fetch_add(&fixture->finished, 1);
}

static inline void fixture_ordered(void *context, uint32_t events)
{
	struct server_fixture *fixture = context;
	server_order order;
	(void)events;
	ck_assert_int_eq(read(fixture->orders[0], &order, sizeof order), sizeof order);
	order(fixture);
	sem_post(&fixture->done);
}

/* Has the order carried out on the server's thread, and waits for it. */
static inline void fixture_order(struct server_fixture *fixture, server_order order)
{
	ck_assert_int_eq(write(fixture->orders[1], &order, sizeof order), sizeof order);
	while (sem_wait(&fixture->done))
		;
}

static inline void *fixture_run(void *context)
{
	struct server_fixture *fixture = context;
	ck_assert_int_eq(loop_run(fixture->loop), 0);
	return NULL;
}

static inline int fixture_listen(int *port)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof address;
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	ck_assert_int_ge(listener, 0);
	ck_assert_int_eq(bind(listener, (struct sockaddr *)&address, size), 0);
	ck_assert_int_eq(listen(listener, 64), 0);
	ck_assert_int_eq(getsockname(listener, (struct sockaddr *)&address, &size), 0);
	*port = ntohs(address.sin_port);
	return listener;
}

/* Settings that a test may change before fixture_start. */
static inline void fixture_init(struct server_fixture *fixture, const char *tls_directory)
{
	memset(fixture, 0, sizeof *fixture);
	fixture->settings = (struct http_settings){
		.listener = fixture_listen(&fixture->port),
		.tls_directory = tls_directory,
		.body_maximum = 10000,
		.headers_maximum = 4096,
		.connections_maximum = 64,
		.headers_deadline_us = 100000000,
		.body_deadline_us = 100000000,
		.idle_timeout_us = 100000000,
		.revocation_grace_us = 3600 * INT64_C(1000000),
	};
	ck_assert_int_eq(loop_new(&fixture->loop), 0);
	ck_assert_int_eq(pipe(fixture->orders), 0);
	ck_assert_int_eq(sem_init(&fixture->done, 0, 0), 0);
}

static inline void fixture_start(struct server_fixture *fixture)
{
	struct http_handler handler = {fixture_request, fixture_refusal, fixture_finished, fixture};
	ck_assert_int_eq(http_start(fixture->loop, &fixture->settings, &handler, &fixture->server), 0);
	ck_assert_int_eq(loop_watch(fixture->loop, fixture->orders[0], EPOLLIN, fixture_ordered, fixture,
				    &fixture->watch),
			 0);
	ck_assert_int_eq(pthread_create(&fixture->thread, NULL, fixture_run, fixture), 0);
}

static inline void fixture_stop_server(struct server_fixture *fixture)
{
	if (!fixture->stopped)
		http_stop(fixture->server);
	fixture->stopped = true;
}

static inline void fixture_end_loop(struct server_fixture *fixture)
{
	fixture_stop_server(fixture);
	loop_stop(fixture->loop);
}

static inline void fixture_end(struct server_fixture *fixture)
{
	fixture_order(fixture, fixture_end_loop);
	pthread_join(fixture->thread, NULL);
	ck_assert_int_eq(fixture->finished, fixture->handled);
	loop_watch_remove(fixture->watch);
	loop_free(fixture->loop);
	close(fixture->settings.listener);
	close(fixture->orders[0]);
	close(fixture->orders[1]);
	sem_destroy(&fixture->done);
}

/* Waits for a counter that the server's thread moves; bounded by the test's own timeout. */
static inline void fixture_await(atomic_int *counter, int value)
{
	while (atomic_load(counter) < value)
		sched_yield();
}

#endif
