/* Segments through one pipelined connection: order, errors, limits, repeats. */
#include "db/database.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct db_statement echo = {"echo", "select $1::text", 1};
static const struct db_statement divide = {"divide", "select 10 / $1::int", 1};
static const struct db_statement table = {"table", "create table if not exists note (id int primary key, text text)", 0};
static const struct db_statement insert = {"insert", "insert into note values ($1::int, $2)", 2};
static const struct db_statement count = {"count", "select count(*) from note", 0};

static void make_notes(void)
{
	database_run(database_url(), "drop table if exists note; create table note (id int primary key, text text)");
}

static void open_ready(struct database_lane *lane)
{
	lane_open(lane, lane_settings());
	lane_await_ready(lane);
}

START_TEST(many_segments_answer_in_order)
{
	enum { COUNT = 300 };
	static struct database_segment segments[COUNT];
	static char numbers[COUNT][12];
	static const char *values[COUNT][1];
	struct database_lane lane;
	open_ready(&lane);
	for (int i = 0; i < COUNT; i++) {
		snprintf(numbers[i], sizeof numbers[i], "%d", i);
		values[i][0] = numbers[i];
		segment_call(&segments[i], &echo, values[i]);
		ck_assert_int_eq(segment_submit(&lane, &segments[i]), ERR_NONE);
	}
	ck_assert_uint_eq(db_lane_in_flight(lane.lane), COUNT);
	lane_await_all(&lane);
	for (size_t i = 0; i < COUNT; i++) {
		ck_assert_int_eq(segments[i].outcome, DB_COMMITTED);
		ck_assert_uint_eq(segments[i].place, i);
		ck_assert_str_eq(segments[i].value, numbers[i]);
	}
	ck_assert_uint_eq(db_lane_in_flight(lane.lane), 0);
	lane_close(&lane);
}
END_TEST

START_TEST(an_error_hits_only_its_own_segment)
{
	struct database_segment segments[3] = {0};
	const char *const one[] = {"1", "a"}, *const two[] = {"2", "b"}, *const three[] = {"3", "c"};
	const char *const zero[] = {"0"};
	struct database_lane lane;
	make_notes();
	open_ready(&lane);
	segment_call(&segments[0], &insert, one);
	segment_call(&segments[1], &insert, two);
	segment_call(&segments[1], &divide, zero);
	segment_call(&segments[1], &count, NULL);
	segment_call(&segments[2], &insert, three);
	segment_call(&segments[2], &count, NULL);
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(segment_submit(&lane, &segments[i]), ERR_NONE);
	lane_await_all(&lane);
	ck_assert_int_eq(segments[0].outcome, DB_COMMITTED);
	ck_assert_int_eq(segments[1].outcome, DB_REFUSED);
	ck_assert_str_eq(segments[1].sqlstate, "22012");
	ck_assert_int_eq(segments[1].row_callbacks, 1);
	ck_assert_int_eq(segments[2].outcome, DB_COMMITTED);
	ck_assert_str_eq(segments[2].value, "2");
	ck_assert_str_eq(database_run(database_url(), "select string_agg(text, '' order by id) from note"), "ac");
	lane_close(&lane);
}
END_TEST

START_TEST(a_failure_at_commit_is_a_refusal)
{
	static const struct db_statement child = {"child", "insert into child values ($1::int)", 1};
	struct database_segment bad = {0}, good = {0};
	const char *const one[] = {"1"}, *const eight[] = {"8"};
	struct database_lane lane;
	database_run(database_url(),
		     "create table parent (id int primary key); insert into parent values (1);"
		     "create table child (id int constraint child_parent references parent deferrable initially deferred)");
	open_ready(&lane);
	segment_call(&bad, &child, eight);
	segment_call(&good, &child, one);
	ck_assert_int_eq(segment_submit(&lane, &bad), ERR_NONE);
	ck_assert_int_eq(segment_submit(&lane, &good), ERR_NONE);
	lane_await_all(&lane);
	ck_assert_int_eq(bad.row_callbacks, 1);
	ck_assert_int_eq(bad.outcome, DB_REFUSED);
	ck_assert_str_eq(bad.sqlstate, "23503");
	ck_assert_str_eq(bad.constraint, "child_parent");
	ck_assert_int_eq(good.outcome, DB_COMMITTED);
	ck_assert_str_eq(database_run(database_url(), "select string_agg(id::text, ',') from child"), "1");
	lane_close(&lane);
}
END_TEST

