/* Sets the streamer up, keeps it running, and takes it down. */
#include "streamer.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/log.h"
#include "base/time.h"
#include "documents.h"
#include "loop/signals.h"
#include "request.h"
#include "streams.h"

enum {
	TICK_EVERY_US = 250000,
	LANE_DEPTH = 256,
	LANE_PATIENCE_US = 6000000,
	SPARE_CONNECTIONS = 100, /* for requests that are still to become streams */
	HEADERS_MOST = 2048, /* each open stream holds room for two and a half times as much */
	SCRATCH_MOST = 64 * 1024,
	TEXTS_MOST = 1 << 20,
};

/* --- the database -------------------------------------------------------------------------------------------------- */

static enum err open_lane(struct streamer *streamer)
{
	static const struct db_statement *const prepared[] = {&stream_reached, &stream_nobody, &stream_lines, &stream_checks, NULL};
	struct bytes connection;
	for (size_t i = 0; i < SESSION_MAXIMUM; i++)
		streamer->session[i] = worker_session("set statement_timeout = '5s'", i);
	enum err error = worker_connection(streamer->worker, "secondlook_app", &connection);
	struct db_lane_settings settings = {.name = "feed", .connection = bytes_string(&connection), .session = streamer->session,
					    .prepared = prepared, .depth = LANE_DEPTH, .patience_us = LANE_PATIENCE_US};
	if (error == ERR_NONE)
		error = db_lane_open(streamer->worker->loop, &settings, &streamer->lane);
	bytes_release(&connection);
	return error;
}

/* --- requests ------------------------------------------------------------------------------------------------------ */

static void request_came(void *context, struct http_request *http)
{
	struct worker *worker = context;
	if (strcmp(http->path, "/v1/events") != 0)
		documents_refuse(worker, http, "not_found");
	else
		request_begin(worker, http);
}

static enum err start_server(struct streamer *streamer)
{
	struct worker *worker = streamer->worker;
	struct http_handler handler = {request_came, request_refused_by_http, request_finished, worker};
	struct http_settings settings = worker_http_settings(worker, worker->inheritance->stream_listener);
	if (settings.headers_maximum > HEADERS_MOST)
		settings.headers_maximum = HEADERS_MOST;
	settings.connections_maximum = (unsigned)worker->inheritance->settings->streams_maximum + SPARE_CONNECTIONS;
	return http_start(worker->loop, &settings, &handler, &worker->server);
}

static const char *roles_of_events(const struct service *service)
{
	for (size_t i = 0; i < service->plan_count; i++)
		if (service->plans[i].streams)
			return service->plans[i].roles;
	return "{}";
}

/* --- time ---------------------------------------------------------------------------------------------------------- */

static void before_wait(void *context)
{
	struct streamer *streamer = context;
	gate_turn(&streamer->worker->gate);
	streamer->worker->slot->connections = http_connection_count(streamer->worker->server);
}

static void tick_feed(struct stream_feed *feed, int64_t now_us)
{
	for (struct stream_subscriber *at = feed->subscribers; at; at = at->next) {
		stream_tick(at, now_us);
		if (!stream_write_line(at, now_us))
			stream_end(at, "database_unavailable");
	}
}

static void tick(void *context)
{
	struct streamer *streamer = context;
	int64_t now_us = time_monotonic_us();
	streamer->metrics->last_tick_us = now_us;
	streamer->metrics->behind_us = streamer->is_running && streamer->polled_us ? now_us - streamer->polled_us : 0;
	for (struct stream_feed *feed = streamer->feeds; feed; feed = feed->next)
		tick_feed(feed, now_us);
	stream_write_unwritten(streamer, now_us);
	if (loop_timer_set(streamer->worker->loop, &streamer->tick_timer, TICK_EVERY_US, tick, streamer) != ERR_NONE)
		loop_stop(streamer->worker->loop);
}

/* --- stopping ------------------------------------------------------------------------------------------------------ */

static void stop(void *context)
{
	struct streamer *streamer = context;
	loop_stop(streamer->worker->loop);
}

/* Every connection is closed, and every stream's last line has been written. */
void streamer_check_stopped(struct streamer *streamer)
{
	if (streamer->is_drained && streamer->subscriber_count == 0 &&
	    loop_timer_set(streamer->worker->loop, &streamer->stop_timer, 0, stop, streamer) != ERR_NONE)
		loop_stop(streamer->worker->loop);
}

static void drained(void *context)
{
	struct streamer *streamer = context;
	streamer->is_drained = true;
	streamer_check_stopped(streamer);
}

static void drain(struct streamer *streamer)
{
	if (streamer->is_draining) {
		loop_stop(streamer->worker->loop);
		return;
	}
	streamer->is_draining = streamer->worker->is_draining = true;
	log_event(LOG_INFO, "draining", "\"streams\":%zu", streamer->subscriber_count);
	for (struct stream_feed *feed = streamer->feeds; feed; feed = feed->next)
		for (struct stream_subscriber *at = feed->subscribers; at; at = at->next)
			stream_end(at, "draining");
	http_drain(streamer->worker->server, drained, streamer);
}

