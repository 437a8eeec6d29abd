/* Seals lines with plain SQL. */
#include "db/seal.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "db/database.h"
#include "db/migrate.h"
#include "db/read.h"
#include "ledger/checkpoint.h"
#include "ledger/codec.h"
#include "ledger/line.h"
#include "ledger/tree.h"

enum { TREES_MAXIMUM = 16, SQL_MAXIMUM = 64 << 20 };

struct sealed_tree {
	char name[64];
	struct tree tree;
	int has_grown;
};

struct pass {
	const struct note_key *key;
	struct db_reader *reader;
	struct line_hasher line;
	struct bytes sql;
	char epoch_name[20];
	unsigned long long position;
	struct sealed_tree trees[TREES_MAXIMUM];
	int tree_count;
};

struct place {
	struct pass *pass;
	const char *tree;
};

static void append_bytea(struct bytes *sql, const void *data, size_t size)
{
	bytes_append_string(sql, "'\\x");
	codec_append_hex(sql, data, size);
	bytes_append_string(sql, "'");
}

static const char *const *first(struct pass *pass, const char *sql)
{
	const char *const *row;
	ck_assert_msg(!db_reader_first(pass->reader, sql, NULL, 0, &row), "%s", db_reader_fault(pass->reader));
	return row;
}

static struct sealed_tree *tree_of(struct pass *pass, const char *name)
{
	for (int i = 0; i < pass->tree_count; i++)
		if (strcmp(pass->trees[i].name, name) == 0)
			return &pass->trees[i];
	ck_assert_int_lt(pass->tree_count, TREES_MAXIMUM);
	struct sealed_tree *tree = &pass->trees[pass->tree_count++];
	snprintf(tree->name, sizeof tree->name, "%s", name);
	tree_init(&tree->tree);
	return tree;
}

static enum err keep_subtree(void *context, int level, uint64_t index, const unsigned char hash[HASH_SIZE])
{
	struct place *place = context;
	bytes_format(&place->pass->sql, "insert into ledger_subtree values (1, '%s', %d, %" PRIu64 ", ", place->tree, level, index);
	append_bytea(&place->pass->sql, hash, HASH_SIZE);
	bytes_append_string(&place->pass->sql, ");\n");
	return ERR_NONE;
}

static void append(struct pass *pass, struct sealed_tree *tree, const unsigned char leaf[HASH_SIZE])
{
	struct place place = {pass, tree->name};
	ck_assert_int_eq(tree_append(&tree->tree, &pass->line.hasher, leaf, keep_subtree, &place), ERR_NONE);
	tree->has_grown = 1;
}

static void append_text(struct pass *pass, struct sealed_tree *tree, const char *text)
{
	unsigned char leaf[HASH_SIZE];
	ck_assert_int_eq(hash_leaf(&pass->line.hasher, text, strlen(text), leaf), ERR_NONE);
	append(pass, tree, leaf);
}

static void load_trees(struct pass *pass)
{
	const char *const *row;
	ck_assert_int_eq(db_reader_start(pass->reader, "select tree, size, encode(frontier, 'hex') from ledger_tree where epoch = 1", NULL, 0), ERR_NONE);
	for (;;) {
		unsigned char frontier[64 * HASH_SIZE];
		ck_assert_int_eq(db_reader_next(pass->reader, &row), ERR_NONE);
		if (!row)
			return;
		struct sealed_tree *tree = tree_of(pass, row[0]);
		size_t length = strlen(row[2]) / 2;
		ck_assert_int_eq(codec_read_hex_exactly(row[2], 2 * length, frontier, length), ERR_NONE);
		ck_assert_int_eq(tree_load(&tree->tree, strtoull(row[1], NULL, 10), frontier, length), ERR_NONE);
	}
}

static void begin_epoch(struct pass *pass)
{
	char began[TIME_TEXT_SIZE], text[200];
	snprintf(pass->epoch_name, sizeof pass->epoch_name, "0123456789abcdef");
	time_format(time_now_us(), began);
	bytes_format(&pass->sql, "insert into ledger_epoch values (1, '%s', '%s', 'created', 1, 1, null);\n", pass->epoch_name, began);
	snprintf(text, sizeof text, "secondlook-epoch-v1\n%s\n%s\ncreated\n", pass->epoch_name, began);
	append_text(pass, tree_of(pass, "*"), text);
}

static void load(struct pass *pass)
{
	pass->position = strtoull(first(pass, "select position from ledger_sealed")[0], NULL, 10);
	const char *const *row = first(pass, "select name from ledger_epoch where epoch = 1");
	if (!row) {
		begin_epoch(pass);
		return;
	}
	snprintf(pass->epoch_name, sizeof pass->epoch_name, "%s", row[0]);
	load_trees(pass);
}

