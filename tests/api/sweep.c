/* Tries each operation as everybody whom the contract does not allow, and from another force. */
#include "sweep.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/id.h"
#include "conformity.h"
#include "ledger.h"
#include "sweep_input.h"
#include "sweep_list.h"
#include "sweep_past.h"

enum { TEXT_SIZE = 80, PATH_SIZE = 4096 };

static const struct {
	const char *role;
	const char *suffix; /* of the sandbox's staff reference; NULL: the system client */
} people[] = {
	{"call_handler", "CH-1"}, {"dispatcher", "DI-1"}, {"officer", "OF-1"},
	{"specialist", "SP-1"}, {"supervisor", "SU-1"}, {"analyst", "AN-1"},
	{"administrator", "AD-1"}, {"auditor", "AU-1"}, {"records_manager", "RM-1"}, {"system_client", NULL},
};
enum { PEOPLE = sizeof people / sizeof *people };

static bool is_allowed(const struct operation *operation, const char *role)
{
	for (const char *const *allowed = operation->roles; *allowed; allowed++)
		if (strcmp(*allowed, role) == 0)
			return true;
	return false;
}

bool sweep_takes(const struct operation *operation, const char *name)
{
	for (size_t i = 0; i < operation->input_count; i++)
		if (operation->inputs[i].place == PLACE_QUERY && strcmp(operation->inputs[i].name, name) == 0)
			return true;
	return false;
}

void sweep_with_parameter(const char *path, const char *name, const char *value, char changed[SWEEP_PATH_SIZE])
{
	size_t length = strlen(name), used = strcspn(path, "?");
	const char *rest = path[used] ? path + used + 1 : "";
	snprintf(changed, SWEEP_PATH_SIZE, "%.*s?%s=%s", (int)used, path, name, value);
	for (; *rest; rest += strcspn(rest, "&"), rest += *rest == '&') {
		size_t span = strcspn(rest, "&");
		used = strlen(changed);
		if (strncmp(rest, name, length) != 0 || rest[length] != '=')
			snprintf(changed + used, SWEEP_PATH_SIZE - used, "&%.*s", (int)span, rest);
	}
}

bool sweep_send(struct scene *scene, struct request *request, struct client_answer *answer)
{
	char key[ID_TEXT_SIZE];
	id_new(key);
	if (request->key)
		request->key = key;
	bool sent = scene_send(scene, request, answer);
	if (request->key)
		request->key = "";
	return sent;
}

static bool has_code(const struct client_answer *answer, long status, const char *code)
{
	const char *came = json_string_value(json_object_get(answer->json, "code"));
	return answer->status == status && came && strcmp(came, code) == 0;
}

/* A line of change has an image. */
void sweep_check_refusal(struct scene *scene, const struct request *request, const struct client_answer *answer)
{
	json_t *lines = ledger_lines(scene->database, request->id);
	for (size_t i = 0; i < json_array_size(lines); i++)
		if (json_is_object(json_object_get(json_array_get(lines, i), "image")))
			findings_add(&scene->findings, "refused with %ld, yet it wrote a line of change", answer->status);
	conformity_check(scene, request, answer, lines, &scene->findings);
	json_decref(lines);
}

static void refuse_role(struct scene *scene, const struct request *original, size_t person)
{
	char client[TEXT_SIZE], staff[TEXT_SIZE];
	const char *suffix = people[person].suffix;
	bool north = strncmp(original->client, "northumbria.", 12) == 0;
	struct request request = *original;
	struct client_answer answer;
	if (!suffix && north)
		return; /* it has no such client */
	snprintf(client, sizeof client, "%s.%s", north ? "northumbria" : "west-midlands",
		 suffix ? "control-room-web" : "command-and-control");
	snprintf(staff, sizeof staff, "%s-%s", north ? "NB" : "WM", suffix ? suffix : "");
	request.client = client;
	request.staff = suffix ? staff : NULL;
	if (sweep_send(scene, &request, &answer)) {
		if (!has_code(&answer, 403, "role_not_allowed"))
			findings_add(&scene->findings, "sweep: as %s: expected 403 role_not_allowed, came %ld: %.300s",
				     people[person].role, answer.status, answer.body);
		sweep_check_refusal(scene, &request, &answer);
		coverage_mark(scene->coverage, request.operation, COVERAGE_REFUSED_ROLE);
	}
	client_answer_release(&answer);
}

/* --- another force ------------------------------------------------------------------------------------------------- */

/* The path with all its ids exchanged for fresh ones. */
static void exchange_ids(const char *path, char changed[PATH_SIZE])
{
	size_t used = 0;
	while (*path && used < PATH_SIZE - ID_TEXT_SIZE) {
		if (strlen(path) >= ID_TEXT_SIZE - 1 && id_is_valid(path, ID_TEXT_SIZE - 1)) {
			id_new(changed + used);
			used += ID_TEXT_SIZE - 1;
			path += ID_TEXT_SIZE - 1;
		} else {
			changed[used++] = *path++;
		}
	}
	changed[used] = '\0';
}

