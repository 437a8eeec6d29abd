/* Tests of request bodies and responses: what is refused, and what an operation becomes of them. */
#include "contract/message.h"

#include "support/unit.h"
#include "unit/contract/given.h"

/* The words under test stand at line 12. */
#define TEXT                                                                                              \
	"openapi: 3.1.0\n"                                                                                \
	"info: {title: t, version: 0.1.0}\n"                                                              \
	"components:\n"                                                                                   \
	"  headers:\n"                                                                                    \
	"    ETag: {description: d, required: true, schema: {type: string}, example: x, deprecated: false}\n" \
	"  responses:\n"                                                                                  \
	"    Problem: {description: d, headers: {ETag: {$ref: '#/components/headers/ETag'}}, content: {application/problem+json: {schema: {type: object}}}}\n" \
	"    Thing: {description: d, content: {application/json: {schema: {type: array}}, text/csv: {schema: {type: string}}}}\n" \
	"paths:\n"                                                                                        \
	"  /v1/given:\n"                                                                                  \
	"    post: {operationId: given, tags: [given], x-roles: [reader], x-lane: point, x-precondition: none, x-ledger: none,\n" \
	"      %s}\n"

#define OK "responses: {'200': {description: d}}"
#define OBJECT "{type: object, additionalProperties: false}"

static char *text_of(const char *words)
{
	char *text = NULL;
	ck_assert_int_gt(asprintf(&text, TEXT, words), 0);
	return text;
}

START_TEST(refuses_with_the_line)
{
	static const struct {
		const char *words, *fault;
	} rows[] = {
		{"requestBody: 7, " OK, "line 12: a requestBody must be an object"},
		{"requestBody: {content: {application/json: {schema: " OBJECT "}}}, " OK,
		 "line 12: a requestBody must be \"required: true\""},
		{"requestBody: {required: true}, " OK, "line 12: a requestBody must have exactly one media type"},
		{"requestBody: {required: true, content: {application/json: {schema: " OBJECT "}, text/plain: {}}}, " OK,
		 "line 12: a requestBody must have exactly one"},
		{"requestBody: {required: true, content: {\n      text/plain: {}}}, " OK, "line 13: a requestBody must be application/json"},
		{"requestBody: {required: true, content: {application/json: {}}}, " OK, "line 12: \"schema\" is missing"},
		{"requestBody: {required: true, content: {application/json: {schema: {}, encoding: {}}}}, " OK,
		 "line 12: unknown word \"encoding\" in a media type"},
		{"requestBody: {required: true, content: {application/json: {schema: {type: object}}}}, " OK,
		 "line 12: an object in a body must state additionalProperties"},
		{"requestBody: {required: true, content: {application/json: {schema: {type: array, items: {\n  type: [object, string]}}}}}, " OK,
		 "line 12: an object in a body must state additionalProperties"},
		{"requestBody: {required: true, content: {application/json: {schema: {type: object, additionalProperties: false, properties: {\n  a: {type: object}}}}}}, " OK,
		 "line 13: an object in a body must state additionalProperties"},
		{"requestBody: {required: true, content: {application/json: {schema: {type: object, additionalProperties: {type: object}}}}}, " OK,
		 "line 12: an object in a body must state additionalProperties"},
		{"requestBody: {required: true, content: {application/json: {schema: {type: object, additionalProperties: false, properties: {\n  A: {}}}}}}, " OK,
		 "line 13: \"A\" is no name for an input"},
		{"requestBody: {required: true, content: {application/json: {schema: {type: object, additionalProperties: false, properties: {\n  a: {type: string, default: 1}}}}}}, " OK,
		 "line 13: the default of \"a\""},
		{"parameters: [{name: a, in: query, schema: {type: string}}], requestBody: {required: true, content: {application/json: {schema: {type: object, additionalProperties: false, properties: {\n  a: {}}}}}}, " OK,
		 "line 13: a second input \"a\" in given"},
		{"summary: none", "line 11: no status of success in responses"},
		{"responses: []", "line 12: \"responses\" must be an object"},
		{"responses: {}", "line 12: no status of success"},
		{"responses: {default: {description: d}, '404': {description: d}}", "line 12: no status of success"},
		{"responses: {'200': {description: d},\n  '201': {description: d}}", "line 13: a second status of success"},
		{"responses: {'2XX': {description: d}}", "line 12: \"2XX\" is no status"},
		{"responses: {'200': {}}", "line 12: \"description\" is missing"},
		{"responses: {'200': {description: d, links: {}}}", "line 12: unknown word \"links\" in a response"},
		{"responses: {'200': {$ref: '#/components/responses/None'}}", "line 12: components.responses has no \"None\""},
		{"responses: {'200': {$ref: '#/components/schemas/Thing'}}", "line 12: a reference here must be"},
		{"responses: {'200': {$ref: '#/components/responses/Thing', description: d}}", "line 12: nothing can stand beside"},
		{"responses: {'200': {description: d, headers: {A: {$ref: '#/components/headers/None'}}}}",
		 "line 12: components.headers has no \"None\""},
		{"responses: {'200': {description: d, headers: {A: {style: x}}}}", "line 12: unknown word \"style\" in a header"},
		{"responses: {'200': {description: d, content: {text/csv: {schema: {foo: 1}}}}}", "line 12: unknown word \"foo\""},
		{"responses: {'200': {description: d}, '404': {description: d, content: {a/b: {schema: {foo: 1}}}}}",
		 "line 12: unknown word \"foo\""},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char *text = text_of(rows[i].words);
		given_is_refused(text, rows[i].fault);
		free(text);
	}
}
END_TEST

