/* Goes round while anybody reads: how far is the ledger, what is new, who may still read, out to everyone. */
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/time.h"
#include "streams.h"

enum {
	ROUND_EVERY_US = 50000,
	ROUND_AFTER_FAILURE_US = 250000,
	CHECK_AFTER_US = 1500000, /* how long a reader is believed without being asked for again */
};

const struct db_statement stream_reached = {"stream_reached", "select r.upto, r.forces, r.epoch from feed_reached($1) r", 1};

static void begin(void *context);

static void set_round(struct streamer *streamer, int64_t delay_us)
{
	if (loop_timer_set(streamer->worker->loop, &streamer->round_timer, delay_us, begin, streamer) == ERR_NONE)
		return;
	log_text(LOG_ERROR, "streamer_failed", "no timer");
	loop_stop(streamer->worker->loop);
}

/* --- how far is the ledger ----------------------------------------------------------------------------------------- */

static void reached_rows(void *context, size_t call, const struct rows *rows)
{
	struct streamer *streamer = context;
	size_t length;
	(void)call;
	bytes_clear(&streamer->forces);
	streamer->reached = rows->count ? stream_number(rows, 0, 0) : streamer->polled;
	streamer->reached_epoch = rows->count ? stream_number(rows, 0, 2) : streamer->epoch;
	const char *forces = rows->count ? rows->value(rows->result, 0, 1, &length) : NULL;
	if (forces)
		bytes_append(&streamer->forces, forces, length);
}

/* In an array literal as PostgreSQL writes it; the names of forces are never quoted. */
static bool is_named(struct bytes *forces, const char *force)
{
	const char *text = bytes_string(forces);
	size_t length = strlen(force);
	if (!text || !*text)
		return true;
	for (text += strspn(text, "{"); *text; text += strcspn(text, ",}"), text += strspn(text, ",}"))
		if (strcspn(text, ",}") == length && memcmp(text, force, length) == 0)
			return true;
	return false;
}

static void read_feeds(struct streamer *streamer)
{
	streamer->fetching = 1; /* until all have been told */
	for (struct stream_feed *feed = streamer->feeds; feed; feed = feed->next) {
		if (!feed->is_open)
			continue;
		if (feed->is_due || is_named(&streamer->forces, feed->force))
			stream_feed_read(feed);
		else
			stream_feed_reached(feed);
	}
	if (--streamer->fetching == 0)
		streams_check(streamer);
}

/* The ledger is not the one that was read: a backup of it was put back. What is past its end, or of another one, never was. */
static void start_over(struct streamer *streamer)
{
	log_event(LOG_WARNING, "feed_starts_over", "\"from\":%lld,\"at\":%lld", (long long)streamer->polled,
		  (long long)streamer->reached);
	for (struct stream_feed *feed = streamer->feeds; feed; feed = feed->next) {
		bool was_open = feed->is_open;
		stream_feed_clear(feed);
		for (struct stream_subscriber *at = feed->subscribers; at; at = at->next)
			if (at->position > streamer->reached || streamer->reached_epoch != streamer->epoch)
				stream_reset(at, streamer->reached);
		if (was_open)
			stream_feed_begin(feed, streamer->reached);
	}
}

static bool is_another_ledger(const struct streamer *streamer)
{
	return streamer->reached < streamer->polled || (streamer->epoch && streamer->reached_epoch != streamer->epoch);
}

static void reached_done(void *context, enum db_outcome outcome, const struct db_refusal *refusal)
{
	struct streamer *streamer = context;
	if (refusal)
		log_event(LOG_ERROR, "feed_refused", "\"sqlstate\":\"%s\"", refusal->sqlstate);
	if (outcome != DB_COMMITTED) {
		streamer->has_failed = true;
		streams_round_over(streamer);
		return;
	}
	if (is_another_ledger(streamer))
		start_over(streamer);
	streamer->polled = streamer->reached;
	streamer->epoch = streamer->reached_epoch;
	streamer->polled_us = time_monotonic_us();
	streamer->metrics->position = (uint64_t)streamer->polled;
	read_feeds(streamer);
}

