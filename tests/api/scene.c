/* Keeps connections, and turns a request into a call. */
#include "scene.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/id.h"

enum { HEADERS_MAXIMUM = 32 };

bool scene_open(struct scene *scene)
{
	scene->database = PQconnectdb(scene->service->url);
	scene->swept = json_object();
	variables_init(&scene->variables);
	findings_init(&scene->findings);
	return PQstatus(scene->database) == CONNECTION_OK;
}

void scene_close(struct scene *scene)
{
	for (size_t i = 0; i < SCENE_CLIENTS_MAXIMUM; i++)
		client_free(scene->clients[i].client);
	PQfinish(scene->database);
	json_decref(scene->swept);
	variables_release(&scene->variables);
	findings_release(&scene->findings);
}

static struct client *client_of(struct scene *scene, const char *name)
{
	size_t i = 0;
	while (i < SCENE_CLIENTS_MAXIMUM - 1 && scene->clients[i].client && strcmp(scene->clients[i].name, name) != 0)
		i++;
	if (!scene->clients[i].client) {
		snprintf(scene->clients[i].name, sizeof scene->clients[i].name, "%s", name);
		scene->clients[i].client = client_new(scene->service, name);
	}
	return scene->clients[i].client;
}

const struct operation *scene_operation(const struct scene *scene, const char *method, const char *path)
{
	struct match match;
	char *bare = strndup(path, strcspn(path, "?"));
	enum match_result result = bare ? contract_match(scene->contract, method, bare, &match) : MATCH_NO_PATH;
	free(bare);
	return result == MATCH_FOUND ? match.operation : NULL;
}

bool scene_wants_key(const struct operation *operation)
{
	return operation && (operation->precondition == PRECONDITION_IDEMPOTENCY_KEY ||
			     operation->precondition == PRECONDITION_BOTH);
}

struct header_list {
	char *lines[HEADERS_MAXIMUM + 1];
	size_t count;
};

static void add(struct header_list *list, const json_t *given, const char *name, const char *value)
{
	const char *key;
	json_t *other;
	bool replaced = false;
	json_object_foreach((json_t *)given, key, other)
		replaced = replaced || strcasecmp(key, name) == 0;
	if (value && !replaced && list->count < HEADERS_MAXIMUM &&
	    asprintf(&list->lines[list->count++], "%s: %s", name, value) < 0)
		abort();
}

static void add_given(struct header_list *list, const json_t *given)
{
	const char *key;
	json_t *value;
	json_object_foreach((json_t *)given, key, value) {
		const char *text = json_string_value(value);
		if (list->count == HEADERS_MAXIMUM)
			return;
		/* libcurl: "Name:" leaves a header out, "Name;" sends it empty. */
		int length = !text ? asprintf(&list->lines[list->count++], "%s:", key)
			     : !*text ? asprintf(&list->lines[list->count++], "%s;", key)
				      : asprintf(&list->lines[list->count++], "%s: %s", key, text);
		if (length < 0)
			abort();
	}
}

bool scene_send(struct scene *scene, struct request *request, struct client_answer *answer)
{
	struct header_list list = {.count = 0};
	const char *type = request->operation && request->operation->body_type ? request->operation->body_type
									       : "application/json";
	const char *own = json_string_value(json_object_get(request->headers, "X-Request-Id"));
	id_new(request->id);
	if (own && id_is_valid(own, strlen(own)))
		snprintf(request->id, sizeof request->id, "%s", own);
	add(&list, request->headers, "X-Request-Id", request->id);
	add(&list, request->headers, "Content-Type", request->body ? type : NULL);
	add(&list, request->headers, "Idempotency-Key", request->key);
	add(&list, request->headers, "If-Match", request->match);
	add_given(&list, request->headers);
	struct client_call call = {.method = request->method, .path = request->path, .staff = request->staff,
				   .headers = (const char *const *)list.lines, .body = request->body,
				   .body_length = request->body ? strlen(request->body) : 0};
	bool good = client_call(client_of(scene, request->client), &call, answer);
	if (!good)
		findings_add(&scene->findings, "%s %s got no answer: %s", request->method, request->path, answer->fault);
	for (size_t i = 0; i < list.count; i++)
		free(list.lines[i]);
	return good;
}
