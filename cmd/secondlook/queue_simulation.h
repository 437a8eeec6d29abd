/* How the items of a queue fare with so many specialists on shift: events in order of time, no randomness of its own.
 *
 * The order is the database's: see "Priority" in api/review-items/README.md and 090_queue.sql; tests/db/queue.c holds
 * the two together. A specialist takes the next item as soon as there is one and finishes it, also past the shift's end. */
#ifndef QUEUE_SIMULATION_H
#define QUEUE_SIMULATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum {
	QUEUE_HOURS = 168, /* of a week, from Monday 00:00 */
	QUEUE_TIER_RANKS = 10,
	QUEUE_SPECIALISTS_MAXIMUM = 1000,
	QUEUE_OVERDUE_EVERY = 10, /* the default of the setting review_overdue_every */
};
#define QUEUE_NEVER INT64_MAX

/* Which item is taken next. What the database does is the first; the other is there to be compared with it. */
enum queue_order {
	QUEUE_BY_RANK_AND_OVERDUE, /* by rank; one of `overdue_every` claims goes to what is longest overdue, if anything is */
	QUEUE_BY_RANK,             /* by rank alone */
};

struct queue_item {
	int64_t arrived_us; /* since 1970, on the clock that the hours of the week are told by */
	int64_t due_us;
	int64_t work_us; /* how long a specialist has it */
	int rank;
	unsigned tags;    /* the caller's: a bit for each way to count it */
	int64_t taken_us; /* answered; QUEUE_NEVER: not by the end */
};

struct queue_plan {
	enum queue_order order;
	int overdue_every;         /* at least 1 */
	int on_shift[QUEUE_HOURS]; /* specialists in each hour of the week */
	int64_t until_us;          /* when the simulation ends; QUEUE_NEVER: once all is taken */
};

struct queue_waits {
	size_t count;
	size_t untaken; /* of those; their wait is counted up to the end */
	size_t within;  /* taken within the target */
	int64_t median_us, p90_us, p95_us, worst_us; /* by nearest rank; 0 of none */
};

/* The rank that review_rank() gives to reasons of these tiers. */
int queue_rank(const int *tiers, size_t count, bool is_overdue);
/* Monday 00:00 to 00:59 is 0. */
size_t queue_hour(int64_t instant_us);
/* The same number in every hour. */
void queue_staff_evenly(struct queue_plan *plan, int specialists);

/* Items stand in order of arrival; of two that are alike otherwise the earlier one comes first. Sets each taken_us.
 * ERR_INPUT: nobody is ever on shift, or more than the maximum, or items stand in another order. */
MUST_CHECK enum err queue_simulate(struct queue_item *items, size_t count, const struct queue_plan *plan);

/* The waits of the items that have any of the tags, arrived from `from_us` and before `to_us`. */
struct queue_choice {
	unsigned tags;
	int64_t from_us, to_us;
	int64_t target_us;
	int64_t until_us; /* the plan's */
};
MUST_CHECK enum err queue_tally(const struct queue_item *items, size_t count, const struct queue_choice *choice,
				struct queue_waits *waits);

#endif
