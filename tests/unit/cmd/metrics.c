/* Tests cmd/secondlook/metrics.c: what is counted is what is written, over all workers. */
#include "metrics.h"

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/time.h"
#include "support/unit.h"

enum { WORKERS = 3, OPERATIONS = 2 };

static struct operation operations[OPERATIONS] = {{.id = "getWord"}, {.id = "createWord"}};
static struct plan plans[OPERATIONS] = {{.operation = &operations[0]}, {.operation = &operations[1]}};
static const struct service service = {.plans = plans, .plan_count = OPERATIONS};
static struct metrics metrics;
static struct bytes written;

static void begin(void)
{
	ck_assert_int_eq(metrics_open(WORKERS, OPERATIONS, &metrics), ERR_NONE);
	bytes_init(&written, 100000);
}

static const char *write_out(void)
{
	bytes_clear(&written);
	metrics_write(&metrics, &service, &written);
	ck_assert(!written.failed);
	return bytes_string(&written);
}

/* Whole lines only. */
static void has(const char *line)
{
	const char *text = write_out();
	size_t length = strlen(line);
	for (const char *at = strstr(text, line); at; at = strstr(at + 1, line))
		if ((at == text || at[-1] == '\n') && at[length] == '\n')
			return;
	ck_abort_msg("no line \"%s\" in:\n%s", line, text);
}

static void has_not(const char *part)
{
	const char *text = write_out();
	ck_assert_msg(!strstr(text, part), "\"%s\" is in:\n%s", part, text);
}

START_TEST(a_request_is_counted_once_in_each_place)
{
	begin();
	metrics_count(metrics_slot(&metrics, 0), 0, 200, 1500);
	has("secondlook_requests_total{operation=\"getWord\",status=\"2xx\"} 1");
	has("secondlook_request_seconds_bucket{operation=\"getWord\",le=\"0.001\"} 0");
	has("secondlook_request_seconds_bucket{operation=\"getWord\",le=\"0.002\"} 1");
	has("secondlook_request_seconds_bucket{operation=\"getWord\",le=\"5\"} 1");
	has("secondlook_request_seconds_bucket{operation=\"getWord\",le=\"+Inf\"} 1");
	has("secondlook_request_seconds_sum{operation=\"getWord\"} 0.0015");
	has("secondlook_request_seconds_count{operation=\"getWord\"} 1");
	has_not("createWord");
	bytes_release(&written);
}
END_TEST

START_TEST(a_duration_falls_below_its_limit)
{
	static const struct {
		int64_t duration_us;
		size_t bucket;
	} rows[] = {{0, 0},        {1000, 0},   {1001, 1},   {2000, 1},    {5000, 2},    {10000, 3},    {20000, 4},
		    {50000, 5},    {100000, 6}, {250000, 7}, {250001, 8}, {1000000, 8}, {5000000, 9}, {5000001, METRICS_BUCKETS}};
	begin();
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct metrics_operation *counts = &metrics_slot(&metrics, 0)->operations[1];
		uint64_t before = counts->buckets[rows[i].bucket];
		metrics_count(metrics_slot(&metrics, 0), 1, 200, rows[i].duration_us);
		ck_assert_msg(counts->buckets[rows[i].bucket] == before + 1, "%ld", (long)rows[i].duration_us);
	}
	bytes_release(&written);
}
END_TEST

START_TEST(what_is_longer_than_all_limits_is_in_the_last_only)
{
	begin();
	metrics_count(metrics_slot(&metrics, 0), 1, 503, 6000000);
	has("secondlook_request_seconds_bucket{operation=\"createWord\",le=\"5\"} 0");
	has("secondlook_request_seconds_bucket{operation=\"createWord\",le=\"+Inf\"} 1");
	bytes_release(&written);
}
END_TEST

START_TEST(statuses_count_by_their_class)
{
	begin();
	metrics_count(metrics_slot(&metrics, 0), 0, 201, 1);
	metrics_count(metrics_slot(&metrics, 0), 0, 404, 1);
	metrics_count(metrics_slot(&metrics, 0), 0, 422, 1);
	metrics_count(metrics_slot(&metrics, 0), 0, 503, 1);
	metrics_count(metrics_slot(&metrics, 0), 0, 999, 1);
	has("secondlook_requests_total{operation=\"getWord\",status=\"2xx\"} 1");
	has("secondlook_requests_total{operation=\"getWord\",status=\"4xx\"} 2");
	has("secondlook_requests_total{operation=\"getWord\",status=\"5xx\"} 2");
	has_not("3xx");
	bytes_release(&written);
}
END_TEST

START_TEST(workers_are_added_up)
{
	begin();
	for (size_t worker = 0; worker < WORKERS; worker++)
		metrics_count(metrics_slot(&metrics, worker), 1, 201, 3000);
	has("secondlook_requests_total{operation=\"createWord\",status=\"2xx\"} 3");
	has("secondlook_request_seconds_bucket{operation=\"createWord\",le=\"0.005\"} 3");
	has("secondlook_request_seconds_sum{operation=\"createWord\"} 0.009");
	bytes_release(&written);
}
END_TEST

