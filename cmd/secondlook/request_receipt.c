/* The signed receipt of an answer whose lines are on disk: reads their leaves, and has them signed. */
#include <string.h>
#include <strings.h>

#include "base/log.h"
#include "base/time.h"
#include "request.h"
#include "request_state.h"

const struct db_statement request_receipt_leaves = {"leaves", "select line_id, leaf from receipt_leaves($1, $2::uuid)",
						    RECEIPT_VALUES};

/* Preferences stand between commas; what follows a semicolon in one are its parameters (RFC 7240). */
bool request_prefers(const struct request *request, const char *preference)
{
	const char *prefer = http_header(request->http, "Prefer");
	size_t wanted = strlen(preference);
	for (const char *one = prefer ? prefer : ""; *one; one += strcspn(one, ","), one += *one == ',') {
		one += strspn(one, " \t");
		size_t length = strcspn(one, ",; \t");
		if (length == wanted && strncasecmp(one, preference, length) == 0)
			return true;
	}
	return false;
}

static void take_leaves(void *context, size_t call, const struct rows *rows)
{
	struct request *request = context;
	(void)call;
	enum err error = receipt_sign(&request->worker->receipt_key, request->force, rows, time_now_us(), &request->http->arena,
				      &request->signed_receipt);
	if (error != ERR_NONE)
		log_event(LOG_WARNING, "receipt_not_signed", "\"lines\":%d,\"request\":\"%s\"", rows->count, request->http->id);
}

/* However it ended: an answer is never held back for want of its receipt's signature. */
static void done(void *context, enum db_outcome outcome, const struct db_refusal *refusal)
{
	(void)outcome;
	(void)refusal;
	request_send(context);
}

bool request_receipt_asked(struct request *request)
{
	struct db_lane *lane = request->worker->lanes[request->plan->operation->lane];
	size_t count = (size_t)request_line_count(request), room = request->worker->inheritance->settings->headers_maximum;
	if (count == 0 || count > RECEIPT_SIGNED_MAXIMUM || count * RECEIPT_SIGNED_ROOM > room || !lane ||
	    !request->worker->receipt_key.is_there || !request_prefers(request, "receipt=signed"))
		return false;
	request->receipt_values[0] = request->force;
	request->receipt_values[1] = request->line_id;
	request->calls[0] = (struct db_call){.statement = &request_receipt_leaves, .values = request->receipt_values};
	request->segment = (struct db_segment){.calls = request->calls, .call_count = 1, .rows = take_leaves, .done = done,
					       .context = request, .is_repeatable = true};
	return db_submit(lane, &request->segment) == ERR_NONE;
}
