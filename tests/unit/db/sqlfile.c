/* Operations' SQL files: names become numbers, optional lines come and go, faults name their line. */
#include "db/sqlfile.h"

#include <string.h>

#include "support/unit.h"

static const char *const names[] = {"force", "caseId", "grade", "status", "body", "limit", "after", "kind", NULL};

static struct sqlfile *parse(const char *text)
{
	struct sqlfile *file = NULL;
	struct bytes fault;
	bytes_init(&fault, 1024);
	enum err error = sqlfile_parse("getCase", text, strlen(text), names, &fault, &file);
	ck_assert_msg(error == ERR_NONE, "%s", bytes_string(&fault));
	bytes_release(&fault);
	return file;
}

static const struct sqlfile_shape *shape_of(struct sqlfile *file, uint32_t mask)
{
	const struct sqlfile_shape *shape;
	ck_assert_int_eq(sqlfile_shape(file, mask, &shape), ERR_NONE);
	return shape;
}

static void check_sql(const char *text, uint32_t mask, const char *expected)
{
	struct sqlfile *file = parse(text);
	ck_assert_str_eq(shape_of(file, mask)->statements[0].statement.sql, expected);
	sqlfile_free(file);
}

struct row {
	const char *text;
	uint32_t mask;
	const char *sql;
};

static const struct row rows[] = {
	{"-- What it does: :nothing.\n\nselect 1", 0, "select 1"},
	{"select :force, :caseId, :force", 0, "select $1, $2, $1"},
	{"select :caseId::uuid, ':force', a[1:2] from t\n", 0, "select $1::uuid, ':force', a[1:2] from t"},
	{"select 1 -- not :this\nfrom t;\n", 0, "select 1 \nfrom t"},
	{"select $$ :force $$, E'\\':force', \":force\" /* :force */", 0,
	 "select $$ :force $$, E'\\':force', \":force\" /* :force */"},
	{"select 1\n--? grade and g = :grade\n", 0, "select 1"},
	{"select 1\n--? grade and g = :grade\n", 1, "select 1\n and g = $1"},
	{"select :force\n  --? grade and g = :grade\nand c = :caseId", 0, "select $1\n and c = $2"},
	{"select :force\n  --? grade and g = :grade\nand c = :caseId", 1, "select $1\n  and g = $2\nand c = $3"},
	{"--? grade with g as (select :grade)\nselect 1", 0, "select 1"},
	{"--? grade with g as (select :grade)\nselect 1", 1, "with g as (select $1)\nselect 1"},
	{"select 1\n--? grade and a\n--? status and b\n--? grade and c", 1, "select 1\n and a\n and c"},
	{"select 1\n--? grade and a\n--? status and b\n--? grade and c", 2, "select 1\n and b"},
	{"select 1\n--? grade and a\n--? status and b\n--? grade and c", 3, "select 1\n and a\n and b\n and c"},
	{"select 1\n--? grade and a", 0xffffffffU, "select 1\n and a"},
	{"select 'a\n;\n:force'", 0, "select 'a\n;\n:force'"},
	{"-- Cases.\n--@ cursor case_id\nselect 1\n--@ seen :it\n, 2", 0, "select 1\n\n, 2"},
	{"select 1 --@ seen x\n", 0, "select 1"},
};

START_TEST(shapes_have_their_text)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		check_sql(rows[i].text, rows[i].mask, rows[i].sql);
}
END_TEST

START_TEST(inputs_follow_the_numbers)
{
	struct sqlfile *file = parse("select :caseId, :force, :caseId\n--? grade , :grade\n, :body");
	const struct sqlfile_shape *off = shape_of(file, 0), *on = shape_of(file, 1);
	ck_assert_int_eq(off->statements[0].statement.parameter_count, 3);
	ck_assert_int_eq(off->statements[0].inputs[0], 1);
	ck_assert_int_eq(off->statements[0].inputs[1], 0);
	ck_assert_int_eq(off->statements[0].inputs[2], 4);
	ck_assert_int_eq(on->statements[0].statement.parameter_count, 4);
	ck_assert_int_eq(on->statements[0].inputs[2], 2);
	ck_assert_int_eq(on->statements[0].inputs[3], 4);
	sqlfile_free(file);
}
END_TEST

START_TEST(each_statement_counts_from_one)
{
	struct sqlfile *file = parse("select :force;\n\n-- Then.\nselect :caseId, :force;  -- and done\n");
	const struct sqlfile_shape *shape = shape_of(file, 0);
	ck_assert_uint_eq(shape->count, 2);
	ck_assert_str_eq(shape->statements[0].statement.sql, "select $1");
	ck_assert_str_eq(shape->statements[1].statement.sql, "select $1, $2");
	ck_assert_int_eq(shape->statements[1].inputs[0], 1);
	ck_assert_str_eq(shape->statements[0].statement.name, "getCase.0.m0");
	ck_assert_str_eq(shape->statements[1].statement.name, "getCase.1.m0");
	sqlfile_free(file);
}
END_TEST

START_TEST(a_statement_without_filters_has_one_name)
{
	struct sqlfile *file = parse("select 1;\nselect 2\n--? grade + 1\n--? status + 2\n");
	const struct sqlfile_shape *shape = shape_of(file, 3);
	ck_assert_str_eq(shape->statements[0].statement.name, "getCase.0.m0");
	ck_assert_str_eq(shape->statements[1].statement.name, "getCase.1.m3");
	ck_assert_ptr_eq(shape, shape_of(file, 3));
	ck_assert_ptr_ne(shape, shape_of(file, 2));
	sqlfile_free(file);
}
END_TEST

