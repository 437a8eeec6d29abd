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

DATABASE_TESTS("context", an_entry_sets_all_of_the_context, a_force_is_whole_only_while_nothing_is_hidden)
