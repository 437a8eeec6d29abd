/* Joins the contract with the files of SQL and refuses what does not fit together. */
#include "service.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "embedded.h"
#include "request.h"

static const char *const builtin_names[BUILTIN_COUNT] = {
	[BUILTIN_FORCE] = "force",
	[BUILTIN_ACTOR] = "actor",
	[BUILTIN_NEW_ID] = "newId",
	[BUILTIN_BODY] = "body",
	[BUILTIN_IF_MATCH] = "ifMatch",
	[BUILTIN_FETCH] = "fetch",
	[BUILTIN_CURSOR] = "cursor",
	[BUILTIN_CERTIFICATE_EXPIRES_AT] = "certificateExpiresAt",
	[BUILTIN_OPERATIONS] = "operations",
};

static int input_index(const struct operation *operation, const char *name)
{
	for (size_t i = 0; i < operation->input_count; i++)
		if (strcmp(operation->inputs[i].name, name) == 0)
			return (int)i;
	return -1;
}

static enum err list_names(struct plan *plan)
{
	const struct operation *operation = plan->operation;
	plan->name_count = BUILTIN_COUNT + operation->input_count;
	plan->names = calloc(plan->name_count + 1, sizeof *plan->names);
	if (!plan->names)
		return ERR_MEMORY;
	memcpy(plan->names, builtin_names, sizeof builtin_names);
	for (size_t i = 0; i < operation->input_count; i++)
		plan->names[BUILTIN_COUNT + i] = operation->inputs[i].name;
	return ERR_NONE;
}

static enum err detach_text(struct bytes *from, char **text)
{
	size_t length;
	if (!bytes_string(from)) {
		bytes_release(from);
		return ERR_MEMORY;
	}
	*text = bytes_detach(from, &length);
	return *text ? ERR_NONE : ERR_MEMORY;
}

static enum err write_roles(struct plan *plan)
{
	struct bytes literal;
	bytes_init(&literal, 1000);
	bytes_append_char(&literal, '{');
	for (const char *const *role = plan->operation->roles; *role; role++)
		bytes_format(&literal, "%s%s", role == plan->operation->roles ? "" : ",", *role);
	bytes_append_string(&literal, "}");
	return detach_text(&literal, &plan->roles);
}

static void classify(struct plan *plan)
{
	const struct operation *operation = plan->operation;
	bool reads = strcmp(operation->method, "GET") == 0;
	bool logged = strcmp(operation->ledger, "none") != 0;

	/* A search is a look that is posted; a disclosure that is posted is a record of its own. */
	plan->looks = logged && (reads || strcmp(operation->ledger, "consultation") == 0);
	plan->changes = !reads && !plan->looks;
	plan->is_claimed = operation->precondition == PRECONDITION_IDEMPOTENCY_KEY ||
			   operation->precondition == PRECONDITION_BOTH;
	plan->inputs = (struct plan_inputs){
		.on_behalf_of = input_index(operation, "onBehalfOf"),
		.if_match = input_index(operation, "ifMatch"),
		.idempotency_key = input_index(operation, "idempotencyKey"),
		.limit = input_index(operation, "limit"),
		.cursor = input_index(operation, "cursor"),
		.purpose = input_index(operation, "purpose"),
		.as_at = input_index(operation, "asAt"),
		.happened_by = input_index(operation, "happenedBy"),
	};
}

/* Names that every file may use. If-Match and cursor are the exceptions: bound by the service in a readier form. */
static bool is_taken(const char *name)
{
	for (int i = 0; i < BUILTIN_COUNT; i++)
		if (i != BUILTIN_IF_MATCH && i != BUILTIN_CURSOR && strcmp(name, builtin_names[i]) == 0)
			return true;
	return false;
}

static enum err refuse(struct bytes *fault, const char *path, const char *what)
{
	bytes_format(fault, "%s: %s", path, what);
	return ERR_INPUT;
}

