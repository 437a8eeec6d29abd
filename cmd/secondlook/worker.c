/* Sets a worker up, keeps it running, and takes it down. */
#include "worker.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "embedded.h"
#include "loop/signals.h"
#include "operations.h"
#include "request.h"

/* --- lanes --------------------------------------------------------------------------------------------------------- */

static const struct {
	const char *name;
	const char *timeout;
	int64_t patience_us; /* a little over the timeout: then the server itself is silent */
} lane_kinds[LANE_COUNT] = {
	[LANE_INTAKE] = {"intake", "set statement_timeout = '2s'", 3000000},
	[LANE_POINT] = {"point", "set statement_timeout = '2s'", 3000000},
	[LANE_WRITE] = {"write", "set statement_timeout = '3s'", 4000000},
	[LANE_LIST] = {"list", "set statement_timeout = '5s'", 6000000},
	[LANE_BULK] = {"bulk", "set statement_timeout = '60s'", 61000000},
};

const char *worker_session(const char *timeout, size_t i)
{
	static const char *const common[] = {
		"set timezone = 'UTC'", "set datestyle = 'ISO, YMD'", "set search_path = public",
		"set synchronous_commit = off", "set plan_cache_mode = force_generic_plan", "set jit = off",
		"set lock_timeout = '200ms'", "set idle_in_transaction_session_timeout = '10s'",
	};
	size_t count = sizeof common / sizeof *common;
	_Static_assert(sizeof common / sizeof *common + 1 < SESSION_MAXIMUM, "room for the end");
	return i < count ? common[i] : i == count ? timeout : NULL;
}

static enum err open_lane_to(struct worker *worker, const char *connection, enum lane lane, int depth)
{
	const char **session = worker->sessions[lane]; /* the lane reads it at every new connection */
	const struct db_statement **prepared = worker->service->prepared[lane];
	for (size_t i = 0; i < SESSION_MAXIMUM; i++)
		session[i] = worker_session(lane_kinds[lane].timeout, i);
	struct db_lane_settings settings = {
		.name = lane_kinds[lane].name,
		.connection = connection,
		.session = session,
		.prepared = (const struct db_statement *const *)prepared,
		.depth = (size_t)depth,
		.patience_us = lane_kinds[lane].patience_us,
	};
	return db_lane_open(worker->loop, &settings, &worker->lanes[lane]);
}

enum err worker_connection(const struct worker *worker, const char *role, struct bytes *connection)
{
	struct bytes fault;
	bytes_init(&fault, 1000);
	bytes_init(connection, 4000);
	enum err error = settings_connection(worker->inheritance->settings, role, connection, &fault);
	if (error != ERR_NONE)
		log_text(LOG_ERROR, "database_not_named", bytes_string(&fault));
	bytes_release(&fault);
	return error;
}

enum err worker_open_lane(struct worker *worker, enum lane lane, int depth)
{
	struct bytes connection;
	enum err error = worker_connection(worker, "secondlook_app", &connection);
	if (error == ERR_NONE)
		error = open_lane_to(worker, bytes_string(&connection), lane, depth);
	bytes_release(&connection);
	return error;
}

static enum err open_lanes(struct worker *worker)
{
	enum err error = ERR_NONE;
	for (int lane = 0; error == ERR_NONE && lane < LANE_COUNT; lane++)
		error = worker_open_lane(worker, (enum lane)lane, worker->inheritance->settings->lane_depth[lane]);
	return error;
}

/* --- the gate's flushes -------------------------------------------------------------------------------------------- */

static const struct db_statement flush_statement = {
	"flush", "select pg_logical_emit_message(true, 'secondlook', '')", 0};
static const struct db_statement lines_statement = {
	"ledger_lines",
	"insert into ledger_line (force_id, line_id, kind, operation, actor, client, thumbprint, request_id, purpose,"
	" record_id, status, seen, duration_us)"
	" select l.force, l.line::uuid, l.kind, l.operation, l.actor, l.client, l.thumbprint, l.request::uuid, l.purpose,"
	" l.record::uuid, l.status::int, l.seen, l.duration::int"
	" from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[],"
	" $11::text[], $12::text[], $13::text[])"
	" as l (force, line, kind, operation, actor, client, thumbprint, request, purpose, record, status, seen, duration)",
	GATE_COLUMN_COUNT};