START_TEST(a_server_is_ready_when_each_of_its_workers_has_been)
{
	begin();
	for (size_t worker = 0; worker < WORKERS; worker++) {
		ck_assert(!metrics_all_have_been_ready(&metrics));
		metrics_slot(&metrics, worker)->has_been_ready = true;
	}
	ck_assert(metrics_all_have_been_ready(&metrics));
	bytes_release(&written);
}
END_TEST

/* Slots lie side by side: the last member of one must not reach into the next, nor into the sequencer's. */
START_TEST(slots_are_apart)
{
	begin();
	for (size_t worker = 0; worker < WORKERS; worker++) {
		struct metrics_slot *slot = metrics_slot(&metrics, worker);
		memset(slot, (int)worker + 1, metrics.slot_size);
	}
	for (size_t worker = 0; worker < WORKERS; worker++) {
		const unsigned char *byte = (const unsigned char *)metrics_slot(&metrics, worker);
		ck_assert_uint_eq(byte[0], worker + 1);
		ck_assert_uint_eq(byte[metrics.slot_size - 1], worker + 1);
	}
	ck_assert_uint_eq(metrics.sequencer->position, 0);
	ck_assert_uint_eq(*metrics.restarts, 0);
	ck_assert_uint_ge(metrics.slot_size, sizeof(struct metrics_slot) + OPERATIONS * sizeof(struct metrics_operation));
	bytes_release(&written);
}
END_TEST

START_TEST(a_workers_own_counts_carry_its_number)
{
	begin();
	*metrics_slot(&metrics, 2) = (struct metrics_slot){
		.requests_in_flight = 11, .gate_batches = 12, .gate_lines = 13, .gate_failures = 14, .refused_by_guard = 15,
		.connections = 16, .shed = {[LANE_INTAKE] = 17, [LANE_BULK] = 18}};
	has("secondlook_requests_in_flight{worker=\"2\"} 11");
	has("secondlook_requests_in_flight{worker=\"1\"} 0");
	has("secondlook_gate_flushes_total{worker=\"2\"} 12");
	has("secondlook_gate_lines_total{worker=\"2\"} 13");
	has("secondlook_gate_failures_total{worker=\"2\"} 14");
	has("secondlook_guard_refusals_total{worker=\"2\"} 15");
	has("secondlook_connections{worker=\"2\"} 16");
	has("secondlook_shed_total{worker=\"2\",lane=\"intake\"} 17");
	has("secondlook_shed_total{worker=\"2\",lane=\"bulk\"} 18");
	has("secondlook_shed_total{worker=\"2\",lane=\"list\"} 0");
	bytes_release(&written);
}
END_TEST

START_TEST(the_sequencers_age_shows_once_it_has_passed)
{
	begin();
	*metrics.restarts = 4;
	has("secondlook_child_restarts_total 4");
	has("secondlook_sequencer_position 0");
	has_not("pass_age");
	*metrics.sequencer = (struct metrics_sequencer){.position = 99, .passes = 1, .last_pass_us = time_monotonic_us() - 5000000};
	has("secondlook_sequencer_position 99");
	const char *age = strstr(write_out(), "secondlook_sequencer_pass_age_seconds ");
	ck_assert_ptr_nonnull(age);
	double seconds = strtod(strchr(age, ' '), NULL);
	ck_assert_msg(seconds >= 5 && seconds < 60, "%g", seconds);
	bytes_release(&written);
}
END_TEST

START_TEST(another_process_counts_into_the_same_memory)
{
	int status;
	begin();
	pid_t child = fork();
	if (child == 0) {
		metrics_count(metrics_slot(&metrics, 1), 0, 200, 10);
		_exit(0);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_eq(status, 0);
	has("secondlook_requests_total{operation=\"getWord\",status=\"2xx\"} 1");
	bytes_release(&written);
}
END_TEST

START_TEST(memory_that_there_is_not_is_refused)
{
	struct metrics untouched = {.worker_count = 42};
	ck_assert_int_eq(metrics_open((size_t)1 << 40, OPERATIONS, &untouched), ERR_SYSTEM);
	ck_assert_uint_eq(untouched.worker_count, 42);
}
END_TEST

UNIT("metrics", a_request_is_counted_once_in_each_place, a_duration_falls_below_its_limit,
     what_is_longer_than_all_limits_is_in_the_last_only, statuses_count_by_their_class, workers_are_added_up, a_server_is_ready_when_each_of_its_workers_has_been, slots_are_apart,
     a_workers_own_counts_carry_its_number, the_sequencers_age_shows_once_it_has_passed,
     another_process_counts_into_the_same_memory, memory_that_there_is_not_is_refused)
