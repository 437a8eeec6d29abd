/* Erasure: what becomes of the lines, that nothing else changes one, and that a hold and an erasure at once don't pass each other. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "db/migrated.h"
#include "ledger/line.h"
#include "db/migrate.h"

#define FORCE "'west-midlands'"
#define WITHIN(actor, roles)                                                                                            \
	"select set_config('secondlook.force', " FORCE ", true), set_config('secondlook.actor', '" actor "', true),"    \
	" set_config('secondlook.roles', '{" roles "}', true), set_config('role', 'secondlook_app', true)"

static const struct db_statement as_manager = {"as_manager", WITHIN("WM-RM-1", "records_manager"), 0};
static const struct db_statement as_supervisor = {"as_supervisor", WITHIN("WM-SU-1", "supervisor"), 0};
static const struct db_statement erase = {
	"erase", "select line_count from erase_members(jsonb_build_object('kind', 'person', 'id', $1::text), null, 'legal_duty', 'A court')", 1};
static const struct db_statement hold = {
	"hold", "insert into legal_hold (force_id, hold_id, case_id, reason, authority) values (" FORCE ", uuid_now(), $1::uuid, 'Inquest', 'Coroner')", 1};
static const struct db_statement wait_for_gate = {"wait_for_gate", "select pg_advisory_xact_lock_shared(7)", 0};

static const char *run(const char *sql)
{
	return database_run(database_url(), sql);
}

struct pair {
	char victim[40], suspect[40], of_case[40];
};

static void copy_id(char id[40], const char *sql)
{
	snprintf(id, 40, "%s", run(sql));
	ck_assert_uint_eq(strlen(id), 36);
}

/* A case of two people, of whom one thing changed since. */
static void make_pair(struct pair *pair)
{
	char sql[1000];
	copy_id(pair->victim, "insert into person (force_id, person_id, given_name, phones) values (" FORCE ", uuid_now(), 'Thessaly', '{07901234567}') returning person_id");
	copy_id(pair->suspect, "insert into person (force_id, person_id, given_name, family_name, phones) values (" FORCE
			       ", uuid_now(), 'Bartholomew', 'Quernstone', '{07909999123}') returning person_id");
	snprintf(sql, sizeof sql, "insert into case_file (force_id, case_id, victim_id, perpetrator_id) values (" FORCE ", uuid_now(), '%s', '%s') returning case_id",
		 pair->victim, pair->suspect);
	copy_id(pair->of_case, sql);
	snprintf(sql, sizeof sql, "update person set aliases = '{Barty Quernstone}' where person_id = '%s'", pair->suspect);
	run(sql);
}

static void open_ready(struct database_lane *lane)
{
	lane_open(lane, lane_settings());
	lane_await_ready(lane);
}

static void erase_suspect(const struct pair *pair)
{
	struct database_segment segment = {0};
	struct database_lane lane;
	const char *const suspect[] = {pair->suspect};
	open_ready(&lane);
	segment_call(&segment, &as_manager, NULL);
	segment_call(&segment, &erase, suspect);
	ck_assert_int_eq(segment_run(&lane, &segment), DB_COMMITTED);
	ck_assert_str_eq(segment.value, "2");
	lane_close(&lane);
}

enum { LEAVES_SIZE = 10 * (2 * HASH_SIZE + 1) };

struct leaves {
	struct database_lane *lane;
	struct line_hasher hasher;
	char text[LEAVES_SIZE]; /* in hexadecimal, a blank after each */
	int count;
	bool is_done;
};

/* As the sealer and the verifier make a leaf of a row. */
static void take_leaves(void *context, size_t call, const struct rows *rows)
{
	struct leaves *leaves = context;
	struct arena arena;
	(void)call;
	arena_init(&arena, 1 << 20);
	for (int row = 0; row < rows->count; row++, leaves->count++) {
		const char *columns[LINE_COLUMN_COUNT];
		unsigned char leaf[HASH_SIZE];
		for (int column = 0; column < LINE_COLUMN_COUNT; column++) {
			size_t length;
			const char *value = rows->value(rows->result, row, column, &length);
			columns[column] = value ? arena_copy(&arena, value, length) : NULL;
		}
		ck_assert_int_eq(line_leaf(&leaves->hasher, columns, leaf), ERR_NONE);
		for (int i = 0; i < HASH_SIZE; i++)
			snprintf(leaves->text + strlen(leaves->text), 3, "%02x", leaf[i]);
		strcat(leaves->text, " ");
	}
	arena_release(&arena);
}

