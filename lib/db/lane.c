/* A lane's queue: takes segments, sends them into the pipeline, ends or repeats them. */
#include "db/lane.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/log.h"
#include "base/time.h"

enum { RETRY_FIRST_US = 5000 };

void segment_append(struct segment_list *list, struct db_segment *segment)
{
	segment->next = NULL;
	if (list->last)
		list->last->next = segment;
	else
		list->first = segment;
	list->last = segment;
}

static void segment_remove(struct segment_list *list, const struct db_segment *segment)
{
	struct db_segment *before = NULL;
	for (struct db_segment **link = &list->first; *link; link = &(*link)->next) {
		if (*link == segment) {
			*link = segment->next;
			if (list->last == segment)
				list->last = before;
			return;
		}
		before = *link;
	}
}

void segment_finish(struct db_segment *segment, enum db_outcome outcome)
{
	static const struct db_refusal no_memory = {.sqlstate = "53200", .message = "out of memory"};
	struct db_refusal *kept = segment->refusal_kept;
	const struct db_refusal *refusal = outcome != DB_REFUSED ? NULL : kept ? kept : &no_memory;
	segment->refusal_kept = NULL;
	segment->lane->in_flight--;
	/* The segment may be gone, or submitted again, when this returns. */
	segment->done(segment->context, outcome, refusal);
	free(kept);
}

static void flush_now(void *context)
{
	lane_pump(context);
}

/* Everything that is submitted in this turn of the loop leaves together. */
static enum err schedule_pump(struct db_lane *lane)
{
	if (lane->is_reading || lane->flush.place)
		return ERR_NONE;
	return loop_timer_set(lane->loop, &lane->flush, 0, flush_now, lane);
}

static void start_segment(struct db_segment *segment)
{
	segment->failed = false;
	segment->unknown = false;
	free(segment->refusal_kept);
	segment->refusal_kept = NULL;
}

static void retry_now(void *context)
{
	struct db_segment *segment = context;
	struct db_lane *lane = segment->lane;
	segment_remove(&lane->retrying, segment);
	if (lane->state != LANE_READY || schedule_pump(lane) != ERR_NONE)
		segment_finish(segment, DB_UNAVAILABLE);
	else
		segment_append(&lane->waiting, segment);
}

void segment_retry(struct db_segment *segment)
{
	struct db_lane *lane = segment->lane;
	int64_t delay_us = lane_jitter(lane, RETRY_FIRST_US << segment->tries);
	start_segment(segment);
	segment->tries++;
	if (loop_timer_set(lane->loop, &segment->retry, delay_us, retry_now, segment) == ERR_NONE)
		segment_append(&lane->retrying, segment);
	else
		segment_finish(segment, DB_UNAVAILABLE);
}

int64_t lane_jitter(struct db_lane *lane, int64_t delay_us)
{
	lane->random = lane->random * 6364136223846793005U + 1442695040888963407U;
	return delay_us * 3 / 4 + (int64_t)((lane->random >> 33) % (uint64_t)(delay_us / 2 + 1));
}

static enum err expected_grow(struct expected_queue *queue)
{
	size_t capacity = queue->capacity ? queue->capacity * 2 : 64;
	struct expected *ring = malloc(capacity * sizeof *ring);
	if (!ring)
		return ERR_MEMORY;
	for (size_t i = 0; i < queue->count; i++)
		ring[i] = queue->ring[(queue->first + i) & (queue->capacity - 1)];
	free(queue->ring);
	queue->ring = ring;
	queue->capacity = capacity;
	queue->first = 0;
	return ERR_NONE;
}

enum err expected_push(struct expected_queue *queue, struct expected expected)
{
	if (queue->count == queue->capacity && expected_grow(queue) != ERR_NONE)
		return ERR_MEMORY;
	queue->ring[(queue->first + queue->count++) & (queue->capacity - 1)] = expected;
	return ERR_NONE;
}

struct expected *expected_first(struct expected_queue *queue)
{
	return queue->count ? &queue->ring[queue->first] : NULL;
}

void expected_pop(struct expected_queue *queue)
{
	queue->first = (queue->first + 1) & (queue->capacity - 1);
	queue->count--;
}

enum err lane_send_prepare(struct db_lane *lane, struct statement *statement)
{
	statement_rename(&lane->statements, statement);
	if (!PQsendPrepare(lane->connection, statement->server_name, statement->source->sql, 0, NULL))
		return ERR_SYSTEM;
	statement->is_prepared = true;
	return expected_push(&lane->expected, (struct expected){.kind = EXPECT_PREPARE, .statement = statement});
}

enum err lane_send_sync(struct db_lane *lane, struct db_segment *segment)
{
#ifdef LIBPQ_HAS_SEND_PIPELINE_SYNC
	int sent = PQsendPipelineSync(lane->connection);
#else
	int sent = PQpipelineSync(lane->connection);
#endif
	return sent ? expected_push(&lane->expected, (struct expected){.kind = EXPECT_SYNC, .segment = segment}) : ERR_SYSTEM;
}