/* What nobody reads any more is forgotten between two rounds, when nothing of it is under way. */
static bool tidy_up(struct streamer *streamer)
{
	bool is_read = false;
	for (struct stream_feed *feed = streamer->feeds; feed; feed = feed->next) {
		stream_identities_sweep(feed);
		if (!feed->subscribers)
			stream_feed_clear(feed);
		is_read |= feed->subscribers != NULL;
	}
	return is_read;
}

static void begin(void *context)
{
	struct streamer *streamer = context;
	streamer->is_running = tidy_up(streamer);
	if (!streamer->is_running)
		return;
	streamer->round++;
	streamer->has_failed = false;
	streamer->began_us = time_monotonic_us();
	snprintf(streamer->polled_text, sizeof streamer->polled_text, "%lld", (long long)streamer->polled);
	streamer->poll_values[0] = streamer->polled_text;
	streamer->call = (struct db_call){.statement = &stream_reached, .values = streamer->poll_values};
	streamer->segment = (struct db_segment){.calls = &streamer->call, .call_count = 1, .rows = reached_rows,
						.done = reached_done, .context = streamer};
	if (db_submit(streamer->lane, &streamer->segment) == ERR_NONE)
		return;
	streamer->has_failed = true;
	streams_round_over(streamer);
}

void streams_run(struct streamer *streamer)
{
	if (streamer->is_running)
		return;
	streamer->is_running = true;
	set_round(streamer, 0);
}

/* --- who may still read -------------------------------------------------------------------------------------------- */

static size_t count_identities(const struct stream_feed *feed)
{
	size_t count = 0;
	for (const struct stream_identity *at = feed->identities; at; at = at->next)
		count++;
	return count;
}

/* Who is marked goes to the end of the list, so that everyone's turn comes. */
static void mark(struct stream_feed *feed, int64_t now_us, size_t most)
{
	struct stream_identity **at = &feed->identities, *marked = NULL, **marked_end = &marked;
	while (*at) {
		struct stream_identity *identity = *at;
		bool is_old = now_us - identity->checked_us > CHECK_AFTER_US && most > 0;
		identity->is_to_check = feed->must_check || is_old;
		most -= is_old;
		if (identity->is_to_check) {
			*at = identity->next;
			*marked_end = identity;
			marked_end = &identity->next;
		} else {
			at = &identity->next;
		}
	}
	*marked_end = NULL;
	*at = marked;
}

/* In a round, one statement's worth or a fifteenth of all, each feed its share: so all are looked at in time. */
void streams_check(struct streamer *streamer)
{
	size_t all = 1;
	int64_t now_us = time_monotonic_us();
	for (struct stream_feed *feed = streamer->feeds; feed; feed = feed->next)
		all += count_identities(feed);
	size_t most = all / 15 > STREAM_CHECKS ? all / 15 : STREAM_CHECKS;
	for (struct stream_feed *feed = streamer->feeds; feed; feed = feed->next)
		mark(feed, now_us, count_identities(feed) * most / all + 1);
	streams_check_next(streamer);
}

/* --- out to everyone ----------------------------------------------------------------------------------------------- */

static void end_refused(struct stream_feed *feed)
{
	for (struct stream_subscriber *at = feed->subscribers; at; at = at->next)
		if (at->identity->refusal && !at->is_ending) {
			feed->streamer->metrics->refused++;
			stream_end(at, at->identity->refusal);
		}
}

static void send_out(struct stream_feed *feed)
{
	end_refused(feed);
	if (feed->has_news) {
		feed->has_news = false; /* whom it can't be sent to now sets it again */
		for (struct stream_subscriber *at = feed->subscribers; at; at = at->next)
			stream_send(at);
	}
	for (struct stream_identity *at = feed->identities; at; at = at->next)
		stream_identity_forget(at);
	feed->must_check = false;
	feed->batch_from = feed->upto;
}

void streams_round_over(struct streamer *streamer)
{
	bool has_more = false;
	for (struct stream_feed *feed = streamer->feeds; feed; feed = feed->next) {
		send_out(feed);
		has_more |= feed->is_due;
	}
	int64_t took_us = time_monotonic_us() - streamer->began_us;
	if (streamer->has_failed)
		set_round(streamer, ROUND_AFTER_FAILURE_US);
	else
		set_round(streamer, has_more || took_us > ROUND_EVERY_US ? 0 : ROUND_EVERY_US - took_us);
}
