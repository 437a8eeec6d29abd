/* Drives one libmicrohttpd daemon from the worker's loop, from start to drain and stop. */
#include <gnutls/abstract.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include "base/log.h"
#include "base/time.h"
#include "http/parts.h"

enum { POOL_SLACK = 2048 };

#define DRAIN_FRESH_US INT64_C(1000000) /* how long draining waits for the first request of a new connection */
#define LONG_US INT64_C(3600000000)

/* X25519 beside P-256 for the exchange alone: most clients offer it first and would need another round trip. */
static const char priorities[] = "NORMAL:-VERS-ALL:+VERS-TLS1.3:-GROUP-ALL:+GROUP-SECP256R1:+GROUP-X25519:"
				 "-SIGN-ALL:+SIGN-ECDSA-SECP256R1-SHA256:%NO_TICKETS";

/* Its words, never its values: those may quote a request. */
static void log_library(void *context, const char *format, va_list arguments)
{
	(void)context;
	(void)arguments;
	log_text(LOG_DEBUG, "microhttpd", format);
}

/* Paths and queries are decoded by whoever matches them, once. */
static size_t leave_escaped(void *context, struct MHD_Connection *mhd, char *text)
{
	(void)context;
	(void)mhd;
	return strlen(text);
}

/* The daemon's own credentials: a connection that didn't get ours finds no key in them. */
static int no_certificate(gnutls_session_t session, const gnutls_datum_t *authorities, int authority_count,
			  const gnutls_pk_algorithm_t *algorithms, int algorithm_count, gnutls_pcert_st **chain,
			  unsigned *chain_length, gnutls_privkey_t *key)
{
	(void)session;
	(void)authorities;
	(void)authority_count;
	(void)algorithms;
	(void)algorithm_count;
	(void)chain;
	(void)chain_length;
	(void)key;
	return -1;
}

/* The daemon is to be run `delay_us` from now. The timer is always set, so that this can't fail for want of memory. */
static void wake(struct http_server *server, int64_t delay_us);

static void run(struct http_server *server)
{
	MHD_UNSIGNED_LONG_LONG wait_ms;
	MHD_run(server->daemon);
	if (MHD_get_timeout(server->daemon, &wait_ms) == MHD_YES)
		wake(server, (int64_t)wait_ms * 1000);
	http_server_check_drained(server);
}

static void take_turn(void *context)
{
	wake(context, LONG_US);
	run(context);
}

static void wake(struct http_server *server, int64_t delay_us)
{
	if (loop_timer_set(server->loop, &server->turn, delay_us, take_turn, server))
		log_event(LOG_ERROR, "http_not_woken", "");
}

void http_server_wake(struct http_server *server)
{
	wake(server, 0);
}

static void ready(void *context, uint32_t events)
{
	(void)events;
	run(context);
}

/* Half the pool is the first read buffer, so that headers up to the maximum always fit; the other half is for
 * libmicrohttpd's records and the reply's headers. */
static size_t pool_size(const struct http_settings *settings)
{
	size_t slack = settings->headers_maximum / 2;
	return 2 * settings->headers_maximum + (slack < POOL_SLACK ? slack : POOL_SLACK);
}

static struct MHD_Daemon *start_daemon(struct http_server *server)
{
	unsigned flags = MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG;
	struct MHD_OptionItem end = {MHD_OPTION_END, 0, NULL};
	struct MHD_OptionItem tls[] = {{MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)(uintptr_t)priorities},
				       {MHD_OPTION_HTTPS_CERT_CALLBACK, 0, (void *)(uintptr_t)no_certificate},
				       end};
	if (server->credentials)
		flags |= MHD_USE_TLS;
	return MHD_start_daemon(flags, 0, NULL, NULL, http_exchange_advance, server, /* options: */
				MHD_OPTION_EXTERNAL_LOGGER, log_library, NULL,
				MHD_OPTION_LISTEN_SOCKET, server->settings.listener,
				MHD_OPTION_CONNECTION_MEMORY_LIMIT, pool_size(&server->settings),
				MHD_OPTION_CONNECTION_LIMIT, server->settings.connections_maximum,
				MHD_OPTION_URI_LOG_CALLBACK, http_exchange_begin, server,
				MHD_OPTION_UNESCAPE_CALLBACK, leave_escaped, NULL,
				MHD_OPTION_NOTIFY_COMPLETED, http_exchange_end, server,
				MHD_OPTION_NOTIFY_CONNECTION, http_connection_notice, server,
				MHD_OPTION_ARRAY, server->credentials ? tls : &end, MHD_OPTION_END);
}

