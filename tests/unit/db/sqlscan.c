/* How SQL is cut into pieces. */
#include "db/sqlscan.h"

#include <string.h>

#include "support/unit.h"

struct row {
	const char *text;
	char before;
	enum sqlscan_kind kind;
	size_t length;
};

static const struct row rows[] = {
	{"select x", 0, SQLSCAN_TEXT, 6},
	{"  \t x", 0, SQLSCAN_SPACE, 4},
	{"\nx", 0, SQLSCAN_NEWLINE, 1},
	{";x", 0, SQLSCAN_SEMICOLON, 1},
	{"-- a :b\nc", 0, SQLSCAN_COMMENT, 7},
	{"-- to the end", 0, SQLSCAN_COMMENT, 13},
	{"- 1", 0, SQLSCAN_TEXT, 1},
	{"/* a /* b */ c */ d", 0, SQLSCAN_TEXT, 17},
	{"/* a /* b */ c", 0, SQLSCAN_UNTERMINATED, 1},
	{"/ 2", 0, SQLSCAN_TEXT, 1},
	{"'a'b", 0, SQLSCAN_TEXT, 3},
	{"'it''s' x", 0, SQLSCAN_TEXT, 7},
	{"'a\\' b", 0, SQLSCAN_TEXT, 4},
	{"E'a\\'b' c", 0, SQLSCAN_TEXT, 7},
	{"e'a''b' c", 0, SQLSCAN_TEXT, 7},
	{"E'a\\'", 0, SQLSCAN_UNTERMINATED, 1},
	{"'a", 0, SQLSCAN_UNTERMINATED, 1},
	{"\"a\"\"b\" c", 0, SQLSCAN_TEXT, 6},
	{"\"a", 0, SQLSCAN_UNTERMINATED, 1},
	{"some'a\\'", 0, SQLSCAN_TEXT, 4},
	{"$$ ' :a $$ b", 0, SQLSCAN_TEXT, 10},
	{"$x1$ $$ $x$ $x1$ b", 0, SQLSCAN_TEXT, 16},
	{"$x$ a", 0, SQLSCAN_UNTERMINATED, 1},
	{"$1", 0, SQLSCAN_NUMBERED, 1},
	{"$1$", 'a', SQLSCAN_TEXT, 1},
	{"a$b$c", 0, SQLSCAN_TEXT, 5},
	{":name)", 0, SQLSCAN_NAME, 5},
	{":a_1::text", 0, SQLSCAN_NAME, 4},
	{"::text", 0, SQLSCAN_TEXT, 2},
	{":=1", 0, SQLSCAN_TEXT, 2},
	{":1]", 0, SQLSCAN_TEXT, 1},
	{":", 0, SQLSCAN_TEXT, 1},
	{"\xc3\xa9t\xc3\xa9 x", 0, SQLSCAN_TEXT, 5},
};

START_TEST(pieces_end_where_they_should)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		size_t length = 0;
		const char *text = rows[i].text;
		enum sqlscan_kind kind = sqlscan_next(text, text + strlen(text), rows[i].before, &length);
		ck_assert_msg(kind == rows[i].kind && length == rows[i].length, "%s: kind %d, length %zu", text, kind, length);
	}
}
END_TEST

UNIT("db/sqlscan", pieces_end_where_they_should)
