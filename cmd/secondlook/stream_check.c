/* Who reads the feed, whether they still may, and which of the lines that not all may see are theirs.
 *
 * The database alone decides, in enter() and the policies: each reader is let in anew, within seconds and before anything is
 * sent that a change of staff, or a line that is not for all, came with. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/time.h"
#include "streams.h"

enum { PLACE = 9, REFUSAL = 10 };

const struct db_statement stream_checks = {
	"stream_checks",
	"select c.position, c.kind, c.record_id, c.case_id, c.version, c.state, c.operation, c.change, c.recorded_at,"
	" c.place as \"@place\", c.refusal as \"@refusal\" from feed_check($1::text[], $2::text[], $3::text[], $4::bigint[]) c", 4};

/* --- identities ---------------------------------------------------------------------------------------------------- */

static bool is_same(const struct stream_identity *identity, const char *uri, const char *staff)
{
	if (strcmp(identity->uri, uri) != 0 || !identity->staff != !staff)
		return false;
	return !staff || strcmp(identity->staff, staff) == 0;
}

static char *put(char **at, const char *text)
{
	size_t size = strlen(text) + 1;
	char *start = memcpy(*at, text, size);
	*at += size;
	return start;
}

static struct stream_identity *make(const char *uri, const char *client, const char *staff)
{
	static const char prefix[] = "client:";
	size_t size = strlen(uri) + 2 * strlen(client) + sizeof prefix + (staff ? 2 * strlen(staff) : 0) + 8;
	struct stream_identity *identity = calloc(1, sizeof *identity + size);
	if (!identity)
		return NULL;
	char *at = identity->texts;
	identity->uri = put(&at, uri);
	identity->client = put(&at, client);
	identity->staff = staff ? put(&at, staff) : NULL;
	identity->actor = at;
	if (!staff) {
		put(&at, prefix);
		at--;
	}
	put(&at, staff ? staff : client);
	return identity;
}

struct stream_identity *stream_identity_find(const struct stream_feed *feed, const char *uri, const char *staff)
{
	struct stream_identity *identity = feed->identities;
	while (identity && !is_same(identity, uri, staff))
		identity = identity->next;
	return identity;
}

struct stream_identity *stream_identity_of(struct stream_feed *feed, const char *uri, const char *client, const char *staff)
{
	struct stream_identity *identity = stream_identity_find(feed, uri, staff);
	if (!identity) {
		identity = make(uri, client, staff);
		if (!identity)
			return NULL;
		identity->next = feed->identities;
		feed->identities = identity;
	}
	identity->references++;
	return identity;
}

void stream_identities_sweep(struct stream_feed *feed)
{
	for (struct stream_identity **at = &feed->identities; *at;) {
		struct stream_identity *identity = *at;
		if (identity->references > 0) {
			at = &identity->next;
			continue;
		}
		*at = identity->next;
		free(identity->visible);
		free((char *)(uintptr_t)identity->refusal);
		free(identity);
	}
}

bool stream_identity_sees(const struct stream_identity *identity, int64_t position)
{
	for (size_t i = 0; i < identity->visible_count; i++)
		if (identity->visible[i] == position)
			return true;
	return false;
}

void stream_identity_forget(struct stream_identity *identity)
{
	free(identity->visible);
	identity->visible = NULL;
	identity->visible_count = 0;
}

static void let_see(struct stream_identity *identity, int64_t position)
{
	size_t count = identity->visible_count;
	int64_t *grown = realloc(identity->visible, (count + 1) * sizeof *grown);
	if (!grown)
		return; /* then they don't see it here, and catch up */
	identity->visible = grown;
	identity->visible[identity->visible_count++] = position;
}

/* --- checking ------------------------------------------------------------------------------------------------------ */

