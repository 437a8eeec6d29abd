/* The context of a transaction: what enter() sets, and that a second entry keeps nothing of the first. */
#include "db/database.h"
#include "migrate.h"

static void prepare(void)
{
	struct settings settings = {.database = database_url(), .role_password_file = ""};
	struct bytes fault;
	bytes_init(&fault, 1 << 14);
	ck_assert_msg(migrate_all(&settings, (migrate_report){NULL}, NULL, &fault) == ERR_NONE, "%s", bytes_string(&fault));
	bytes_release(&fault);
	database_run(database_url(), "select seed_sandbox()");
	database_run(database_url(),
		     "set local session_replication_role = replica;"
		     "insert into case_restriction (force_id, case_id, restricted, blocked, permitted, supervisor, reason, recorded_by, changed_by)"
		     " values ('west-midlands', '01900000-0000-7000-8000-000000000001', true, '{WM-SP-1}', '{}', 'WM-SU-1', 'r', 't', 't') on conflict do nothing");
	database_run(database_url(),
		     "create or replace function entered(staff text[], purpose text) returns text language plpgsql as $$ declare who text; begin"
		     " foreach who in array staff loop"
		     "  perform enter('spiffe://secondlook/force/west-midlands/client/control-room-web', who, 'getCase', '{}', null, null, '', purpose);"
		     "  purpose := null;"
		     " end loop;"
		     " return context(); end $$");
	database_run(database_url(),
		     "create or replace function context() returns text language sql as $$ select concat_ws('|', current_setting('secondlook.actor'),"
		     " coalesce(right(current_setting('secondlook.hidden', true), 3), ''), coalesce(right(current_setting('secondlook.blocked', true), 3), ''),"
		     " coalesce(current_setting('secondlook.purpose', true), ''), coalesce(whole_force(), '')) $$");
}

START_TEST(an_entry_sets_all_of_the_context)
{
	prepare();
	ck_assert_str_eq(database_run(database_url(), "select entered('{WM-SU-1}', null)"), "WM-SU-1||||west-midlands");
	ck_assert_str_eq(database_run(database_url(), "select entered('{WM-SP-1}', 'why')"), "WM-SP-1|01}|01}|why|");
	ck_assert_str_eq(database_run(database_url(), "select entered('{WM-CH-1}', null)"), "WM-CH-1|01}|||");
	ck_assert_str_eq(database_run(database_url(), "select entered('{WM-SP-1,WM-CH-1}', 'why')"), "WM-CH-1|01}|||");
	ck_assert_str_eq(database_run(database_url(), "select entered('{WM-SP-1,WM-SU-1}', 'why')"), "WM-SU-1||||west-midlands");
}
END_TEST

/* What says that nothing is hidden says so no longer once something is. */
START_TEST(a_force_is_whole_only_while_nothing_is_hidden)
{
	prepare();
	ck_assert_str_eq(database_run(database_url(), "select entered('{WM-SU-1}', null); select feed_as_nobody('west-midlands'); select context()"),
			 ":nobody|01}|01}||");
	ck_assert_str_eq(database_run(database_url(), "select entered('{WM-CH-1}', null); select hide_cases(array_remove(hidden_cases(),"
						      " '01900000-0000-7000-8000-000000000001')); select context()"),
			 "WM-CH-1||||west-midlands");
	ck_assert_str_eq(database_run(database_url(), "select entered('{WM-CH-1}', null); select hide_cases(null); select context()"),
			 "WM-CH-1||||west-midlands");
}
END_TEST

#define ENTER(staff, request, line) \
	"select enter('spiffe://secondlook/force/west-midlands/client/control-room-web', '" staff "', 'getCase', '{}', " request ", " line ", 'ab', null);"
#define REQUEST "select concat_ws('|', r.operation, r.thumbprint, r.client, r.request_id, r.line_id, request_lines()) from current_request() r"
#define ID(digit) "'01a30000-0000-7000-8000-00000000000" digit "'"

