/* Writes problem documents and names the database's refusals. */
#include "problem.h"

#include <string.h>

#include "base/log.h"
#include "db/db.h"

static void member(struct bytes *out, const char *name, const char *value)
{
	if (!value)
		return;
	bytes_format(out, ",\"%s\":", name);
	bytes_append_json_string(out, value, strlen(value));
}

static void faults_member(struct bytes *out, const struct faults *faults)
{
	if (!faults || faults->count == 0)
		return;
	bytes_append_string(out, ",\"errors\":[");
	for (size_t i = 0; i < faults->count; i++) {
		const struct fault *fault = &faults->list[i];
		bytes_append_string(out, i ? ",{\"pointer\":" : "{\"pointer\":");
		bytes_append_json_string(out, fault->pointer, strlen(fault->pointer));
		member(out, "code", fault->code);
		member(out, "detail", fault->detail);
		bytes_append_char(out, '}');
	}
	bytes_append_char(out, ']');
}

/* The inside of an object that PostgreSQL wrote. */
static void extra_members(struct bytes *out, const char *extra)
{
	size_t length = extra ? strlen(extra) : 0;
	if (length <= 2 || extra[0] != '{' || extra[length - 1] != '}')
		return;
	bytes_append_char(out, ',');
	bytes_append(out, extra + 1, length - 2);
}

unsigned problem_write(const struct contract *contract, const struct problem *problem, struct bytes *out)
{
	json_t *table = contract_member(contract, "x-problems");
	const char *code = problem->code;
	json_t *row = json_object_get(table, code);
	if (!row) {
		log_text(LOG_ERROR, "problem_unknown", code);
		code = "internal_error";
		row = json_object_get(table, code);
	}
	unsigned status = (unsigned)json_integer_value(json_object_get(row, "status"));
	const char *detail = problem->detail ? problem->detail : json_string_value(json_object_get(row, "detail"));

	bytes_format(out, "{\"type\":\"/problems/%s\"", code);
	member(out, "title", json_string_value(json_object_get(row, "title")));
	bytes_format(out, ",\"status\":%u", status);
	member(out, "code", code);
	member(out, "detail", detail);
	member(out, "instance", problem->instance);
	member(out, "requestId", problem->request_id);
	extra_members(out, problem->extra);
	faults_member(out, problem->faults);
	bytes_append_char(out, '}');
	return status;
}

int problem_retry_after(const struct contract *contract, const char *code)
{
	json_t *row = json_object_get(contract_member(contract, "x-problems"), code);
	return (int)json_integer_value(json_object_get(row, "retryAfter"));
}

/* SQLSTATEs that aren't ours; a prefix of two stands for its class. */
static const struct {
	const char *prefix;
	const char *code;
} sqlstates[] = {
	{"23505", "already_exists"},      {"23503", "unknown_reference"}, {"23", "invalid_request"},
	{"22", "invalid_request"},        {"40", "timed_out"},            {"55P03", "timed_out"},
	{"57014", "timed_out"},           {"53", "database_unavailable"}, {"57P", "database_unavailable"},
	{"08", "database_unavailable"},   {"25006", "database_unavailable"},
};

static const char *code_of_sqlstate(const char *sqlstate)
{
	for (size_t i = 0; i < sizeof sqlstates / sizeof *sqlstates; i++)
		if (strncmp(sqlstate, sqlstates[i].prefix, strlen(sqlstates[i].prefix)) == 0)
			return sqlstates[i].code;
	return "internal_error";
}

void problem_of_refusal(const struct contract *contract, const struct db_refusal *refusal, struct problem *problem,
			struct faults *faults, struct fault *room)
{
	if (strncmp(refusal->sqlstate, "SL", 2) == 0) {
		problem->code = refusal->message;
		problem->extra = refusal->detail;
		return;
	}
	json_t *constraints = contract_member(contract, "x-constraints");
	json_t *row = refusal->constraint ? json_object_get(constraints, refusal->constraint) : NULL;
	problem->code = row ? json_string_value(json_object_get(row, "code")) : code_of_sqlstate(refusal->sqlstate);
	if (!row) {
		log_event(LOG_WARNING, "database_refused", "\"sqlstate\":\"%s\",\"problem\":\"%s\"", refusal->sqlstate,
			  problem->code);
		return;
	}
	const char *pointer = json_string_value(json_object_get(row, "pointer"));
	const char *detail = json_string_value(json_object_get(row, "detail"));
	problem->detail = detail;
	if (pointer) {
		*room = (struct fault){pointer, problem->code, detail ? detail : "It does not fit what stands recorded."};
		*faults = (struct faults){.list = room, .count = 1, .capacity = 1};
		problem->faults = faults;
	}
}
