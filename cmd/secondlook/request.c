/* Takes a request in, sends its segment, and decides by the outcome how it goes on. */
#include "request.h"

#include <jansson.h>
#include <string.h>

#include "base/log.h"
#include "base/time.h"
#include "documents.h"
#include "problem.h"
#include "request_state.h"

const struct db_statement request_enter = {
	"enter", "select enter($1, $2, $3, $4::text[], $5, $6, $7, $8)", ENTER_VALUES};
const struct db_statement request_travel = {"travel", "select travel($1::timestamptz, $2::timestamptz)", TRAVEL_VALUES};
const struct db_statement request_claim = {"claim", "select claim($1, $2, $3)", CLAIM_VALUES};
const struct db_statement request_lines = {"lines", "select request_lines()", 0};

static void done(void *context, enum db_outcome outcome, const struct db_refusal *refusal);

static void submit(struct request *request)
{
	/* The same statements over the past have plans of their own: on connections where the present isn't read. */
	enum lane lane = request->is_past ? LANE_BULK : request->plan->operation->lane;
	if (!request->worker->lanes[lane]) { /* stopping */
		request_problem_code(request, "database_unavailable");
		return;
	}
	request->segment.rows = request_rows;
	request->segment.done = done;
	request->segment.context = request;
	request->segment.is_repeatable = true;
	enum err error = db_submit(request->worker->lanes[lane], &request->segment);
	if (error == ERR_NONE)
		return;
	if (error == ERR_LIMIT)
		request->worker->slot->shed[lane]++;
	request_problem_code(request, error == ERR_LIMIT ? "overloaded" : "database_unavailable");
}

/* A used key: the record it made is read afresh, authorised, logged and gated like any read. */
static void replay(struct request *request, const char *detail)
{
	json_t *stored = json_loads(detail, 0, NULL);
	const char *location = json_string_value(json_object_get(stored, "location"));
	char *path = location ? arena_copy_string(&request->http->arena, location) : NULL;
	json_decref(stored);
	struct match match = {0};
	if (!path || contract_match(request->worker->service->contract, "GET", path, &match) != MATCH_FOUND) {
		request_problem_code(request, "internal_error");
		return;
	}
	request->match = match;
	request->plan = service_plan(request->worker->service, match.operation);
	request->is_replay = true;
	request->created = path;
	struct carried carried = {.match = &request->match, .query = "", .request = request->http, .header = request_header};
	if (request_prepare(request, &carried))
		submit(request);
}

static void refused(struct request *request, const struct db_refusal *refusal)
{
	struct problem problem = {0};
	struct faults faults = {0};
	struct fault room;
	if (strcmp(refusal->sqlstate, "SL200") == 0 && !request->is_replay && refusal->detail) {
		replay(request, refusal->detail);
		return;
	}
	if (request->is_replay && strcmp(refusal->message, "role_not_allowed") == 0) {
		request_confirmed(request);
		return;
	}
	problem_of_refusal(request->worker->service->contract, refusal, &problem, &faults, &room);
	request_problem(request, &problem);
}

static void committed(struct request *request)
{
	if (request->body.failed || request->seen.failed) {
		log_event(LOG_ERROR, "answer_too_large", "\"operation\":\"%s\"", request->plan->operation->id);
		request_problem_code(request, "internal_error");
	} else if (!request->has_row && request->line_count > 0) {
		log_event(LOG_ERROR, "change_without_answer", "\"operation\":\"%s\"", request->plan->operation->id);
		request_problem_code(request, "internal_error");
	} else if (!request->has_row) {
		request_problem_code(request, "not_found");
	} else if (request->format != FORMAT_WRITTEN || request_written(request)) {
		request_succeeded(request);
	}
}

static void done(void *context, enum db_outcome outcome, const struct db_refusal *refusal)
{
	struct request *request = context;
	switch (outcome) {
	case DB_COMMITTED:
		committed(request);
		break;
	case DB_REFUSED:
		refused(request, refusal);
		break;
	case DB_UNKNOWN:
		request_problem_code(request, request->plan->changes ? "outcome_unknown" : "database_unavailable");
		break;
	case DB_UNAVAILABLE:
		request_problem_code(request, "database_unavailable");
		break;
	}
}

enum { BODY_MAXIMUM = 8 << 20, SEEN_MAXIMUM = 1 << 20 };

void request_begin(void *context, struct http_request *http)
{
	struct worker *worker = context;
	if (documents_answer(worker, http))
		return;
	struct request *request = arena_take_zeroed(&http->arena, sizeof *request);
	if (!request) {
		documents_refuse(worker, http, "overloaded");
		return;
	}
	request->worker = worker;
	request->http = http;
	request->total = -1;
	http->user = request;
	worker->slot->requests_in_flight++;
	bytes_init(&request->body, BODY_MAXIMUM);
	bytes_init(&request->seen, SEEN_MAXIMUM);
	if (request_check(request))
		submit(request);
}

void request_finished(void *context, struct http_request *http)
{
	struct worker *worker = context;
	struct request *request = http->user;
	if (!request)
		return;
	bytes_release(&request->body);
	bytes_release(&request->seen);
	if (request->written)
		request->plan->writer->release(request->written);
	worker->slot->requests_in_flight--;
	http->user = NULL;
}

void request_refused_by_http(void *context, unsigned status, const char *code, const char *request_id, struct bytes *body)
{
	struct worker *worker = context;
	struct problem problem = {.code = code, .request_id = request_id};
	worker->slot->refused_by_guard++;
	log_event(LOG_INFO, "refused_by_guard", "\"status\":%u,\"problem\":\"%s\",\"request\":\"%s\"", status, code, request_id);
	(void)problem_write(worker->service->contract, &problem, body);
}