_Static_assert((int)GATE_COLUMN_COUNT <= (int)DB_BINARY_MOST, "a line's columns are sent in binary");

static void flush_done(void *context, enum db_outcome outcome, const struct db_refusal *refusal)
{
	struct worker *worker = context;
	/* Only what is wrong with a line itself (class 22 data, 23 constraints) is worth sending line by line. */
	bool is_bad_line = refusal && (strncmp(refusal->sqlstate, "22", 2) == 0 || strncmp(refusal->sqlstate, "23", 2) == 0);
	enum gate_outcome gate_outcome = outcome == DB_COMMITTED ? GATE_DURABLE : is_bad_line ? GATE_REFUSED : GATE_UNAVAILABLE;
	if (refusal)
		log_event(LOG_ERROR, "flush_refused", "\"sqlstate\":\"%s\"", refusal->sqlstate);
	gate_flushed(&worker->gate, gate_outcome);
}

static enum err send_flush(void *context)
{
	struct worker *worker = context;
	struct gate_sending *sending = &worker->sending;
	const struct gate_flush *flush = &worker->gate.flush;
	sending->call = (struct db_call){.statement = &flush_statement};
	if (flush->line_count > 0) {
		if (gate_arrays(flush, sending->arrays) != ERR_NONE)
			return ERR_LIMIT;
		for (int i = 0; i < GATE_COLUMN_COUNT; i++) {
			sending->values[i] = sending->arrays[i].data;
			sending->lengths[i] = (int)sending->arrays[i].length;
		}
		sending->call = (struct db_call){&lines_statement, sending->values, sending->lengths};
	}
	worker->slot->gate_batches++;
	worker->slot->gate_lines += flush->line_count;
	sending->segment = (struct db_segment){.calls = &sending->call, .call_count = 1, .done = flush_done, .context = worker};
	return db_submit(worker->ledger_lane, &sending->segment);
}

enum { ARRAY_MAXIMUM = 16 << 20, LEDGER_PATIENCE_US = 6000000 };

static enum err open_ledger_lane(struct worker *worker, const char *connection)
{
	static const char *const session[] = {"set timezone = 'UTC'", "set search_path = public",
					      "set synchronous_commit = on", "set statement_timeout = '5s'",
					      "set plan_cache_mode = force_generic_plan", "set jit = off", NULL};
	static const struct db_statement *const prepared[] = {&flush_statement, &lines_statement, NULL};
	for (int i = 0; i < GATE_COLUMN_COUNT; i++)
		bytes_init(&worker->sending.arrays[i], ARRAY_MAXIMUM);
	struct db_lane_settings settings = {.name = "ledger", .connection = connection, .session = session,
					    .prepared = prepared, .depth = 1, .patience_us = LEDGER_PATIENCE_US};
	return db_lane_open(worker->loop, &settings, &worker->ledger_lane);
}

enum err worker_open_gate(struct worker *worker)
{
	struct bytes connection;
	enum err error = worker_connection(worker, "secondlook_gate", &connection);
	gate_init(&worker->gate, send_flush, worker);
	if (error == ERR_NONE)
		error = open_ledger_lane(worker, bytes_string(&connection));
	bytes_release(&connection);
	return error;
}

/* --- what is read from the database once --------------------------------------------------------------------------- */

static const struct db_statement bootstrap_statement = {
	"bootstrap", "select cursor_secret(), (select max(name) from secondlook_migration where name not like 'repeatable/%')", 0};

enum { BOOTSTRAP_RETRY_US = 250000 };

static const char *newest_migration(void)
{
	static const char folder[] = "migrations/";
	const char *newest = "";
	for (const struct embedded_file *file = embedded_files; file->path; file++) {
		const char *name = file->path + sizeof folder - 1;
		if (strncmp(file->path, folder, sizeof folder - 1) == 0 && !strchr(name, '/') && strcmp(name, newest) > 0)
			newest = name;
	}
	return newest;
}