static void check_rows(void *context, size_t call, const struct rows *rows)
{
	struct streamer *streamer = context;
	struct stream_check *check = &streamer->check;
	(void)call;
	for (int i = 0; i < check->count; i++)
		stream_identity_forget(check->identities[i]);
	for (int row = 0; row < rows->count; row++) {
		size_t length;
		int64_t place = stream_number(rows, row, PLACE) - 1;
		if (place < 0 || place >= check->count)
			continue;
		struct stream_identity *identity = check->identities[place];
		if (rows->value(rows->result, row, 0, &length)) {
			int64_t position = stream_number(rows, row, 0);
			struct stream_event *event = stream_event_make(rows, row);
			let_see(identity, position);
			if (event)
				stream_feed_found(check->feed, event);
			continue;
		}
		const char *refusal = rows->value(rows->result, row, REFUSAL, &length);
		free((char *)(uintptr_t)identity->refusal);
		identity->refusal = refusal ? strndup(refusal, length) : NULL;
	}
}

static void check_done(void *context, enum db_outcome outcome, const struct db_refusal *refusal)
{
	struct streamer *streamer = context;
	struct stream_check *check = &streamer->check;
	int64_t now_us = time_monotonic_us();
	if (refusal)
		log_event(LOG_ERROR, "feed_check_refused", "\"sqlstate\":\"%s\"", refusal->sqlstate);
	for (int i = 0; i < check->count; i++) {
		struct stream_identity *identity = check->identities[i];
		identity->is_to_check = false;
		if (outcome == DB_COMMITTED) {
			identity->checked_us = now_us;
			identity->round = streamer->round;
		} else {
			stream_identity_forget(identity);
			streamer->has_failed = true;
		}
	}
	streams_check_next(streamer);
}

static void append_text(struct bytes *array, const char *text)
{
	bytes_append_string(array, array->length > 1 ? "," : "");
	if (!text) {
		bytes_append_string(array, "NULL");
		return;
	}
	bytes_append_char(array, '"');
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			bytes_append_char(array, '\\');
		bytes_append_char(array, *text);
	}
	bytes_append_char(array, '"');
}

static void append_positions(const struct stream_feed *feed, struct bytes *array)
{
	for (size_t i = stream_feed_after(feed, feed->batch_from); i < feed->count; i++)
		if (stream_feed_event(feed, i)->is_guarded)
			bytes_format(array, "%s%lld", array->length > 1 ? "," : "",
				     (long long)stream_feed_event(feed, i)->position);
}

static void take_identities(struct stream_feed *feed, struct stream_check *check)
{
	check->feed = feed;
	check->count = 0;
	for (struct stream_identity *at = feed->identities; at && check->count < STREAM_CHECKS; at = at->next)
		if (at->is_to_check)
			check->identities[check->count++] = at;
}

static enum err submit(struct streamer *streamer)
{
	struct stream_check *check = &streamer->check;
	struct bytes *arrays[] = {&check->uris, &check->staff, &check->positions};
	for (size_t i = 0; i < 3; i++) {
		bytes_clear(arrays[i]);
		bytes_append_char(arrays[i], '{');
	}
	for (int i = 0; i < check->count; i++) {
		append_text(&check->uris, check->identities[i]->uri);
		append_text(&check->staff, check->identities[i]->staff);
	}
	append_positions(check->feed, &check->positions);
	for (size_t i = 0; i < 3; i++)
		bytes_append_char(arrays[i], '}');
	check->values[0] = bytes_string(&check->uris);
	check->values[1] = bytes_string(&check->staff);
	check->values[2] = streamer->roles;
	check->values[3] = bytes_string(&check->positions);
	if (check->uris.failed || check->staff.failed || check->positions.failed)
		return ERR_MEMORY;
	streamer->call = (struct db_call){.statement = &stream_checks, .values = check->values};
	streamer->segment = (struct db_segment){.calls = &streamer->call, .call_count = 1, .rows = check_rows,
						.done = check_done, .context = streamer, .is_repeatable = true};
	return db_submit(streamer->lane, &streamer->segment);
}

void streams_check_next(struct streamer *streamer)
{
	struct stream_check *check = &streamer->check;
	check->count = 0;
	for (struct stream_feed *feed = streamer->feeds; feed && check->count == 0; feed = feed->next)
		take_identities(feed, check);
	if (check->count == 0) {
		streams_round_over(streamer);
	} else if (submit(streamer) != ERR_NONE) {
		for (struct stream_feed *feed = streamer->feeds; feed; feed = feed->next)
			for (struct stream_identity *at = feed->identities; at; at = at->next)
				at->is_to_check = false;
		streamer->has_failed = true;
		streams_round_over(streamer);
	}
}