static enum err watch_daemon(struct http_server *server)
{
	server->daemon = start_daemon(server);
	if (!server->daemon) {
		log_event(LOG_ERROR, "http_not_started", "");
		return ERR_SYSTEM;
	}
	const union MHD_DaemonInfo *info = MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_EPOLL_FD);
	return loop_watch(server->loop, info->epoll_fd, EPOLLIN, ready, server, &server->watch);
}

static enum err prepare(struct http_server *server)
{
	if (server->settings.tls_directory) {
		server->settings.tls_directory = strdup(server->settings.tls_directory);
		if (!server->settings.tls_directory)
			return ERR_MEMORY;
		enum err error = credentials_load(server->settings.tls_directory, &server->credentials);
		if (error)
			return error;
	}
	enum err error = loop_timer_set(server->loop, &server->turn, 0, take_turn, server);
	return error ? error : watch_daemon(server);
}

enum err http_start(struct loop *loop, const struct http_settings *settings, const struct http_handler *handler,
		    struct http_server **server)
{
	struct http_server *made = calloc(1, sizeof *made);
	if (!made)
		return ERR_MEMORY;
	made->loop = loop;
	made->settings = *settings;
	made->handler = *handler;
	enum err error = prepare(made);
	if (error) {
		http_stop(made);
		return error;
	}
	*server = made;
	return ERR_NONE;
}

enum err http_reload(struct http_server *server)
{
	struct http_credentials *fresh;
	if (!server->credentials)
		return ERR_NONE;
	enum err error = credentials_load(server->settings.tls_directory, &fresh);
	if (error)
		return error;
	credentials_release(server->credentials);
	server->credentials = fresh;
	http_streams_check(server);
	return ERR_NONE;
}

enum http_revocations http_revocations(const struct http_server *server)
{
	if (!server->credentials)
		return HTTP_REVOCATIONS_FRESH;
	int64_t late_us = time_now_us() - server->credentials->next_update_us;
	if (late_us <= 0)
		return HTTP_REVOCATIONS_FRESH;
	return late_us <= server->settings.revocation_grace_us ? HTTP_REVOCATIONS_STALE : HTTP_REVOCATIONS_EXPIRED;
}

int64_t http_server_certificate_not_after_us(const struct http_server *server)
{
	return server->credentials ? server->credentials->server_not_after_us : INT64_MAX;
}

unsigned http_connection_count(const struct http_server *server)
{
	return server->connection_count;
}

/* Told from the loop, where the caller may stop the server. */
void http_server_check_drained(struct http_server *server)
{
	if (!server->draining || server->drain_told || server->connections)
		return;
	server->drain_told = true;
	if (loop_timer_set(server->loop, &server->drain_timer, 0, server->drained, server->drained_context))
		server->drained(server->drained_context);
}

/* A request that has already reached the socket is still read, and answered. */
static void end_when_idle(struct http_connection *connection)
{
	if (connection->exchange)
		return;
	if (connection->served)
		http_connection_hang_up(connection);
	else if (connection->deadline_us > time_monotonic_us() + DRAIN_FRESH_US)
		http_deadline_set(connection, DRAIN_FRESH_US);
}

void http_drain(struct http_server *server, loop_function drained, void *context)
{
	if (server->draining)
		return;
	server->draining = true;
	server->drained = drained;
	server->drained_context = context;
	MHD_quiesce_daemon(server->daemon);
	for (struct http_connection *at = server->connections; at; at = at->next)
		end_when_idle(at);
	http_server_check_drained(server);
}

/* libmicrohttpd aborts the process when it is stopped with a connection suspended. */
static void stop_daemon(struct http_server *server)
{
	if (!server->draining)
		MHD_quiesce_daemon(server->daemon); /* else it would close the caller's listener */
	for (struct http_connection *at = server->connections; at; at = at->next)
		if (at->exchange && at->exchange->suspended) {
			at->exchange->suspended = false;
			MHD_resume_connection(at->mhd);
		}
	MHD_stop_daemon(server->daemon);
}

void http_stop(struct http_server *server)
{
	loop_watch_remove(server->watch);
	http_streams_stop(server);
	if (server->daemon)
		stop_daemon(server);
	loop_timer_cancel(server->loop, &server->sweep);
	loop_timer_cancel(server->loop, &server->turn);
	loop_timer_cancel(server->loop, &server->drain_timer);
	http_exchange_free_spare(server);
	credentials_release(server->credentials);
	free((char *)(uintptr_t)server->settings.tls_directory);
	free(server);
}
