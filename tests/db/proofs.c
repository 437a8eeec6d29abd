/* The paths and leaves that the database makes, against trees cut in two as RFC 9162 defines them, and against lib/ledger. */
#include "ledger/proof.h"

#include <libpq-fe.h>
#include <stdlib.h>
#include <string.h>

#include "db/migrated.h"
#include "ledger/codec.h"
#include "ledger/line.h"

enum { LEAVES = 65600, SUBTREE = 256, PATH_MAXIMUM = 64, ASKED_MAXIMUM = 8000, NATIONAL_LEAVES = 300 };

struct hash {
	unsigned char bytes[HASH_SIZE];
};

struct path {
	struct hash hashes[PATH_MAXIMUM];
	size_t count;
};

/* One path to ask the database for: of inclusion of leaf `first`, or of consistency from size `first`. */
struct asked {
	size_t first, size;
};

static struct hasher hasher;
static struct hash leaves[LEAVES], kept_root;
static size_t kept_size;

static void prepare(void)
{
	database_migrate();
	ck_assert_int_eq(hasher_open(&hasher), ERR_NONE);
	kept_size = 0;
}

/* The first value, however long; released by the caller. */
static void ask(const char *sql, struct bytes *value)
{
	struct bytes fault;
	bytes_init(value, 1 << 24);
	bytes_init(&fault, 4096);
	ck_assert_msg(db_run_blocking(database_url(), sql, value, &fault) == ERR_NONE, "%.300s: %s", sql, bytes_string(&fault));
	bytes_release(&fault);
	ck_assert_ptr_nonnull(bytes_string(value));
}

/* --- the reference: RFC 9162, sections 2.1.1, 2.1.3.1, 2.1.4.1, word for word ----------------------------------------- */

/* The largest power of two that is smaller than a number above 1. */
static size_t split_of(size_t count)
{
	size_t split = 1;
	while (split * 2 < count)
		split *= 2;
	return split;
}

static struct hash root_of(const struct hash *first, size_t count)
{
	if (count == 1)
		return *first;
	size_t split = split_of(count);
	struct hash left = root_of(first, split), right = root_of(first + split, count - split), root;
	ck_assert_int_eq(hash_node(&hasher, left.bytes, right.bytes, root.bytes), ERR_NONE);
	return root;
}

static void add(struct path *path, struct hash hash)
{
	ck_assert_uint_lt(path->count, PATH_MAXIMUM);
	path->hashes[path->count++] = hash;
}

static void include(const struct hash *first, size_t count, size_t index, struct path *path)
{
	if (count == 1)
		return;
	size_t split = split_of(count);
	if (index < split) {
		include(first, split, index, path);
		add(path, root_of(first + split, count - split));
	} else {
		include(first + split, count - split, index - split, path);
		add(path, root_of(first, split));
	}
}

static void continue_from(const struct hash *first, size_t earlier, size_t count, bool whole, struct path *path)
{
	if (earlier == count) {
		if (!whole)
			add(path, root_of(first, count));
		return;
	}
	size_t split = split_of(count);
	if (earlier <= split) {
		continue_from(first, earlier, split, whole, path);
		add(path, root_of(first + split, count - split));
	} else {
		continue_from(first + split, earlier - split, count - split, false, path);
		add(path, root_of(first, split));
	}
}

/* --- the trees in the database ---------------------------------------------------------------------------------------- */

static void add_subtrees(struct bytes *sql, int level)
{
	size_t size = (size_t)1 << level;
	for (size_t i = 0; (i + 1) * size <= LEAVES; i++) {
		struct hash root = root_of(leaves + i * size, size);
		bytes_format(sql, "insert into ledger_subtree values (7, 'west-midlands', %d, %zu, '\\x", level, i);
		codec_append_hex(sql, root.bytes, HASH_SIZE);
		bytes_append_string(sql, "');");
	}
}

/* A leaf is the hash of its number, so both sides make it; a second force has leaves at the first places too. */
static void fill_force(void)
{
	struct bytes sql, nothing;
	char text[16];
	bytes_init(&sql, 1 << 20);
	for (int i = 0; i < LEAVES; i++) {
		int length = snprintf(text, sizeof text, "%d", i);
		ck_assert_int_eq(hash_leaf(&hasher, text, (size_t)length, leaves[i].bytes), ERR_NONE);
	}
	bytes_format(&sql, "truncate ledger_leaf, ledger_subtree, ledger_epoch cascade;"
			   "insert into ledger_epoch values (7, '00112233445566aa', '2026-01-01Z', 'created', 1, 1);"
			   "insert into ledger_leaf select f, 7, i, gen_random_uuid(), sha256(case f when 'northumbria' then '\\x02'::bytea else '\\x00' end || i::text::bytea)"
			   " from unnest('{west-midlands,northumbria}'::text[]) f, generate_series(0, %d) i where f = 'west-midlands' or i < 2000;", LEAVES - 1);
	add_subtrees(&sql, 8);
	add_subtrees(&sql, 16);
	ck_assert_ptr_nonnull(bytes_string(&sql));
	ask(bytes_string(&sql), &nothing);
	bytes_release(&nothing);
	bytes_release(&sql);
}

