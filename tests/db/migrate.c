/* Migrations against a real database: what is applied, what is refused, what is left behind. */
#include "db/migrate.h"

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "db/database.h"

struct report {
	char text[512];
};

static void on_report(void *context, const char *name, enum migration_state state)
{
	static const char *const words[] = {"applied", "pending", "changed"};
	struct report *report = context;
	size_t used = strlen(report->text);
	snprintf(report->text + used, sizeof report->text - used, "%s:%s ", name, words[state]);
}

/* Rows of name and SQL, ended by a NULL name. */
static enum err migrate_rows(const char *const (*rows)[2], bool dry_run, char report_text[512], char fault_text[512])
{
	struct migration migrations[8];
	struct report report = {""};
	struct bytes fault;
	size_t count = 0;
	for (; rows[count][0]; count++)
		migrations[count] = (struct migration){rows[count][0], rows[count][1], strlen(rows[count][1])};
	bytes_init(&fault, 4096);
	enum err error = migrate_run(database_url(), migrations, count, dry_run, on_report, &report, &fault);
	snprintf(report_text, 512, "%s", report.text);
	snprintf(fault_text, 512, "%s", bytes_string(&fault));
	bytes_release(&fault);
	return error;
}

/* Every test begins with an empty database. */
static void empty(void)
{
	database_run(database_url(), "drop schema public cascade; create schema public");
}

static void check_migrate(const char *const (*rows)[2], enum err expected, const char *report, const char *fault)
{
	char report_text[512], fault_text[512];
	enum err error = migrate_rows(rows, false, report_text, fault_text);
	ck_assert_msg(error == expected, "%s: %s", err_word(error), fault_text);
	ck_assert_str_eq(fault_text, fault);
	ck_assert_str_eq(report_text, report);
}

static const char *const first[][2] = {
	{"repeatable/020_b.sql", "create or replace function b() returns int language sql as 'select a() + 1';"},
	{"repeatable/010_a.sql", "create or replace function a() returns int language sql as 'select 1';"},
	{"0002_rows.sql", "insert into note values (1);\ninsert into note values (2);"},
	{"0001_note.sql", "create table note (id int);\n-- done"},
	{NULL, NULL}};

START_TEST(files_are_applied_in_order_and_once)
{
	empty();
	check_migrate(first, ERR_NONE,
		      "0001_note.sql:pending 0002_rows.sql:pending repeatable/010_a.sql:pending repeatable/020_b.sql:pending ", "");
	check_migrate(first, ERR_NONE,
		      "0001_note.sql:applied 0002_rows.sql:applied repeatable/010_a.sql:applied repeatable/020_b.sql:applied ", "");
	ck_assert_str_eq(database_run(database_url(), "select count(*) * 10 + b() from note"), "22");
	ck_assert_str_eq(database_run(database_url(), "select checksum = encode(sha256('create table note (id int);\n-- done'), 'hex')"
						      " from secondlook_migration where name = '0001_note.sql'"), "t");
	ck_assert_str_eq(database_run(database_url(), "select count(*) from pg_attribute a where attnum > 0 and"
						      " attrelid = 'secondlook_migration'::regclass and"
						      " col_description(attrelid, attnum) is null"), "0");
}
END_TEST

START_TEST(a_repeatable_file_is_applied_again_when_it_changed)
{
	static const char *const changed[][2] = {
		{"0001_note.sql", "create table note (id int);\n-- done"},
		{"0002_rows.sql", "insert into note values (1);\ninsert into note values (2);"},
		{"repeatable/010_a.sql", "create or replace function a() returns int language sql as 'select 5';"},
		{NULL, NULL}};
	empty();
	check_migrate(first, ERR_NONE,
		      "0001_note.sql:pending 0002_rows.sql:pending repeatable/010_a.sql:pending repeatable/020_b.sql:pending ", "");
	check_migrate(changed, ERR_NONE, "0001_note.sql:applied 0002_rows.sql:applied repeatable/010_a.sql:changed ", "");
	ck_assert_str_eq(database_run(database_url(), "select b()"), "6");
	check_migrate(changed, ERR_NONE, "0001_note.sql:applied 0002_rows.sql:applied repeatable/010_a.sql:applied ", "");
}
END_TEST

START_TEST(a_dry_run_changes_nothing)
{
	char report[512], fault[512];
	empty();
	ck_assert_int_eq(migrate_rows(first, true, report, fault), ERR_NONE);
	ck_assert_str_eq(report, "0001_note.sql:pending 0002_rows.sql:pending repeatable/010_a.sql:pending repeatable/020_b.sql:pending ");
	ck_assert_str_eq(database_run(database_url(), "select count(*) from pg_class where relnamespace = 'public'::regnamespace"), "0");
}
END_TEST

START_TEST(an_edited_or_removed_file_is_refused)
{
	static const char *const edited[][2] = {{"0001_note.sql", "create table note (id bigint);"}, {NULL, NULL}};
	static const char *const removed[][2] = {{"0001_note.sql", "create table note (id int);\n-- done"}, {NULL, NULL}};
	empty();
	check_migrate(first, ERR_NONE,
		      "0001_note.sql:pending 0002_rows.sql:pending repeatable/010_a.sql:pending repeatable/020_b.sql:pending ", "");
	check_migrate(edited, ERR_INPUT, "",
		      "0001_note.sql was applied to this database and has changed since: numbered migrations are never edited, "
		      "write a new one");
	check_migrate(removed, ERR_INPUT, "",
		      "0002_rows.sql was applied to this database and is gone: numbered migrations are never removed");
}
END_TEST

