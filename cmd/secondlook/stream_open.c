/* A stream from the request that was let in to its last line in the ledger. */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/time.h"
#include "documents.h"
#include "request_state.h"
#include "streamer.h"
#include "streams.h"

/* --- the end ------------------------------------------------------------------------------------------------------- */

void stream_release(struct stream_subscriber *subscriber)
{
	struct streamer *streamer = subscriber->feed->streamer;
	if (subscriber->stream || subscriber->catch_up || subscriber->line.is_waiting)
		return;
	subscriber->identity->references--;
	free(subscriber->kinds);
	free(subscriber);
	streamer->subscriber_count--;
	streamer_check_stopped(streamer);
}

static void unlink_subscriber(struct stream_subscriber *subscriber)
{
	if (subscriber->previous)
		subscriber->previous->next = subscriber->next;
	else
		subscriber->feed->subscribers = subscriber->next;
	if (subscriber->next)
		subscriber->next->previous = subscriber->previous;
}

static void closed(void *context, const char *why)
{
	struct stream_subscriber *subscriber = context;
	struct streamer *streamer = subscriber->feed->streamer;
	int64_t now_us = time_monotonic_us();
	subscriber->stream = NULL;
	unlink_subscriber(subscriber);
	streamer->metrics->subscribers--;
	streamer->metrics->dropped += why && strcmp(why, "stalled") == 0;
	log_event(LOG_INFO, "stream_closed", "\"why\":\"%s\",\"position\":%lld,\"seconds\":%lld,\"request\":\"%s\"",
		  why ? why : "ended", (long long)subscriber->position,
		  (long long)((now_us - subscriber->opened_us) / 1000000), subscriber->request_id);
	stream_write_last_line(subscriber, now_us);
	stream_release(subscriber);
}

static void drained(void *context)
{
	stream_send(context);
}

/* --- the beginning ------------------------------------------------------------------------------------------------- */

static void link_subscriber(struct stream_subscriber *subscriber)
{
	struct stream_feed *feed = subscriber->feed;
	subscriber->next = feed->subscribers;
	if (subscriber->next)
		subscriber->next->previous = subscriber;
	feed->subscribers = subscriber;
}

static bool describe(struct stream_subscriber *subscriber, const struct request *request)
{
	const char *kinds = request_input(request, "kind"), *case_id = request_input(request, "caseId");
	int64_t now_us = time_monotonic_us();
	subscriber->position = request->start.position;
	subscriber->opened_us = now_us;
	subscriber->line_us = now_us + request->worker->inheritance->settings->stream_line_interval_us;
	subscriber->unlogged_us = now_us;
	memcpy(subscriber->thumbprint, request->http->identity->thumbprint, sizeof subscriber->thumbprint);
	memcpy(subscriber->request_id, request->http->id, sizeof subscriber->request_id);
	for (size_t i = 0; case_id && i < ID_TEXT_SIZE - 1 && case_id[i]; i++) /* as the database writes it */
		subscriber->case_id[i] = (char)(case_id[i] >= 'A' && case_id[i] <= 'F' ? case_id[i] + 32 : case_id[i]);
	subscriber->kinds = kinds ? strdup(kinds) : NULL;
	return !kinds || subscriber->kinds;
}

static struct stream_subscriber *make(struct streamer *streamer, const struct request *request)
{
	const char *staff = request->plan->inputs.on_behalf_of < 0 ? NULL : request->inputs[request->plan->inputs.on_behalf_of];
	struct stream_feed *feed = stream_feed_of(streamer, request->force);
	struct stream_subscriber *subscriber = feed ? calloc(1, sizeof *subscriber) : NULL;
	if (!subscriber)
		return NULL;
	subscriber->feed = feed;
	subscriber->identity = stream_identity_of(feed, request->http->identity->uri, request->client, staff);
	if (subscriber->identity && describe(subscriber, request))
		return subscriber;
	if (subscriber->identity)
		subscriber->identity->references--;
	free(subscriber);
	return NULL;
}

static void begin(struct stream_subscriber *subscriber, const char *reset, int64_t upto)
{
	struct stream_feed *feed = subscriber->feed;
	struct streamer *streamer = feed->streamer;
	static const char retry[] = "retry: 1000\n\n";
	link_subscriber(subscriber);
	streamer->subscriber_count++;
	streamer->metrics->subscribers++;
	streamer->metrics->opened++;
	if (http_stream_push(subscriber->stream, retry, sizeof retry - 1) != ERR_NONE)
		log_event(LOG_WARNING, "stream_retry_not_sent", "");
	(void)stream_push_place(subscriber, reset ? "reset" : "bookmark", reset); /* it is empty as yet */
	/* Of several that were asked for at once each was let in. */
	bool is_one_too_many = subscriber->identity->references > (unsigned)streamer->worker->inheritance->settings->streams_each;
	if (streamer->is_draining || is_one_too_many) {
		stream_end(subscriber, streamer->is_draining ? "draining" : "too_many_streams");
		return;
	}
	if (!streamer->is_running) {
		streamer->polled = upto;
		streamer->epoch = 0;
	}
	stream_feed_begin(feed, upto);
	feed->has_news = true;
	streams_run(streamer);
}

void streamer_open(struct request *request, const struct http_reply *head)
{
	struct worker *worker = request->worker;
	struct stream_subscriber *subscriber = make(worker->streamer, request);
	struct http_stream_user user = {drained, closed, subscriber, STREAM_WAITING,
					worker->inheritance->settings->stream_patience_us};
	const char *reset = request->start.reset;
	int64_t upto = request->start.upto;
	/* The request, and all that is in its arena, is gone once the stream is open; the texts of `reset` are the program's. */
	if (subscriber && http_stream_open(request->http, head, &user, &subscriber->stream) == ERR_NONE) {
		begin(subscriber, reset, upto);
		return;
	}
	if (subscriber) {
		subscriber->identity->references--;
		free(subscriber->kinds);
		free(subscriber);
	}
	documents_refuse(worker, request->http, "overloaded");
}
