/* Attacks on the ledger by whoever owns the database: each is found by `secondlook ledger verify`, and called by its name. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

#include "db/database.h"
#include "db/migrate.h"
#include "db/read.h"
#include "db/seal.h"
#include "files.h"
#include "ledger/codec.h"
#include "migrate.h"
#include "support/directory.h"

enum { LINES_A_PASS = 40, FAULTY = 5 };

/* What the ledger's owner can do, the attacker does first. */
#define UNLOCK                                                                                                          \
	"do $$ declare t regclass; begin"                                                                                \
	" for t in select inhrelid from pg_inherits where inhparent = 'ledger_line'::regclass union select 'ledger_line'::regclass loop" \
	" execute format('alter table %s disable trigger all', t); end loop; end $$; "
#define AT(position) "(select line_id from ledger_order where position = " position ")"
/* A change of a person and a look. */
#define CHANGE AT("10")
#define LOOK AT("100")

static const char changes_sql[] =
	"insert into person (force_id, person_id, given_name, family_name, phones)"
	" select case when i % 4 = 0 then 'northumbria' else 'west-midlands' end, uuid_now(), 'Thessaly ' || i, 'Quernstone', '{07901234567}'"
	" from generate_series(1, 40) i";
static const char looks_sql[] =
	"insert into ledger_line (force_id, line_id, kind, operation, actor, client, thumbprint, request_id, purpose, case_id, status, seen)"
	" select 'west-midlands', uuid_now(), 'consultation', 'getPerson', 'WM-CH-1', 'control-room-web', 'ab', uuid_now(), 'a review', uuid_now(), 200,"
	" 'person:' || uuid_now() || ':1' from generate_series(1, 298)";

/* As the service erases: the line at 13 loses two members; two more lines, of the person without them and of the erasure. */
#define ERASE(position, authority)                                                                                      \
	"select set_config('secondlook.force', 'west-midlands', false), set_config('secondlook.actor', 'WM-RM-1', false),"  \
	" set_config('secondlook.roles', '{records_manager}', false);"                                                      \
	" insert into erasure (force_id, erasure_id, subject_kind, subject_id, members, legal_basis, authority, reason, line_count)" \
	" select 'west-midlands', uuid_now(), e.kind, e.id, e.members, 'legal_duty', '" authority "', 'Asked for', e.line_count" \
	" from erase_members(jsonb_build_object('kind', 'person', 'id', (select record_id from ledger_line where line_id = " AT(position) "))," \
	" '[\"familyName\", \"phones\"]', 'legal_duty', '" authority "') e returning line_count"

static struct note_key key, receipts_key;
static struct directory directory;

static const char *run(const char *sql)
{
	return database_run(database_url(), sql);
}

/* Transactions of any database of the server hold lines up for a moment. */
static void sequence(const char *url, const char *upto)
{
	const struct timespec pause = {.tv_nsec = 20000000};
	for (int tries = 0; strcmp(database_run(url, "select upto from sequence_lines()"), upto) != 0; tries++) {
		ck_assert_int_lt(tries, 1000);
		nanosleep(&pause, NULL);
	}
}

static void seal_rest(const char *url, const struct note_key *with)
{
	while (seal_pass(url, with, LINES_A_PASS))
		;
}

static void write_keys(const char *name, const struct note_key *one, const struct note_key *other)
{
	struct bytes vkeys;
	bytes_init(&vkeys, 1000);
	note_key_append_vkey(one, &vkeys);
	note_key_append_vkey(other, &vkeys);
	directory_put(&directory, name, bytes_string(&vkeys));
	bytes_release(&vkeys);
}

/* The same key of heads in every test of the program: each runs in a process of its own, on one database. */
static void take_key(void)
{
	static const char pem[] = "-----BEGIN PRIVATE KEY-----\n"
				  "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n"
				  "-----END PRIVATE KEY-----\n";
	ck_assert_int_eq(note_key_read("secondlook", pem, strlen(pem), &key), ERR_NONE);
	ck_assert_int_eq(note_key_generate("secondlook-receipts", &receipts_key), ERR_NONE);
	directory = directory_new();
	write_keys("keys", &key, &receipts_key);
}

/* A sealed ledger of two forces, one line of which has lost two members, in the program's own database. */
static void prepare(void)
{
	struct settings settings = {.database = database_url(), .role_password_file = ""};
	struct bytes fault;
	take_key();
	if (strcmp(run("select coalesce(to_regclass('ledger_sealed')::text, '')"), "") != 0)
		return;
	bytes_init(&fault, 1 << 14);
	ck_assert_msg(migrate_all(&settings, (migrate_report){NULL}, NULL, &fault) == ERR_NONE, "%s", bytes_string(&fault));
	bytes_release(&fault);
	run(changes_sql);
	sequence(database_url(), "40");
	seal_rest(database_url(), &key);
	ck_assert_str_eq(run(ERASE("13", "A court")), "1");
	run(looks_sql);
	sequence(database_url(), "340");
	seal_rest(database_url(), &key);
}

static void tidy(void)
{
	note_key_release(&key);
	note_key_release(&receipts_key);
	directory_remove(&directory);
}

/* A copy of the database, to do anything to. */
struct copy {
	char name[64];
	char url[1200];
};