START_TEST(past_its_depth_a_lane_refuses)
{
	struct database_segment segments[4] = {0};
	const char *const values[] = {"x"};
	struct db_lane_settings settings = lane_settings();
	struct database_lane lane;
	settings.depth = 3;
	lane_open(&lane, settings);
	segment_call(&segments[0], &echo, values);
	ck_assert_int_eq(segment_submit(&lane, &segments[0]), ERR_NOT_NOW);
	lane_await_ready(&lane);
	for (int i = 0; i < 3; i++) {
		segments[i].segment.call_count = 0;
		segment_call(&segments[i], &echo, values);
		ck_assert_int_eq(segment_submit(&lane, &segments[i]), ERR_NONE);
	}
	segment_call(&segments[3], &echo, values);
	ck_assert_int_eq(segment_submit(&lane, &segments[3]), ERR_LIMIT);
	lane_await_all(&lane);
	ck_assert_int_eq(segment_run(&lane, &segments[3]), DB_COMMITTED);
	lane_close(&lane);
}
END_TEST

START_TEST(a_statement_is_prepared_though_the_segment_before_failed)
{
	struct database_segment failing = {0}, next = {0}, last = {0};
	const char *const zero[] = {"0"}, *const text[] = {"seen"};
	struct database_lane lane;
	open_ready(&lane);
	/* The failing one is the first to need `echo`, and never gets as far. */
	segment_call(&failing, &divide, zero);
	segment_call(&failing, &echo, text);
	segment_call(&next, &echo, text);
	segment_call(&last, &echo, text);
	ck_assert_int_eq(segment_submit(&lane, &failing), ERR_NONE);
	ck_assert_int_eq(segment_submit(&lane, &next), ERR_NONE);
	lane_await_all(&lane);
	ck_assert_int_eq(failing.outcome, DB_REFUSED);
	ck_assert_int_eq(next.outcome, DB_COMMITTED);
	ck_assert_str_eq(next.value, "seen");
	ck_assert_int_eq(segment_run(&lane, &last), DB_COMMITTED);
	lane_close(&lane);
}
END_TEST

START_TEST(a_statement_that_cannot_be_prepared_says_why_each_time)
{
	static const struct db_statement bad = {"bad", "select nothing from nowhere", 0};
	struct database_segment segments[3] = {0};
	struct database_lane lane;
	open_ready(&lane);
	for (int i = 0; i < 3; i++)
		segment_call(&segments[i], &bad, NULL);
	ck_assert_int_eq(segment_submit(&lane, &segments[0]), ERR_NONE);
	ck_assert_int_eq(segment_submit(&lane, &segments[1]), ERR_NONE);
	lane_await_all(&lane);
	ck_assert_int_eq(segment_run(&lane, &segments[2]), DB_REFUSED);
	for (int i = 0; i < 3; i++)
		ck_assert_str_eq(segments[i].sqlstate, "42P01");
	database_run(database_url(), "create table nowhere (nothing int)");
	segments[0].row_callbacks = 0;
	ck_assert_int_eq(segment_run(&lane, &segments[0]), DB_COMMITTED);
	ck_assert_int_eq(segments[0].row_callbacks, 1);
	lane_close(&lane);
}
END_TEST

START_TEST(a_bad_statement_at_connect_keeps_the_lane_from_being_ready)
{
	static const struct db_statement bad = {"getNothing.0", "select nothing from no_such_table", 0};
	static const struct db_statement *const prepared[] = {&echo, &bad, NULL};
	struct db_lane_settings settings = lane_settings();
	struct database_lane lane;
	settings.prepared = prepared;
	lane_open(&lane, settings);
	int64_t turns = 0;
	while (!*db_lane_fault(lane.lane) && turns++ < 100000) {
		struct loop_timer stop = {0};
		ck_assert_int_eq(loop_timer_set(lane.loop, &stop, 0, (loop_function)loop_stop, lane.loop), ERR_NONE);
		ck_assert_int_eq(loop_run(lane.loop), ERR_NONE);
	}
	ck_assert(!db_lane_is_ready(lane.lane));
	ck_assert_str_eq(db_lane_fault(lane.lane), "statement getNothing.0: relation \"no_such_table\" does not exist");
	lane_close(&lane);
}
END_TEST

