/* The sealer: killed, doubled, without a key, in a database that was restored, re-created or taken back. */
#include <fcntl.h>
#include <ftw.h>
#include <libpq-fe.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/time.h"
#include "db/embedded.h"
#include "sealed.h"

enum { KILLS = 12, PATIENCE_MS = 20000, RESTORING = 20000 /* transactions, more than a dump takes to restore */ };

static const char *const flags[] = {"--workers", "1", NULL};
/* Lines of two forces. */
static const char change_sql[] = "update staff set name = 'n' || version, version = version";

/* --- what all tests do --------------------------------------------------------------------------------------------- */

static void change(const struct service *service)
{
	ck_assert(service_sql(service->url, change_sql, NULL, 0));
}

static bool sealer_is(const struct service *service, const char *word)
{
	char body[1000], wanted[64];
	snprintf(wanted, sizeof wanted, "\"sealer\":\"%s\"", word);
	return service_plain(service, "/ready", body, sizeof body) == 200 && strstr(body, wanted);
}

static void await_sealer(const struct service *service, const char *word)
{
	for (int waited = 0; waited < PATIENCE_MS; waited += 20) {
		if (sealer_is(service, word))
			return;
		fault_pause_ms(20);
	}
	service_show_log(service);
	ck_abort_msg("the sealer is not %s", word);
}

static const char *file_of(const struct service *service, const char *name)
{
	static char path[200];
	snprintf(path, sizeof path, "%s/%s", service->directory, name);
	return path;
}

/* --- passes -------------------------------------------------------------------------------------------------------- */

/* What committed while another transaction was open waits for it: a later position never hides an earlier line. */
START_TEST(an_open_transaction_is_waited_for)
{
	struct service service;
	fault_serve(&service, flags);
	sealed_await(&service);
	PGconn *open = PQconnectdb(service.url);
	PQclear(PQexec(open, "begin"));
	PQclear(PQexec(open, "update staff set name = 'first', version = version where reference = 'WM-CH-1'"));
	long before = sealed_number(&service, "select position from ledger_sealed");
	for (int i = 0; i < 5; i++)
		ck_assert(service_sql(service.url, "update staff set name = 'later', version = version where reference = 'WM-SP-1'", NULL, 0));
	fault_pause_ms(700); /* that nothing happens can only be waited for */
	ck_assert_int_eq(sealed_number(&service, "select position from ledger_sealed"), before);
	PQclear(PQexec(open, "commit"));
	PQfinish(open);
	sealed_await(&service);
	ck_assert_int_eq(sealed_number(&service, "select position from ledger_sealed"), before + 6);
	sealed_check(&service);
	fault_end(&service);
}
END_TEST

/* A batch's limits don't lose what is behind them, and a line that nobody can hash holds up no other. */
START_TEST(many_lines_and_bad_ones_are_passed)
{
	struct service service;
	fault_serve(&service, flags);
	ck_assert(service_sql(service.url, "do $$ begin for i in 1..600 loop update staff set name = 'n' || i, version = version; end loop; end $$", NULL, 0));
	sealed_await(&service);
	sealed_check(&service);
	ck_assert_int_gt(sealed_number(&service, "select count(*) from ledger_line"), 4000);
	ck_assert_int_gt(sealed_number(&service, "select count(*) from ledger_subtree where level = 8"), 3);
	ck_assert(service_sql(service.url,
		"insert into ledger_line (force_id, line_id, kind, operation, actor, image, salts) values ('west-midlands', uuid_now(), 'collection',"
		" 'direct', 'nobody', '{\"a\": 1}', '\\x00'), (E'west\\nmidlands', uuid_now(), 'collection', 'direct', 'nobody', null, null)", NULL, 0));
	change(&service);
	fault_await_sql(&service, "select s.position = h.position and not exists (select from ledger_line l where l.actor <> 'nobody' and not exists"
			    " (select from ledger_leaf f where f.line_id = l.line_id)) from ledger_sealed s, ledger_horizon h", "t");
	ck_assert_int_eq(sealed_number(&service, "select count(*) from ledger_line l where not exists (select from ledger_leaf f where f.line_id = l.line_id)"), 2);
	fault_end(&service);
}
END_TEST

