/* A database for one test program, and lanes to try it through. */
#include "db/database.h"

#include <libpq-fe.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/id.h"
#include "base/log.h"
#include "base/time.h"
#include "db/embedded.h"
#include "db/migrate.h"

static char own_url[1024];

const char *database_url(void)
{
	return own_url;
}

/* A keyword string of the same server with another database. */
static int with_database(const char *url, const char *database, char *text, size_t size)
{
	PQconninfoOption *options = PQconninfoParse(url, NULL);
	size_t used = (size_t)snprintf(text, size, "dbname='%s'", database);
	for (PQconninfoOption *option = options; option && option->keyword; option++) {
		if (!option->val || strcmp(option->keyword, "dbname") == 0)
			continue;
		used += (size_t)snprintf(text + used, size - used, " %s='%s'", option->keyword, option->val);
	}
	PQconninfoFree(options);
	return options != NULL;
}

int database_run_alone(const char *url, const char *sql)
{
	PGconn *connection = PQconnectdb(url);
	PGresult *result = PQexec(connection, sql);
	int good = PQresultStatus(result) == PGRES_COMMAND_OK || PQresultStatus(result) == PGRES_TUPLES_OK;
	if (!good)
		fprintf(stderr, "%s: %s\n", sql, PQerrorMessage(connection));
	PQclear(result);
	PQfinish(connection);
	return good;
}

const char *database_run(const char *url, const char *sql)
{
	static char value[1024];
	struct bytes text, fault;
	bytes_init(&text, sizeof value - 1);
	bytes_init(&fault, 4096);
	enum err error = db_run_blocking(url, sql, &text, &fault);
	snprintf(value, sizeof value, "%s", bytes_string(error == ERR_NONE ? &text : &fault));
	bytes_release(&text);
	bytes_release(&fault);
	ck_assert_msg(error == ERR_NONE, "%s: %s", sql, value);
	return value;
}

const char *database_try(const char *url, const char *sql)
{
	char text[4096];
	snprintf(text, sizeof text,
		 "create temporary table tried (code text) on commit drop;"
		 "do $try$ begin begin execute $tried$%s$tried$; raise exception using errcode = 'ZZ000'; exception when others then"
		 " insert into tried values (case sqlstate when 'ZZ000' then 'done' else sqlstate end); end; end $try$; select code from tried", sql);
	return database_run(url, text);
}

