/* Checks an answer against the contract, whatever its row says. */
#include "conformity.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "expect.h"
#include "ledger.h"
#include "proven.h"

struct contract *conformity_problems(const struct contract *contract, struct bytes *fault)
{
	static const char paths[] =
		"{\"/problem\":{\"get\":{\"operationId\":\"problem\",\"summary\":\"x\",\"tags\":[\"x\"],\"x-roles\":[],"
		"\"x-public\":true,\"x-lane\":\"point\",\"x-precondition\":\"none\",\"x-ledger\":\"none\","
		"\"responses\":{\"200\":{\"description\":\"x\",\"content\":{\"application/json\":{\"schema\":"
		"{\"$ref\":\"#/components/schemas/Problem\"}}}}}}}}";
	size_t length;
	struct contract *problems = NULL;
	const char *text = contract_json(contract, &length);
	json_t *root = json_loadb(text, length, 0, NULL);
	json_object_set_new(root, "paths", json_loads(paths, 0, NULL));
	json_object_set_new(root, "tags", json_loads("[{\"name\":\"x\",\"description\":\"x\"}]", 0, NULL));
	char *changed = json_dumps(root, 0);
	if (!changed || contract_load(changed, strlen(changed), fault, &problems) != ERR_NONE)
		problems = NULL;
	free(changed);
	json_decref(root);
	return problems;
}

static void check_schema(const struct schema *schema, json_t *json, const char *what, struct findings *findings)
{
	struct arena arena;
	struct faults faults = {0};
	arena_init(&arena, 16 << 20);
	if (!schema || !json) {
		findings_add(findings, "%s: %s", what, schema ? "the body is no JSON" : "the contract says no schema");
	} else if (contract_check_value(schema, json, &arena, &faults) != ERR_NONE) {
		for (size_t i = 0; i < faults.count; i++)
			findings_add(findings, "%s: not as in the contract: %s %s: %s", what, faults.list[i].pointer,
				     faults.list[i].code, faults.list[i].detail);
		if (faults.count == 0)
			findings_add(findings, "%s: can't be checked against the contract", what);
	}
	arena_release(&arena);
}

static void check_header(const struct client_answer *answer, const char *name, const char *expected,
			 struct findings *findings)
{
	char value[512];
	if (!client_header(answer, name, value, sizeof value))
		findings_add(findings, "%s is missing", name);
	else if (expected && strncasecmp(value, expected, strlen(expected)) != 0)
		findings_add(findings, "%s: expected %s, came %s", name, expected, value);
}

static void check_problem(struct scene *scene, const struct client_answer *answer, struct findings *findings)
{
	size_t count;
	const struct operation *operation = contract_operations(scene->problems, &count);
	const char *code = json_string_value(json_object_get(answer->json, "code"));
	const json_t *known = json_object_get(contract_member(scene->contract, "x-problems"), code ? code : "");
	check_header(answer, "Content-Type", "application/problem+json", findings);
	check_schema(operation->answer, answer->json, "the problem", findings);
	if (json_integer_value(json_object_get(answer->json, "status")) != answer->status)
		findings_add(findings, "the problem's status is not the answer's");
	if (json_integer_value(json_object_get(known, "status")) != answer->status)
		findings_add(findings, "the contract has no problem %s with status %ld", code ? code : "?", answer->status);
}

static bool is_json(const struct client_answer *answer)
{
	char type[128];
	return client_header(answer, "Content-Type", type, sizeof type) && strncmp(type, "application/json", 16) == 0;
}

static void check_etag(const struct client_answer *answer, struct findings *findings)
{
	char etag[64];
	if (!client_header(answer, "ETag", etag, sizeof etag))
		return;
	size_t digits = strspn(etag + 1, "0123456789");
	if (*etag != '"' || digits == 0 || strcmp(etag + 1 + digits, "\"") != 0)
		findings_add(findings, "ETag %s is no version", etag);
}

static void check_success(const struct request *request, const struct client_answer *answer, struct findings *findings)
{
	const struct operation *operation = request->operation;
	if (answer->status != (long)operation->status && !client_header(answer, "Idempotency-Replayed", (char[8]){0}, 8))
		findings_add(findings, "the contract's success is %u, not %ld", operation->status, answer->status);
	if (operation->answer && is_json(answer))
		check_schema(operation->answer, answer->json, "the answer", findings);
	if (!operation->answer && !operation->writer && answer->body_length > 0)
		findings_add(findings, "the contract says nothing of a body");
	if (answer->status == 201)
		check_header(answer, "Location", NULL, findings);
	if (strcmp(operation->ledger, "none") != 0)
		check_header(answer, "Ledger-Receipt", NULL, findings);
	check_etag(answer, findings);
}

void conformity_check(struct scene *scene, const struct request *request, const struct client_answer *answer,
		      const json_t *lines, struct findings *findings)
{
	/* One that is no UUID is answered with another, which nobody knows here. */
	const char *own = json_string_value(json_object_get(request->headers, "X-Request-Id"));
	bool known = !own || strcmp(own, request->id) == 0;
	const struct operation *operation = request->operation;
	check_header(answer, "X-Request-Id", known ? request->id : NULL, findings);
	check_header(answer, "X-Content-Type-Options", "nosniff", findings);
	if (operation && !operation->is_public) {
		check_header(answer, "Cache-Control", "no-store", findings);
		check_header(answer, "Referrer-Policy", "no-referrer", findings);
	}
	if (answer->status >= 400)
		check_problem(scene, answer, findings);
	else if (operation)
		check_success(request, answer, findings);
	if (known) {
		ledger_check_receipt(lines, answer, findings);
		proven_check(scene, request, answer, lines, findings);
	}
}
