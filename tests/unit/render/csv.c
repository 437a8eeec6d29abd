/* Tests lib/render/csv.c. */
#include "render/render.h"

#include "unit/render/fixture.h"

static const struct column columns[] = {
	{"@cursor", COLUMN_TEXT},          {"case_id", COLUMN_TEXT},     {"tick_count", COLUMN_NUMBER},
	{"is_restricted", COLUMN_BOOLEAN}, {"answers", COLUMN_JSON},     {"opened_at", COLUMN_INSTANT},
	{"@etag", COLUMN_NUMBER}};

static void check(const struct column *list, int column_count, const fixture_row *cells, int count, bool spreadsheet,
		  const char *expected)
{
	struct bytes out;
	struct rows rows = fixture_rows(list, column_count, cells, count);
	bytes_init(&out, 100000);
	render_csv(&out, &rows, count, spreadsheet);
	fixture_check(&out, expected);
}

START_TEST(has_a_header_and_a_line_a_row)
{
	static const fixture_row cells[] = {
		{"c", "one", "-12.50", "t", "{\"q\": 1, \"r\": 2}", "2026-01-31 23:59:59.1+00", "7"},
		{NULL, NULL, NULL, NULL, NULL, NULL, NULL},
	};
	check(columns, 7, cells, 2, false,
	      "caseId,tickCount,isRestricted,answers,openedAt\r\n"
	      "one,-12.50,true,\"{\"\"q\"\": 1, \"\"r\"\": 2}\",2026-01-31T23:59:59.100000Z\r\n"
	      ",,,,\r\n");
}
END_TEST

START_TEST(no_rows_leave_the_header)
{
	check(columns, 7, NULL, 0, false, "caseId,tickCount,isRestricted,answers,openedAt\r\n");
}
END_TEST

static const struct column text = {"note", COLUMN_TEXT};

START_TEST(texts_are_quoted_when_they_must)
{
	static const fixture_row cells[] = {{"plain text"}, {"a,b"}, {"say \"no\""}, {"two\nlines"}, {"two\rlines"},
					    {"\""}, {""}, {"Zoë"}, {"=1+1"}};
	check(&text, 1, cells, 9, false,
	      "note\r\nplain text\r\n\"a,b\"\r\n\"say \"\"no\"\"\"\r\n\"two\nlines\"\r\n\"two\rlines\"\r\n\"\"\"\"\r\n"
	      "\"\"\r\nZoë\r\n=1+1\r\n");
}
END_TEST

START_TEST(a_spreadsheet_runs_nothing)
{
	static const fixture_row cells[] = {{"=1+1"}, {"+44 20"}, {"-x"}, {"@SUM(A1)"}, {"\tx"}, {"\rx"},
					    {"=\"a\",b"}, {"a=b"}, {""}, {NULL}};
	check(&text, 1, cells, 10, true,
	      "note\r\n'=1+1\r\n'+44 20\r\n'-x\r\n'@SUM(A1)\r\n'\tx\r\n\"'\rx\"\r\n\"'=\"\"a\"\",b\"\r\na=b\r\n\"\"\r\n"
	      "\r\n");
}
END_TEST

/* Identifiers are as they are; an instant that is a word is a text. */
START_TEST(what_is_no_text_is_not_quoted)
{
	static const struct column list[] = {{"id", COLUMN_PLAIN}, {"due", COLUMN_INSTANT}};
	static const fixture_row cells[] = {{"0123abcd-ffff-7000-8000-00000000000f", "-infinity"}, {"", "0044-03-15 12:00:00+00 BC"}, {NULL, NULL}};
	check(list, 2, cells, 3, true, "id,due\r\n0123abcd-ffff-7000-8000-00000000000f,'-infinity\r\n,0044-03-15 12:00:00+00 BC\r\n,\r\n");
	check(list, 2, cells, 1, false, "id,due\r\n0123abcd-ffff-7000-8000-00000000000f,-infinity\r\n");
}
END_TEST

START_TEST(a_spreadsheet_keeps_its_numbers)
{
	static const struct column numbers[] = {{"n", COLUMN_NUMBER}, {"j", COLUMN_JSON}};
	static const fixture_row cells[] = {{"-5", "-6"}};
	check(numbers, 2, cells, 1, true, "n,j\r\n-5,-6\r\n");
}
END_TEST

START_TEST(what_does_not_fit_fails)
{
	static const fixture_row cells[] = {{"a,b"}, {"c"}};
	struct rows rows = fixture_rows(&text, 1, cells, 2);
	for (size_t maximum = 0; maximum <= strlen("note\r\n\"a,b\"\r\nc\r\n"); maximum++) {
		struct bytes out;
		bytes_init(&out, maximum);
		render_csv(&out, &rows, 2, false);
		ck_assert_int_eq(out.failed, maximum < strlen("note\r\n\"a,b\"\r\nc\r\n"));
		bytes_release(&out);
	}
}
END_TEST

UNIT("csv", has_a_header_and_a_line_a_row, no_rows_leave_the_header, texts_are_quoted_when_they_must,
     a_spreadsheet_runs_nothing, what_is_no_text_is_not_quoted, a_spreadsheet_keeps_its_numbers, what_does_not_fit_fails)
