/* A pass of the clock: what it reads, how much it does before it commits, and what settings it tells detectors. */
#include <stdio.h>

#include "db/migrated.h"

static const char reads_sql[] =
	"create function reads() returns bigint language sql volatile as $$"
	" select pg_stat_get_xact_tuples_returned('due_check'::regclass) + (select sum(pg_stat_get_xact_tuples_returned(i.indexrelid))"
	" from pg_index i where i.indrelid = 'due_check'::regclass)::bigint $$";

/* Notes of contacts that nobody knows: there is nothing that detectors could look at. */
static void note(const char *force, int count)
{
	char sql[400];
	snprintf(sql, sizeof sql,
		 "insert into due_check (force_id, check_id, subject_kind, subject_id, due_at)"
		 " select '%s', uuid_now(), 'contact', gen_random_uuid(), '-infinity' from generate_series(1, %d)", force, count);
	database_run(database_url(), sql);
}

static const char *pass(void)
{
	return database_run(database_url(), "select checked from run_checks(10)");
}

/* Thousands of open cases are to be looked at some day: a pass must not go through them. */
START_TEST(a_pass_reads_nothing_of_what_is_due_later)
{
	database_migrate();
	database_run(database_url(), reads_sql);
	database_run(database_url(),
		     "insert into due_check (force_id, check_id, subject_kind, subject_id, detector_id, due_at)"
		     " select f, uuid_now(), 'case', gen_random_uuid(), 'closed_unseen', clock_timestamp() + n * interval '1 hour'"
		     " from unnest(array['west-midlands', 'northumbria']) f, generate_series(1, 1000) n");
	note("west-midlands", 1);
	ck_assert_str_eq(database_run(database_url(), "create temporary table before as select reads() as n;"
				      "select checked || ' ' || (reads() - b.n < 200) from run_checks(1), before b"), "1 true");
	ck_assert_str_eq(database_run(database_url(), "create temporary table before as select reads() as n;"
				      "select checked || ' ' || lag_us || ' ' || (reads() - b.n < 200) from run_checks(1), before b"), "0 0 true");
}
END_TEST

/* All in one transaction, so that later passes are as quick as they get. */
START_TEST(passes_look_at_all_that_is_due)
{
	database_migrate();
	note("west-midlands", 12);
	note("northumbria", 3);
	ck_assert_str_eq(database_run(database_url(),
				      "create temporary table pass (checked int);"
				      "do $$ begin for i in 1 .. 16 loop insert into pass select checked from run_checks(2); end loop; end $$;"
				      "select sum(checked) || ' ' || (max(checked) <= 2) || ' ' || (select count(*) from due_check where due_at < now()) from pass"),
			 "15 true 0");
}
END_TEST

/* A call handler may be waiting for what a pass has changed: after 20 ms it begins nothing more. */
START_TEST(a_pass_that_takes_long_ends_after_a_subject)
{
	database_migrate();
	database_run(database_url(), "create or replace function contact_facts_at(id uuid, at timestamptz)"
				     " returns contact_facts language plpgsql stable as $$ begin perform pg_sleep(0.03); return null; end $$");
	note("west-midlands", 3);
	for (int i = 0; i < 3; i++)
		ck_assert_str_eq(pass(), "1");
	ck_assert_str_eq(pass(), "0");
}
END_TEST

static const char limits_are_sql[] =
	"create or replace function limits_are(part text) returns text language plpgsql as $$ begin"
	" perform set_config('secondlook.force', 'west-midlands', true);"
	" return (detector_limits() = switched_on(setting_values(array(select 'detector_' || detector_id from detector) || '{review_tiers,review_due_minutes}'::text[])))"
	"  || ' ' || coalesce(detector_limits() #>> part::text[], 'not told'); end $$";

static void set_value(const char *name, const char *value, const char *from)
{
	char sql[400];
	snprintf(sql, sizeof sql, "insert into setting (force_id, setting_id, name, value, effective_from, reason) values"
				  " ('west-midlands', uuid_now(), '%s', '%s', now() + interval '%s', 'A test')", name, value, from);
	database_run(database_url(), sql);
}

/* What a force has set goes before the default, member by member, from its moment on; a default that changes is heard of at once; of a
 * detector that is switched off nothing is told. */