static void bootstrap_rows(void *context, size_t call, const struct rows *rows)
{
	struct worker *worker = context;
	size_t length;
	(void)call;
	const char *secret = rows->count ? rows->value(rows->result, 0, 0, &length) : NULL;
	const char *migration = rows->count ? rows->value(rows->result, 0, 1, &length) : NULL;
	if (!secret || cursor_key_set(&worker->cursor_key, secret) != ERR_NONE)
		return;
	worker->is_migrated = migration && strcmp(migration, newest_migration()) == 0;
	if (!worker->is_migrated && !worker->has_complained)
		log_text(LOG_ERROR, "migrations_differ", newest_migration());
	worker->has_complained = !worker->is_migrated;
}

static void bootstrap(void *context);

static void bootstrap_done(void *context, enum db_outcome outcome, const struct db_refusal *refusal)
{
	struct worker *worker = context;
	(void)refusal;
	(void)outcome;
	if (!worker->is_migrated &&
	    loop_timer_set(worker->loop, &worker->bootstrap_timer, BOOTSTRAP_RETRY_US, bootstrap, worker) != ERR_NONE)
		log_text(LOG_ERROR, "bootstrap_failed", "no timer");
}

static void bootstrap(void *context)
{
	struct worker *worker = context;
	worker->bootstrap_call = (struct db_call){.statement = &bootstrap_statement};
	worker->bootstrap = (struct db_segment){.calls = &worker->bootstrap_call, .call_count = 1, .rows = bootstrap_rows,
						.done = bootstrap_done, .context = worker};
	if (db_submit(worker->lanes[LANE_POINT], &worker->bootstrap) != ERR_NONE)
		bootstrap_done(worker, DB_UNAVAILABLE, NULL);
}

static const char *not_ready_itself(const struct worker *worker)
{
	if (worker->is_draining)
		return "draining";
	for (int lane = 0; lane < LANE_COUNT; lane++)
		if (!db_lane_is_ready(worker->lanes[lane]))
			return "database";
	if (!db_lane_is_ready(worker->ledger_lane))
		return "ledger";
	if (!worker->is_migrated)
		return "migrations";
	if (http_revocations(worker->server) != HTTP_REVOCATIONS_FRESH)
		return "revocations";
	return NULL;
}

static void before_wait(void *context)
{
	struct worker *worker = context;
	gate_turn(&worker->gate);
	worker->slot->connections = http_connection_count(worker->server);
	if (!worker->slot->has_been_ready)
		worker->slot->has_been_ready = !not_ready_itself(worker);
}

/* A client's next connection may come to another worker than the one that was asked. */
const char *worker_not_ready(const struct worker *worker)
{
	const char *missing = not_ready_itself(worker);
	return !missing && !metrics_all_have_been_ready(worker->inheritance->metrics) ? "workers" : missing;
}

/* --- serving ------------------------------------------------------------------------------------------------------- */

static void plain_finished(void *context, struct http_request *http)
{
	(void)context;
	(void)http;
}

struct http_settings worker_http_settings(const struct worker *worker, int listener)
{
	const struct settings *settings = worker->inheritance->settings;
	return (struct http_settings){
		.listener = listener,
		.tls_directory = settings->tls_directory,
		.body_maximum = settings->body_maximum,
		.headers_maximum = settings->headers_maximum,
		.connections_maximum = (unsigned)settings->connections_maximum,
		.headers_deadline_us = settings->headers_deadline_us,
		.body_deadline_us = settings->body_deadline_us,
		.idle_timeout_us = settings->idle_timeout_us,
		.revocation_grace_us = settings->revocation_grace_us,
	};
}

static enum err start_servers(struct worker *worker)
{
	struct http_settings public = worker_http_settings(worker, worker->inheritance->listener), plain = public;
	struct http_handler handler = {request_begin, request_refused_by_http, request_finished, worker};
	struct http_handler operations = {operations_answer, request_refused_by_http, plain_finished, worker};
	plain.listener = worker->inheritance->plain_listener;
	plain.tls_directory = NULL;
	enum err error = http_start(worker->loop, &public, &handler, &worker->server);
	if (error == ERR_NONE)
		error = http_start(worker->loop, &plain, &operations, &worker->plain_server);
	return error;
}

