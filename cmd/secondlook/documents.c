/* Serves the contract and its problem table. */
#include "documents.h"

#include <stdlib.h>
#include <string.h>

#include "embedded.h"
#include "problem.h"

static void send_text(struct http_request *http, unsigned status, const char *type, const char *text, size_t length)
{
	const struct http_header_line headers[] = {
		{"Content-Type", type},
		{"Cache-Control", "no-cache"},
		{"X-Content-Type-Options", "nosniff"},
		{"X-Request-Id", http->id},
	};
	char *copy = malloc(length ? length : 1);
	if (copy && length)
		memcpy(copy, text, length);
	struct http_reply reply = {.status = copy ? status : 503, .headers = headers,
				   .header_count = sizeof headers / sizeof *headers, .body = copy,
				   .body_length = copy ? length : 0};
	http_reply(http, &reply);
}

void documents_refuse(struct worker *worker, struct http_request *http, const char *code)
{
	struct bytes body;
	struct problem problem = {.code = code, .instance = http->path, .request_id = http->id};
	bytes_init(&body, 10000);
	unsigned status = problem_write(worker->service->contract, &problem, &body);
	send_text(http, status, "application/problem+json", body.data, body.length);
	bytes_release(&body);
}

static void answer_problem(struct worker *worker, struct http_request *http, const char *code)
{
	json_t *row = json_object_get(contract_member(worker->service->contract, "x-problems"), code);
	if (!row) {
		documents_refuse(worker, http, "not_found");
		return;
	}
	char *text = json_dumps(row, JSON_COMPACT);
	send_text(http, 200, "application/json", text ? text : "", text ? strlen(text) : 0);
	free(text);
}

static void answer_problems(struct worker *worker, struct http_request *http)
{
	char *text = json_dumps(contract_member(worker->service->contract, "x-problems"), JSON_COMPACT);
	send_text(http, 200, "application/json", text ? text : "", text ? strlen(text) : 0);
	free(text);
}

bool documents_answer(struct worker *worker, struct http_request *http)
{
	const char *path = http->path;
	if (strncmp(path, "/v1/", 4) == 0 || strcmp(http->method, "GET") != 0)
		return false;
	if (strcmp(path, "/openapi.yaml") == 0) {
		const struct embedded_file *file = embedded_find("openapi.yaml");
		send_text(http, 200, "application/yaml", file->start, (size_t)(file->end - file->start));
	} else if (strcmp(path, "/openapi.json") == 0) {
		size_t length;
		const char *json = contract_json(worker->service->contract, &length);
		send_text(http, 200, "application/json", json, length);
	} else if (strcmp(path, "/problems") == 0) {
		answer_problems(worker, http);
	} else if (strncmp(path, "/problems/", 10) == 0) {
		answer_problem(worker, http, path + 10);
	} else {
		return false;
	}
	return true;
}