START_TEST(detectors_are_told_the_settings_in_force)
{
	database_migrate();
	database_run(database_url(), limits_are_sql);
	ck_assert_str_eq(database_run(database_url(), "select limits_are('{detector_repeat_night,enabled}')"), "true true");
	set_value("detector_repeat_night", "{\"hours\": 12}", "-2 hours");
	set_value("detector_unlinked", "{\"enabled\": false}", "-2 hours");
	set_value("detector_referral_stale", "{\"enabled\": false}", "-2 hours");
	set_value("review_due_minutes", "{\"high\": 7}", "-2 hours");
	set_value("review_due_minutes", "{\"high\": 8}", "-1 hour");
	set_value("review_due_minutes", "{\"high\": 9}", "1 hour");
	set_value("lease_minutes", "9", "-1 hour");
	ck_assert_str_eq(database_run(database_url(), "select limits_are('{detector_repeat_night,hours}')"), "true 12");
	ck_assert_str_eq(database_run(database_url(), "select limits_are('{detector_repeat_night,contacts}')"), "true 2");
	ck_assert_str_eq(database_run(database_url(), "select limits_are('{detector_unlinked}')"), "true not told");
	/* What this one finds is acted upon all the same. */
	ck_assert_str_eq(database_run(database_url(), "select limits_are('{detector_referral_stale,enabled}')"), "true false");
	ck_assert_str_eq(database_run(database_url(), "select limits_are('{review_due_minutes,high}')"), "true 8");
	ck_assert_str_eq(database_run(database_url(), "select limits_are('{review_due_minutes,medium}')"), "true 480");
	database_run(database_url(), "update setting_definition set default_value = default_value || '{\"medium\": 11}' where name = 'review_due_minutes'");
	ck_assert_str_eq(database_run(database_url(), "select limits_are('{review_due_minutes,medium}')"), "true 11");
}
END_TEST

static const char failing_sql[] =
	"create or replace function contact_facts_at(id uuid, at timestamptz) returns contact_facts language plpgsql stable as $$"
	" declare facts contact_facts; begin facts.contact_id := id; facts.has_video := current_setting('test.video', true) = 'yes'; return facts; end $$;"
	"create or replace function detect_video_ineligible(subject contact_facts, at timestamptz, limits jsonb) returns finding[]"
	" language plpgsql stable strict as $$ begin raise division_by_zero; end $$";

static const char *asked(const char *video, const char *settings)
{
	char sql[400];
	snprintf(sql, sizeof sql, "set local test.video = '%s'; select call_detectors('contact', gen_random_uuid(), now(), '%s')", video, settings);
	return database_try(database_url(), sql);
}

/* Neither where it is switched off, nor of what hasn't got what it looks into. */
START_TEST(a_detector_is_asked_only_what_it_can_find)
{
	database_migrate();
	database_run(database_url(), failing_sql);
	ck_assert_str_eq(asked("yes", "{\"detector_video_ineligible\": {}}"), "22012");
	ck_assert_str_eq(asked("no", "{\"detector_video_ineligible\": {}}"), "done");
	ck_assert_str_eq(asked("yes", "{}"), "done");
}
END_TEST

#define DEFINE(strict) \
	"create function detect_x(contact_facts, timestamptz, jsonb) returns finding[] language sql stable " strict \
	" as 'select null::finding[]'; select define_detector('x', 1, 'warning', 'specialist', 'contact', 3, '{}', 'r', 'a')"

START_TEST(a_detector_that_would_be_asked_where_it_is_off_is_refused)
{
	database_migrate();
	ck_assert_str_eq(database_try(database_url(), DEFINE("")), "P0001");
	ck_assert_str_eq(database_try(database_url(), DEFINE("strict")), "done");
}
END_TEST

#define ID(digit) "'01a30000-0000-7000-8000-00000000000" digit "'"
#define FINDING(detector, contact) "('" detector "', null, null, " ID("9") ", " contact ", null, null, null)::detector_finding"

/* A contact that is recorded later is not where an alert is shown now; what names none goes with what does. */
static const char queue_sql[] =
	"select set_config('secondlook.force', 'west-midlands', true), set_config('secondlook.now', '2026-06-01T12:00Z', true);"
	"set local session_replication_role = replica;"
	"insert into contact_case (force_id, link_id, contact_id, case_id, occurred_at, recorded_at, recorded_by) values"
	" ('west-midlands', uuid_now(), " ID("1") ", " ID("9") ", '2026-06-01T10:00Z', '2026-06-01T10:00Z', 't'),"
	" ('west-midlands', uuid_now(), " ID("2") ", " ID("9") ", '2026-06-01T11:00Z', '2026-06-01T11:00Z', 't'),"
	" ('west-midlands', uuid_now(), " ID("3") ", " ID("9") ", '2026-06-01T11:30Z', '2026-06-01T12:30Z', 't');"
	"select queue_findings(array[%s], detector_limits());"
	"select string_agg(right(i.contact_id::text, 1) || ' ' || i.rank || (select string_agg(' ' || (r ->> 'code'), '' order by r ->> 'code')"
	"                  from json_array_elements(i.reasons) r), '; ' order by i.contact_id) from review_item i where i.case_id = " ID("9");

