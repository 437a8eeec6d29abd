/* Receipts: which lines are named, what is signed of them, and with which key. */
#include "receipt.h"

#include <string.h>
#include <unistd.h>

#include "base/time.h"
#include "ledger/codec.h"
#include "ledger_keys.h"
#include "support/directory.h"
#include "support/unit.h"

static const char base[] = "01a22213-ed5f-751d-819b-d6ec4e360000";

static const char *value(const void *result, int row, int column, size_t *length)
{
	static char line[2][40];
	(void)result;
	snprintf(line[0], sizeof *line, "%.32s%04x", base, (unsigned)row);
	*length = column == 0 ? 36 : 44;
	return column == 0 ? line[0] : "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
}

static void expect_lines(int first, int count, const char *wanted)
{
	struct bytes text;
	bytes_init(&text, 4000);
	receipt_append_lines(base, first, count, &text);
	ck_assert_str_eq(bytes_string(&text), wanted);
	bytes_release(&text);
}

START_TEST(lines_are_named_one_by_one_or_as_a_run)
{
	struct bytes text;
	expect_lines(0, 1, base);
	expect_lines(1, 2, "01a22213-ed5f-751d-819b-d6ec4e360001, 01a22213-ed5f-751d-819b-d6ec4e360002");
	expect_lines(1, 65, "01a22213-ed5f-751d-819b-d6ec4e360001..01a22213-ed5f-751d-819b-d6ec4e360041");
	bytes_init(&text, 4000);
	receipt_append_lines(base, 0, 64, &text);
	ck_assert_uint_eq(text.length, 64 * 36 + 63 * 2);
	bytes_release(&text);
}
END_TEST

/* Where the service's keys lie. */
static struct directory make_keys(void)
{
	struct directory directory = directory_new();
	struct settings settings = {.ledger_name = "example.org/ledger"};
	struct bytes fault;
	bytes_init(&fault, 4096);
	ck_assert_msg(ledger_keys_prepare(&settings, directory.path, &fault) == ERR_NONE, "%s", bytes_string(&fault));
	bytes_release(&fault);
	return directory;
}

static void expect_signed_by(const struct receipt_key *key, const char *receipt, const char *wanted)
{
	char note[4096];
	size_t length = 0;
	struct note opened;
	ck_assert_int_eq(codec_read_base64(receipt, strlen(receipt), note, sizeof note, &length), ERR_NONE);
	ck_assert_int_eq(note_open(&key->key, 1, note, length, &opened), NOTE_GOOD);
	ck_assert_uint_eq(opened.length, strlen(wanted));
	ck_assert_mem_eq(opened.text, wanted, opened.length);
}

START_TEST(what_is_signed_is_a_promise_for_each_line)
{
	struct directory directory = make_keys();
	struct receipt_key key = {.is_there = false};
	struct rows rows = {.count = 2, .value = value};
	struct arena arena;
	const char *receipt = NULL;
	int64_t now_us = 0;
	arena_init(&arena, 1 << 16);
	receipt_key_load(directory.path, &key);
	ck_assert(key.is_there);
	ck_assert_int_eq(time_parse("2026-01-31T23:59:55.000001Z", 27, &now_us), ERR_NONE);
	ck_assert_int_eq(receipt_sign(&key, "west-midlands", &rows, now_us, &arena, &receipt), ERR_NONE);
	expect_signed_by(&key, receipt, "secondlook-receipt-v1\nwest-midlands\n2026-02-01T00:00:05.000001Z\n"
					"01a22213-ed5f-751d-819b-d6ec4e360000 47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"
					"01a22213-ed5f-751d-819b-d6ec4e360001 47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n");
	arena_release(&arena);
	receipt_key_release(&key);
	directory_remove(&directory);
}
END_TEST

START_TEST(no_line_and_too_many_are_not_signed)
{
	struct directory directory = make_keys();
	struct receipt_key key = {.is_there = false};
	struct rows rows = {.count = RECEIPT_SIGNED_MAXIMUM, .value = value};
	struct arena arena;
	const char *receipt = NULL;
	arena_init(&arena, 1 << 16);
	receipt_key_load(directory.path, &key);
	ck_assert_int_eq(receipt_sign(&key, "west-midlands", &rows, 0, &arena, &receipt), ERR_NONE);
	ck_assert_uint_le(strlen(receipt), 2100); /* with 16 identifiers beside it below 2,800 bytes of headers */
	rows.count++;
	ck_assert_int_eq(receipt_sign(&key, "west-midlands", &rows, 0, &arena, &receipt), ERR_LIMIT);
	rows.count = 0;
	ck_assert_int_eq(receipt_sign(&key, "west-midlands", &rows, 0, &arena, &receipt), ERR_LIMIT);
	arena_release(&arena);
	receipt_key_release(&key);
	directory_remove(&directory);
}
END_TEST

START_TEST(a_key_that_is_gone_is_used_no_more)
{
	struct directory directory = make_keys();
	struct receipt_key key = {.is_there = false};
	receipt_key_load(directory.path, &key);
	ck_assert(key.is_there);
	ck_assert_int_eq(unlink(directory_path(&directory, "receipt.key")), 0);
	receipt_key_load(directory.path, &key);
	ck_assert(!key.is_there);
	receipt_key_release(&key);
	directory_remove(&directory);
}
END_TEST

UNIT("receipt", lines_are_named_one_by_one_or_as_a_run, what_is_signed_is_a_promise_for_each_line, no_line_and_too_many_are_not_signed,
     a_key_that_is_gone_is_used_no_more)