static int seal_lines(struct pass *pass, int limit)
{
	char sql[1000], after[24];
	const char *const values[] = {after}, *const *row;
	unsigned char leaf[HASH_SIZE];
	int count = 0;
	snprintf(after, sizeof after, "%llu", pass->position);
	snprintf(sql, sizeof sql, "select %s, o.position from ledger_order o join ledger_line l using (force_id, line_id)"
				  " where o.position > $1::bigint order by o.position limit %d", line_columns, limit);
	ck_assert_msg(!db_reader_start(pass->reader, sql, values, 1), "%s", db_reader_fault(pass->reader));
	for (;; count++) {
		ck_assert_msg(!db_reader_next(pass->reader, &row), "%s", db_reader_fault(pass->reader));
		if (!row)
			return count;
		if (line_leaf(&pass->line, row, leaf))
			ck_abort_msg("line %s can't be sealed", row[LEAF_LINE]);
		struct sealed_tree *tree = tree_of(pass, row[LEAF_FORCE]);
		bytes_format(&pass->sql, "insert into ledger_leaf values ('%s', 1, %" PRIu64 ", '%s', ", tree->name, tree->tree.size, row[LEAF_LINE]);
		append_bytea(&pass->sql, leaf, HASH_SIZE);
		bytes_append_string(&pass->sql, ");\n");
		append(pass, tree, leaf);
		pass->position = strtoull(row[LINE_COLUMN_COUNT], NULL, 10);
	}
}

static void sign(struct pass *pass, struct sealed_tree *tree)
{
	struct sealed_tree *nation = tree_of(pass, "*");
	struct checkpoint head = {.size = tree->tree.size, .signed_at_us = time_now_us()};
	unsigned char signature[NOTE_SIGNATURE_SIZE];
	char signed_at[TIME_TEXT_SIZE], national[24] = "null";
	struct bytes text;
	bytes_init(&text, CHECKPOINT_TEXT_MAXIMUM);
	time_format(head.signed_at_us, signed_at);
	ck_assert_int_eq(checkpoint_origin(pass->epoch_name, tree->name, &head), ERR_NONE);
	ck_assert_int_eq(tree_root(&tree->tree, &pass->line.hasher, head.root), ERR_NONE);
	checkpoint_append_text(&head, &text);
	ck_assert_int_eq(note_signature(pass->key, text.data, text.length, signature), ERR_NONE);
	if (tree != nation)
		snprintf(national, sizeof national, "%" PRIu64, nation->tree.size);
	bytes_format(&pass->sql, "insert into ledger_checkpoint values (1, '%s', %" PRIu64 ", ", tree->name, head.size);
	append_bytea(&pass->sql, head.root, HASH_SIZE);
	bytes_format(&pass->sql, ", '%s', ", signed_at);
	append_bytea(&pass->sql, pass->key->id, NOTE_KEY_ID_SIZE);
	bytes_append_string(&pass->sql, ", ");
	append_bytea(&pass->sql, signature, sizeof signature);
	bytes_format(&pass->sql, ", %s);\ndelete from ledger_tree where epoch = 1 and tree = '%s'; insert into ledger_tree values (1, '%s', %" PRIu64 ", ",
		     national, tree->name, tree->name, head.size);
	append_bytea(&pass->sql, head.root, HASH_SIZE);
	bytes_append_string(&pass->sql, ", ");
	append_bytea(&pass->sql, tree->tree.nodes, (size_t)tree->tree.count * HASH_SIZE);
	bytes_append_string(&pass->sql, ");\n");
	if (tree != nation)
		append_text(pass, nation, bytes_string(&text));
	bytes_release(&text);
}

static void sign_all(struct pass *pass)
{
	bytes_append_string(&pass->sql, "insert into ledger_key values (");
	append_bytea(&pass->sql, pass->key->id, NOTE_KEY_ID_SIZE);
	bytes_format(&pass->sql, ", '%s', ", pass->key->name);
	append_bytea(&pass->sql, pass->key->public_key, NOTE_PUBLIC_SIZE);
	bytes_append_string(&pass->sql, ") on conflict do nothing;\n");
	for (int i = 0; i < pass->tree_count; i++)
		if (strcmp(pass->trees[i].name, "*") != 0 && pass->trees[i].has_grown)
			sign(pass, &pass->trees[i]);
	sign(pass, tree_of(pass, "*"));
	bytes_format(&pass->sql, "update ledger_sealed set epoch = 1, position = %llu, sealed_at = now();\n", pass->position);
}

int seal_pass(const char *url, const struct note_key *key, int limit)
{
	static struct pass pass;
	struct bytes fault;
	memset(&pass, 0, sizeof pass);
	pass.key = key;
	bytes_init(&pass.sql, SQL_MAXIMUM);
	bytes_init(&fault, 4096);
	ck_assert_int_eq(line_hasher_open(&pass.line), ERR_NONE);
	ck_assert_msg(!db_reader_open(url, NULL, &pass.reader), "%s", db_reader_fault(pass.reader));
	load(&pass);
	int count = seal_lines(&pass, limit);
	if (count)
		sign_all(&pass);
	db_reader_close(pass.reader);
	ck_assert_msg(!count || !db_run_blocking(url, bytes_string(&pass.sql), NULL, &fault), "%s", bytes_string(&fault));
	line_hasher_close(&pass.line);
	bytes_release(&pass.sql);
	bytes_release(&fault);
	return count;
}