static void plain_drained(void *context)
{
	struct worker *worker = context;
	loop_stop(worker->loop);
}

/* Operators can ask how it goes until the last request is answered. */
static void drained(void *context)
{
	struct worker *worker = context;
	http_drain(worker->plain_server, plain_drained, worker);
}

static void drain(struct worker *worker)
{
	if (worker->is_draining) {
		loop_stop(worker->loop);
		return;
	}
	worker->is_draining = true;
	log_event(LOG_INFO, "draining", "\"connections\":%u", http_connection_count(worker->server));
	http_drain(worker->server, drained, worker);
}

void worker_load_receipt_key(struct worker *worker)
{
	receipt_key_load(worker->inheritance->settings->tls_directory, &worker->receipt_key);
}

static void signalled(void *context, int number)
{
	struct worker *worker = context;
	if (number == SIGTERM)
		drain(worker);
	if (number != SIGHUP)
		return;
	worker_load_receipt_key(worker);
	if (http_reload(worker->server) == ERR_NONE)
		log_event(LOG_INFO, "reloaded", "");
}

static enum err set_up(struct worker *worker, struct signals **signals)
{
	/* SIGINT goes to all of a terminal's processes, but it is the parent that says when to stop. */
	static const int numbers[] = {SIGTERM, SIGHUP, SIGINT};
	enum err error = loop_new(&worker->loop);
	if (error == ERR_NONE)
		error = signals_watch(worker->loop, numbers, 3, signalled, worker, signals);
	if (error == ERR_NONE)
		error = open_lanes(worker);
	if (error == ERR_NONE)
		error = worker_open_gate(worker);
	if (error == ERR_NONE)
		error = start_servers(worker);
	if (error == ERR_NONE)
		error = loop_before_wait(worker->loop, before_wait, worker);
	if (error == ERR_NONE) {
		worker_load_receipt_key(worker);
		bootstrap(worker);
	}
	return error;
}

/* What ends while a lane closes must not be sent on another: it is no longer there for others before it closes. */
static void close_lane(struct worker *worker, enum lane lane)
{
	struct db_lane *closing = worker->lanes[lane];
	worker->lanes[lane] = NULL;
	if (closing)
		db_lane_close(closing);
}

void worker_take_down(struct worker *worker, struct signals *signals)
{
	worker->is_draining = true;
	cursor_key_release(&worker->cursor_key);
	receipt_key_release(&worker->receipt_key);
	for (int lane = 0; lane < LANE_COUNT; lane++)
		close_lane(worker, (enum lane)lane);
	if (worker->ledger_lane)
		db_lane_close(worker->ledger_lane);
	if (worker->server)
		http_stop(worker->server);
	if (worker->plain_server)
		http_stop(worker->plain_server);
	for (int column = 0; column < GATE_COLUMN_COUNT; column++)
		bytes_release(&worker->sending.arrays[column]);
	if (worker->loop) {
		loop_timer_cancel(worker->loop, &worker->bootstrap_timer);
		signals_free(signals);
		loop_free(worker->loop);
	}
}

int worker_run(void *inheritance, int index)
{
	struct worker *worker = calloc(1, sizeof *worker);
	struct signals *signals = NULL;
	if (!worker)
		return EXIT_FAILURE;
	worker->inheritance = inheritance;
	worker->service = worker->inheritance->service;
	worker->slot = metrics_slot(worker->inheritance->metrics, (size_t)index);
	worker->slot->requests_in_flight = 0;
	worker->index = index;
	enum err error = set_up(worker, &signals);
	if (error == ERR_NONE) {
		log_event(LOG_INFO, "worker_started", "");
		error = loop_run(worker->loop);
	}
	worker_take_down(worker, signals);
	free(worker);
	return error == ERR_NONE ? EXIT_SUCCESS : EXIT_FAILURE;
}
