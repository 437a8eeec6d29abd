/* PostgreSQL for one worker: pipelined connections, one transaction a request, one round trip.
 *
 * A `lane` is one pipelined connection with a bounded number of segments in flight. A `segment` is a run of
 * prepared statements and one Sync: one implicit transaction. Results come back in order through callbacks
 * from the loop; nothing here blocks. */
#ifndef DB_DB_H
#define DB_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/err.h"
#include "base/rows.h"
#include "loop/loop.h"

struct db_lane;

/* A statement that lanes prepare on first use; `name` is unique for its text. Lives as long as the lanes do. */
struct db_statement {
	const char *name;
	const char *sql;
	int parameter_count;
};

enum { DB_BINARY_MOST = 16 }; /* parameters of a call in binary */

/* One execution: a statement and its parameters (NULL: SQL null), all as text or, where their lengths are given, all in binary. */
struct db_call {
	const struct db_statement *statement;
	const char *const *values;
	const int *lengths; /* in bytes; NULL: text */
};

enum db_outcome {
	DB_COMMITTED, /* the transaction is in; with synchronous_commit off it may not be on disk yet */
	DB_REFUSED,   /* the database raised an error; nothing of the segment was kept */
	DB_UNKNOWN,   /* the connection was lost, or a synchronous wait was cancelled, after the commit could have happened */
	DB_UNAVAILABLE, /* never reached the database, or certainly not kept: safe to try again */
};

/* The database's error. Texts are valid during the callback. */
struct db_refusal {
	char sqlstate[6];
	const char *message;    /* may hold personal data when it isn't ours: never logged, never sent, unless sqlstate starts with SL */
	const char *detail;     /* JSON when sqlstate starts with SL; may be NULL */
	const char *constraint; /* name of the violated constraint; may be NULL */
};

struct db_segment {
	const struct db_call *calls; /* must live until `done` */
	size_t call_count;
	/* One call's rows, as they come; `call` is its index; a statement that returns no rows gives none of no columns. The
	 * outcome is not yet known. May be NULL. */
	void (*rows)(void *context, size_t call, const struct rows *rows);
	/* Exactly once for every submitted segment. `refusal` is NULL unless DB_REFUSED. */
	void (*done)(void *context, enum db_outcome outcome, const struct db_refusal *refusal);
	void *context;
	bool is_repeatable; /* may be run again after 40001, 40P01 or 55P03: up to three times, with jitter; `rows` then comes again from call 0 */
	/* private to db, set by db_submit: */
	struct db_lane *lane;
	struct db_segment *next;
	unsigned tries;
	struct loop_timer retry;
	bool failed, unknown;
	struct db_refusal *refusal_kept;
};

/* The strings are copied; the session's SQL and the prepared statements must live as long as the lane. */
struct db_lane_settings {
	const char *name;            /* for logs and metrics: "point" */
	const char *connection;      /* libpq connection string or URL */
	const char *const *session;  /* SQL run once on every new connection, in order, NULL-terminated; SET … */
	const struct db_statement *const *prepared; /* prepared at connect: a bad one makes the lane fail; NULL-terminated; may be NULL */
	size_t depth; /* most segments waiting or in flight */
	int64_t patience_us; /* longer without any answer while some are in flight, up to twice: the connection counts as lost; 0: no end */
};

/* Begins to connect, and goes on trying; a server that is away is no error. ERR_INPUT: the connection string is
 * malformed. Every session is in UTC with ISO dates, whatever the server's settings say. */
MUST_CHECK enum err db_lane_open(struct loop *loop, const struct db_lane_settings *settings, struct db_lane **lane);
/* Segments in flight end as DB_UNKNOWN or DB_UNAVAILABLE first. Not from within a callback of the lane. */
void db_lane_close(struct db_lane *lane);

/* Hands over a segment. ERR_LIMIT: the lane is full; ERR_NOT_NOW: not connected (reconnecting goes on by itself, with
 * back-off 50 ms to 2 s and jitter). Then `done` is not called. What is submitted in one turn of the loop
 * leaves together: in one write with libpq 17, which can queue a Sync; older ones write at each Sync, once a segment. */
MUST_CHECK enum err db_submit(struct db_lane *lane, struct db_segment *segment);

bool db_lane_is_ready(const struct db_lane *lane);
size_t db_lane_in_flight(const struct db_lane *lane);
/* Why the last attempt to connect failed, without secrets; "" when connected. */
const char *db_lane_fault(const struct db_lane *lane);

#endif
