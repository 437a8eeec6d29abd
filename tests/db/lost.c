/* What becomes of segments, and of the lane, when the server goes away, hangs, or doubts its own commit. */
#include "db/database.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/time.h"

static const struct db_statement echo = {"echo", "select $1::text", 1};
static const struct db_statement sleeping = {"sleeping", "select pg_sleep(30)", 0};
static const struct db_statement own_pid = {"own_pid", "select pg_backend_pid()", 0};
static const struct db_statement insert = {"insert", "insert into note values ($1::int)", 1};
static const char *const text[] = {"x"};

static void open_ready(struct database_lane *lane)
{
	lane_open(lane, lane_settings());
	lane_await_ready(lane);
}

static int is_down(void *context)
{
	struct database_lane *lane = context;
	return !db_lane_is_ready(lane->lane);
}

static int someone_sleeps(void *context)
{
	(void)context;
	return strcmp(database_run(database_url(), "select count(*) from pg_stat_activity where wait_event = 'PgSleep'"), "0") != 0;
}

static int someone_waits_for_the_standby(void *context)
{
	(void)context;
	return strcmp(database_run(database_url(), "select count(*) from pg_stat_activity where wait_event = 'SyncRep'"), "0") != 0;
}

/* The process that serves the lane. */
static int server_process(struct database_lane *lane)
{
	struct database_segment segment = {0};
	int pid = 0;
	segment_call(&segment, &own_pid, NULL);
	ck_assert_int_eq(segment_run(lane, &segment), DB_COMMITTED);
	ck_assert_int_eq(sscanf(segment.value, "%d", &pid), 1);
	return pid;
}

static void signal_process(const char *function, int pid)
{
	char sql[64];
	snprintf(sql, sizeof sql, "select %s(%d)", function, pid);
	ck_assert_str_eq(database_run(database_url(), sql), "t");
}

START_TEST(a_crash_leaves_the_sent_unknown_and_the_lane_comes_back)
{
	struct database_segment running = {0}, behind = {0}, late = {0}, after = {0};
	struct database_lane lane;
	open_ready(&lane);
	segment_call(&running, &sleeping, NULL);
	segment_call(&behind, &echo, text);
	segment_call(&late, &echo, text);
	segment_call(&after, &echo, text);
	ck_assert_int_eq(segment_submit(&lane, &running), ERR_NONE);
	ck_assert_int_eq(segment_submit(&lane, &behind), ERR_NONE);
	lane_await(&lane, someone_sleeps, NULL);
	server_stop_immediately();
	lane_await_all(&lane);
	ck_assert_int_eq(running.outcome, DB_UNKNOWN);
	ck_assert_int_eq(behind.outcome, DB_UNKNOWN);
	ck_assert(!db_lane_is_ready(lane.lane));
	ck_assert_str_ne(db_lane_fault(lane.lane), "");
	ck_assert_int_eq(segment_submit(&lane, &late), ERR_NOT_NOW);
	server_start();
	lane_await_ready(&lane);
	ck_assert_str_eq(db_lane_fault(lane.lane), "");
	ck_assert_int_eq(segment_run(&lane, &after), DB_COMMITTED);
	lane_close(&lane);
}
END_TEST

START_TEST(what_was_not_sent_is_unavailable)
{
	struct database_segment segment = {0};
	struct database_lane lane;
	open_ready(&lane);
	(void)server_process(&lane);
	server_stop_immediately();
	/* Accepted, for the loop has not seen the end yet; it sees that before it sends. */
	segment_call(&segment, &echo, text);
	ck_assert_int_eq(segment_submit(&lane, &segment), ERR_NONE);
	lane_await_all(&lane);
	ck_assert_int_eq(segment.outcome, DB_UNAVAILABLE);
	server_start();
	lane_await_ready(&lane);
	lane_close(&lane);
}
END_TEST