static void leaves_done(void *context, enum db_outcome outcome, const struct db_refusal *refusal)
{
	struct leaves *leaves = context;
	(void)refusal;
	ck_assert_int_eq(outcome, DB_COMMITTED);
	leaves->is_done = true;
}

static int are_taken(void *context)
{
	return ((struct leaves *)context)->is_done;
}

/* Of the first two lines of a record: what was recorded before the erasure. */
static void read_leaves(const char *record, struct leaves *leaves)
{
	char sql[2000];
	struct database_lane lane;
	struct db_statement statement = {"leaves", sql, 1};
	const char *const values[] = {record};
	struct db_call call = {.statement = &statement, .values = values};
	struct db_segment segment = {.calls = &call, .call_count = 1, .rows = take_leaves, .done = leaves_done, .context = leaves};
	*leaves = (struct leaves){.lane = &lane};
	snprintf(sql, sizeof sql, "select %s from ledger_line l where l.record_id = $1::uuid and l.version <= 2 order by l.version", line_columns);
	ck_assert_int_eq(line_hasher_open(&leaves->hasher), ERR_NONE);
	open_ready(&lane);
	ck_assert_int_eq(db_submit(lane.lane, &segment), ERR_NONE);
	lane_await(&lane, are_taken, leaves);
	lane_close(&lane);
	line_hasher_close(&leaves->hasher);
}

START_TEST(every_leaf_is_what_it_was)
{
	struct leaves before, after;
	struct pair pair;
	char sql[200];
	database_migrate();
	make_pair(&pair);
	read_leaves(pair.suspect, &before);
	ck_assert_int_eq(before.count, 2);
	erase_suspect(&pair);
	snprintf(sql, sizeof sql, "select count(*) from ledger_line where record_id = '%s' and erased ? 'given_name' and not image ? 'given_name'", pair.suspect);
	ck_assert_str_eq(run(sql), "2");
	read_leaves(pair.suspect, &after);
	ck_assert_str_eq(before.text, after.text);
}
END_TEST

/* What stands in the whole database, as its owner would carry it away. */
static int dump_has(const char *word)
{
	char command[2000];
	snprintf(command, sizeof command, "pg_dump --dbname=\"%s\" > /dev/null && pg_dump --dbname=\"%s\" | grep -q '%s'",
		 database_url(), database_url(), word);
	int status = system(command);
	ck_assert_int_ne(status, -1);
	return status == 0;
}

START_TEST(what_was_erased_is_nowhere_in_the_database)
{
	static const char *const gone[] = {"Bartholomew", "Quernstone", "QUERNSTONE", "quernstone", "Barty", "7909999123"};
	struct pair pair;
	database_migrate();
	make_pair(&pair);
	ck_assert(dump_has("Quernstone"));
	erase_suspect(&pair);
	for (size_t i = 0; i < sizeof gone / sizeof *gone; i++)
		ck_assert_msg(!dump_has(gone[i]), "%s is still there", gone[i]);
	ck_assert(dump_has("Thessaly"));
	ck_assert(dump_has("7901234567"));
}
END_TEST

/* How the database refused it; "" when it did not. */
static const char *refusal(const char *sql)
{
	struct bytes fault;
	static char text[400];
	bytes_init(&fault, 4000);
	enum err error = db_run_blocking(database_url(), sql, NULL, &fault);
	snprintf(text, sizeof text, "%s", error == ERR_NONE ? "" : bytes_string(&fault));
	bytes_release(&fault);
	return text;
}

