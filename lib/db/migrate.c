/* Applies migrations: what is recorded against what is given, then each pending file in a transaction of its own. */
#include "db/migrate.h"

#include <libpq-fe.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CHECKSUM_SIZE = 65 };

static const char repeatable_prefix[] = "repeatable/";

/* One migration beside what the database has recorded of it. */
struct entry {
	const struct migration *migration;
	char checksum[CHECKSUM_SIZE];
	enum migration_state state;
};

struct plan {
	struct entry *entries;
	size_t count;
};

static int is_repeatable(const char *name)
{
	return strncmp(name, repeatable_prefix, sizeof repeatable_prefix - 1) == 0;
}

static void drop_notice(void *context, const PGresult *result)
{
	(void)context, (void)result;
}

/* libpq may name the connection string when it can't read it, and that may hold a password. */
static enum err check_connection_string(const char *connection, struct bytes *fault)
{
	PQconninfoOption *options = PQconninfoParse(connection, NULL);
	if (options) {
		PQconninfoFree(options);
		return ERR_NONE;
	}
	bytes_append_string(fault, "the database's connection string is malformed");
	return ERR_INPUT;
}

static enum err open_connection(const char *connection, struct bytes *fault, PGconn **opened)
{
	enum err error = check_connection_string(connection, fault);
	if (error != ERR_NONE)
		return error;
	const char *const keys[] = {"client_encoding", "connect_timeout", "fallback_application_name", "dbname", NULL};
	const char *const values[] = {"UTF8", "10", "secondlook migrate", connection, NULL};
	PGconn *server = PQconnectdbParams(keys, values, 1);
	if (PQstatus(server) != CONNECTION_OK) {
		bytes_format(fault, "cannot connect to the database: %s", PQerrorMessage(server));
		PQfinish(server);
		return ERR_SYSTEM;
	}
	PQsetNoticeReceiver(server, drop_notice, NULL);
	*opened = server;
	return ERR_NONE;
}

static int line_of(const char *sql, const char *position)
{
	int line = 1;
	long characters = position ? strtol(position, NULL, 10) : 1;
	/* The position counts characters, not bytes. */
	for (; *sql && characters > 1; sql++) {
		line += *sql == '\n';
		characters -= ((unsigned char)sql[1] & 0xc0) != 0x80;
	}
	return line;
}

static void describe(const PGconn *server, const PGresult *result, const char *sql, struct bytes *fault)
{
	const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
	const char *position = PQresultErrorField(result, PG_DIAG_STATEMENT_POSITION);
	const char *detail = PQresultErrorField(result, PG_DIAG_MESSAGE_DETAIL);
	const char *context = PQresultErrorField(result, PG_DIAG_CONTEXT);
	if (position)
		bytes_format(fault, "line %d: ", line_of(sql, position));
	bytes_append_string(fault, message ? message : PQerrorMessage(server));
	if (detail)
		bytes_format(fault, " (%s)", detail);
	if (context)
		bytes_format(fault, "; %s", context);
}

/* Runs a string of statements; `kept` gets the last result when not NULL. */
static enum err run(PGconn *server, const char *sql, struct bytes *fault, PGresult **kept)
{
	PGresult *result = PQexec(server, sql);
	ExecStatusType status = PQresultStatus(result);
	enum err error = ERR_NONE;
	if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && status != PGRES_EMPTY_QUERY) {
		describe(server, result, sql, fault);
		error = ERR_SYSTEM;
	}
	if (kept && error == ERR_NONE)
		*kept = result;
	else
		PQclear(result);
	return error;
}

static enum err run_with(PGconn *server, const char *sql, int count, const char *const *values, const int *lengths,
			 const int *formats, struct bytes *fault, PGresult **kept)
{
	PGresult *result = PQexecParams(server, sql, count, NULL, values, lengths, formats, 0);
	ExecStatusType status = PQresultStatus(result);
	if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
		describe(server, result, sql, fault);
		PQclear(result);
		return ERR_SYSTEM;
	}
	*kept = result;
	return ERR_NONE;
}

static enum err check_text(const struct migration *migration, struct bytes *fault)
{
	if (migration->length <= INT32_MAX && !memchr(migration->sql, '\0', migration->length))
		return ERR_NONE;
	bytes_format(fault, "%s: holds a NUL byte or is too long", migration->name);
	return ERR_INPUT;
}

static enum err take_checksum(PGconn *server, struct entry *entry, struct bytes *fault)
{
	const char *value = entry->migration->sql;
	const int length = (int)entry->migration->length, binary = 1;
	PGresult *result;
	enum err error = check_text(entry->migration, fault);
	if (error == ERR_NONE)
		error = run_with(server, "select encode(sha256($1::bytea), 'hex')", 1, &value, &length, &binary, fault, &result);
	if (error != ERR_NONE)
		return error;
	snprintf(entry->checksum, sizeof entry->checksum, "%s", PQgetvalue(result, 0, 0));
	PQclear(result);
	return ERR_NONE;
}

