/* Makes the trees of a database anew and compares them with what was signed. */
#include "sealed.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "ledger/codec.h"
#include "ledger/line.h"
#include "ledger/note.h"
#include "ledger/rebuild.h"

enum { PATIENCE_S = 20 };

struct checking {
	PGconn *connection;
	struct line_hasher line;
	struct rebuild tree;
	const char *epoch, *name; /* of the tree under way */
	PGresult *subtrees;       /* that were stored of it */
	int subtree_count;
};

long sealed_number(const struct service *service, const char *sql)
{
	char value[64];
	ck_assert(service_sql(service->url, sql, value, sizeof value));
	return atol(value);
}

void sealed_await(const struct service *service)
{
	int64_t deadline_us = time_monotonic_us() + PATIENCE_S * 1000000LL;
	while (sealed_number(service, "select count(*) from ledger_line l where not exists"
				      " (select from ledger_leaf f where f.force_id = l.force_id and f.line_id = l.line_id)") > 0) {
		if (time_monotonic_us() > deadline_us)
			service_show_log(service);
		ck_assert_msg(time_monotonic_us() < deadline_us, "lines are not sealed in time");
		fault_pause_ms(20);
	}
}

void sealed_verify(struct service *service, const char *witness)
{
	const char *arguments[] = {"ledger", "verify", "--database", service->url, witness ? "--witness" : NULL, witness, NULL};
	ck_assert(service_run(service, arguments));
}

void sealed_verify_says(struct service *service, const char *text_sql)
{
	static char log[1 << 22];
	char text[600];
	ck_assert(service_sql(service->url, text_sql, text, sizeof text));
	sealed_verify(service, NULL);
	FILE *file = fopen(service->log, "r");
	ck_assert_ptr_nonnull(file);
	log[fread(log, 1, sizeof log - 1, file)] = '\0';
	fclose(file);
	ck_assert_msg(*text && strstr(log, text), "not said: %s", text);
}

static PGresult *query(struct checking *checking, const char *sql, const char *epoch, const char *tree)
{
	const char *values[] = {epoch, tree};
	PGresult *result = PQexecParams(checking->connection, sql, tree ? 2 : epoch ? 1 : 0, NULL, values, NULL, NULL, 0);
	ck_assert_msg(PQresultStatus(result) == PGRES_TUPLES_OK, "%s: %s", sql, PQerrorMessage(checking->connection));
	return result;
}

static void hash_of(const PGresult *result, int row, int column, unsigned char hash[HASH_SIZE])
{
	const char *text = PQgetvalue(result, row, column);
	ck_assert_int_eq(codec_read_hex_exactly(text, strlen(text), hash, HASH_SIZE), ERR_NONE);
}

/* No line without a leaf, none before the one it follows. */
static void check_order(struct checking *checking)
{
	PGresult *result = query(checking,
		"select (select count(*) from ledger_order o, ledger_sealed s where o.position <= s.position) - (select count(*) from ledger_leaf),"
		" (select count(*) from (select leaf_index - lag(leaf_index, 1, -1::bigint) over w as step, o.position - lag(o.position, 1, 0::bigint) over w as rise"
		"  from ledger_leaf f join ledger_order o using (force_id, line_id) window w as (partition by force_id, epoch order by leaf_index)) x"
		"  where step <> 1 or rise <= 0),"
		" (select count(*) - count(distinct line_id) from ledger_order), (select max(position) - count(*) from ledger_order)", NULL, NULL);
	ck_assert_str_eq(PQgetvalue(result, 0, 0), "0");
	ck_assert_str_eq(PQgetvalue(result, 0, 1), "0");
	ck_assert_str_eq(PQgetvalue(result, 0, 2), "0");
	ck_assert_str_eq(PQgetvalue(result, 0, 3), "0");
	PQclear(result);
}

static void check_leaves(struct checking *checking)
{
	char sql[1000];
	snprintf(sql, sizeof sql, "select encode(f.hash, 'hex'), %s from ledger_leaf f join ledger_line l using (force_id, line_id)", line_columns);
	PGresult *result = query(checking, sql, NULL, NULL);
	for (int row = 0; row < PQntuples(result); row++) {
		const char *columns[LINE_COLUMN_COUNT];
		unsigned char stored[HASH_SIZE], made[HASH_SIZE];
		for (int i = 0; i < LINE_COLUMN_COUNT; i++)
			columns[i] = PQgetisnull(result, row, i + 1) ? NULL : PQgetvalue(result, row, i + 1);
		hash_of(result, row, 0, stored);
		ck_assert_int_eq(line_leaf(&checking->line, columns, made), ERR_NONE);
		ck_assert_mem_eq(stored, made, HASH_SIZE);
	}
	PQclear(result);
}

