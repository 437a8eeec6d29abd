/* The parent: loads the service, binds the sockets, forks workers, sequencer and clock, and passes signals on. */
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "clock.h"
#include "files.h"
#include "loop/children.h"
#include "loop/signals.h"
#include "metrics.h"
#include "sequencer.h"
#include "service.h"
#include "streamer.h"
#include "subcommands.h"
#include "worker.h"

enum { BACKLOG = 1024 };

struct serving {
	const struct settings *settings;
	struct worker_inheritance inheritance;
	struct metrics metrics;
	struct loop *loop;
	struct children *children;
	bool is_stopping;
};

/* --- sockets ------------------------------------------------------------------------------------------------------- */

static int bind_address(const struct addrinfo *address)
{
	int one = 1;
	int descriptor = socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (descriptor < 0)
		return -1;
	(void)setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	(void)setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	if (bind(descriptor, address->ai_addr, address->ai_addrlen) == 0 && listen(descriptor, BACKLOG) == 0)
		return descriptor;
	int cause = errno;
	(void)close(descriptor);
	errno = cause;
	return -1;
}

static enum err bind_listener(const char *host, int port, int *descriptor)
{
	char service[8];
	struct addrinfo *addresses = NULL, hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV};
	snprintf(service, sizeof service, "%d", port);
	int failure = getaddrinfo(host, service, &hints, &addresses);
	if (failure != 0) {
		fprintf(stderr, "secondlook: can't listen on %s: %s\n", host, gai_strerror(failure));
		return ERR_INPUT;
	}
	int bound = bind_address(addresses);
	freeaddrinfo(addresses);
	if (bound < 0) {
		fprintf(stderr, "secondlook: can't listen on %s port %d: %s\n", host, port, strerror(errno));
		return ERR_SYSTEM;
	}
	*descriptor = bound;
	return ERR_NONE;
}

static int port_of(int descriptor)
{
	struct sockaddr_storage address;
	socklen_t length = sizeof address;
	if (getsockname(descriptor, (struct sockaddr *)&address, &length) != 0)
		return 0;
	return ntohs(address.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)(void *)&address)->sin6_port
						   : ((struct sockaddr_in *)(void *)&address)->sin_port);
}

static enum err write_port(const struct settings *settings, const char *name, int descriptor)
{
	char path[4096], text[16];
	snprintf(path, sizeof path, "%s/run", settings->dir);
	if (mkdir(settings->dir, 0755) != 0 && errno != EEXIST)
		return ERR_SYSTEM;
	if (mkdir(path, 0755) != 0 && errno != EEXIST)
		return ERR_SYSTEM;
	snprintf(path, sizeof path, "%s/run/%s", settings->dir, name);
	int length = snprintf(text, sizeof text, "%d\n", port_of(descriptor));
	FILE *file = fopen(path, "w");
	if (!file)
		return ERR_SYSTEM;
	bool good = fwrite(text, 1, (size_t)length, file) == (size_t)length;
	return fclose(file) == 0 && good ? ERR_NONE : ERR_SYSTEM;
}

static enum err bind_listeners(struct serving *serving)
{
	const struct settings *settings = serving->settings;
	struct worker_inheritance *inheritance = &serving->inheritance;
	enum err error = bind_listener(settings->host, settings->port, &inheritance->listener);
	if (error == ERR_NONE)
		error = bind_listener("127.0.0.1", settings->plain_port, &inheritance->plain_listener);
	if (error == ERR_NONE)
		error = bind_listener(settings->host, settings->stream_port, &inheritance->stream_listener);
	if (error == ERR_NONE)
		error = write_port(settings, "stream.port", inheritance->stream_listener);
	inheritance->stream_port = error == ERR_NONE ? port_of(inheritance->stream_listener) : 0;
	if (error == ERR_NONE)
		error = write_port(settings, "port", inheritance->listener);
	if (error == ERR_NONE)
		error = write_port(settings, "plain.port", inheritance->plain_listener);
	return error;
}

/* --- children ------------------------------------------------------------------------------------------------------ */

