/* The gate: no answer leaves before the ledger has it on disk.
 *
 * A request that has its result enters the gate with the line of its look, or with none when its own transaction
 * wrote lines of change. Entries wait while a flush is under way; the next flush takes all of them as one
 * transaction, committed synchronously. It begins after their results had arrived, and the write-ahead log is one
 * sequence, so its commit also puts on disk whatever the requests' own transactions had written.
 *
 * The gate only orders and batches: its user sends the flush and tells how it ended. */
#ifndef LEDGER_GATE_H
#define LEDGER_GATE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/bytes.h"
#include "base/err.h"

/* A line of a look or a refusal, as columns of ledger_line in text form; NULL where there is none. */
enum gate_column {
	GATE_FORCE, GATE_LINE, GATE_KIND, GATE_OPERATION, GATE_ACTOR, GATE_CLIENT, GATE_THUMBPRINT, GATE_REQUEST,
	GATE_PURPOSE, GATE_RECORD, GATE_STATUS, GATE_SEEN, GATE_DURATION, GATE_COLUMN_COUNT
};

enum gate_outcome {
	GATE_DURABLE,     /* on disk */
	GATE_REFUSED,     /* the database took the others, not this line */
	GATE_UNAVAILABLE, /* not on disk, as far as is known */
};

/* Lies in its user's structure and must live until `released`. */
struct gate_entry {
	const char *columns[GATE_COLUMN_COUNT];
	bool has_line; /* false: only waits for the flush */
	void (*released)(void *context, enum gate_outcome outcome);
	void *context;
	struct gate_entry *next; /* the gate's own */
};

struct gate_flush {
	struct gate_entry *entries; /* in order; NULL when not under way */
	size_t line_count;
	bool single; /* one entry by itself, after a batch was refused */
};

struct gate {
	struct gate_entry *waiting, **waiting_end;
	struct gate_entry *retrying; /* entries of a refused batch, to be sent singly */
	struct gate_flush flush;
	/* Sends the flush. ERR_LIMIT: too large, its entries are sent singly; any other error: they are released as
	 * unavailable. */
	enum err (*send)(void *context);
	void *context;
};

void gate_init(struct gate *gate, enum err (*send)(void *context), void *context);
/* Lets a request wait for the next flush. */
void gate_enter(struct gate *gate, struct gate_entry *entry);
/* Starts a flush when none is under way; to be called before each wait of the loop, so that all results of a turn go together. */
void gate_turn(struct gate *gate);
/* How the flush ended: releases its entries, or, when a batch was refused, has each sent by itself. */
void gate_flushed(struct gate *gate, enum gate_outcome outcome);

/* The lines of a flush, at least one, as one PostgreSQL array of text a column, in binary: the parameters of one insert from
 * unnest(). `arrays` are cleared first. ERR_LIMIT when one does not fit. */
MUST_CHECK enum err gate_arrays(const struct gate_flush *flush, struct bytes arrays[GATE_COLUMN_COUNT]);

#endif
