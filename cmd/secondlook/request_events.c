/* A request for a stream of events: where it is served, whether there is room for it, and where it begins. */
#include <stdlib.h>
#include <string.h>

#include "request_state.h"
#include "streams.h"

static const struct db_statement place_statement = {
	"place", "select p.start, p.upto, p.reset from feed_place($1::bigint) p", 1};

/* The host as the client named it, without its port: "localhost", "[::1]". NULL when it is none. */
static const char *host_of(struct request *request)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-";
	const char *host = http_header(request->http, "Host");
	if (!host)
		return NULL;
	size_t length = *host == '[' ? strspn(host + 1, "0123456789abcdefABCDEF:.") + 2 : strspn(host, letters);
	bool good = length > 0 && length <= strlen(host) && (*host != '[' || host[length - 1] == ']') &&
		    (host[length] == '\0' || host[length] == ':');
	return good ? arena_copy(&request->http->arena, host, length) : NULL;
}

const char *request_events_location(struct request *request)
{
	const struct worker_inheritance *inheritance = request->worker->inheritance;
	struct arena *arena = &request->http->arena;
	const char *base = inheritance->settings->stream_url, *host = host_of(request);
	if (!*base)
		base = arena_format(arena, "https://%s:%d", host ? host : "localhost", inheritance->stream_port);
	const char *query = request->http->query;
	return base ? arena_format(arena, "%s%s%s%s", base, request->http->path, *query ? "?" : "", query) : NULL;
}

const char *request_events_refusal(const struct request *request)
{
	struct worker *worker = request->worker;
	const struct settings *settings = worker->inheritance->settings;
	const char *uri = request->http->identity->uri;
	const char *staff = request->plan->inputs.on_behalf_of < 0 ? NULL : request->inputs[request->plan->inputs.on_behalf_of];
	if (worker->streamer->metrics->subscribers >= (uint64_t)settings->streams_maximum)
		return "overloaded";
	for (struct stream_feed *feed = worker->streamer->feeds; feed; feed = feed->next) {
		const struct stream_identity *identity = stream_identity_find(feed, uri, staff);
		if (identity && identity->references >= (unsigned)settings->streams_each)
			return "too_many_streams";
	}
	return NULL;
}

bool request_events_prepare(struct request *request)
{
	const char **values = arena_take(&request->http->arena, sizeof *values);
	const char *last = request_input(request, "lastEventId");
	if (!values)
		return false;
	values[0] = last ? last : request_input(request, "after");
	request->total = -1;
	request->answer_call = request->segment.call_count;
	request->calls[request->segment.call_count++] = (struct db_call){.statement = &place_statement, .values = values};
	return true;
}

static int64_t number(const struct rows *rows, int column)
{
	size_t length;
	const char *value = rows->value(rows->result, 0, column, &length);
	return value ? strtoll(value, NULL, 10) : 0;
}

void request_events_placed(struct request *request, const struct rows *rows)
{
	size_t length;
	request->has_row = rows->count > 0;
	if (!request->has_row)
		return;
	request->start.position = number(rows, 0);
	request->start.upto = number(rows, 1);
	const char *reset = rows->value(rows->result, 0, 2, &length);
	request->start.reset = !reset ? NULL : strcmp(reset, "gone") == 0 ? "gone" : "beyond";
}