/* What tells two refusals apart that must be the same. New reference. */
static json_t *masked(const struct client_answer *answer)
{
	json_t *copy = json_copy(answer->json);
	json_object_del(copy, "requestId");
	json_object_del(copy, "instance");
	return copy;
}

/* A hidden record and an absent one must answer alike. */
static void compare_with_absent(struct scene *scene, const struct request *original, const struct client_answer *hidden)
{
	char path[PATH_SIZE];
	struct request request = *original;
	struct client_answer absent;
	exchange_ids(original->path, path);
	request.path = path;
	if (sweep_send(scene, &request, &absent)) {
		json_t *first = masked(hidden), *second = masked(&absent);
		if (hidden->status != absent.status || !json_equal(first, second))
			findings_add(&scene->findings, "sweep: a hidden record answers %ld %.300s, an absent one %ld %.300s",
				     hidden->status, hidden->body, absent.status, absent.body);
		json_decref(first);
		json_decref(second);
	}
	client_answer_release(&absent);
}

static const char *allowed_suffix(const struct operation *operation)
{
	for (size_t i = 0; i < PEOPLE; i++)
		if (people[i].suffix && is_allowed(operation, people[i].role))
			return people[i].suffix;
	return NULL;
}

/* The same person in the other force, for the sandbox has the same people in both; false when nobody there may. */
static bool make_twin(const struct request *original, struct request *twin, char staff[TEXT_SIZE])
{
	const char *suffix = allowed_suffix(original->operation);
	bool north = strncmp(original->client, "northumbria.", 12) == 0;
	if (!suffix)
		return false;
	if (original->staff && strncmp(original->staff, north ? "NB-" : "WM-", 3) == 0 && strlen(original->staff) == 7)
		suffix = original->staff + 3;
	snprintf(staff, TEXT_SIZE, "%s-%s", north ? "WM" : "NB", suffix);
	*twin = *original;
	twin->client = north ? "west-midlands.control-room-web" : "northumbria.control-room-web";
	twin->staff = staff;
	return true;
}

static void refuse_force(struct scene *scene, const struct request *original)
{
	char staff[TEXT_SIZE];
	struct request request;
	struct client_answer answer;
	if (!coverage_has_id(original->operation) || !make_twin(original, &request, staff))
		return;
	if (sweep_send(scene, &request, &answer)) {
		if (answer.status != 404 && !has_code(&answer, 422, "unknown_reference"))
			findings_add(&scene->findings, "sweep: as %s: expected 404, came %ld: %.300s", staff, answer.status,
				     answer.body);
		sweep_check_refusal(scene, &request, &answer);
		compare_with_absent(scene, &request, &answer);
		coverage_mark(scene->coverage, request.operation, COVERAGE_OTHER_FORCE);
	}
	client_answer_release(&answer);
}

/* How many ids the text has; those that `other` has too and `asked` has not are findings. */
static size_t compare_ids(struct scene *scene, const char *text, const char *other, const char *asked)
{
	size_t count = 0;
	for (; strlen(text) >= ID_TEXT_SIZE - 1; text++) {
		char id[ID_TEXT_SIZE];
		if (!id_is_valid(text, ID_TEXT_SIZE - 1))
			continue;
		snprintf(id, sizeof id, "%s", text);
		if (strstr(other, id) && !(asked && strstr(asked, id)))
			findings_add(&scene->findings, "sweep: the other force is shown %s too", id);
		count++;
		text += ID_TEXT_SIZE - 2;
	}
	return count;
}

/* A list or a search that names no record: no id that is shown to one force is shown to the other. */
static void look_from_other_force(struct scene *scene, const struct request *original, const struct client_answer *shown)
{
	char staff[TEXT_SIZE];
	struct request request;
	struct client_answer answer;
	const char *kind = original->operation->ledger;
	bool looks = strcmp(kind, "consultation") == 0 || strcmp(kind, "disclosure") == 0;
	if (!looks || coverage_has_id(original->operation) || strstr(original->path, "cursor=") ||
	    !make_twin(original, &request, staff))
		return;
	if (sweep_send(scene, &request, &answer)) {
		size_t count = compare_ids(scene, shown->body, answer.body, original->body);
		if (count > 0)
			coverage_mark(scene->coverage, original->operation, COVERAGE_OTHER_FORCE);
		if (answer.status >= 500)
			findings_add(&scene->findings, "sweep: as %s: came %ld: %.300s", staff, answer.status, answer.body);
	}
	client_answer_release(&answer);
}

void sweep_operation(struct scene *scene, const struct request *request, const struct client_answer *answer)
{
	const struct operation *operation = request->operation;
	if (!operation || operation->is_public || answer->status >= 300)
		return;
	sweep_list(scene, request); /* each time: it has more items later */
	sweep_past(scene, request, answer);
	look_from_other_force(scene, request, answer);
	if (json_object_get(scene->swept, operation->id))
		return;
	json_object_set_new(scene->swept, operation->id, json_true());
	for (size_t i = 0; i < PEOPLE; i++)
		if (!is_allowed(operation, people[i].role))
			refuse_role(scene, request, i);
	if (strcmp(operation->ledger, "none") != 0)
		refuse_force(scene, request);
	sweep_replay(scene, request, answer);
	sweep_input(scene, request);
}