START_TEST(no_line_changes_in_any_other_way)
{
	static const char *const attempts[] = {
		"update ledger_line set actor = 'somebody else'",
		"update ledger_line set image = image - 'given_name' where image ? 'given_name'",
		"update ledger_line set image = image || '{\"given_name\": \"Other\"}' where image ? 'given_name'",
		"update ledger_line set erased = '{}'",
		"update ledger_line set erased = null where erased is not null",
		"update ledger_line set image = image - 'given_name', salts = substr(salts, 17),"
		" erased = '{\"given_name\": {\"hash\": \"00\", \"at\": \"2026-01-01T00:00:00.000000Z\", \"authority\": \"x\"}}' where image ? 'given_name'",
		"update ledger_line l set (image, salts, erased, actor) = (select e.image, e.salts, e.erased, 'x' from line_without(l, '{given_name}',"
		" '{\"at\": \"2026-01-01T00:00:00.000000Z\", \"authority\": \"x\"}') e) where image ? 'given_name'",
		"update ledger_line set erased = jsonb_set(erased, '{given_name,authority}', '\"x\"') where erased is not null",
		"update ledger_line set line_id = uuid_now()",
		"set session_replication_role = replica; update ledger_line set actor = 'somebody else'",
	};
	struct pair pair;
	database_migrate();
	make_pair(&pair);
	make_pair(&pair);
	erase_suspect(&pair);
	for (size_t i = 0; i < sizeof attempts / sizeof *attempts; i++)
		ck_assert_msg(strstr(refusal(attempts[i]), "never changed"), "%s: %s", attempts[i], refusal(attempts[i]));
	ck_assert(strstr(refusal("delete from ledger_line"), "never taken away"));
	ck_assert(strstr(refusal("set session_replication_role = replica; delete from ledger_line"), "never taken away"));
	ck_assert(strstr(refusal("truncate ledger_line"), "never truncated"));
}
END_TEST

START_TEST(a_later_month_is_guarded_too)
{
	database_migrate();
	ck_assert_int_gt(atoi(run("select make_ledger_partitions(8)")), 0);
	ck_assert_str_eq(run("select count(*) from pg_inherits i where i.inhparent = 'ledger_line'::regclass and (select count(*) from pg_trigger t"
			     " where t.tgrelid = i.inhrelid and t.tgenabled = 'A' and t.tgname in ('only_erasure', 'refuse_removal')) <> 2"),
			 "0");
}
END_TEST

START_TEST(only_one_role_may_update_a_line)
{
	database_migrate();
	ck_assert_str_eq(run("select string_agg(grantee || ' ' || column_name, ', ' order by column_name) from information_schema.column_privileges"
			     " where table_name = 'ledger_line' and privilege_type = 'UPDATE' and grantee <> current_user"),
			 "secondlook_eraser erased, secondlook_eraser image, secondlook_eraser salts");
	ck_assert_str_eq(run("select string_agg(proname, ', ') from pg_proc where proowner = 'secondlook_eraser'::regrole"), "erase_members");
	ck_assert_str_eq(run("select string_agg(distinct grantee, ', ') from information_schema.role_table_grants where table_name = 'ledger_line'"
			     " and privilege_type in ('DELETE', 'TRUNCATE') and grantee <> current_user"),
			 "");
}
END_TEST

/* A statement that blanks, for every member that may be erased: its expression is of the column's type, and null only where that may be. */
START_TEST(every_blank_fits_its_column)
{
	database_migrate();
	ck_assert_int_gt(atoi(run("select count(*) from erasable_member")), 60);
	run("do $$ declare m record; begin for m in select k.table_name, e.member, e.blank from erasable_member e join record_kind k using (relation) loop"
	    " execute format('explain update %I set %I = %s', m.table_name, m.member, m.blank); end loop; end $$");
	ck_assert_str_eq(run("select string_agg(e.relation || '.' || e.member, ' ') from erasable_member e left join record_kind k using (relation)"
			     " left join pg_attribute a on a.attrelid = to_regclass(k.table_name) and a.attname = e.member"
			     " where a.attname is null or a.attnotnull and e.blank = 'null'"
			     " or e.blank = 'null' and exists (select from pg_constraint c where c.conrelid = a.attrelid and c.contype = 'c' and a.attnum = any (c.conkey))"),
			 "");
}
END_TEST

struct contest {
	struct database_lane first, second;
	struct database_segment hold, erasure;
};

static void prepare(struct contest *contest, const struct pair *pair)
{
	static const char *values[2][1];
	values[0][0] = pair->of_case;
	values[1][0] = pair->suspect;
	contest->hold = contest->erasure = (struct database_segment){0};
	segment_call(&contest->hold, &as_supervisor, NULL);
	segment_call(&contest->hold, &hold, values[0]);
	segment_call(&contest->erasure, &as_manager, NULL);
	segment_call(&contest->erasure, &erase, values[1]);
}

static int waits(const char *events)
{
	char sql[200];
	snprintf(sql, sizeof sql, "select count(*) > 0 from pg_stat_activity where datname = current_database() and wait_event in (%s)", events);
	return strcmp(run(sql), "t") == 0;
}

static int somebody_waits_at_the_gate(void *context)
{
	(void)context;
	return waits("'advisory'");
}

static int somebody_waits_for_a_row(void *context)
{
	(void)context;
	return waits("'transactionid', 'tuple'");
}

