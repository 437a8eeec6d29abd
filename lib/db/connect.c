/* A lane's connection: made without blocking, set up, watched, lost, and made again. */
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>

#include "base/log.h"
#include "db/lane.h"

enum { BACK_OFF_FIRST_US = 50000, BACK_OFF_LAST_US = 2000000, CONNECT_US = 3000000, SET_UP_US = 10000000 };

/* Rows are read as UTC and ISO dates, whatever the database's settings are. */
static const char *const own_session[] = {"set timezone to 'UTC'", "set datestyle to 'ISO, YMD'", NULL};

static void set_fault(struct db_lane *lane, const char *text)
{
	char trimmed[LANE_FAULT_SIZE];
	snprintf(trimmed, sizeof trimmed, "%.*s", (int)strcspn(text, "\n"), text);
	/* Said once, not at every attempt. */
	if (strcmp(trimmed, lane->fault) != 0) {
		log_event(LOG_WARNING, "db.unavailable", "\"lane\":\"%s\"", lane->settings.name);
		log_text(LOG_WARNING, "db.fault", trimmed);
	}
	snprintf(lane->fault, sizeof lane->fault, "%s", trimmed);
}

static enum db_outcome outcome_when_lost(const struct db_lane *lane, const struct expected *sync, size_t place)
{
	if (sync->segment->unknown)
		return DB_UNKNOWN;
	if (sync->segment->failed)
		return DB_REFUSED;
	/* The server's last words came before the segment was through; or its commit was the next to be answered. */
	return lane->is_fatal && place > 0 ? DB_UNAVAILABLE : DB_UNKNOWN;
}

/* A segment's Sync was sent, so unless the server said otherwise it may be in. */
static void end_sent(struct db_lane *lane)
{
	struct expected_queue queue = lane->expected;
	lane->expected = (struct expected_queue){0};
	for (size_t i = 0; i < queue.count; i++) {
		const struct expected *expected = &queue.ring[(queue.first + i) & (queue.capacity - 1)];
		if (expected->kind == EXPECT_SYNC && expected->segment)
			segment_finish(expected->segment, outcome_when_lost(lane, expected, i));
	}
	queue.count = queue.first = 0;
	lane->expected = queue;
}

static void end_waiting(struct db_lane *lane)
{
	struct db_segment *next = lane->waiting.first;
	lane->waiting = (struct segment_list){0};
	while (next) {
		struct db_segment *segment = next;
		next = segment->next;
		segment_finish(segment, DB_UNAVAILABLE);
	}
}

void lane_disconnect(struct db_lane *lane)
{
	lane->state = LANE_WAITING;
	loop_timer_cancel(lane->loop, &lane->timer);
	loop_watch_remove(lane->watch);
	lane->watch = NULL;
	PQfinish(lane->connection);
	lane->connection = NULL;
	lane->is_blocked = false;
	statements_forget(&lane->statements);
	end_sent(lane);
	end_waiting(lane);
	lane->is_fatal = false;
	lane->reason[0] = '\0';
}

static void connect_again(void *context)
{
	lane_connect(context);
}

static void wait_for_next_attempt(struct db_lane *lane)
{
	unsigned doublings = lane->attempts < 6 ? lane->attempts : 6;
	int64_t delay_us = (int64_t)BACK_OFF_FIRST_US << doublings;
	if (delay_us > BACK_OFF_LAST_US)
		delay_us = BACK_OFF_LAST_US;
	lane->attempts++;
	if (loop_timer_set(lane->loop, &lane->timer, lane_jitter(lane, delay_us), connect_again, lane) != ERR_NONE)
		log_text(LOG_ERROR, "db.timer", "no memory to set the timer of the next attempt to connect");
}

static const char *known_reason(const struct db_lane *lane)
{
	const char *known = lane->reason[0] ? lane->reason : lane->connection ? PQerrorMessage(lane->connection) : "";
	return *known ? known : "the connection was lost";
}

void lane_lose(struct db_lane *lane, const char *why)
{
	set_fault(lane, why ? why : known_reason(lane));
	lane_disconnect(lane);
	wait_for_next_attempt(lane);
}

static void on_ready(void *context, uint32_t events)
{
	struct db_lane *lane = context;
	(void)events;
	bool is_alive = PQconsumeInput(lane->connection) != 0;
	if (!lane_receive(lane) || !is_alive || PQstatus(lane->connection) == CONNECTION_BAD) {
		lane_lose(lane, NULL);
		return;
	}
	lane->is_blocked = PQflush(lane->connection) > 0;
	lane_pump(lane);
	if (lane->state != LANE_READY && lane->connection)
		lane_update_watch(lane);
}

static uint32_t events_wanted(const struct db_lane *lane)
{
	return lane->is_blocked ? EPOLLIN | EPOLLOUT : EPOLLIN;
}

void lane_update_watch(struct db_lane *lane)
{
	uint32_t events = events_wanted(lane);
	if (events == lane->watched)
		return;
	lane->watched = events;
	if (loop_watch_change(lane->watch, events) != ERR_NONE)
		lane_lose(lane, "the connection can't be watched");
}

static void connect_step(struct db_lane *lane);