/* What the leaf just given has completed is stored, level by level. */
static void check_subtrees(struct checking *checking)
{
	for (int level = 8; level <= 32; level += 8) {
		unsigned char stored[HASH_SIZE];
		const unsigned char *made = rebuild_completed(&checking->tree, level);
		if (!made)
			return;
		int row = checking->subtree_count++;
		ck_assert_int_lt(row, PQntuples(checking->subtrees));
		ck_assert_int_eq(atoi(PQgetvalue(checking->subtrees, row, 0)), level);
		ck_assert_uint_eq(strtoull(PQgetvalue(checking->subtrees, row, 1), NULL, 10), (checking->tree.size >> level) - 1);
		hash_of(checking->subtrees, row, 2, stored);
		ck_assert_mem_eq(stored, made, HASH_SIZE);
	}
}

static void check_root(struct checking *checking, const PGresult *heads, int row)
{
	unsigned char stored[HASH_SIZE], made[HASH_SIZE];
	hash_of(heads, row, 1, stored);
	ck_assert_int_eq(rebuild_root(&checking->tree, &checking->line.hasher, made), ERR_NONE);
	ck_assert_msg(memcmp(stored, made, HASH_SIZE) == 0, "%s of epoch %s: another root at %s", checking->name, checking->epoch,
		      PQgetvalue(heads, row, 0));
}

/* The tree from its leaves; every head on the way, and the tree as it stands, which is the last row. */
static void check_tree(struct checking *checking)
{
	PGresult *leaves = query(checking,
		"select encode(hash, 'hex') from (select leaf_index as n, hash from ledger_leaf where epoch = $1 and force_id = $2"
		" union all select 0, sha256('\\x00'::bytea || convert_to(ledger_epoch_text(e), 'UTF8')) from ledger_epoch e where e.epoch = $1 and $2 = '*'"
		" union all select c.national_index, sha256('\\x00'::bytea || convert_to(checkpoint_text(e.name, c.tree, c.size, c.root, c.signed_at), 'UTF8'))"
		" from ledger_checkpoint c join ledger_epoch e using (epoch) where c.epoch = $1 and $2 = '*' and c.tree <> '*') x order by n",
		checking->epoch, checking->name);
	PGresult *heads = query(checking,
		"select size, encode(root, 'hex') from (select 0 as last, size, root from ledger_checkpoint where epoch = $1 and tree = $2"
		" union all select 1, size, root from ledger_tree where epoch = $1 and tree = $2) x order by last, size", checking->epoch, checking->name);
	checking->subtrees = query(checking,
		"select level, subtree_index, encode(hash, 'hex') from ledger_subtree where epoch = $1 and tree = $2"
		" order by (subtree_index + 1) * 2 ^ level, level", checking->epoch, checking->name);
	checking->subtree_count = 0;
	int head = 0;
	checking->tree = (struct rebuild){0};
	for (int row = 0; row < PQntuples(leaves); row++) {
		unsigned char leaf[HASH_SIZE];
		hash_of(leaves, row, 0, leaf);
		ck_assert_int_eq(rebuild_add(&checking->tree, &checking->line.hasher, leaf), ERR_NONE);
		check_subtrees(checking);
		for (; head < PQntuples(heads) && strtoull(PQgetvalue(heads, head, 0), NULL, 10) == checking->tree.size; head++)
			check_root(checking, heads, head);
	}
	ck_assert_int_gt(head, 1);
	ck_assert_int_eq(head, PQntuples(heads));
	ck_assert_int_eq(checking->subtree_count, PQntuples(checking->subtrees));
	PQclear(leaves);
	PQclear(heads);
	PQclear(checking->subtrees);
}

static void check_signatures(struct checking *checking)
{
	PGresult *result = query(checking, "select checkpoint_note(c), k.name, encode(k.public_key, 'hex') from ledger_checkpoint c"
					   " join ledger_key k using (key_id)", NULL, NULL);
	for (int row = 0; row < PQntuples(result); row++) {
		unsigned char public_key[NOTE_PUBLIC_SIZE];
		struct note_key key;
		struct note note;
		const char *text = PQgetvalue(result, row, 0);
		hash_of(result, row, 2, public_key);
		ck_assert_int_eq(note_key_from_public(PQgetvalue(result, row, 1), public_key, &key), ERR_NONE);
		ck_assert_int_eq(note_open(&key, 1, text, strlen(text), &note), NOTE_GOOD);
		note_key_release(&key);
	}
	PQclear(result);
}

void sealed_check(const struct service *service)
{
	struct checking checking = {.connection = PQconnectdb(service->url)};
	PQclear(query(&checking, "select set_config('timezone', 'UTC', false)", NULL, NULL));
	ck_assert_int_eq(line_hasher_open(&checking.line), ERR_NONE);
	check_order(&checking);
	check_leaves(&checking);
	check_signatures(&checking);
	PGresult *trees = query(&checking, "select epoch, tree from ledger_tree", NULL, NULL);
	for (int row = 0; row < PQntuples(trees); row++) {
		checking.epoch = PQgetvalue(trees, row, 0);
		checking.name = PQgetvalue(trees, row, 1);
		check_tree(&checking);
	}
	PQclear(trees);
	line_hasher_close(&checking.line);
	PQfinish(checking.connection);
}