START_TEST(a_terminated_process_has_not_begun_what_it_did_not_answer)
{
	struct database_segment before = {0}, running = {0}, behind = {0}, after = {0};
	struct database_lane lane;
	open_ready(&lane);
	int pid = server_process(&lane);
	segment_call(&before, &echo, text);
	segment_call(&running, &echo, text);
	segment_call(&running, &sleeping, NULL);
	segment_call(&behind, &echo, text);
	segment_call(&after, &echo, text);
	ck_assert_int_eq(segment_submit(&lane, &before), ERR_NONE);
	ck_assert_int_eq(segment_submit(&lane, &running), ERR_NONE);
	ck_assert_int_eq(segment_submit(&lane, &behind), ERR_NONE);
	lane_await(&lane, someone_sleeps, NULL);
	signal_process("pg_terminate_backend", pid);
	lane_await_all(&lane);
	ck_assert_int_eq(before.outcome, DB_COMMITTED);
	ck_assert_int_eq(running.outcome, DB_UNAVAILABLE);
	ck_assert_int_eq(behind.outcome, DB_UNAVAILABLE);
	ck_assert_str_eq(db_lane_fault(lane.lane), "terminating connection due to administrator command");
	lane_await_ready(&lane);
	ck_assert_int_eq(segment_run(&lane, &after), DB_COMMITTED);
	lane_close(&lane);
}
END_TEST

START_TEST(an_idle_lane_notices_its_end)
{
	struct database_lane lane;
	open_ready(&lane);
	int pid = server_process(&lane);
	signal_process("pg_terminate_backend", pid);
	lane_await(&lane, is_down, &lane);
	lane_await_ready(&lane);
	ck_assert_int_ne(server_process(&lane), pid);
	lane_close(&lane);
}
END_TEST

enum { ROUNDS = 25, BATCH = 60 };

struct part {
	const struct database_lane *lane;
	size_t ended; /* so many are to end first */
};

static int part_ended(void *context)
{
	const struct part *part = context;
	return part->lane->ended >= part->ended;
}

/* Two rows a segment, so a half-kept one would show. Every third segment is refused after its first row. */
static void submit_batch(struct database_lane *lane, struct database_segment *segments, char (*ids)[12],
			 const char *(*values)[1], int round)
{
	static const struct db_statement odd = {"odd", "insert into pair values ($1::int, 1)", 1};
	static const struct db_statement even = {
		"even", "insert into pair values ($1::int, 2 / (case $1::int % 3 when 0 then 0 else 1 end))", 1};
	for (int i = 0; i < BATCH; i++) {
		snprintf(ids[i], sizeof ids[i], "%d", round * BATCH + i);
		values[i][0] = ids[i];
		segment_call(&segments[i], &odd, values[i]);
		segment_call(&segments[i], &even, values[i]);
		ck_assert_int_eq(segment_submit(lane, &segments[i]), ERR_NONE);
	}
}

static void check_batch(const struct database_segment *segments, int round, int counts[4])
{
	char sql[256];
	snprintf(sql, sizeof sql, "select string_agg((select count(*) from pair where pair.id = i)::text, '' order by i)"
				  " from generate_series(%d, %d) i", round * BATCH, (round + 1) * BATCH - 1);
	const char *rows = database_run(database_url(), sql);
	for (int i = 0; i < BATCH; i++) {
		counts[segments[i].outcome]++;
		if (segments[i].outcome == DB_COMMITTED)
			ck_assert_int_eq(rows[i], '2');
		else if (segments[i].outcome != DB_UNKNOWN)
			ck_assert_int_eq(rows[i], '0');
		else
			ck_assert(rows[i] == '0' || rows[i] == '2');
	}
}

