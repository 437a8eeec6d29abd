/* The rows' own machinery: a matcher that matches too much would make every table green. */
#include <stdio.h>
#include <string.h>

#include "expect.h"
#include "ledger.h"
#include "support/directory.h"
#include "support/unit.h"
#include "table.h"
#include "variables.h"

static json_t *json(const char *text)
{
	json_t *value = json_loads(text, JSON_DECODE_ANY, NULL);
	ck_assert_msg(value != NULL, "%s", text);
	return value;
}

static bool matches(const char *matcher, const char *value)
{
	json_t *first = json(matcher), *second = value ? json(value) : NULL;
	bool result = expect_matches(first, second);
	json_decref(first);
	json_decref(second);
	return result;
}

START_TEST(matches_what_is_equal)
{
	ck_assert(matches("\"a\"", "\"a\""));
	ck_assert(!matches("\"a\"", "\"ab\""));
	ck_assert(!matches("\"1\"", "1"));
	ck_assert(!matches("\"a\"", NULL));
	ck_assert(matches("1", "1"));
	ck_assert(matches("1", "1.0"));
	ck_assert(!matches("1", "2"));
	ck_assert(!matches("1", "\"1\""));
	ck_assert(matches("null", "null"));
	ck_assert(!matches("null", NULL));
	ck_assert(!matches("false", "null"));
	ck_assert(!matches("true", "1"));
}
END_TEST

START_TEST(matches_by_patterns)
{
	ck_assert(matches("\"*\"", "0"));
	ck_assert(matches("\"*\"", "\"\""));
	ck_assert(!matches("\"*\"", "null"));
	ck_assert(!matches("\"*\"", NULL));
	ck_assert(matches("\"~^a.c$\"", "\"abc\""));
	ck_assert(!matches("\"~^a.c$\"", "\"abcd\""));
	ck_assert(!matches("\"~(\"", "\"(\""));
	ck_assert(!matches("\"~1\"", "1"));
	ck_assert(matches("\"=~a\"", "\"~a\""));
	ck_assert(!matches("\"=~a\"", "\"a\""));
	ck_assert(matches("\"!a\"", "\"b\""));
	ck_assert(!matches("\"!a\"", "\"a\""));
	ck_assert(!matches("\"!a\"", NULL));
}
END_TEST

START_TEST(matches_by_order)
{
	ck_assert(matches("\">=3\"", "3"));
	ck_assert(!matches("\">3\"", "3"));
	ck_assert(matches("\"<3\"", "2.5"));
	ck_assert(!matches("\"<=3\"", "4"));
	ck_assert(matches("\">2026-01-01T00:00:00Z\"", "\"2026-01-02T00:00:00Z\""));
	ck_assert(!matches("\"<2026-01-01T00:00:00Z\"", "\"2026-01-02T00:00:00Z\""));
	ck_assert(!matches("\">3\"", "null"));
	ck_assert(!matches("\"<3\"", "true"));
	ck_assert(!matches("\">3\"", NULL));
}
END_TEST

START_TEST(matches_within)
{
	ck_assert(matches("{\"a\":1}", "{\"a\":1,\"b\":2}"));
	ck_assert(!matches("{\"a\":1,\"c\":2}", "{\"a\":1,\"b\":2}"));
	ck_assert(!matches("{}", "[]"));
	ck_assert(!matches("{}", NULL));
	ck_assert(matches("[{\"a\":\"*\"},2]", "[{\"a\":5,\"b\":1},2]"));
	ck_assert(!matches("[1]", "[1,2]"));
	ck_assert(!matches("[1,2]", "[1]"));
	ck_assert(!matches("[]", "[1]"));
	ck_assert(!matches("[]", "{}"));
}
END_TEST

static void leads_to(json_t *root, const char *pointer, const char *expected)
{
	json_t *value = expect_find_in(root, pointer);
	char *text = value ? json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT) : strdup("nowhere");
	ck_assert_msg(strcmp(text, expected) == 0, "%s: %s", pointer, text);
	free(text);
	json_decref(value);
}

