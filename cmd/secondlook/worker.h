/* One worker: a single-threaded process that joins http, contract, db, render and the ledger's gate in one loop. */
#ifndef WORKER_H
#define WORKER_H

#include "cursor.h"
#include "db/db.h"
#include "http/http.h"
#include "ledger/gate.h"
#include "loop/loop.h"
#include "metrics.h"
#include "receipt.h"
#include "service.h"
#include "settings.h"

/* What the parent hands to all workers. */
struct worker_inheritance {
	const struct settings *settings;
	struct service *service;
	const struct metrics *metrics;
	int listener;       /* TLS */
	int plain_listener; /* operations, loopback */
	int stream_listener; /* TLS, of the streamer alone */
	int stream_port;
};

enum { SESSION_MAXIMUM = 12 }; /* statements a connection begins with, and a NULL */

struct worker {
	const struct worker_inheritance *inheritance;
	struct service *service;
	struct metrics_slot *slot;
	struct loop *loop;
	struct http_server *server, *plain_server;
	struct db_lane *lanes[LANE_COUNT];
	const char *sessions[LANE_COUNT][SESSION_MAXIMUM];
	struct db_lane *ledger_lane;
	struct gate gate;
	struct gate_sending {
		struct db_segment segment;
		struct db_call call;
		struct bytes arrays[GATE_COLUMN_COUNT];
		const char *values[GATE_COLUMN_COUNT];
		int lengths[GATE_COLUMN_COUNT];
	} sending;
	struct cursor_key cursor_key;
	struct receipt_key receipt_key;
	struct loop_timer bootstrap_timer;
	struct db_segment bootstrap;
	struct db_call bootstrap_call;
	bool is_migrated; /* the database has this program's migrations */
	bool has_complained; /* that they differ */
	bool is_draining;
	int index;
	struct streamer *streamer; /* whose front this is; NULL in a worker */
};

/* Runs in the forked child until it is told to stop; a children.h child function with a worker_inheritance. */
int worker_run(void *inheritance, int index);

/* The parts of a worker that the streamer has as well. */
MUST_CHECK enum err worker_open_lane(struct worker *worker, enum lane lane, int depth);
MUST_CHECK enum err worker_open_gate(struct worker *worker);
/* At the start, and when told to load things anew. */
void worker_load_receipt_key(struct worker *worker);
/* What every database session of the app's role begins with; `timeout` is its last statement, NULL from there on. */
const char *worker_session(const char *timeout, size_t i);
/* The connection string of a role of the database; released by the caller, also on failure, which is logged. */
MUST_CHECK enum err worker_connection(const struct worker *worker, const char *role, struct bytes *connection);
/* Over TLS, on this listener. */
struct http_settings worker_http_settings(const struct worker *worker, int listener);
struct signals;
/* Ends lanes, servers and loop; `worker` stays the caller's. */
void worker_take_down(struct worker *worker, struct signals *signals);

/* Ready to serve: database, ledger, migrations, revocations, every worker once, not draining. NULL, or a word for what is missing. */
const char *worker_not_ready(const struct worker *worker);

#endif
