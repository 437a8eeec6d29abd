/* How many specialists keep what is dangerous from waiting, found out on a recorded history of the queue. */
#ifndef CAPACITY_H
#define CAPACITY_H

#include "base/bytes.h"
#include "queue_simulation.h"

/* High risk is tier 1, not a grade: answers that go with killings count by themselves (090_queue.sql). */
enum { CAPACITY_HIGH = 1, CAPACITY_OTHER = 2, CAPACITY_TIERS = 3 };

enum {
	CAPACITY_DAYS_ENOUGH = 14,   /* less history is too thin for an answer */
	CAPACITY_HIGH_ENOUGH = 100,  /* items of high risk */
	CAPACITY_TIMED_ENOUGH = 30,  /* of them, so many whose review was timed */
	CAPACITY_HOUR_ENOUGH = 20,   /* items of high risk in an hour of the week, for an answer of its own */
};

struct capacity_question {
	const char *force;
	int64_t target_us;
	int share; /* of a hundred items of high risk, so many within the target */
	int most;  /* specialists to try */
	int64_t review_us; /* how long a review takes; 0: as recorded */
};

/* All instants are on the wall clock of the control room. */
struct capacity_history {
	struct queue_item *items; /* in order of arrival; work_us is filled in where none was timed */
	size_t count, high;
	size_t timed, timed_high; /* items whose review was timed */
	int64_t from_us, to_us;
	int overdue_every; /* the force's setting */
	double on_shift; /* specialists on shift, the mean; negative: no shift was recorded */
	struct queue_waits recorded; /* of high risk, from arrival to the claim, as it was */
};

/* What a number of specialists gives. */
struct capacity_row {
	struct queue_waits high, other;
};

struct capacity_answer {
	int specialists; /* the least number that keeps the share; 0: none does */
	int tried;       /* rows */
	struct capacity_row *rows; /* of 1 specialist, of 2 … */
	size_t hours_judged;       /* hours of the week with history enough */
	bool has_hours;            /* three hours in four are: `hours` is filled in, and what it gives */
	int hours[QUEUE_HOURS];
	struct capacity_row by_hours;
};

/* Reads what the database answers: a line of from, to, thousandths of specialists on shift, overdue_every; then a line an item, in order
 * of arrival: arrived, due, rank, work, waited; in microseconds, below 0 where there is none. ERR_INPUT: it is malformed.
 * Free with capacity_release. */
MUST_CHECK enum err capacity_read(const char *text, const struct capacity_question *question,
				  struct capacity_history *history);
/* Of a history without items it says nothing: no row, no number. Free with capacity_forget. */
MUST_CHECK enum err capacity_find(const struct capacity_question *question, struct capacity_history *history,
				  struct capacity_answer *answer);
/* Why the history is too thin, a sentence a line; "" when it is not. */
void capacity_doubts(const struct capacity_question *question, const struct capacity_history *history, struct bytes *text);
void capacity_release(struct capacity_history *history);
void capacity_forget(struct capacity_answer *answer);

/* What is printed. `doubts` as of capacity_doubts. */
void capacity_print(const struct capacity_question *question, const struct capacity_history *history,
		    const struct capacity_answer *answer, const char *doubts, struct bytes *text);
void capacity_print_json(const struct capacity_question *question, const struct capacity_history *history,
			 const struct capacity_answer *answer, const char *doubts, struct bytes *text);

#endif