START_TEST(a_number_below_an_applied_one_is_refused)
{
	static const char *const later[][2] = {{"0001_a.sql", "select 1"}, {"0003_c.sql", "select 3"}, {NULL, NULL}};
	static const char *const between[][2] = {
		{"0001_a.sql", "select 1"}, {"0002_b.sql", "select 2"}, {"0003_c.sql", "select 3"}, {NULL, NULL}};
	empty();
	check_migrate(later, ERR_NONE, "0001_a.sql:pending 0003_c.sql:pending ", "");
	check_migrate(between, ERR_INPUT, "",
		      "0002_b.sql is new but numbered below 0003_c.sql, which was applied: give it the next number");
}
END_TEST

START_TEST(a_file_that_fails_leaves_nothing_and_names_its_line)
{
	static const char *const failing[][2] = {
		{"0001_good.sql", "create table good (id int)"},
		{"0002_bad.sql", "create table bad (id int);\n-- \xc3\xa9\nselect * from\n  missing;"},
		{"0003_later.sql", "create table later (id int)"},
		{NULL, NULL}};
	empty();
	check_migrate(failing, ERR_SYSTEM, "0001_good.sql:pending 0002_bad.sql:pending 0003_later.sql:pending ",
		      "0002_bad.sql: line 4: relation \"missing\" does not exist");
	ck_assert_str_eq(database_run(database_url(),
				      "select string_agg(relname, ',') from pg_class where relname in ('good', 'bad', 'later')"),
			 "good");
	ck_assert_str_eq(database_run(database_url(), "select string_agg(name, ',') from secondlook_migration"), "0001_good.sql");
}
END_TEST

START_TEST(a_file_may_not_end_its_transaction)
{
	static const char *const ending[][2] = {{"0001_commit.sql", "create table kept (id int); commit;"}, {NULL, NULL}};
	empty();
	check_migrate(ending, ERR_INPUT, "0001_commit.sql:pending ",
		      "0001_commit.sql: a migration must not begin or end transactions: its file is one");
}
END_TEST

START_TEST(what_a_file_sets_ends_with_it)
{
	static const char *const setting[][2] = {
		{"0001_set.sql", "create schema aside; set search_path to aside; set role pg_monitor; select 1"},
		{"0002_next.sql", "create table here (id int)"},
		{NULL, NULL}};
	empty();
	database_run(database_url(), "drop schema if exists aside cascade");
	check_migrate(setting, ERR_NONE, "0001_set.sql:pending 0002_next.sql:pending ", "");
	ck_assert_str_eq(database_run(database_url(), "select to_regclass('public.here') is not null"), "t");
}
END_TEST

START_TEST(a_refusal_in_work_of_subcommands_is_told)
{
	struct bytes text, fault;
	bytes_init(&text, 100);
	bytes_init(&fault, 4096);
	empty();
	ck_assert_int_eq(db_run_blocking(database_url(), "create table t (a int); select 1/0", &text, &fault), ERR_SYSTEM);
	ck_assert_str_eq(bytes_string(&fault), "division by zero");
	ck_assert_str_eq(database_run(database_url(), "select to_regclass('t') is null"), "t");
	bytes_clear(&fault);
	ck_assert_int_eq(db_run_blocking("host=/nowhere password=hunter2", "select 1", &text, &fault), ERR_SYSTEM);
	ck_assert_ptr_null(strstr(bytes_string(&fault), "hunter2"));
	bytes_clear(&fault);
	ck_assert_int_eq(db_run_blocking("postgresql://u:hunter2@h/x?bad=1", "select 1", &text, &fault), ERR_INPUT);
	ck_assert_str_eq(bytes_string(&fault), "the database's connection string is malformed");
	ck_assert_uint_eq(text.length, 0);
	bytes_release(&text);
	bytes_release(&fault);
}
END_TEST

START_TEST(a_second_run_waits_for_its_turn)
{
	static const char *const slow[][2] = {{"0001_slow.sql", "create table slow (id int); select pg_sleep(0.4)"}, {NULL, NULL}};
	empty();
	pid_t child = fork();
	if (child == 0) {
		char report[512], fault[512];
		_exit(migrate_rows(slow, false, report, fault) == ERR_NONE ? 0 : 1);
	}
	int status;
	char report[512], fault[512];
	enum err error = migrate_rows(slow, false, report, fault);
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_msg(error == ERR_NONE, "%s", fault);
	ck_assert_int_eq(status, 0);
}
END_TEST

DATABASE_TESTS("db/migrate", files_are_applied_in_order_and_once, a_repeatable_file_is_applied_again_when_it_changed,
	       a_dry_run_changes_nothing, an_edited_or_removed_file_is_refused, a_number_below_an_applied_one_is_refused,
	       a_file_that_fails_leaves_nothing_and_names_its_line, a_file_may_not_end_its_transaction,
	       what_a_file_sets_ends_with_it, a_refusal_in_work_of_subcommands_is_told, a_second_run_waits_for_its_turn)
