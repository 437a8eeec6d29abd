/* Workers are killed and the service is told to stop, while clients go on asking. */
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "fault.h"
#include "load.h"

enum { REPLACED_S = 10, CLIENTS = 8 };

START_TEST(a_killed_worker_costs_its_requests_only)
{
	static const char *const flags[] = {"--workers", "2", NULL};
	struct service service;
	fault_serve(&service, flags);
	struct load *load = calloc(1, sizeof *load);
	*load = (struct load){.service = &service, .client_count = CLIENTS};
	load_start(load);
	load_await(load, 100);
	pid_t killed = fault_child(&service, "worker-0"), other = fault_child(&service, "worker-1");
	ck_assert_int_gt(killed, 0);
	ck_assert_int_gt(other, 0);
	ck_assert_int_eq(kill(killed, SIGKILL), 0);
	load_await(load, 100); /* the other one serves on */
	(void)fault_await_child(&service, "worker-0", killed);
	ck_assert(service_await_ready(&service, 200, REPLACED_S));
	load_await(load, 100);
	load_stop(load);
	ck_assert_int_eq(fault_child(&service, "worker-1"), other);
	/* Each connection has one request under way at most. */
	ck_assert_msg(load_lost(load) <= CLIENTS, "%u lost: %s", load_lost(load), load_fault(load));
	ck_assert_uint_eq(load_refused(load), 0);
	ck_assert_uint_eq(load_statuses(load, 4), 0);
	ck_assert_int_eq(load_missing_records(load), 0);
	ck_assert_int_eq(load_missing_lines(load), 0);
	load_release(load);
	free(load);
	fault_end(&service);
}
END_TEST

/* Until /ready says that this is missing: no worker may say that all is well before. */
static void await_missing(const struct service *service, const char *what)
{
	char answer[256] = "", wanted[64];
	int64_t deadline_us = time_monotonic_us() + REPLACED_S * 1000000LL;
	snprintf(wanted, sizeof wanted, "\"missing\":\"%s\"", what);
	while (!strstr(answer, wanted)) {
		ck_assert_msg(time_monotonic_us() < deadline_us, "%s", answer);
		fault_pause_ms(5);
		ck_assert_int_ne(service_plain(service, "/ready", answer, sizeof answer), 200);
	}
}

/* One of two workers is held before there is a database to reach. */
START_TEST(a_new_server_waits_once_for_each_worker)
{
	static const char *const flags[] = {"--workers", "2", NULL};
	const struct service_wish wish = {.server = fault_server(), .flags = flags};
	struct service service;
	ck_assert(service_prepare(&service, &wish));
	fault_stop_database();
	ck_assert(service_begin(&service));
	pid_t held = fault_await_child(&service, "worker-1", 0);
	ck_assert_int_eq(kill(held, SIGSTOP), 0);
	fault_start_database();
	await_missing(&service, "workers");
	ck_assert_int_eq(kill(held, SIGCONT), 0);
	ck_assert(service_await_ready(&service, 200, REPLACED_S));
	fault_end(&service);
}
END_TEST

START_TEST(no_process_pushes_the_database_aside)
{
	static const char *const names[] = {"worker-0", "sequencer-0", "clock-0", "streamer-0"};
	struct service service;
	fault_serve(&service, NULL);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		ck_assert_int_eq(sched_getscheduler(fault_await_child(&service, names[i], 0)), SCHED_BATCH);
	fault_end(&service);
}
END_TEST

START_TEST(a_killed_sequencer_is_replaced)
{
	struct service service;
	fault_serve(&service, NULL);
	pid_t killed = fault_child(&service, "sequencer-0");
	ck_assert_int_gt(killed, 0);
	ck_assert_int_eq(kill(killed, SIGKILL), 0);
	(void)fault_await_child(&service, "sequencer-0", killed);
	ck_assert_int_eq(service_plain(&service, "/ready", NULL, 0), 200);
	fault_end(&service);
}
END_TEST

START_TEST(stopping_under_load_loses_no_request)
{
	struct service service;
	fault_serve(&service, NULL);
	struct load *load = calloc(1, sizeof *load);
	*load = (struct load){.service = &service, .client_count = CLIENTS, .until_refused = true};
	load_start(load);
	load_await(load, 200);
	ck_assert(service_end(&service));
	load_stop(load);
	ck_assert_msg(load_lost(load) == 0, "%u without an answer: %s", load_lost(load), load_fault(load));
	ck_assert_msg(!*load_fault(load), "%s", load_fault(load));
	ck_assert_uint_gt(load_refused(load), 0);
	ck_assert_int_eq(load_missing_records(load), 0);
	ck_assert_int_eq(load_missing_lines(load), 0);
	load_release(load);
	free(load);
	ck_assert(service_remove(&service));
}
END_TEST

FAULT_TESTS("processes", a_killed_worker_costs_its_requests_only, a_new_server_waits_once_for_each_worker,
	    no_process_pushes_the_database_aside, a_killed_sequencer_is_replaced,
	    stopping_under_load_loses_no_request)