/* Has the database make all the paths at once: hexadecimal, one after the other with a blank after each. */
static void ask_paths(const char *function, const char *arguments, const struct asked *asked, size_t count, struct bytes *paths)
{
	struct bytes sql;
	bytes_init(&sql, 1 << 20);
	bytes_format(&sql, "select string_agg((select coalesce(string_agg(encode(h, 'hex'), '' order by n), '') from unnest(%s(%s)) with"
			   " ordinality u (h, n)) || ' ', '' order by number) from (values ", function, arguments);
	for (size_t i = 0; i < count; i++)
		bytes_format(&sql, "%s(%zu, %zu, %zu)", i ? "," : "", i, asked[i].first, asked[i].size);
	bytes_append_string(&sql, ") v (number, first, size)");
	ck_assert_ptr_nonnull(bytes_string(&sql));
	ask(bytes_string(&sql), paths);
	bytes_release(&sql);
}

/* Takes one path off the text. */
static const char *read_path(const char *text, struct path *path)
{
	size_t length = strcspn(text, " ");
	ck_assert_int_eq(text[length], ' ');
	path->count = length / (size_t)(2 * HASH_SIZE);
	ck_assert_uint_le(path->count, PATH_MAXIMUM);
	ck_assert_int_eq(codec_read_hex_exactly(text, length, path->hashes, path->count * HASH_SIZE), ERR_NONE);
	return text + length + 1;
}

static void compare(const struct path *came, const struct path *wanted, struct asked asked)
{
	ck_assert_msg(came->count == wanted->count && memcmp(came->hashes, wanted->hashes, came->count * HASH_SIZE) == 0,
		      "from %zu in %zu: %zu hashes, not the %zu that are right", asked.first, asked.size, came->count, wanted->count);
}

/* The root of the first leaves; the last one that was asked for is kept, since large ones take their time. */
static struct hash tree_root(size_t size)
{
	if (size != kept_size)
		kept_root = root_of(leaves, size);
	kept_size = size;
	return kept_root;
}

static void check_inclusion(const struct path *path, struct asked asked)
{
	struct path wanted = {.count = 0};
	struct hash root, right = tree_root(asked.size);
	include(leaves, asked.size, asked.first, &wanted);
	compare(path, &wanted, asked);
	ck_assert_int_eq(proof_inclusion(&hasher, leaves[asked.first].bytes, asked.first, asked.size,
					 (const unsigned char(*)[HASH_SIZE])path->hashes, path->count, root.bytes), ERR_NONE);
	ck_assert_mem_eq(root.bytes, right.bytes, HASH_SIZE);
}

static void check_consistency(const struct path *path, struct asked asked)
{
	struct path wanted = {.count = 0};
	struct hash earlier = root_of(leaves, asked.first), root = tree_root(asked.size);
	continue_from(leaves, asked.first, asked.size, true, &wanted);
	compare(path, &wanted, asked);
	ck_assert_int_eq(proof_consistency(&hasher, asked.first, earlier.bytes, asked.size, root.bytes,
					   (const unsigned char(*)[HASH_SIZE])path->hashes, path->count), ERR_NONE);
}

static void check_all(const char *function, const char *arguments, const struct asked *asked, size_t count,
		      void (*check)(const struct path *path, struct asked asked))
{
	struct bytes paths;
	struct path path;
	ask_paths(function, arguments, asked, count, &paths);
	const char *text = bytes_string(&paths);
	for (size_t i = 0; i < count; i++) {
		text = read_path(text, &path);
		check(&path, asked[i]);
	}
	ck_assert_str_eq(text, "");
	bytes_release(&paths);
}

/* --- which paths ------------------------------------------------------------------------------------------------------ */

static size_t random_below(size_t bound)
{
	static unsigned long long state = 20261128;
	state = state * 6364136223846793005U + 1442695040888963407U;
	return (size_t)(state >> 33) % bound;
}

/* Every size up to 260 and some up to 600, with first and last leaf and one at random; every second or third leaf where a block of
 * 256 is just full; large trees. For consistency every number is one more, since no path leads from an empty tree. */
