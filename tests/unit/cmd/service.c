/* Tests cmd/secondlook/service.c: the contract and the SQL that travel in the program fit together, and what does not fit
 * stops the load with the file's name. */
#include "service.h"

#include <jansson.h>
#include <string.h>

#include "embedded.h"
#include "request.h"
#include "support/unit.h"

/* This program's own embedded_find, in place of the library's: the files as they are, but for those replaced here. */
static struct embedded_file replaced[2];
static size_t replaced_count;

const struct embedded_file *embedded_find(const char *path)
{
	for (size_t i = 0; i < replaced_count; i++)
		if (strcmp(replaced[i].path, path) == 0)
			return replaced[i].start ? &replaced[i] : NULL;
	for (const struct embedded_file *file = embedded_files; file->path; file++)
		if (strcmp(file->path, path) == 0)
			return file;
	return NULL;
}

static void replace_with(const char *path, const char *text)
{
	ck_assert_uint_lt(replaced_count, 2);
	replaced[replaced_count++] = (struct embedded_file){path, text, text ? text + strlen(text) : NULL};
}

/* Puts `new` for the first `old` in the file; the memory is the test process's to its end. */
static char *edit(const char *path, const char *old, const char *new)
{
	static char text[1 << 20];
	const struct embedded_file *file = embedded_find(path);
	const char *at = strstr(file->start, old);
	ck_assert_msg(at != NULL, "\"%s\" is not in %s", old, path);
	int length = snprintf(text, sizeof text, "%.*s%s%s", (int)(at - file->start), file->start, new, at + strlen(old));
	ck_assert_int_lt(length, (int)sizeof text);
	replace_with(path, text);
	return text;
}

static void is_refused(const char *told)
{
	struct bytes fault;
	struct service *service = NULL;
	bytes_init(&fault, 4096);
	ck_assert_int_eq(service_load(&fault, &service), ERR_INPUT);
	ck_assert_ptr_null(service);
	ck_assert_msg(strstr(bytes_string(&fault), told) != NULL, "expected \"%s\", got \"%s\"", told, bytes_string(&fault));
	bytes_release(&fault);
}

static struct service *load(void)
{
	struct bytes fault;
	struct service *service = NULL;
	bytes_init(&fault, 4096);
	enum err error = service_load(&fault, &service);
	ck_assert_msg(error == ERR_NONE, "%s", bytes_string(&fault));
	bytes_release(&fault);
	return service;
}

static struct plan *plan_of(struct service *service, const char *id)
{
	const struct operation *operation = contract_find(service->contract, id);
	ck_assert_msg(operation != NULL, "%s", id);
	return service_plan(service, operation);
}

START_TEST(every_operation_has_its_plan)
{
	struct service *service = load();
	size_t count;
	const struct operation *operations = contract_operations(service->contract, &count);
	ck_assert_uint_gt(count, 0);
	ck_assert_uint_eq(service->plan_count, count);
	for (size_t i = 0; i < count; i++) {
		struct plan *plan = service_plan(service, &operations[i]);
		ck_assert_ptr_eq(plan, &service->plans[i]);
		ck_assert_ptr_eq(plan->operation, &operations[i]);
		ck_assert_ptr_nonnull(plan->file);
		ck_assert_uint_eq(plan->name_count, BUILTIN_COUNT + operations[i].input_count);
		ck_assert_str_eq(plan->names[BUILTIN_FORCE], "force");
		ck_assert_str_eq(plan->names[BUILTIN_OPERATIONS], "operations");
		ck_assert_ptr_null(plan->names[plan->name_count]);
		for (size_t j = 0; j < operations[i].input_count; j++)
			ck_assert_str_eq(plan->names[BUILTIN_COUNT + j], operations[i].inputs[j].name);
	}
	service_free(service);
}
END_TEST

START_TEST(every_file_of_sql_has_its_operation)
{
	struct service *service = load();
	for (const struct embedded_file *file = embedded_files; file->path; file++) {
		const char *end = strstr(file->path, ".sql"), *id = strrchr(file->path, '/');
		char name[100];
		if (strncmp(file->path, "api/", 4) != 0 || !end || !id)
			continue;
		snprintf(name, sizeof name, "%.*s", (int)(end - id - 1), id + 1);
		ck_assert_msg(contract_find(service->contract, name) != NULL, "%s has no operation", file->path);
	}
	service_free(service);
}
END_TEST