/* The first one has done its work, and commits only after the second one has come. */
static void overlap(struct contest *contest, struct database_segment *first, struct database_segment *second)
{
	static const struct db_statement shut = {"shut", "select pg_advisory_lock(7)", 0}, open = {"open", "select pg_advisory_unlock(7)", 0};
	struct database_segment shutting = {0}, opening = {0};
	struct database_lane keeper;
	open_ready(&keeper);
	segment_call(&shutting, &shut, NULL);
	ck_assert_int_eq(segment_run(&keeper, &shutting), DB_COMMITTED);
	segment_call(first, &wait_for_gate, NULL);
	ck_assert_int_eq(segment_submit(&contest->first, first), ERR_NONE);
	lane_await(&contest->first, somebody_waits_at_the_gate, NULL);
	ck_assert_int_eq(segment_submit(&contest->second, second), ERR_NONE);
	lane_await(&contest->second, somebody_waits_for_a_row, NULL);
	segment_call(&opening, &open, NULL);
	ck_assert_int_eq(segment_run(&keeper, &opening), DB_COMMITTED);
	lane_await_all(&contest->first);
	lane_await_all(&contest->second);
	lane_close(&keeper);
}

START_TEST(an_erasure_that_meets_a_hold_is_refused)
{
	struct contest contest;
	struct pair pair;
	database_migrate();
	make_pair(&pair);
	open_ready(&contest.first);
	open_ready(&contest.second);
	prepare(&contest, &pair);
	overlap(&contest, &contest.hold, &contest.erasure);
	ck_assert_int_eq(contest.hold.outcome, DB_COMMITTED);
	ck_assert_int_eq(contest.erasure.outcome, DB_REFUSED);
	ck_assert_str_eq(contest.erasure.sqlstate, "SL409");
	ck_assert_str_eq(contest.erasure.message, "legal_hold");
	lane_close(&contest.first);
	lane_close(&contest.second);
}
END_TEST

START_TEST(a_hold_that_meets_an_erasure_comes_after_it)
{
	struct contest contest;
	struct pair pair;
	char sql[300];
	database_migrate();
	make_pair(&pair);
	open_ready(&contest.first);
	open_ready(&contest.second);
	prepare(&contest, &pair);
	overlap(&contest, &contest.erasure, &contest.hold);
	ck_assert_int_eq(contest.erasure.outcome, DB_COMMITTED);
	ck_assert_int_eq(contest.hold.outcome, DB_COMMITTED);
	snprintf(sql, sizeof sql, "select (select recorded_at from ledger_line where case_id = '%s' and relation = 'legal_hold')"
				  " > (select recorded_at from ledger_line where record_id = '%s' and kind = 'erasure')", pair.of_case, pair.suspect);
	ck_assert_str_eq(run(sql), "t");
	lane_close(&contest.first);
	lane_close(&contest.second);
}
END_TEST

/* Whoever may write lines writes those of section 62. */
START_TEST(a_line_is_of_a_known_kind)
{
	static const char *const roles[][2] = {{"secondlook_ledger", "'{}'"}, {"secondlook_gate", "null"}};
	database_migrate();
	for (size_t i = 0; i < 2; i++) {
		char sql[600];
		snprintf(sql, sizeof sql,
			 "create temporary table refused (code text);"
			 "do $$ declare of_kind text; begin foreach of_kind in array array['collection', 'gossip'] loop begin"
			 "  set local role %s;"
			 "  insert into ledger_line (force_id, line_id, kind, operation, actor, image) values (" FORCE ", gen_random_uuid(), of_kind, 'o', 'a', %s);"
			 "  raise 'written' using errcode = 'ZZ000';"
			 " exception when others then insert into refused values (of_kind || ' ' || sqlstate); end; end loop; end $$;"
			 "select string_agg(code, ' ') from refused", roles[i][0], roles[i][1]);
		ck_assert_str_eq(run(sql), "collection ZZ000 gossip 42501");
	}
}
END_TEST

DATABASE_TESTS("db/erasure", a_line_is_of_a_known_kind, every_leaf_is_what_it_was, what_was_erased_is_nowhere_in_the_database, no_line_changes_in_any_other_way, a_later_month_is_guarded_too,
	       only_one_role_may_update_a_line, every_blank_fits_its_column, an_erasure_that_meets_a_hold_is_refused, a_hold_that_meets_an_erasure_comes_after_it)
