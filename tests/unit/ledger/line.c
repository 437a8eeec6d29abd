/* Rows of ledger_line as leaves: the leaf's vectors from a row's text, and what erasure must leave as it is. */
#include "ledger/line.h"

#include <stdio.h>
#include <string.h>

#include "reference.h"

/* The line of leaf.c's vector, as PostgreSQL writes it. */
static const char *const row[LINE_COLUMN_COUNT] = {
	[LEAF_FORCE] = "west-midlands",
	[LEAF_LINE] = "01a201ec-143a-736d-aef5-784b40ba0001",
	[LEAF_RECORDED_AT] = "2026-11-22 06:22:58.625291+00",
	[LEAF_KIND] = "collection",
	[LEAF_OPERATION] = "createContact",
	[LEAF_ACTOR] = "WM-CH-1",
	[LEAF_CLIENT] = "control-room-web",
	[LEAF_REQUEST] = "01a201ec-143a-736b-a0db-a697694c2d3a",
	[LEAF_RELATION] = "contact",
	[LEAF_RECORD] = "01a201ec-143a-736c-8ba3-94be2e780000",
	[LEAF_VERSION] = "1",
	[LEAF_OCCURRED_AT] = "2026-11-22 01:00:00+00",
	[LINE_IMAGE] = "{\"phone\": null, \"channel\": \"call_999\"}",
	[LINE_SALTS] = "\\x000102030405060708090a0b0c0d0e0f00000000000000000000000000000000",
};
static const char vector[] = "8c63faa89690d47e9ce1b4e681983e0eb5d8b4e48ffd0af5d846612c59dfd4d3";

static struct line_hasher line;

static void open_line(void)
{
	ck_assert_int_eq(line_hasher_open(&line), ERR_NONE);
}

static void close_line(void)
{
	line_hasher_close(&line);
}

static void expect_leaf(const char *const columns[LINE_COLUMN_COUNT], const char *expected)
{
	unsigned char leaf[HASH_SIZE];
	ck_assert_int_eq(line_leaf(&line, columns, leaf), ERR_NONE);
	REFERENCE_ASSERT_HEX(leaf, expected);
}

static enum err leaf_with(int column, const char *value)
{
	const char *columns[LINE_COLUMN_COUNT];
	unsigned char leaf[HASH_SIZE];
	memcpy(columns, row, sizeof row);
	columns[column] = value;
	return line_leaf(&line, columns, leaf);
}

START_TEST(a_row_is_the_leaf_of_the_vector)
{
	const char *nothing[LINE_COLUMN_COUNT] = {0};
	open_line();
	expect_leaf(row, vector);
	expect_leaf(nothing, "9ebad96da3e6fcc797dc4415aeafc6dbf696f87d5a977cdcb193d44fb71aba87");
	expect_leaf(row, vector);
	close_line();
}
END_TEST

/* The erased member's hash is leaf.c's vector of "channel"; then the other's, and both. */
START_TEST(erasure_leaves_the_leaf)
{
	static const char channel[] = "\"channel\": {\"at\": \"2026-11-28T00:00:00.000000Z\", \"hash\": "
				      "\"29fd1f685e783734e7a9186bb004de2a542041e7af6cd031d3f9fb1a9e4e660b\", \"authority\": "
				      "\"UK GDPR article 17\"}";
	const char *erased[LINE_COLUMN_COUNT];
	unsigned char salt[LEAF_SALT_SIZE] = {0}, hash[HASH_SIZE];
	char phone[2 * HASH_SIZE + 1], text[600];
	open_line();
	memcpy(erased, row, sizeof row);
	snprintf(text, sizeof text, "{%s}", channel);
	erased[LINE_IMAGE] = "{\"phone\": null}";
	erased[LINE_SALTS] = "\\x00000000000000000000000000000000";
	erased[LINE_ERASED] = text;
	expect_leaf(erased, vector);
	ck_assert_int_eq(leaf_member_hash(&line.hasher, "phone", "null", 4, salt, hash), ERR_NONE);
	reference_hex(hash, HASH_SIZE, phone);
	snprintf(text, sizeof text, "{%s, \"phone\": {\"hash\": \"%s\"}}", channel, phone);
	erased[LINE_IMAGE] = "{}";
	erased[LINE_SALTS] = "\\x";
	expect_leaf(erased, vector);
	close_line();
}
END_TEST

