/* Sends a stream what there is for it. */
#include <string.h>

#include "base/log.h"
#include "base/time.h"
#include "http/http.h"
#include "streams.h"

enum { FRESH_US = 5000000 }; /* without having been let in since, nobody is sent anything */

void stream_note_sent(struct stream_subscriber *subscriber, int64_t first, int64_t last, unsigned count)
{
	int64_t now_us = time_monotonic_us();
	if (subscriber->sent == 0) {
		subscriber->first_sent = first;
		if (!subscriber->line.is_waiting)
			subscriber->unlogged_us = now_us;
	}
	subscriber->last_sent = last;
	subscriber->sent += count;
	subscriber->bookmark_us = now_us + subscriber->feed->streamer->worker->inheritance->settings->stream_heartbeat_us;
}

/* --- from the ring ------------------------------------------------------------------------------------------------- */

/* A guarded event is told from the ring in its own round only, to those who were found to see it then. */
static bool is_undecided(const struct stream_subscriber *subscriber, const struct stream_event *event)
{
	const struct stream_feed *feed = subscriber->feed;
	return event->is_guarded &&
	       (event->position <= feed->batch_from || subscriber->identity->round != feed->streamer->round);
}

static bool ring_serves(const struct stream_subscriber *subscriber, size_t first)
{
	const struct stream_feed *feed = subscriber->feed;
	if (subscriber->position < feed->from)
		return false;
	for (size_t i = first; i < feed->count; i++)
		if (is_undecided(subscriber, stream_feed_event(feed, i)))
			return false;
	return true;
}

static bool is_for(const struct stream_subscriber *subscriber, const struct stream_event *event)
{
	if (event->length == 0 || !stream_event_fits(event, subscriber))
		return false;
	return !event->is_guarded || stream_identity_sees(subscriber->identity, event->position);
}

/* What was gathered leaves; false: there is no room, and it is gathered again later. */
static bool push_group(struct stream_subscriber *subscriber, int64_t first, int64_t last, unsigned count)
{
	struct streamer *streamer = subscriber->feed->streamer;
	struct bytes *group = &streamer->scratch;
	bool pushed = count == 0 ||
		      (!group->failed && http_stream_push(subscriber->stream, group->data, group->length) == ERR_NONE);
	if (pushed && count > 0) {
		stream_note_sent(subscriber, first, last, count);
		streamer->metrics->events_sent += count;
		subscriber->position = last;
	}
	bytes_clear(group);
	return pushed;
}

static void send_from_ring(struct stream_subscriber *subscriber, size_t index)
{
	struct stream_feed *feed = subscriber->feed;
	struct bytes *group = &feed->streamer->scratch;
	int64_t first = 0, last = 0;
	unsigned count = 0;
	bytes_clear(group);
	for (; index < feed->count; index++) {
		const struct stream_event *event = stream_feed_event(feed, index);
		if (!is_for(subscriber, event))
			continue;
		first = count++ ? first : event->position;
		last = event->position;
		bytes_append(group, event->text, event->length);
		if (group->length < STREAM_GROUP)
			continue;
		if (!push_group(subscriber, first, last, count))
			return;
		count = 0;
		if (http_stream_waiting(subscriber->stream)) {
			feed->has_news = true;
			return;
		}
	}
	if (push_group(subscriber, first, last, count))
		subscriber->position = feed->upto;
	else
		feed->has_news = true;
}

void stream_send(struct stream_subscriber *subscriber)
{
	struct stream_feed *feed = subscriber->feed;
	if (!subscriber->stream || subscriber->is_ending || subscriber->catch_up || http_stream_waiting(subscriber->stream))
		return;
	if (subscriber->is_behind) {
		stream_catch_up(subscriber);
		return;
	}
	size_t index = stream_feed_after(feed, subscriber->position);
	if (!ring_serves(subscriber, index)) {
		subscriber->is_behind = true;
		stream_catch_up(subscriber);
	} else if (time_monotonic_us() - subscriber->identity->checked_us > FRESH_US) {
		feed->has_news = true; /* once they have been let in again */
	} else if (index < feed->count) {
		send_from_ring(subscriber, index);
	}
}

/* --- bookmarks and the end ----------------------------------------------------------------------------------------- */

bool stream_push_place(struct stream_subscriber *subscriber, const char *event, const char *reset)
{
	struct streamer *streamer = subscriber->feed->streamer;
	struct bytes *text = &streamer->scratch;
	long long position = (long long)subscriber->position;
	bytes_clear(text);
	bytes_format(text, "id: %lld\nevent: %s\ndata: {\"position\":%lld", position, event, position);
	if (reset)
		bytes_format(text, ",\"reason\":\"%s\"", reset);
	bytes_append_string(text, "}\n\n");
	bool pushed = !text->failed && http_stream_push(subscriber->stream, text->data, text->length) == ERR_NONE;
	if (!pushed)
		log_event(LOG_WARNING, "stream_place_not_sent", "");
	subscriber->bookmark_us = time_monotonic_us() + streamer->worker->inheritance->settings->stream_heartbeat_us;
	return pushed;
}

static void push_comment(struct stream_subscriber *subscriber, const char *words)
{
	struct bytes *text = &subscriber->feed->streamer->scratch;
	bytes_clear(text);
	bytes_format(text, ": %s\n\n", words);
	if (!text->failed && http_stream_push(subscriber->stream, text->data, text->length) != ERR_NONE)
		log_event(LOG_WARNING, "stream_comment_not_sent", "");
}

void stream_end(struct stream_subscriber *subscriber, const char *why)
{
	if (!subscriber->stream || subscriber->is_ending)
		return;
	subscriber->is_ending = true;
	push_comment(subscriber, why);
	http_stream_end(subscriber->stream);
}

/* Where it can't be told, the reader comes again and is told then. */
void stream_reset(struct stream_subscriber *subscriber, int64_t position)
{
	stream_catch_up_forget(subscriber);
	subscriber->position = position;
	subscriber->is_behind = false;
	if (subscriber->stream && !subscriber->is_ending && !stream_push_place(subscriber, "reset", "beyond"))
		stream_end(subscriber, "reset");
}

/* Someone who is up to date is told how far that is; someone else, that the connection stands. */
void stream_tick(struct stream_subscriber *subscriber, int64_t now_us)
{
	struct stream_feed *feed = subscriber->feed;
	struct streamer *streamer = feed->streamer;
	int64_t heartbeat_us = streamer->worker->inheritance->settings->stream_heartbeat_us;
	if (!subscriber->stream || subscriber->is_ending || now_us < subscriber->bookmark_us ||
	    http_stream_waiting(subscriber->stream))
		return;
	bool is_caught_up = !subscriber->is_behind && !subscriber->catch_up &&
			    stream_feed_after(feed, subscriber->position) == feed->count;
	if (now_us - streamer->polled_us > heartbeat_us) {
		push_comment(subscriber, "database_unavailable");
	} else if (!is_caught_up) {
		push_comment(subscriber, "catching_up");
	} else {
		subscriber->position = subscriber->position > feed->upto ? subscriber->position : feed->upto;
		(void)stream_push_place(subscriber, "bookmark", NULL);
	}
	subscriber->bookmark_us = now_us + heartbeat_us;
}
