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
		     " values ('west-midlands', '01900000-0000-7000-8000-000000000001', true, '{WM-SP-1}', '{}', 'WM-SU-1', 'r', 't', 't')");
	database_run(database_url(),
		     "create function entered(staff text[], purpose text) returns text language plpgsql as $$ declare who text; begin"
		     " foreach who in array staff loop"
		     "  perform enter('spiffe://secondlook/force/west-midlands/client/control-room-web', who, 'getCase', '{}', null, null, '', purpose);"
		     "  purpose := null;"
		     " end loop;"
		     " return concat_ws('|', current_setting('secondlook.actor'), right(current_setting('secondlook.hidden', true), 3),"
		     "  right(current_setting('secondlook.blocked', true), 3), current_setting('secondlook.purpose', true));"
		     " end $$");
}

START_TEST(an_entry_sets_all_of_the_context)
{
	prepare();
	ck_assert_str_eq(database_run(database_url(), "select entered('{WM-SU-1}', null)"), "WM-SU-1");
	ck_assert_str_eq(database_run(database_url(), "select entered('{WM-SP-1}', 'why')"), "WM-SP-1|01}|01}|why");
	ck_assert_str_eq(database_run(database_url(), "select entered('{WM-CH-1}', null)"), "WM-CH-1|01}||");
	ck_assert_str_eq(database_run(database_url(), "select entered('{WM-SP-1,WM-CH-1}', 'why')"), "WM-CH-1|01}||");
	ck_assert_str_eq(database_run(database_url(), "select entered('{WM-SP-1,WM-SU-1}', 'why')"), "WM-SU-1|||");
}
END_TEST

DATABASE_TESTS("context", an_entry_sets_all_of_the_context)
