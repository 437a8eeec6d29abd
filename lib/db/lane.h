/* Private to db: a lane from within. lane.c queues and sends, connect.c keeps the connection, receive.c reads. */
#ifndef DB_LANE_H
#define DB_LANE_H

#include <libpq-fe.h>

#include "db/db.h"
#include "db/statement.h"

enum lane_state {
	LANE_WAITING,    /* for the next attempt to connect */
	LANE_CONNECTING,
	LANE_SETTING_UP, /* the session's SQL and the statements to prepare are on their way */
	LANE_READY,
};

enum expected_kind { EXPECT_SESSION, EXPECT_PREPARE, EXPECT_CALL, EXPECT_SYNC };

/* What the server will answer next: results come in the order of sending. */
struct expected {
	enum expected_kind kind;
	bool is_answered;              /* its result came; libpq's NULL after it is still to come */
	struct db_segment *segment;    /* NULL for set-up and for statements prepared on first use */
	struct statement *statement;   /* of a PREPARE or CALL */
	size_t call;
};

/* A ring that grows; `capacity` is a power of two. */
struct expected_queue {
	struct expected *ring;
	size_t capacity, first, count;
};

struct segment_list {
	struct db_segment *first, *last;
};

enum { LANE_FAULT_SIZE = 256 };

struct db_lane {
	struct loop *loop;
	struct db_lane_settings settings; /* name and connection are our copies */
	enum lane_state state;
	PGconn *connection;
	struct loop_watch *watch;
	uint32_t watched; /* the events of `watch` */
	struct loop_timer timer; /* the next attempt, or the end of patience with this one */
	struct loop_timer flush; /* sends what was submitted in this turn */
	unsigned attempts;       /* that failed in a row */
	bool is_reading;         /* results are being handed out: what is submitted meanwhile leaves afterwards */
	bool is_blocked;         /* the socket takes no more for now */
	bool is_fatal;           /* the server said goodbye: what it hasn't answered, it hasn't begun */
	struct expected_queue expected;
	struct segment_list waiting;  /* not sent */
	struct segment_list retrying; /* until their timers fire */
	size_t in_flight;             /* waiting, sent and retrying */
	struct statements statements;
	uint64_t random;
	uint64_t answers;        /* results that came */
	uint64_t answers_before; /* when patience was last looked at */
	bool was_waiting;        /* then */
	char reason[LANE_FAULT_SIZE]; /* what is known of why this connection is of no more use; "" when libpq knows */
	char fault[LANE_FAULT_SIZE];  /* of the last attempt, for others */
};

/* lane.c */
void segment_append(struct segment_list *list, struct db_segment *segment);
/* Ends the segment: forgets its refusal and calls `done`. */
void segment_finish(struct db_segment *segment, enum db_outcome outcome);
/* Puts the segment aside, to be sent again after a moment. */
void segment_retry(struct db_segment *segment);
/* Sends what waits, as much as the socket takes. */
void lane_pump(struct db_lane *lane);
/* `delay_us` give or take a quarter. */
int64_t lane_jitter(struct db_lane *lane, int64_t delay_us);
MUST_CHECK enum err expected_push(struct expected_queue *queue, struct expected expected);
struct expected *expected_first(struct expected_queue *queue);
void expected_pop(struct expected_queue *queue);
/* Queues a Parse of the statement and notes that its answer is expected. */
MUST_CHECK enum err lane_send_prepare(struct db_lane *lane, struct statement *statement);
MUST_CHECK enum err lane_send_sync(struct db_lane *lane, struct db_segment *segment);

/* connect.c */
void lane_connect(struct db_lane *lane);
/* Drops the connection, ends what was in flight, and sets the timer for the next attempt. `why` is NULL when
 * the lane or libpq knows. */
void lane_lose(struct db_lane *lane, const char *why);
/* Drops the connection and ends what was in flight or waiting. */
void lane_disconnect(struct db_lane *lane);
/* The set-up was answered. */
void lane_become_ready(struct db_lane *lane);
/* Watches for what the connection waits for now. */
void lane_update_watch(struct db_lane *lane);

/* receive.c */
/* Hands out every result that libpq has; reads nothing from the socket. `false`: the connection is of no more use. */
bool lane_receive(struct db_lane *lane);
/* For libpq: looks for the warning that a commit may not be on the standby. */
void lane_notice(void *context, const PGresult *result);

#endif
