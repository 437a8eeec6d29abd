/* Tests cmd/secondlook/problem.c: the document's members, and which problem a refusal of the database is. */
#include "problem.h"

#include <string.h>

#include "db/db.h"
#include "support/unit.h"

static const char text[] =
	"openapi: 3.1.0\n"
	"info: {title: problems, version: 0.1.0}\n"
	"x-problems:\n"
	"  not_found: {status: 404, title: There is none, detail: Nothing is there.}\n"
	"  already_exists: {status: 409, title: It exists, detail: There is one.}\n"
	"  invalid_request: {status: 422, title: Not valid, detail: See errors.}\n"
	"  unknown_reference: {status: 422, title: Unknown, detail: It is unknown.}\n"
	"  internal_error: {status: 500, title: Wrong here, detail: Look at the log.}\n"
	"  overloaded: {status: 503, retryAfter: 7, title: Too much, detail: Wait.}\n"
	"x-constraints:\n"
	"  name_unique: {code: already_exists, pointer: /name, detail: That name is taken.}\n"
	"  case_victim: {code: unknown_reference, pointer: /victimId}\n"
	"  uri_unique: {code: already_exists}\n"
	"  told: {code: already_exists, detail: You have said so.}\n"
	"components:\n"
	"  schemas:\n"
	"    Word: {type: string}\n"
	"paths:\n"
	"  /v1/words:\n"
	"    get: {operationId: getWord, tags: [words], x-roles: [reader], x-lane: point, x-precondition: none, x-ledger: none,\n"
	"      responses: {'200': {description: word, content: {application/json: {schema: {$ref: '#/components/schemas/Word'}}}}}}\n";

static struct contract *contract;

static void begin(void)
{
	struct bytes fault;
	bytes_init(&fault, 4096);
	enum err error = contract_load(text, strlen(text), &fault, &contract);
	ck_assert_msg(error == ERR_NONE, "%s", bytes_string(&fault));
	bytes_release(&fault);
}

static void is_written(const struct problem *problem, unsigned status, const char *document)
{
	struct bytes out;
	bytes_init(&out, 4096);
	ck_assert_uint_eq(problem_write(contract, problem, &out), status);
	ck_assert_str_eq(bytes_string(&out), document);
	bytes_release(&out);
}

START_TEST(a_document_has_the_tables_row)
{
	begin();
	is_written(&(struct problem){.code = "not_found"}, 404,
		   "{\"type\":\"/problems/not_found\",\"title\":\"There is none\",\"status\":404,\"code\":\"not_found\","
		   "\"detail\":\"Nothing is there.\"}");
	contract_free(contract);
}
END_TEST

START_TEST(an_answer_adds_its_own)
{
	struct fault list[] = {{"/a\"b", "too_long", "Shorter."}, {"query:limit", "too_large", "100 at most."}};
	struct faults faults = {.list = list, .count = 2, .capacity = 2};
	begin();
	is_written(&(struct problem){.code = "invalid_request", .detail = "Say \"yes\".", .instance = "/v1/words",
				     .request_id = "r1", .extra = "{\"legal\": [\"sent\"]}", .faults = &faults}, 422,
		   "{\"type\":\"/problems/invalid_request\",\"title\":\"Not valid\",\"status\":422,\"code\":\"invalid_request\","
		   "\"detail\":\"Say \\\"yes\\\".\",\"instance\":\"/v1/words\",\"requestId\":\"r1\",\"legal\": [\"sent\"],"
		   "\"errors\":[{\"pointer\":\"/a\\\"b\",\"code\":\"too_long\",\"detail\":\"Shorter.\"},"
		   "{\"pointer\":\"query:limit\",\"code\":\"too_large\",\"detail\":\"100 at most.\"}]}");
	contract_free(contract);
}
END_TEST

START_TEST(what_is_no_object_with_members_is_not_added)
{
	static const char *const extras[] = {"", "{}", "[1]", "{", "legal", "{\"legal\":1", "\"legal\":1}"};
	struct faults none = {0};
	begin();
	for (size_t i = 0; i < sizeof extras / sizeof *extras; i++)
		is_written(&(struct problem){.code = "not_found", .extra = extras[i], .faults = &none}, 404,
			   "{\"type\":\"/problems/not_found\",\"title\":\"There is none\",\"status\":404,\"code\":\"not_found\","
			   "\"detail\":\"Nothing is there.\"}");
	contract_free(contract);
}
END_TEST

START_TEST(an_unknown_code_is_an_internal_error)
{
	begin();
	is_written(&(struct problem){.code = "never_heard"}, 500,
		   "{\"type\":\"/problems/internal_error\",\"title\":\"Wrong here\",\"status\":500,\"code\":\"internal_error\","
		   "\"detail\":\"Look at the log.\"}");
	contract_free(contract);
}
END_TEST