START_TEST(the_session_is_set_and_statements_stand_before_the_first_segment)
{
	static const char *const session[] = {"set application_name to 'lane under test'", "set timezone to 'Asia/Tokyo'", NULL};
	static const struct db_statement *const prepared[] = {&echo, &divide, &echo, NULL};
	static const struct db_statement look = {
		"look", "select current_setting('application_name') || ' ' || (select count(*) from pg_prepared_statements)", 0};
	struct db_lane_settings settings = lane_settings();
	struct database_segment segment = {0};
	struct database_lane lane;
	settings.prepared = prepared;
	settings.session = session;
	lane_open(&lane, settings);
	lane_await_ready(&lane);
	segment_call(&segment, &look, NULL);
	ck_assert_int_eq(segment_run(&lane, &segment), DB_COMMITTED);
	ck_assert_str_eq(segment.value, "lane under test 3");
	lane_close(&lane);
}
END_TEST

START_TEST(columns_have_their_kinds)
{
	static const struct db_statement kinds = {
		"kinds",
		"select 1::int2, 2::int4, 3::int8, 4.5::float8, 6.70::numeric, true, '{}'::json, '[]'::jsonb,"
		" timestamptz '2026-01-31 23:59:59.5+09', 'text'::text, date '2026-01-01', 'infinity'::timestamptz,"
		" 'NaN'::numeric, '-Infinity'::float4, null::int, '0123abcd-ffff-7000-8000-00000000000f'::uuid", 0};
	static const enum column_kind expected[16] = {
		COLUMN_NUMBER, COLUMN_NUMBER, COLUMN_NUMBER, COLUMN_NUMBER, COLUMN_NUMBER, COLUMN_BOOLEAN, COLUMN_JSON, COLUMN_JSON,
		COLUMN_INSTANT, COLUMN_TEXT, COLUMN_TEXT, COLUMN_INSTANT, COLUMN_TEXT, COLUMN_TEXT, COLUMN_NUMBER, COLUMN_PLAIN};
	struct database_segment segment = {0};
	struct database_lane lane;
	open_ready(&lane);
	segment_call(&segment, &kinds, NULL);
	for (int round = 0; round < 2; round++) {
		ck_assert_int_eq(segment_run(&lane, &segment), DB_COMMITTED);
		ck_assert_int_eq(segment.columns, 16);
		for (int i = 0; i < 16; i++)
			ck_assert_msg(segment.kinds[i] == expected[i], "column %d is of kind %d", i, segment.kinds[i]);
	}
	lane_close(&lane);
}
END_TEST

/* The first answer comes as text, from the second on as the types are stored: both must read the same. */
START_TEST(every_answer_reads_like_the_first)
{
	static const char *const values[] = {
		"true", "false", "(-32768)::int2", "2147483647", "(-9223372036854775808)::int8", "0::int8", "'name'::name", "'plain'::text", "''::text",
		"'varying'::varchar", "'{\"a\": [1]}'::json", "'{\"a\": [1, null]}'::jsonb", "gen_random_uuid() is null",
		"'0123abcd-ffff-7000-8000-00000000000f'::uuid", "'2000-01-01 00:00:00+00'::timestamptz", "'1999-12-31 23:59:59.999999Z'::timestamptz",
		"'2024-02-29 12:34:56.1Z'::timestamptz", "'2026-03-01 00:00:00.000001Z'::timestamptz", "'1900-02-28 01:00Z'::timestamptz",
		"'2100-03-01 01:00Z'::timestamptz", "'0001-01-01 00:00Z'::timestamptz", "'9999-12-31 23:59:59.5Z'::timestamptz",
		"'12345-06-07 00:00Z'::timestamptz", "'0044-03-15 12:00Z BC'::timestamptz", "'4714-11-24 00:00Z BC'::timestamptz",
		"'infinity'::timestamptz", "'-infinity'::timestamptz", "null::uuid", "1.50::numeric", "date '2026-01-31'"};
	enum { COUNT = sizeof values / sizeof *values };
	struct db_statement statements[COUNT]; /* as long as the lane */
	char names[COUNT][16], sql[COUNT][120];
	struct database_lane lane;
	open_ready(&lane);
	for (size_t i = 0; i < COUNT; i++) {
		struct database_segment first = {0}, second = {0};
		snprintf(names[i], sizeof names[i], "value-%zu", i);
		snprintf(sql[i], sizeof sql[i], "select %s", values[i]);
		statements[i] = (struct db_statement){names[i], sql[i], 0};
		segment_call(&first, &statements[i], NULL);
		segment_call(&second, &statements[i], NULL);
		ck_assert_int_eq(segment_run(&lane, &first), DB_COMMITTED);
		ck_assert_int_eq(segment_run(&lane, &second), DB_COMMITTED);
		ck_assert_str_eq(first.value, second.value);
		ck_assert_int_eq(first.kinds[0], second.kinds[0]);
	}
	lane_close(&lane);
}
END_TEST

