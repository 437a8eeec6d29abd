/* Tests lib/render/json.c. */
#include "render/render.h"

#include "unit/render/fixture.h"

static const struct column columns[] = {
	{"case_id", COLUMN_TEXT}, {"@etag", COLUMN_NUMBER},      {"tick_count", COLUMN_NUMBER},
	{"is_restricted", COLUMN_BOOLEAN}, {"answers", COLUMN_JSON}, {"opened_at", COLUMN_INSTANT}};
static const fixture_row two[] = {
	{"a\"b\nc", "7", "-12.50", "t", "{\"q\": 1}", "2026-01-31 23:59:59.1+00"},
	{NULL, NULL, NULL, NULL, NULL, NULL},
};
#define FIRST                                                                                              \
	"{\"caseId\":\"a\\\"b\\nc\",\"tickCount\":-12.50,\"isRestricted\":true,\"answers\":{\"q\": 1},"    \
	"\"openedAt\":\"2026-01-31T23:59:59.100000Z\"}"
#define SECOND "{\"caseId\":null,\"tickCount\":null,\"isRestricted\":null,\"answers\":null,\"openedAt\":null}"

static struct bytes out;

static void open_out(void)
{
	bytes_init(&out, 100000);
}

START_TEST(identifiers_and_words_are_texts)
{
	static const struct column list[] = {{"id", COLUMN_PLAIN}, {"due", COLUMN_INSTANT}};
	static const fixture_row cells[] = {{"0123abcd-ffff-7000-8000-00000000000f", "-infinity"}};
	struct rows rows = fixture_rows(list, 2, cells, 1);
	open_out();
	render_object(&out, &rows, 0);
	fixture_check(&out, "{\"id\":\"0123abcd-ffff-7000-8000-00000000000f\",\"due\":\"-infinity\"}");
}
END_TEST

START_TEST(a_row_is_an_object)
{
	struct rows rows = fixture_rows(columns, 6, two, 2);
	open_out();
	render_object(&out, &rows, 0);
	fixture_check(&out, FIRST);
}
END_TEST

START_TEST(nulls_are_null)
{
	struct rows rows = fixture_rows(columns, 6, two, 2);
	open_out();
	render_object(&out, &rows, 1);
	fixture_check(&out, SECOND);
}
END_TEST

START_TEST(control_columns_alone_make_an_empty_object)
{
	struct rows rows = fixture_rows(columns + 1, 1, two, 1);
	open_out();
	render_object(&out, &rows, 0);
	fixture_check(&out, "{}");
}
END_TEST

START_TEST(numbers_that_json_can_not_say_are_null)
{
	static const struct column number = {"n", COLUMN_NUMBER};
	static const fixture_row numbers[] = {{"NaN"}, {"Infinity"}, {"-Infinity"}, {""}, {"-"}, {"1e+20"}, {"0"}};
	struct rows rows = fixture_rows(&number, 1, numbers, 7);
	open_out();
	render_ndjson(&out, &rows, 7);
	fixture_check(&out, "{\"n\":null}\n{\"n\":null}\n{\"n\":null}\n{\"n\":null}\n{\"n\":null}\n{\"n\":1e+20}\n"
			    "{\"n\":0}\n");
}
END_TEST

START_TEST(a_list_has_items_and_next)
{
	struct rows rows = fixture_rows(columns, 6, two, 2);
	open_out();
	render_list(&out, &rows, 2, "a\"cursor", -1);
	fixture_check(&out, "{\"items\":[" FIRST "," SECOND "],\"next\":\"a\\\"cursor\"}");
}
END_TEST

START_TEST(a_list_ends_with_null_and_a_total)
{
	struct rows rows = fixture_rows(columns, 6, two, 2);
	open_out();
	render_list(&out, &rows, 1, NULL, 12345678901);
	fixture_check(&out, "{\"items\":[" FIRST "],\"next\":null,\"total\":12345678901}");
}
END_TEST

START_TEST(an_empty_list_is_a_list)
{
	struct rows rows = fixture_rows(columns, 6, NULL, 0);
	open_out();
	render_list(&out, &rows, 0, NULL, 0);
	fixture_check(&out, "{\"items\":[],\"next\":null,\"total\":0}");
}
END_TEST

START_TEST(ndjson_is_an_object_a_line)
{
	struct rows rows = fixture_rows(columns, 6, two, 2);
	open_out();
	render_ndjson(&out, &rows, 2);
	fixture_check(&out, FIRST "\n" SECOND "\n");
}
END_TEST

START_TEST(line_breaks_in_json_values_do_not_end_a_line)
{
	static const struct column json = {"j", COLUMN_JSON};
	static const fixture_row broken[] = {{"{\n\"a\":\n\n1}\n"}};
	struct rows rows = fixture_rows(&json, 1, broken, 1);
	open_out();
	render_ndjson(&out, &rows, 1);
	fixture_check(&out, "{\"j\":{ \"a\":  1} }\n");
}
END_TEST

START_TEST(what_does_not_fit_fails)
{
	struct rows rows = fixture_rows(columns, 6, two, 2);
	size_t whole = strlen("{\"items\":[" FIRST "," SECOND "],\"next\":null}");
	for (size_t maximum = 0; maximum < whole; maximum++) {
		bytes_init(&out, maximum);
		render_list(&out, &rows, 2, NULL, -1);
		ck_assert(out.failed);
		ck_assert_uint_le(out.length, maximum);
		bytes_release(&out);
	}
	bytes_init(&out, whole);
	render_list(&out, &rows, 2, NULL, -1);
	ck_assert(!out.failed);
	bytes_release(&out);
}
END_TEST

UNIT("json", identifiers_and_words_are_texts, a_row_is_an_object, nulls_are_null, control_columns_alone_make_an_empty_object,
     numbers_that_json_can_not_say_are_null, a_list_has_items_and_next, a_list_ends_with_null_and_a_total,
     an_empty_list_is_a_list, ndjson_is_an_object_a_line, line_breaks_in_json_values_do_not_end_a_line,
     what_does_not_fit_fails)
