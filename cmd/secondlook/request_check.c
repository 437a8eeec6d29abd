/* Refuses what can be refused without the database, and binds the values of what is left. */
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/time.h"
#include "problem.h"
#include "request.h"
#include "request_state.h"

const char *request_header(const void *http, const char *name)
{
	return http_header(http, name);
}

/* "spiffe://secondlook/force/{force}/client/{name}" */
static bool name_caller(struct request *request)
{
	static const char prefix[] = "spiffe://secondlook/force/", middle[] = "/client/";
	const char *uri = request->http->identity ? request->http->identity->uri : "";
	if (strncmp(uri, prefix, sizeof prefix - 1) != 0)
		return false;
	const char *force = uri + sizeof prefix - 1;
	const char *end = strstr(force, middle);
	if (!end || end == force)
		return false;
	request->force = arena_copy(&request->http->arena, force, (size_t)(end - force));
	request->client = end + sizeof middle - 1;
	return request->force && *request->client && !strchr(request->client, '/');
}

static bool match_operation(struct request *request)
{
	struct problem problem = {.code = "not_found"};
	enum match_result result = contract_match(request->worker->service->contract, request->http->method,
						  request->http->path, &request->match);
	if (result == MATCH_FOUND) {
		request->plan = service_plan(request->worker->service, request->match.operation);
		return true;
	}
	if (result == MATCH_NO_METHOD)
		problem.code = "method_not_allowed";
	request_problem(request, &problem);
	return false;
}

/* "application/json; charset=utf-8" is "application/json". */
static bool has_type(const char *value, const char *type)
{
	size_t length = strlen(type);
	return value && strncasecmp(value, type, length) == 0 &&
	       (value[length] == '\0' || value[length] == ';' || value[length] == ' ');
}

/* A browser of another site could send a request with this machine's certificate. */
static bool is_cross_site(const struct request *request)
{
	const char *site = http_header(request->http, "Sec-Fetch-Site");
	return site && strcmp(site, "same-origin") != 0 && strcmp(site, "none") != 0;
}

static const char *missing_of_headers(const struct request *request)
{
	const struct operation *operation = request->plan->operation;
	bool writes = strcmp(operation->method, "GET") != 0;
	if (writes && is_cross_site(request))
		return "cross_site";
	if (operation->body && !has_type(http_header(request->http, "Content-Type"), operation->body_type))
		return "unsupported_media_type";
	if (request->plan->is_claimed && !http_header(request->http, "Idempotency-Key"))
		return "precondition_required";
	if (request->plan->inputs.if_match >= 0 && !http_header(request->http, "If-Match"))
		return "precondition_required";
	return NULL;
}

struct format_offer {
	const char *type;
	enum answer_format format;
	bool (*fits)(const struct plan *plan); /* NULL: every operation */
};

static bool is_list(const struct plan *plan)
{
	return plan->operation->is_list;
}

static bool is_streamed(const struct plan *plan)
{
	return plan->streams;
}

/* How much a client wants a type: the q of the media range that fits it best, in thousandths; -1 when none does. */
static int wanted(const char *accept, const char *type)
{
	int best = -1, best_fit = 0;
	for (const char *range = accept; *range; range += strcspn(range, ","), range += *range == ',') {
		range += strspn(range, " \t");
		size_t length = strcspn(range, ",; \t"), whole = strcspn(range, ",");
		const char *parameter = memmem(range, whole, ";q=", 3);
		size_t family = strcspn(type, "/") + 1;
		int fit = length == strlen(type) && strncasecmp(range, type, length) == 0 ? 3
			  : length == family + 1 && strncasecmp(range, type, family) == 0 && range[family] == '*' ? 2
			  : length == 3 && strncmp(range, "*/*", 3) == 0					   ? 1
													   : 0;
		if (fit > best_fit) {
			best_fit = fit;
			best = parameter ? (int)(strtod(parameter + 3, NULL) * 1000) : 1000;
		}
	}
	return best;
}

static bool choose_written(struct request *request, const char *accept)
{
	request->format = FORMAT_WRITTEN;
	return !accept || !*accept || wanted(accept, request->plan->writer->content_type) > 0;
}