START_TEST(instants_are_in_utc_whatever_the_database_says)
{
	static const struct db_statement instant = {"instant", "select timestamptz '2026-01-31 23:59:59.5+09'", 0};
	struct database_segment segment = {0};
	struct database_lane lane;
	database_run(database_url(),
		     "do $$ begin"
		     " execute format('alter database %I set timezone to ''Asia/Tokyo''', current_database());"
		     " execute format('alter database %I set datestyle to ''German''', current_database()); end $$");
	open_ready(&lane);
	segment_call(&segment, &instant, NULL);
	ck_assert_int_eq(segment_run(&lane, &segment), DB_COMMITTED);
	ck_assert_str_eq(segment.value, "2026-01-31 14:59:59.5+00");
	lane_close(&lane);
}
END_TEST

START_TEST(a_word_in_one_result_does_not_change_the_next)
{
	static const struct db_statement number = {"number", "select $1::float8", 1};
	const char *const nan[] = {"NaN"}, *const half[] = {"0.5"};
	struct database_segment first = {0}, second = {0};
	struct database_lane lane;
	open_ready(&lane);
	segment_call(&first, &number, nan);
	segment_call(&second, &number, half);
	ck_assert_int_eq(segment_run(&lane, &first), DB_COMMITTED);
	ck_assert_int_eq(segment_run(&lane, &second), DB_COMMITTED);
	ck_assert_int_eq(first.kinds[0], COLUMN_TEXT);
	ck_assert_int_eq(second.kinds[0], COLUMN_NUMBER);
	lane_close(&lane);
}
END_TEST

START_TEST(a_null_goes_in_and_comes_out)
{
	const char *const values[] = {NULL};
	struct database_segment segment = {0}, nothing = {0};
	struct database_lane lane;
	open_ready(&lane);
	segment_call(&segment, &echo, values);
	ck_assert_int_eq(segment_run(&lane, &segment), DB_COMMITTED);
	ck_assert_str_eq(segment.value, "(null)");
	segment_call(&nothing, &table, NULL);
	ck_assert_int_eq(segment_run(&lane, &nothing), DB_COMMITTED);
	ck_assert_int_eq(nothing.row_callbacks, 1);
	ck_assert_int_eq(nothing.columns, 0);
	lane_close(&lane);
}
END_TEST

START_TEST(large_texts_go_both_ways_at_once)
{
	enum { COUNT = 24, SIZE = 3000000 };
	static struct database_segment segments[COUNT];
	char *large = malloc(SIZE + 1);
	const char *const values[] = {large};
	struct database_lane lane;
	memset(large, 'x', SIZE);
	large[SIZE] = '\0';
	open_ready(&lane);
	for (int i = 0; i < COUNT; i++) {
		segment_call(&segments[i], &echo, values);
		ck_assert_int_eq(segment_submit(&lane, &segments[i]), ERR_NONE);
	}
	lane_await_all(&lane);
	for (int i = 0; i < COUNT; i++) {
		ck_assert_int_eq(segments[i].outcome, DB_COMMITTED);
		ck_assert_uint_eq(segments[i].bytes, SIZE);
	}
	lane_close(&lane);
	free(large);
}
END_TEST

static const struct db_statement fail_times = {"fail_times", "select fail_times($1::int)", 1};

static void make_fail_times(void)
{
	/* A sequence doesn't roll back, so it counts the tries. */
	database_run(database_url(),
		     "drop sequence if exists tries; create sequence tries;"
		     "create or replace function fail_times(times int) returns bigint language plpgsql as $$ begin"
		     " if nextval('tries') <= times then raise sqlstate '40001'; end if; return currval('tries'); end $$");
}

START_TEST(a_conflict_is_tried_again)
{
	const char *const twice[] = {"2"};
	struct database_segment segment = {.segment.is_repeatable = true};
	struct database_lane lane;
	make_fail_times();
	open_ready(&lane);
	segment_call(&segment, &fail_times, twice);
	ck_assert_int_eq(segment_run(&lane, &segment), DB_COMMITTED);
	ck_assert_str_eq(segment.value, "3");
	lane_close(&lane);
}
END_TEST

