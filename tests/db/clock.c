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
	database_run(database_url(), "create or replace function contact_facts_at(subjects subject_at[]) returns table (facts contact_facts, at timestamptz)"
				     " language plpgsql stable as $$ begin perform pg_sleep(0.03); end $$");
	note("west-midlands", 3);
	for (int i = 0; i < 3; i++)
		ck_assert_str_eq(pass(), "1");
	ck_assert_str_eq(pass(), "0");
}
END_TEST

/* How many the detectors are given at a time: no subject is known, and to look for them takes so long. */
static const char *given(int count, const char *together, const char *seconds)
{
	char sql[1000];
	snprintf(sql, sizeof sql,
		 "create or replace function contact_facts_at(subjects subject_at[]) returns table (facts contact_facts, at timestamptz) language plpgsql stable as $$"
		 " begin perform set_config('test.given', current_setting('test.given', true) || ' ' || cardinality(subjects), false), pg_sleep(%s); end $$;"
		 "select set_config('secondlook.looks_together', '%s', false), set_config('test.given', '', false),"
		 " run_checks_of('west-midlands', clock_timestamp() + interval '1 minute', %d);"
		 "select current_setting('test.given')", seconds, together, count);
	note("west-midlands", count);
	return database_run(database_url(), sql);
}

/* Together as many as take 30 ms, at most five: they hold what they change until all of them are looked at. */
START_TEST(what_takes_long_is_looked_at_one_by_one)
{
	database_migrate();
	ck_assert_str_eq(given(9, "5", "0.1"), " 5 1 1 1 1");
	ck_assert_ptr_nonnull(strstr(given(100, "1", "0"), " 5 5 "));
}
END_TEST

/* One that the time has made due, while more changes than passes look at: some forty handfuls, before half of which it may be asked. */
START_TEST(what_time_makes_due_waits_for_few_that_changed)
{
	database_migrate();
	database_run(database_url(), "delete from due_check");
	note("west-midlands", 200);
	database_run(database_url(), "insert into due_check (force_id, check_id, subject_kind, subject_id, detector_id, due_at)"
				     " values ('west-midlands', uuid_now(), 'case', gen_random_uuid(), 'referral_stale', clock_timestamp())");
	ck_assert_str_eq(database_run(database_url(),
		"do $$ begin for i in 1 .. 300 loop perform run_checks_of('west-midlands', null, 5);"
		" exit when not exists (select from due_check where detector_id = 'referral_stale'); end loop; end $$;"
		"select (count(*) > 0) || ' ' || (count(*) filter (where detector_id = 'referral_stale')) from due_check where force_id = 'west-midlands' and due_at < now()"), "true 0");
}
END_TEST

#define ID(digit) "'01a30000-0000-7000-8000-00000000000" digit "'"

static const char *taken(const char *most)
{
	char sql[400];
	snprintf(sql, sizeof sql, "select coalesce(string_agg(right(t.id::text, 1) || to_char(t.at, ' HH24:MI'), ', ' order by t.place), 'none')"
				  " from force f, unnest(take_changed(f, '2026-06-01T12:00Z', %s)) with ordinality t (kind, id, at, place)"
				  " where f.force_id = 'west-midlands'", most);
	return database_run(database_url(), sql);
}

/* Two notes of one subject are one look, at the moment at which the later was noted if that hasn't come yet. */
START_TEST(each_subject_that_changed_is_looked_at_as_of_its_moment)
{
	database_migrate();
	database_run(database_url(),
		     "insert into due_check (force_id, check_id, subject_kind, subject_id, due_at, recorded_at) values"
		     " ('west-midlands', " ID("1") ", 'contact', " ID("1") ", '-infinity', '2026-06-01T11:00Z'),"
		     " ('west-midlands', " ID("2") ", 'contact', " ID("2") ", '-infinity', '2026-06-01T13:00Z'),"
		     " ('west-midlands', " ID("3") ", 'contact', " ID("1") ", '-infinity', '2026-06-01T12:30Z'),"
		     " ('west-midlands', " ID("4") ", 'case', " ID("3") ", '-infinity', '2026-06-01T11:00Z'),"
		     " ('northumbria', " ID("5") ", 'case', " ID("3") ", '-infinity', '2026-06-01T11:00Z')");
	ck_assert_str_eq(taken("2"), "1 12:30, 2 13:00");
	ck_assert_str_eq(taken("2"), "3 12:00");
	ck_assert_str_eq(taken("2"), "none");
}
END_TEST

