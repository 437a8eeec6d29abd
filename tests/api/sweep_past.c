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

static bool is_rebuilt(const struct client_answer *now, const struct client_answer *past)
{
	json_t *stands = json_deep_copy(now->json), *rebuilt = json_deep_copy(past->json);
	take_out(stands);
	take_out(rebuilt);
	bool is_same = past->status == 200 && json_equal(stands, rebuilt);
	json_decref(stands);
	json_decref(rebuilt);
	return is_same;
}

enum { CHANGES_MOST = 5 };
static void compare_from(struct scene *scene, const struct request *original, const struct client_answer *now, int changes);

/* The clock may have changed the record since it was read: then it is read as it stands anew, and compared with that. */
static void compare(struct scene *scene, const struct request *original, const struct client_answer *now, const struct client_answer *past,
		    int changes)
{
	char etag[32];
	struct client_answer again;
	struct request request = *original;
	if (client_header(past, "ETag", etag, sizeof etag))
		findings_add(&scene->findings, "sweep: what stood at a moment has an ETag");
	if (is_rebuilt(now, past))
		return;
	if (scene_send(scene, &request, &again)) {
		if (json_equal(again.json, now->json) || changes == CHANGES_MOST)
			findings_add(&scene->findings, "sweep: as of 2099 it answers %ld %.600s, now %.600s", past->status, past->body, now->body);
		else
			compare_from(scene, original, &again, changes + 1);
	}
	client_answer_release(&again);
}

static void compare_from(struct scene *scene, const struct request *original, const struct client_answer *now, int changes)
{
	char path[SWEEP_PATH_SIZE];
	struct client_answer answer;
	struct request request = *original;
	sweep_with_parameter(original->path, "asAt", "2099-01-01T00:00:00Z", path);
	request.path = path;
	if (scene_send(scene, &request, &answer)) {
		json_t *lines = ledger_lines(scene->database, request.id);
		conformity_check(scene, &request, &answer, lines, &scene->findings);
		json_decref(lines);
		compare(scene, original, now, &answer, changes);
	}
	client_answer_release(&answer);
}

void sweep_past(struct scene *scene, const struct request *original, const struct client_answer *now)
{
	if (!sweep_takes(original->operation, "asAt") || strstr(original->path, "asAt=") || strstr(original->path, "happenedBy=") ||
	    strstr(original->path, "cursor=") || !now->json || json_object_get(original->headers, "Prefer"))
		return;
	compare_from(scene, original, now, 0);
}