START_TEST(follows_pointers)
{
	json_t *root = json("{\"a\":{\"b/c\":1,\"~\":2},\"items\":[{\"id\":\"x\",\"n\":1},{\"id\":\"y/z\",\"n\":2}],\"none\":null}");
	leads_to(root, "/a/b~1c", "1");
	leads_to(root, "/a/~0", "2");
	leads_to(root, "/items/1/n", "2");
	leads_to(root, "/items/#", "2");
	leads_to(root, "/a/#", "2");
	leads_to(root, "/items/[id=y/z]/n", "2");
	leads_to(root, "/items/[n=1]/id", "\"x\"");
	leads_to(root, "/items/[id=q]", "nowhere");
	leads_to(root, "/items/2", "nowhere");
	leads_to(root, "/items/x", "nowhere");
	leads_to(root, "/none", "null");
	leads_to(root, "/none/a", "nowhere");
	leads_to(root, "/b", "nowhere");
	json_decref(root);
}
END_TEST

START_TEST(changes_bodies)
{
	json_t *root = json("{\"a\":{\"b\":1},\"list\":[1]}"), *value = json("7");
	ck_assert(expect_put(root, "/a/b", value));
	ck_assert(expect_put(root, "/list/-", value));
	ck_assert(expect_put(root, "/list/0", NULL));
	ck_assert(!expect_put(root, "/missing/b", value));
	ck_assert(!expect_put(root, "/missing", NULL));
	leads_to(root, "", "{\"a\":{\"b\":7},\"list\":[7]}");
	json_decref(value);
	json_decref(root);
}
END_TEST

static void judge(const char *row, struct client_answer *answer, size_t findings_wanted)
{
	struct findings findings;
	json_t *words = json(row);
	findings_init(&findings);
	expect_answer(words, answer, &findings);
	ck_assert_msg(findings.count == findings_wanted, "%s: %s", row, bytes_string(&findings.text));
	findings_release(&findings);
	json_decref(words);
}

START_TEST(judges_answers)
{
	char headers[] = "HTTP/1.1 200 OK\r\nETag: \"4\"\r\nX-One: 1\r\n\r\n", body[] = "{}";
	struct client_answer answer = {.headers = headers, .body = body};
	answer.json = json("{\"a\":1,\"errors\":[{\"pointer\":\"/a\",\"code\":\"x\"},{\"pointer\":\"/b\",\"code\":\"y\"}]}");
	judge("{\"has\":{\"/a\":1,\"header:x-one\":\"1\",\"@etag\":4}}", &answer, 0);
	judge("{\"has\":{\"/a\":2,\"header:x-two\":\"*\",\"@etag\":5}}", &answer, 3);
	judge("{\"lacks\":[\"/b\",\"header:x-two\"]}", &answer, 0);
	judge("{\"lacks\":[\"/a\",\"header:x-one\"]}", &answer, 2);
	judge("{\"errors\":[[\"/b\",\"y\"],[\"/a\",\"x\"]]}", &answer, 0);
	judge("{\"errors\":[[\"/b\",\"y\"]]}", &answer, 1);
	judge("{\"errors\":[[\"/b\",\"y\"],[\"/a\",\"z\"]]}", &answer, 1);
	judge("{\"errors\":[]}", &answer, 1);
	judge("{\"text\":\"={}\"}", &answer, 0);
	judge("{\"text\":\"~a\"}", &answer, 1);
	json_decref(answer.json);
}
END_TEST

static void ledger(const char *wanted, const char *lines, size_t findings_wanted)
{
	struct findings findings;
	json_t *first = json(wanted), *second = json(lines);
	findings_init(&findings);
	ledger_expect(first, second, &findings);
	ck_assert_msg((findings.count > 0) == (findings_wanted > 0), "%s", wanted);
	findings_release(&findings);
	json_decref(first);
	json_decref(second);
}

START_TEST(judges_the_ledger)
{
	static const char lines[] = "[{\"lineId\":\"1\",\"kind\":\"collection\",\"relation\":\"contact\",\"image\":{\"a\":1}},"
				    "{\"lineId\":\"2\",\"kind\":\"consultation\",\"seen\":[\"contact:5:1\",\"case:6:2\"]}]";
	ledger("[{\"kind\":\"consultation\",\"seen\":[\"case:6\"]},{\"relation\":\"contact\"}]", lines, 0);
	ledger("[{\"seen\":[\"case:6:2\",\"contact:5\"]},{\"image\":{\"a\":1}}]", lines, 0);
	ledger("[{\"kind\":\"collection\"}]", lines, 1);
	ledger("[]", lines, 1);
	ledger("[]", "[]", 0);
	ledger("[{}]", "[]", 1);
	ledger("[{\"kind\":\"collection\"},{\"kind\":\"collection\"}]", lines, 1);
	ledger("[{\"seen\":[\"case:6:3\"]},{}]", lines, 1);
	ledger("[{\"seen\":[\"case\"]},{\"image\":{\"a\":2}}]", lines, 1);
}
END_TEST