START_TEST(a_row_that_no_trigger_wrote_is_refused)
{
	open_line();
	ck_assert_int_eq(leaf_with(LINE_SALTS, NULL), ERR_INPUT);
	ck_assert_int_eq(leaf_with(LINE_SALTS, "\\x00"), ERR_INPUT);
	ck_assert_int_eq(leaf_with(LINE_SALTS, "000102030405060708090a0b0c0d0e0f0000000000000000000000000000000000"), ERR_INPUT);
	ck_assert_int_eq(leaf_with(LINE_SALTS, "\\x000102030405060708090a0b0c0d0e0f0000000000000000000000000000000g"), ERR_INPUT);
	ck_assert_int_eq(leaf_with(LINE_IMAGE, NULL), ERR_INPUT);
	ck_assert_int_eq(leaf_with(LINE_IMAGE, "[1, 2]"), ERR_INPUT);
	ck_assert_int_eq(leaf_with(LINE_IMAGE, "{\"phone\": null}"), ERR_INPUT);
	ck_assert_int_eq(leaf_with(LINE_ERASED, "{\"phone\": {\"at\": 1}}"), ERR_INPUT);
	ck_assert_int_eq(leaf_with(LINE_ERASED, "{\"email\": {\"hash\": \"00\"}}"), ERR_INPUT);
	ck_assert_int_eq(leaf_with(LINE_ERASED, "{\"email\": null}"), ERR_INPUT);
	ck_assert_int_eq(leaf_with(LINE_ERASED, "{\"phone\": {\"hash\": "
						"\"29fd1f685e783734e7a9186bb004de2a542041e7af6cd031d3f9fb1a9e4e660b\"}}"), ERR_INPUT);
	ck_assert_int_eq(leaf_with(LEAF_RECORDED_AT, "2026-11-22 07:22:58.625291+01"), ERR_INPUT);
	close_line();
}
END_TEST

START_TEST(instants_are_written_as_they_are_hashed)
{
	static const char *const pairs[][2] = {
		{"2026-01-31 23:59:59+00", "2026-01-31T23:59:59.000000Z"},
		{"2026-01-31 23:59:59.5+00", "2026-01-31T23:59:59.500000Z"},
		{"2026-01-31 23:59:59.123456+00", "2026-01-31T23:59:59.123456Z"},
		{"12026-01-31 23:59:59+00", "12026-01-31T23:59:59.000000Z"},
		{"infinity", "infinity"}, {"-infinity", "-infinity"},
		{"0044-03-15 12:00:00+00 BC", "0044-03-15 12:00:00+00 BC"},
		{"2026-01-31 23:59:59+01", NULL}, {"2026-01-31 23:59:59", NULL}, {"2026-01-31 23:59:59.+00", NULL},
		{"2026-01-31 23:59:59.1234567+00", NULL}, {"", NULL}, {"+00", NULL}, {"2026-01-31 +00", NULL},
	};
	struct arena arena;
	arena_init(&arena, 4096);
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		const char *instant = NULL;
		enum err error = line_instant(&arena, pairs[i][0], &instant);
		ck_assert_msg(error == (pairs[i][1] ? ERR_NONE : ERR_INPUT), "%s", pairs[i][0]);
		ck_assert_pstr_eq(instant, pairs[i][1]);
	}
	arena_release(&arena);
}
END_TEST

UNIT("line", a_row_is_the_leaf_of_the_vector, erasure_leaves_the_leaf, a_row_that_no_trigger_wrote_is_refused,
     instants_are_written_as_they_are_hashed)
