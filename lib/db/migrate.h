/* Migrations: numbered files applied once, repeatable files applied whenever they change.
 *
 * Blocking; for the subcommands, never for a worker. One advisory lock, so two runs never mix. Every file is one
 * transaction together with its row in secondlook_migration(name, checksum, applied_at). */
#ifndef DB_MIGRATE_H
#define DB_MIGRATE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/bytes.h"
#include "base/err.h"

struct migration {
	const char *name; /* "0001_forces.sql", "repeatable/010_ledger.sql" */
	const char *sql;
	size_t length;
};

enum migration_state { MIGRATION_APPLIED, MIGRATION_PENDING, MIGRATION_CHANGED /* a repeatable that will be re-applied */ };

/* Called for each migration in order, before anything is done with it. */
typedef void (*migrate_report)(void *context, const char *name, enum migration_state state);

/* Applies what is pending: numbered ones in order, then the repeatable ones that changed, in order. With `dry_run` only
 * reports. ERR_INPUT: an applied numbered file has changed or is gone; ERR_SYSTEM: the database refused; `fault` says
 * which file and why. */
MUST_CHECK enum err migrate_run(const char *connection, const struct migration *migrations, size_t count, bool dry_run,
				migrate_report report, void *context, struct bytes *fault);
/* Runs SQL (several statements allowed) in one transaction with text parameters for none; for set-up work of the
 * subcommands. `rows_text` gets the first column of the last result's first row when not NULL. */
MUST_CHECK enum err db_run_blocking(const char *connection, const char *sql, struct bytes *rows_text, struct bytes *fault);

#endif
