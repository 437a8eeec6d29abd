/* Tests of looking at UTF-8. */
#include "contract/text.h"

#include <string.h>

#include "support/unit.h"

START_TEST(tells_utf8)
{
	static const struct {
		const char *text;
		bool is;
	} rows[] = {
		{"", true},
		{"plain", true},
		{"caf\xc3\xa9", true},
		{"\xe2\x82\xac", true},
		{"\xf0\x9f\x98\x80", true},
		{"\xf4\x8f\xbf\xbf", true},
		{"\x80", false},
		{"\xc0\xaf", false},	     /* overlong */
		{"\xc1\xbf", false},	     /* overlong */
		{"\xe0\x80\xaf", false},     /* overlong */
		{"\xf0\x80\x80\xaf", false}, /* overlong */
		{"\xed\xa0\x80", false},     /* surrogate */
		{"\xf4\x90\x80\x80", false}, /* past U+10FFFF */
		{"\xf5\x80\x80\x80", false},
		{"\xff", false},
		{"\xc3", false}, /* cut short */
		{"\xe2\x82", false},
		{"\xe2\x28\xa1", false},
		{"\xe2\x82\x28", false},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		ck_assert_msg(text_is_utf8(rows[i].text, strlen(rows[i].text)) == rows[i].is, "row %zu", i);
	ck_assert(text_is_utf8("a\0b", 3));
}
END_TEST

START_TEST(cuts_between_characters)
{
	const char *text = "ab\xe2\x82\xac";
	ck_assert_uint_eq(text_cut(text, 5, 64), 5);
	ck_assert_uint_eq(text_cut(text, 5, 5), 5);
	ck_assert_uint_eq(text_cut(text, 5, 4), 2);
	ck_assert_uint_eq(text_cut(text, 5, 3), 2);
	ck_assert_uint_eq(text_cut(text, 5, 1), 1);
}
END_TEST

START_TEST(counts_code_points)
{
	ck_assert_uint_eq(text_code_points("", 0), 0);
	ck_assert_uint_eq(text_code_points("a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", 10), 4);
}
END_TEST

START_TEST(finds_control_characters)
{
	ck_assert(!text_has_control("line\nand\ttab \xc2\xa0 \xc3\x80", 18));
	ck_assert(text_has_control("a\rb", 3));
	ck_assert(text_has_control("a\x1b", 2));
	ck_assert(text_has_control("a\0b", 3));
	ck_assert(text_has_control("\x7f", 1));
	ck_assert(text_has_control("\xc2\x80", 2));
	ck_assert(text_has_control("\xc2\x9f", 2));
}
END_TEST

UNIT("text", tells_utf8, cuts_between_characters, counts_code_points, finds_control_characters)