/* A statement's first use: its Parse has a Sync of its own, ahead of the segment, so it fails only for its own reasons. */
static enum err prepare_first_uses(struct db_lane *lane, const struct db_segment *segment)
{
	bool has_sent = false;
	for (size_t i = 0; i < segment->call_count; i++) {
		struct statement *statement;
		enum err error = statements_find(&lane->statements, segment->calls[i].statement, &statement);
		if (error == ERR_NONE && !statement->is_prepared) {
			has_sent = true;
			error = lane_send_prepare(lane, statement);
		}
		if (error != ERR_NONE)
			return error;
	}
	return has_sent ? lane_send_sync(lane, NULL) : ERR_NONE;
}

static enum err send_call(struct db_lane *lane, struct db_segment *segment, size_t index)
{
	const struct db_call *call = &segment->calls[index];
	struct statement *statement;
	enum err error = statements_find(&lane->statements, call->statement, &statement);
	if (error != ERR_NONE)
		return error;
	static const int binary[DB_BINARY_MOST] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
	if (!PQsendQueryPrepared(lane->connection, statement->server_name, call->statement->parameter_count, call->values,
				 call->lengths, call->lengths ? binary : NULL, statement->is_binary))
		return ERR_SYSTEM;
	const struct expected expected = {.kind = EXPECT_CALL, .segment = segment, .statement = statement, .call = index};
	return expected_push(&lane->expected, expected);
}

static enum err send_segment(struct db_lane *lane, struct db_segment *segment)
{
	enum err error = prepare_first_uses(lane, segment);
	for (size_t i = 0; i < segment->call_count && error == ERR_NONE; i++)
		error = send_call(lane, segment, i);
	return error == ERR_NONE ? lane_send_sync(lane, segment) : error;
}

/* What the server said before it went away still counts. */
static void sending_failed(struct db_lane *lane)
{
	(void)PQconsumeInput(lane->connection);
	(void)lane_receive(lane);
	lane_lose(lane, NULL);
}

void lane_pump(struct db_lane *lane)
{
	if (lane->state != LANE_READY || lane->is_reading)
		return;
	while (lane->waiting.first && !lane->is_blocked) {
		struct db_segment *segment = lane->waiting.first;
		/* A segment without its Sync must not be followed by another: that one's Sync would commit both. */
		if (send_segment(lane, segment) != ERR_NONE) {
			sending_failed(lane);
			return;
		}
		segment_remove(&lane->waiting, segment);
		lane->is_blocked = PQflush(lane->connection) > 0;
	}
	lane_update_watch(lane);
}

enum err db_submit(struct db_lane *lane, struct db_segment *segment)
{
	if (lane->state != LANE_READY)
		return ERR_NOT_NOW;
	if (lane->in_flight >= lane->settings.depth)
		return ERR_LIMIT;
	enum err error = schedule_pump(lane);
	if (error != ERR_NONE)
		return error;
	segment->lane = lane;
	segment->tries = 0;
	segment->retry = (struct loop_timer){0};
	segment->refusal_kept = NULL;
	start_segment(segment);
	segment_append(&lane->waiting, segment);
	lane->in_flight++;
	return ERR_NONE;
}

static void lane_free(struct db_lane *lane)
{
	statements_release(&lane->statements);
	free(lane->expected.ring);
	free((char *)lane->settings.name);
	free((char *)lane->settings.connection);
	free(lane);
}

/* libpq would put a malformed string, password and all, into its messages. */
static enum err check_connection_string(const struct db_lane_settings *settings)
{
	PQconninfoOption *options = PQconninfoParse(settings->connection, NULL);
	if (!options) {
		log_text(LOG_ERROR, "db.connection-string", "the database's connection string is malformed");
		return ERR_INPUT;
	}
	PQconninfoFree(options);
	return ERR_NONE;
}

enum err db_lane_open(struct loop *loop, const struct db_lane_settings *settings, struct db_lane **lane)
{
	enum err error = check_connection_string(settings);
	if (error != ERR_NONE)
		return error;
	struct db_lane *made = calloc(1, sizeof *made);
	if (!made)
		return ERR_MEMORY;
	made->loop = loop;
	made->settings = *settings;
	made->settings.name = strdup(settings->name);
	made->settings.connection = strdup(settings->connection);
	made->random = (uint64_t)time_monotonic_us();
	(void)getrandom(&made->random, sizeof made->random, GRND_NONBLOCK);
	if (!made->settings.name || !made->settings.connection) {
		lane_free(made);
		return ERR_MEMORY;
	}
	lane_connect(made);
	*lane = made;
	return ERR_NONE;
}

void db_lane_close(struct db_lane *lane)
{
	if (!lane)
		return;
	lane_disconnect(lane);
	while (lane->retrying.first) {
		struct db_segment *segment = lane->retrying.first;
		loop_timer_cancel(lane->loop, &segment->retry);
		segment_remove(&lane->retrying, segment);
		segment_finish(segment, DB_UNAVAILABLE);
	}
	loop_timer_cancel(lane->loop, &lane->timer);
	loop_timer_cancel(lane->loop, &lane->flush);
	lane_free(lane);
}

bool db_lane_is_ready(const struct db_lane *lane)
{
	return lane->state == LANE_READY;
}

size_t db_lane_in_flight(const struct db_lane *lane)
{
	return lane->in_flight;
}

const char *db_lane_fault(const struct db_lane *lane)
{
	return lane->fault;
}