/* Without a line there is nothing to sign. */
START_TEST(silence_signs_nothing)
{
	struct service service;
	fault_serve(&service, flags);
	sealed_await(&service);
	long heads = sealed_number(&service, "select count(*) from ledger_checkpoint");
	fault_pause_ms(700);
	ck_assert_int_eq(sealed_number(&service, "select count(*) from ledger_checkpoint"), heads);
	await_sealer(&service, "timely");
	fault_end(&service);
}
END_TEST

START_TEST(without_a_key_the_service_goes_on)
{
	struct service service;
	struct service_wish wish = {.server = fault_server(), .flags = flags};
	char kept[200];
	ck_assert(service_prepare(&service, &wish));
	snprintf(kept, sizeof kept, "%s", file_of(&service, "kept.key"));
	ck_assert_int_eq(rename(file_of(&service, "pki/ledger.key"), kept), 0);
	ck_assert(service_serve(&service));
	await_sealer(&service, "no_key");
	change(&service);
	fault_await_sql(&service, "select (select count(*) from ledger_order) = (select count(*) from ledger_line)", "t");
	ck_assert_int_eq(sealed_number(&service, "select count(*) from ledger_epoch"), 0);
	ck_assert_int_eq(rename(kept, file_of(&service, "pki/ledger.key")), 0);
	ck_assert_int_eq(kill(service.pid, SIGHUP), 0);
	sealed_await(&service);
	await_sealer(&service, "timely");
	sealed_check(&service);
	fault_end(&service);
}
END_TEST

/* --- killed, and two of them ---------------------------------------------------------------------------------------- */

START_TEST(killed_at_any_instant_it_goes_on)
{
	struct service service;
	pid_t sequencer = 0;
	fault_serve(&service, flags);
	for (int i = 0; i < KILLS; i++) {
		sequencer = fault_await_child(&service, "sequencer-0", sequencer);
		long heads = sealed_number(&service, "select count(*) from ledger_checkpoint");
		for (int waited = 0; sealed_number(&service, "select count(*) from ledger_checkpoint") == heads && waited < 1000; waited++)
			change(&service);
		change(&service);
		fault_pause_ms(i * 37 % 250); /* so that it is hit at different moments of its pass */
		ck_assert_int_eq(kill(sequencer, SIGKILL), 0);
	}
	sealed_await(&service);
	sealed_check(&service);
	sealed_verify(&service, NULL);
	ck_assert_int_eq(sealed_number(&service, "select count(*) from ledger_epoch"), 1);
	fault_end(&service);
}
END_TEST