/* What the contract promises of an operation must show in its SQL. */
static enum err check_promises(const struct plan *plan, const char *path, const char *sql, struct bytes *fault)
{
	const struct operation *operation = plan->operation;
	bool says_seen = sqlfile_says(plan->file, SQLFILE_SEEN);
	if (plan->looks && !says_seen && !strstr(sql, "\"@seen\""))
		return refuse(fault, path, "reads, but has neither a line --@ seen nor a column \"@seen\"");
	if (strstr(sql, says_seen ? "\"@seen\"" : "}' as \"@seen\""))
		return refuse(fault, path, "has a column \"@seen\" that is, or should be, a line --@ seen");
	if (operation->is_list && (!sqlfile_says(plan->file, SQLFILE_CURSOR) || !sqlfile_mentions(plan->file, "fetch")))
		return refuse(fault, path, "is a list, but has no line --@ cursor or does not limit by :fetch");
	if (plan->inputs.if_match >= 0 && !sqlfile_mentions(plan->file, "ifMatch"))
		return refuse(fault, path, "takes If-Match, but does not mention :ifMatch");
	if (plan->is_claimed && !operation->location)
		return refuse(fault, path, "takes an Idempotency-Key, but the contract has no x-location");
	if (operation->writer && !plan->writer)
		return refuse(fault, path, "has an x-writer in the contract that there is not");
	if (plan->inputs.on_behalf_of < 0)
		return refuse(fault, path, "has no parameter On-Behalf-Of in the contract");
	for (size_t i = 0; i < operation->input_count; i++)
		if (is_taken(operation->inputs[i].name))
			return refuse(fault, path, "has an input in the contract with a name that the service itself binds");
	return ERR_NONE;
}

static bool is_streamed(const struct contract *contract, const struct operation *operation)
{
	json_t *node = json_object_get(contract_member(contract, "paths"), operation->path);
	for (const char *const *key = (const char *const[]){"get", "responses", "200", "content", "text/event-stream", NULL}; *key; key++)
		node = json_object_get(node, *key);
	return node != NULL;
}

static enum err load_plan(const struct contract *contract, struct plan *plan, const struct operation *operation, struct bytes *fault)
{
	char path[200];
	plan->operation = operation;
	plan->streams = is_streamed(contract, operation);
	plan->writer = operation->writer ? writer_find(operation->writer) : NULL;
	classify(plan);
	snprintf(path, sizeof path, "api/%s/%s.sql", operation->resource, operation->id);
	const struct embedded_file *file = embedded_find(path);
	if (!file)
		return refuse(fault, path, "is missing");
	enum err error = list_names(plan);
	if (error == ERR_NONE)
		error = write_roles(plan);
	if (error == ERR_NONE)
		error = sqlfile_parse(operation->id, file->start, (size_t)(file->end - file->start), plan->names, fault,
				      &plan->file);
	if (error != ERR_NONE)
		return error;
	plan->filters = sqlfile_filters(plan->file, &plan->filter_count);
	return check_promises(plan, path, file->start, fault);
}

static enum err add_prepared(struct service *service, struct plan *plan, uint32_t mask, size_t *used)
{
	const struct sqlfile_shape *shape;
	enum err error = sqlfile_shape(plan->file, mask, &shape);
	if (error != ERR_NONE)
		return error;
	enum lane lane = plan->operation->lane;
	for (size_t i = 0; i < shape->count; i++)
		service->prepared[lane][used[lane]++] = &shape->statements[i].statement;
	return ERR_NONE;
}

/* Every file in its shapes with no filter and with all, so that a bad statement shows at the start. */
static enum err list_prepared(struct service *service)
{
	size_t used[LANE_COUNT] = {0};
	for (int lane = 0; lane < LANE_COUNT; lane++) {
		service->prepared[lane] = calloc(2 * SQLFILE_STATEMENTS_MAXIMUM * service->plan_count + 6,
						 sizeof *service->prepared[lane]);
		if (!service->prepared[lane])
			return ERR_MEMORY;
		service->prepared[lane][used[lane]++] = &request_enter;
		service->prepared[lane][used[lane]++] = &request_claim;
		service->prepared[lane][used[lane]++] = &request_lines;
		service->prepared[lane][used[lane]++] = &request_receipt_leaves;
	}
	service->prepared[LANE_BULK][used[LANE_BULK]++] = &request_travel;
	for (size_t i = 0; i < service->plan_count; i++) {
		struct plan *plan = &service->plans[i];
		enum err error = add_prepared(service, plan, 0, used);
		if (error == ERR_NONE && plan->filter_count > 0)
			error = add_prepared(service, plan, (1u << plan->filter_count) - 1, used);
		if (error != ERR_NONE)
			return error;
	}
	return ERR_NONE;
}

