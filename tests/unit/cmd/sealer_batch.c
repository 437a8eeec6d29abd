/* A pass of the sealer in memory: trees that grow, are stored, loaded and go on; lines that can't be hashed. */
#include "sealer_batch.h"

#include <stdio.h>
#include <string.h>

#include "ledger/checkpoint.h"
#include "support/unit.h"

static const struct epoch beginning = {.name = "0123456789abcdef", .began_at_us = 1, .reason = "created"};

struct pass {
	struct sealer_batch batch;
	struct note_key key;
	struct bytes note;
	const char *values[SEAL_VALUE_COUNT];
};

static void begin(struct pass *pass)
{
	memset(pass, 0, sizeof *pass);
	bytes_init(&pass->note, 4096);
	ck_assert_int_eq(batch_open(&pass->batch), ERR_NONE);
	ck_assert_int_eq(note_key_generate("test", &pass->key), ERR_NONE);
	ck_assert_int_eq(batch_begin_epoch(&pass->batch, &beginning, &pass->key, &pass->note), ERR_NONE);
	batch_begin(&pass->batch);
}

static void end(struct pass *pass)
{
	batch_close(&pass->batch);
	note_key_release(&pass->key);
	bytes_release(&pass->note);
}

static enum err take_with(struct pass *pass, const char *force, int number, const char *salts)
{
	char line[40];
	const char *columns[LINE_COLUMN_COUNT] = {[LEAF_FORCE] = force, [LEAF_LINE] = line, [LEAF_RECORDED_AT] = "2026-11-28 10:00:00+00",
						  [LEAF_KIND] = "collection", [LINE_IMAGE] = "{\"a\": 1}", [LINE_SALTS] = salts};
	snprintf(line, sizeof line, "00000000-0000-7000-8000-%012d", number);
	return batch_take(&pass->batch, columns);
}

static void take(struct pass *pass, const char *force, int number)
{
	ck_assert_int_eq(take_with(pass, force, number, "\\x000102030405060708090a0b0c0d0e0f"), ERR_NONE);
}

static void sign(struct pass *pass)
{
	bytes_clear(&pass->note);
	ck_assert_int_eq(batch_sign(&pass->batch, &pass->key, 2, &pass->note), ERR_NONE);
	ck_assert_int_eq(batch_values(&pass->batch, pass->values), ERR_NONE);
}

START_TEST(every_tree_that_grew_gets_a_head_and_the_nation_one_of_them_all)
{
	struct pass pass;
	struct note note;
	struct checkpoint checkpoint;
	begin(&pass);
	take(&pass, "beta", 1);
	take(&pass, "alpha", 2);
	take(&pass, "beta", 3);
	sign(&pass);
	ck_assert_str_eq(pass.values[SEAL_LEAF_FORCES], "{\"beta\",\"alpha\",\"beta\"}");
	ck_assert_str_eq(pass.values[SEAL_LEAF_INDEXES], "{0,0,1}");
	ck_assert_str_eq(pass.values[SEAL_HEAD_TREES], "{\"alpha\",\"beta\",\"*\"}");
	ck_assert_str_eq(pass.values[SEAL_HEAD_SIZES], "{1,2,3}");
	ck_assert_str_eq(pass.values[SEAL_HEAD_NATIONALS], "{1,2,NULL}");
	ck_assert_str_eq(pass.values[SEAL_SIGNED_AT], "1970-01-01T00:00:00.000002Z");
	ck_assert_uint_eq(strlen(pass.values[SEAL_LEAF_HASHES]), 2 + 3 * 64);
	ck_assert_uint_eq(strlen(pass.values[SEAL_HEAD_SIGNATURES]), 2 + 3 * 128);
	ck_assert_int_eq(note_open(&pass.key, 1, pass.note.data, pass.note.length, &note), NOTE_GOOD);
	ck_assert_int_eq(checkpoint_parse(note.text, note.length, &checkpoint), ERR_NONE);
	ck_assert_str_eq(checkpoint.origin, "secondlook/0123456789abcdef");
	ck_assert_uint_eq(checkpoint.size, 3);
	ck_assert_mem_eq(checkpoint.root, pass.batch.national_root, HASH_SIZE);
	/* The next pass tells only of what grew in it. */
	batch_begin(&pass.batch);
	take(&pass, "alpha", 4);
	sign(&pass);
	ck_assert_str_eq(pass.values[SEAL_HEAD_TREES], "{\"alpha\",\"*\"}");
	ck_assert_str_eq(pass.values[SEAL_HEAD_NATIONALS], "{3,NULL}");
	end(&pass);
}
END_TEST

START_TEST(without_lines_nothing_is_signed)
{
	struct pass pass;
	begin(&pass);
	sign(&pass);
	ck_assert_uint_eq(pass.note.length, 0);
	ck_assert_str_eq(pass.values[SEAL_HEAD_TREES], "{}");
	ck_assert_str_eq(pass.values[SEAL_LEAF_HASHES], "\\x");
	end(&pass);
}
END_TEST