static size_t choose(struct asked asked[ASKED_MAXIMUM], size_t more)
{
	static const size_t large[] = {65535, 65536, 65537};
	size_t count = 0;
	for (size_t size = 1; size <= 600; size += size < 260 ? 1 : 17) {
		size_t firsts[] = {0, size - 1, random_below(size)};
		for (size_t i = 0; i < 3; i++)
			asked[count++] = (struct asked){firsts[i] + more, size};
	}
	for (size_t size = 255; size <= 257; size++)
		for (size_t first = 0; first < size; first += 2 + more)
			asked[count++] = (struct asked){first + more, size};
	for (size_t i = 0; i < sizeof large / sizeof *large; i++) {
		size_t firsts[] = {large[i] - 1, random_below(large[i])};
		for (size_t k = 0; k < sizeof firsts / sizeof *firsts; k++)
			asked[count++] = (struct asked){firsts[k] + more, large[i]};
	}
	return count;
}

START_TEST(paths_in_a_forces_tree_are_those_of_the_definition)
{
	static struct asked asked[ASKED_MAXIMUM];
	prepare();
	fill_force();
	size_t count = choose(asked, 0);
	check_all("tree_inclusion", "7, 'west-midlands', size, first", asked, count, check_inclusion);
	hasher_close(&hasher);
}
END_TEST

START_TEST(a_forces_tree_goes_on_as_the_definition_says)
{
	static struct asked asked[ASKED_MAXIMUM];
	prepare();
	fill_force();
	size_t count = choose(asked, 1);
	check_all("tree_consistency", "7, 'west-midlands', first, size", asked, count, check_consistency);
	hasher_close(&hasher);
}
END_TEST

/* Leaves of the national tree as the sealer has them: the epoch's text, then each checkpoint's. */
static void fill_nation(void)
{
	struct bytes texts;
	char sql[1024];
	snprintf(sql, sizeof sql,
		 "truncate ledger_key, ledger_subtree, ledger_epoch cascade;"
		 "insert into ledger_epoch values (8, '00112233445566bb', '2026-01-01Z', 'restored', 1, 2, 'a note');"
		 "insert into ledger_key values ('\\x01020304', 'key', sha256(''));"
		 "insert into ledger_checkpoint select 8, 'force-' || i %% 40, i, sha256(i::text::bytea), '2026-01-02Z'::timestamptz"
		 " + i * interval '250.5 ms', '\\x01020304', sha256('a') || sha256('b'), i from generate_series(1, %d) i", NATIONAL_LEAVES - 1);
	database_run(database_url(), sql);
	ask("select ledger_epoch_text(e) || string_agg(chr(7) || checkpoint_text(e.name, c.tree, c.size, c.root, c.signed_at), '' order by"
	    " c.national_index) from ledger_epoch e, ledger_checkpoint c where e.epoch = 8 and c.epoch = 8 group by e", &texts);
	const char *text = bytes_string(&texts);
	for (size_t i = 0; i < NATIONAL_LEAVES; i++) {
		size_t length = strcspn(text, "\a");
		ck_assert_int_eq(hash_leaf(&hasher, text, length, leaves[i].bytes), ERR_NONE);
		text += length + 1;
	}
	bytes_release(&texts);
	struct hash root = root_of(leaves, SUBTREE);
	bytes_init(&texts, 1024);
	bytes_append_string(&texts, "insert into ledger_subtree values (8, '*', 8, 0, '\\x");
	codec_append_hex(&texts, root.bytes, HASH_SIZE);
	bytes_append_string(&texts, "')");
	database_run(database_url(), bytes_string(&texts));
	bytes_release(&texts);
}

START_TEST(paths_in_the_national_tree_are_those_of_the_definition)
{
	struct asked asked[3 * NATIONAL_LEAVES];
	size_t count = 0;
	prepare();
	fill_nation();
	for (size_t size = 1; size <= NATIONAL_LEAVES; size++)
		for (size_t i = 0; i < 3; i++)
			asked[count++] = (struct asked){i == 0 ? 0 : i == 1 ? size - 1 : random_below(size), size};
	check_all("tree_inclusion", "8, '*', size, first", asked, count, check_inclusion);
	for (size_t i = 0; i < count; i++)
		asked[i].first++;
	check_all("tree_consistency", "8, '*', first, size", asked, count, check_consistency);
	hasher_close(&hasher);
}
END_TEST

/* Runs it in a transaction that is undone, and gives the message of its refusal. */
static const char *refusal_of(const char *before, const char *sql)
{
	char whole[1024];
	snprintf(whole, sizeof whole,
		 "create temporary table told (what text); do $$ begin %s; perform %s; exception when others then"
		 " insert into told values (sqlstate || ' ' || sqlerrm); end $$; select what from told", before, sql);
	return database_run(database_url(), whole);
}

