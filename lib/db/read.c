/* Reads rows of a long query one by one. */
#include "db/read.h"

#include <libpq-fe.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FAULT_SIZE = 512, COLUMNS_MAXIMUM = 64 };

struct db_reader {
	PGconn *connection;
	PGresult *result;
	bool is_running;
	const char *columns[COLUMNS_MAXIMUM];
	char fault[FAULT_SIZE];
};

static const char session_sql[] =
	"set timezone to 'UTC'; set datestyle to 'ISO, YMD'; set bytea_output to 'hex'; set statement_timeout to 0;"
	"set idle_in_transaction_session_timeout to 0; set jit to off; set max_parallel_workers_per_gather to 0";
static const char begin_sql[] = "begin isolation level repeatable read read only";

static enum err refuse(struct db_reader *reader, const char *text)
{
	snprintf(reader->fault, sizeof reader->fault, "%.*s", (int)strcspn(text, "\n"), text);
	return ERR_SYSTEM;
}

static void ignore_notice(void *context, const PGresult *result)
{
	(void)context;
	(void)result;
}

static enum err command(struct db_reader *reader, const char *sql)
{
	PGresult *result = PQexec(reader->connection, sql);
	bool done = PQresultStatus(result) == PGRES_COMMAND_OK;
	PQclear(result);
	return done ? ERR_NONE : refuse(reader, PQerrorMessage(reader->connection));
}

/* A snapshot's name is digits and hyphens: it can't be a parameter. */
static enum err take_snapshot(struct db_reader *reader, const char *snapshot)
{
	char sql[DB_SNAPSHOT_SIZE + 40];
	if (strspn(snapshot, "0123456789ABCDEF-") != strlen(snapshot) || strlen(snapshot) >= DB_SNAPSHOT_SIZE)
		return refuse(reader, "that is no name of a snapshot");
	snprintf(sql, sizeof sql, "set transaction snapshot '%s'", snapshot);
	return command(reader, sql);
}

enum err db_reader_open(const char *connection, const char *snapshot, struct db_reader **reader)
{
	struct db_reader *opened = calloc(1, sizeof *opened);
	if (!opened)
		return ERR_MEMORY;
	*reader = opened;
	const char *const names[] = {"dbname", "application_name", NULL};
	const char *const values[] = {connection, "secondlook", NULL};
	opened->connection = PQconnectdbParams(names, values, 1);
	if (PQstatus(opened->connection) != CONNECTION_OK)
		return refuse(opened, PQerrorMessage(opened->connection));
	PQsetNoticeReceiver(opened->connection, ignore_notice, NULL);
	enum err error = command(opened, session_sql);
	if (!error)
		error = command(opened, begin_sql);
	return !error && snapshot ? take_snapshot(opened, snapshot) : error;
}

/* What has not been read would all be sent first: the query is cancelled. */
static void stop(struct db_reader *reader)
{
	char unused[256];
	PQclear(reader->result);
	reader->result = NULL;
	if (!reader->is_running)
		return;
	PGcancel *cancel = PQgetCancel(reader->connection);
	if (cancel)
		PQcancel(cancel, unused, sizeof unused);
	PQfreeCancel(cancel);
	for (PGresult *rest; (rest = PQgetResult(reader->connection));)
		PQclear(rest);
	reader->is_running = false;
}

void db_reader_close(struct db_reader *reader)
{
	if (!reader)
		return;
	stop(reader);
	PQfinish(reader->connection);
	free(reader);
}

enum err db_reader_start(struct db_reader *reader, const char *sql, const char *const *values, int count)
{
	bool was_cut = reader->is_running;
	stop(reader);
	/* A cancelled query has failed the transaction, and with it the snapshot. */
	if (was_cut && PQtransactionStatus(reader->connection) != PQTRANS_INTRANS)
		return refuse(reader, "a query was left unread");
	if (!PQsendQueryParams(reader->connection, sql, count, NULL, values, NULL, NULL, 0))
		return refuse(reader, PQerrorMessage(reader->connection));
	reader->is_running = true;
	return PQsetSingleRowMode(reader->connection) ? ERR_NONE : refuse(reader, "rows can't be had one by one");
}

static enum err end(struct db_reader *reader, const char *const **columns)
{
	bool good = PQresultStatus(reader->result) == PGRES_TUPLES_OK;
	if (!good)
		refuse(reader, PQresultErrorMessage(reader->result));
	PQclear(reader->result);
	for (PGresult *rest; (rest = PQgetResult(reader->connection));)
		PQclear(rest);
	reader->result = NULL;
	reader->is_running = false;
	if (good)
		*columns = NULL;
	return good ? ERR_NONE : ERR_SYSTEM;
}

static enum err take_row(struct db_reader *reader, const char *const **columns)
{
	int count = PQnfields(reader->result);
	if (count > COLUMNS_MAXIMUM)
		return refuse(reader, "there are too many columns");
	for (int i = 0; i < count; i++)
		reader->columns[i] = PQgetisnull(reader->result, 0, i) ? NULL : PQgetvalue(reader->result, 0, i);
	*columns = reader->columns;
	return ERR_NONE;
}

enum err db_reader_next(struct db_reader *reader, const char *const **columns)
{
	PQclear(reader->result);
	reader->result = reader->is_running ? PQgetResult(reader->connection) : NULL;
	if (!reader->result)
		return refuse(reader, reader->is_running ? PQerrorMessage(reader->connection) : "no query is running");
	return PQresultStatus(reader->result) == PGRES_SINGLE_TUPLE ? take_row(reader, columns) : end(reader, columns);
}

enum err db_reader_first(struct db_reader *reader, const char *sql, const char *const *values, int count,
			 const char *const **columns)
{
	stop(reader);
	reader->result = PQexecParams(reader->connection, sql, count, NULL, values, NULL, NULL, 0);
	if (PQresultStatus(reader->result) != PGRES_TUPLES_OK)
		return refuse(reader, PQerrorMessage(reader->connection));
	if (PQntuples(reader->result) > 0)
		return take_row(reader, columns);
	*columns = NULL;
	return ERR_NONE;
}

enum err db_reader_snapshot(struct db_reader *reader, char snapshot[DB_SNAPSHOT_SIZE])
{
	const char *const *columns;
	enum err error = db_reader_first(reader, "select pg_export_snapshot()", NULL, 0, &columns);
	if (error)
		return error;
	if (!columns || !columns[0] || strlen(columns[0]) >= DB_SNAPSHOT_SIZE)
		return refuse(reader, "the server's snapshot has no name");
	memcpy(snapshot, columns[0], strlen(columns[0]) + 1);
	return ERR_NONE;
}

const char *db_reader_fault(const struct db_reader *reader)
{
	return reader ? reader->fault : "";
}