/* Numbered files by name, then the repeatable ones by name. */
static int compare_entries(const void *left, const void *right)
{
	const char *a = ((const struct entry *)left)->migration->name, *b = ((const struct entry *)right)->migration->name;
	int difference = is_repeatable(a) - is_repeatable(b);
	return difference ? difference : strcmp(a, b);
}

static enum err make_plan(PGconn *server, const struct migration *migrations, size_t count, struct bytes *fault,
			  struct plan *plan)
{
	enum err error = ERR_NONE;
	plan->entries = calloc(count ? count : 1, sizeof *plan->entries);
	if (!plan->entries)
		return ERR_MEMORY;
	plan->count = count;
	for (size_t i = 0; i < count && error == ERR_NONE; i++) {
		plan->entries[i] = (struct entry){.migration = &migrations[i], .state = MIGRATION_PENDING};
		error = take_checksum(server, &plan->entries[i], fault);
	}
	if (error == ERR_NONE)
		qsort(plan->entries, count, sizeof *plan->entries, compare_entries);
	return error;
}

static struct entry *plan_find(const struct plan *plan, const char *name)
{
	for (size_t i = 0; i < plan->count; i++)
		if (strcmp(plan->entries[i].migration->name, name) == 0)
			return &plan->entries[i];
	return NULL;
}

static enum err compare_recorded(const struct plan *plan, const char *name, const char *checksum, struct bytes *fault)
{
	struct entry *entry = plan_find(plan, name);
	if (!entry && is_repeatable(name))
		return ERR_NONE;
	if (!entry) {
		bytes_format(fault, "%s was applied to this database and is gone: numbered migrations are never removed", name);
		return ERR_INPUT;
	}
	if (strcmp(entry->checksum, checksum) == 0) {
		entry->state = MIGRATION_APPLIED;
		return ERR_NONE;
	}
	if (is_repeatable(name)) {
		entry->state = MIGRATION_CHANGED;
		return ERR_NONE;
	}
	bytes_format(fault, "%s was applied to this database and has changed since: numbered migrations are never edited, "
			    "write a new one", name);
	return ERR_INPUT;
}

/* A number below one that was applied would run in another order here than elsewhere. */
static enum err check_order(const struct plan *plan, struct bytes *fault)
{
	const char *pending = NULL;
	for (size_t i = 0; i < plan->count && !is_repeatable(plan->entries[i].migration->name); i++) {
		if (plan->entries[i].state == MIGRATION_PENDING && !pending)
			pending = plan->entries[i].migration->name;
		if (plan->entries[i].state == MIGRATION_APPLIED && pending) {
			bytes_format(fault, "%s is new but numbered below %s, which was applied: give it the next number", pending,
				     plan->entries[i].migration->name);
			return ERR_INPUT;
		}
	}
	return ERR_NONE;
}

static enum err compare_with_database(PGconn *server, const struct plan *plan, struct bytes *fault)
{
	PGresult *recorded;
	enum err error = run(server, "select to_regclass('public.secondlook_migration') is not null", fault, &recorded);
	if (error != ERR_NONE)
		return error;
	int has_table = strcmp(PQgetvalue(recorded, 0, 0), "t") == 0;
	PQclear(recorded);
	if (!has_table)
		return ERR_NONE;
	error = run(server, "select name, checksum from public.secondlook_migration order by name", fault, &recorded);
	if (error != ERR_NONE)
		return error;
	for (int row = 0; row < PQntuples(recorded) && error == ERR_NONE; row++)
		error = compare_recorded(plan, PQgetvalue(recorded, row, 0), PQgetvalue(recorded, row, 1), fault);
	PQclear(recorded);
	return error == ERR_NONE ? check_order(plan, fault) : error;
}

static enum err make_table(PGconn *server, struct bytes *fault)
{
	return run(server,
		   "create table if not exists public.secondlook_migration ("
		   " name text primary key, checksum text not null,"
		   " applied_at timestamptz not null default clock_timestamp());"
		   "comment on table public.secondlook_migration is 'The migrations that this database has had.';"
		   "comment on column public.secondlook_migration.name is 'File below migrations/.';"
		   "comment on column public.secondlook_migration.checksum is 'SHA-256 of the file as it was applied.';"
		   "comment on column public.secondlook_migration.applied_at is 'When it was last applied.'",
		   fault, NULL);
}