static void child_exited(void *context, const char *kind, int index, int status)
{
	struct serving *serving = context;
	if (serving->is_stopping)
		return;
	++*serving->metrics.restarts;
	log_event(LOG_ERROR, "child_exited", "\"kind\":\"%s\",\"index\":%d,\"status\":%d", kind, index, status);
}

static void stopped(void *context)
{
	struct serving *serving = context;
	loop_stop(serving->loop);
}

static void signalled(void *context, int number)
{
	struct serving *serving = context;
	if (number == SIGHUP) {
		children_signal(serving->children, SIGHUP);
		return;
	}
	/* All processes share the socket: from now on connecting is refused, rather than taken and then dropped. */
	(void)shutdown(serving->inheritance.listener, SHUT_RD);
	(void)shutdown(serving->inheritance.stream_listener, SHUT_RD);
	int64_t grace_us = serving->is_stopping ? 0 : serving->settings->drain_deadline_us;
	serving->is_stopping = true;
	if (children_stop(serving->children, SIGTERM, grace_us, stopped, serving) != ERR_NONE)
		loop_stop(serving->loop);
}

static enum err start_children(struct serving *serving)
{
	const struct child_kind kinds[] = {
		{"worker", serving->settings->workers, worker_run, &serving->inheritance},
		{"sequencer", 1, sequencer_run, &serving->inheritance},
		{"clock", 1, clock_run, &serving->inheritance},
		{"streamer", 1, streamer_run, &serving->inheritance},
	};
	return children_start(serving->loop, kinds, (int)(sizeof kinds / sizeof *kinds), child_exited, serving, &serving->children);
}

/* A process that wakes doesn't push aside the one that woke it: while PostgreSQL works through a pipeline, its answers
 * gather, and are taken up together. The children inherit it. Where it isn't allowed, all is slower and nothing else. */
static void wait_for_a_turn(void)
{
	const struct sched_param none = {0};
	if (sched_getscheduler(0) != SCHED_BATCH && sched_setscheduler(0, SCHED_BATCH, &none) != 0)
		log_text(LOG_WARNING, "no_batch_scheduling", strerror(errno));
}

static enum err run(struct serving *serving)
{
	static const int numbers[] = {SIGTERM, SIGINT, SIGHUP};
	struct signals *signals = NULL;
	enum err error = loop_new(&serving->loop);
	if (error == ERR_NONE)
		error = signals_watch(serving->loop, numbers, 3, signalled, serving, &signals);
	if (error == ERR_NONE)
		error = start_children(serving);
	if (error == ERR_NONE) {
		log_event(LOG_INFO, "serving", "\"port\":%d,\"plain_port\":%d,\"stream_port\":%d,\"workers\":%d",
			  port_of(serving->inheritance.listener), port_of(serving->inheritance.plain_listener),
			  serving->inheritance.stream_port,
			  serving->settings->workers);
		error = loop_run(serving->loop);
	}
	children_free(serving->children);
	signals_free(signals);
	if (serving->loop)
		loop_free(serving->loop);
	return error;
}

static enum err load(struct serving *serving)
{
	struct bytes fault;
	bytes_init(&fault, 10000);
	enum err error = service_load(&fault, &serving->inheritance.service);
	if (error != ERR_NONE)
		fprintf(stderr, "secondlook: the contract doesn't load: %s\n", bytes_string(&fault));
	bytes_release(&fault);
	if (error == ERR_NONE)
		error = metrics_open((size_t)serving->settings->workers, serving->inheritance.service->plan_count,
				     &serving->metrics);
	return error;
}

int serve_main(const struct settings *settings)
{
	struct serving serving = {.settings = settings, .inheritance = {.settings = settings}};
	serving.inheritance.metrics = &serving.metrics;
	enum err error = load(&serving);
	if (error == ERR_NONE)
		error = bind_listeners(&serving);
	if (error == ERR_NONE) {
		wait_for_a_turn();
		error = run(&serving);
	}
	service_free(serving.inheritance.service);
	return error == ERR_NONE ? EXIT_SUCCESS : EXIT_FAILURE;
}
