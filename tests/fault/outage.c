/* PostgreSQL goes away and comes back: the service says so, at once, and goes on by itself. */
#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "fault.h"
#include "load.h"

enum { ANSWER_WITHIN_US = 2000000, RESUME_S = 20 };

static void expect_unavailable(struct client *client, const char *method, const char *path, const char *body)
{
	const char *headers[] = {"Content-Type: application/json", "Idempotency-Key: outage-0001", NULL};
	struct client_call call = {.method = method, .path = path, .staff = "WM-CH-1", .headers = body ? headers : NULL,
				   .body = body, .body_length = body ? strlen(body) : 0};
	struct client_answer answer;
	char retry[16];
	int64_t before_us = time_monotonic_us();
	ck_assert_msg(client_call(client, &call, &answer), "%s: %s", path, answer.fault);
	ck_assert_int_lt(time_monotonic_us() - before_us, ANSWER_WITHIN_US);
	ck_assert_msg(answer.status == 503, "%s: %ld %s", path, answer.status, answer.body);
	ck_assert_str_eq(fault_code(&answer), "database_unavailable");
	ck_assert_ptr_nonnull(client_header(&answer, "Retry-After", retry, sizeof retry));
	client_answer_release(&answer);
}

START_TEST(answers_503_until_the_database_is_back)
{
	struct service service;
	fault_serve(&service, NULL);
	struct client *client = client_new(&service, "west-midlands.control-room-web");
	struct client_call call = {.method = "GET", .path = "/v1/whoami", .staff = "WM-CH-1"};
	struct client_answer answer;
	char *body = fault_contact(NULL), missing[256];
	pid_t workers[] = {fault_child(&service, "worker-0"), fault_child(&service, "worker-1")};

	ck_assert(client_call(client, &call, &answer) && answer.status == 200);
	client_answer_release(&answer);
	fault_stop_database();
	expect_unavailable(client, "GET", "/v1/whoami", NULL);
	expect_unavailable(client, "GET", "/v1/contacts/019ac000-0000-7000-8000-000000000000", NULL);
	expect_unavailable(client, "POST", "/v1/contacts", body);
	ck_assert(service_await_ready(&service, 503, 2));
	ck_assert_int_eq(service_plain(&service, "/ready", missing, sizeof missing), 503);
	ck_assert_ptr_nonnull(strstr(missing, "\"ready\":false"));
	ck_assert_int_eq(service_plain(&service, "/health", NULL, 0), 200);

	fault_start_database();
	ck_assert(service_await_ready(&service, 200, RESUME_S));
	fault_await_success(client, &call);
	ck_assert_int_eq(fault_child(&service, "worker-0"), workers[0]);
	ck_assert_int_eq(fault_child(&service, "worker-1"), workers[1]);
	client_free(client);
	free(body);
	fault_end(&service);
}
END_TEST

START_TEST(leaves_nobody_waiting_under_load)
{
	struct service service;
	fault_serve(&service, NULL);
	struct load *load = calloc(1, sizeof *load);
	*load = (struct load){.service = &service, .client_count = 6};
	load_start(load);
	load_await(load, 100);
	fault_stop_database();
	fault_pause_ms(300); /* so that some come while it is away */
	fault_start_database();
	load_await(load, 100);
	load_stop(load);
	ck_assert_msg(load_lost(load) == 0, "%u without an answer: %s", load_lost(load), load_fault(load));
	ck_assert_uint_eq(load_refused(load), 0);
	ck_assert_uint_gt(load_statuses(load, 5), 0);
	ck_assert_msg(!*load_fault(load), "%s", load_fault(load));
	ck_assert_int_lt(load_slowest_us(load), ANSWER_WITHIN_US);
	ck_assert_int_eq(load_missing_records(load), 0);
	ck_assert_int_eq(load_missing_lines(load), 0);
	load_release(load);
	free(load);
	fault_end(&service);
}
END_TEST

FAULT_TESTS("outage", answers_503_until_the_database_is_back, leaves_nobody_waiting_under_load)
