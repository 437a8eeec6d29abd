/* Answers operators and their tools on the plain listener. */
#include "operations.h"

#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "subcommands.h"

enum { LATE_US = 10000000 };

static void send_bytes(struct http_request *http, unsigned status, const char *type, struct bytes *body)
{
	const struct http_header_line headers[] = {{"Content-Type", type}, {"Cache-Control", "no-store"}};
	struct http_reply reply = {.status = status, .headers = headers, .header_count = 2};
	reply.body = bytes_detach(body, &reply.body_length);
	http_reply(http, &reply);
}

/* A clock that is late delays alerts, no request: it is told, and readiness doesn't depend on it. */
static const char *clock_word(const struct metrics_clock *clock)
{
	int64_t age_us = time_monotonic_us() - clock->last_pass_us;
	if (!clock->passes || age_us > LATE_US)
		return "waiting";
	return clock->lag_us > LATE_US ? "late" : "timely";
}

/* Likewise: a screen that hears nothing asks the lists. */
static const char *streamer_word(const struct metrics_streamer *streamer)
{
	if (time_monotonic_us() - streamer->last_tick_us > LATE_US)
		return "waiting";
	return streamer->behind_us > LATE_US ? "late" : "timely";
}

/* A sealer that is late delays proofs, no request: calls must be answered all the same. */
static const char *sealer_word(const struct metrics_sealer *sealer)
{
	int64_t age_us = time_monotonic_us() - sealer->last_pass_us;
	if (sealer->key == METRICS_KEY_MISSING)
		return "no_key";
	if (!sealer->passes || age_us > METRICS_SEALER_LATE_US)
		return "waiting";
	return sealer->lag_us > METRICS_SEALER_LATE_US ? "late" : "timely";
}

static void write_ready(const struct worker *worker, const char *missing, struct bytes *body)
{
	static const char *const words[] = {"fresh", "stale", "expired"};
	bytes_format(body, "{\"ready\":%s,\"missing\":", missing ? "false" : "true");
	if (missing)
		bytes_append_json_string(body, missing, strlen(missing));
	else
		bytes_append_string(body, "null");
	bytes_format(body, ",\"worker\":%d,\"revocations\":\"%s\",\"clock\":\"%s\",\"streams\":\"%s\",\"sealer\":\"%s\"}\n",
		     worker->index, words[http_revocations(worker->server)], clock_word(worker->inheritance->metrics->clock),
		     streamer_word(worker->inheritance->metrics->streamer), sealer_word(worker->inheritance->metrics->sealer));
}

static void write_info(const struct worker *worker, struct bytes *body)
{
	char expiry[TIME_TEXT_SIZE];
	time_format(http_server_certificate_not_after_us(worker->server), expiry);
	bytes_format(body, "{\"name\":\"secondlook\",\"version\":\"%s\",\"operations\":%zu,\"workers\":%zu,"
		     "\"gated\":%s,\"serverCertificateExpiresAt\":\"%s\"}\n", SECONDLOOK_VERSION,
		     worker->service->plan_count, worker->inheritance->metrics->worker_count,
		     worker->inheritance->settings->ungated ? "false" : "true", expiry);
}

void operations_answer(void *context, struct http_request *http)
{
	struct worker *worker = context;
	struct bytes body;
	unsigned status = 200;
	const char *type = "application/json";
	bytes_init(&body, 4 << 20);
	if (strcmp(http->path, "/health") == 0) {
		bytes_append_string(&body, "{\"alive\":true}\n");
	} else if (strcmp(http->path, "/ready") == 0) {
		const char *missing = worker_not_ready(worker);
		status = missing ? 503 : 200;
		write_ready(worker, missing, &body);
	} else if (strcmp(http->path, "/info") == 0) {
		write_info(worker, &body);
	} else if (strcmp(http->path, "/metrics") == 0) {
		type = "text/plain; version=0.0.4";
		metrics_write(worker->inheritance->metrics, worker->service, &body);
	} else {
		status = 404;
		bytes_append_string(&body, "{\"paths\":[\"/health\",\"/ready\",\"/info\",\"/metrics\"]}\n");
	}
	send_bytes(http, status, type, &body);
	bytes_release(&body);
}
