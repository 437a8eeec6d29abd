/* One worker: a single-threaded process that joins http, contract, db, render and the ledger's gate in one loop. */
#ifndef WORKER_H
#define WORKER_H

#include "cursor.h"
#include "db/db.h"
#include "http/http.h"
#include "ledger/gate.h"
#include "loop/loop.h"
#include "metrics.h"
#include "service.h"
#include "settings.h"

/* What the parent hands to all workers. */
struct worker_inheritance {
	const struct settings *settings;
	struct service *service;
	const struct metrics *metrics;
	int listener;       /* TLS */
	int plain_listener; /* operations, loopback */
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
	struct db_lane *ledger_lanes[GATE_FLUSHES_MAXIMUM];
	struct gate gate;
	struct gate_sending {
		struct worker *worker;
		size_t flush;
		struct db_segment segment;
		struct db_call call;
		struct bytes arrays[GATE_COLUMN_COUNT];
		const char *values[GATE_COLUMN_COUNT];
	} sendings[GATE_FLUSHES_MAXIMUM];
	struct cursor_key cursor_key;
	struct loop_timer bootstrap_timer;
	struct db_segment bootstrap;
	struct db_call bootstrap_call;
	bool is_migrated; /* the database has this program's migrations */
	bool has_complained; /* that they differ */
	bool is_draining;
	int index;
};

/* Runs in the forked child until it is told to stop; a children.h child function with a worker_inheritance. */
int worker_run(void *inheritance, int index);

/* Ready to serve: database, migrations, revocations, not draining. NULL, or a word for what is missing. */
const char *worker_not_ready(const struct worker *worker);

#endif