static void signalled(void *context, int number)
{
	struct streamer *streamer = context;
	if (number == SIGTERM)
		drain(streamer);
	if (number != SIGHUP)
		return;
	worker_load_receipt_key(streamer->worker);
	if (http_reload(streamer->worker->server) == ERR_NONE)
		log_event(LOG_INFO, "reloaded", "");
}

/* --- the process --------------------------------------------------------------------------------------------------- */

/* A stream is a descriptor, and many systems give a process 1,024 unless it asks. */
static void raise_descriptors(int streams)
{
	struct rlimit limit;
	rlim_t wanted = (rlim_t)streams + SPARE_CONNECTIONS + 64;
	if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= wanted)
		return;
	limit.rlim_cur = limit.rlim_max < wanted ? limit.rlim_max : wanted;
	if (setrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur < wanted)
		log_event(LOG_WARNING, "few_descriptors", "\"wanted\":%llu", (unsigned long long)wanted);
}

static void init(struct streamer *streamer, struct worker *worker)
{
	streamer->worker = worker;
	worker->streamer = streamer;
	streamer->metrics = worker->inheritance->metrics->streamer;
	*streamer->metrics = (struct metrics_streamer){.opened = streamer->metrics->opened, .dropped = streamer->metrics->dropped,
						       .refused = streamer->metrics->refused, .pages = streamer->metrics->pages,
						       .events_sent = streamer->metrics->events_sent};
	streamer->roles = roles_of_events(worker->service);
	bytes_init(&streamer->scratch, SCRATCH_MOST);
	bytes_init(&streamer->forces, TEXTS_MOST);
	bytes_init(&streamer->check.uris, TEXTS_MOST);
	bytes_init(&streamer->check.staff, TEXTS_MOST);
	bytes_init(&streamer->check.positions, TEXTS_MOST);
	raise_descriptors(worker->inheritance->settings->streams_maximum);
}

static enum err set_up(struct streamer *streamer, struct signals **signals)
{
	static const int numbers[] = {SIGTERM, SIGHUP, SIGINT};
	struct worker *worker = streamer->worker;
	enum err error = loop_new(&worker->loop);
	if (error == ERR_NONE)
		error = signals_watch(worker->loop, numbers, 3, signalled, streamer, signals);
	if (error == ERR_NONE)
		error = worker_open_lane(worker, LANE_LIST, worker->inheritance->settings->streams_maximum);
	if (error == ERR_NONE)
		error = open_lane(streamer);
	if (error == ERR_NONE)
		error = worker_open_gate(worker);
	if (error == ERR_NONE)
		error = start_server(streamer);
	if (error == ERR_NONE)
		error = loop_before_wait(worker->loop, before_wait, streamer);
	if (error == ERR_NONE)
		error = loop_timer_set(worker->loop, &streamer->tick_timer, TICK_EVERY_US, tick, streamer);
	if (error == ERR_NONE)
		worker_load_receipt_key(worker);
	return error;
}

static void take_down(struct streamer *streamer, struct signals *signals)
{
	struct worker *worker = streamer->worker;
	struct bytes *texts[] = {&streamer->scratch, &streamer->forces, &streamer->check.uris, &streamer->check.staff,
				 &streamer->check.positions};
	streamer->is_draining = streamer->is_stopped = true;
	if (streamer->lane)
		db_lane_close(streamer->lane);
	if (worker->loop) {
		loop_timer_cancel(worker->loop, &streamer->round_timer);
		loop_timer_cancel(worker->loop, &streamer->tick_timer);
		loop_timer_cancel(worker->loop, &streamer->stop_timer);
	}
	stream_write_unwritten(streamer, time_monotonic_us());
	worker_take_down(worker, signals);
	while (streamer->feeds) {
		struct stream_feed *feed = streamer->feeds;
		streamer->feeds = feed->next;
		stream_feed_free(feed);
	}
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		bytes_release(texts[i]);
}

static enum err run(struct worker *worker, struct streamer *streamer)
{
	struct signals *signals = NULL;
	init(streamer, worker);
	enum err error = set_up(streamer, &signals);
	if (error == ERR_NONE) {
		log_event(LOG_INFO, "streamer_started", "");
		error = loop_run(worker->loop);
	}
	take_down(streamer, signals);
	return error;
}

int streamer_run(void *inheritance, int index)
{
	enum err error = ERR_MEMORY;
	struct worker *worker = calloc(1, sizeof *worker);
	struct streamer *streamer = calloc(1, sizeof *streamer);
	(void)index;
	if (worker && streamer) {
		worker->inheritance = inheritance;
		worker->service = worker->inheritance->service;
		worker->index = (int)worker->inheritance->metrics->worker_count;
		worker->slot = metrics_slot(worker->inheritance->metrics, (size_t)worker->index);
		worker->slot->requests_in_flight = 0;
		error = run(worker, streamer);
	}
	free(streamer);
	free(worker);
	return error == ERR_NONE ? EXIT_SUCCESS : EXIT_FAILURE;
}
