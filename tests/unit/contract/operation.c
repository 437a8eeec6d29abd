/* Tests of paths and operations: what is refused, and what is read. */
#include "contract/operation.h"

#include "support/unit.h"
#include "unit/contract/given.h"

/* Lines 1 to 4; what is under test begins at line 5. */
#define HEAD                                                                                              \
	"openapi: 3.1.0\n"                                                                                \
	"info: {title: t, version: 0.1.0}\n"                                                              \
	"tags: [{name: cases}, {name: question-sets}]\n"                                                  \
	"paths:\n"
#define OK "responses: {'200': {description: d}}"
#define ID "operationId: given, "
#define REST "tags: [cases], x-roles: [reader], x-lane: point, x-precondition: none, x-ledger: none, " OK
#define GET(words) HEAD "  /v1/given:\n    get: {" words "}\n" /* at line 6 */

START_TEST(refuses_with_the_line)
{
	static const struct {
		const char *text, *fault;
	} rows[] = {
		{HEAD "  /v1/given: 7\n", "line 5: a path must be an object"},
		{HEAD "  /v1/given:\n    trace: {}\n", "line 6: unknown word \"trace\" in a path"},
		{HEAD "  /v1/given:\n    get: 7\n", "line 6: an operation must be an object"},
		{GET(REST), "line 6: \"operationId\" is missing"},
		{GET(ID REST ", callbacks: {}"), "line 6: unknown word \"callbacks\" in an operation"},
		{GET(ID REST ",\n      x-lanes: 1"), "line 7: unknown word \"x-lanes\" in an operation"},
		{GET("operationId: Given, " REST), "line 6: an operationId must be"},
		{HEAD "  /v1/a:\n    get: {" ID REST "}\n    post: {" ID REST "}\n", "line 7: another operation has this operationId"},
		{GET(ID "x-roles: [a], x-lane: point, x-precondition: none, x-ledger: none, " OK), "line 6: \"tags\" must hold exactly one"},
		{GET(ID "tags: [cases, x], x-roles: [a], x-lane: point, x-precondition: none, x-ledger: none, " OK),
		 "line 6: \"tags\" must hold exactly one"},
		{GET(ID "tags: [Cases], x-roles: [a], x-lane: point, x-precondition: none, x-ledger: none, " OK), "line 6: a tag must be"},
		{GET(ID "tags: [../x], x-roles: [a], x-lane: point, x-precondition: none, x-ledger: none, " OK), "line 6: a tag must be"},
		{GET(ID "tags: [people], x-roles: [a], x-lane: point, x-precondition: none, x-ledger: none, " OK),
		 "line 6: the root's tags do not have this one"},
		{GET(ID "tags: [cases], x-lane: point, x-precondition: none, x-ledger: none, " OK), "line 6: \"x-roles\" must say who"},
		{GET(ID "tags: [cases], x-roles: [], x-lane: point, x-precondition: none, x-ledger: none, " OK),
		 "line 6: \"x-roles\" must say who"},
		{GET(ID "tags: [cases], x-roles: reader, x-lane: point, x-precondition: none, x-ledger: none, " OK),
		 "line 6: \"x-roles\" must say who"},
		{GET(ID "tags: [cases], x-roles: [Reader], x-lane: point, x-precondition: none, x-ledger: none, " OK),
		 "line 6: \"x-roles\" must list words"},
		{GET(ID REST ", x-public: true"), "line 6: what is public has no \"x-roles\""},
		{GET(ID REST ", x-public: 1"), "line 6: \"x-public\" must be true or false"},
		{GET(ID REST ", x-list: 1"), "line 6: \"x-list\" must be true or false"},
		{GET(ID "tags: [cases], x-roles: [a], x-precondition: none, x-ledger: none, " OK), "line 6: \"x-lane\" is missing"},
		{GET(ID "tags: [cases], x-roles: [a], x-lane: fast, x-precondition: none, x-ledger: none, " OK),
		 "line 6: \"x-lane\" knows no \"fast\""},
		{GET(ID "tags: [cases], x-roles: [a], x-lane: point, x-ledger: none, " OK), "line 6: \"x-precondition\" is missing"},
		{GET(ID "tags: [cases], x-roles: [a], x-lane: point, x-precondition: maybe, x-ledger: none, " OK),
		 "line 6: \"x-precondition\" knows no \"maybe\""},
		{GET(ID "tags: [cases], x-roles: [a], x-lane: point, x-precondition: none, " OK), "line 6: \"x-ledger\" is missing"},
		{GET(ID "tags: [cases], x-roles: [a], x-lane: point, x-precondition: none, x-ledger: look, " OK),
		 "line 6: \"x-ledger\" knows no \"look\""},
		{GET(ID REST ", x-location: '/v1/others/{newId}'"), "line 5: no GET answers the x-location of given"},
		{GET(ID REST ", x-location: '/v1/given/{newId'"), "line 5: no GET answers the x-location of given"},
		{GET(ID REST ", parameters: {}"), "line 6: \"parameters\" must be a list"},
		{GET(ID REST ", parameters: [{$ref: '#/components/parameters/x'}]"), "line 6: components.parameters has no \"x\""},
		{GET(ID REST ", parameters: [{name: a, in: query, schema: {type: string}},\n      {name: a, in: query, schema: {type: string}}]"),
		 "line 7: a second input \"a\" in given"},
		{HEAD "  /v1/{a}:\n    get: {" ID REST "}\n", "line 6: no parameter says what {a} is"},
		{HEAD "  /v1/{a:\n    get: {" ID REST "}\n", "line 6: a path must be /words and {parameters}"},
		{HEAD "  v1:\n    get: {" ID REST "}\n", "line 6: a path must be"},
		{HEAD "  /v1/{a}/{b}/{c}/{d}/{e}:\n    get: {" ID REST "}\n", "line 6: a path can have 4 parameters at most"},
		{HEAD "  /v1/{a}:\n    parameters: [{name: a, in: path, required: true, schema: {type: string}}]\n    get: {" ID REST "}\n"
		      "  /v1/{b}:\n    get: {operationId: other, " REST "}\n",
		 "line 9: another path matches the same requests"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		given_is_refused(rows[i].text, rows[i].fault);
}
END_TEST

START_TEST(reads_an_operation)
{
	struct contract *contract = given_contract(
		HEAD "  /v1/cases:\n"
		     "    summary: Cases\n"
		     "    description: d\n"
		     "    post: {operationId: openCase, summary: s, description: d, deprecated: true, security: [], tags: [cases],\n"
		     "      x-roles: [call_handler, specialist], x-lane: intake, x-precondition: idempotency_key, x-ledger: collection,\n"
		     "      x-location: '/v1/cases/{newId}', responses: {'201': {description: d}}}\n"
		     "  /v1/cases/{caseId}:\n"
		     "    get: {operationId: getCase, tags: [question-sets], x-public: true, x-list: true, x-lane: bulk, x-precondition: none,\n"
		     "      x-ledger: none, x-writer: tar, " OK ", parameters: [{name: caseId, in: path, required: true, schema: {type: string}}]}\n");
	const struct operation *open = contract_find(contract, "openCase");
	const struct operation *get = contract_find(contract, "getCase");
	ck_assert_str_eq(open->id, "openCase");
	ck_assert_str_eq(open->method, "POST");
	ck_assert_str_eq(open->path, "/v1/cases");
	ck_assert_str_eq(open->resource, "cases");
	ck_assert_int_eq(open->lane, LANE_INTAKE);
	ck_assert_int_eq(open->precondition, PRECONDITION_IDEMPOTENCY_KEY);
	ck_assert_str_eq(open->ledger, "collection");
	ck_assert_str_eq(open->roles[0], "call_handler");
	ck_assert_str_eq(open->roles[1], "specialist");
	ck_assert_ptr_null(open->roles[2]);
	ck_assert(!open->is_public);
	ck_assert(!open->is_list);
	ck_assert_uint_eq(open->status, 201);
	ck_assert_str_eq(open->location, "/v1/cases/{newId}");
	ck_assert_str_eq(get->resource, "question-sets");
	ck_assert_int_eq(get->lane, LANE_BULK);
	ck_assert_int_eq(get->precondition, PRECONDITION_NONE);
	ck_assert(get->is_public);
	ck_assert(get->is_list);
	ck_assert_ptr_nonnull(get->roles);
	ck_assert_ptr_null(get->roles[0]);
	ck_assert_ptr_null(get->location);
	ck_assert_ptr_null(open->writer);
	ck_assert_str_eq(get->writer, "tar");
	contract_free(contract);
}
END_TEST

START_TEST(orders_inputs)
{
	struct contract *contract = given_contract(
		HEAD "  /v1/{one}/x/{two}:\n"
		     "    parameters: [{name: X-A, x-name: headerA, in: header, schema: {type: string}},\n"
		     "      {name: two, in: path, required: true, schema: {type: string}},\n"
		     "      {name: queryA, in: query, schema: {type: string}}]\n"
		     "    post: {" ID REST ", parameters: [{name: X-B, x-name: headerB, in: header, schema: {type: string}},\n"
		     "      {name: queryB, in: query, schema: {type: string}},\n"
		     "      {name: one, in: path, required: true, schema: {type: string}}],\n"
		     "      requestBody: {required: true, content: {application/json: {schema: {type: object, additionalProperties: false, properties: {b: {}, a: {}}}}}}}\n");
	static const char *const names[] = {"one", "two", "queryA", "queryB", "headerA", "headerB", "b", "a"};
	const struct operation *operation = contract_find(contract, "given");
	ck_assert_uint_eq(operation->input_count, 8);
	for (size_t i = 0; i < 8; i++)
		ck_assert_str_eq(operation->inputs[i].name, names[i]);
	contract_free(contract);
}
END_TEST

UNIT("operation", refuses_with_the_line, reads_an_operation, orders_inputs)