static void fills(const struct variables *variables, const char *text, const char *expected, size_t missing)
{
	struct findings findings;
	json_t *value = json(text);
	findings_init(&findings);
	json_t *filled = variables_apply(variables, value, &findings);
	json_t *wanted = json(expected);
	char *came = json_dumps(filled, JSON_ENCODE_ANY);
	ck_assert_msg(json_equal(filled, wanted) && findings.count == missing, "%s: %s", text, came);
	free(came);
	json_decref(wanted);
	json_decref(filled);
	json_decref(value);
	findings_release(&findings);
}

START_TEST(fills_variables_in)
{
	struct variables variables;
	struct findings findings;
	variables_init(&variables);
	findings_init(&findings);
	json_object_set_new(variables.saved, "n", json_integer(3));
	json_object_set_new(variables.saved, "s", json_string("a b"));
	fills(&variables, "{\"x\":\"${n}\",\"y\":[\"-${n}-${s}\"],\"${s}\":1}", "{\"x\":3,\"y\":[\"-3-a b\"],\"a b\":1}", 0);
	fills(&variables, "\"${x*5}\"", "\"xxxxx\"", 0);
	fills(&variables, "\"$ {n} ${\"", "\"$ {n} ${\"", 0);
	fills(&variables, "\"a${missing}b\"", "\"ab\"", 1);
	fills(&variables, "\"${now+5}\"", "null", 1);
	char *path = variables_path(&variables, "/v1/x?q=${s}&n=${n}", &findings);
	ck_assert_str_eq(path, "/v1/x?q=a%20b&n=3");
	free(path);
	findings_release(&findings);
	variables_release(&variables);
}
END_TEST

START_TEST(tells_moments)
{
	struct variables variables;
	struct findings findings;
	variables_init(&variables);
	findings_init(&findings);
	json_t *words = json("[\"${now-1h}\",\"${now}\",\"${now+30d}\",\"${today}\"]");
	json_t *filled = variables_apply(&variables, words, &findings);
	const char *moments[4];
	for (size_t i = 0; i < 4; i++)
		moments[i] = json_string_value(json_array_get(filled, i));
	ck_assert_uint_eq(strlen(moments[0]), 27);
	ck_assert_int_lt(strcmp(moments[0], moments[1]), 0);
	ck_assert_int_lt(strcmp(moments[1], moments[2]), 0);
	ck_assert_uint_eq(strlen(moments[3]), 10);
	json_decref(filled);
	json_decref(words);
	findings_release(&findings);
	variables_release(&variables);
}
END_TEST

static bool reads(const char *text, struct table *table)
{
	struct directory directory = directory_new();
	struct bytes fault;
	bytes_init(&fault, 1000);
	directory_put(&directory, "rows.yaml", text);
	bool good = table_read(directory_path(&directory, "rows.yaml"), &fault, table);
	ck_assert(good || fault.length > 0);
	bytes_release(&fault);
	directory_remove(&directory);
	return good;
}

START_TEST(reads_tables)
{
	struct table table;
	ck_assert(reads("- name: a\n  body: &b {x: yes, y: 'no', z: 1, t: true, u: null, v: 2026-01-31, w: '1'}\n- body: *b\n", &table));
	json_t *wanted = json("{\"x\":\"yes\",\"y\":\"no\",\"z\":1,\"t\":true,\"u\":null,\"v\":\"2026-01-31\",\"w\":\"1\"}");
	ck_assert(json_equal(json_object_get(json_array_get(table.rows, 0), "body"), wanted));
	ck_assert(json_equal(json_object_get(json_array_get(table.rows, 1), "body"), wanted));
	ck_assert_uint_eq(table.lines[0], 1);
	ck_assert_uint_eq(table.lines[1], 3);
	json_decref(wanted);
	table_release(&table);
	ck_assert(!reads("- {a: 1, a: 2}\n", &table));
	ck_assert(!reads("a: 1\n", &table));
	ck_assert(!reads("- [1\n", &table));
	ck_assert(!reads("", &table));
}
END_TEST

UNIT("api/self", matches_what_is_equal, matches_by_patterns, matches_by_order, matches_within, follows_pointers,
     changes_bodies, judges_answers, judges_the_ledger, fills_variables_in, tells_moments, reads_tables)
