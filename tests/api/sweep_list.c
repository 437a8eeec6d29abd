/* Reads a list again as NDJSON, as CSV and in pages, and repeats what takes a key. */
#include "sweep_list.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "conformity.h"
#include "expect.h"
#include "ledger.h"
#include "sweep.h"

enum { PAGES = 20, SHOWN_MINIMUM = 3 };

static bool send_checked(struct scene *scene, struct request *request, struct client_answer *answer)
{
	if (!scene_send(scene, request, answer))
		return false;
	json_t *lines = ledger_lines(scene->database, request->id);
	conformity_check(scene, request, answer, lines, &scene->findings);
	json_decref(lines);
	return true;
}

static const json_t *items_of(const struct client_answer *answer)
{
	return json_object_get(answer->json, "items");
}

/* --- formats ------------------------------------------------------------------------------------------------------- */

static void compare_lines(struct scene *scene, const json_t *items, const char *text)
{
	size_t count = 0;
	for (const char *line = text; *line; line += strcspn(line, "\n"), line += *line == '\n') {
		json_t *item = json_loadb(line, strcspn(line, "\n"), 0, NULL);
		if (!item || !json_equal(item, json_array_get(items, count)))
			findings_add(&scene->findings, "sweep: line %zu of the NDJSON is not the list's item", count + 1);
		json_decref(item);
		count++;
	}
	if (count != json_array_size(items))
		findings_add(&scene->findings, "sweep: %zu lines of NDJSON for %zu items", count, json_array_size(items));
}

/* Records end outside of quotes (RFC 4180). */
static void count_records(struct scene *scene, const json_t *items, const char *text)
{
	size_t count = 0;
	bool quoted = false;
	for (; *text; text++) {
		quoted ^= *text == '"';
		count += *text == '\n' && !quoted;
	}
	if (quoted || count != json_array_size(items) + 1)
		findings_add(&scene->findings, "sweep: %zu records of CSV with the head's for %zu items", count,
			     json_array_size(items));
}

static void sweep_formats(struct scene *scene, const struct request *original, const json_t *items)
{
	static const struct {
		const char *type;
		void (*compare)(struct scene *scene, const json_t *items, const char *text);
	} formats[] = {{"application/x-ndjson", compare_lines}, {"text/csv", count_records}};
	for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
		char came[128] = "";
		struct client_answer answer;
		struct request request = *original;
		json_t *headers = request.headers ? json_copy((json_t *)request.headers) : json_object();
		json_object_set_new(headers, "Accept", json_string(formats[i].type));
		request.headers = headers;
		if (send_checked(scene, &request, &answer)) {
			(void)client_header(&answer, "Content-Type", came, sizeof came);
			if (answer.status != 200 || strncasecmp(came, formats[i].type, strlen(formats[i].type)) != 0)
				findings_add(&scene->findings, "sweep: asked for %s: came %ld %s", formats[i].type,
					     answer.status, came);
			else if (json_array_size(items) > 0)
				formats[i].compare(scene, items, answer.body);
		}
		client_answer_release(&answer);
		json_decref(headers);
	}
}

/* --- pages --------------------------------------------------------------------------------------------------------- */

/* One page; what follows in `cursor`, NULL after the last. */
static bool read_page(struct scene *scene, const struct request *original, const char *path, json_t *paged, char **cursor)
{
	struct client_answer answer;
	struct request request = *original;
	request.path = path;
	bool good = send_checked(scene, &request, &answer) && answer.status == 200;
	const char *next = json_string_value(json_object_get(answer.json, "next"));
	if (good)
		json_array_extend(paged, (json_t *)items_of(&answer));
	else
		findings_add(&scene->findings, "sweep: a page: came %ld: %.300s", answer.status, answer.body);
	free(*cursor);
	*cursor = good && next ? strdup(next) : NULL;
	client_answer_release(&answer);
	return good;
}

static void sweep_pages(struct scene *scene, const struct request *original, const json_t *items)
{
	char path[SWEEP_PATH_SIZE], following[SWEEP_PATH_SIZE], limit[24];
	char *cursor = NULL;
	json_t *paged = json_array();
	snprintf(limit, sizeof limit, "%zu", json_array_size(items) / PAGES + 1);
	sweep_with_parameter(original->path, "limit", limit, path);
	snprintf(following, sizeof following, "%s", path);
	while (read_page(scene, original, following, paged, &cursor) && cursor && json_array_size(paged) <= json_array_size(items))
		sweep_with_parameter(path, "cursor", cursor, following);
	if (!json_equal(paged, items))
		findings_add(&scene->findings, "sweep: in pages of %s the list has %zu items, not the same %zu", limit,
			     json_array_size(paged), json_array_size(items));
	free(cursor);
	json_decref(paged);
}

void sweep_list(struct scene *scene, const struct request *original)
{
	char path[SWEEP_PATH_SIZE];
	struct client_answer answer;
	struct request request = *original;
	if (!original->operation->is_list || !sweep_takes(original->operation, "limit") || strstr(original->path, "cursor="))
		return;
	if (json_object_get(original->headers, "Accept")) /* the row's own format; all are tried here */
		return;
	sweep_with_parameter(original->path, "limit", "200", path);
	request.path = path;
	if (send_checked(scene, &request, &answer) && answer.status == 200) {
		bool whole = !json_is_string(json_object_get(answer.json, "next"));
		if (whole && json_array_size(items_of(&answer)) >= SHOWN_MINIMUM)
			coverage_mark(scene->coverage, original->operation, COVERAGE_THREE_ITEMS);
		sweep_formats(scene, &request, items_of(&answer));
		if (whole)
			sweep_pages(scene, &request, items_of(&answer));
	}
	client_answer_release(&answer);
}

/* --- keys ---------------------------------------------------------------------------------------------------------- */

static void check_replay(struct scene *scene, const struct client_answer *first, const struct client_answer *second)
{
	char location[512] = "", again[512] = "", replayed[16];
	(void)client_header(first, "Location", location, sizeof location);
	(void)client_header(second, "Location", again, sizeof again);
	if (second->status != 201 || !client_header(second, "Idempotency-Replayed", replayed, sizeof replayed))
		findings_add(&scene->findings, "sweep: the repetition of a key: expected 201 replayed, came %ld: %.400s",
			     second->status, second->body);
	else if (strcmp(location, again) != 0)
		findings_add(&scene->findings, "sweep: the repetition's Location is %s, the first was %s", again, location);
}

void sweep_replay(struct scene *scene, const struct request *original, const struct client_answer *first)
{
	char other[SWEEP_PATH_SIZE];
	struct client_answer answer;
	struct request request = *original;
	if (!original->key || first->status != 201 || !original->body || strlen(original->body) + 2 > sizeof other)
		return;
	if (scene_send(scene, &request, &answer)) {
		check_replay(scene, first, &answer);
		json_t *lines = ledger_lines(scene->database, request.id);
		ledger_check_receipt(lines, &answer, &scene->findings);
		if (json_array_size(lines) != 1 || json_is_object(json_object_get(json_array_get(lines, 0), "image")))
			findings_add(&scene->findings, "sweep: the repetition of a key should write one look, not %zu lines",
				     json_array_size(lines));
		json_decref(lines);
	}
	client_answer_release(&answer);
	snprintf(other, sizeof other, "%s ", original->body); /* the same to JSON, not the same bytes */
	request = *original;
	request.body = other;
	if (send_checked(scene, &request, &answer) && answer.status != 422)
		findings_add(&scene->findings, "sweep: the key with another body: expected 422, came %ld", answer.status);
	client_answer_release(&answer);
}
