/* Tests of parameters: what is refused, and what an input becomes of them. */
#include "contract/parameter.h"

#include "support/unit.h"
#include "unit/contract/given.h"

/* The parameter stands at line 5. */
#define TEXT                                                                                              \
	"openapi: 3.1.0\n"                                                                                \
	"info: {title: t, version: 0.1.0}\n"                                                              \
	"components:\n"                                                                                   \
	"  parameters:\n"                                                                                 \
	"    one: %s\n"                                                                                   \
	"  schemas:\n"                                                                                    \
	"    Limit: {type: integer, default: 50}\n"                                                       \
	"paths:\n"                                                                                        \
	"  /v1/given:\n"                                                                                  \
	"    get: {operationId: given, tags: [given], x-roles: [reader], x-lane: point, x-precondition: none, x-ledger: none,\n" \
	"      parameters: [{$ref: '#/components/parameters/one'}], responses: {'200': {description: d}}}\n"

static char *text_of(const char *parameter)
{
	char *text = NULL;
	ck_assert_int_gt(asprintf(&text, TEXT, parameter), 0);
	return text;
}

START_TEST(refuses_with_the_line)
{
	static const struct {
		const char *parameter, *fault;
	} rows[] = {
		{"7", "line 5: a parameter must be an object"},
		{"{name: a, in: query, schema: {type: string},\n      style: form}", "line 6: unknown word \"style\" in a parameter"},
		{"{name: a, in: cookie, schema: {type: string}}", "line 5: \"in\" knows no \"cookie\""},
		{"{name: a, schema: {type: string}}", "line 5: \"in\" is missing"},
		{"{in: query, schema: {type: string}}", "line 5: \"name\" is missing"},
		{"{name: 7, in: query, schema: {type: string}}", "line 5: \"name\" must be a text"},
		{"{name: A-b, in: query, schema: {type: string}}", "line 5: \"A-b\" is no name for an input"},
		{"{name: If-Match, in: header, schema: {type: string}}", "line 5: \"x-name\" is missing"},
		{"{name: If-Match, in: header,\n      x-name: If, schema: {type: string}}", "line 6: \"If\" is no name"},
		{"{name: a, in: query, x-name: b, schema: {type: string}}", "line 5: \"x-name\" is for headers"},
		{"{name: a, in: query}", "line 5: \"schema\" is missing"},
		{"{name: a, in: query, schema: {type: [string, 'null']}}", "line 5: a parameter's type must be"},
		{"{name: a, in: query, schema: {type: array}}", "line 5: a parameter's type must be"},
		{"{name: a, in: query, schema: {}}", "line 5: a parameter's type must be"},
		{"{name: a, in: query, required: 1, schema: {type: string}}", "line 5: \"required\" must be true or false"},
		{"{name: a, in: path, schema: {type: string}}", "line 5: a path parameter must be \"required: true\""},
		{"{name: a, in: query, schema: {type: integer, default: x}}", "line 5: the default of \"a\""},
		{"{name: a, in: query, required: true, schema: {type: integer, default: 1}}", "line 5: a required parameter's default"},
		{"{name: a, in: path, required: true, schema: {type: string}}", "line 10: the path has no {a}"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char *text = text_of(rows[i].parameter);
		given_is_refused(text, rows[i].fault);
		free(text);
	}
}
END_TEST

START_TEST(becomes_an_input)
{
	static const struct {
		const char *parameter, *name, *header, *pointer, *fallback;
		enum place place;
		bool required;
	} rows[] = {
		{"{name: limit, in: query, schema: {$ref: '#/components/schemas/Limit'}}", "limit", NULL, "query:limit", "50",
		 PLACE_QUERY, false},
		{"{name: limit, in: query, schema: {$ref: '#/components/schemas/Limit', default: 20}}", "limit", NULL,
		 "query:limit", "20", PLACE_QUERY, false},
		{"{name: open, in: query, required: true, description: d, example: true, deprecated: true, schema: {type: boolean}}",
		 "open", NULL, "query:open", NULL, PLACE_QUERY, true},
		{"{name: On-Behalf-Of, in: header, x-name: onBehalfOf, required: true, schema: {type: string}}", "onBehalfOf",
		 "On-Behalf-Of", "header:On-Behalf-Of", NULL, PLACE_HEADER, true},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char *text = text_of(rows[i].parameter);
		struct contract *contract = given_contract(text);
		const struct operation *operation = contract_find(contract, "given");
		ck_assert_uint_eq(operation->input_count, 1);
		const struct input *input = &operation->inputs[0];
		ck_assert_str_eq(input->name, rows[i].name);
		ck_assert_pstr_eq(input->header, rows[i].header);
		ck_assert_str_eq(input->pointer, rows[i].pointer);
		ck_assert_pstr_eq(input->fallback, rows[i].fallback);
		ck_assert_int_eq(input->place, rows[i].place);
		ck_assert_int_eq(input->required, rows[i].required);
		ck_assert_ptr_null(input->schema->reference);
		contract_free(contract);
		free(text);
	}
}
END_TEST

UNIT("parameter", refuses_with_the_line, becomes_an_input)
