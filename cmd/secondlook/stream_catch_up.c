/* Reads pages for one stream that is behind, as its own reader, and sends them as it takes them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "http/http.h"
#include "request.h"
#include "request_state.h"
#include "streams.h"

enum { TOLD = 9, PAGE_MOST = 100 * 1024, AT_ONCE = 32 };

struct stream_catch_up {
	struct stream_subscriber *subscriber;
	struct db_segment segment;
	struct db_call calls[2];
	const char *enter_values[ENTER_VALUES], *page_values[3];
	char after[STREAM_NUMBER_SIZE], upto[STREAM_NUMBER_SIZE], most[STREAM_NUMBER_SIZE];
	int64_t asked_upto, last;
	bool is_forgotten;
	int row_count;
	int64_t first_sent, last_sent;
	unsigned sent;
	struct bytes text;
};

static void take_row(struct stream_catch_up *page, const struct rows *rows, int row)
{
	size_t length;
	const char *told = rows->value(rows->result, row, TOLD, &length);
	if (!told || *told != 't')
		return;
	struct stream_event *event = stream_event_make(rows, row);
	page->text.failed |= !event;
	if (event && stream_event_fits(event, page->subscriber)) {
		bytes_append(&page->text, event->text, event->length);
		page->first_sent = page->sent ? page->first_sent : event->position;
		page->last_sent = event->position;
		page->sent++;
	}
	free(event);
}

static void page_rows(void *context, size_t call, const struct rows *rows)
{
	struct stream_catch_up *page = context;
	if (call == 0) { /* also the first of a repetition */
		bytes_clear(&page->text);
		page->sent = 0;
		page->row_count = 0;
	}
	if (call != 1)
		return;
	page->row_count = rows->count;
	for (int row = 0; row < rows->count; row++)
		take_row(page, rows, row);
	if (rows->count > 0)
		page->last = stream_number(rows, rows->count - 1, 0);
}

static void take_page(struct stream_catch_up *page)
{
	struct stream_subscriber *subscriber = page->subscriber;
	bool is_full = page->row_count == STREAM_CATCH_UP;
	if (http_stream_push(subscriber->stream, page->text.data, page->text.length) != ERR_NONE)
		return; /* once there is room, it is read again */
	if (page->sent) {
		stream_note_sent(subscriber, page->first_sent, page->last_sent, page->sent);
		subscriber->feed->streamer->metrics->events_sent += page->sent;
	}
	if (is_full)
		subscriber->position = page->last;
	else if (subscriber->position < page->asked_upto)
		subscriber->position = page->asked_upto;
	subscriber->is_behind = is_full;
}

static void refused(struct stream_subscriber *subscriber, const struct db_refusal *refusal)
{
	if (strcmp(refusal->sqlstate, "SL403") == 0) {
		subscriber->feed->streamer->metrics->refused++;
		stream_end(subscriber, refusal->message);
	} else {
		log_event(LOG_ERROR, "feed_page_refused", "\"sqlstate\":\"%s\"", refusal->sqlstate);
	}
}

static void page_done(void *context, enum db_outcome outcome, const struct db_refusal *refusal)
{
	struct stream_catch_up *page = context;
	struct stream_subscriber *subscriber = page->subscriber;
	bool goes_on = subscriber->stream && !subscriber->is_ending && !page->is_forgotten;
	subscriber->catch_up = NULL;
	subscriber->feed->streamer->catching_up--;
	subscriber->feed->has_news = true;
	if (goes_on && outcome == DB_COMMITTED && !page->text.failed)
		take_page(page);
	else if (goes_on && refusal)
		refused(subscriber, refusal);
	bool is_read = outcome == DB_COMMITTED;
	bytes_release(&page->text);
	free(page);
	if (!subscriber->stream)
		stream_release(subscriber);
	else if (is_read) /* else the next round tries again */
		stream_send(subscriber);
}

static void describe(struct stream_catch_up *page)
{
	struct stream_subscriber *subscriber = page->subscriber;
	const char **enter = page->enter_values;
	snprintf(page->after, sizeof page->after, "%lld", (long long)subscriber->position);
	snprintf(page->upto, sizeof page->upto, "%lld", (long long)page->asked_upto);
	snprintf(page->most, sizeof page->most, "%d", STREAM_CATCH_UP);
	enter[0] = subscriber->identity->uri;
	enter[1] = subscriber->identity->staff;
	enter[2] = "listEvents";
	enter[3] = subscriber->feed->streamer->roles;
	enter[4] = subscriber->request_id;
	enter[6] = subscriber->thumbprint;
	page->page_values[0] = page->after;
	page->page_values[1] = page->upto;
	page->page_values[2] = page->most;
	page->calls[0] = (struct db_call){.statement = &request_enter, .values = enter};
	page->calls[1] = (struct db_call){.statement = &stream_lines, .values = page->page_values};
	page->segment = (struct db_segment){.calls = page->calls, .call_count = 2, .rows = page_rows, .done = page_done,
					    .context = page, .is_repeatable = true};
}

void stream_catch_up_forget(struct stream_subscriber *subscriber)
{
	if (subscriber->catch_up)
		subscriber->catch_up->is_forgotten = true;
}

void stream_catch_up(struct stream_subscriber *subscriber)
{
	struct streamer *streamer = subscriber->feed->streamer;
	struct db_lane *lane = streamer->worker->lanes[LANE_LIST];
	subscriber->feed->has_news = true; /* comes again until it is through */
	if (subscriber->catch_up || streamer->catching_up == AT_ONCE || !lane)
		return;
	struct stream_catch_up *page = calloc(1, sizeof *page);
	if (!page)
		return;
	page->subscriber = subscriber;
	page->asked_upto = subscriber->feed->upto;
	bytes_init(&page->text, PAGE_MOST);
	describe(page);
	if (db_submit(lane, &page->segment) != ERR_NONE) {
		free(page);
		return;
	}
	subscriber->catch_up = page;
	streamer->catching_up++;
	streamer->metrics->pages++;
}
