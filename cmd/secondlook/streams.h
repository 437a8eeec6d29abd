/* What the streamer's files share: feeds, the identities that read them, and the streams themselves.
 *
 * A feed is one force's changes: read once for all, kept in a ring for a while. The streamer goes round every 50 ms while anybody
 * reads: how far the ledger is, what is new of each force that has something new, who may still read, out to everyone. A
 * stream that is behind the ring, or past which came what not all may see, reads pages of its own. */
#ifndef STREAMS_H
#define STREAMS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/id.h"
#include "base/rows.h"
#include "db/db.h"
#include "ledger/gate.h"
#include "loop/loop.h"
#include "worker.h"

enum {
	STREAM_PAGE = 200,     /* lines a feed reads at once */
	STREAM_CATCH_UP = 100, /* lines a stream that is behind reads at once */
	STREAM_RING = 1024,    /* events a feed keeps */
	STREAM_CHECKS = 100,  /* identities looked at in one statement */
	STREAM_GROUP = 12 * 1024, /* bytes that are sent together */
	STREAM_WAITING = 128 * 1024, /* bytes that may wait for a slow reader */
	STREAM_FORCE_SIZE = 41,
	STREAM_NUMBER_SIZE = 24,
};

/* One change as it is sent. */
struct stream_event {
	int64_t position;
	bool is_guarded; /* not all readers of the force may see it */
	char case_id[ID_TEXT_SIZE]; /* "" when it is of none */
	size_t kind_start, kind_length; /* in the text */
	size_t length; /* 0: guarded, and nobody has been found yet who may see it */
	char text[];
};

/* Who reads: a client with a member of staff, however many streams they have. */
struct stream_identity {
	struct stream_identity *next;
	unsigned references; /* streams */
	int64_t checked_us;  /* monotonic: when they were last let in */
	uint64_t round;      /* in which they were last let in */
	bool is_to_check;
	const char *refusal; /* the problem's code once they are let in no longer; owned */
	int64_t *visible;    /* positions of guarded events of this round that are theirs to see */
	size_t visible_count;
	const char *uri, *staff, *client, *actor; /* in `texts`; `staff` may be NULL */
	char texts[];
};

struct stream_feed {
	struct stream_feed *next;
	struct streamer *streamer;
	char force[STREAM_FORCE_SIZE];
	struct stream_subscriber *subscribers;
	struct stream_identity *identities;
	struct stream_event *ring[STREAM_RING]; /* every event with from < position <= upto, oldest at `first` */
	size_t first, count;
	int64_t from, upto;
	int64_t batch_from;  /* what is past it came in this round */
	bool is_open;        /* read regularly */
	bool is_due;         /* to be read in this round whatever the ledger's reach says */
	bool must_check;     /* all identities, before anything of this round is sent */
	bool has_news;       /* somebody may have something to be sent */
	struct stream_event *arriving[STREAM_PAGE]; /* of a page that is being read */
	size_t arriving_count;
	int arriving_rows;
	int64_t arriving_last, arriving_age_us;
	bool arriving_staff; /* a member of staff or a client has changed */
	struct db_segment segment;
	struct db_call calls[2];
	const char *context_values[1], *page_values[3];
	char after[STREAM_NUMBER_SIZE], upto_text[STREAM_NUMBER_SIZE], most[STREAM_NUMBER_SIZE];
};

struct stream_catch_up;

struct stream_subscriber {
	struct stream_subscriber *previous, *next; /* of the feed */
	struct stream_feed *feed;
	struct stream_identity *identity;
	struct http_stream *stream; /* NULL once closed */
	struct stream_catch_up *catch_up; /* a page of its own is being read */
	char *kinds;     /* "case,alert"; NULL: all; owned */
	char case_id[ID_TEXT_SIZE]; /* "" for all */
	int64_t position; /* everything up to here was sent, or is not to be */
	bool is_behind;   /* is to read pages of its own */
	bool is_ending;
	int64_t opened_us, bookmark_us, line_us; /* monotonic; the last two: when the next is due */
	/* What no line tells of yet. */
	int64_t first_sent, last_sent;
	unsigned sent;
	int64_t unlogged_us; /* since when */
	struct stream_line {
		struct gate_entry entry;
		bool is_waiting;
		int64_t first_sent, last_sent, unlogged_us;
		unsigned sent;
		char id[ID_TEXT_SIZE], seen[80];
	} line;
	char thumbprint[65], request_id[ID_TEXT_SIZE];
};

struct streamer {
	struct worker *worker; /* the front: requests, gate, server */
	struct db_lane *lane;  /* the feeds' own */
	const char *session[SESSION_MAXIMUM];
	struct metrics_streamer *metrics;
	const char *roles; /* that may read the feed, as an array literal */
	struct stream_feed *feeds;
	struct stream_subscriber *unwritten; /* closed, and what they were sent is to be tried again; by `next` */
	size_t subscriber_count; /* with those whose last line is not on disk yet */
	size_t catching_up;
	struct loop_timer round_timer, tick_timer, stop_timer;
	bool is_running;         /* rounds go on */
	bool is_draining, is_drained;
	bool is_stopped;         /* nothing can be written any more */
	uint64_t round;
	bool has_failed;         /* in this round */
	size_t fetching;
	int64_t began_us, polled_us;
	int64_t polled;          /* the last position that the ledger is known to have given */
	int64_t reached;         /* as the poll of this round says */
	int64_t epoch, reached_epoch; /* of the ledger that `polled` and `reached` are positions of; 0: none was read yet */
	struct bytes forces;     /* with changes since, as an array literal; "" for all */
	char polled_text[STREAM_NUMBER_SIZE];
	const char *poll_values[1];
	struct db_segment segment; /* of the poll, and then of the checks */
	struct db_call call;
	struct stream_check {
		struct stream_feed *feed;
		struct stream_identity *identities[STREAM_CHECKS];
		int count;
		struct bytes uris, staff, positions;
		const char *values[4];
	} check;
	struct bytes scratch;
};