static enum err write_operations(struct service *service)
{
	struct bytes json;
	bytes_init(&json, 100000);
	bytes_append_char(&json, '[');
	for (size_t i = 0; i < service->plan_count; i++) {
		const struct operation *operation = service->plans[i].operation;
		bytes_format(&json, "%s{\"id\":\"%s\",\"roles\":[", i ? "," : "", operation->id);
		for (const char *const *role = operation->roles; *role; role++)
			bytes_format(&json, "%s\"%s\"", role == operation->roles ? "" : ",", *role);
		bytes_append_string(&json, "]}");
	}
	bytes_append_char(&json, ']');
	return detach_text(&json, &service->operations_json);
}

static enum err load_plans(struct service *service, struct bytes *fault)
{
	const struct operation *operations = contract_operations(service->contract, &service->plan_count);
	service->plans = calloc(service->plan_count, sizeof *service->plans);
	if (!service->plans)
		return ERR_MEMORY;
	for (size_t i = 0; i < service->plan_count; i++) {
		enum err error = load_plan(service->contract, &service->plans[i], &operations[i], fault);
		if (error != ERR_NONE)
			return error;
	}
	enum err error = list_prepared(service);
	return error == ERR_NONE ? write_operations(service) : error;
}

enum err service_load(struct bytes *fault, struct service **out)
{
	const struct embedded_file *document = embedded_find("openapi.yaml");
	struct service *service = calloc(1, sizeof *service);
	if (!service)
		return ERR_MEMORY;
	enum err error = contract_load(document->start, (size_t)(document->end - document->start), fault,
				       &service->contract);
	if (error == ERR_NONE)
		error = load_plans(service, fault);
	if (error != ERR_NONE) {
		service_free(service);
		return error;
	}
	*out = service;
	return ERR_NONE;
}

static void free_wrapped(struct sqlfile_statement *count)
{
	if (!count)
		return;
	free((char *)count->statement.name);
	free((char *)count->statement.sql);
	free(count);
}

static void free_wraps(struct plan *plan)
{
	for (size_t mask = 0; mask < sizeof plan->counts / sizeof *plan->counts; mask++) {
		free_wrapped(plan->counts[mask]);
		free_wrapped(plan->pasts[mask]);
	}
}

/* The answer's statement of a shape within another, made once. */
static enum err wrap(struct plan *plan, uint32_t mask, const char *before, const char *after, const char *suffix,
		     struct sqlfile_statement **kept)
{
	const struct sqlfile_shape *shape;
	enum err error = sqlfile_shape(plan->file, mask, &shape);
	if (error != ERR_NONE || *kept)
		return error;
	const struct sqlfile_statement *inner = &shape->statements[shape->count - 1];
	struct sqlfile_statement *made = malloc(sizeof *made);
	char *name = NULL, *sql = NULL;
	if (!made || asprintf(&name, "%s.%s", inner->statement.name, suffix) < 0 ||
	    asprintf(&sql, "%s(%s)%s", before, inner->statement.sql, after) < 0) {
		free(name);
		free(made);
		return ERR_MEMORY;
	}
	*made = (struct sqlfile_statement){{name, sql, inner->statement.parameter_count}, inner->inputs};
	*kept = made;
	return ERR_NONE;
}

enum err service_count(struct plan *plan, uint32_t mask, const struct sqlfile_statement **out)
{
	enum err error = wrap(plan, mask, "select count(*) from ", " as counted", "count", &plan->counts[mask]);
	*out = plan->counts[mask];
	return error;
}

enum err service_past(struct plan *plan, uint32_t mask, const struct sqlfile_statement **out)
{
	const char *seen = sqlfile_says(plan->file, SQLFILE_SEEN), *quote = seen ? "$seen$" : "";
	char *before;
	if (asprintf(&before, "select p.*, erased_in(to_jsonb(p), %s%s%s) as erased from ", quote, seen ? seen : "null", quote) < 0)
		return ERR_MEMORY;
	enum err error = wrap(plan, mask, before, " as p", "past", &plan->pasts[mask]);
	free(before);
	*out = plan->pasts[mask];
	return error;
}

void service_free(struct service *service)
{
	if (!service)
		return;
	for (size_t i = 0; i < service->plan_count && service->plans; i++) {
		free_wraps(&service->plans[i]);
		sqlfile_free(service->plans[i].file);
		free(service->plans[i].names);
		free(service->plans[i].roles);
	}
	for (int lane = 0; lane < LANE_COUNT; lane++)
		free(service->prepared[lane]);
	free(service->operations_json);
	free(service->plans);
	contract_free(service->contract);
	free(service);
}

struct plan *service_plan(struct service *service, const struct operation *operation)
{
	size_t count;
	return &service->plans[operation - contract_operations(service->contract, &count)];
}
