/* A duty that one process of all servers does at a time: elected by an advisory lock, one statement every so often. */
#ifndef ELECTED_H
#define ELECTED_H

#include <stdbool.h>
#include <stdint.h>

#include "db/db.h"
#include "worker.h"

/* The lock belongs to the connection: a new one is elected anew. Taking it again on each pass would only count up, so a
 * pass asks whether it is held and tries only if not. Goes before "select … from duty() where e.elected". */
#define ELECTED_FROM(lock) \
	" from (select exists (select from pg_locks where locktype = 'advisory' and classid = 7321 and objid = " lock \
	" and pid = pg_backend_pid() and granted) or pg_try_advisory_lock(7321, " lock ") as elected) e"

struct elected_duty {
	const char *name; /* of its lane, and of its log events: "sequencer" */
	const char *role; /* that it logs in as */
	const char *const *session;                /* as of a lane */
	const struct db_statement *pass;           /* no row: another is elected */
	const struct db_statement *housekeeping;   /* once an hour; may be NULL */
	int64_t pass_every_us;
	int rests; /* while there is more: so many times as long as the last pass took, before the next; 0: at once */
	/* Takes a pass's row; true: there is more to do at once. */
	bool (*took)(const struct metrics *metrics, const struct rows *rows);
};

struct elected;

/* From the end of a pass, which took so long, to the next one. */
int64_t elected_delay_us(const struct elected_duty *duty, bool is_elected, bool has_more, int64_t pass_took_us);

/* Does the duty in a loop that does others as well. */
MUST_CHECK enum err elected_open(struct worker_inheritance *inheritance, const struct elected_duty *duty, struct loop *loop,
				 struct elected **elected);
/* NULL is allowed. */
void elected_close(struct elected *elected);

/* A process that does nothing else, until SIGTERM; its exit status. */
int elected_run(struct worker_inheritance *inheritance, const struct elected_duty *duty);

#endif
