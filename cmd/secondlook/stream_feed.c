/* Reads one force's changes, once for all who read them, and keeps the latest. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "streams.h"

enum { TOLD = 9, AGE = 10, KIND = 1 };

const struct db_statement stream_nobody = {"stream_nobody", "select feed_as_nobody($1)", 1};
const struct db_statement stream_lines = {
	"stream_lines",
	"select f.*, feed_tells(f.kind) as \"@told\","
	" (extract(epoch from clock_timestamp() - f.recorded_at) * 1000000)::bigint as \"@age\""
	" from feed_lines($1, $2, $3) f", 3};

/* --- the ring ------------------------------------------------------------------------------------------------------ */

static struct stream_event *oldest(const struct stream_feed *feed)
{
	return feed->ring[feed->first];
}

static void drop_oldest(struct stream_feed *feed)
{
	feed->from = oldest(feed)->position;
	free(oldest(feed));
	feed->first = (feed->first + 1) % STREAM_RING;
	feed->count--;
}

struct stream_event *stream_feed_event(const struct stream_feed *feed, size_t index)
{
	return feed->ring[(feed->first + index) % STREAM_RING];
}

static void keep(struct stream_feed *feed, struct stream_event *event)
{
	if (feed->count == STREAM_RING)
		drop_oldest(feed);
	feed->ring[(feed->first + feed->count++) % STREAM_RING] = event;
}