static void on_connecting(void *context, uint32_t events)
{
	(void)events;
	connect_step(context);
}

static bool watch(struct db_lane *lane, uint32_t events, loop_watch_function function)
{
	lane->watched = events;
	return loop_watch(lane->loop, PQsocket(lane->connection), events, function, lane, &lane->watch) == ERR_NONE;
}

static enum err send_session(struct db_lane *lane, const char *const *session)
{
	for (; session && *session; session++) {
		if (!PQsendQueryParams(lane->connection, *session, 0, NULL, NULL, NULL, NULL, 0))
			return ERR_SYSTEM;
		enum err error = expected_push(&lane->expected, (struct expected){.kind = EXPECT_SESSION});
		if (error != ERR_NONE)
			return error;
	}
	return ERR_NONE;
}

static enum err send_prepared(struct db_lane *lane)
{
	const struct db_statement *const *next = lane->settings.prepared;
	for (; next && *next; next++) {
		struct statement *statement;
		enum err error = statements_find(&lane->statements, *next, &statement);
		if (error == ERR_NONE && !statement->is_prepared)
			error = lane_send_prepare(lane, statement);
		if (error != ERR_NONE)
			return error;
	}
	return ERR_NONE;
}

static enum err send_set_up(struct db_lane *lane)
{
	enum err error = send_session(lane, own_session);
	if (error == ERR_NONE)
		error = send_session(lane, lane->settings.session);
	if (error == ERR_NONE)
		error = send_prepared(lane);
	return error == ERR_NONE ? lane_send_sync(lane, NULL) : error;
}

static void give_up(void *context)
{
	struct db_lane *lane = context;
	lane_lose(lane, lane->state == LANE_CONNECTING ? "the server didn't answer the attempt to connect in 3 s"
						       : "the server didn't answer the set-up of the session in 10 s");
}

static bool begin_set_up(struct db_lane *lane)
{
	lane->state = LANE_SETTING_UP;
	if (PQsetnonblocking(lane->connection, 1) != 0 || !PQenterPipelineMode(lane->connection) ||
	    send_set_up(lane) != ERR_NONE)
		return false;
	lane->is_blocked = PQflush(lane->connection) > 0;
	return loop_timer_set(lane->loop, &lane->timer, SET_UP_US, give_up, lane) == ERR_NONE &&
	       watch(lane, events_wanted(lane), on_ready);
}

/* libpq may go on with another socket after each step, so each step has its own watch. */
static void connect_step(struct db_lane *lane)
{
	bool goes_on;
	loop_watch_remove(lane->watch);
	lane->watch = NULL;
	switch (PQconnectPoll(lane->connection)) {
	case PGRES_POLLING_READING:
		goes_on = watch(lane, EPOLLIN, on_connecting);
		break;
	case PGRES_POLLING_WRITING:
		goes_on = watch(lane, EPOLLOUT, on_connecting);
		break;
	case PGRES_POLLING_OK:
		goes_on = begin_set_up(lane);
		break;
	default:
		goes_on = false;
	}
	if (!goes_on)
		lane_lose(lane, NULL);
}

void lane_connect(struct db_lane *lane)
{
	/* The first ones are defaults, which the connection string may change. A server that fell silent is noticed. */
	const char *const keys[] = {"fallback_application_name", "keepalives_idle", "keepalives_interval", "keepalives_count",
				    "tcp_user_timeout", "dbname", "client_encoding", NULL};
	const char *const values[] = {"secondlook", "5", "2", "3", "10000", lane->settings.connection, "UTF8", NULL};
	lane->state = LANE_CONNECTING;
	lane->connection = PQconnectStartParams(keys, values, 1);
	if (lane->connection)
		PQsetNoticeReceiver(lane->connection, lane_notice, lane);
	if (!lane->connection || PQstatus(lane->connection) == CONNECTION_BAD ||
	    loop_timer_set(lane->loop, &lane->timer, CONNECT_US, give_up, lane) != ERR_NONE ||
	    !watch(lane, EPOLLOUT, on_connecting))
		lane_lose(lane, NULL);
}

static void be_patient(struct db_lane *lane);

/* A server that is stopped or whose disk hangs closes no connection: what waits for it must end all the same. */
static void look_for_answers(void *context)
{
	struct db_lane *lane = context;
	if (lane->was_waiting && lane->expected.count > 0 && lane->answers == lane->answers_before)
		lane_lose(lane, "the server no longer answers");
	else
		be_patient(lane);
}

static void be_patient(struct db_lane *lane)
{
	lane->answers_before = lane->answers;
	lane->was_waiting = lane->expected.count > 0;
	if (lane->settings.patience_us > 0 &&
	    loop_timer_set(lane->loop, &lane->timer, lane->settings.patience_us, look_for_answers, lane) != ERR_NONE)
		log_text(LOG_ERROR, "db.timer", "no memory to set the timer of patience");
}

void lane_become_ready(struct db_lane *lane)
{
	loop_timer_cancel(lane->loop, &lane->timer);
	be_patient(lane);
	lane->state = LANE_READY;
	lane->attempts = 0;
	lane->fault[0] = '\0';
	log_event(LOG_INFO, "db.ready", "\"lane\":\"%s\"", lane->settings.name);
}