static int run_all(const char *name, const TTest *const *tests, size_t count)
{
	Suite *suite = suite_create(name);
	TCase *all = tcase_create(name);
	for (size_t i = 0; i < count; i++)
		tcase_add_test(all, tests[i]);
	tcase_set_timeout(all, 60);
	suite_add_tcase(suite, all);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

int database_tests(const char *name, const TTest *const *tests, size_t count)
{
	const char *server = getenv("TEST_DATABASE_URL");
	char id[ID_TEXT_SIZE], database[64], make[128], drop[128];
	if (!server) {
		fprintf(stderr, "TEST_DATABASE_URL must name a cluster where databases may be made\n");
		return EXIT_FAILURE;
	}
	log_open(2, LOG_ERROR);
	id_new(id);
	snprintf(database, sizeof database, "test-%s", id);
	snprintf(make, sizeof make, "create database \"%s\"", database);
	snprintf(drop, sizeof drop, "drop database \"%s\" with (force)", database);
	if (!with_database(server, database, own_url, sizeof own_url) || !database_run_alone(server, make))
		return EXIT_FAILURE;
	int status = run_all(name, tests, count);
	return database_run_alone(server, drop) ? status : EXIT_FAILURE;
}

static char own_directory[64];

const char *server_directory(void)
{
	return own_directory;
}

static long postmaster(void)
{
	char path[128];
	long pid = 0;
	snprintf(path, sizeof path, "%s/data/postmaster.pid", own_directory);
	FILE *file = fopen(path, "r");
	ck_assert_ptr_nonnull(file);
	ck_assert_int_eq(fscanf(file, "%ld", &pid), 1);
	fclose(file);
	return pid;
}

/* No directory to work in: it ended, whether or not somebody waited for it. */
static int is_gone(long pid)
{
	char link[64], directory[16];
	snprintf(link, sizeof link, "/proc/%ld/cwd", pid);
	return readlink(link, directory, sizeof directory) < 0;
}

void server_stop_immediately(void)
{
	long pid = postmaster();
	int64_t deadline_us = time_monotonic_us() + 20000000;
	ck_assert_int_eq(kill((pid_t)pid, SIGQUIT), 0);
	while (!is_gone(pid) && time_monotonic_us() < deadline_us)
		sched_yield();
	ck_assert(is_gone(pid));
}

void server_start(void)
{
	struct embedded server;
	struct bytes fault;
	bytes_init(&fault, 4096);
	enum err error = embedded_start(own_directory, &fault, &server);
	ck_assert_msg(error == ERR_NONE, "%s", bytes_string(&fault));
	bytes_release(&fault);
	snprintf(own_url, sizeof own_url, "%s", server.url);
}

int server_tests(const char *name, const TTest *const *tests, size_t count)
{
	struct embedded server;
	struct bytes fault;
	char template[] = "/tmp/secondlook-test-XXXXXX", remove[128];
	log_open(2, LOG_ERROR);
	bytes_init(&fault, 4096);
	int status = EXIT_FAILURE;
	if (!mkdtemp(template))
		return EXIT_FAILURE;
	strcpy(own_directory, template);
	if (embedded_start(own_directory, &fault, &server) == ERR_NONE) {
		snprintf(own_url, sizeof own_url, "%s", server.url);
		status = run_all(name, tests, count);
	}
	if (embedded_stop(own_directory, &fault) != ERR_NONE)
		status = EXIT_FAILURE;
	if (fault.length)
		fprintf(stderr, "%s\n", bytes_string(&fault));
	bytes_release(&fault);
	snprintf(remove, sizeof remove, "rm -rf %s", own_directory);
	return system(remove) == 0 ? status : EXIT_FAILURE;
}

struct db_lane_settings lane_settings(void)
{
	return (struct db_lane_settings){.name = "test", .connection = own_url, .depth = 1000};
}

void lane_open(struct database_lane *lane, struct db_lane_settings settings)
{
	memset(lane, 0, sizeof *lane);
	ck_assert_int_eq(loop_new(&lane->loop), ERR_NONE);
	ck_assert_int_eq(db_lane_open(lane->loop, &settings, &lane->lane), ERR_NONE);
}

void lane_close(struct database_lane *lane)
{
	db_lane_close(lane->lane);
	loop_free(lane->loop);
}

struct wait {
	struct loop *loop;
	int (*holds)(void *context);
	void *context;
	struct loop_timer timer;
	int64_t deadline_us;
};

/* Looks every millisecond whether what is awaited has come. */
static void look(void *context)
{
	struct wait *wait = context;
	if (wait->holds(wait->context) || time_monotonic_us() > wait->deadline_us)
		loop_stop(wait->loop);
	else
		ck_assert_int_eq(loop_timer_set(wait->loop, &wait->timer, 1000, look, wait), ERR_NONE);
}

void lane_await(struct database_lane *lane, int (*holds)(void *context), void *context)
{
	struct wait wait = {.loop = lane->loop, .holds = holds, .context = context,
			    .deadline_us = time_monotonic_us() + 20000000};
	ck_assert_int_eq(loop_timer_set(lane->loop, &wait.timer, 0, look, &wait), ERR_NONE);
	ck_assert_int_eq(loop_run(lane->loop), ERR_NONE);
	ck_assert_msg(holds(context), "not within 20 s; the lane says: %s", db_lane_fault(lane->lane));
}

static int is_ready(void *context)
{
	return db_lane_is_ready(((struct database_lane *)context)->lane);
}

void lane_await_ready(struct database_lane *lane)
{
	lane_await(lane, is_ready, lane);
}

static int all_ended(void *context)
{
	struct database_lane *lane = context;
	return lane->ended == lane->submitted;
}

void lane_await_all(struct database_lane *lane)
{
	lane_await(lane, all_ended, lane);
}

static void on_rows(void *context, size_t call, const struct rows *rows)
{
	struct database_segment *segment = context;
	segment->row_callbacks++;
	segment->last_call = call;
	segment->columns = rows->column_count;
	strcpy(segment->value, "(none)");
	for (int column = 0; column < rows->column_count && column < 16; column++)
		segment->kinds[column] = rows->columns[column].kind;
	for (int row = 0; row < rows->count; row++) {
		for (int column = 0; column < rows->column_count; column++) {
			size_t length = 0;
			const char *value = rows->value(rows->result, row, column, &length);
			segment->bytes += length;
			if (row == 0 && column == 0)
				snprintf(segment->value, sizeof segment->value, "%.*s", value ? (int)length : 6, value ? value : "(null)");
		}
	}
}

static void on_done(void *context, enum db_outcome outcome, const struct db_refusal *refusal)
{
	struct database_segment *segment = context;
	ck_assert_int_eq(segment->is_done, 0);
	ck_assert_int_eq(refusal != NULL, outcome == DB_REFUSED);
	segment->is_done = 1;
	segment->outcome = outcome;
	segment->place = segment->owner->ended++;
	if (refusal) {
		strcpy(segment->sqlstate, refusal->sqlstate);
		snprintf(segment->message, sizeof segment->message, "%s", refusal->message);
		snprintf(segment->constraint, sizeof segment->constraint, "%s", refusal->constraint ? refusal->constraint : "");
	}
}

void segment_call(struct database_segment *segment, const struct db_statement *statement, const char *const *values)
{
	segment->calls[segment->segment.call_count++] = (struct db_call){.statement = statement, .values = values};
}

enum err segment_submit(struct database_lane *lane, struct database_segment *segment)
{
	segment->owner = lane;
	segment->is_done = 0;
	segment->segment.calls = segment->calls;
	segment->segment.rows = on_rows;
	segment->segment.done = on_done;
	segment->segment.context = segment;
	enum err error = db_submit(lane->lane, &segment->segment);
	lane->submitted += error == ERR_NONE;
	return error;
}

static int is_done(void *context)
{
	return ((struct database_segment *)context)->is_done;
}

enum db_outcome segment_run(struct database_lane *lane, struct database_segment *segment)
{
	ck_assert_int_eq(segment_submit(lane, segment), ERR_NONE);
	lane_await(lane, is_done, segment);
	return segment->outcome;
}