/* The format the client wants most; of several, the first here. */
static bool choose_format(struct request *request)
{
	static const struct format_offer offers[] = {{"application/json", FORMAT_JSON, NULL},
						     {"application/x-ndjson", FORMAT_NDJSON, is_list},
						     {"text/csv", FORMAT_CSV, is_list},
						     {"text/event-stream", FORMAT_EVENTS, is_streamed}};
	const char *accept = http_header(request->http, "Accept");
	int most = 0;
	if (request->plan->writer)
		return choose_written(request, accept);
	request->format = FORMAT_JSON;
	if (!accept || !*accept)
		return true;
	for (size_t i = 0; i < sizeof offers / sizeof *offers; i++) {
		int much = offers[i].fits && !offers[i].fits(request->plan) ? -1 : wanted(accept, offers[i].type);
		if (much > most) {
			most = much;
			request->format = offers[i].format;
		}
	}
	request->is_for_spreadsheet = strstr(accept, "csv-profile=spreadsheet") != NULL;
	return most > 0;
}

const char *request_input(const struct request *request, const char *name)
{
	const struct operation *operation = request->plan->operation;
	for (size_t i = 0; i < operation->input_count; i++)
		if (strcmp(operation->inputs[i].name, name) == 0)
			return request->inputs[i];
	return NULL;
}

static const char *input(const struct request *request, int index)
{
	return index < 0 ? NULL : request->inputs[index];
}

/* "\"12\"" is 12: the pattern in the contract has been checked. */
static const char *version_of_etag(struct request *request, const char *etag)
{
	return etag ? arena_copy(&request->http->arena, etag + 1, strlen(etag) - 2) : NULL;
}

/* What a cursor is bound to: the operation, the force, and every input that is not part of paging. */
static const char *list_key(struct request *request)
{
	const struct operation *operation = request->plan->operation;
	struct bytes key;
	bytes_init(&key, 20000);
	bytes_format(&key, "%s|%s", operation->id, request->force);
	for (size_t i = 0; i < operation->input_count; i++) {
		int index = (int)i;
		if (index == request->plan->inputs.cursor || index == request->plan->inputs.limit ||
		    operation->inputs[i].place == PLACE_HEADER || !request->inputs[i])
			continue;
		bytes_format(&key, "|%s=", operation->inputs[i].name);
		bytes_append_json_string(&key, request->inputs[i], strlen(request->inputs[i]));
	}
	const char *text = bytes_string(&key);
	const char *copy = text ? arena_copy_string(&request->http->arena, text) : NULL;
	bytes_release(&key);
	return copy;
}

static bool bind_paging(struct request *request)
{
	struct arena *arena = &request->http->arena;
	const char *limit = input(request, request->plan->inputs.limit);
	const char *cursor = input(request, request->plan->inputs.cursor);
	if (!request->plan->operation->is_list)
		return true;
	if (!request->worker->cursor_key.mac) { /* not read from the database yet */
		request_problem_code(request, "database_unavailable");
		return false;
	}
	request->limit = limit ? atoi(limit) : 50;
	request->values[BUILTIN_FETCH] = arena_format(arena, "%d", request->limit + 1);
	request->list_key = list_key(request);
	if (!request->list_key || !request->values[BUILTIN_FETCH]) {
		request_problem_code(request, "internal_error");
		return false;
	}
	if (cursor && cursor_read(&request->worker->cursor_key, request->list_key, cursor, arena,
				  &request->values[BUILTIN_CURSOR]) != ERR_NONE) {
		request_problem_code(request, "invalid_cursor");
		return false;
	}
	return true;
}

/* Ids of records and lines that are made together share all but their last four digits. */
static void make_id(char text[ID_TEXT_SIZE])
{
	id_new(text);
	memcpy(text + ID_TEXT_SIZE - 5, "0000", 4);
}

static const char *replace_new_id(struct request *request, const char *template)
{
	struct bytes path;
	bytes_init(&path, 1000);
	size_t next = 0;
	for (const char *rest = template; *rest;) {
		const char *brace = strchr(rest, '{');
		if (!brace) {
			bytes_append_string(&path, rest);
			break;
		}
		bytes_append(&path, rest, (size_t)(brace - rest));
		rest = strchr(brace, '}') + 1;
		if (strncmp(brace, "{newId}", 7) == 0)
			bytes_append_string(&path, request->new_id);
		else if (next < CONTRACT_PATH_VALUES) {
			bytes_append(&path, request->match.values[next].data, request->match.values[next].length);
			next++;
		}
	}
	const char *text = bytes_string(&path);
	const char *copy = text ? arena_copy_string(&request->http->arena, text) : NULL;
	bytes_release(&path);
	return copy;
}

