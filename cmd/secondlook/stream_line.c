/* Writes into the ledger, once a minute, which positions a stream was sent. */
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/time.h"
#include "http/http.h"
#include "streams.h"

enum { LATEST = 3 }; /* intervals */

/* What could not be written is told by the next line. */
static void take_back(struct stream_subscriber *subscriber)
{
	struct stream_line *line = &subscriber->line;
	subscriber->first_sent = line->first_sent;
	if (subscriber->sent == 0)
		subscriber->last_sent = line->last_sent;
	subscriber->sent += line->sent;
	subscriber->unlogged_us = line->unlogged_us;
}

static void log_lost(const struct stream_subscriber *subscriber)
{
	log_event(LOG_ERROR, "stream_line_lost", "\"request\":\"%s\",\"first\":%lld,\"last\":%lld,\"sent\":%u",
		  subscriber->request_id, (long long)subscriber->first_sent, (long long)subscriber->last_sent, subscriber->sent);
}

/* Nobody comes back to a stream that is closed: the next tick tries again, unless nothing can be written any more. */
static void write_later(struct stream_subscriber *subscriber)
{
	struct streamer *streamer = subscriber->feed->streamer;
	if (streamer->is_draining) {
		log_lost(subscriber);
		return;
	}
	subscriber->line.is_waiting = true;
	subscriber->next = streamer->unwritten;
	streamer->unwritten = subscriber;
}

void stream_write_last_line(struct stream_subscriber *subscriber, int64_t now_us)
{
	if (subscriber->sent == 0 || subscriber->line.is_waiting)
		return;
	if (subscriber->feed->streamer->is_stopped || !stream_write_line(subscriber, now_us))
		log_lost(subscriber);
}

void stream_write_unwritten(struct streamer *streamer, int64_t now_us)
{
	struct stream_subscriber *at = streamer->unwritten;
	streamer->unwritten = NULL;
	while (at) {
		struct stream_subscriber *next = at->next;
		at->line.is_waiting = false;
		stream_write_last_line(at, now_us);
		stream_release(at);
		at = next;
	}
}

static void released(void *context, enum gate_outcome outcome)
{
	struct stream_subscriber *subscriber = context;
	int64_t now_us = time_monotonic_us();
	subscriber->line.is_waiting = false;
	if (outcome == GATE_DURABLE)
		subscriber->unlogged_us = now_us;
	else
		take_back(subscriber);
	if (subscriber->stream)
		return;
	if (outcome == GATE_DURABLE)
		stream_write_last_line(subscriber, now_us);
	else
		write_later(subscriber);
	stream_release(subscriber);
}

static void describe(struct stream_subscriber *subscriber)
{
	struct stream_line *line = &subscriber->line;
	const struct stream_identity *identity = subscriber->identity;
	const char **columns = line->entry.columns;
	id_new(line->id);
	snprintf(line->seen, sizeof line->seen, "events:%lld-%lld:%u", (long long)line->first_sent,
		 (long long)line->last_sent, line->sent);
	memset(columns, 0, sizeof line->entry.columns);
	columns[GATE_FORCE] = subscriber->feed->force;
	columns[GATE_LINE] = line->id;
	columns[GATE_KIND] = "consultation";
	columns[GATE_OPERATION] = "listEvents";
	columns[GATE_ACTOR] = identity->actor;
	columns[GATE_CLIENT] = identity->client;
	columns[GATE_THUMBPRINT] = subscriber->thumbprint;
	columns[GATE_REQUEST] = subscriber->request_id;
	columns[GATE_STATUS] = "200";
	columns[GATE_SEEN] = line->seen;
	line->entry.has_line = true;
	line->entry.released = released;
	line->entry.context = subscriber;
}

bool stream_write_line(struct stream_subscriber *subscriber, int64_t now_us)
{
	struct stream_line *line = &subscriber->line;
	int64_t interval_us = subscriber->feed->streamer->worker->inheritance->settings->stream_line_interval_us;
	bool is_due = !subscriber->stream || now_us >= subscriber->line_us;
	if (subscriber->sent > 0 && now_us - subscriber->unlogged_us > LATEST * interval_us)
		return false;
	if (!is_due || subscriber->sent == 0 || line->is_waiting)
		return true;
	line->is_waiting = true;
	line->first_sent = subscriber->first_sent;
	line->last_sent = subscriber->last_sent;
	line->sent = subscriber->sent;
	line->unlogged_us = subscriber->unlogged_us;
	subscriber->sent = 0;
	subscriber->line_us = now_us + interval_us;
	describe(subscriber);
	gate_enter(&subscriber->feed->streamer->worker->gate, &line->entry);
	return true;
}
