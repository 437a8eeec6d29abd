/* Slow clients are cut at an absolute deadline, however they trickle; quick ones are not. */
#include "support/unit.h"

#include <time.h>

#include "client.h"
#include "pki_fixture.h"
#include "server_fixture.h"

#define HOST "Host: localhost\r\n"
#define SECOND INT64_C(1000000)

static struct server_fixture fixture;
static struct client client;
static struct answer answer;

static void begin(int64_t headers_us, int64_t body_us, int64_t idle_us)
{
	fixture_init(&fixture, NULL);
	fixture.settings.headers_deadline_us = headers_us;
	fixture.settings.body_deadline_us = body_us;
	fixture.settings.idle_timeout_us = idle_us;
	fixture_start(&fixture);
	client_connect(&client, fixture.port);
}

static void end(void)
{
	client_close(&client);
	fixture_end(&fixture);
}

/* Sends a byte every 20 ms until the server ends the connection or has answered. */
static void trickle(const char *byte)
{
	struct timespec pause = {0, 20000000};
	char seen[1];
	for (int i = 0; i < 500; i++) {
		if (recv(client.socket, seen, 1, MSG_PEEK | MSG_DONTWAIT) >= 0)
			return;
		client_send(&client, byte);
		nanosleep(&pause, NULL);
	}
	ck_abort_msg("the trickle was never cut");
}

START_TEST(cuts_a_request_line_that_never_ends)
{
	begin(SECOND / 5, 10 * SECOND, 10 * SECOND);
	client_send(&client, "GET /");
	trickle("a");
	client_answer(&client, &answer);
	ck_assert_int_eq(answer.status, 0);
	end();
}
END_TEST

START_TEST(cuts_headers_that_never_end)
{
	begin(SECOND / 5, 10 * SECOND, 10 * SECOND);
	client_send(&client, "GET / HTTP/1.1\r\n" HOST "X-A: ");
	trickle("a");
	client_answer(&client, &answer);
	ck_assert_int_eq(answer.status, 408);
	ck_assert_ptr_nonnull(strstr(answer.body, "request_timeout"));
	ck_assert_int_eq(fixture.handled, 0);
	end();
}
END_TEST

START_TEST(cuts_a_body_that_never_ends)
{
	begin(10 * SECOND, SECOND / 5, 10 * SECOND);
	client_send(&client, "POST / HTTP/1.1\r\n" HOST "Content-Length: 9000\r\n\r\n");
	trickle("a");
	client_answer(&client, &answer);
	ck_assert_int_eq(answer.status, 408);
	ck_assert_int_eq(fixture.handled, 0);
	end();
}
END_TEST

START_TEST(cuts_a_second_request_that_never_ends)
{
	begin(SECOND / 5, 10 * SECOND, SECOND / 5);
	client_send(&client, "GET / HTTP/1.1\r\n" HOST "\r\n");
	client_answer(&client, &answer);
	ck_assert_int_eq(answer.status, 200);
	client_send(&client, "GET /");
	trickle("a");
	ck_assert(client_is_ended(&client));
	end();
}
END_TEST

START_TEST(ends_a_connection_that_says_nothing)
{
	begin(SECOND / 10, 10 * SECOND, 10 * SECOND);
	ck_assert(client_is_ended(&client));
	end();
}
END_TEST

START_TEST(ends_a_connection_that_says_nothing_more)
{
	begin(10 * SECOND, 10 * SECOND, SECOND / 10);
	client_send(&client, "GET / HTTP/1.1\r\n" HOST "\r\n");
	client_answer(&client, &answer);
	ck_assert_int_eq(answer.status, 200);
	ck_assert(client_is_ended(&client));
	end();
}
END_TEST

/* The reply is larger than what the sockets hold. */
START_TEST(ends_a_connection_that_reads_nothing)
{
	begin(10 * SECOND, -244 * SECOND + SECOND / 5, 10 * SECOND);
	client_send(&client, "GET /large HTTP/1.1\r\n" HOST "\r\n");
	fixture_await(&fixture.finished, 1);
	end();
}
END_TEST

static void answer_held(struct server_fixture *of)
{
	fixture_echo(of->held[0]);
}

START_TEST(gives_a_handler_all_the_time_it_takes)
{
	struct timespec pause = {0, 300000000};
	begin(SECOND / 10, SECOND / 10, SECOND / 10);
	client_send(&client, "GET /hold HTTP/1.1\r\n" HOST "\r\n");
	fixture_await(&fixture.held_count, 1);
	nanosleep(&pause, NULL);
	fixture_order(&fixture, answer_held);
	client_answer(&client, &answer);
	ck_assert_int_eq(answer.status, 200);
	end();
}
END_TEST

/* Each request takes a part of the deadline; all together take much more. */
START_TEST(counts_for_each_request_anew)
{
	struct timespec pause = {0, 60000000};
	begin(SECOND / 4, SECOND / 4, SECOND / 4);
	for (int i = 0; i < 10; i++) {
		nanosleep(&pause, NULL);
		client_send(&client, "GET / HTTP/1.1\r\n" HOST "\r\n");
		client_answer(&client, &answer);
		ck_assert_int_eq(answer.status, 200);
	}
	end();
}
END_TEST

START_TEST(cuts_a_handshake_that_never_ends)
{
	struct pki_fixture pki;
	pki_init(&pki);
	fixture_init(&fixture, pki.directory);
	fixture.settings.headers_deadline_us = SECOND / 5;
	fixture_start(&fixture);
	client_connect(&client, fixture.port);
	client_send_bytes(&client, "\x16\x03\x01\x02\x00", 5);
	trickle("\x01");
	end();
	pki_release(&pki);
}
END_TEST

UNIT("http/deadline", cuts_a_request_line_that_never_ends, cuts_headers_that_never_end, cuts_a_body_that_never_ends,
     cuts_a_second_request_that_never_ends, ends_a_connection_that_says_nothing,
     ends_a_connection_that_says_nothing_more, ends_a_connection_that_reads_nothing,
     gives_a_handler_all_the_time_it_takes, counts_for_each_request_anew, cuts_a_handshake_that_never_ends)