static void forget_queue(const char *links)
{
	char sql[400];
	snprintf(sql, sizeof sql, "set session_replication_role = replica; delete from review_item; delete from contact_case where %s", links);
	database_run(database_url(), sql);
}

static const char *queued(const char *findings)
{
	char sql[2000];
	snprintf(sql, sizeof sql, queue_sql, findings);
	return database_run(database_url(), sql);
}

START_TEST(findings_of_a_case_share_a_place_in_the_queue)
{
	database_migrate();
	forget_queue("true");
	ck_assert_str_eq(queued(FINDING("no_history_check", "null")), "2 40 no_history_check");
	forget_queue("true");
	ck_assert_str_eq(queued(FINDING("no_history_check", "null") "," FINDING("unlinked", ID("1")) "," FINDING("crime_not_recorded", "null")),
			 "1 28 crime_not_recorded no_history_check unlinked");
	forget_queue("true");
	ck_assert_str_eq(queued(FINDING("no_history_check", "null") "," FINDING("unlinked", ID("1")) "," FINDING("unlinked", ID("2"))),
			 "1 29 no_history_check unlinked");
}
END_TEST

/* A clock that is late looks as of a moment before it: better shown there than nowhere. */
START_TEST(a_finding_of_a_case_whose_contacts_came_later_is_queued)
{
	database_migrate();
	forget_queue("true");
	(void)queued(FINDING("no_history_check", "null"));
	forget_queue("recorded_at < '2026-06-01T12:00Z'");
	ck_assert_str_eq(database_run(database_url(), "select set_config('secondlook.force', 'west-midlands', true), set_config('secondlook.now', '2026-06-01T12:00Z', true);"
						      "select queue_findings(array[" FINDING("no_history_check", "null") "], detector_limits());"
						      "select right(contact_id::text, 1) from review_item"), "3");
}
END_TEST

static const char tried_sql[] =
	"create or replace function case_facts_at(id uuid, at timestamptz) returns case_facts language plpgsql stable as $$"
	" declare facts case_facts; begin facts.case_id := id; return facts; end $$;"
	"create or replace function detect_order_breached(subject case_facts, at timestamptz, limits jsonb) returns finding[]"
	" language plpgsql stable strict as $$ begin return array[(subject.case_id, null, 'It is so.', '{\"records\": []}', null)::finding]; end $$;"
	"set session_replication_role = replica;"
	"insert into case_file (force_id, case_id, reference, victim_id, occurred_at, recorded_at, recorded_by, changed_by)"
	" values ('west-midlands', " ID("9") ", 'C1', " ID("1") ", '2026-06-01', '2026-06-01', 't', 't')";

static const char *tried(const char *changes)
{
	char sql[400];
	snprintf(sql, sizeof sql, "select substring(try_detector('west-midlands', 'order_breached', '2026-05-01', '2026-07-01', '%s') from 'alerts: \\d+')", changes);
	return database_run(database_url(), sql);
}

/* It may be tried before it is switched on. */
START_TEST(a_detector_that_is_off_can_be_tried)
{
	database_migrate();
	database_run(database_url(), tried_sql);
	ck_assert_str_eq(tried("{}"), "alerts: 1");
	set_value("detector_order_breached", "{\"enabled\": false}", "-2 hours");
	ck_assert_str_eq(tried("{}"), "alerts: 1");
	ck_assert_str_eq(tried("{\"enabled\": false}"), "alerts: 0");
}
END_TEST

DATABASE_TESTS("clock", a_detector_is_asked_only_what_it_can_find, a_detector_that_would_be_asked_where_it_is_off_is_refused,
	       findings_of_a_case_share_a_place_in_the_queue, a_finding_of_a_case_whose_contacts_came_later_is_queued,
	       a_detector_that_is_off_can_be_tried, a_pass_reads_nothing_of_what_is_due_later, passes_look_at_all_that_is_due,
	       a_pass_that_takes_long_ends_after_a_subject, detectors_are_told_the_settings_in_force)