static const char *expiry(struct request *request)
{
	char text[TIME_TEXT_SIZE];
	time_format(request->http->identity->not_after_us, text);
	return arena_copy_string(&request->http->arena, text);
}

static bool bind_values(struct request *request)
{
	const struct plan *plan = request->plan;
	struct arena *arena = &request->http->arena;
	const char **values = arena_take_zeroed(arena, (plan->name_count + 1) * sizeof *values);
	const char *staff = input(request, plan->inputs.on_behalf_of);
	request->values = values;
	if (!values)
		return false;
	request->actor = staff ? staff : arena_format(arena, "client:%s", request->client);
	values[BUILTIN_FORCE] = request->force;
	values[BUILTIN_ACTOR] = request->actor;
	values[BUILTIN_NEW_ID] = request->new_id;
	if (sqlfile_mentions(plan->file, "body") && request->http->body_length)
		values[BUILTIN_BODY] = arena_copy(arena, request->http->body, request->http->body_length);
	values[BUILTIN_IF_MATCH] = version_of_etag(request, input(request, plan->inputs.if_match));
	values[BUILTIN_CERTIFICATE_EXPIRES_AT] = expiry(request);
	values[BUILTIN_OPERATIONS] = request->worker->service->operations_json;
	memcpy(values + BUILTIN_COUNT, request->inputs, plan->operation->input_count * sizeof *values);
	return request->actor != NULL;
}

/* SHA-256 of path and body: with operation, client and staff, what an idempotency key belongs to. */
static const char *hash_request(struct request *request)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned int length = 0;
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	char *text = arena_take(&request->http->arena, 65);
	bool good = context && text && EVP_DigestInit_ex(context, EVP_sha256(), NULL) &&
		    EVP_DigestUpdate(context, request->http->path, strlen(request->http->path) + 1) &&
		    EVP_DigestUpdate(context, request->http->body, request->http->body_length) &&
		    EVP_DigestFinal_ex(context, digest, &length);
	EVP_MD_CTX_free(context);
	for (unsigned int i = 0; good && i < length; i++)
		snprintf(text + 2 * i, 3, "%02x", digest[i]);
	return good ? text : NULL;
}

static void add_call(struct request *request, const struct db_statement *statement, const char *const *values)
{
	request->calls[request->segment.call_count++] = (struct db_call){.statement = statement, .values = values};
}

static void add_enter(struct request *request)
{
	const struct plan *plan = request->plan;
	const char **values = request->enter_values;
	values[0] = request->http->identity->uri;
	values[1] = input(request, plan->inputs.on_behalf_of);
	values[2] = plan->operation->id;
	values[3] = plan->roles;
	values[4] = request->http->id;
	values[5] = request->line_id;
	values[6] = request->http->identity->thumbprint;
	values[7] = input(request, plan->inputs.purpose);
	add_call(request, &request_enter, values);
}

/* What is asked for as it stood: from here on the statements read the tables as they were. */
static void add_travel(struct request *request)
{
	const char **values = request->travel_values;
	values[0] = input(request, request->plan->inputs.as_at);
	values[1] = input(request, request->plan->inputs.happened_by);
	request->is_past = values[0] || values[1];
	if (request->is_past)
		add_call(request, &request_travel, values);
}

static bool add_claim(struct request *request)
{
	const char **values = request->claim_values;
	values[0] = input(request, request->plan->inputs.idempotency_key);
	values[1] = hash_request(request);
	values[2] = request->created;
	add_call(request, &request_claim, values);
	return values[1] && values[2];
}

static uint32_t present_filters(const struct request *request)
{
	uint32_t mask = 0;
	for (size_t i = 0; i < request->plan->filter_count; i++)
		if (request->values[request->plan->filters[i]])
			mask |= 1u << i;
	return mask;
}

static const char **values_of(struct request *request, const struct sqlfile_statement *statement)
{
	size_t count = (size_t)statement->statement.parameter_count;
	const char **values = arena_take(&request->http->arena, (count + 1) * sizeof *values);
	for (size_t i = 0; values && i < count; i++)
		values[i] = request->values[statement->inputs[i]];
	return values;
}