static enum err record(PGconn *server, const struct entry *entry, struct bytes *fault)
{
	const char *const values[] = {entry->migration->name, entry->checksum};
	PGresult *result;
	enum err error = run_with(server,
				  "insert into public.secondlook_migration (name, checksum) values ($1, $2) on conflict (name) "
				  "do update set checksum = excluded.checksum, applied_at = excluded.applied_at",
				  2, values, NULL, NULL, fault, &result);
	if (error == ERR_NONE)
		PQclear(result);
	return error;
}

/* A file may say `set role` or `set search_path` for itself; the row and the next file don't follow it. */
static enum err run_file(PGconn *server, const char *sql, const struct entry *entry, struct bytes *fault)
{
	enum err error = run(server, "begin", fault, NULL);
	if (error == ERR_NONE)
		error = run(server, sql, fault, NULL);
	if (error == ERR_NONE && PQtransactionStatus(server) != PQTRANS_INTRANS) {
		bytes_append_string(fault, "a migration must not begin or end transactions: its file is one");
		error = ERR_INPUT;
	}
	if (error == ERR_NONE)
		error = run(server, "reset session authorization; reset role; reset all", fault, NULL);
	if (error == ERR_NONE)
		error = record(server, entry, fault);
	if (error == ERR_NONE)
		error = run(server, "commit", fault, NULL);
	return error;
}

static enum err apply(PGconn *server, const struct entry *entry, struct bytes *fault)
{
	char *sql = strndup(entry->migration->sql, entry->migration->length);
	if (!sql)
		return ERR_MEMORY;
	enum err error = ERR_SYSTEM;
	/* Roles are the cluster's: another of its databases may be making the same ones in this moment. The second time they are there. */
	for (int tries = 0; tries < 2 && error == ERR_SYSTEM; tries++) {
		bytes_clear(fault);
		bytes_format(fault, "%s: ", entry->migration->name);
		if (tries == 0 || run(server, "rollback", fault, NULL) == ERR_NONE)
			error = run_file(server, sql, entry, fault);
	}
	if (error == ERR_NONE)
		bytes_clear(fault);
	free(sql);
	return error;
}

static enum err apply_plan(PGconn *server, const struct plan *plan, struct bytes *fault)
{
	enum err error = make_table(server, fault);
	for (size_t i = 0; i < plan->count && error == ERR_NONE; i++)
		if (plan->entries[i].state != MIGRATION_APPLIED)
			error = apply(server, &plan->entries[i], fault);
	return error;
}

/* The key is the bytes of "2ndlook" as a number; it goes with the connection. */
static enum err take_turn(PGconn *server, struct bytes *fault)
{
	return run(server, "set lock_timeout = '60s'; select pg_advisory_lock(14195126430560107); reset lock_timeout", fault,
		   NULL);
}

enum err migrate_run(const char *connection, const struct migration *migrations, size_t count, bool dry_run,
		     migrate_report report, void *context, struct bytes *fault)
{
	struct plan plan = {0};
	PGconn *server;
	enum err error = open_connection(connection, fault, &server);
	if (error != ERR_NONE)
		return error;
	error = take_turn(server, fault);
	if (error == ERR_NONE)
		error = make_plan(server, migrations, count, fault, &plan);
	if (error == ERR_NONE)
		error = compare_with_database(server, &plan, fault);
	for (size_t i = 0; i < plan.count && error == ERR_NONE && report; i++)
		report(context, plan.entries[i].migration->name, plan.entries[i].state);
	if (error == ERR_NONE && !dry_run)
		error = apply_plan(server, &plan, fault);
	free(plan.entries);
	PQfinish(server);
	return error;
}

/* `rows_text` gets the first value of the last result, once the transaction is in. */
static enum err run_in_transaction(PGconn *server, const char *sql, struct bytes *rows_text, struct bytes *fault)
{
	PGresult *result = NULL;
	enum err error = run(server, "begin", fault, NULL);
	if (error == ERR_NONE)
		error = run(server, sql, fault, &result);
	if (error == ERR_NONE)
		error = run(server, "commit", fault, NULL);
	if (error == ERR_NONE && rows_text && PQntuples(result) > 0 && PQnfields(result) > 0)
		bytes_append(rows_text, PQgetvalue(result, 0, 0), (size_t)PQgetlength(result, 0, 0));
	PQclear(result);
	return error;
}

enum err db_run_blocking(const char *connection, const char *sql, struct bytes *rows_text, struct bytes *fault)
{
	PGconn *server;
	enum err error = open_connection(connection, fault, &server);
	if (error != ERR_NONE)
		return error;
	error = run_in_transaction(server, sql, rows_text, fault);
	PQfinish(server);
	return error;
}
