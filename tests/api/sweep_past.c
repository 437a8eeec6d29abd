/* Reads a record or a list again as of a moment after all others: what is rebuilt must be what stands. */
#include "sweep_past.h"

#include <string.h>

#include "conformity.h"
#include "expect.h"
#include "ledger.h"
#include "sweep.h"

/* What only an answer as of a moment has, and what a page is bound to. */
static void take_out(json_t *body)
{
	size_t index;
	json_t *item;
	json_object_del(body, "erased");
	json_object_del(body, "next");
	json_array_foreach(json_object_get(body, "items"), index, item)
		json_object_del(item, "erased");
}

static void compare(struct scene *scene, const struct client_answer *now, const struct client_answer *past)
{
	json_t *stands = json_deep_copy(now->json), *rebuilt = json_deep_copy(past->json);
	char etag[32];
	take_out(stands);
	take_out(rebuilt);
	if (past->status != 200 || !json_equal(stands, rebuilt))
		findings_add(&scene->findings, "sweep: as of 2099 it answers %ld %.600s, now %.600s", past->status, past->body, now->body);
	if (client_header(past, "ETag", etag, sizeof etag))
		findings_add(&scene->findings, "sweep: what stood at a moment has an ETag");
	json_decref(stands);
	json_decref(rebuilt);
}

void sweep_past(struct scene *scene, const struct request *original, const struct client_answer *now)
{
	char path[SWEEP_PATH_SIZE];
	struct client_answer answer;
	struct request request = *original;
	if (!sweep_takes(original->operation, "asAt") || strstr(original->path, "asAt=") || strstr(original->path, "happenedBy=") ||
	    strstr(original->path, "cursor=") || !now->json || json_object_get(original->headers, "Prefer"))
		return;
	sweep_with_parameter(original->path, "asAt", "2099-01-01T00:00:00Z", path);
	request.path = path;
	if (scene_send(scene, &request, &answer)) {
		json_t *lines = ledger_lines(scene->database, request.id);
		conformity_check(scene, &request, &answer, lines, &scene->findings);
		json_decref(lines);
		compare(scene, now, &answer);
	}
	client_answer_release(&answer);
}