START_TEST(complete_subtrees_are_told)
{
	struct pass pass;
	begin(&pass);
	for (int i = 0; i < 600; i++)
		take(&pass, "alpha", i);
	sign(&pass);
	ck_assert_str_eq(pass.values[SEAL_SUBTREE_TREES], "{\"alpha\",\"alpha\"}");
	ck_assert_str_eq(pass.values[SEAL_SUBTREE_LEVELS], "{8,8}");
	ck_assert_str_eq(pass.values[SEAL_SUBTREE_INDEXES], "{0,1}");
	end(&pass);
}
END_TEST

/* The last head's root and frontier, in hexadecimal, of a tree by its place among the heads. */
static void stored(const struct pass *pass, int place, char root[65], char frontier[4096])
{
	const char *next = pass->values[SEAL_HEAD_FRONTIERS];
	snprintf(root, 65, "%.64s", pass->values[SEAL_HEAD_ROOTS] + 2 + 64 * place);
	for (int i = 0; i <= place; i++)
		next = strstr(next, "\\\\x") + 3;
	snprintf(frontier, 4096, "%.*s", (int)strcspn(next, "\""), next);
}

START_TEST(a_tree_that_was_stored_goes_on)
{
	struct pass pass, other;
	char root[65], frontier[4096];
	begin(&pass);
	begin(&other);
	for (int i = 0; i < 77; i++)
		take(&pass, "alpha", i);
	sign(&pass);
	batch_forget(&other.batch);
	stored(&pass, 0, root, frontier);
	ck_assert_int_eq(batch_load(&other.batch, "alpha", 77, root, frontier), ERR_NONE);
	ck_assert_int_eq(batch_load(&other.batch, "alpha", 76, root, frontier), ERR_INPUT);
	ck_assert_int_eq(batch_load(&other.batch, "alpha", 77, root, frontier), ERR_NONE);
	stored(&pass, 1, root, frontier);
	ck_assert_int_eq(batch_load(&other.batch, "*", 2, root, frontier), ERR_NONE);
	batch_begin(&pass.batch);
	batch_begin(&other.batch);
	take(&pass, "alpha", 77);
	take(&other, "alpha", 77);
	sign(&pass);
	sign(&other);
	ck_assert_str_eq(pass.values[SEAL_HEAD_ROOTS], other.values[SEAL_HEAD_ROOTS]);
	ck_assert_str_eq(pass.values[SEAL_HEAD_FRONTIERS], other.values[SEAL_HEAD_FRONTIERS]);
	end(&pass);
	end(&other);
}
END_TEST

START_TEST(what_does_not_agree_is_not_loaded)
{
	struct pass pass, other;
	char root[65], frontier[4096];
	begin(&pass);
	begin(&other);
	for (int i = 0; i < 3; i++)
		take(&pass, "alpha", i);
	sign(&pass);
	stored(&pass, 0, root, frontier);
	frontier[10] = frontier[10] == '0' ? '1' : '0';
	ck_assert_int_eq(batch_load(&other.batch, "alpha", 3, root, frontier), ERR_INPUT);
	stored(&pass, 0, root, frontier);
	ck_assert_int_eq(batch_load(&other.batch, "alpha", 3, "00", frontier), ERR_INPUT);
	ck_assert_int_eq(batch_load(&other.batch, "alpha", 3, root, "xyz"), ERR_INPUT);
	ck_assert_int_eq(batch_load(&other.batch, "Alpha\n", 3, root, frontier), ERR_INPUT);
	end(&pass);
	end(&other);
}
END_TEST

START_TEST(a_line_that_cannot_be_hashed_changes_nothing)
{
	struct pass pass;
	const char *const nothing[LINE_COLUMN_COUNT] = {NULL};
	begin(&pass);
	ck_assert_int_eq(take_with(&pass, "alpha", 1, "\\x00"), ERR_INPUT);
	ck_assert_int_eq(take_with(&pass, "alpha\nbeta", 1, "\\x000102030405060708090a0b0c0d0e0f"), ERR_INPUT);
	ck_assert_int_eq(batch_take(&pass.batch, nothing), ERR_INPUT);
	sign(&pass);
	ck_assert_uint_eq(pass.batch.line_count, 0);
	ck_assert_str_eq(pass.values[SEAL_LEAF_FORCES], "{}");
	ck_assert_uint_eq(pass.batch.force_count, 0);
	end(&pass);
}
END_TEST

UNIT("sealer_batch", every_tree_that_grew_gets_a_head_and_the_nation_one_of_them_all, without_lines_nothing_is_signed, complete_subtrees_are_told,
     a_tree_that_was_stored_goes_on, what_does_not_agree_is_not_loaded, a_line_that_cannot_be_hashed_changes_nothing)