/* Reads are lines of a look; writes wrote their own; documents about the caller are neither. */
START_TEST(operations_are_looks_or_changes)
{
	static const struct {
		const char *id;
		bool looks, changes, is_claimed;
	} rows[] = {
		{"getWhoami", false, false, false}, {"getCase", true, false, false},        {"listCases", true, false, false},
		{"patchCase", false, true, false},  {"createContact", false, true, true}, {"searchHistory", true, false, false},
		{"createExport", false, true, true}, {"getExportContent", true, false, false},
	};
	struct service *service = load();
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct plan *plan = plan_of(service, rows[i].id);
		ck_assert_msg(plan->looks == rows[i].looks, "%s", rows[i].id);
		ck_assert_msg(plan->changes == rows[i].changes, "%s", rows[i].id);
		ck_assert_msg(plan->is_claimed == rows[i].is_claimed, "%s", rows[i].id);
	}
	service_free(service);
}
END_TEST

START_TEST(inputs_are_where_the_plan_says)
{
	struct service *service = load();
	const struct plan *list = plan_of(service, "listCases"), *change = plan_of(service, "patchCase"),
			  *create = plan_of(service, "createContact");
	ck_assert_str_eq(list->operation->inputs[list->inputs.limit].name, "limit");
	ck_assert_str_eq(list->operation->inputs[list->inputs.cursor].name, "cursor");
	ck_assert_str_eq(list->operation->inputs[list->inputs.on_behalf_of].name, "onBehalfOf");
	ck_assert_int_eq(list->inputs.if_match, -1);
	ck_assert_int_eq(list->inputs.idempotency_key, -1);
	ck_assert_str_eq(change->operation->inputs[change->inputs.if_match].name, "ifMatch");
	ck_assert_str_eq(create->operation->inputs[create->inputs.idempotency_key].name, "idempotencyKey");
	service_free(service);
}
END_TEST

/* "{a,b}" of the operation's roles in their order. */
START_TEST(roles_are_an_array_of_postgresql)
{
	struct service *service = load();
	for (size_t i = 0; i < service->plan_count; i++) {
		const struct plan *plan = &service->plans[i];
		const char *rest = plan->roles;
		ck_assert_int_eq(*rest, '{');
		for (const char *const *role = plan->operation->roles; *role; role++) {
			size_t length = strlen(*role);
			ck_assert_int_eq(strncmp(++rest, *role, length), 0);
			rest += length;
			ck_assert_int_eq(*rest, role[1] ? ',' : '}');
		}
	}
	service_free(service);
}
END_TEST

START_TEST(the_operations_are_told_as_json)
{
	struct service *service = load();
	size_t index;
	json_t *row;
	json_t *list = json_loads(service->operations_json, 0, NULL);
	ck_assert_uint_eq(json_array_size(list), service->plan_count);
	json_array_foreach(list, index, row) {
		const struct operation *operation = service->plans[index].operation;
		json_t *roles = json_object_get(row, "roles");
		size_t count = 0;
		ck_assert_str_eq(json_string_value(json_object_get(row, "id")), operation->id);
		for (const char *const *role = operation->roles; *role; role++)
			ck_assert_str_eq(json_string_value(json_array_get(roles, count++)), *role);
		ck_assert_uint_eq(json_array_size(roles), count);
	}
	json_decref(list);
	service_free(service);
}
END_TEST

static size_t statements_of(struct plan *plan, uint32_t mask)
{
	const struct sqlfile_shape *shape;
	ck_assert_int_eq(sqlfile_shape(plan->file, mask, &shape), ERR_NONE);
	return shape->count;
}

