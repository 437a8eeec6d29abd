/* The frame of a test program that needs PostgreSQL: a database of its own, and a lane with its loop.
 *
 * TEST_DATABASE_URL names a cluster where the program may make databases; it makes one with a random name and drops it. */
#ifndef TESTS_DB_DATABASE_H
#define TESTS_DB_DATABASE_H

#include <check.h>
#include <stddef.h>

#include "db/db.h"

int database_tests(const char *name, const TTest *const *tests, size_t count);

#define DATABASE_TESTS(name, ...)                                                                    \
	int main(void)                                                                               \
	{                                                                                            \
		const TTest *const tests[] = {__VA_ARGS__};                                          \
		return database_tests(name, tests, sizeof tests / sizeof *tests);                    \
	}

/* The same with a server of the program's own, which it may stop: below a temporary directory, removed at the end. */
int server_tests(const char *name, const TTest *const *tests, size_t count);

#define SERVER_TESTS(name, ...)                                                                      \
	int main(void)                                                                               \
	{                                                                                            \
		const TTest *const tests[] = {__VA_ARGS__};                                          \
		return server_tests(name, tests, sizeof tests / sizeof *tests);                      \
	}

/* The own server's directory. */
const char *server_directory(void);
/* As `pg_ctl stop -m immediate`: no shutdown checkpoint, clients are not told; waits until it is gone. */
void server_stop_immediately(void);
void server_start(void);

/* Connection string of the program's database. */
const char *database_url(void);
/* Runs one statement outside of a transaction. */
int database_run_alone(const char *url, const char *sql);
/* Runs SQL and gives the first value, "" when there's none; fails the test when it is refused. Valid until the next call. */
const char *database_run(const char *url, const char *sql);
/* Runs SQL in a transaction that is undone: "done", or the code that it is refused with. Valid as above. */
const char *database_try(const char *url, const char *sql);

/* A lane, and what became of the segments that were submitted through it. */

struct database_lane {
	struct loop *loop;
	struct db_lane *lane;
	size_t submitted, ended;
};

/* One segment with up to four calls, and its outcome. */
struct database_segment {
	struct db_segment segment;
	struct db_call calls[4];
	struct database_lane *owner;
	int is_done;
	int row_callbacks;
	size_t bytes;     /* of all values */
	char value[64];   /* the first of the last rows; "(null)" */
	size_t last_call;
	int columns;
	enum column_kind kinds[16];
	size_t place;     /* how many of the lane ended before */
	enum db_outcome outcome;
	char sqlstate[6];
	char message[128], constraint[64];
};

void lane_open(struct database_lane *lane, struct db_lane_settings settings);
/* Settings for the program's database: depth 1000, nothing prepared. */
struct db_lane_settings lane_settings(void);
void lane_close(struct database_lane *lane);
/* Runs the loop until the condition holds; fails the test after 20 s. */
void lane_await(struct database_lane *lane, int (*holds)(void *context), void *context);
void lane_await_ready(struct database_lane *lane);
void lane_await_all(struct database_lane *lane);

/* Adds a call to a zeroed segment. */
void segment_call(struct database_segment *segment, const struct db_statement *statement, const char *const *values);
enum err segment_submit(struct database_lane *lane, struct database_segment *segment);
/* Submits, waits until it ends, and gives the outcome. */
enum db_outcome segment_run(struct database_lane *lane, struct database_segment *segment);

#endif
