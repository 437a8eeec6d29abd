/* Counters of all processes in memory they share: each process writes its own slot, any may read all.
 *
 * No personal data: operations, statuses, durations, counts. */
#ifndef METRICS_H
#define METRICS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/err.h"
#include "service.h"

enum { METRICS_BUCKETS = 10, METRICS_STATUS_CLASSES = 6 };
enum { METRICS_SEALER_LATE_US = 10000000 }; /* what a signed receipt promises */

struct metrics_operation {
	uint64_t by_class[METRICS_STATUS_CLASSES]; /* [2]: 2xx … */
	uint64_t duration_sum_us;
	uint64_t buckets[METRICS_BUCKETS + 1]; /* not cumulative; the last is +Inf */
};

struct metrics_slot {
	uint64_t requests_in_flight;
	uint64_t shed[LANE_COUNT];
	uint64_t gate_batches, gate_lines, gate_failures;
	uint64_t refused_by_guard;
	uint64_t connections;
	bool has_been_ready; /* it, or one that it replaced */
	struct metrics_operation operations[]; /* one a plan */
};

struct metrics {
	size_t worker_count, operation_count, slot_size;
	char *slots; /* shared mapping */
	/* Written by the sequencer. */
	struct metrics_sequencer {
		uint64_t position;
		uint64_t passes;
		int64_t last_pass_us;
	} *sequencer;
	/* Written by the streamer. */
	struct metrics_streamer {
		uint64_t subscribers;
		uint64_t opened;
		uint64_t dropped;  /* that read too slowly */
		uint64_t refused;  /* that were ended since they may read no longer */
		uint64_t events_sent;
		uint64_t pages;    /* read for those who were behind */
		int64_t lag_us;    /* from recording to sending, of the latest events */
		uint64_t position;
		int64_t last_tick_us;
		int64_t behind_us; /* since it last knew how far the ledger is, while anybody reads; else 0 */
	} *streamer;
	/* Written by the clock. */
	struct metrics_clock {
		uint64_t checked; /* subjects looked at */
		uint64_t passes;
		int64_t last_pass_us;
		int64_t lag_us; /* of the oldest check that is due; 0: none is */
	} *clock;
	/* Written by the sealer. */
	struct metrics_sealer {
		enum metrics_key { METRICS_KEY_UNKNOWN, METRICS_KEY_MISSING, METRICS_KEY_READ } key;
		uint64_t position; /* the last sealed */
		uint64_t behind;   /* positions given and not yet sealed, when it last looked */
		uint64_t lines, heads, epochs; /* made by this process */
		uint64_t left_out; /* positions whose line is gone, or can't be hashed */
		uint64_t passes;
		int64_t last_pass_us;
		int64_t lag_us; /* of the oldest line that waited; 0: none did */
	} *sealer;
	/* Written by the spreader of looks. */
	struct metrics_spreader {
		uint64_t position; /* the last spread */
		uint64_t behind;   /* positions given and not yet spread, when it last looked */
		uint64_t passes;
		int64_t last_pass_us;
		int64_t lag_us; /* of the oldest line that waited; 0: none did */
	} *spreader;
	uint64_t *restarts; /* of children, by the parent */
};

/* In the parent, before it forks. */
MUST_CHECK enum err metrics_open(size_t worker_count, size_t operation_count, struct metrics *metrics);
/* One more than there are workers: the last is the streamer's. */
struct metrics_slot *metrics_slot(const struct metrics *metrics, size_t worker);
/* Whether every worker has been ready once: a new server isn't before all are, one whose worker was replaced still is. */
bool metrics_all_have_been_ready(const struct metrics *metrics);
void metrics_count(struct metrics_slot *slot, size_t operation, unsigned status, int64_t duration_us);
/* The text format that Prometheus reads. */
void metrics_write(const struct metrics *metrics, const struct service *service, struct bytes *out);

#endif