START_TEST(refuses_faulty_components_that_nobody_uses)
{
	given_is_refused("openapi: 3.1.0\npaths: {}\ncomponents:\n  responses:\n    A:\n      foo: 1\n",
			 "line 6: unknown word \"foo\" in a response");
	given_is_refused("openapi: 3.1.0\npaths: {}\ncomponents:\n  headers:\n    A:\n      foo: 1\n",
			 "line 6: unknown word \"foo\" in a header");
}
END_TEST

START_TEST(knows_success)
{
	static const struct {
		const char *words;
		unsigned status;
		bool answers;
	} rows[] = {
		{OK, 200, false},
		{"responses: {204: {description: d}}", 204, false},
		{"responses: {'200': {$ref: '#/components/responses/Thing'}, default: {$ref: '#/components/responses/Problem'}}", 200,
		 true},
		{"responses: {'404': {$ref: '#/components/responses/Problem'}, '201': {description: d, content: {application/json: {schema: {type: object}, example: {}}}}}",
		 201, true},
		{"responses: {'200': {description: d, content: {text/csv: {}}}}", 200, false},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char *text = text_of(rows[i].words);
		struct contract *contract = given_contract(text);
		const struct operation *operation = contract_find(contract, "given");
		ck_assert_uint_eq(operation->status, rows[i].status);
		ck_assert_int_eq(operation->answer != NULL, rows[i].answers);
		ck_assert_ptr_null(operation->body);
		contract_free(contract);
		free(text);
	}
}
END_TEST

START_TEST(knows_bodies)
{
	char *text = text_of("requestBody: {required: true, description: d, content: {application/merge-patch+json: {schema: {type: object, "
			     "additionalProperties: false, required: [b], properties: {a: {type: integer, default: 3}, b: {type: string}, "
			     "c: {type: string, readOnly: true}}}}}}, " OK);
	struct contract *contract = given_contract(text);
	const struct operation *operation = contract_find(contract, "given");
	ck_assert_str_eq(operation->body_type, "application/merge-patch+json");
	ck_assert_ptr_nonnull(operation->body);
	ck_assert_uint_eq(operation->input_count, 2);
	ck_assert_str_eq(operation->inputs[0].name, "a");
	ck_assert_str_eq(operation->inputs[0].pointer, "/a");
	ck_assert_ptr_null(operation->inputs[0].fallback);
	ck_assert(!operation->inputs[0].required);
	ck_assert(operation->inputs[1].required);
	ck_assert_int_eq(operation->inputs[1].place, PLACE_BODY);
	contract_free(contract);
	free(text);
}
END_TEST

UNIT("message", refuses_with_the_line, refuses_faulty_components_that_nobody_uses, knows_success, knows_bodies)