/* The same database, certificates and key from another directory. */
static void serve_again(const struct service *first, struct service *second)
{
	char target[200];
	*second = *first;
	strcpy(second->directory, "/tmp/secondlook-test-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(second->directory));
	snprintf(second->log, sizeof second->log, "%s/log", second->directory);
	snprintf(target, sizeof target, "%s/pki", first->directory);
	ck_assert_int_eq(symlink(target, file_of(second, "pki")), 0);
	ck_assert(service_serve(second));
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *place)
{
	(void)status, (void)kind, (void)place;
	return remove(path);
}

START_TEST(of_two_servers_one_seals)
{
	struct service first, second;
	fault_serve(&first, flags);
	sealed_await(&first);
	await_sealer(&first, "timely");
	serve_again(&first, &second);
	for (int i = 0; i < 20; i++) {
		change(&first);
		fault_pause_ms(20);
	}
	sealed_await(&first);
	ck_assert(sealer_is(&second, "waiting"));
	ck_assert_int_eq(sealed_number(&first, "select count(*) from pg_locks where locktype = 'advisory' and classid = 7321 and objid = 3 and granted"
					       " and database = (select oid from pg_database where datname = current_database())"), 1);
	ck_assert(service_end(&first));
	change(&second);
	sealed_await(&second);
	await_sealer(&second, "timely");
	ck_assert(service_end(&second));
	/* What it remembers is older than the database, and in it. */
	ck_assert(service_serve(&first));
	change(&first);
	sealed_await(&first);
	sealed_check(&first);
	ck_assert_int_eq(sealed_number(&first, "select count(*) from ledger_epoch"), 1);
	nftw(second.directory, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	fault_end(&first);
}
END_TEST

/* --- epochs -------------------------------------------------------------------------------------------------------- */

static void await_epoch(const struct service *service, int epoch, const char *reason)
{
	char sql[200];
	snprintf(sql, sizeof sql, "select exists (select from ledger_epoch where epoch = %d and reason = '%s')", epoch, reason);
	fault_await_sql(service, sql, "t");
	sealed_await(service);
	sealed_check(service);
}

/* Each epoch after the first names a head that was signed in another. */
static void check_links(const struct service *service)
{
	ck_assert_int_eq(sealed_number(service, "select count(*) from ledger_epoch e where e.epoch > 1 and not exists"
						" (select from ledger_checkpoint c where c.tree = '*' and checkpoint_note(c) = e.previous)"), 0);
}

/* As a superuser would take all of it back, under the running sealer. */
static const char save_sql[] =
	"create schema kept; create table kept.sealed as select * from ledger_sealed; create table kept.tree as select * from ledger_tree";
static const char take_back_sql[] =
	"begin; lock table ledger_sealed;"
	" delete from ledger_leaf f where f.leaf_index >= coalesce((select t.size from kept.tree t where t.epoch = f.epoch and t.tree = f.force_id), 0);"
	" delete from ledger_subtree u where (u.subtree_index + 1) * 2 ^ u.level > coalesce((select t.size from kept.tree t where t.epoch = u.epoch and t.tree = u.tree), 0);"
	" delete from ledger_checkpoint c where c.size > coalesce((select t.size from kept.tree t where t.epoch = c.epoch and t.tree = c.tree), 0);"
	" delete from ledger_tree; insert into ledger_tree select * from kept.tree;"
	" delete from ledger_sealed; insert into ledger_sealed select * from kept.sealed; commit; select 't'";

/* How many leaves the head had that an epoch began with, and how many are left of that tree. */
#define LOST(epoch)                                                                                                     \
	"select format('note: epoch " epoch " began after a national head of %s leaves, but the national tree of epoch %s has only %s: the heads of forces at"      \
	" leaves %s to %s', h.size, b.epoch, t.size, t.size, h.size - 1) from ledger_epoch e, ledger_epoch b, ledger_tree t, lateral (select split_part(e.previous, E'\\n', 2)::bigint) h (size)" \
	" where e.epoch = " epoch " and b.epoch = " epoch " - 1 and t.epoch = b.epoch and t.tree = '*' and h.size > t.size"

START_TEST(tables_taken_back_begin_an_epoch)
{
	struct service service;
	char note[4096], sql[200];
	fault_serve(&service, flags);
	sealed_await(&service);
	ck_assert(service_sql(service.url, save_sql, NULL, 0));
	change(&service);
	sealed_await(&service);
	ck_assert(service_sql(service.url, "select checkpoint_note(c) from ledger_checkpoint c where tree = '*' order by size desc limit 1", note, sizeof note));
	ck_assert(service_sql(service.url, take_back_sql, NULL, 0));
	await_epoch(&service, 2, "rolled_back");
	/* The head that was taken away is what the new epoch is linked to. */
	char previous[4096];
	ck_assert(service_sql(service.url, "select previous from ledger_epoch where epoch = 2", previous, sizeof previous));
	ck_assert_str_eq(previous, note);

	/* The same while no sealer runs: its file remembers. */
	ck_assert(service_sql(service.url, "drop schema kept cascade", NULL, 0));
	ck_assert(service_sql(service.url, save_sql, NULL, 0));
	change(&service);
	sealed_await(&service);
	ck_assert(service_end(&service));
	ck_assert(service_sql(service.url, take_back_sql, NULL, 0));
	ck_assert(service_serve(&service));
	await_epoch(&service, 3, "rolled_back");
	snprintf(sql, sizeof sql, "select count(*) from ledger_epoch");
	ck_assert_int_eq(sealed_number(&service, sql), 3);
	sealed_await(&service);
	sealed_verify_says(&service, LOST("2"));
	sealed_verify_says(&service, LOST("3"));
	fault_end(&service);
}
END_TEST

/* Trees that don't agree with what was signed of them, with each other, or with leaves that are there already. */
START_TEST(tables_that_do_not_agree_begin_an_epoch)
{
	static const char *const damages[] = {
		"update ledger_tree set frontier = sha256('other') || substring(frontier from 33) where epoch = (select epoch from ledger_sealed) and tree = '*'",
		"update ledger_tree set root = sha256('other'), frontier = sha256('other'), size = 1 where epoch = (select epoch from ledger_sealed) and tree = 'west-midlands'",
		("delete from ledger_checkpoint c using ledger_tree t where t.epoch = c.epoch and t.tree = c.tree and t.size = c.size and t.tree = 'northumbria'"
		" and t.epoch = (select epoch from ledger_sealed)"),
		"insert into ledger_leaf select t.tree, t.epoch, t.size, uuid_now(), sha256('x') from ledger_tree t where t.tree = 'west-midlands' and t.epoch = (select epoch from ledger_sealed)",
	};
	struct service service;
	char sql[200];
	fault_serve(&service, flags);
	for (int i = 0; i < (int)(sizeof damages / sizeof *damages); i++) {
		change(&service);
		sealed_await(&service);
		ck_assert(service_end(&service));
		ck_assert(service_sql(service.url, damages[i], NULL, 0));
		ck_assert(service_serve(&service));
		change(&service);
		snprintf(sql, sizeof sql, "select exists (select from ledger_epoch where epoch = %d and reason = 'rolled_back')", i + 2);
		fault_await_sql(&service, sql, "t");
		sealed_await(&service);
	}
	ck_assert_int_eq(sealed_number(&service, "select count(*) from ledger_epoch"), 5);
	fault_end(&service);
}
END_TEST

/* A promoted standby and a recovery to a point in time write another timeline. */
START_TEST(another_timeline_begins_an_epoch)
{
	struct service service;
	fault_serve(&service, flags);
	sealed_await(&service);
	ck_assert(service_sql(service.url, "update ledger_epoch set timeline = timeline + 1", NULL, 0));
	fault_await_sql(&service, "select exists (select from ledger_epoch where epoch = 2 and reason = 'restored')", "t");
	change(&service);
	sealed_await(&service);
	ck_assert(service_sql(service.url, "update ledger_epoch set timeline = timeline - 1 where epoch = 1", NULL, 0));
	check_links(&service);
	fault_end(&service);
}
END_TEST

START_TEST(a_recreated_database_begins_an_epoch_linked_to_the_lost_one)
{
	static const char *const migrate[] = {"migrate", "--database", NULL, NULL};
	struct service service;
	char sql[200], note[4096], previous[4096];
	fault_serve(&service, flags);
	sealed_await(&service);
	ck_assert(service_sql(service.url, "select checkpoint_note(c) from ledger_checkpoint c where tree = '*' order by size desc limit 1", note, sizeof note));
	ck_assert(service_end(&service));
	snprintf(sql, sizeof sql, "drop database \"%s\"", service.database);
	ck_assert(service_sql(service.server, sql, NULL, 0));
	snprintf(sql, sizeof sql, "create database \"%s\"", service.database);
	ck_assert(service_sql(service.server, sql, NULL, 0));
	const char *const arguments[] = {migrate[0], migrate[1], service.url, NULL};
	ck_assert(service_run(&service, arguments));
	ck_assert(service_sql(service.url, "select seed_sandbox()", NULL, 0));
	ck_assert(service_serve(&service));
	await_epoch(&service, 1, "rolled_back");
	ck_assert(service_sql(service.url, "select previous from ledger_epoch where epoch = 1", previous, sizeof previous));
	ck_assert_str_eq(previous, note);
	sealed_await(&service);
	sealed_verify_says(&service, "select 'note: epoch 1 began after a head of ' || split_part(previous, E'\\n', 2) || ' leaves of ' || split_part(previous, E'\\n', 1)"
				     " || ', which isn''t there' from ledger_epoch where epoch = 1");
	fault_end(&service);
}
END_TEST

/* --- restored elsewhere -------------------------------------------------------------------------------------------- */

static void run_shell(const char *command)
{
	ck_assert_msg(system(command) == 0, "%s", command);
}

/* A copy of the database in another cluster, as pg_dump makes it; roles are the cluster's, not the database's. */
static void restore(const struct service *service, const char *url)
{
	char command[6000];
	snprintf(command, sizeof command,
		 "set -e; PATH=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -n 1):$PATH; exec >%s/dump.sql;"
		 " pg_dumpall --roles-only -d \"%s\" | grep secondlook_; pg_dump \"%s\";"
		 " psql -q -X -o /dev/null -v ON_ERROR_STOP=1 -d \"%s\" -f %s/dump.sql",
		 service->directory, service->url, service->url, url, service->directory);
	run_shell(command);
}

/* So many transactions that their numbers pass this one. */
static void use_up_numbers(const struct service *service, long upto)
{
	char sql[300];
	snprintf(sql, sizeof sql, "do $$ begin perform set_config('synchronous_commit', 'off', false); while pg_current_xact_id()::text::bigint <= %ld loop commit; end loop; end $$", upto);
	ck_assert(service_sql(service->url, sql, NULL, 0));
}

START_TEST(a_database_restored_elsewhere_goes_on)
{
	char directory[] = "/tmp/secondlook-fault-XXXXXX", kept_url[SERVICE_TEXT_SIZE];
	struct embedded other;
	struct service service;
	struct bytes fault;
	bytes_init(&fault, 4096);
	fault_serve(&service, flags);
	use_up_numbers(&service, RESTORING); /* so that the numbers of what is restored are still to come there */
	change(&service);
	sealed_await(&service);
	ck_assert(service_end(&service));
	change(&service); /* not ordered, not sealed when it is dumped */
	long numbers = sealed_number(&service, "select max(xid::text::bigint) from ledger_line");
	long lines = sealed_number(&service, "select count(*) from ledger_line");

	ck_assert_ptr_nonnull(mkdtemp(directory));
	ck_assert_int_eq(embedded_start(directory, &fault, &other), ERR_NONE);
	restore(&service, other.url);
	strcpy(kept_url, service.url);
	snprintf(service.url, sizeof service.url, "%s", other.url);
	change(&service); /* before anybody has noticed where it is */
	ck_assert(service_serve(&service));
	await_epoch(&service, 2, "restored");
	check_links(&service);
	ck_assert_int_lt(sealed_number(&service, "select pg_current_xact_id()"), RESTORING);
	use_up_numbers(&service, numbers + 10);
	change(&service);
	await_epoch(&service, 2, "restored");
	ck_assert_int_gt(sealed_number(&service, "select count(*) from ledger_line"), lines);
	ck_assert_int_eq(sealed_number(&service, "select count(*) from ledger_epoch"), 2);
	sealed_verify(&service, NULL);
	ck_assert(service_end(&service));
	ck_assert_int_eq(embedded_stop(directory, &fault), ERR_NONE);
	nftw(directory, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	bytes_release(&fault);
	strcpy(service.url, kept_url);
	ck_assert(service_remove(&service));
}
END_TEST

FAULT_TESTS("sealer", an_open_transaction_is_waited_for, many_lines_and_bad_ones_are_passed, silence_signs_nothing, without_a_key_the_service_goes_on,
	    killed_at_any_instant_it_goes_on, of_two_servers_one_seals, tables_taken_back_begin_an_epoch, tables_that_do_not_agree_begin_an_epoch,
	    another_timeline_begins_an_epoch, a_recreated_database_begins_an_epoch_linked_to_the_lost_one, a_database_restored_elsewhere_goes_on)
