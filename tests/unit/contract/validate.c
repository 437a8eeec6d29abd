/* Tests of values against schemas: which faults, where, in which order. */
#include "contract/validate.h"

#include "support/unit.h"
#include "unit/contract/given.h"

struct row {
	const char *schema, *json, *faults;
};

static void check_row(const struct row *row)
{
	struct arena arena;
	struct faults faults;
	struct contract *contract = given_schema(row->schema);
	json_t *value = json_loads(row->json, JSON_DECODE_ANY, NULL);
	ck_assert_msg(value != NULL, "%s", row->json);
	arena_init(&arena, 4 << 20);
	const struct schema *schema = contract_find(contract, "given")->answer;
	enum err error = contract_check_value(schema, value, &arena, &faults);
	const char *told = given_told(&arena, &faults);
	ck_assert_msg(!strcmp(told, row->faults), "%s of %s: \"%s\" instead of \"%s\"", row->json, row->schema, told,
		      row->faults);
	ck_assert_int_eq(error, *row->faults ? ERR_INPUT : ERR_NONE);
	arena_release(&arena);
	json_decref(value);
	contract_free(contract);
}

static void check_rows(const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++)
		check_row(&rows[i]);
}

#define CHECK_ROWS(rows) check_rows(rows, sizeof(rows) / sizeof *(rows))

START_TEST(checks_types)
{
	static const struct row rows[] = {
		{"{}", "{\"a\": [1, null, {\"b\": 2.5}]}", ""},
		{"{type: string}", "\"x\"", ""},
		{"{type: string}", "1", " wrong_type"},
		{"{type: string}", "null", " wrong_type"},
		{"{type: [string, 'null']}", "null", ""},
		{"{type: integer}", "3", ""},
		{"{type: integer}", "-9223372036854775808", ""},
		{"{type: integer}", "3.5", " wrong_type"},
		{"{type: integer}", "3.0", " wrong_type"},
		{"{type: integer}", "\"3\"", " wrong_type"},
		{"{type: number}", "3", ""},
		{"{type: number}", "3.5", ""},
		{"{type: number}", "true", " wrong_type"},
		{"{type: boolean}", "false", ""},
		{"{type: boolean}", "0", " wrong_type"},
		{"{type: array}", "[1]", ""},
		{"{type: array}", "{}", " wrong_type"},
		{"{type: object}", "{\"a\": 1}", ""},
		{"{type: object}", "[]", " wrong_type"},
		{"{type: 'null'}", "null", ""},
	};
	CHECK_ROWS(rows);
}
END_TEST

START_TEST(checks_choices)
{
	static const struct row rows[] = {
		{"{type: string, enum: [red, green]}", "\"green\"", ""},
		{"{type: string, enum: [red, green]}", "\"gree\"", " not_in_enumeration"},
		{"{type: string, enum: [red, green]}", "\"greene\"", " not_in_enumeration"},
		{"{type: [string, 'null'], enum: [red, null]}", "null", ""},
		{"{enum: [1, [2], {a: 3}]}", "{\"a\": 3}", ""},
		{"{enum: [1, [2], {a: 3}]}", "[3]", " not_in_enumeration"},
		{"{const: 7}", "7", ""},
		{"{const: 7}", "8", " not_the_constant"},
		{"{type: string, const: x}", "\"x\"", ""},
		{"{type: string, const: x}", "\"y\"", " not_the_constant"},
		{"{$ref: '#/components/schemas/Word'}", "\"blue\"", " not_in_enumeration"},
	};
	CHECK_ROWS(rows);
}
END_TEST

START_TEST(checks_strings)
{
	static const struct row rows[] = {
		{"{type: string, minLength: 2, maxLength: 3}", "\"a\"", " too_short"},
		{"{type: string, minLength: 2, maxLength: 3}", "\"\\u20ac\\u20ac\\u20ac\"", ""},
		{"{type: string, minLength: 2, maxLength: 3}", "\"\\ud83d\\ude00abc\"", " too_long"},
		{"{type: string, minLength: 2, maxLength: 3}", "\"\\ud83d\\ude00ab\"", ""},
		{"{type: string, format: uuid}", "\"01890a5d-ac96-774b-bcce-b302099a8057\"", ""},
		{"{type: string, format: uuid}", "\"01890a5dac96774bbcceb302099a8057\"", " not_a_uuid"},
		{"{type: string, format: date}", "\"2026-02-28\"", ""},
		{"{type: string, format: date}", "\"2026-02-29\"", " not_a_date"},
		{"{type: string, format: date-time}", "\"2026-01-31T23:59:59Z\"", ""},
		{"{type: string, format: date-time}", "\"2026-01-31T23:59:59\"", " not_an_instant"},
		{"{type: string, pattern: '^[A-Z]{2}-[0-9]+$'}", "\"WM-17\"", ""},
		{"{type: string, pattern: '^[A-Z]{2}-[0-9]+$'}", "\"WM-\"", " wrong_pattern"},
		{"{type: string, pattern: '^[A-Z]+$'}", "\"WM\\nx\"", " wrong_pattern"},
		{"{type: string}", "\"line\\nand\\ttab\"", ""},
		{"{type: string}", "\"a\\u0007\"", " control_character"},
		{"{type: string}", "\"a\\r\\n\"", " control_character"},
		{"{type: string}", "\"a\\u0085\"", " control_character"},
		{"{type: string, maxLength: 1, format: uuid, pattern: x}", "\"\\u0001a\"", " control_character"},
		{"{}", "{\"a\": [\"\\u0007\"]}", "/a/0 control_character"},
		{"{}", "{\"a\\u0007\": 1}", "/a\x07 control_character"},
	};
	CHECK_ROWS(rows);
}
END_TEST

