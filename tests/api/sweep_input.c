/* Spoils a good request in every way that the contract names: ids, queries, members, preconditions. */
#include "sweep_input.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/id.h"
#include "contract/schema.h"
#include "sweep.h"

enum { PATH_SIZE = 4096, POINTER_SIZE = 200 };

static bool names(const struct client_answer *answer, const char *pointer, const char *code)
{
	const json_t *errors = json_object_get(answer->json, "errors");
	for (size_t i = 0; i < json_array_size(errors); i++) {
		const json_t *error = json_array_get(errors, i);
		if (strcmp(json_string_value(json_object_get(error, "pointer")), pointer) == 0 &&
		    strcmp(json_string_value(json_object_get(error, "code")), code) == 0)
			return true;
	}
	return false;
}

/* `pointer` NULL: `code` is the problem's. */
static void expect_refusal(struct scene *scene, struct request *request, const char *what, long status,
			   const char *pointer, const char *code)
{
	struct client_answer answer;
	if (sweep_send(scene, request, &answer)) {
		const char *came = json_string_value(json_object_get(answer.json, "code"));
		bool right = answer.status == status &&
			     (pointer ? names(&answer, pointer, code) : came && strcmp(came, code) == 0);
		if (!right)
			findings_add(&scene->findings, "sweep: %s: expected %ld %s %s, came %ld: %.400s", what, status,
				     pointer ? pointer : "", code, answer.status, answer.body);
		sweep_check_refusal(scene, request, &answer);
		if (right && status == 422)
			coverage_mark(scene->coverage, request->operation, COVERAGE_BAD_INPUT);
	}
	client_answer_release(&answer);
}

/* --- path and query ------------------------------------------------------------------------------------------------ */

/* "x" where the id was. */
static void spoil_id(struct scene *scene, const struct request *original, const char *id)
{
	char path[PATH_SIZE], pointer[POINTER_SIZE];
	size_t position = 0;
	struct request request = *original;
	for (const char *slash = original->path; slash < id; slash++)
		position += *slash == '/';
	/* The parameter's name stands in the same segment of the contract's path. */
	const char *segment = original->operation->path;
	for (; position > 0; position--)
		segment = strchr(segment, '/') + 1;
	snprintf(pointer, sizeof pointer, "path:%.*s", (int)strcspn(segment + 1, "}"), segment + 1);
	snprintf(path, sizeof path, "%.*sx%s", (int)(id - original->path), original->path, id + ID_TEXT_SIZE - 1);
	request.path = path;
	if (*segment == '{')
		expect_refusal(scene, &request, "an id that is none", 422, pointer, "not_a_uuid");
}

static void spoil_path(struct scene *scene, const struct request *original)
{
	size_t end = strcspn(original->path, "?");
	for (size_t i = 0; i + ID_TEXT_SIZE - 1 <= end; i++)
		if (id_is_valid(original->path + i, ID_TEXT_SIZE - 1))
			spoil_id(scene, original, original->path + i);
}

static void spoil_query(struct scene *scene, const struct request *original)
{
	char path[PATH_SIZE];
	struct request request = *original;
	snprintf(path, sizeof path, "%s%cnoSuchParameter=1", original->path, strchr(original->path, '?') ? '&' : '?');
	request.path = path;
	expect_refusal(scene, &request, "a query parameter that there isn't", 422, "query:noSuchParameter", "unknown_parameter");
}

/* --- body ---------------------------------------------------------------------------------------------------------- */

static void send_body(struct scene *scene, const struct request *original, const json_t *body, const char *what,
		      const char *pointer, const char *code)
{
	struct request request = *original;
	char *text = json_dumps(body, JSON_COMPACT);
	request.body = text;
	expect_refusal(scene, &request, what, 422, pointer, code);
	free(text);
}

static void spoil_members(struct scene *scene, const struct request *original, const json_t *body,
			  const struct schema *schema)
{
	char pointer[POINTER_SIZE];
	for (size_t i = 0; i < schema->property_count; i++) {
		const char *name = schema->properties[i].name;
		json_t *copy = json_copy((json_t *)body);
		snprintf(pointer, sizeof pointer, "/%s", name);
		if (schema->properties[i].required && json_object_del(copy, name) == 0)
			send_body(scene, original, copy, "a member that is required", pointer, "required");
		if (json_object_get(body, name) && schema_resolve(schema->properties[i].schema)->types == SCHEMA_STRING) {
			json_object_set_new(copy, name, json_object());
			send_body(scene, original, copy, "an object where a text belongs", pointer, "wrong_type");
		}
		json_decref(copy);
	}
}

static void spoil_body(struct scene *scene, const struct request *original)
{
	const struct schema *schema = original->operation->body ? schema_resolve(original->operation->body) : NULL;
	json_t *body = schema && original->body ? json_loads(original->body, 0, NULL) : NULL;
	if (json_is_object(body)) {
		json_t *copy = json_copy(body);
		json_object_set_new(copy, "noSuchMember", json_integer(1));
		if (schema->others == SCHEMA_OTHERS_REFUSED)
			send_body(scene, original, copy, "a member that there isn't", "/noSuchMember", "unknown_member");
		json_decref(copy);
		spoil_members(scene, original, body, schema);
	}
	json_decref(body);
}

/* --- preconditions ------------------------------------------------------------------------------------------------- */

static void spoil_preconditions(struct scene *scene, const struct request *original)
{
	struct request request = *original;
	if (original->match) {
		request.match = NULL;
		expect_refusal(scene, &request, "without If-Match", 428, NULL, "precondition_required");
		request.match = "3";
		expect_refusal(scene, &request, "an If-Match that is none", 422, "header:If-Match", "wrong_pattern");
		request.match = "\"999999999\"";
		expect_refusal(scene, &request, "an If-Match of no version", 412, NULL, "version_stale");
	}
	request = *original;
	if (original->key) {
		request.key = NULL;
		expect_refusal(scene, &request, "without Idempotency-Key", 428, NULL, "precondition_required");
	}
}

void sweep_input(struct scene *scene, const struct request *original)
{
	spoil_path(scene, original);
	spoil_query(scene, original);
	spoil_body(scene, original);
	spoil_preconditions(scene, original);
}
