/* Tests of reading YAML into JSON with lines. */
#include "contract/yaml.h"

#include <stdio.h>
#include <string.h>

#include "support/unit.h"

static struct yaml_source *read_text(const char *text)
{
	struct bytes fault;
	struct yaml_source *source = NULL;
	bytes_init(&fault, 1024);
	enum err error = yaml_source_read(text, strlen(text), &fault, &source);
	ck_assert_msg(error == ERR_NONE, "%s: %s", text, bytes_string(&fault));
	bytes_release(&fault);
	return source;
}

START_TEST(types_plain_scalars)
{
	static const struct {
		const char *yaml;
		const char *json;
	} rows[] = {
		{"[null, Null, NULL, ~, ]", "[null,null,null,null]"},
		{"[true, True, FALSE, yes, no, on, off, tRUE]", "[true,true,false,\"yes\",\"no\",\"on\",\"off\",\"tRUE\"]"},
		{"[0, -7, +7, 007, 0o17, 0x1F, 1_000, 0b1]", "[0,-7,7,7,15,31,\"1_000\",\"0b1\"]"},
		{"[1.5, -.5, 2e3, 1., 1.2.3, ., e1, -, 1e]", "[1.5,-0.5,2000.0,1.0,\"1.2.3\",\".\",\"e1\",\"-\",\"1e\"]"},
		{"['1', \"true\", '', \"null\"]", "[\"1\",\"true\",\"\",\"null\"]"},
		{"[2026-01-31, 12:30:00, 3.1.0]", "[\"2026-01-31\",\"12:30:00\",\"3.1.0\"]"},
		{"a: |\n  one\n  two\nb: >\n  one\n  two\n", "{\"a\":\"one\\ntwo\\n\",\"b\":\"one two\\n\"}"},
		{"200: a\ntrue: b\n", "{\"200\":\"a\",\"true\":\"b\"}"},
		{"b: 1\na: {d: , c: []}\n", "{\"b\":1,\"a\":{\"d\":null,\"c\":[]}}"},
		{"\"caf\xc3\xa9 \\u20ac\"", "\"caf\xc3\xa9 \xe2\x82\xac\""},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct yaml_source *source = read_text(rows[i].yaml);
		char *json = json_dumps(yaml_source_root(source), JSON_COMPACT | JSON_ENCODE_ANY);
		ck_assert_str_eq(json, rows[i].json);
		free(json);
		yaml_source_free(source);
	}
}
END_TEST

START_TEST(remembers_lines)
{
	struct yaml_source *source = read_text("a: 1\nb:\n  c: true\n  d:\n    - x\n    - {e: null,\n       f: 2}\n");
	const json_t *root = yaml_source_root(source);
	const json_t *b = json_object_get(root, "b");
	const json_t *d = json_object_get(b, "d");
	ck_assert_uint_eq(yaml_source_line(source, root), 1);
	ck_assert_uint_eq(yaml_source_line_of_member(source, root, "a"), 1);
	ck_assert_uint_eq(yaml_source_line_of_member(source, b, "c"), 3);
	ck_assert_uint_eq(yaml_source_line(source, b), 2);
	ck_assert_uint_eq(yaml_source_line(source, json_array_get(d, 0)), 5);
	ck_assert_uint_eq(yaml_source_line(source, json_array_get(d, 1)), 6);
	ck_assert_uint_eq(yaml_source_line_of_member(source, json_array_get(d, 1), "f"), 7);
	ck_assert_uint_eq(yaml_source_line_of_member(source, b, "absent"), 2);
	ck_assert_uint_eq(yaml_source_line(source, json_null()), 0);
	yaml_source_free(source);
}
END_TEST

START_TEST(refuses_with_the_line)
{
	static const struct {
		const char *yaml;
		const char *fault;
	} rows[] = {
		{"", "line 1: the document is empty"},
		{"a: &x 1\n", "line 1: anchors"},
		{"a: 1\nb: &x {c: 1}\n", "line 2: anchors"},
		{"a: 1\nb: &x [1]\n", "line 2: anchors"},
		{"a: 1\n&x b: 1\n", "line 2: anchors"},
		{"a: 1\nb: *x\n", "line 2: "},
		{"a: &x 1\nb: *x\n", "line 1: anchors"},
		{"a: 1\nb: !!str 1\n", "line 2: tags"},
		{"a: !x [1]\n", "line 1: tags"},
		{"a: 1\n\nb: 2\na: 3\n", "line 4: duplicate key \"a\""},
		{"x:\n  a: {b: 1,\n    b: 2}\n", "line 3: duplicate key \"b\""},
		{"a: 1\n---\nb: 2\n", "line 2: one document only"},
		{"a: .inf\n", "line 1: infinities"},
		{"a: -.INF\n", "line 1: infinities"},
		{"a: 99999999999999999999\n", "line 1: number out of range"},
		{"a: 1e999\n", "line 1: number out of range"},
		{"a: 1\n? [b]\n: 2\n", "line 2: a key must be a text"},
		{"\"a\\0\": 1\n", "line 1: a key must not contain NUL"},
		{"a: [1, 2\nb: 3\n", "line 2: "},
		{"a: 1\n\tb: 2\n", "line 2: "},
		{"a: 1\nb: \xff\n", "line 2: "},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct bytes fault;
		struct yaml_source *source = NULL;
		bytes_init(&fault, 1024);
		enum err error = yaml_source_read(rows[i].yaml, strlen(rows[i].yaml), &fault, &source);
		const char *told = bytes_string(&fault);
		ck_assert_msg(error == ERR_INPUT, "row %zu was read", i);
		ck_assert_msg(strstr(told, rows[i].fault) == told, "row %zu: %s", i, told);
		ck_assert_ptr_null(source);
		bytes_release(&fault);
	}
}
END_TEST

START_TEST(stops_at_a_depth)
{
	char text[2 * YAML_SOURCE_DEPTH_MAXIMUM + 4];
	struct bytes fault;
	struct yaml_source *source = NULL;
	bytes_init(&fault, 1024);
	memset(text, '[', YAML_SOURCE_DEPTH_MAXIMUM + 1);
	memset(text + YAML_SOURCE_DEPTH_MAXIMUM + 1, ']', YAML_SOURCE_DEPTH_MAXIMUM + 1);
	ck_assert_int_eq(yaml_source_read(text, 2 * YAML_SOURCE_DEPTH_MAXIMUM + 2, &fault, &source), ERR_INPUT);
	ck_assert_str_eq(bytes_string(&fault), "line 1: nested too deeply");
	bytes_release(&fault);
	text[2 * YAML_SOURCE_DEPTH_MAXIMUM + 1] = '\0';
	yaml_source_free(read_text(text + 1));
}
END_TEST

UNIT("yaml", types_plain_scalars, remembers_lines, refuses_with_the_line, stops_at_a_depth)
