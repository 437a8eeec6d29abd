/* Tests lib/render/html.c. */
#include "render/html.h"

#include <string.h>

#include "support/unit.h"

static void check(const char *text, const char *expected)
{
	struct bytes out;
	bytes_init(&out, 1000);
	html_append(&out, text, strlen(text));
	ck_assert_str_eq(bytes_string(&out), expected);
	bytes_release(&out);
}

START_TEST(what_would_be_a_tag_is_text)
{
	check("<script>alert(\"x\")</script>", "&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;");
	check("' onload='x", "&#39; onload=&#39;x");
	check("R&B &amp;", "R&amp;B &amp;amp;");
}
END_TEST

START_TEST(lines_are_kept)
{
	check("one\ntwo", "one<br>two");
}
END_TEST

START_TEST(the_rest_is_as_it_is)
{
	check("Zoë – 5 £", "Zoë – 5 £");
	check("", "");
}
END_TEST

UNIT("html", what_would_be_a_tag_is_text, lines_are_kept, the_rest_is_as_it_is)
