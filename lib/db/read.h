/* Long reads of a subcommand: rows one by one as they come, however many there are.
 *
 * Blocking; never for a worker. A reader is one connection within one read-only transaction, in UTC with ISO dates; readers
 * that share a snapshot see the same database, whatever is written meanwhile. */
#ifndef DB_READ_H
#define DB_READ_H

#include <stddef.h>

#include "base/bytes.h"
#include "base/err.h"

struct db_reader;

enum { DB_SNAPSHOT_SIZE = 64 };

/* Begins a transaction, on `snapshot` unless that is NULL: another reader's, that must still be open. Faults go to the
 * reader: db_reader_fault. ERR_SYSTEM: no connection, or the snapshot is gone; db_reader_close is called in any case. */
MUST_CHECK enum err db_reader_open(const char *connection, const char *snapshot, struct db_reader **reader);
/* May be NULL. */
void db_reader_close(struct db_reader *reader);
/* What others need to see what this reader sees. */
MUST_CHECK enum err db_reader_snapshot(struct db_reader *reader, char snapshot[DB_SNAPSHOT_SIZE]);

/* Runs a query of which only the first row is wanted; *columns is NULL when there is none. Valid until the next call. */
MUST_CHECK enum err db_reader_first(struct db_reader *reader, const char *sql, const char *const *values, int count,
				    const char *const **columns);
/* Starts a query with text parameters; what was left unread of the one before is thrown away. */
MUST_CHECK enum err db_reader_start(struct db_reader *reader, const char *sql, const char *const *values, int count);
/* The next row's columns as text, NULL for SQL null, valid until the next call; *columns is NULL behind the last row. */
MUST_CHECK enum err db_reader_next(struct db_reader *reader, const char *const **columns);

/* Why something failed, in one line; "" when nothing has. */
const char *db_reader_fault(const struct db_reader *reader);

#endif