/* Kills the lane's process in the middle of every batch; what is said of each segment must be so. */
static void kill_in_the_middle(int crash, int counts[4])
{
	static struct database_segment segments[BATCH];
	static char ids[BATCH][12];
	static const char *values[BATCH][1];
	struct database_lane lane;
	database_run(database_url(), "drop table if exists pair; create table pair (id int, half int)");
	open_ready(&lane);
	for (int round = 0; round < (crash ? 6 : ROUNDS); round++) {
		memset(segments, 0, sizeof segments);
		lane_await_ready(&lane);
		int pid = server_process(&lane);
		submit_batch(&lane, segments, ids, values, round);
		struct part part = {&lane, lane.ended + (size_t)(round % 4) * BATCH / 4};
		lane_await(&lane, part_ended, &part);
		if (crash)
			server_stop_immediately();
		else
			signal_process("pg_terminate_backend", pid);
		lane_await_all(&lane);
		if (crash)
			server_start();
		check_batch(segments, round, counts);
	}
	lane_close(&lane);
}

START_TEST(outcomes_are_true_when_processes_are_terminated)
{
	int counts[4] = {0};
	kill_in_the_middle(0, counts);
	ck_assert_int_gt(counts[DB_UNAVAILABLE] + counts[DB_COMMITTED], 0);
}
END_TEST

START_TEST(outcomes_are_true_when_the_server_crashes)
{
	int counts[4] = {0};
	kill_in_the_middle(1, counts);
	ck_assert_int_gt(counts[DB_UNKNOWN] + counts[DB_UNAVAILABLE], 0);
}
END_TEST

static void want_standby(const char *name)
{
	char sql[96];
	snprintf(sql, sizeof sql, "alter system set synchronous_standby_names = '%s'", name);
	ck_assert(database_run_alone(database_url(), sql));
	ck_assert(database_run_alone(database_url(), "select pg_reload_conf()"));
}

struct standby_wait {
	struct database_lane *lane;
	struct database_segment segment;
};

/* The server's processes learn of the setting one after the other: rows are committed until one has to wait. */
static int commit_waits(void *context)
{
	struct standby_wait *wait = context;
	if (wait->segment.is_done)
		ck_assert_int_eq(segment_submit(wait->lane, &wait->segment), ERR_NONE);
	return someone_waits_for_the_standby(NULL);
}

/* Commits while no standby answers, and sends `function` to the process that waits for it. */
static enum db_outcome commit_without_standby(const char *function)
{
	const char *const seven[] = {"7"};
	struct database_segment behind = {0};
	struct database_lane lane;
	struct standby_wait wait = {.lane = &lane};
	char rows[32];
	database_run(database_url(), "drop table if exists note; create table note (id int)");
	open_ready(&lane);
	int pid = server_process(&lane);
	want_standby("nobody");
	segment_call(&wait.segment, &insert, seven);
	segment_call(&behind, &echo, text);
	ck_assert_int_eq(segment_submit(&lane, &wait.segment), ERR_NONE);
	lane_await(&lane, commit_waits, &wait);
	ck_assert_int_eq(wait.segment.is_done, 0);
	ck_assert_int_eq(segment_submit(&lane, &behind), ERR_NONE);
	signal_process(function, pid);
	size_t inserts = lane.submitted - 2;
	lane_await_all(&lane);
	want_standby("");
	snprintf(rows, sizeof rows, "%zu", inserts);
	ck_assert_str_eq(database_run(database_url(), "select count(*) from note"), rows);
	lane_close(&lane);
	return wait.segment.outcome;
}

START_TEST(a_cancelled_wait_for_the_standby_is_unknown)
{
	ck_assert_int_eq(commit_without_standby("pg_cancel_backend"), DB_UNKNOWN);
}
END_TEST

START_TEST(a_terminated_wait_for_the_standby_is_unknown)
{
	ck_assert_int_eq(commit_without_standby("pg_terminate_backend"), DB_UNKNOWN);
}
END_TEST

/* A socket in the server's place, that listens and never answers. */
static int listen_silently(const char *directory)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	snprintf(address.sun_path, sizeof address.sun_path, "%s/.s.PGSQL.1", directory);
	int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ck_assert_int_ge(listener, 0);
	ck_assert_int_eq(bind(listener, (struct sockaddr *)&address, sizeof address), 0);
	ck_assert_int_eq(listen(listener, 8), 0);
	return listener;
}

static int has_fault(void *context)
{
	struct database_lane *lane = context;
	return *db_lane_fault(lane->lane) != '\0';
}

