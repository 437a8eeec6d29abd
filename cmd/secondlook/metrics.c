/* Counts in shared memory and writes the counts out. */
#include "metrics.h"

#include <sys/mman.h>

#include "base/log.h"
#include "base/time.h"

static const int64_t bucket_limits_us[METRICS_BUCKETS] = {1000, 2000, 5000, 10000, 20000, 50000, 100000, 250000, 1000000, 5000000};

enum err metrics_open(size_t worker_count, size_t operation_count, struct metrics *metrics)
{
	size_t slot_size = sizeof(struct metrics_slot) + operation_count * sizeof(struct metrics_operation);
	size_t whole = (worker_count + 1) * slot_size + sizeof(struct metrics_sequencer) + sizeof(struct metrics_streamer) +
		       sizeof(struct metrics_clock) + sizeof(struct metrics_sealer) + sizeof(struct metrics_spreader) + sizeof(uint64_t);
	char *memory = mmap(NULL, whole, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED) {
		log_text(LOG_ERROR, "metrics_failed", "no shared memory");
		return ERR_SYSTEM;
	}
	*metrics = (struct metrics){.worker_count = worker_count, .operation_count = operation_count,
				    .slot_size = slot_size, .slots = memory};
	metrics->sequencer = (struct metrics_sequencer *)(void *)(memory + (worker_count + 1) * slot_size);
	metrics->streamer = (struct metrics_streamer *)(void *)(metrics->sequencer + 1);
	metrics->clock = (struct metrics_clock *)(void *)(metrics->streamer + 1);
	metrics->sealer = (struct metrics_sealer *)(void *)(metrics->clock + 1);
	metrics->spreader = (struct metrics_spreader *)(void *)(metrics->sealer + 1);
	metrics->restarts = (uint64_t *)(void *)(metrics->spreader + 1);
	return ERR_NONE;
}

struct metrics_slot *metrics_slot(const struct metrics *metrics, size_t worker)
{
	return (struct metrics_slot *)(void *)(metrics->slots + worker * metrics->slot_size);
}

bool metrics_all_have_been_ready(const struct metrics *metrics)
{
	for (size_t worker = 0; worker < metrics->worker_count; worker++)
		if (!metrics_slot(metrics, worker)->has_been_ready)
			return false;
	return true;
}

void metrics_count(struct metrics_slot *slot, size_t operation, unsigned status, int64_t duration_us)
{
	struct metrics_operation *counts = &slot->operations[operation];
	size_t bucket = 0;
	while (bucket < METRICS_BUCKETS && duration_us > bucket_limits_us[bucket])
		bucket++;
	counts->by_class[status / 100 < METRICS_STATUS_CLASSES ? status / 100 : 5]++;
	counts->duration_sum_us += (uint64_t)duration_us;
	counts->buckets[bucket]++;
}

static void add_operation(struct metrics_operation *sum, const struct metrics_operation *counts)
{
	for (int i = 0; i < METRICS_STATUS_CLASSES; i++)
		sum->by_class[i] += counts->by_class[i];
	for (int i = 0; i <= METRICS_BUCKETS; i++)
		sum->buckets[i] += counts->buckets[i];
	sum->duration_sum_us += counts->duration_sum_us;
}

static void write_operation(const struct metrics *metrics, size_t index, const char *name, struct bytes *out)
{
	struct metrics_operation sum = {0};
	uint64_t cumulative = 0;
	for (size_t worker = 0; worker <= metrics->worker_count; worker++)
		add_operation(&sum, &metrics_slot(metrics, worker)->operations[index]);
	for (int class = 2; class < METRICS_STATUS_CLASSES; class++)
		if (sum.by_class[class])
			bytes_format(out, "secondlook_requests_total{operation=\"%s\",status=\"%dxx\"} %lu\n", name, class,
				     (unsigned long)sum.by_class[class]);
	for (int i = 0; i <= METRICS_BUCKETS; i++)
		cumulative += sum.buckets[i];
	if (cumulative == 0)
		return;
	uint64_t running = 0;
	for (int i = 0; i < METRICS_BUCKETS; i++) {
		running += sum.buckets[i];
		bytes_format(out, "secondlook_request_seconds_bucket{operation=\"%s\",le=\"%g\"} %lu\n", name,
			     (double)bucket_limits_us[i] / 1e6, (unsigned long)running);
	}
	bytes_format(out, "secondlook_request_seconds_bucket{operation=\"%s\",le=\"+Inf\"} %lu\n", name, (unsigned long)cumulative);
	bytes_format(out, "secondlook_request_seconds_sum{operation=\"%s\"} %g\n", name, (double)sum.duration_sum_us / 1e6);
	bytes_format(out, "secondlook_request_seconds_count{operation=\"%s\"} %lu\n", name, (unsigned long)cumulative);
}