START_TEST(filters_come_in_order_of_first_use)
{
	size_t count;
	struct sqlfile *file = parse("select 1\n--? status + 1\n--? grade + 1\n--? status + 2");
	const int *filters = sqlfile_filters(file, &count);
	ck_assert_uint_eq(count, 2);
	ck_assert_int_eq(filters[0], 3);
	ck_assert_int_eq(filters[1], 2);
	sqlfile_free(file);
}
END_TEST

START_TEST(mentioned_are_names_and_filters)
{
	struct sqlfile *file = parse("select :force, ':caseId'\n--? grade + 1\n--? status + :limit\n");
	ck_assert(sqlfile_mentions(file, "force"));
	ck_assert(sqlfile_mentions(file, "grade"));
	ck_assert(sqlfile_mentions(file, "limit"));
	ck_assert(!sqlfile_mentions(file, "caseId"));
	ck_assert(!sqlfile_mentions(file, "body"));
	ck_assert(!sqlfile_mentions(file, "unheard_of"));
	sqlfile_free(file);
}
END_TEST

START_TEST(what_is_said_of_the_rows_is_kept)
{
	struct sqlfile *file = parse("-- Cases.\n  --@ cursor  recorded_at, case_id \t\nselect 1 --@ seen x\n");
	ck_assert_str_eq(sqlfile_says(file, SQLFILE_CURSOR), "recorded_at, case_id");
	ck_assert_ptr_null(sqlfile_says(file, SQLFILE_SEEN));
	sqlfile_free(file);
	file = parse("select 1\n--@ seen case:{case_id}:{version}");
	ck_assert_str_eq(sqlfile_says(file, SQLFILE_SEEN), "case:{case_id}:{version}");
	sqlfile_free(file);
}
END_TEST

struct faulty {
	const char *text, *fault;
};

static const struct faulty faults[] = {
	{"", "getCase.sql:1: the file holds no statement"},
	{"-- Only words.\n;\n", "getCase.sql:3: the file holds no statement"},
	{"select 1,\n  :forse", "getCase.sql:2: no such input: :forse"},
	{"select 'a\nb',\n:x", "getCase.sql:3: no such input: :x"},
	{"select 1\n--? gade and 1", "getCase.sql:2: no such input: gade"},
	{"select 1\n--?\n", "getCase.sql:2: no such input:"},
	{"select $1", "getCase.sql:1: inputs have names: $ and a number isn't one"},
	{"select 1\n + 'open", "getCase.sql:2: a quote or comment that begins here has no end"},
	{"select 1\n--? grade + 'a\nb'", "getCase.sql:2: an optional line must be complete in itself"},
	{"select 1\n--? grade ;\n", "getCase.sql:2: an optional line can't end a statement"},
	{"select 1; select 2", "getCase.sql:1: a statement ends with ; at the end of its line, not before: select"},
	{"select 1; :force", "getCase.sql:1: a statement ends with ; at the end of its line, not before: :force"},
	{"--? grade select 1\n;\n", "getCase.sql:2: a statement of optional lines only"},
	{"select 1\n--? force 1\n--? caseId 1\n--? grade 1\n--? status 1\n--? body 1\n--? limit 1\n",
	 "getCase.sql:7: more optional inputs than five"},
	{"select 1\n--@ sen case:1:1\n", "getCase.sql:2: nothing that can be said of the rows: sen case:1:1"},
	{"--@ seen\nselect 1", "getCase.sql:1: nothing that can be said of the rows: seen"},
	{"--@", "getCase.sql:1: nothing that can be said of the rows:"},
	{"--@ cursor a\n--@ cursor b\nselect 1", "getCase.sql:2: said before: cursor"},
	{"a;\na;\na;\na;\na;\na;\na;\na;\na;\n", "getCase.sql:9: more statements than eight"},
};

START_TEST(faults_name_their_line)
{
	for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
		struct sqlfile *file = NULL;
		struct bytes fault;
		bytes_init(&fault, 1024);
		enum err error = sqlfile_parse("getCase", faults[i].text, strlen(faults[i].text), names, &fault, &file);
		ck_assert_msg(error == ERR_INPUT, "%s", faults[i].text);
		ck_assert_str_eq(bytes_string(&fault), faults[i].fault);
		ck_assert_ptr_null(file);
		bytes_release(&fault);
	}
}
END_TEST

START_TEST(a_nul_byte_is_refused)
{
	struct sqlfile *file = NULL;
	struct bytes fault;
	bytes_init(&fault, 1024);
	ck_assert_int_eq(sqlfile_parse("getCase", "select\0 1", 9, names, &fault, &file), ERR_INPUT);
	bytes_release(&fault);
}
END_TEST

UNIT("db/sqlfile", shapes_have_their_text, inputs_follow_the_numbers, each_statement_counts_from_one,
     a_statement_without_filters_has_one_name, filters_come_in_order_of_first_use, mentioned_are_names_and_filters,
     what_is_said_of_the_rows_is_kept, faults_name_their_line, a_nul_byte_is_refused)
