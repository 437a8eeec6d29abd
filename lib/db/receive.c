/* Reads a lane's results: matches each with what is expected, and ends segments at their Sync. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "db/lane.h"

enum { TRIES_MAXIMUM = 3 };

static bool has_field(const PGresult *result, int field, const char *value)
{
	const char *found = PQresultErrorField(result, field);
	return found && strcmp(found, value) == 0;
}

/* After FATAL the server's process is gone: it hasn't begun what it hasn't answered. */
static bool is_farewell(const PGresult *result)
{
	return has_field(result, PG_DIAG_SEVERITY_NONLOCALIZED, "FATAL") ||
	       has_field(result, PG_DIAG_SEVERITY_NONLOCALIZED, "PANIC");
}

static void take_farewell(struct db_lane *lane, const PGresult *result)
{
	struct db_refusal refusal;
	refusal_of(result, &refusal);
	lane->is_fatal = true;
	snprintf(lane->reason, sizeof lane->reason, "%s", refusal.message);
}

/* A cancel, or a statement timeout, while the commit waits for the standby: the commit stands here, perhaps not there. */
void lane_notice(void *context, const PGresult *result)
{
	struct db_lane *lane = context;
	const struct expected *first = expected_first(&lane->expected);
	const char *detail = PQresultErrorField(result, PG_DIAG_MESSAGE_DETAIL);
	bool is_doubt = has_field(result, PG_DIAG_SOURCE_FUNCTION, "SyncRepWaitForLSN") ||
			(detail && strstr(detail, "already committed locally"));
	if (is_doubt && first && first->segment)
		first->segment->unknown = true;
	if (is_farewell(result)) /* libpq takes errors for notices while nothing is under way */
		take_farewell(lane, result);
}

static void fail_segment(struct db_segment *segment, const struct db_refusal *refusal)
{
	if (segment->failed)
		return;
	segment->failed = true;
	segment->refusal_kept = refusal_copy(refusal);
}

/* A migration changed what the statement returns while it was prepared here: it needs a new Parse. */
static bool is_stale_plan(const PGresult *result)
{
	return has_field(result, PG_DIAG_SQLSTATE, "0A000") &&
	       has_field(result, PG_DIAG_SOURCE_FUNCTION, "RevalidateCachedQuery");
}

static void call_failed(const struct expected *expected, const PGresult *result)
{
	struct statement *statement = expected->statement;
	struct db_refusal refusal;
	refusal_of(result, &refusal);
	/* The Parse ahead of the segment failed: its reason is the one that helps. */
	if (strcmp(refusal.sqlstate, "26000") == 0 && statement->refusal)
		refusal = *statement->refusal;
	if (is_stale_plan(result)) { /* to its caller a conflict that another try resolves */
		statement->is_prepared = false;
		memcpy(refusal.sqlstate, "40001", sizeof refusal.sqlstate);
	}
	fail_segment(expected->segment, &refusal);
}

static void give_rows(const struct expected *expected, const PGresult *result)
{
	struct db_segment *segment = expected->segment;
	struct rows rows;
	if (!segment->rows || segment->failed)
		return;
	if (statement_rows(expected->statement, result, &rows) == ERR_NONE)
		segment->rows(segment->context, expected->call, &rows);
	else /* no memory: it will be in, but its rows can't be told */
		segment->unknown = true;
}

static bool set_up_failed(struct db_lane *lane, const struct expected *expected, const PGresult *result)
{
	struct db_refusal refusal;
	refusal_of(result, &refusal);
	snprintf(lane->reason, sizeof lane->reason, "%s %s: %s", expected->kind == EXPECT_PREPARE ? "statement" : "session",
		 expected->statement ? expected->statement->source->name : "settings", refusal.message);
	return false;
}

/* `false`: the connection is of no more use. */
static bool take_error(struct db_lane *lane, const struct expected *expected, const PGresult *result)
{
	struct db_refusal refusal;
	if (is_farewell(result)) {
		take_farewell(lane, result);
		return false;
	}
	if (!PQresultErrorField(result, PG_DIAG_SQLSTATE)) /* libpq's own: the connection broke, or it can't go on */
		return false;
	if (lane->state == LANE_SETTING_UP)
		return set_up_failed(lane, expected, result);
	refusal_of(result, &refusal);
	if (expected->kind == EXPECT_PREPARE)
		statement_failed(expected->statement, &refusal);
	else if (expected->kind == EXPECT_CALL)
		call_failed(expected, result);
	else if (expected->segment)
		fail_segment(expected->segment, &refusal);
	return true;
}

static void end_segment(struct db_segment *segment)
{
	const struct db_refusal *refusal = segment->refusal_kept;
	bool is_conflict = refusal && (strcmp(refusal->sqlstate, "40001") == 0 || strcmp(refusal->sqlstate, "40P01") == 0 ||
				       strcmp(refusal->sqlstate, "55P03") == 0);
	if (segment->unknown)
		segment_finish(segment, DB_UNKNOWN);
	else if (!segment->failed)
		segment_finish(segment, DB_COMMITTED);
	else if (is_conflict && segment->is_repeatable && segment->tries < TRIES_MAXIMUM)
		segment_retry(segment);
	else
		segment_finish(segment, DB_REFUSED);
}

static bool take_sync(struct db_lane *lane, const struct expected *expected)
{
	struct db_segment *segment = expected->segment;
	if (expected->kind != EXPECT_SYNC)
		return false;
	expected_pop(&lane->expected);
	if (segment)
		end_segment(segment);
	else if (lane->state == LANE_SETTING_UP)
		lane_become_ready(lane);
	return true;
}

/* `false`: the connection is of no more use. */
static bool take_result(struct db_lane *lane, struct expected *expected, const PGresult *result)
{
	lane->answers++;
	switch (PQresultStatus(result)) {
	case PGRES_TUPLES_OK:
	case PGRES_COMMAND_OK:
	case PGRES_EMPTY_QUERY:
		expected->is_answered = true;
		if (expected->kind == EXPECT_PREPARE)
			statement_prepared(expected->statement);
		else if (expected->kind == EXPECT_CALL)
			give_rows(expected, result);
		return true;
	case PGRES_PIPELINE_SYNC:
		return take_sync(lane, expected);
	case PGRES_PIPELINE_ABORTED:
		expected->is_answered = true;
		return true;
	case PGRES_FATAL_ERROR:
		expected->is_answered = true;
		return take_error(lane, expected, result);
	default:
		return false;
	}
}

/* libpq ends the results of each command with NULL; a Sync has none, but an error of its commit has. */
static bool take_end(struct db_lane *lane, struct expected *expected)
{
	if (!expected->is_answered)
		return false;
	expected->is_answered = false;
	if (expected->kind != EXPECT_SYNC)
		expected_pop(&lane->expected);
	return true;
}

bool lane_receive(struct db_lane *lane)
{
	bool is_usable = true, goes_on = true;
	lane->is_reading = true;
	while (is_usable && goes_on && !PQisBusy(lane->connection) && lane->expected.count) {
		PGresult *result = PQgetResult(lane->connection);
		struct expected *expected = expected_first(&lane->expected);
		if (result)
			is_usable = take_result(lane, expected, result);
		else
			goes_on = take_end(lane, expected);
		PQclear(result);
	}
	lane->is_reading = false;
	return is_usable && !lane->is_fatal;
}