size_t stream_feed_after(const struct stream_feed *feed, int64_t position)
{
	size_t low = 0, high = feed->count;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (stream_feed_event(feed, middle)->position > position)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

void stream_feed_found(struct stream_feed *feed, struct stream_event *event)
{
	size_t index = stream_feed_after(feed, event->position - 1);
	struct stream_event *kept = index < feed->count ? stream_feed_event(feed, index) : NULL;
	if (!kept || kept->position != event->position || !kept->is_guarded || kept->length) {
		free(event);
		return;
	}
	event->is_guarded = true;
	feed->ring[(feed->first + index) % STREAM_RING] = event;
	free(kept);
}

/* --- reading ------------------------------------------------------------------------------------------------------- */

static void forget_arriving(struct stream_feed *feed)
{
	for (size_t i = 0; i < feed->arriving_count; i++)
		free(feed->arriving[i]);
	feed->arriving_count = 0;
	feed->arriving_rows = 0;
	feed->arriving_staff = false;
}

static bool is_kind(const struct rows *rows, int row, const char *kind)
{
	size_t length;
	const char *value = rows->value(rows->result, row, KIND, &length);
	return value && strlen(kind) == length && memcmp(value, kind, length) == 0;
}

static bool is_null(const struct rows *rows, int row, int column)
{
	size_t length;
	return !rows->value(rows->result, row, column, &length);
}

/* A line that nobody sees is one that somebody may. */
static void take_row(struct stream_feed *feed, const struct rows *rows, int row)
{
	size_t length;
	struct stream_event *event;
	if (is_null(rows, row, KIND)) {
		event = stream_event_hidden(stream_number(rows, row, 0));
	} else {
		feed->arriving_staff |= is_kind(rows, row, "staff") || is_kind(rows, row, "client");
		const char *told = rows->value(rows->result, row, TOLD, &length);
		if (!told || *told != 't')
			return;
		event = stream_event_make(rows, row);
	}
	if (event)
		feed->arriving[feed->arriving_count++] = event;
	feed->streamer->has_failed |= !event;
}

static void page_rows(void *context, size_t call, const struct rows *rows)
{
	struct stream_feed *feed = context;
	if (call == 0)
		forget_arriving(feed); /* also the first of a repetition */
	if (call != 1)
		return;
	feed->arriving_rows = rows->count;
	for (int row = 0; row < rows->count && row < STREAM_PAGE; row++)
		take_row(feed, rows, row);
	if (rows->count > 0) {
		feed->arriving_last = stream_number(rows, rows->count - 1, 0);
		feed->arriving_age_us = stream_number(rows, 0, AGE);
	}
}

static void take_page(struct stream_feed *feed)
{
	bool is_full = feed->arriving_rows == STREAM_PAGE;
	feed->batch_from = feed->upto;
	for (size_t i = 0; i < feed->arriving_count; i++)
		keep(feed, feed->arriving[i]);
	feed->has_news |= feed->arriving_count > 0;
	feed->must_check |= feed->arriving_staff || stream_feed_guards(feed);
	if (is_full)
		feed->upto = feed->arriving_last;
	else if (feed->upto < feed->streamer->polled)
		feed->upto = feed->streamer->polled;
	feed->is_due = is_full;
	feed->arriving_count = 0;
	if (feed->has_news && feed->arriving_rows)
		feed->streamer->metrics->lag_us = feed->arriving_age_us;
	forget_arriving(feed);
}

static void page_done(void *context, enum db_outcome outcome, const struct db_refusal *refusal)
{
	struct stream_feed *feed = context;
	struct streamer *streamer = feed->streamer;
	if (refusal)
		log_event(LOG_ERROR, "feed_refused", "\"sqlstate\":\"%s\"", refusal->sqlstate);
	if (outcome == DB_COMMITTED && !streamer->has_failed) {
		take_page(feed);
	} else {
		forget_arriving(feed);
		streamer->has_failed = true;
	}
	if (--streamer->fetching == 0)
		streams_check(streamer);
}

void stream_feed_read(struct stream_feed *feed)
{
	snprintf(feed->after, sizeof feed->after, "%lld", (long long)feed->upto);
	snprintf(feed->upto_text, sizeof feed->upto_text, "%lld", (long long)feed->streamer->polled);
	snprintf(feed->most, sizeof feed->most, "%d", STREAM_PAGE);
	feed->context_values[0] = feed->force;
	feed->page_values[0] = feed->after;
	feed->page_values[1] = feed->upto_text;
	feed->page_values[2] = feed->most;
	feed->calls[0] = (struct db_call){.statement = &stream_nobody, .values = feed->context_values};
	feed->calls[1] = (struct db_call){.statement = &stream_lines, .values = feed->page_values};
	feed->segment = (struct db_segment){.calls = feed->calls, .call_count = 2, .rows = page_rows, .done = page_done,
					    .context = feed, .is_repeatable = true};
	feed->is_due = true; /* until it has been read */
	feed->streamer->fetching++;
	if (db_submit(feed->streamer->lane, &feed->segment) != ERR_NONE) {
		feed->streamer->fetching--;
		feed->streamer->has_failed = true;
	}
}

void stream_feed_reached(struct stream_feed *feed)
{
	if (feed->upto < feed->streamer->polled)
		feed->upto = feed->streamer->polled;
	feed->batch_from = feed->upto;
}

bool stream_feed_guards(const struct stream_feed *feed)
{
	for (size_t i = stream_feed_after(feed, feed->batch_from); i < feed->count; i++)
		if (stream_feed_event(feed, i)->is_guarded)
			return true;
	return false;
}

/* --- from first to last reader ------------------------------------------------------------------------------------- */

struct stream_feed *stream_feed_of(struct streamer *streamer, const char *force)
{
	struct stream_feed *feed = streamer->feeds;
	while (feed && strcmp(feed->force, force) != 0)
		feed = feed->next;
	if (feed)
		return feed;
	feed = strlen(force) < STREAM_FORCE_SIZE ? calloc(1, sizeof *feed) : NULL;
	if (!feed)
		return NULL;
	feed->streamer = streamer;
	memcpy(feed->force, force, strlen(force));
	feed->next = streamer->feeds;
	streamer->feeds = feed;
	return feed;
}

void stream_feed_begin(struct stream_feed *feed, int64_t upto)
{
	if (feed->is_open)
		return;
	feed->from = feed->upto = feed->batch_from = upto;
	feed->is_open = feed->is_due = true;
}

void stream_feed_clear(struct stream_feed *feed)
{
	while (feed->count > 0)
		drop_oldest(feed);
	feed->is_open = feed->is_due = feed->must_check = feed->has_news = false;
}

void stream_feed_free(struct stream_feed *feed)
{
	stream_feed_clear(feed);
	forget_arriving(feed);
	stream_identities_sweep(feed);
	free(feed);
}