START_TEST(a_conflict_is_tried_four_times_in_all)
{
	const char *const ever[] = {"100"};
	struct database_segment segment = {.segment.is_repeatable = true}, once = {0};
	struct database_lane lane;
	make_fail_times();
	open_ready(&lane);
	segment_call(&segment, &fail_times, ever);
	ck_assert_int_eq(segment_run(&lane, &segment), DB_REFUSED);
	ck_assert_str_eq(segment.sqlstate, "40001");
	ck_assert_str_eq(database_run(database_url(), "select last_value from tries"), "4");
	segment_call(&once, &fail_times, ever);
	ck_assert_int_eq(segment_run(&lane, &once), DB_REFUSED);
	ck_assert_str_eq(database_run(database_url(), "select last_value from tries"), "5");
	ck_assert_uint_eq(db_lane_in_flight(lane.lane), 0);
	lane_close(&lane);
}
END_TEST

START_TEST(a_deadlock_of_two_lanes_resolves)
{
	static const struct db_statement touch = {"touch", "update note set text = text || $2 where id = $1::int", 2};
	static const struct db_statement pause = {"pause", "select pg_advisory_lock_shared(1), pg_sleep(0.3)", 0};
	static const char *const session[] = {"set deadlock_timeout to '100ms'", NULL};
	const char *const one[] = {"1", "x"}, *const two[] = {"2", "x"};
	struct database_segment left = {.segment.is_repeatable = true}, right = {.segment.is_repeatable = true};
	struct db_lane_settings settings = lane_settings();
	struct database_lane lane, other;
	make_notes();
	database_run(database_url(), "insert into note values (1, ''), (2, '')");
	settings.session = session;
	lane_open(&lane, settings);
	lane_await_ready(&lane);
	/* Both lanes on one loop. */
	other = (struct database_lane){.loop = lane.loop};
	ck_assert_int_eq(db_lane_open(lane.loop, &settings, &other.lane), ERR_NONE);
	lane_await_ready(&other);
	segment_call(&left, &touch, one);
	segment_call(&left, &pause, NULL);
	segment_call(&left, &touch, two);
	segment_call(&right, &touch, two);
	segment_call(&right, &pause, NULL);
	segment_call(&right, &touch, one);
	ck_assert_int_eq(segment_submit(&lane, &left), ERR_NONE);
	ck_assert_int_eq(segment_submit(&other, &right), ERR_NONE);
	lane_await_all(&lane);
	lane_await_all(&other);
	ck_assert_int_eq(left.outcome, DB_COMMITTED);
	ck_assert_int_eq(right.outcome, DB_COMMITTED);
	ck_assert_str_eq(database_run(database_url(), "select string_agg(text, ',' order by id) from note"), "xx,xx");
	db_lane_close(other.lane);
	lane_close(&lane);
}
END_TEST

START_TEST(a_statement_timeout_is_a_plain_refusal)
{
	static const struct db_statement sleep = {"sleep", "select pg_sleep(10)", 0};
	static const char *const session[] = {"set statement_timeout to '50ms'", NULL};
	struct database_segment segment = {.segment.is_repeatable = true}, next = {0};
	const char *const text[] = {"still here"};
	struct db_lane_settings settings = lane_settings();
	struct database_lane lane;
	settings.session = session;
	lane_open(&lane, settings);
	lane_await_ready(&lane);
	segment_call(&segment, &sleep, NULL);
	ck_assert_int_eq(segment_run(&lane, &segment), DB_REFUSED);
	ck_assert_str_eq(segment.sqlstate, "57014");
	segment_call(&next, &echo, text);
	ck_assert_int_eq(segment_run(&lane, &next), DB_COMMITTED);
	lane_close(&lane);
}
END_TEST

START_TEST(a_changed_view_is_prepared_anew)
{
	static const struct db_statement view = {"view", "select * from changing", 0};
	struct database_segment segment = {.segment.is_repeatable = true};
	struct database_lane lane;
	database_run(database_url(), "create view changing as select 1 as a");
	open_ready(&lane);
	segment_call(&segment, &view, NULL);
	ck_assert_int_eq(segment_run(&lane, &segment), DB_COMMITTED);
	ck_assert_int_eq(segment.columns, 1);
	database_run(database_url(), "create or replace view changing as select 1 as a, 'x'::text as b");
	ck_assert_int_eq(segment_run(&lane, &segment), DB_COMMITTED);
	ck_assert_int_eq(segment.columns, 2);
	ck_assert_int_eq(segment.kinds[1], COLUMN_TEXT);
	lane_close(&lane);
}
END_TEST