/* After what every segment has in common. */
START_TEST(lanes_prepare_the_shapes_with_none_and_all_filters)
{
	struct service *service = load();
	size_t expected[LANE_COUNT] = {0};
	for (size_t i = 0; i < service->plan_count; i++) {
		struct plan *plan = &service->plans[i];
		expected[plan->operation->lane] += statements_of(plan, 0);
		if (plan->filter_count > 0)
			expected[plan->operation->lane] += statements_of(plan, (1u << plan->filter_count) - 1);
	}
	for (int lane = 0; lane < LANE_COUNT; lane++) {
		size_t count = 0;
		while (service->prepared[lane][count])
			count++;
		ck_assert_uint_eq(count, (lane == LANE_BULK ? 5U : 4U) + expected[lane]); /* time travel goes there */
		ck_assert_ptr_eq(service->prepared[lane][0], &request_enter);
		ck_assert_ptr_eq(service->prepared[lane][1], &request_claim);
		ck_assert_ptr_eq(service->prepared[lane][2], &request_lines);
		ck_assert_ptr_eq(service->prepared[lane][3], &request_receipt_leaves);
	}
	service_free(service);
}
END_TEST

START_TEST(a_missing_file_is_named)
{
	replace_with("api/cases/getCase.sql", NULL);
	is_refused("api/cases/getCase.sql: is missing");
}
END_TEST

START_TEST(sql_that_cannot_be_read_is_refused)
{
	replace_with("api/cases/getCase.sql", "select :nobody\n");
	is_refused("nobody");
}
END_TEST

START_TEST(a_contract_that_cannot_be_read_is_refused)
{
	replace_with("openapi.yaml", "openapi: 3.1.0\nnonsense: true\n");
	is_refused("");
}
END_TEST

/* What the contract promises of an operation and its SQL does not show. */
START_TEST(a_promise_not_kept_is_named)
{
	static const struct {
		const char *path, *old, *new, *told;
	} rows[] = {
		{"api/cases/getCase.sql", "\"@seen\"", "seen", "api/cases/getCase.sql: reads, but has neither"},
		{"api/shifts/getShift.sql", "--@ seen ", "-- ", "api/shifts/getShift.sql: reads, but has neither"},
		{"api/shifts/getShift.sql", "select", "select 's' as \"@seen\",", "api/shifts/getShift.sql: has a column"},
		{"api/cases/getCase.sql", "select", "select 'case:{case_id}' as \"@seen\",", "api/cases/getCase.sql: has a column"},
		{"api/cases/listCases.sql", "--@ cursor ", "-- ", "api/cases/listCases.sql: is a list"},
		{"api/cases/listCases.sql", ":fetch", "50", "api/cases/listCases.sql: is a list"},
		{"api/cases/patchCase.sql", ":ifMatch", "2", "api/cases/patchCase.sql: takes If-Match"},
		{"openapi.yaml", "      x-location: /v1/contacts/{newId}\n", "", "api/contacts/createContact.sql: takes an Idempotency-Key"},
		{"openapi.yaml", "parameters: [{$ref: '#/components/parameters/OnBehalfOf'}]", "parameters: []",
		 "api/whoami/getWhoami.sql: has no parameter On-Behalf-Of"},
		{"openapi.yaml", "        - {name: occurredFrom, in: query,",
		 "        - {name: force, in: query, schema: {type: string}}\n        - {name: occurredFrom, in: query,",
		 "api/contacts/listContacts.sql: has an input in the contract with a name that the service itself binds"},
		{"openapi.yaml", "x-writer: chronology_bundle", "x-writer: scribe",
		 "api/exports/getExportContent.sql: has an x-writer in the contract that there is not"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		replaced_count = 0;
		edit(rows[i].path, rows[i].old, rows[i].new);
		is_refused(rows[i].told);
	}
}
END_TEST

START_TEST(a_writer_is_found_by_its_name)
{
	struct service *service = load();
	ck_assert_str_eq(plan_of(service, "getExportContent")->writer->content_type, "application/x-tar");
	ck_assert_ptr_null(plan_of(service, "getExport")->writer);
	service_free(service);
}
END_TEST

START_TEST(nothing_is_freed_without_complaint)
{
	service_free(NULL);
}
END_TEST

UNIT("service", every_operation_has_its_plan, every_file_of_sql_has_its_operation, operations_are_looks_or_changes,
     inputs_are_where_the_plan_says, roles_are_an_array_of_postgresql, the_operations_are_told_as_json,
     lanes_prepare_the_shapes_with_none_and_all_filters, a_missing_file_is_named, sql_that_cannot_be_read_is_refused,
     a_contract_that_cannot_be_read_is_refused, a_promise_not_kept_is_named, a_writer_is_found_by_its_name, nothing_is_freed_without_complaint)