/* What is left out isn't what the one before had, nor what stands beside it. */
START_TEST(lines_are_told_of_the_request_that_entered_last)
{
	prepare();
	ck_assert_str_eq(database_run(database_url(), "select coalesce(current_request()::text, 'none') || request_lines()"), "none0");
	ck_assert_str_eq(database_run(database_url(), ENTER("WM-CH-1", ID("1"), ID("2")) "select set_config('secondlook.lines', '3', true);" REQUEST),
			 "getCase|ab|control-room-web|01a30000-0000-7000-8000-000000000001|01a30000-0000-7000-8000-000000000002|3");
	ck_assert_str_eq(database_run(database_url(), ENTER("WM-CH-1", ID("1"), ID("2")) "select set_config('secondlook.lines', '3', true);"
						      ENTER("WM-SU-1", "null", ID("4")) REQUEST),
			 "getCase|ab|control-room-web|01a30000-0000-7000-8000-000000000004|0");
	ck_assert_str_eq(database_run(database_url(), ENTER("WM-CH-1", "null", ID("2")) "select r.request_id is null and r.line_id = " ID("2") " from current_request() r"), "t");
}
END_TEST

/* Nothing in a client's name ends the text of the context that it becomes part of. */
START_TEST(a_client_has_a_plain_name)
{
	static const char *const names[][2] = {{"a-1", "done"}, {"", "23514"}, {"a,b", "23514"}, {"\"a\"", "23514"}, {"a\\b", "23514"}, {"a)", "23514"}, {"A", "23514"}};
	prepare();
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		char sql[400];
		snprintf(sql, sizeof sql,
			 "insert into client (force_id, client_id, uri, name, roles) values ('west-midlands', gen_random_uuid(),"
			 " 'spiffe://secondlook/force/west-midlands/client/%s', '%s', '{}')", names[i][0], names[i][0]);
		ck_assert_str_eq(database_try(database_url(), sql), names[i][1]);
	}
}
END_TEST

/* Their words are checked by nothing but the functions that write them. */
START_TEST(the_app_writes_no_alert_and_no_place_in_the_queue)
{
	prepare();
	ck_assert_str_eq(database_run(database_url(),
				      "select string_agg(t || ' ' || has_any_column_privilege('secondlook_app', t, 'insert'), ', ')"
				      " from unnest(array['alert', 'review_item', 'due_check', 'latest_grade', 'annotation']) t"),
			 "alert false, review_item false, due_check false, latest_grade false, annotation true");
}
END_TEST

/* Between two contexts of a connection their settings are empty, which is no force. */
START_TEST(without_a_force_nothing_is_written)
{
	prepare();
	database_run(database_url(),
		     "create or replace function writes_for_no_force() returns text language plpgsql as $$"
		     " declare t text; refused int := 0; others text := ''; begin"
		     " for t in select c.relname from pg_class c where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and c.relrowsecurity"
		     "          and exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'force_id'"
		     "                      and has_column_privilege('secondlook_app', c.oid, a.attnum, 'insert')) order by 1 loop"
		     "  begin execute format('insert into %I (force_id) values (%L)', t, ''); others := concat_ws(' ', others, t, 'written');"
		     "  exception when insufficient_privilege then refused := refused + 1;"
		     "  when others then if sqlstate like 'SL%' then refused := refused + 1; else others := concat_ws(' ', others, t, sqlstate); end if; end;"
		     " end loop; return (refused > 40) || others; end $$;"
		     " grant execute on function writes_for_no_force() to secondlook_app");
	ck_assert_str_eq(database_run(database_url(),
				      "select set_config('secondlook.force', '', true), set_config('secondlook.whole_force', '', true);"
				      " set local role secondlook_app; select writes_for_no_force()"),
			 "true");
}
END_TEST

DATABASE_TESTS("context", without_a_force_nothing_is_written, a_client_has_a_plain_name, the_app_writes_no_alert_and_no_place_in_the_queue, an_entry_sets_all_of_the_context, a_force_is_whole_only_while_nothing_is_hidden,
	       lines_are_told_of_the_request_that_entered_last)