START_TEST(checks_numbers)
{
	static const struct row rows[] = {
		{"{type: integer, minimum: 1, maximum: 200}", "1", ""},
		{"{type: integer, minimum: 1, maximum: 200}", "200", ""},
		{"{type: integer, minimum: 1, maximum: 200}", "0", " too_small"},
		{"{type: integer, minimum: 1, maximum: 200}", "201", " too_large"},
		{"{type: integer, maximum: 9007199254740992}", "9007199254740993", " too_large"},
		{"{type: number, minimum: 0.5}", "0.5", ""},
		{"{type: number, minimum: 0.5}", "0.25", " too_small"},
		{"{type: number, maximum: 10}", "10.5", " too_large"},
	};
	CHECK_ROWS(rows);
}
END_TEST

START_TEST(checks_arrays)
{
	static const struct row rows[] = {
		{"{type: array, items: {type: integer}}", "[1, \"a\", 2, null]", "/1 wrong_type; /3 wrong_type"},
		{"{type: array, minItems: 1}", "[]", " too_few_items"},
		{"{type: array, maxItems: 2, items: {type: integer}}", "[1, 2, \"a\"]", " too_many_items"},
		{"{type: array, maxItems: 9, uniqueItems: true}", "[1, 2, 1, {\"a\": 1}, {\"a\": 1}]",
		 "/2 not_unique; /4 not_unique"},
		{"{type: array, maxItems: 9, uniqueItems: true}", "[1, 1, 1]", "/1 not_unique; /2 not_unique"},
		{"{type: array, maxItems: 9, uniqueItems: true}", "[1, \"1\", 1.0, null]", ""},
	};
	CHECK_ROWS(rows);
}
END_TEST

#define PERSON                                                                                                \
	"{type: object, additionalProperties: false, required: [name, born], properties: {"                   \
	"name: {type: string, maxLength: 5}, born: {type: string, format: date}, note: {type: string}, "      \
	"id: {type: string, readOnly: true}}}"

START_TEST(checks_objects)
{
	static const struct row rows[] = {
		{PERSON, "{\"name\": \"Ada\", \"born\": \"1990-12-10\", \"id\": \"1\"}", ""},
		{PERSON, "{}", "/name required; /born required"},
		{PERSON, "{\"zzz\": 1, \"note\": 2, \"born\": \"x\"}",
		 "/zzz unknown_member; /note wrong_type; /born not_a_date; /name required"},
		{PERSON, "{\"name\": null, \"born\": null}", "/name wrong_type; /born wrong_type"},
		{PERSON, "{\"name\": \"Ada\", \"born\": \"1990-12-10\", \"a/b~c\": 1}", "/a~1b~0c unknown_member"},
		{"{type: object, additionalProperties: {type: integer}}", "{\"a\": 1, \"b\": \"x\"}", "/b wrong_type"},
		{"{type: object, minProperties: 1}", "{}", " too_few_members"},
		{"{type: object, maxProperties: 1}", "{\"a\": 1, \"b\": 2}", " too_many_members"},
		{"{type: object, properties: {a: {type: object, properties: {b: {type: array, items: {type: string}}}}}}",
		 "{\"a\": {\"b\": [\"x\", {}, 3]}}", "/a/b/1 wrong_type; /a/b/2 wrong_type"},
		{"{$ref: '#/components/schemas/Node'}", "{\"next\": {\"list\": [{}, {\"next\": 1, \"x\": 2}]}}",
		 "/next/list/1/next wrong_type; /next/list/1/x unknown_member"},
		{"{allOf: [{$ref: '#/components/schemas/Other'}, {type: object, required: [b], properties: {b: {type: integer}}}], "
		 "required: [a], unevaluatedProperties: false}\n    Other: {type: object, properties: {a: {type: string}}}",
		 "{\"c\": 1, \"b\": \"x\"}", "/c unknown_member; /b wrong_type; /a required"},
	};
	CHECK_ROWS(rows);
}
END_TEST

