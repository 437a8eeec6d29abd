/* Tests lib/render/members.c. */
#include "render/members.h"

#include "unit/render/fixture.h"
#include "render/render.h"

static void check_name(const char *column, const char *expected)
{
	struct bytes out;
	bytes_init(&out, 1000);
	render_member_name(&out, column);
	fixture_check(&out, expected);
}

START_TEST(snake_becomes_camel)
{
	check_name("case_id", "caseId");
	check_name("reference", "reference");
	check_name("a_long_column_name", "aLongColumnName");
	check_name("line_2_text", "line2Text");
	check_name("alreadyCamel", "alreadyCamel");
	check_name("_leading", "_leading");
	check_name("trailing_", "trailing_");
	check_name("two__marks", "two_marks");
	check_name("", "");
}
END_TEST

static const struct column columns[] = {
	{"case_id", COLUMN_TEXT}, {"@etag", COLUMN_NUMBER}, {"opened_at", COLUMN_INSTANT}, {"odd\"name", COLUMN_JSON}};

START_TEST(texts_are_ready_to_append)
{
	struct rows rows = fixture_rows(columns, 4, NULL, 0);
	struct members members;
	ck_assert_int_eq(members_make(&rows, &members), ERR_NONE);
	ck_assert_int_eq(members.count, 3);
	ck_assert_str_eq(bytes_string(&members.texts), "{\"caseId\":null,\"openedAt\":null,\"odd\\\"name\":null");
	ck_assert_int_eq(members.list[1].column, 2);
	ck_assert_int_eq(members.list[1].kind, COLUMN_INSTANT);
	ck_assert_uint_eq(members.list[1].start, 14);
	ck_assert_uint_eq(members.list[1].length, 12);
	members_release(&members);
}
END_TEST

START_TEST(control_columns_are_found_by_name)
{
	struct rows rows = fixture_rows(columns, 4, NULL, 0);
	ck_assert_int_eq(render_control(&rows, "@etag"), 1);
	ck_assert_int_eq(render_control(&rows, "@status"), -1);
	ck_assert_int_eq(render_control(&rows, "case_id"), -1); /* a column, but none of control */
}
END_TEST

UNIT("members", snake_becomes_camel, texts_are_ready_to_append, control_columns_are_found_by_name)
