/* A certificate that is revoked stops working on connections that are open. */
#include <signal.h>

#include "base/time.h"
#include "fault.h"

static const struct client_call whoami = {.method = "GET", .path = "/v1/whoami", .staff = "WM-AN-1"};

static long status_of(struct client *client, char *code, size_t size)
{
	struct client_answer answer;
	(void)client_call(client, &whoami, &answer);
	long status = answer.status;
	snprintf(code, size, "%s", fault_code(&answer));
	client_answer_release(&answer);
	return status;
}

START_TEST(a_renewed_list_ends_open_connections)
{
	static const char *const revoke[] = {"pki", "revoke", "west-midlands", "data-team", NULL};
	struct service service;
	char code[64];
	fault_serve(&service, NULL);
	struct client *revoked = client_new(&service, "west-midlands.data-team");
	struct client *other = client_new(&service, "west-midlands.control-room-web");
	ck_assert_int_eq(status_of(revoked, code, sizeof code), 200);
	ck_assert_int_eq(status_of(other, code, sizeof code), 200);

	ck_assert(service_run(&service, revoke));
	ck_assert_int_eq(status_of(revoked, code, sizeof code), 200); /* nobody has told the service yet */
	ck_assert_int_eq(kill(service.pid, SIGHUP), 0);
	int64_t deadline_us = time_monotonic_us() + 5000000;
	long status = 200;
	while (status == 200 && time_monotonic_us() < deadline_us)
		status = status_of(revoked, code, sizeof code);
	ck_assert_int_eq(status, 401);
	ck_assert_str_eq(code, "certificate_revoked");
	ck_assert_int_eq(status_of(revoked, code, sizeof code), 0); /* a new connection ends in the handshake */
	ck_assert_int_eq(status_of(other, code, sizeof code), 200);
	client_free(revoked);
	client_free(other);
	fault_end(&service);
}
END_TEST

START_TEST(a_certificate_that_was_never_good_gets_nowhere)
{
	struct service service;
	char code[64];
	fault_serve(&service, NULL);
	struct client *revoked = client_new(&service, "west-midlands.revoked");
	struct client *expired = client_new(&service, "west-midlands.expired");
	ck_assert_int_eq(status_of(revoked, code, sizeof code), 0);
	ck_assert_int_eq(status_of(expired, code, sizeof code), 0);
	client_free(revoked);
	client_free(expired);
	fault_end(&service);
}
END_TEST

FAULT_TESTS("revocation", a_renewed_list_ends_open_connections, a_certificate_that_was_never_good_gets_nowhere)
