/* Tests api/exports/chronology.c: an entry a row, members within, marks, gaps; and that nothing in a text becomes a tag. */
#include "api/exports/chronology.h"

#include <string.h>

#include "support/unit.h"
#include "unit/render/fixture.h"

static const struct column columns[] = {{"number", COLUMN_TEXT}, {"line", COLUMN_TEXT},  {"moment", COLUMN_TEXT}, {"recorded", COLUMN_TEXT},
					{"actor", COLUMN_TEXT},  {"title", COLUMN_TEXT}, {"label", COLUMN_TEXT},  {"value", COLUMN_TEXT},
					{"mark", COLUMN_TEXT},	 {"gap", COLUMN_TEXT}};
enum { COLUMNS = sizeof columns / sizeof *columns };

static void check(const fixture_row *cells, int count, const char *expected)
{
	struct bytes out;
	struct rows rows = fixture_rows(columns, COLUMNS, cells, count);
	bytes_init(&out, 100000);
	chronology_rows(&out, &rows);
	ck_assert_str_eq(bytes_string(&out), expected);
	bytes_release(&out);
}

START_TEST(an_entry_has_all_its_members)
{
	static const fixture_row cells[] = {
		{"1", "7", "Sat 28 Nov", "Sun 29 Nov", "WM-CH-1", "Contact recorded", "Channel", "call 999", NULL, NULL},
		{"1", "7", "Sat 28 Nov", "Sun 29 Nov", "WM-CH-1", "Contact recorded", "Phone", NULL, "withheld", NULL}};
	check(cells, 2,
	      "<tr><td>1</td><td>Sat 28 Nov<br><span class=\"line\">recorded Sun 29 Nov</span></td><td>WM-CH-1</td>"
	      "<td><strong>Contact recorded</strong> <span class=\"line\">line 7</span>\n<dl>\n<dt>Channel</dt><dd>call 999</dd>\n"
	      "<dt>Phone</dt><dd><span class=\"mark\">withheld</span></dd>\n</dl>\n</td></tr>\n");
}
END_TEST

START_TEST(a_gap_stands_before_its_entry)
{
	static const fixture_row cells[] = {{"2", "8", "Mon", NULL, "WM-SP-1", "Case changed", NULL, NULL, NULL, "No record for 40 days"}};
	check(cells, 1,
	      "<tr class=\"gap\"><td class=\"gap\" colspan=\"4\">No record for 40 days</td></tr>\n<tr><td>2</td><td>Mon</td><td>WM-SP-1</td>"
	      "<td><strong>Case changed</strong> <span class=\"line\">line 8</span>\n</td></tr>\n");
}
END_TEST

START_TEST(a_text_stays_a_text)
{
	static const fixture_row cells[] = {{"1", "1", "<b>", NULL, "\"", "&", "<i>", "<script>x</script>\nmore", NULL, NULL}};
	check(cells, 1,
	      "<tr><td>1</td><td>&lt;b&gt;</td><td>&quot;</td><td><strong>&amp;</strong> <span class=\"line\">line 1</span>\n<dl>\n"
	      "<dt>&lt;i&gt;</dt><dd>&lt;script&gt;x&lt;/script&gt;<br>more</dd>\n</dl>\n</td></tr>\n");
}
END_TEST

START_TEST(a_long_entry_may_go_over_a_page)
{
	char text[1600];
	memset(text, 'x', sizeof text);
	text[sizeof text - 1] = '\0';
	const fixture_row cells[] = {{"1", "1", "m", NULL, "a", "t", "l", text, NULL, NULL}};
	struct bytes out;
	struct rows rows = fixture_rows(columns, COLUMNS, cells, 1);
	bytes_init(&out, 100000);
	chronology_rows(&out, &rows);
	ck_assert_ptr_nonnull(strstr(bytes_string(&out), "<tr class=\"long\">"));
	bytes_release(&out);
}
END_TEST

START_TEST(the_page_names_nobody_in_its_title_and_runs_nothing)
{
	static const struct column about_columns[] = {{"case_name", COLUMN_TEXT}, {"made_by", COLUMN_TEXT}, {"recipient", COLUMN_TEXT}};
	static const fixture_row about[] = {{"C-1 <x>", "WM-SU-1", NULL}};
	struct bytes out;
	struct rows rows = fixture_rows(about_columns, 3, about, 1);
	bytes_init(&out, 100000);
	chronology_begin(&out, &rows);
	chronology_end(&out);
	const char *page = bytes_string(&out);
	ck_assert_ptr_nonnull(strstr(page, "<title>Chronology of a case</title>"));
	ck_assert_ptr_nonnull(strstr(page, "<dt>Case</dt><dd>C-1 &lt;x&gt;</dd>\n<dt>Made by</dt><dd>WM-SU-1</dd>\n</dl>"));
	ck_assert_ptr_null(strstr(page, "<script"));
	ck_assert_ptr_null(strstr(page, "http"));
	bytes_release(&out);
}
END_TEST

UNIT("chronology", an_entry_has_all_its_members, a_gap_stands_before_its_entry, a_text_stays_a_text, a_long_entry_may_go_over_a_page,
     the_page_names_nobody_in_its_title_and_runs_nothing)
