/* Looks are spread once each, however often a pass is made again; who has seen what is for auditors who say why. */
#include <stdio.h>

#include "db/migrated.h"

#define CASE "01a20000-0000-7000-8000-00000000000c"

/* Three looks, a refusal and a change, in the order of the ledger from position 1. */
static void look(void)
{
	database_migrate();
	database_run(database_url(),
		     "delete from seen; delete from ledger_order; update seen_horizon set position = 0;"
		     "create temporary table made as select n, ('01a20000-0000-7000-8000-00000000100' || n)::uuid as line_id, seen, image from (values"
		     " (1, 'case:" CASE ":1 latest_grade:" CASE ":2 case:" CASE ":1', null::jsonb), (2, 'case:" CASE ":2', null),"
		     " (3, null, null), (4, null, '{}'), (5, 'case:none:1 nothing  case:" CASE ":x', null)) v (n, seen, image);"
		     "insert into ledger_line (force_id, line_id, kind, operation, actor, seen, image)"
		     " select 'west-midlands', line_id, 'consultation', 'getCase', 'WM-SP-1', seen, image from made on conflict do nothing;"
		     "insert into ledger_order (position, force_id, line_id, changes)"
		     " select n, 'west-midlands', line_id, image is not null from made; drop table made;"
		     "update ledger_horizon set position = 5");
}

static const char *seen(void)
{
	return database_run(database_url(), "select string_agg(relation || version, ' ' order by line_id, relation, version)"
					    " || ' at ' || (select position from seen_horizon) from seen");
}

START_TEST(spreads_each_record_that_a_look_showed_once)
{
	look();
	ck_assert_str_eq(database_run(database_url(), "select position || ' ' || behind || ' ' || lag_us from spread_seen()"), "5 0 0");
	ck_assert_str_eq(seen(), "case1 latest_grade2 case2 at 5");
	ck_assert_str_eq(database_run(database_url(), "select position || ' ' || behind from spread_seen()"), "5 0");
	ck_assert_str_eq(seen(), "case1 latest_grade2 case2 at 5");
}
END_TEST

START_TEST(goes_so_far_and_says_how_much_waits)
{
	look();
	ck_assert_str_eq(database_run(database_url(), "select position || ' ' || behind || ' ' || (lag_us > 0) from spread_seen(1)"), "1 4 true");
	ck_assert_str_eq(seen(), "case1 latest_grade2 at 1");
	ck_assert_str_eq(database_run(database_url(), "select position || ' ' || behind from spread_seen(2)"), "3 2");
	ck_assert_str_eq(seen(), "case1 latest_grade2 case2 at 3");
}
END_TEST

START_TEST(a_pass_that_is_taken_back_is_made_again)
{
	look();
	database_run(database_url(), "begin; select spread_seen(); rollback");
	ck_assert_str_eq(database_run(database_url(), "select count(*) || ' ' || (select position from seen_horizon) from seen"), "0 0");
	database_run(database_url(), "select spread_seen(); update seen_horizon set position = 0; select spread_seen()");
	ck_assert_str_eq(seen(), "case1 latest_grade2 case2 at 5");
}
END_TEST

/* The problem that asking answers, or how many looks it tells; the context is that of somebody with these roles and purpose. */
static const char *ask(const char *roles, const char *purpose)
{
	static char sql[1024];
	snprintf(sql, sizeof sql,
		 "select set_context('force', 'west-midlands'), set_context('actor', 'WM-XX-1'), set_context('roles', '{%s}'), set_context('purpose', '%s');"
		 "set local role secondlook_app; select asked()", roles, purpose);
	return database_run(database_url(), sql);
}

START_TEST(is_told_to_auditors_who_say_why_alone)
{
	look();
	database_run(database_url(),
		     "select spread_seen();"
		     "insert into person (force_id, person_id) select 'west-midlands', '" CASE "' on conflict do nothing;"
		     "insert into case_file (force_id, case_id, victim_id) values ('west-midlands', '" CASE "', '" CASE "') on conflict do nothing;"
		     "create or replace function asked() returns text language plpgsql as $$ begin"
		     " return (select count(*) from case_seen_by('" CASE "', null) s where s.kind = 'case');"
		     " exception when others then return sqlerrm; end $$; grant execute on function asked() to secondlook_app");
	ck_assert_str_eq(ask("auditor", "lawfulness_check"), "2");
	ck_assert_str_eq(ask("auditor", ""), "purpose_required");
	ck_assert_str_eq(ask("supervisor", "lawfulness_check"), "not_found");
	ck_assert_str_eq(database_run(database_url(), "select has_table_privilege('secondlook_app', 'seen', 'select')"), "f");
}
END_TEST

DATABASE_TESTS("seen", spreads_each_record_that_a_look_showed_once, goes_so_far_and_says_how_much_waits,
	       a_pass_that_is_taken_back_is_made_again, is_told_to_auditors_who_say_why_alone)