#define LINK(contact, in_case) "('west-midlands', uuid_now(), " ID(contact) ", " ID(in_case) ", '2026-06-01T10:00Z', '2026-06-01T10:00Z', 't')"

/* Both contacts of a pair with their case, once: at the later moment. */
START_TEST(what_belongs_to_several_that_changed_is_looked_at_once)
{
	database_migrate();
	database_run(database_url(),
		     "set session_replication_role = replica;"
		     "insert into contact_case (force_id, link_id, contact_id, case_id, occurred_at, recorded_at, recorded_by) values"
		     LINK("5", "7") "," LINK("6", "7") "," LINK("6", "8") ";"
		     "insert into contact (force_id, contact_id, occurred_at, recorded_at, recorded_by, channel, caller, response_grade)"
		     " values ('west-midlands', " ID("6") ", '2026-06-01T10:00Z', '2026-06-01T10:00Z', 't', 'call_999', 'victim', 'priority')");
	ck_assert_str_eq(database_run(database_url(),
		"select set_config('secondlook.force', 'west-midlands', true);"
		"select string_agg(w.kind || ' ' || right(w.id::text, 1) || to_char(w.at, ' HH24:MI'), ', ' order by w.place)"
		" from unnest(looked_at_with(array[('contact', " ID("5") ", '2026-06-01T11:00Z'), ('contact', " ID("6") ", '2026-06-01T12:00Z'),"
		"  ('case', " ID("8") ", '2026-06-01T13:00Z')]::subject_at[])) with ordinality w (kind, id, at, place)"),
		"contact 5 11:00, case 7 12:00, contact 6 13:00, case 8 13:00");
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
	"create or replace function contact_facts_at(subjects subject_at[]) returns table (facts contact_facts, at timestamptz) language plpgsql stable as $$"
	" begin for facts.contact_id, at in select s.id, s.at from unnest(subjects) s where s.kind = 'contact' loop"
	"  facts.has_video := current_setting('test.video', true) = 'yes'; return next;"
	" end loop; end $$;"
	"create or replace function detect_video_ineligible(subject contact_facts, at timestamptz, limits jsonb) returns finding[]"
	" language plpgsql stable strict as $$ begin raise division_by_zero; end $$";

static const char *asked(const char *video, const char *settings)
{
	char sql[400];
	snprintf(sql, sizeof sql, "set local test.video = '%s'; select call_detectors(array[('contact', gen_random_uuid(), now())::subject_at], '%s')", video, settings);
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

static const char *has(const char *shown)
{
	char sql[600];
	snprintf(sql, sizeof sql, "select evidence_has('{\"records\": [{\"kind\": \"contact\", \"id\": \"1\", \"at\": \"x\"}, {\"kind\": \"case\", \"id\": \"2\"}]}',"
				  " '{\"records\": [%s]}')", shown);
	return database_run(database_url(), sql);
}

#define RECORD(kind, id) "{\"at\": \"y\", \"kind\": \"" kind "\", \"id\": \"" id "\"}"

/* The same kind and the same identifier, whatever else is told of it. */
START_TEST(evidence_has_what_it_names)
{
	database_migrate();
	ck_assert_str_eq(has(RECORD("contact", "1")), "t");
	ck_assert_str_eq(has(RECORD("case", "2") "," RECORD("contact", "1")), "t");
	ck_assert_str_eq(has(RECORD("contact", "2")), "f");
	ck_assert_str_eq(has(RECORD("contact", "1") "," RECORD("contact", "3")), "f");
	ck_assert_str_eq(has(""), "t");
	ck_assert_str_eq(database_run(database_url(), "select evidence_has('{}', '{\"records\": [" RECORD("case", "2") "]}')"), "f");
}
END_TEST

static const char tried_sql[] =
	"create or replace function case_facts_at(subjects subject_at[]) returns table (facts case_facts, at timestamptz) language plpgsql stable as $$"
	" begin select s.id, s.at into facts.case_id, at from unnest(subjects) s where s.kind = 'case'; if found then return next; end if; end $$;"
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

static const char one_fails_sql[] =
	"create or replace function contact_facts_at(subjects subject_at[]) returns table (facts contact_facts, at timestamptz) language plpgsql stable as $$"
	" begin for facts.contact_id, at in select s.id, s.at from unnest(subjects) s where s.kind = 'contact' loop"
	"  facts.has_video := true; return next;"
	" end loop; end $$;"
	"create or replace function detect_video_ineligible(subject contact_facts, at timestamptz, limits jsonb) returns finding[]"
	" language plpgsql stable strict as $$ begin if subject.contact_id = " ID("2") " then raise division_by_zero; end if;"
	" return array[(null, subject.contact_id, 'It is so.', '{\"records\": []}', null)::finding]; end $$;"
	"update detector_default d set limits = d.limits - array(select 'detector_' || k.detector_id from detector k where k.detector_id <> 'video_ineligible');"
	"delete from due_check;"
	"insert into due_check (force_id, check_id, subject_kind, subject_id, due_at, recorded_at)"
	" select 'west-midlands', id::uuid, 'contact', id::uuid, '-infinity', '2026-06-01T12:00Z' from unnest(array[" ID("1") "," ID("2") "," ID("3") "]) id;"
	"select set_config('secondlook.looks_together', '5', false), run_checks_of('west-midlands', '2026-06-01T12:00Z', 3),"
	" set_config('secondlook.force', 'west-midlands', true);"
	"select string_agg(a.detector || coalesce(' ' || right(a.contact_id::text, 1), ''), ', ' order by a.detector, a.contact_id) || '; '"
	" || (select string_agg(right(d.subject_id::text, 1) || ' ' || d.detector_id || ' ' || d.attempts, ', ') from due_check d where d.detector_id = 'video_ineligible')"
	" from alert a where a.detector in ('video_ineligible', 'detector_failed')";

START_TEST(one_that_fails_takes_none_with_it)
{
	database_migrate();
	ck_assert_str_eq(database_run(database_url(), one_fails_sql), "detector_failed, video_ineligible 1, video_ineligible 3; 2 video_ineligible 1");
}
END_TEST

/* A contact is noted before its people are written: what was committed when its note is read must have been recorded by the moment of the look. */
static const char late_sql[] =
	"create or replace function take_timed(here force, moment timestamptz) returns due_check language plpgsql as $$"
	" begin perform pg_sleep(0.02), set_config('test.taken', clock_timestamp()::text, false); return null; end $$;"
	"create or replace function contact_facts_at(subjects subject_at[]) returns table (facts contact_facts, at timestamptz) language plpgsql stable as $$"
	" begin if subjects[1].at < current_setting('test.taken')::timestamptz then raise 'too early'; end if; end $$;"
	"select set_config('test.taken', '-infinity', false);"
	"do $$ begin for i in 1 .. 20 loop perform run_checks_of('west-midlands', null, 1); end loop; end $$;"
	"select count(*) from due_check where force_id = 'west-midlands' and due_at < 'infinity'";

START_TEST(a_look_is_as_of_a_moment_after_its_note_was_read)
{
	database_migrate();
	database_run(database_url(), "delete from due_check");
	note("west-midlands", 20);
	ck_assert_str_eq(database_run(database_url(), late_sql), "0");
}
END_TEST

DATABASE_TESTS("clock", evidence_has_what_it_names, a_detector_is_asked_only_what_it_can_find, a_detector_that_would_be_asked_where_it_is_off_is_refused,
	       findings_of_a_case_share_a_place_in_the_queue, a_finding_of_a_case_whose_contacts_came_later_is_queued,
	       a_detector_that_is_off_can_be_tried, a_pass_reads_nothing_of_what_is_due_later, passes_look_at_all_that_is_due,
	       a_pass_that_takes_long_ends_after_a_subject, what_takes_long_is_looked_at_one_by_one,
	       each_subject_that_changed_is_looked_at_as_of_its_moment, what_belongs_to_several_that_changed_is_looked_at_once,
	       what_time_makes_due_waits_for_few_that_changed, detectors_are_told_the_settings_in_force, one_that_fails_takes_none_with_it,
	       a_look_is_as_of_a_moment_after_its_note_was_read)