static void chain(void *context, enum db_outcome outcome, const struct db_refusal *refusal)
{
	struct database_segment *segment = context;
	(void)refusal;
	segment->outcome = outcome;
	segment->owner->ended++;
	if (outcome == DB_COMMITTED && ++segment->is_done < 50) {
		ck_assert_int_eq(db_submit(segment->owner->lane, &segment->segment), ERR_NONE);
		segment->owner->submitted++;
	}
}

START_TEST(a_segment_may_be_submitted_again_from_its_end)
{
	struct database_segment segment = {0};
	const char *const text[] = {"x"};
	struct db_lane_settings settings = lane_settings();
	struct database_lane lane;
	settings.depth = 1;
	lane_open(&lane, settings);
	lane_await_ready(&lane);
	segment_call(&segment, &echo, text);
	segment.owner = &lane;
	segment.segment.calls = segment.calls;
	segment.segment.done = chain;
	segment.segment.context = &segment;
	ck_assert_int_eq(db_submit(lane.lane, &segment.segment), ERR_NONE);
	lane.submitted = 1;
	lane_await_all(&lane);
	ck_assert_int_eq(segment.is_done, 50);
	ck_assert_int_eq(segment.outcome, DB_COMMITTED);
	lane_close(&lane);
}
END_TEST

START_TEST(closing_ends_every_segment_once)
{
	static const struct db_statement sleep = {"sleep", "select pg_sleep(30)", 0};
	struct database_segment sent = {0}, waiting = {0}, retrying = {.segment.is_repeatable = true};
	const char *const text[] = {"x"};
	struct database_lane lane;
	open_ready(&lane);
	segment_call(&sent, &sleep, NULL);
	ck_assert_int_eq(segment_submit(&lane, &sent), ERR_NONE);
	while (strcmp(database_run(database_url(),
				   "select count(*) from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'"),
		      "0") == 0) {
		struct loop_timer stop = {0};
		ck_assert_int_eq(loop_timer_set(lane.loop, &stop, 0, (loop_function)loop_stop, lane.loop), ERR_NONE);
		ck_assert_int_eq(loop_run(lane.loop), ERR_NONE);
	}
	segment_call(&waiting, &echo, text);
	segment_call(&retrying, &echo, text);
	ck_assert_int_eq(segment_submit(&lane, &waiting), ERR_NONE);
	ck_assert_int_eq(segment_submit(&lane, &retrying), ERR_NONE);
	lane_close(&lane);
	ck_assert_int_eq(sent.outcome, DB_UNKNOWN);
	ck_assert_int_eq(waiting.outcome, DB_UNAVAILABLE);
	ck_assert_int_eq(retrying.outcome, DB_UNAVAILABLE);
	ck_assert_int_eq(sent.is_done + waiting.is_done + retrying.is_done, 3);
}
END_TEST

START_TEST(a_malformed_connection_string_is_refused)
{
	struct db_lane_settings settings = lane_settings();
	struct loop *loop;
	struct db_lane *lane;
	ck_assert_int_eq(loop_new(&loop), ERR_NONE);
	settings.connection = "postgresql://user:secret@host/x?no_such_setting=1";
	ck_assert_int_eq(db_lane_open(loop, &settings, &lane), ERR_INPUT);
	loop_free(loop);
}
END_TEST

DATABASE_TESTS("db/lane", many_segments_answer_in_order, an_error_hits_only_its_own_segment,
	       a_failure_at_commit_is_a_refusal, past_its_depth_a_lane_refuses,
	       a_statement_is_prepared_though_the_segment_before_failed,
	       a_statement_that_cannot_be_prepared_says_why_each_time,
	       a_bad_statement_at_connect_keeps_the_lane_from_being_ready,
	       the_session_is_set_and_statements_stand_before_the_first_segment, columns_have_their_kinds, every_answer_reads_like_the_first,
	       instants_are_in_utc_whatever_the_database_says, a_word_in_one_result_does_not_change_the_next,
	       a_null_goes_in_and_comes_out, large_texts_go_both_ways_at_once,
	       a_conflict_is_tried_again, a_conflict_is_tried_four_times_in_all, a_deadlock_of_two_lanes_resolves,
	       a_statement_timeout_is_a_plain_refusal, a_changed_view_is_prepared_anew,
	       a_segment_may_be_submitted_again_from_its_end, closing_ends_every_segment_once,
	       a_malformed_connection_string_is_refused)