static bool prefers_count(const struct request *request)
{
	return request->plan->operation->is_list && request->format == FORMAT_JSON && request_prefers(request, "count=exact");
}

/* The list's own statement without its page: no limit, and no cursor among the filters. */
static bool add_count(struct request *request, uint32_t mask)
{
	const struct sqlfile_statement *statement;
	for (size_t i = 0; i < request->plan->filter_count; i++)
		if (request->plan->filters[i] == BUILTIN_CURSOR)
			mask &= ~(1u << i);
	if (service_count(request->plan, mask, &statement) != ERR_NONE)
		return false;
	const char **values = values_of(request, statement);
	if (!values)
		return false;
	for (int i = 0; i < statement->statement.parameter_count; i++)
		if (statement->inputs[i] == BUILTIN_FETCH || statement->inputs[i] == BUILTIN_CURSOR)
			values[i] = NULL;
	request->count_call = request->segment.call_count;
	add_call(request, &statement->statement, values);
	return true;
}

static bool add_statements(struct request *request)
{
	const struct sqlfile_shape *shape;
	uint32_t mask = present_filters(request);
	if (sqlfile_shape(request->plan->file, mask, &shape) != ERR_NONE)
		return false;
	request->total = -1;
	request->count_call = 0;
	request->first_call = request->segment.call_count;
	for (size_t i = 0; i < shape->count; i++) {
		if (i + 1 == shape->count && prefers_count(request) && !add_count(request, mask))
			return false;
		const struct sqlfile_statement *statement = &shape->statements[i];
		if (i + 1 == shape->count && request->is_past && service_past(request->plan, mask, &statement) != ERR_NONE)
			return false;
		const char **values = values_of(request, statement);
		if (!values)
			return false;
		request->answer_call = request->segment.call_count;
		add_call(request, &statement->statement, values);
	}
	return true;
}

static bool build_segment(struct request *request)
{
	request->segment = (struct db_segment){.calls = request->calls};
	add_enter(request);
	add_travel(request);
	if (request->format == FORMAT_EVENTS)
		return request_events_prepare(request);
	if (request->plan->is_claimed && !add_claim(request))
		return false;
	if (!add_statements(request))
		return false;
	if (request->plan->changes)
		add_call(request, &request_lines, NULL);
	return true;
}

static void refuse_faults(struct request *request, const struct faults *faults, bool malformed)
{
	struct problem problem = {.code = malformed ? "malformed_request" : "invalid_request", .faults = faults};
	request_problem(request, &problem);
}

bool request_prepare(struct request *request, const struct carried *carried)
{
	const struct operation *operation = request->plan->operation;
	struct faults faults = {0};
	bool malformed = false;
	enum err error = contract_check(operation, carried, &request->http->arena, &faults, &malformed, &request->inputs);
	if (error == ERR_INPUT) {
		refuse_faults(request, &faults, malformed);
		return false;
	}
	request->status = request->is_replay ? 201 : operation->status;
	if (error != ERR_NONE || !bind_values(request)) {
		request_problem_code(request, "internal_error");
		return false;
	}
	if (!bind_paging(request))
		return false;
	if (!build_segment(request)) {
		request_problem_code(request, "internal_error");
		return false;
	}
	return true;
}

bool request_check(struct request *request)
{
	struct carried carried = {.match = &request->match,
				  .query = request->http->query,
				  .header = request_header,
				  .request = request->http,
				  .body = request->http->body,
				  .body_length = request->http->body_length};
	make_id(request->new_id);
	make_id(request->line_id);
	if (!name_caller(request)) {
		request_problem_code(request, "certificate_required");
		return false;
	}
	if (!match_operation(request))
		return false;
	const char *missing = missing_of_headers(request);
	if (!missing && !choose_format(request))
		missing = "not_acceptable";
	if (missing) {
		request_problem_code(request, missing);
		return false;
	}
	if (request->format == FORMAT_EVENTS && !request->worker->streamer) {
		request_redirect(request, request_events_location(request));
		return false;
	}
	if (request->plan->operation->location)
		request->created = replace_new_id(request, request->plan->operation->location);
	if (!request_prepare(request, &carried))
		return false;
	const char *full = request->format == FORMAT_EVENTS ? request_events_refusal(request) : NULL;
	if (full)
		request_problem_code(request, full);
	return !full;
}
