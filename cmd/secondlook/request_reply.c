/* The end of a request's way: problem or answer, through the gate where the ledger must know, then out. */
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/time.h"
#include "db/db.h"
#include "problem.h"
#include "request_state.h"
#include "streamer.h"

enum { HEADERS_MAXIMUM = 16, CERTIFICATE_WARNING_DAYS = 30 };

static const char *content_type(const struct request *request)
{
	if (request->status >= 400)
		return "application/problem+json";
	if (request->format == FORMAT_WRITTEN)
		return request->plan->writer->content_type;
	return request->format == FORMAT_NDJSON ? "application/x-ndjson"
	       : request->format == FORMAT_CSV	  ? "text/csv; charset=utf-8; header=present"
	       : request->format == FORMAT_EVENTS ? "text/event-stream"
						  : "application/json";
}

struct headers {
	struct http_header_line lines[HEADERS_MAXIMUM];
	size_t count;
};

static void add(struct headers *headers, const char *name, const char *value)
{
	if (value)
		headers->lines[headers->count++] = (struct http_header_line){name, value};
}

int request_line_count(const struct request *request)
{
	return (request->entry.has_line ? 1 : 0) + (request->status < 400 ? request->line_count : 0);
}

/* The lines of this request: its look, or its changes; their ids differ in the last four digits. */
static const char *receipt(struct request *request)
{
	struct bytes text;
	int count = request_line_count(request), first = request->entry.has_line ? 0 : 1;
	if (count == 0)
		return NULL;
	bytes_init(&text, 8000);
	receipt_append_lines(request->line_id, first, count, &text);
	const char *string = bytes_string(&text);
	const char *copy = string ? arena_copy_string(&request->http->arena, string) : NULL;
	bytes_release(&text);
	return copy;
}

static const char *certificate_warning(struct request *request)
{
	const struct http_identity *identity = request->http->identity;
	int64_t days = identity ? (identity->not_after_us - time_now_us()) / 86400000000 : CERTIFICATE_WARNING_DAYS + 1;
	return days <= CERTIFICATE_WARNING_DAYS ? arena_format(&request->http->arena, "%d days", (int)days) : NULL;
}

