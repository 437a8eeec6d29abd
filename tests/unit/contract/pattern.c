/* Tests of which patterns are taken. */
#include "contract/pattern.h"

#include <string.h>

#include "support/unit.h"

START_TEST(takes_what_both_dialects_read_alike)
{
	static const char *const rows[] = {
		"^[a-z][a-z0-9_]*$", "^(a|b)+$", "\\.\\+\\(\\)\\[\\]\\\\", "a{2,3}b{4}c{5,}", "[^/]+", "[a^-]", "^$", "[.*+?]",
		"x?y*z+",
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		ck_assert_msg(!pattern_fault(rows[i]), "%s: %s", rows[i], pattern_fault(rows[i]));
}
END_TEST

START_TEST(refuses_what_they_read_differently)
{
	static const char *const rows[] = {
		"\\d", "\\w+", "\\bx", "(a)\\1", "\\n", "\\<a", "\\-", "a\\", "(?:a)", "(?=a)", "a*?", "a+?", "a??", "a{1}?",
		"a*+", "a**", "[[:alpha:]]", "[\\]]", "[]a]", "[^]a]", "[a", "[", "a{,3}", "caf\xc3\xa9", "[\xc3\xa9]",
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		ck_assert_msg(pattern_fault(rows[i]) != NULL, "%s", rows[i]);
}
END_TEST

UNIT("pattern", takes_what_both_dialects_read_alike, refuses_what_they_read_differently)