static struct copy copy_of(const char *url)
{
	static int number;
	struct copy copy;
	char sql[400], original[100];
	snprintf(original, sizeof original, "%s", database_run(url, "select current_database()"));
	snprintf(copy.name, sizeof copy.name, "%.30s_%d_%d", original, (int)getpid(), number++);
	snprintf(copy.url, sizeof copy.url, "%s dbname='%s'", database_url(), copy.name);
	snprintf(sql, sizeof sql, "create database \"%s\" template \"%s\"", copy.name, original);
	char elsewhere[1200];
	snprintf(elsewhere, sizeof elsewhere, "%s dbname='postgres'", database_url());
	ck_assert(database_run_alone(elsewhere, sql));
	return copy;
}

static void drop(const struct copy *copy)
{
	char sql[200], elsewhere[1200];
	snprintf(sql, sizeof sql, "drop database \"%s\"", copy->name);
	snprintf(elsewhere, sizeof elsewhere, "%s dbname='postgres'", database_url());
	ck_assert(database_run_alone(elsewhere, sql));
}

static char said[8192];

/* Runs the program without naming a key; answers its exit status, what it said is in `said`. */
static int verify_unnamed(const char *url, const char *flags)
{
	char command[4096];
	snprintf(command, sizeof command, "%s ledger verify --dir %s --database \"%s\" %s 2>&1", getenv("SECONDLOOK"), directory.path, url, flags);
	FILE *output = popen(command, "r");
	ck_assert_ptr_nonnull(output);
	size_t length = fread(said, 1, sizeof said - 1, output);
	said[length] = '\0';
	int status = pclose(output);
	ck_assert(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static int verify(const char *url, const char *flags)
{
	char trusting[2000];
	snprintf(trusting, sizeof trusting, "--key %s/keys %s", directory.path, flags);
	return verify_unnamed(url, trusting);
}

static void expect_good(const char *url, const char *flags, const char *text)
{
	int status = verify(url, flags);
	ck_assert_msg(status == 0 && strstr(said, text), "status %d, %s is not in: %s", status, text, said);
}

/* The finding's line begins with the word. */
static void expect_found(const char *what, const char *url, const char *flags, const char *how, const char *text)
{
	char line[64];
	int status = verify(url, flags);
	snprintf(line, sizeof line, "%s: ", how);
	const char *finding = strstr(said, line);
	while (finding && finding > said && finding[-1] != '\n')
		finding = strstr(finding + 1, line);
	ck_assert_msg(status == FAULTY && finding, "%s: status %d, %s is not in: %s", what, status, how, said);
	ck_assert_msg(strstr(finding, text), "%s: \"%s\" is not in: %s", what, text, finding);
}

static const char *witness(const char *name)
{
	static char flags[200];
	snprintf(flags, sizeof flags, "--witness %s", directory_path(&directory, name));
	return flags;
}

static const char *file(const char *name)
{
	return directory_path(&directory, name);
}

START_TEST(a_sealed_ledger_is_proven)
{
	prepare();
	expect_good(database_url(), "", "good: 340 lines, 3 trees of 1 epochs");
	expect_good(database_url(), "--processes 1", "head: secondlook/0123456789abcdef ");
	expect_good(database_url(), "--every-signature", "good: 340 lines");
	tidy();
}
END_TEST

START_TEST(what_is_not_sealed_yet_is_no_fault)
{
	prepare();
	struct copy copy = copy_of(database_url());
	database_run(copy.url, "insert into person (force_id, person_id, given_name) values ('west-midlands', uuid_now(), 'Late')");
	sequence(copy.url, "341");
	expect_good(copy.url, "", "note: 1 lines are not sealed yet");
	database_run(copy.url, "insert into person (force_id, person_id, given_name) values ('west-midlands', uuid_now(), 'Unplaced')");
	expect_good(copy.url, "", "good: 341 lines");
	seal_rest(copy.url, &key);
	expect_good(copy.url, "", "good: 341 lines");
	drop(&copy);
	tidy();
}
END_TEST

struct attack {
	const char *what, *sql, *how, *text;
};

/* Puts the ledger aside, or back as it was: quicker than a copy of the database for each attack. */
static const char put_aside_sql[] =
	"do $$ declare t text; begin create schema aside; foreach t in array array['ledger_line', 'ledger_order', 'ledger_horizon', 'ledger_key',"
	" 'ledger_epoch', 'ledger_tree', 'ledger_leaf', 'ledger_subtree', 'ledger_checkpoint', 'ledger_sealed'] loop"
	" execute format('create table aside.%I as table public.%I', t, t); end loop; end $$";
static const char put_back_sql[] =
	"truncate ledger_line, ledger_order, ledger_horizon, ledger_key, ledger_epoch, ledger_tree, ledger_leaf, ledger_subtree, ledger_checkpoint,"
	" ledger_sealed; do $$ declare t text; begin foreach t in array array['ledger_line', 'ledger_order', 'ledger_horizon', 'ledger_key',"
	" 'ledger_epoch', 'ledger_tree', 'ledger_leaf', 'ledger_subtree', 'ledger_checkpoint', 'ledger_sealed'] loop"
	" execute format('insert into public.%I table aside.%I', t, t); end loop; end $$";

static void try_attacks(const struct attack *attacks, size_t count)
{
	char sql[4096];
	prepare();
	struct copy copy = copy_of(database_url());
	database_run(copy.url, put_aside_sql);
	for (size_t i = 0; i < count; i++) {
		snprintf(sql, sizeof sql, "%s%s", UNLOCK, attacks[i].sql);
		database_run(copy.url, sql);
		expect_found(attacks[i].what, copy.url, "", attacks[i].how, attacks[i].text);
		database_run(copy.url, put_back_sql);
	}
	expect_good(copy.url, "", "good: 340 lines");
	drop(&copy);
	tidy();
}

#define TRY(attacks) try_attacks(attacks, sizeof attacks / sizeof *attacks)
#define SET(column, value, line, how, text) {column, "update ledger_line set " column " = " value " where line_id = " line, how, text}
#define ALTERS(column, value, line, position) SET(column, value, line, "altered", "position " position ": its content isn't what was sealed")

START_TEST(every_altered_column_of_a_line_is_found)
{
	static const struct attack attacks[] = {
		SET("force_id", "'northumbria'", CHANGE, "missing", "position 10: it is gone"),
		SET("line_id", "uuid_now()", CHANGE, "missing", "position 10: it is gone"),
		ALTERS("recorded_at", "recorded_at + interval '1 us'", CHANGE, "10"),
		ALTERS("kind", "'alteration'", CHANGE, "10"),
		ALTERS("operation", "'other'", CHANGE, "10"),
		ALTERS("actor", "'WM-CH-2'", LOOK, "100"),
		ALTERS("client", "'other'", LOOK, "100"),
		ALTERS("thumbprint", "null", LOOK, "100"),
		ALTERS("request_id", "uuid_now()", LOOK, "100"),
		ALTERS("purpose", "''", LOOK, "100"),
		ALTERS("relation", "'case_file'", CHANGE, "10"),
		ALTERS("record_id", "uuid_now()", CHANGE, "10"),
		ALTERS("version", "version + 1", CHANGE, "10"),
		ALTERS("case_id", "uuid_now()", LOOK, "100"),
		ALTERS("occurred_at", "now()", CHANGE, "10"),
		ALTERS("status", "404", LOOK, "100"),
		ALTERS("seen", "seen || ' '", LOOK, "100"),
	};
	TRY(attacks);
}
END_TEST

START_TEST(every_altered_member_is_found)
{
	static const struct attack attacks[] = {
		ALTERS("image", "image || '{\"given_name\": \"Somebody\"}'", CHANGE, "10"),
		ALTERS("image", "image - 'given_name'", CHANGE, "10"),
		ALTERS("image", "image || '{\"zeal\": 1}'", CHANGE, "10"),
		SET("image", "null", CHANGE, "altered", "position 10: it isn't the kind of line"),
		ALTERS("salts", "set_byte(salts, 20, (get_byte(salts, 20) + 1) % 256)", CHANGE, "10"),
		ALTERS("salts", "substr(salts, 17)", CHANGE, "10"),
		ALTERS("erased", "'{\"zeal\": {\"hash\": \"00\"}}'", CHANGE, "10"),
		ALTERS("erased", "null", AT("13"), "13"),
		ALTERS("erased", "erased - 'phones'", AT("13"), "13"),
		ALTERS("erased", "jsonb_set(erased, '{phones,hash}', erased #> '{family_name,hash}')", AT("13"), "13"),
		ALTERS("erased", "jsonb_build_object('family_nam', erased -> 'family_name', 'phones', erased -> 'phones')", AT("13"), "13"),
	};
	TRY(attacks);
}
END_TEST

/* The leaf stays right whatever was taken away, and what the line says of it is in no leaf. */
#define WITHOUT(members, at, authority) "update ledger_line l set (image, salts, erased) = (select e.image, e.salts, e.erased from line_without(l, '{" members "}'," \
	" jsonb_build_object('at', " at ", 'authority', '" authority "')) e) where line_id = "
#define ERASED_AT "(select m.erased #>> '{phones,at}' from ledger_line m where m.line_id = " AT("13") ")"
#define GONE(position, member) "altered", "position " position ": its member " member " is gone without an erasure on record"
#define SAYS(member, value) "update ledger_line set erased = jsonb_set(erased, '{phones," member "}', " value ") where line_id = " AT("13")
#define EARLIER(by) "to_jsonb(instant((erased #>> '{phones,at}')::timestamptz - interval '" by "'))"

START_TEST(a_member_that_was_taken_away_without_an_erasure_is_found)
{
	static const struct attack attacks[] = {
		{"a member of another record", WITHOUT("phones", ERASED_AT, "A court") AT("10"), GONE("10", "phones")},
		{"another member", WITHOUT("given_name", ERASED_AT, "A court") AT("13"), GONE("13", "given_name")},
		{"on the erasure's own line", WITHOUT("reason", ERASED_AT, "A court") AT("42"), GONE("42", "reason")},
		{"of the erasure, so that it says nothing", WITHOUT("members", ERASED_AT, "A court") AT("42"), GONE("13", "phones")},
		{"on another authority", SAYS("authority", "'\"Nobody\"'"), GONE("13", "phones")},
		{"on nobody's", SAYS("authority", "'null'"), GONE("13", "phones")},
		{"at a moment that can't be read", SAYS("at", "'\"then\"'"), GONE("13", "phones")},
		{"long before", SAYS("at", EARLIER("3 minutes")), GONE("13", "phones")},
		{"long after", SAYS("at", EARLIER("-3 minutes")), GONE("13", "phones")},
		{"what nobody can read", SAYS("at", "'1e999'"), GONE("13", "(not told)")},
	};
	TRY(attacks);
}
END_TEST

/* The record was filled in anew, and what it says since then went with the earlier erasure's words; then it was erased by the book. */
START_TEST(an_erasure_stands_for_no_later_line)
{
	prepare();
	struct copy copy = copy_of(database_url());
	database_run(copy.url, UNLOCK "update ledger_line set recorded_at = recorded_at + interval '3 minutes' where line_id = " AT("13")
				      "; delete from ledger_leaf; delete from ledger_subtree; delete from ledger_checkpoint; delete from ledger_tree;"
				      " delete from ledger_epoch; update ledger_sealed set epoch = 0, position = 0");
	seal_rest(copy.url, &key);
	expect_found("later", copy.url, "", GONE("13", "phones"));
	drop(&copy);
	tidy();
}
END_TEST

START_TEST(an_erasure_that_is_not_sealed_yet_is_on_record)
{
	prepare();
	struct copy copy = copy_of(database_url());
	ck_assert_str_eq(database_run(copy.url, ERASE("10", "A tribunal")), "1");
	expect_good(copy.url, "", "good: 340 lines");
	sequence(copy.url, "342");
	expect_good(copy.url, "", "note: 2 lines are not sealed yet");
	seal_rest(copy.url, &key);
	expect_good(copy.url, "", "good: 342 lines");
	drop(&copy);
	tidy();
}
END_TEST

#define BOTH "array[" AT("100") ", " AT("101") "]"

START_TEST(lines_taken_away_or_moved_are_found)
{
	static const struct attack attacks[] = {
		{"the line", "delete from ledger_line where line_id = " LOOK, "missing", "position 100: it is gone"},
		{"its place", "delete from ledger_order where position = 100", "missing", "position 100: is gone from the order"},
		{"its leaf", "delete from ledger_leaf where line_id = " LOOK, "missing", "position 100: its leaf is gone"},
		{"all of it", "delete from ledger_line where line_id = " LOOK "; delete from ledger_leaf where line_id = " LOOK
			      "; delete from ledger_order where position = 100", "missing", "position 100: is gone from the order"},
		{"all of it, the rest moved up",
		 "delete from ledger_line where line_id = " LOOK "; delete from ledger_leaf where line_id = " LOOK
		 "; delete from ledger_order where position = 100; update ledger_order set position = -position where position > 100;"
		 " update ledger_order set position = -position - 1 where position < 0; update ledger_horizon set position = position - 1;"
		 " update ledger_sealed set position = position - 1",
		 "missing", "position 100: leaf 89 of epoch 1 before it is gone, and so is its line"},
		{"all of it, the leaves moved up too",
		 "delete from ledger_line where line_id = " LOOK "; delete from ledger_leaf where line_id = " LOOK
		 "; delete from ledger_order where position = 100; update ledger_order set position = -position where position > 100;"
		 " update ledger_order set position = -position - 1 where position < 0; update ledger_horizon set position = position - 1;"
		 " update ledger_sealed set position = position - 1; update ledger_leaf set leaf_index = -leaf_index where leaf_index > 89"
		 " and force_id = 'west-midlands'; update ledger_leaf set leaf_index = -leaf_index - 1 where leaf_index < 0",
		 "missing", "its leaves from 70 to 109 "},
		{"the last lines, as if they had never been", "delete from ledger_line where line_id in (select line_id from ledger_order where position > 330);"
		 " delete from ledger_leaf where line_id in (select line_id from ledger_order where position > 330);"
		 " delete from ledger_order where position > 330", "missing", "position 331: is gone from the order"},
		{"two places", "update ledger_order o set line_id = (" BOTH ")[102 - position] where position in (100, 101)",
		 "reordered", "position 100: leaf 89 of epoch 1 should stand before it"},
		{"two places far apart", "update ledger_order o set line_id = (array[" AT("60") ", " AT("300") "])[case position when 60 then 2 else 1 end]"
		 " where position in (60, 300)", "reordered", "position 60: leaf 49 of epoch 1 should stand before it"},
		{"two leaves", "update ledger_leaf l set leaf_index = 1000 + 179 - leaf_index where line_id = any(" BOTH ");"
		 " update ledger_leaf set leaf_index = leaf_index - 1000 where leaf_index > 1000", "reordered", "position 100: leaf 89 of epoch 1 should stand"},
		{"two lines' content", "update ledger_line l set actor = 'WM-CH-1', seen = (select m.seen from ledger_line m where m.line_id = any(" BOTH
		 ") and m.line_id <> l.line_id) where line_id = any(" BOTH ")", "altered", "position 100: its content"},
		{"a change into another force", "update ledger_order set force_id = 'northumbria' where position = 100", "missing", "position 100: it is gone"},
		{"a change out of the feed", "update ledger_order set changes = false where position = 10", "altered", "position 10: it isn't the kind"},
	};
	TRY(attacks);
}
END_TEST

#define FORGE "insert into ledger_line (force_id, line_id, recorded_at, kind, operation, actor, status, seen, xid)" \
	      " values ('west-midlands', '01a20000-0000-7000-8000-000000000000', "

START_TEST(lines_slipped_in_are_found)
{
	static const struct attack attacks[] = {
		{"past the sequencer", FORGE "now() - interval '1 day', 'consultation', 'getPerson', 'WM-CH-9', 200, '', '3')",
		 "inserted", "line 01a20000-0000-7000-8000-000000000000 of west-midlands"},
		{"beyond every transaction", FORGE "now() - interval '1 day', 'consultation', 'getPerson', 'WM-CH-9', 200, '', '4000000000000000000')",
		 "inserted", "line 01a20000-0000-7000-8000-000000000000 of west-midlands"},
		{"into the order", FORGE "now(), 'consultation', 'getPerson', 'WM-CH-9', 200, '', '3');"
		 " update ledger_order set position = -position where position >= 50; update ledger_order set position = 1 - position where position < 0;"
		 " update ledger_horizon set position = position + 1; update ledger_sealed set position = position + 1;"
		 " insert into ledger_order values (50, 'west-midlands', '01a20000-0000-7000-8000-000000000000', false)",
		 "missing", "position 50: its leaf is gone"},
		{"as if it were to be sealed", FORGE "now(), 'consultation', 'getPerson', 'WM-CH-9', 200, '', '3');"
		 " insert into ledger_order select position + 1, 'west-midlands', '01a20000-0000-7000-8000-000000000000', false from ledger_horizon;"
		 " insert into ledger_leaf values ('west-midlands', 1, 330, '01a20000-0000-7000-8000-000000000000', sha256(''));"
		 " update ledger_horizon set position = position + 1", "inserted", "position 341: it has a leaf, though"},
		{"as a leaf alone", "insert into ledger_leaf values ('west-midlands', 1, 330, uuid_now(), sha256(''))",
		 "inserted", "leaf 330 and what follows"},
		{"behind the sequencer", "insert into ledger_order select position + 1, force_id, uuid_now(), false from ledger_order where position = 340",
		 "inserted", "position 341: the sequencer has only come to 340"},
	};
	TRY(attacks);
}
END_TEST

START_TEST(altered_trees_are_found)
{
	static const struct attack attacks[] = {
		{"a leaf", "update ledger_leaf set hash = sha256('') where line_id = " LOOK, "altered", "position 100: its content"},
		{"a line and its leaf", "update ledger_leaf set hash = sha256('') where line_id = " LOOK
		 "; delete from ledger_order where false", "altered", "position 100"},
		{"a subtree", "update ledger_subtree set hash = sha256('')", "altered", "subtree 0 of level 8 isn't what its leaves make"},
		{"a subtree gone", "delete from ledger_subtree", "missing", "subtree 0 of level 8 is gone"},
		{"a subtree more", "insert into ledger_subtree values (1, 'west-midlands', 16, 0, sha256(''))", "inserted", "more subtrees of level 16"},
		{"a tree's head", "update ledger_tree set root = sha256('') where tree = 'northumbria'", "altered",
		 "the tree of northumbria, epoch 1: the head that the sealer left"},
		{"a tree gone", "delete from ledger_tree where tree = 'northumbria'", "inserted", "its leaf is in a tree that isn't there"},
		{"the nation's tree gone", "delete from ledger_tree where tree = '*'", "missing", "the national tree, epoch 1: is gone"},
		{"a checkpoint's root", "update ledger_checkpoint set root = sha256('') where tree = 'west-midlands' and size = 110", "altered",
		 "the checkpoint of 110 leaves isn't the root of its leaves"},
		{"a checkpoint's moment", "update ledger_checkpoint set signed_at = signed_at + interval '1 us' where tree = 'west-midlands' and size = 110",
		 "altered", "the national tree, epoch 1: its leaves from "},
		{"a checkpoint gone", "delete from ledger_checkpoint where tree = 'west-midlands' and size = 110", "missing", "the national tree, epoch 1: leaf "},
		{"the last checkpoint gone", "delete from ledger_checkpoint where tree = '*' and size = (select max(size) from ledger_checkpoint where tree = '*')",
		 "inserted", "was never signed"},
		{"a national root", "update ledger_checkpoint set root = sha256('') where tree = '*' and size = 3", "altered",
		 "the national tree, epoch 1: the checkpoint of 3 leaves isn't"},
		{"a signature", "update ledger_checkpoint set signature = set_byte(signature, 3, (get_byte(signature, 3) + 1) % 256)"
		 " where tree = 'west-midlands' and size = 110", "wrong_signature", "the checkpoint of west-midlands of 110 leaves"},
		{"the epoch's beginning", "update ledger_epoch set began_at = began_at - interval '1 year'", "altered",
		 "the national tree, epoch 1: its leaves from 0 "},
		{"the sealer's progress", "update ledger_sealed set position = 300", "inserted", "position 301: it has a leaf, though"},
		{"the sequencer's progress", "update ledger_horizon set position = 300", "inserted", "the sequencer has only come to 300"},
	};
	TRY(attacks);
}
END_TEST

#define SEAL_ANEW "delete from ledger_leaf; delete from ledger_subtree; delete from ledger_checkpoint; delete from ledger_tree;" \
		  " delete from ledger_epoch; delete from ledger_key; update ledger_sealed set epoch = 0, position = 0;"

/* The line and its leaf agree, and every head was made anew; only the key is another. */
START_TEST(what_was_signed_anew_with_another_key_is_found)
{
	struct note_key other;
	prepare();
	struct copy copy = copy_of(database_url());
	ck_assert_int_eq(note_key_generate("secondlook", &other), ERR_NONE);
	database_run(copy.url, UNLOCK SEAL_ANEW
				      " delete from ledger_line where line_id in (select line_id from ledger_order where position > 200);"
				      " delete from ledger_order where position > 200; update ledger_horizon set position = 200;"
				      " update ledger_line set actor = 'nobody' where line_id = " LOOK);
	seal_rest(copy.url, &other);
	expect_found("signed anew", copy.url, "", "wrong_signature", "signed with a key that isn't trusted");
	write_keys("others", &other, &receipts_key);
	char flags[200];
	snprintf(flags, sizeof flags, "--key %s", directory_path(&directory, "others"));
	expect_good(copy.url, flags, "good: 200 lines");
	note_key_release(&other);
	drop(&copy);
	tidy();
}
END_TEST

/* A worker has the key of receipts: whoever takes one over could else sign heads of a ledger of their own. */
START_TEST(the_key_of_receipts_signs_no_heads)
{
	struct bytes note, sql;
	static const char text[] = "secondlook/0123456789abcdef/west-midlands\n110\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"
				   "2026-11-28T09:30:00.250000Z\n";
	prepare();
	struct copy copy = copy_of(database_url()), linked = copy_of(database_url());
	database_run(copy.url, UNLOCK SEAL_ANEW);
	seal_rest(copy.url, &receipts_key);
	expect_found("heads", copy.url, "", "wrong_signature", "signed with a key that isn't trusted");
	bytes_init(&note, 4096);
	bytes_init(&sql, 4096);
	ck_assert_int_eq(note_sign(&receipts_key, text, strlen(text), &note), ERR_NONE);
	ck_assert_int_eq(files_make_directory(directory_path(&directory, "false"), 0700), ERR_NONE);
	directory_put(&directory, "false/110.txt", bytes_string(&note));
	expect_found("a head of its own", database_url(), file("false/110.txt"), "wrong_signature", "whose key is trusted to sign heads");
	expect_found("a witness", database_url(), witness("false"), "wrong_signature", "110.txt isn't signed by anyone trusted");
	bytes_format(&sql, "update ledger_epoch set previous = '%s'", bytes_string(&note));
	database_run(linked.url, bytes_string(&sql));
	expect_found("an epoch's beginning", linked.url, "", "wrong_signature", "epoch 1: the head that it says came before it isn't signed");
	bytes_release(&note);
	bytes_release(&sql);
	drop(&copy);
	drop(&linked);
	tidy();
}
END_TEST

/* A line was altered together with its leaf: its content hashes to it, but nothing that was signed does. */
START_TEST(an_altered_line_whose_leaf_was_made_to_fit_is_found)
{
	prepare();
	struct copy copy = copy_of(database_url()), forged = copy_of(database_url());
	char sql[2000], hash[100];
	database_run(forged.url, UNLOCK "update ledger_line set actor = 'nobody' where line_id = " LOOK
				 "; delete from ledger_leaf; delete from ledger_subtree; delete from ledger_checkpoint; delete from ledger_tree;"
				 " delete from ledger_epoch; update ledger_sealed set epoch = 0, position = 0");
	seal_rest(forged.url, &key);
	snprintf(hash, sizeof hash, "%s", database_run(forged.url, "select hash from ledger_leaf where line_id = " LOOK));
	snprintf(sql, sizeof sql, "%s update ledger_line set actor = 'nobody' where line_id = " LOOK
				  "; update ledger_leaf set hash = '%s' where line_id = " LOOK, UNLOCK, hash);
	database_run(copy.url, sql);
	expect_found("made to fit", copy.url, "", "altered", "the tree of west-midlands, epoch 1: its leaves from 70 to 109");
	drop(&copy);
	drop(&forged);
	tidy();
}
END_TEST

/* Every head, as whoever fetched them has them. */
static void keep_heads(const char *url, const char *name)
{
	struct db_reader *reader;
	const char *const *row;
	char path[300];
	ck_assert_int_eq(db_reader_open(url, NULL, &reader), ERR_NONE);
	ck_assert_int_eq(db_reader_start(reader, "select e.name || '/' || case tree when '*' then 'nation' else tree end, size, checkpoint_note(c)"
						 " from ledger_checkpoint c join ledger_epoch e using (epoch)", NULL, 0), ERR_NONE);
	for (;;) {
		ck_assert_int_eq(db_reader_next(reader, &row), ERR_NONE);
		if (!row)
			break;
		snprintf(path, sizeof path, "%s/%s/%s", directory.path, name, row[0]);
		ck_assert_int_eq(files_make_directory(path, 0700), ERR_NONE);
		snprintf(path, sizeof path, "%s/%s/%s/%s.txt", directory.path, name, row[0], row[1]);
		ck_assert_int_eq(files_write(path, 0600, row[2], strlen(row[2])), ERR_NONE);
	}
	db_reader_close(reader);
}

static const char more_sql[] = "insert into ledger_line (force_id, line_id, kind, operation, actor, status, seen) select 'west-midlands', uuid_now(), 'consultation',"
			       " 'getPerson', 'WM-CH-1', 200, '' from generate_series(1, 10)";

static void add_lines(const char *url)
{
	database_run(url, more_sql);
	sequence(url, "350");
}

START_TEST(a_witness_sees_what_was_rolled_back_or_forked)
{
	prepare();
	struct copy later = copy_of(database_url()), forked = copy_of(database_url());
	add_lines(later.url);
	add_lines(forked.url);
	seal_rest(later.url, &key);
	seal_rest(forked.url, &key);
	keep_heads(database_url(), "earlier");
	keep_heads(later.url, "heads");
	expect_good(later.url, witness("heads"), "notes of others");
	expect_good(later.url, witness("earlier"), "notes of others");
	expect_found("the tables rolled back", database_url(), witness("heads"), "rolled_back", "west-midlands/340.txt is signed for 340 leaves, but there are only 330");
	expect_found("two futures", forked.url, witness("heads"), "forked", "west-midlands/340.txt is signed and has another root");
	drop(&later);
	drop(&forked);
	tidy();
}
END_TEST

START_TEST(a_witness_of_another_epoch_or_of_nothing_is_told_apart)
{
	prepare();
	struct copy anew = copy_of(database_url());
	keep_heads(database_url(), "heads");
	database_run(anew.url, UNLOCK "delete from ledger_leaf; delete from ledger_subtree; delete from ledger_checkpoint; delete from ledger_tree;"
				      " delete from ledger_epoch; update ledger_sealed set epoch = 0, position = 0");
	expect_found("all forgotten", anew.url, witness("heads"), "rolled_back", "which isn't there");
	ck_assert_int_eq(verify(database_url(), "--witness /nonexistent"), 1);
	ck_assert_ptr_nonnull(strstr(said, "/nonexistent"));
	ck_assert_int_eq(files_make_directory(directory_path(&directory, "empty"), 0700), ERR_NONE);
	ck_assert_int_eq(verify(database_url(), witness("empty")), 1);
	ck_assert_ptr_nonnull(strstr(said, "holds no checkpoint"));
	drop(&anew);
	tidy();
}
END_TEST

/* A head that nobody signed accuses nobody. */
START_TEST(a_false_witness_is_found)
{
	struct note_key other;
	struct bytes note;
	static const char text[] = "secondlook/0123456789abcdef/west-midlands\n110\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"
				   "2026-11-28T09:30:00.250000Z\n";
	prepare();
	bytes_init(&note, 4096);
	ck_assert_int_eq(note_key_generate("secondlook", &other), ERR_NONE);
	ck_assert_int_eq(note_sign(&other, text, strlen(text), &note), ERR_NONE);
	ck_assert_int_eq(files_make_directory(directory_path(&directory, "false"), 0700), ERR_NONE);
	directory_put(&directory, "false/110.txt", bytes_string(&note));
	expect_found("forged", database_url(), witness("false"), "wrong_signature", "110.txt");
	bytes_release(&note);
	note_key_release(&other);
	tidy();
}
END_TEST

START_TEST(a_line_that_says_it_is_older_than_its_place_is_found)
{
	prepare();
	struct copy copy = copy_of(database_url());
	database_run(copy.url, FORGE "now() - interval '2 hours', 'consultation', 'getPerson', 'WM-CH-9', 200, '', pg_current_xact_id())");
	sequence(copy.url, "341");
	seal_rest(copy.url, &key);
	expect_found("backdated", copy.url, "", "inserted", "position 341: it says that it was recorded over an hour before");
	drop(&copy);
	tidy();
}
END_TEST

/* A receipt of the look at position 100, as a worker signs it. */
static void write_receipt(const struct note_key *signer, const char *url, const char *until, const char *leaf)
{
	struct bytes text, note, base64;
	bytes_init(&text, 4096);
	bytes_init(&note, 4096);
	bytes_init(&base64, 8192);
	bytes_format(&text, "secondlook-receipt-v1\nwest-midlands\n%s\n%s ", until, database_run(url, "select " LOOK));
	bytes_format(&text, "%s\n", leaf ? leaf : database_run(url, "select encode(hash, 'base64') from ledger_leaf where line_id = " LOOK));
	ck_assert_int_eq(note_sign(signer, text.data, text.length, &note), ERR_NONE);
	codec_append_base64(&base64, note.data, note.length);
	directory_put(&directory, "receipt.txt", bytes_string(&note));
	directory_put(&directory, "receipt.base64", bytes_string(&base64));
	bytes_release(&text);
	bytes_release(&note);
	bytes_release(&base64);
}

#define LATER "2999-01-01T00:00:00.000000Z"

START_TEST(a_receipt_is_held_against_the_database)
{
	static const char another[] = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
	prepare();
	struct copy copy = copy_of(database_url());
	write_receipt(&receipts_key, copy.url, LATER, NULL);
	expect_good(copy.url, file("receipt.txt"), "a receipt, signed by secondlook-receipts\ngood\n");
	expect_good(copy.url, file("receipt.base64"), "good\n");
	write_receipt(&key, copy.url, LATER, NULL);
	expect_found("signed with the key of heads", copy.url, file("receipt.txt"), "wrong_signature", "whose key is trusted to sign receipts");
	write_receipt(&receipts_key, copy.url, "2026-01-01T00:00:00.000000Z", NULL);
	expect_found("a promise broken", copy.url, file("receipt.txt"), "late", "promised by 2026-01-01T00:00:00.000000Z");
	write_receipt(&receipts_key, copy.url, LATER, another);
	expect_found("another leaf", copy.url, file("receipt.txt"), "altered", "isn't what the receipt was given for");
	write_receipt(&receipts_key, copy.url, LATER, NULL);
	database_run(copy.url, UNLOCK "update ledger_leaf set hash = sha256('') where leaf_index = 3 and force_id = 'west-midlands'");
	expect_found("a leaf before it", copy.url, file("receipt.txt"), "altered", "the leaves before it aren't those whose root was signed");
	database_run(copy.url, "delete from ledger_leaf where line_id = " LOOK);
	ck_assert_int_eq(verify(copy.url, file("receipt.txt")), 1);
	ck_assert_ptr_nonnull(strstr(said, "can't be proven yet"));
	database_run(copy.url, "delete from ledger_line where line_id = " LOOK);
	expect_found("the line gone", copy.url, file("receipt.txt"), "missing", "is not in the database");
	drop(&copy);
	tidy();
}
END_TEST

/* What the database's own functions answer, as the service answers it. */
static void write_proof(const char *url)
{
	struct bytes sql, answer, fault;
	bytes_init(&sql, 4096);
	bytes_init(&answer, 1 << 16);
	bytes_init(&fault, 4096);
	bytes_format(&sql, "select set_config('secondlook.force', 'west-midlands', false), set_config('secondlook.purpose', 'inquest', false);"
			   " select jsonb_build_object('lineId', line_id, 'force', force, 'epoch', epoch, 'leaf', leaf, 'fields', fields, 'members', members,"
			   " 'leafIndex', leaf_index, 'treeSize', tree_size, 'inclusion', inclusion, 'checkpoint', checkpoint, 'nationalIndex', national_index,"
			   " 'nationalSize', national_size, 'nationalInclusion', national_inclusion, 'nationalCheckpoint', national_checkpoint)"
			   " from ledger_line_proof(%s)", LOOK);
	ck_assert_msg(!db_run_blocking(url, bytes_string(&sql), &answer, &fault), "%s", bytes_string(&fault));
	directory_put(&directory, "proof.json", bytes_string(&answer));
	bytes_release(&sql);
	bytes_release(&answer);
	bytes_release(&fault);
}

START_TEST(a_proof_is_proven_off_line)
{
	prepare();
	write_proof(database_url());
	expect_good("host=/nonexistent", file("proof.json"), "a proof: line ");
	write_receipt(&receipts_key, database_url(), LATER, NULL);
	char flags[300];
	snprintf(flags, sizeof flags, "%s --proof %s", file("receipt.base64"), file("proof.json"));
	expect_good("host=/nonexistent", flags, "good\n");
	tidy();
}
END_TEST

static void expect_untrusted(const char *flags, const char *where)
{
	char text[400];
	int status = verify_unnamed(database_url(), flags);
	snprintf(text, sizeof text, "whom to trust? %s holds no key that signs heads", where);
	ck_assert_msg(status == 1 && strstr(said, text), "status %d, %s is not in: %s", status, text, said);
}

/* The database names its own key, and so does whoever forged it: that is no reason to trust either. */
START_TEST(nobody_is_trusted_who_was_not_named)
{
	char flags[300], place[200];
	prepare();
	snprintf(place, sizeof place, "%s/pki", directory.path);
	write_proof(database_url());
	expect_untrusted("", place);
	expect_untrusted(file("proof.json"), place);
	write_keys("receipts", &receipts_key, &receipts_key);
	snprintf(flags, sizeof flags, "--key %s", file("receipts"));
	expect_untrusted(flags, file("receipts"));
	ck_assert_int_eq(files_make_directory(place, 0700), ERR_NONE);
	write_keys("pki/ledger.vkey", &key, &key);
	ck_assert_int_eq(verify_unnamed(database_url(), ""), 0);
	ck_assert_ptr_nonnull(strstr(said, "good: 340 lines"));
	tidy();
}
END_TEST

START_TEST(what_cannot_be_verified_is_said)
{
	prepare();
	ck_assert_int_eq(verify("host=/nonexistent", ""), 1);
	ck_assert_int_eq(verify(database_url(), "--key /nonexistent"), 1);
	ck_assert_ptr_nonnull(strstr(said, "/nonexistent"));
	ck_assert_int_eq(verify(database_url(), "one two"), 2);
	ck_assert_int_eq(verify(database_url(), "/nonexistent"), 1);
	ck_assert_ptr_nonnull(strstr(said, "No such file"));
	directory_put(&directory, "anything", "anything\n");
	expect_found("anything", database_url(), file("anything"), "altered", "the note: is no signed note");
	directory_put(&directory, "object", "{}\n");
	expect_found("an object", database_url(), file("object"), "altered", "a line: doesn't have its 17 fields");
	tidy();
}
END_TEST

DATABASE_TESTS("verify", a_sealed_ledger_is_proven, what_is_not_sealed_yet_is_no_fault, every_altered_column_of_a_line_is_found,
	       every_altered_member_is_found,
	       a_member_that_was_taken_away_without_an_erasure_is_found, an_erasure_stands_for_no_later_line,
	       an_erasure_that_is_not_sealed_yet_is_on_record, lines_taken_away_or_moved_are_found, lines_slipped_in_are_found, altered_trees_are_found,
	       what_was_signed_anew_with_another_key_is_found, the_key_of_receipts_signs_no_heads, an_altered_line_whose_leaf_was_made_to_fit_is_found,
	       a_witness_sees_what_was_rolled_back_or_forked, a_witness_of_another_epoch_or_of_nothing_is_told_apart,
	       a_false_witness_is_found, a_line_that_says_it_is_older_than_its_place_is_found,
	       a_receipt_is_held_against_the_database, a_proof_is_proven_off_line,
	       nobody_is_trusted_who_was_not_named, what_cannot_be_verified_is_said)