START_TEST(what_is_missing_is_told)
{
	prepare();
	fill_force();
	ck_assert_str_eq(refusal_of("delete from ledger_leaf where leaf_index = 300", "tree_inclusion(7, 'west-midlands', 65600, 301)"),
			 "SL500 ledger_damaged");
	ck_assert_str_eq(refusal_of("delete from ledger_subtree where subtree_index = 9", "tree_inclusion(7, 'west-midlands', 65600, 301)"),
			 "SL500 ledger_damaged");
	ck_assert_str_eq(refusal_of("delete from ledger_leaf where leaf_index = 300", "tree_inclusion(7, 'west-midlands', 65600, 9)"), "");
	hasher_close(&hasher);
}
END_TEST

/* --- leaves ----------------------------------------------------------------------------------------------------------- */

/* A change, a refusal, an image without members, members erased in between and all of them, instants that no request has. */
static const char lines[] =
	"insert into ledger_line (force_id, line_id, recorded_at, kind, operation, actor, thumbprint, request_id, purpose, relation,"
	" record_id, version, occurred_at, image, salts, status, seen, erased)"
	" select 'west-midlands', ('01900000-0000-7000-8000-00000000000' || n)::uuid, '2026-01-31 23:59:59.5Z', 'collection', 'createContact',"
	"        'WM-CH-1', 'aa', gen_random_uuid(), E'W\u00f6rld \"quoted\"\\n', relation, gen_random_uuid(), 3, at::timestamptz, image,"
	"        case when image is not null then substring(gen_random_bytes(1024) from 1 for 16 * (select count(*)::int from jsonb_each(image))) end, status, seen, erased::jsonb"
	" from (values (1, 'contact', '2026-01-01 00:00:00.000001Z', jsonb '{\"b\": {\"z\": [1, 2.50, null], \"a\": \"\\u00e9\\n\\\"\"},"
	"               \"a_b\": true, \"aB\": null, \"\u00e9\": \"x\", \"\": -0.10, \"a-b\": \"\"}', null, null, null),"
	"              (2, null, null, null, 404, 'contact:1:1 case:2:1', null),"
	"              (3, 'case', 'infinity', '{}', null, null, null),"
	"              (4, 'person', '0044-03-15 12:00:00Z BC', '{\"m\": 1, \"c\": 2}', null, null,"
	"               format('{\"d\": {\"hash\": \"%s\", \"authority\": \"x\"}, \"a\": {\"hash\": \"%s\"}}', repeat('ab', 32), repeat('0c', 32))),"
	"              (5, 'person', '12026-02-01Z', '{}', null, null, format('{\"only\": {\"hash\": \"%s\"}}', repeat('ff', 32))))"
	" v (n, relation, at, image, status, seen, erased)";

START_TEST(leaves_are_those_of_the_program)
{
	struct line_hasher line;
	struct bytes sql;
	prepare();
	database_run(database_url(), lines);
	ck_assert_int_eq(line_hasher_open(&line), ERR_NONE);
	bytes_init(&sql, 1000);
	bytes_format(&sql, "select %s, ledger_line_leaf(l) from ledger_line l where record_id is not null order by line_id", line_columns);
	PGconn *connection = PQconnectdb(database_url());
	PGresult *rows = PQexec(connection, bytes_string(&sql));
	ck_assert_int_eq(PQntuples(rows), 5);
	for (int row = 0; row < PQntuples(rows); row++) {
		const char *columns[LINE_COLUMN_COUNT];
		unsigned char leaf[HASH_SIZE], told[HASH_SIZE];
		for (int i = 0; i < LINE_COLUMN_COUNT; i++)
			columns[i] = PQgetisnull(rows, row, i) ? NULL : PQgetvalue(rows, row, i);
		ck_assert_int_eq(line_leaf(&line, columns, leaf), ERR_NONE);
		ck_assert_int_eq(codec_read_hex_exactly(PQgetvalue(rows, row, LINE_COLUMN_COUNT) + 2, (size_t)(2 * HASH_SIZE), told, HASH_SIZE), ERR_NONE);
		ck_assert_mem_eq(told, leaf, HASH_SIZE);
	}
	PQclear(rows);
	PQfinish(connection);
	bytes_release(&sql);
	line_hasher_close(&line);
	hasher_close(&hasher);
}
END_TEST

DATABASE_TESTS("proofs", paths_in_a_forces_tree_are_those_of_the_definition, a_forces_tree_goes_on_as_the_definition_says,
	       paths_in_the_national_tree_are_those_of_the_definition, what_is_missing_is_told, leaves_are_those_of_the_program)
