/* Long reads: rows one by one, one snapshot for several readers, and what goes wrong on the way. */
#include "db/read.h"

#include <stdlib.h>
#include <string.h>

#include "db/database.h"

static struct db_reader *open_reader(const char *snapshot)
{
	struct db_reader *reader;
	enum err error = db_reader_open(database_url(), snapshot, &reader);
	ck_assert_msg(error == ERR_NONE, "%s", db_reader_fault(reader));
	return reader;
}

static const char *first_value(struct db_reader *reader, const char *sql)
{
	const char *const *columns;
	ck_assert_msg(db_reader_first(reader, sql, NULL, 0, &columns) == ERR_NONE, "%s", db_reader_fault(reader));
	return columns ? columns[0] : "(no row)";
}

START_TEST(rows_come_one_by_one)
{
	const char *const values[] = {"100000"}, *const *columns;
	struct db_reader *reader = open_reader(NULL);
	ck_assert_int_eq(db_reader_start(reader, "select i, nullif(i, 2), 'x' from generate_series(1, $1::int) i", values, 1), ERR_NONE);
	for (int i = 1; i <= 100000; i++) {
		ck_assert(db_reader_next(reader, &columns) == ERR_NONE && columns);
		if (atoi(columns[0]) != i || (columns[1] == NULL) != (i == 2))
			ck_abort_msg("row %d", i);
	}
	ck_assert_int_eq(db_reader_next(reader, &columns), ERR_NONE);
	ck_assert_ptr_null(columns);
	ck_assert_int_eq(db_reader_next(reader, &columns), ERR_SYSTEM);
	ck_assert_str_eq(first_value(reader, "select 1 where false"), "(no row)");
	ck_assert_str_eq(first_value(reader, "select current_setting('timezone')"), "UTC");
	ck_assert_str_eq(first_value(reader, "select '2026-06-01 12:00:00.5+01'::timestamptz"), "2026-06-01 11:00:00.5+00");
	ck_assert_str_eq(db_reader_fault(reader), "no query is running");
	db_reader_close(reader);
	db_reader_close(NULL);
}
END_TEST

START_TEST(readers_share_a_snapshot)
{
	char snapshot[DB_SNAPSHOT_SIZE];
	database_run(database_url(), "drop table if exists thing; create table thing (i int); insert into thing values (1)");
	struct db_reader *one = open_reader(NULL);
	ck_assert_int_eq(db_reader_snapshot(one, snapshot), ERR_NONE);
	database_run(database_url(), "insert into thing values (2)");
	struct db_reader *other = open_reader(snapshot), *later = open_reader(NULL);
	ck_assert_str_eq(first_value(one, "select count(*) from thing"), "1");
	ck_assert_str_eq(first_value(other, "select count(*) from thing"), "1");
	ck_assert_str_eq(first_value(later, "select count(*) from thing"), "2");
	db_reader_close(one);
	db_reader_close(other);
	db_reader_close(later);
	ck_assert_int_eq(db_reader_open(database_url(), snapshot, &one), ERR_SYSTEM);
	ck_assert_ptr_nonnull(strstr(db_reader_fault(one), "snapshot"));
	db_reader_close(one);
	ck_assert_int_eq(db_reader_open(database_url(), "'; drop table thing; --", &one), ERR_SYSTEM);
	db_reader_close(one);
	ck_assert_str_eq(database_run(database_url(), "select count(*) from thing"), "2");
}
END_TEST

START_TEST(nothing_can_be_written)
{
	const char *const *columns;
	struct db_reader *reader = open_reader(NULL);
	ck_assert_int_eq(db_reader_first(reader, "create table written (i int)", NULL, 0, &columns), ERR_SYSTEM);
	ck_assert_ptr_nonnull(strstr(db_reader_fault(reader), "read-only"));
	db_reader_close(reader);
}
END_TEST

START_TEST(a_fault_amid_the_rows_is_told)
{
	const char *const *columns;
	struct db_reader *reader = open_reader(NULL);
	enum err error = ERR_NONE;
	int rows = 0;
	ck_assert_int_eq(db_reader_start(reader, "select 1 / (5000 - i) from generate_series(1, 10000) i", NULL, 0), ERR_NONE);
	for (; !(error = db_reader_next(reader, &columns)) && columns; rows++)
		;
	ck_assert_int_eq(error, ERR_SYSTEM);
	ck_assert_int_le(rows, 4999);
	ck_assert_ptr_nonnull(strstr(db_reader_fault(reader), "division by zero"));
	db_reader_close(reader);
}
END_TEST

/* The rest of a query that was left would cost the snapshot: that is said, not hidden behind another one. */
START_TEST(a_query_left_unread_ends_quickly)
{
	const char *const *columns;
	struct db_reader *reader = open_reader(NULL);
	ck_assert_int_eq(db_reader_start(reader, "select generate_series(1, 1000000000)", NULL, 0), ERR_NONE);
	ck_assert_int_eq(db_reader_next(reader, &columns), ERR_NONE);
	ck_assert_int_eq(db_reader_start(reader, "select 1", NULL, 0), ERR_SYSTEM);
	ck_assert_str_eq(db_reader_fault(reader), "a query was left unread");
	db_reader_close(reader);
	reader = open_reader(NULL);
	ck_assert_int_eq(db_reader_start(reader, "select generate_series(1, 1000000000)", NULL, 0), ERR_NONE);
	db_reader_close(reader);
}
END_TEST

START_TEST(a_server_that_is_away_is_told)
{
	struct db_reader *reader;
	ck_assert_int_eq(db_reader_open("host=/nonexistent", NULL, &reader), ERR_SYSTEM);
	ck_assert_ptr_nonnull(strstr(db_reader_fault(reader), "/nonexistent"));
	db_reader_close(reader);
}
END_TEST

DATABASE_TESTS("read", rows_come_one_by_one, readers_share_a_snapshot, nothing_can_be_written, a_fault_amid_the_rows_is_told,
	       a_query_left_unread_ends_quickly, a_server_that_is_away_is_told)