START_TEST(cuts_long_names)
{
	struct arena arena;
	struct faults faults;
	struct contract *contract = given_schema(PERSON);
	arena_init(&arena, 1 << 20);
	/* 63 letters, then a character of three bytes that would be cut in two */
	json_t *value = json_loads("{\"name\": \"Ada\", \"born\": \"1990-12-10\","
				   "\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\\u20acyyyy\": 1}",
				   0, NULL);
	ck_assert_int_eq(contract_check_value(contract_find(contract, "given")->answer, value, &arena, &faults), ERR_INPUT);
	ck_assert_uint_eq(faults.count, 1);
	ck_assert_str_eq(faults.list[0].pointer, "/xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx");
	json_decref(value);
	arena_release(&arena);
	contract_free(contract);
}
END_TEST

START_TEST(stops_after_a_hundred)
{
	struct arena arena;
	struct faults faults;
	struct contract *contract = given_schema("{type: array, items: {type: string}}");
	json_t *value = json_array();
	for (int i = 0; i < CONTRACT_FAULTS_MAXIMUM; i++)
		json_array_append_new(value, json_integer(i));
	arena_init(&arena, 1 << 20);
	const struct schema *schema = contract_find(contract, "given")->answer;
	ck_assert_int_eq(contract_check_value(schema, value, &arena, &faults), ERR_INPUT);
	ck_assert_uint_eq(faults.count, CONTRACT_FAULTS_MAXIMUM);
	ck_assert(!faults.truncated);
	json_array_append_new(value, json_integer(1));
	ck_assert_int_eq(contract_check_value(schema, value, &arena, &faults), ERR_INPUT);
	ck_assert_uint_eq(faults.count, CONTRACT_FAULTS_MAXIMUM);
	ck_assert(faults.truncated);
	ck_assert_str_eq(faults.list[99].pointer, "/99");
	json_decref(value);
	arena_release(&arena);
	contract_free(contract);
}
END_TEST

START_TEST(stops_at_a_depth)
{
	struct arena arena;
	struct faults faults;
	struct contract *contract = given_schema("{$ref: '#/components/schemas/Node'}");
	json_t *value = json_object();
	for (int i = 0; i < 1000; i++)
		value = json_pack("{s:o}", "next", value);
	arena_init(&arena, 1 << 20);
	ck_assert_int_eq(contract_check_value(contract_find(contract, "given")->answer, value, &arena, &faults), ERR_INPUT);
	ck_assert_uint_eq(faults.count, 1);
	ck_assert_str_eq(faults.list[0].code, "too_deep");
	json_decref(value);
	arena_release(&arena);
	contract_free(contract);
}
END_TEST

START_TEST(details_say_what_would_be_right_and_echo_nothing)
{
	static const struct {
		const char *schema, *json, *detail;
	} rows[] = {
		{"{type: [integer, 'null']}", "\"SECRET\"", "Must be a whole number without a fraction or exponent or null."},
		{"{type: string, enum: [red, green]}", "\"SECRET\"", "Must be one of: red, green."},
		{"{type: string, maxLength: 3}", "\"SECRET\"", "Must have at most 3 characters."},
		{"{type: string, minLength: 1}", "\"\"", "Must have at least 1 character."},
		{"{type: string, pattern: '^[a-z]$'}", "\"SECRET\"", "Must match the pattern ^[a-z]$"},
		{"{type: integer, minimum: 5}", "1", "Must be at least 5."},
		{"{const: {a: 1}}", "\"SECRET\"", "Must be the one value that the contract states."},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct arena arena;
		struct faults faults;
		struct contract *contract = given_schema(rows[i].schema);
		json_t *value = json_loads(rows[i].json, JSON_DECODE_ANY, NULL);
		arena_init(&arena, 1 << 20);
		ck_assert_int_eq(contract_check_value(contract_find(contract, "given")->answer, value, &arena, &faults),
				 ERR_INPUT);
		ck_assert_str_eq(faults.list[0].detail, rows[i].detail);
		json_decref(value);
		arena_release(&arena);
		contract_free(contract);
	}
}
END_TEST

START_TEST(tells_when_memory_runs_out)
{
	struct arena arena;
	struct faults faults;
	struct contract *contract = given_schema("{type: string}");
	json_t *value = json_integer(1);
	arena_init(&arena, 4);
	ck_assert_int_eq(contract_check_value(contract_find(contract, "given")->answer, value, &arena, &faults), ERR_MEMORY);
	json_decref(value);
	arena_release(&arena);
	contract_free(contract);
}
END_TEST

UNIT("validate", checks_types, checks_choices, checks_strings, checks_numbers, checks_arrays, checks_objects,
     cuts_long_names, stops_after_a_hundred, stops_at_a_depth, details_say_what_would_be_right_and_echo_nothing,
     tells_when_memory_runs_out)