static void write_worker(const struct metrics_slot *slot, size_t worker, struct bytes *out)
{
	static const char *const lanes[LANE_COUNT] = {"intake", "point", "write", "list", "bulk"};
	bytes_format(out, "secondlook_requests_in_flight{worker=\"%zu\"} %lu\n", worker, (unsigned long)slot->requests_in_flight);
	bytes_format(out, "secondlook_connections{worker=\"%zu\"} %lu\n", worker, (unsigned long)slot->connections);
	bytes_format(out, "secondlook_gate_flushes_total{worker=\"%zu\"} %lu\n", worker, (unsigned long)slot->gate_batches);
	bytes_format(out, "secondlook_gate_lines_total{worker=\"%zu\"} %lu\n", worker, (unsigned long)slot->gate_lines);
	bytes_format(out, "secondlook_gate_failures_total{worker=\"%zu\"} %lu\n", worker, (unsigned long)slot->gate_failures);
	bytes_format(out, "secondlook_guard_refusals_total{worker=\"%zu\"} %lu\n", worker, (unsigned long)slot->refused_by_guard);
	for (int lane = 0; lane < LANE_COUNT; lane++)
		bytes_format(out, "secondlook_shed_total{worker=\"%zu\",lane=\"%s\"} %lu\n", worker, lanes[lane],
			     (unsigned long)slot->shed[lane]);
}

static void write_streamer(const struct metrics *metrics, struct bytes *out)
{
	const struct metrics_streamer *streamer = metrics->streamer;
	bytes_format(out, "secondlook_streams %lu\n", (unsigned long)streamer->subscribers);
	bytes_format(out, "secondlook_streams_opened_total %lu\n", (unsigned long)streamer->opened);
	bytes_format(out, "secondlook_streams_dropped_total %lu\n", (unsigned long)streamer->dropped);
	bytes_format(out, "secondlook_streams_refused_total %lu\n", (unsigned long)streamer->refused);
	bytes_format(out, "secondlook_stream_events_total %lu\n", (unsigned long)streamer->events_sent);
	bytes_format(out, "secondlook_stream_pages_total %lu\n", (unsigned long)streamer->pages);
	bytes_format(out, "secondlook_stream_lag_seconds %g\n", (double)streamer->lag_us / 1e6);
	bytes_format(out, "secondlook_stream_position %lu\n", (unsigned long)streamer->position);
}

static void write_clock(const struct metrics_clock *clock, struct bytes *out)
{
	int64_t age_us = time_monotonic_us() - clock->last_pass_us;
	bytes_format(out, "secondlook_clock_checks_total %lu\n", (unsigned long)clock->checked);
	if (!clock->passes)
		return;
	bytes_format(out, "secondlook_clock_lag_seconds %g\n", (double)clock->lag_us / 1e6);
	bytes_format(out, "secondlook_clock_pass_age_seconds %g\n", (double)age_us / 1e6);
}

static void write_sealer(const struct metrics_sealer *sealer, struct bytes *out)
{
	int64_t age_us = time_monotonic_us() - sealer->last_pass_us;
	bytes_format(out, "secondlook_sealer_has_key %d\n", sealer->key == METRICS_KEY_READ);
	bytes_format(out, "secondlook_sealer_lines_total %lu\n", (unsigned long)sealer->lines);
	bytes_format(out, "secondlook_sealer_heads_total %lu\n", (unsigned long)sealer->heads);
	bytes_format(out, "secondlook_sealer_epochs_total %lu\n", (unsigned long)sealer->epochs);
	bytes_format(out, "secondlook_sealer_left_out_total %lu\n", (unsigned long)sealer->left_out);
	if (!sealer->passes)
		return;
	bytes_format(out, "secondlook_sealer_position %lu\n", (unsigned long)sealer->position);
	bytes_format(out, "secondlook_sealer_lag_positions %lu\n", (unsigned long)sealer->behind);
	/* What waited at the last pass has waited since; passes are made four times a second. */
	bytes_format(out, "secondlook_sealer_lag_seconds %g\n", (double)(sealer->lag_us + (age_us > 1000000 ? age_us : 0)) / 1e6);
	bytes_format(out, "secondlook_sealer_pass_age_seconds %g\n", (double)age_us / 1e6);
}

static void write_spreader(const struct metrics_spreader *spreader, struct bytes *out)
{
	int64_t age_us = time_monotonic_us() - spreader->last_pass_us;
	if (!spreader->passes)
		return;
	bytes_format(out, "secondlook_seen_position %lu\n", (unsigned long)spreader->position);
	bytes_format(out, "secondlook_seen_lag_positions %lu\n", (unsigned long)spreader->behind);
	bytes_format(out, "secondlook_seen_lag_seconds %g\n", (double)spreader->lag_us / 1e6);
	bytes_format(out, "secondlook_seen_pass_age_seconds %g\n", (double)age_us / 1e6);
}

void metrics_write(const struct metrics *metrics, const struct service *service, struct bytes *out)
{
	int64_t age_us = time_monotonic_us() - metrics->sequencer->last_pass_us;
	for (size_t worker = 0; worker < metrics->worker_count; worker++)
		write_worker(metrics_slot(metrics, worker), worker, out);
	write_streamer(metrics, out);
	bytes_format(out, "secondlook_child_restarts_total %lu\n", (unsigned long)*metrics->restarts);
	bytes_format(out, "secondlook_sequencer_position %lu\n", (unsigned long)metrics->sequencer->position);
	if (metrics->sequencer->passes)
		bytes_format(out, "secondlook_sequencer_pass_age_seconds %g\n", (double)age_us / 1e6);
	write_clock(metrics->clock, out);
	write_sealer(metrics->sealer, out);
	write_spreader(metrics->spreader, out);
	for (size_t i = 0; i < metrics->operation_count; i++)
		write_operation(metrics, i, service->plans[i].operation->id, out);
}
