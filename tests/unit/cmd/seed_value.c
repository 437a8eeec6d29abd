/* Filling in, finding and comparing values of steps. */
#include "seed_value.h"

#include <string.h>

#include "support/unit.h"

static struct bytes fault;

static json_t *read_json(const char *text)
{
	json_t *value = json_loads(text, JSON_DECODE_ANY, NULL);
	ck_assert_ptr_nonnull(value);
	return value;
}

static enum err fill(const char *pattern, const char *variables, json_t **filled)
{
	json_t *from = read_json(pattern), *with = read_json(variables);
	bytes_init(&fault, 1024);
	enum err error = seed_fill(from, with, &fault, filled);
	json_decref(from);
	json_decref(with);
	return error;
}

static bool matches(const char *expected, const char *actual)
{
	json_t *wanted = read_json(expected), *given = read_json(actual);
	bytes_init(&fault, 4096);
	bool same = seed_matches(wanted, given, &fault);
	json_decref(wanted);
	json_decref(given);
	return same;
}

START_TEST(fills_in_whole_values_and_parts_of_texts)
{
	json_t *filled = NULL, *expected = read_json("{\"n\": 3, \"t\": \"/v1/x/abc/3\", \"l\": [\"abc\", 1, null]}");
	ck_assert_int_eq(fill("{\"n\": \"${n}\", \"t\": \"/v1/x/${id}/${n}\", \"l\": [\"${id}\", 1, null]}",
			      "{\"n\": 3, \"id\": \"abc\"}", &filled), ERR_NONE);
	ck_assert(json_equal(filled, expected));
	json_decref(filled);
	json_decref(expected);
	bytes_release(&fault);
}
END_TEST

START_TEST(names_a_variable_that_is_missing)
{
	json_t *filled = NULL;
	ck_assert_int_eq(fill("[\"a ${gone} b\"]", "{}", &filled), ERR_INPUT);
	ck_assert_ptr_null(filled);
	ck_assert_ptr_nonnull(strstr(bytes_string(&fault), "${gone}"));
	bytes_release(&fault);
	ck_assert_int_eq(fill("\"${open\"", "{\"open\": 1}", &filled), ERR_INPUT);
	bytes_release(&fault);
}
END_TEST

START_TEST(finds_values_at_paths)
{
	json_t *value = read_json("{\"items\": [{\"kind\": \"idva\", \"id\": \"1\"}, {\"kind\": \"marac\", \"id\": \"2\"}], \"a\": {\"b\": 5}}");
	ck_assert_str_eq(json_string_value(seed_find(value, "items[kind=marac].id")), "2");
	ck_assert_str_eq(json_string_value(seed_find(value, "items[0].id")), "1");
	ck_assert_int_eq(json_integer_value(seed_find(value, "a.b")), 5);
	ck_assert_ptr_null(seed_find(value, "items[kind=housing].id"));
	ck_assert_ptr_null(seed_find(value, "a.c.d"));
	ck_assert_ptr_null(seed_find(value, "items[2]"));
	json_decref(value);
}
END_TEST

START_TEST(an_answer_may_have_more_than_expected)
{
	ck_assert(matches("{\"a\": 1, \"l\": [{\"c\": \"y\"}]}", "{\"a\": 1, \"b\": 2, \"l\": [{\"c\": \"x\"}, {\"c\": \"y\", \"d\": 1}]}"));
	bytes_release(&fault);
	ck_assert(matches("[]", "[]"));
	bytes_release(&fault);
}
END_TEST

START_TEST(a_difference_says_where)
{
	ck_assert(!matches("{\"a\": {\"b\": 1}, \"l\": [\"z\"]}", "{\"a\": {\"b\": 2}, \"l\": [\"x\"]}"));
	ck_assert_ptr_nonnull(strstr(bytes_string(&fault), "a.b: expected 1, got 2"));
	ck_assert_ptr_nonnull(strstr(bytes_string(&fault), "l: expected [\"z\"]"));
	bytes_release(&fault);
	ck_assert(!matches("[]", "[1]"));
	bytes_release(&fault);
	ck_assert(!matches("{\"a\": null}", "{}"));
	bytes_release(&fault);
	ck_assert(!matches("{\"a\": 1}", "\"a\""));
	bytes_release(&fault);
}
END_TEST

UNIT("seed_value", fills_in_whole_values_and_parts_of_texts, names_a_variable_that_is_missing, finds_values_at_paths,
     an_answer_may_have_more_than_expected, a_difference_says_where)