START_TEST(an_attempt_to_connect_ends_after_three_seconds)
{
	char url[256];
	struct db_lane_settings settings = lane_settings();
	struct database_lane lane;
	int listener = listen_silently(server_directory());
	int64_t began_us = time_monotonic_us();
	snprintf(url, sizeof url, "host=%s port=1 user=postgres password=hunter2", server_directory());
	settings.connection = url;
	lane_open(&lane, settings);
	lane_await(&lane, has_fault, &lane);
	int64_t took_us = time_monotonic_us() - began_us;
	ck_assert_msg(took_us > 2500000 && took_us < 4000000, "%ld us", (long)took_us);
	ck_assert_ptr_null(strstr(db_lane_fault(lane.lane), "hunter2"));
	lane_close(&lane);
	close(listener);
}
END_TEST

START_TEST(a_server_that_closes_at_once_is_noticed_at_once)
{
	char url[256];
	struct db_lane_settings settings = lane_settings();
	struct database_lane lane;
	char directory[] = "/tmp/secondlook-silent-XXXXXX", path[128];
	ck_assert_ptr_nonnull(mkdtemp(directory));
	int listener = listen_silently(directory);
	int64_t began_us = time_monotonic_us();
	snprintf(url, sizeof url, "host=%s port=1 user=postgres password=hunter2", directory);
	settings.connection = url;
	lane_open(&lane, settings);
	close(accept(listener, NULL, NULL));
	lane_await(&lane, has_fault, &lane);
	ck_assert_int_lt(time_monotonic_us() - began_us, 1000000);
	ck_assert_ptr_null(strstr(db_lane_fault(lane.lane), "hunter2"));
	lane_close(&lane);
	close(listener);
	snprintf(path, sizeof path, "%s/.s.PGSQL.1", directory);
	ck_assert_int_eq(unlink(path), 0);
	ck_assert_int_eq(rmdir(directory), 0);
}
END_TEST

START_TEST(a_server_that_falls_silent_is_given_up)
{
	struct db_lane_settings settings = lane_settings();
	struct database_segment segment = {0}, next = {0};
	struct database_lane lane;
	settings.patience_us = 200000;
	lane_open(&lane, settings);
	lane_await_ready(&lane);
	segment_call(&segment, &sleeping, NULL); /* half a minute: as silent as a stopped server */
	int64_t begun_us = time_monotonic_us();
	enum db_outcome outcome = segment_run(&lane, &segment);
	ck_assert(outcome == DB_UNKNOWN || outcome == DB_UNAVAILABLE);
	ck_assert_int_lt(time_monotonic_us() - begun_us, 5000000);
	lane_await_ready(&lane);
	segment_call(&next, &echo, text);
	ck_assert_int_eq(segment_run(&lane, &next), DB_COMMITTED);
	lane_close(&lane);
}
END_TEST

START_TEST(a_lane_waits_for_a_server_that_comes_later)
{
	struct database_lane lane;
	server_stop_immediately();
	lane_open(&lane, lane_settings());
	ck_assert(!db_lane_is_ready(lane.lane));
	lane_await(&lane, has_fault, &lane);
	server_start();
	lane_await_ready(&lane);
	lane_close(&lane);
}
END_TEST

SERVER_TESTS("db/lost", a_crash_leaves_the_sent_unknown_and_the_lane_comes_back, what_was_not_sent_is_unavailable,
	     a_terminated_process_has_not_begun_what_it_did_not_answer, an_idle_lane_notices_its_end,
	     outcomes_are_true_when_processes_are_terminated, outcomes_are_true_when_the_server_crashes,
	     a_cancelled_wait_for_the_standby_is_unknown, a_terminated_wait_for_the_standby_is_unknown,
	     an_attempt_to_connect_ends_after_three_seconds, a_server_that_closes_at_once_is_noticed_at_once,
	     a_server_that_falls_silent_is_given_up,
	     a_lane_waits_for_a_server_that_comes_later)