START_TEST(only_some_are_worth_waiting_for)
{
	begin();
	ck_assert_int_eq(problem_retry_after(contract, "overloaded"), 7);
	ck_assert_int_eq(problem_retry_after(contract, "not_found"), 0);
	ck_assert_int_eq(problem_retry_after(contract, "never_heard"), 0);
	contract_free(contract);
}
END_TEST

static struct problem problem_of(const struct db_refusal *refusal, struct faults *faults, struct fault *room)
{
	struct problem problem = {.instance = "/v1/words"};
	problem_of_refusal(contract, refusal, &problem, faults, room);
	ck_assert_str_eq(problem.instance, "/v1/words");
	return problem;
}

START_TEST(a_refusal_of_ours_says_all)
{
	struct faults faults = {0};
	struct fault room;
	begin();
	struct problem problem = problem_of(&(struct db_refusal){"SL409", "illegal_move", "{\"legal\":[]}", "name_unique"},
					    &faults, &room);
	ck_assert_str_eq(problem.code, "illegal_move");
	ck_assert_str_eq(problem.extra, "{\"legal\":[]}");
	ck_assert_ptr_null(problem.detail);
	ck_assert_ptr_null(problem.faults);
	contract_free(contract);
}
END_TEST

/* The database's own message and detail may hold personal data: nothing of them may be in the problem. */
START_TEST(a_sqlstate_is_a_problem)
{
	static const struct {
		char sqlstate[6];
		const char *code;
	} rows[] = {
		{"23505", "already_exists"},       {"23503", "unknown_reference"},    {"23514", "invalid_request"},
		{"23502", "invalid_request"},      {"22P02", "invalid_request"},      {"22008", "invalid_request"},
		{"40001", "timed_out"},            {"40P01", "timed_out"},            {"55P03", "timed_out"},
		{"57014", "timed_out"},            {"53300", "database_unavailable"}, {"57P01", "database_unavailable"},
		{"57P03", "database_unavailable"}, {"08006", "database_unavailable"}, {"25006", "database_unavailable"},
		{"42501", "internal_error"},       {"55006", "internal_error"},       {"57000", "internal_error"},
		{"25001", "internal_error"},       {"XX000", "internal_error"},       {"", "internal_error"},
	};
	struct faults faults = {0};
	struct fault room;
	begin();
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct db_refusal refusal = {.message = "Key (name)=(Jo) exists", .detail = "{\"name\":\"Jo\"}", .constraint = "other"};
		memcpy(refusal.sqlstate, rows[i].sqlstate, sizeof refusal.sqlstate);
		struct problem problem = problem_of(&refusal, &faults, &room);
		ck_assert_msg(strcmp(problem.code, rows[i].code) == 0, "%s: %s", rows[i].sqlstate, problem.code);
		ck_assert(!problem.extra && !problem.detail && !problem.faults);
	}
	contract_free(contract);
}
END_TEST

START_TEST(a_refusal_without_a_constraint_is_its_sqlstate)
{
	struct faults faults = {0};
	struct fault room;
	begin();
	ck_assert_str_eq(problem_of(&(struct db_refusal){"23505", "m", NULL, NULL}, &faults, &room).code, "already_exists");
	contract_free(contract);
}
END_TEST

START_TEST(a_named_constraint_is_its_row)
{
	static const struct {
		const char *constraint, *code, *detail, *pointer, *fault_detail;
	} rows[] = {
		{"name_unique", "already_exists", "That name is taken.", "/name", "That name is taken."},
		{"case_victim", "unknown_reference", NULL, "/victimId", "It does not fit what stands recorded."},
		{"uri_unique", "already_exists", NULL, NULL, NULL},
		{"told", "already_exists", "You have said so.", NULL, NULL},
	};
	begin();
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct faults faults = {0};
		struct fault room;
		struct db_refusal refusal = {"23514", "Key (name)=(Jo) exists", "Key (name)=(Jo)", rows[i].constraint};
		struct problem problem = problem_of(&refusal, &faults, &room);
		ck_assert_str_eq(problem.code, rows[i].code);
		ck_assert_pstr_eq(problem.detail, rows[i].detail);
		ck_assert_ptr_null(problem.extra);
		ck_assert_int_eq(problem.faults != NULL, rows[i].pointer != NULL);
		if (!rows[i].pointer)
			continue;
		ck_assert_uint_eq(problem.faults->count, 1);
		ck_assert_str_eq(problem.faults->list[0].pointer, rows[i].pointer);
		ck_assert_str_eq(problem.faults->list[0].code, rows[i].code);
		ck_assert_str_eq(problem.faults->list[0].detail, rows[i].fault_detail);
	}
	contract_free(contract);
}
END_TEST

UNIT("problem", a_document_has_the_tables_row, an_answer_adds_its_own, what_is_no_object_with_members_is_not_added,
     an_unknown_code_is_an_internal_error, only_some_are_worth_waiting_for, a_refusal_of_ours_says_all, a_sqlstate_is_a_problem,
     a_refusal_without_a_constraint_is_its_sqlstate, a_named_constraint_is_its_row)