/* stream_event.c */
/* An event of a row whose first columns are those of feed_lines; NULL: memory. */
struct stream_event *stream_event_make(const struct rows *rows, int row);
/* A guarded event that nobody may see so far. */
struct stream_event *stream_event_hidden(int64_t position);
/* Whether a stream asked for it. */
bool stream_event_fits(const struct stream_event *event, const struct stream_subscriber *subscriber);
int64_t stream_number(const struct rows *rows, int row, int column);

/* stream_feed.c */
extern const struct db_statement stream_nobody, stream_lines;
/* The feed of a force, made on first use; NULL: memory. */
struct stream_feed *stream_feed_of(struct streamer *streamer, const char *force);
/* Has it read from `upto` on, unless it is read already. */
void stream_feed_begin(struct stream_feed *feed, int64_t upto);
/* Reads the next page, as part of a round. */
void stream_feed_read(struct stream_feed *feed);
/* There is nothing of this force up to where the poll of this round came. A feed never goes back: it may have begun past that, for a
 * reader who was let in after the poll was asked. */
void stream_feed_reached(struct stream_feed *feed);
/* The event of that place in the ring; 0 is the oldest. */
struct stream_event *stream_feed_event(const struct stream_feed *feed, size_t index);
/* The place of the first event past a position; the count when there is none. */
size_t stream_feed_after(const struct stream_feed *feed, int64_t position);
/* Puts in its place what a guarded event says, once somebody has been found who may see it; takes the event over. */
void stream_feed_found(struct stream_feed *feed, struct stream_event *event);
/* Whether something guarded came in this round. */
bool stream_feed_guards(const struct stream_feed *feed);
/* Nobody reads it any more. */
void stream_feed_clear(struct stream_feed *feed);
void stream_feed_free(struct stream_feed *feed);

/* stream_check.c */
extern const struct db_statement stream_checks;
/* Counts as one more stream of theirs. NULL: memory. */
struct stream_identity *stream_identity_of(struct stream_feed *feed, const char *uri, const char *client, const char *staff);
/* The same, when they have a stream already; else NULL. */
struct stream_identity *stream_identity_find(const struct stream_feed *feed, const char *uri, const char *staff);
bool stream_identity_sees(const struct stream_identity *identity, int64_t position);
/* Forgets which guarded events of this round are theirs. */
void stream_identity_forget(struct stream_identity *identity);
/* Frees those who have no stream. */
void stream_identities_sweep(struct stream_feed *feed);
/* Has the next identities that are marked checked; when there are none, the round is over. */
void streams_check_next(struct streamer *streamer);

/* stream_round.c */
extern const struct db_statement stream_reached;
/* Begins to go round, unless it does. */
void streams_run(struct streamer *streamer);
/* All that is new has been read: marks who is to be checked, and has them checked. */
void streams_check(struct streamer *streamer);
/* All are checked: sends, and sets the next round. */
void streams_round_over(struct streamer *streamer);

/* stream_send.c */
/* Sends what is there for this stream, from the ring or by pages of its own. */
void stream_send(struct stream_subscriber *subscriber);
/* Counts events that have been sent, from the first position to the last. */
void stream_note_sent(struct stream_subscriber *subscriber, int64_t first, int64_t last, unsigned count);
/* Tells how far the feed is, as an event of that name: "bookmark". `reset` may be NULL. False: there was no room. */
bool stream_push_place(struct stream_subscriber *subscriber, const char *event, const char *reset);
/* What it was sent past this position never was: it is told so, and goes on from there. */
void stream_reset(struct stream_subscriber *subscriber, int64_t position);
/* Ends it with a comment that says why. */
void stream_end(struct stream_subscriber *subscriber, const char *why);
/* A bookmark, where one is due. */
void stream_tick(struct stream_subscriber *subscriber, int64_t now_us);

/* stream_line.c */
/* Writes the line of what has been sent, where one is due or the stream is closed. False: it could not be written for too
 * long. */
bool stream_write_line(struct stream_subscriber *subscriber, int64_t now_us);
/* Writes what a stream that is closed was sent and no line tells of; logs what can't be written. */
void stream_write_last_line(struct stream_subscriber *subscriber, int64_t now_us);
/* Tries again what could not be written of closed streams. */
void stream_write_unwritten(struct streamer *streamer, int64_t now_us);

/* stream_open.c */
/* Frees it when nothing is under way any more. */
void stream_release(struct stream_subscriber *subscriber);

/* stream_catch_up.c */
void stream_catch_up(struct stream_subscriber *subscriber);
/* A page that is being read is not sent any more. */
void stream_catch_up_forget(struct stream_subscriber *subscriber);

/* streamer.c */
void streamer_check_stopped(struct streamer *streamer);

#endif
