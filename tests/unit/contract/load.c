/* Tests of the contract as a whole: its root, and the questions that it answers. */
#include "contract/contract.h"

#include "support/unit.h"
#include "unit/contract/given.h"

START_TEST(refuses_with_the_line)
{
	static const struct {
		const char *text, *fault;
	} rows[] = {
		{"[]", "line 1: the contract must be an object"},
		{"paths: {}\n", "line 1: \"openapi\" is missing"},
		{"paths: {}\nopenapi: 3.0.3\n", "line 2: \"openapi\" must be 3.1"},
		{"openapi: 3.1.0\n", "line 1: \"paths\" is missing"},
		{"openapi: 3.1.0\npaths: []\n", "line 2: \"paths\" must be an object"},
		{"openapi: 3.1.0\npaths: {}\nwebhooks: {}\n", "line 3: unknown word \"webhooks\" in the root"},
		{"openapi: 3.1.0\npaths: {}\ncomponents: []\n", "line 3: components must be an object"},
		{"openapi: 3.1.0\npaths: {}\ncomponents:\n  links: {}\n", "line 4: unknown word \"links\" in components"},
		{"openapi: 3.1.0\npaths: {}\ncomponents:\n  schemas: []\n", "line 4: \"schemas\" must be an object"},
		{"openapi: 3.1.0\npaths: {}\ncomponents:\n  parameters: []\n", "line 4: \"parameters\" must be an object"},
		{"openapi: 3.1.0\npaths: {}\npaths: {}\n", "line 3: duplicate key \"paths\""},
		{"openapi: 3.1.0\npaths: &a {}\n", "line 2: anchors are not accepted"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		given_is_refused(rows[i].text, rows[i].fault);
}
END_TEST

static const char whole[] =
	"openapi: 3.1.0\n"
	"info: {title: t, version: 0.1.0}\n"
	"servers: [{url: 'https://localhost'}]\n"
	"security: [{client: []}]\n"
	"x-problems: {not_found: {status: 404}}\n"
	"components:\n"
	"  securitySchemes: {client: {type: mutualTLS}}\n"
	"  schemas: {A: {type: string, pattern: '^a$'}}\n"
	"paths:\n"
	"  /v1/a:\n"
	"    get: {operationId: a, tags: [x], x-roles: [r], x-lane: point, x-precondition: none, x-ledger: none,\n"
	"      responses: {'200': {description: d, content: {application/json: {schema: {$ref: '#/components/schemas/A'}}}}}}\n"
	"    post: {operationId: b, tags: [x], x-roles: [r], x-lane: point, x-precondition: none, x-ledger: none,\n"
	"      responses: {'200': {description: d}}}\n";

START_TEST(answers_questions)
{
	struct contract *contract = given_contract(whole);
	struct match match;
	size_t count;
	const struct operation *operations = contract_operations(contract, &count);
	ck_assert_uint_eq(count, 2);
	ck_assert_str_eq(operations[0].id, "a");
	ck_assert_ptr_eq(contract_find(contract, "b"), &operations[1]);
	ck_assert_ptr_null(contract_find(contract, "c"));
	ck_assert_int_eq(contract_match(contract, "POST", "/v1/a", &match), MATCH_FOUND);
	ck_assert_ptr_eq(match.operation, &operations[1]);
	ck_assert_int_eq(contract_match(contract, "PUT", "/v1/a", &match), MATCH_NO_METHOD);
	ck_assert_str_eq(match.allow, "GET, POST");
	ck_assert_int_eq(json_integer_value(json_object_get(
				 json_object_get(contract_member(contract, "x-problems"), "not_found"), "status")),
			 404);
	ck_assert_ptr_null(contract_member(contract, "x-absent"));
	contract_free(contract);
}
END_TEST

START_TEST(gives_itself_as_json)
{
	struct contract *contract = given_contract(whole);
	size_t length;
	const char *text = contract_json(contract, &length);
	ck_assert_uint_eq(strlen(text), length);
	json_t *json = json_loadb(text, length, 0, NULL);
	ck_assert_str_eq(json_string_value(json_object_get(json, "openapi")), "3.1.0");
	ck_assert_ptr_nonnull(strstr(text, "{\"$ref\":\"#/components/schemas/A\"}"));
	ck_assert(json_equal(json_object_get(json, "paths"), contract_member(contract, "paths")));
	json_decref(json);
	contract_free(contract);
}
END_TEST

START_TEST(takes_a_contract_without_components)
{
	contract_free(given_contract("openapi: 3.1.0\npaths: {}\n"));
	contract_free(NULL);
}
END_TEST

/* Cut after every byte: must be refused or accepted, never crash or leak. */
START_TEST(survives_being_cut)
{
	for (size_t length = 0; length < sizeof whole; length++) {
		struct bytes fault;
		struct contract *contract = NULL;
		bytes_init(&fault, 4096);
		if (!contract_load(whole, length, &fault, &contract))
			contract_free(contract);
		else
			ck_assert_ptr_null(contract);
		bytes_release(&fault);
	}
}
END_TEST

static unsigned allocations_left;

static void *allocate(size_t size)
{
	if (!allocations_left)
		return NULL;
	allocations_left--;
	return malloc(size);
}

/* Every allocation of a JSON value fails in turn. */
START_TEST(tells_when_memory_runs_out)
{
	bool done = false;
	json_set_alloc_funcs(allocate, free);
	for (unsigned allocations = 0; allocations < 5000 && !done; allocations++) {
		struct bytes fault;
		struct contract *contract = NULL;
		bytes_init(&fault, 4096);
		allocations_left = allocations;
		enum err error = contract_load(whole, sizeof whole - 1, &fault, &contract);
		done = error == ERR_NONE;
		ck_assert_msg(done || error == ERR_MEMORY, "%s after %u allocations: %s", err_word(error), allocations,
			      bytes_string(&fault));
		contract_free(contract);
		bytes_release(&fault);
	}
	json_set_alloc_funcs(malloc, free);
	ck_assert(done);
}
END_TEST

UNIT("load", tells_when_memory_runs_out, refuses_with_the_line, answers_questions, gives_itself_as_json, takes_a_contract_without_components,
     survives_being_cut)
