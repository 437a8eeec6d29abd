/* Tests of JSON values as text. */
#include "contract/value.h"

#include "support/unit.h"

START_TEST(makes_text)
{
	static const struct {
		const char *json, *text;
	} rows[] = {
		{"\"plain \\\"x\\\"\"", "plain \"x\""},
		{"\"\"", ""},
		{"0", "0"},
		{"-9223372036854775808", "-9223372036854775808"},
		{"0.1", "0.1"},
		{"1e3", "1000"},
		{"1e300", "1e+300"},
		{"0.30000000000000004", "0.30000000000000004"},
		{"true", "true"},
		{"false", "false"},
		{"[1, \"a\", {}]", "[1,\"a\",{}]"},
		{"{\"b\": 1, \"a\": \"\\u20ac\"}", "{\"b\":1,\"a\":\"\xe2\x82\xac\"}"},
	};
	struct arena arena;
	arena_init(&arena, 1 << 20);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const char *text = NULL;
		json_t *value = json_loads(rows[i].json, JSON_DECODE_ANY, NULL);
		ck_assert_int_eq(value_text(&arena, value, &text), ERR_NONE);
		ck_assert_str_eq(text, rows[i].text);
		json_decref(value);
	}
	arena_release(&arena);
}
END_TEST

START_TEST(null_is_no_text)
{
	struct arena arena;
	const char *text = "before";
	arena_init(&arena, 1 << 20);
	ck_assert_int_eq(value_text(&arena, json_null(), &text), ERR_NONE);
	ck_assert_ptr_null(text);
	arena_release(&arena);
}
END_TEST

START_TEST(tells_when_memory_runs_out)
{
	struct arena arena;
	const char *text = "before";
	json_t *value = json_pack("[s]", "x");
	arena_init(&arena, 1);
	ck_assert_int_eq(value_text(&arena, value, &text), ERR_MEMORY);
	ck_assert_str_eq(text, "before");
	json_decref(value);
	arena_release(&arena);
}
END_TEST

UNIT("value", makes_text, null_is_no_text, tells_when_memory_runs_out)