static void append_query(struct bytes *url, const char *name, const char *value)
{
	bytes_format(url, "%c%s=", memchr(url->data, '?', url->length) ? '&' : '?', name);
	for (; *value; value++) {
		if (strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~", *value))
			bytes_append_char(url, *value);
		else
			bytes_format(url, "%%%02X", (unsigned char)*value);
	}
}

static const char *link_next(struct request *request)
{
	const struct operation *operation = request->plan->operation;
	struct bytes url;
	if (!request->next)
		return NULL;
	bytes_init(&url, 3000);
	bytes_format(&url, "<%s", request->http->path);
	for (size_t i = 0; i < operation->input_count; i++)
		if (operation->inputs[i].place == PLACE_QUERY && (int)i != request->plan->inputs.cursor && request->inputs[i])
			append_query(&url, operation->inputs[i].name, request->inputs[i]);
	append_query(&url, "cursor", request->next);
	bytes_append_string(&url, ">; rel=\"next\"");
	const char *text = bytes_string(&url);
	const char *copy = text ? arena_copy_string(&request->http->arena, text) : NULL;
	bytes_release(&url);
	return copy;
}

/* As it came, when it is one: 00-<32 hex>-<16 hex>-<2 hex> (W3C Trace Context). */
static const char *trace_parent(const struct request *request)
{
	const char *value = http_header(request->http, "traceparent");
	bool good = value && strlen(value) == 55 && strspn(value, "0123456789abcdef-") == 55 && value[2] == '-' &&
		    value[35] == '-' && value[52] == '-';
	return good ? value : NULL;
}

static const char *preference_applied(const struct request *request)
{
	bool is_counted = request->status < 400 && request->total >= 0, is_signed = request->signed_receipt != NULL;
	return is_counted && is_signed ? "count=exact, receipt=signed" : is_counted ? "count=exact" : is_signed ? "receipt=signed" : NULL;
}

/* The last id in the path: what a refusal names, and a file is called after. */
static const char *named_record(struct request *request)
{
	const char *record = NULL;
	for (size_t i = 0; i < CONTRACT_PATH_VALUES && request->match.values[i].data; i++)
		if (id_is_valid(request->match.values[i].data, request->match.values[i].length))
			record = arena_copy(&request->http->arena, request->match.values[i].data,
					    request->match.values[i].length);
	return record;
}

static const char *saved_as(struct request *request)
{
	const char *record = request->format == FORMAT_WRITTEN ? named_record(request) : NULL;
	return record ? arena_format(&request->http->arena, "attachment; filename=\"%s.%s\"", record,
				     request->plan->writer->extension)
		      : NULL;
}

void request_send(struct request *request)
{
	struct headers headers = {.count = 0};
	int64_t duration_us = time_monotonic_us() - request->http->started_us;
	bool found = request->status < 400;

	add(&headers, "Content-Type", request->has_row || request->status >= 400 ? content_type(request) : NULL);
	add(&headers, "Cache-Control", "no-store");
	add(&headers, "X-Content-Type-Options", "nosniff");
	add(&headers, "Referrer-Policy", "no-referrer");
	add(&headers, "X-Request-Id", request->http->id);
	add(&headers, "traceparent", trace_parent(request));
	add(&headers, "Ledger-Receipt", receipt(request));
	add(&headers, "Ledger-Receipt-Signed", request->signed_receipt);
	add(&headers, "Preference-Applied", preference_applied(request));
	add(&headers, "Certificate-Expires-In", certificate_warning(request));
	add(&headers, "Content-Disposition", found ? saved_as(request) : NULL);
	if (found) {
		add(&headers, "ETag", request->etag);
		add(&headers, "Location", request->created && request->status == 201 ? request->created : request->location);
		add(&headers, "Link", link_next(request));
		if (request->is_replay)
			add(&headers, "Idempotency-Replayed", "true");
	}
	if (request->status == 405)
		add(&headers, "Allow", request->match.allow);
	if (request->retry_after > 0)
		add(&headers, "Retry-After", arena_format(&request->http->arena, "%d", request->retry_after));

	struct http_reply reply = {.status = request->status, .headers = headers.lines, .header_count = headers.count};
	reply.body = bytes_detach(&request->body, &reply.body_length);
	if (request->plan)
		metrics_count(request->worker->slot, (size_t)(request->plan - request->worker->service->plans),
			      request->status, duration_us);
	if (log_is_written(LOG_INFO))
		log_event(LOG_INFO, "request", "\"operation\":\"%s\",\"status\":%u,\"duration_us\":%ld,\"request\":\"%s\"",
			  request->plan ? request->plan->operation->id : "", request->status, (long)duration_us,
			  request->http->id);
	if (request->format == FORMAT_EVENTS && request->status == 200)
		streamer_open(request, &reply);
	else
		http_reply(request->http, &reply);
}

void request_redirect(struct request *request, const char *location)
{
	request->status = 307;
	request->location = location;
	request_send(request);
}

static void write_problem(struct request *request, const struct problem *problem)
{
	struct problem whole = *problem;
	whole.instance = request->http->path;
	whole.request_id = request->http->id;
	bytes_clear(&request->body);
	request->status = problem_write(request->worker->service->contract, &whole, &request->body);
	request->retry_after = problem_retry_after(request->worker->service->contract, problem->code);
}

static void released(void *context, enum gate_outcome outcome)
{
	struct request *request = context;
	if (outcome != GATE_DURABLE) {
		struct problem problem = {.code = request->plan->changes && request->status < 400 ? "outcome_unknown"
												   : "database_unavailable"};
		request->worker->slot->gate_failures++;
		request->entry.has_line = false;
		write_problem(request, &problem);
	} else if (request_receipt_asked(request)) {
		return;
	}
	request_send(request);
}

static void enter_gate(struct request *request, bool has_line, const char *kind, const char *record)
{
	const char **columns = request->entry.columns;
	snprintf(request->status_text, sizeof request->status_text, "%u", request->status);
	snprintf(request->duration_text, sizeof request->duration_text, "%ld",
		 (long)(time_monotonic_us() - request->http->started_us));
	columns[GATE_FORCE] = request->force;
	columns[GATE_LINE] = request->line_id;
	columns[GATE_KIND] = kind;
	columns[GATE_OPERATION] = request->plan->operation->id;
	columns[GATE_ACTOR] = request->actor;
	columns[GATE_CLIENT] = request->client;
	columns[GATE_THUMBPRINT] = request->http->identity->thumbprint;
	columns[GATE_REQUEST] = request->http->id;
	columns[GATE_PURPOSE] = request->plan->inputs.purpose < 0 ? NULL : request->inputs[request->plan->inputs.purpose];
	columns[GATE_RECORD] = record;
	columns[GATE_STATUS] = request->status_text;
	columns[GATE_SEEN] = request->status < 400 && request->seen.length ? bytes_string(&request->seen) : NULL;
	columns[GATE_DURATION] = request->duration_text;
	request->entry.has_line = has_line;
	request->entry.released = released;
	request->entry.context = request;
	if (request->worker->inheritance->settings->ungated && !has_line)
		request_send(request);
	else
		gate_enter(&request->worker->gate, &request->entry);
}

void request_succeeded(struct request *request)
{
	const struct plan *plan = request->plan;
	const char *kind = plan->operation->ledger;
	if (plan->looks)
		enter_gate(request, true, kind, named_record(request));
	else /* a change that also showed other records is a look as well */
		enter_gate(request, request->seen.length > 0, "consultation", NULL);
}

void request_confirmed(struct request *request)
{
	bytes_clear(&request->body);
	bytes_clear(&request->seen);
	enter_gate(request, true, "consultation", named_record(request));
}

void request_problem(struct request *request, const struct problem *problem)
{
	write_problem(request, problem);
	bool names_a_record = request->status == 403 || request->status == 404 || request->status == 409 ||
			      request->status == 412;
	const char *record = names_a_record && request->plan && request->actor ? named_record(request) : NULL;
	if (record)
		enter_gate(request, true, "consultation", record);
	else
		request_send(request);
}

void request_problem_code(struct request *request, const char *code)
{
	struct problem problem = {.code = code};
	request_problem(request, &problem);
}
