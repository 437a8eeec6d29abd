/* Starting, the cap on connections, draining and stopping. */
#include "support/unit.h"

#include "client.h"
#include "pki_fixture.h"
#include "server_fixture.h"

#define HOST "Host: localhost\r\n"
#define REQUEST "GET / HTTP/1.1\r\n" HOST "\r\n"
#define HOLD "GET /hold HTTP/1.1\r\n" HOST "\r\n"

static struct server_fixture fixture;
static struct client client;
static struct answer answer;

static void begin(void)
{
	fixture_init(&fixture, NULL);
	fixture_start(&fixture);
	client_connect(&client, fixture.port);
}

static void end(void)
{
	client_close(&client);
	fixture_end(&fixture);
}

static void told_drained(void *context)
{
	struct server_fixture *of = context;
	atomic_fetch_add(&of->drained, 1);
	fixture_stop_server(of); /* allowed here */
}

static void drain(struct server_fixture *of)
{
	http_drain(of->server, told_drained, of);
	http_drain(of->server, told_drained, of);
}

static void answer_held(struct server_fixture *of)
{
	for (int i = 0; i < of->held_count; i++)
		fixture_echo(of->held[i]);
}

START_TEST(drains_at_once_without_connections)
{
	fixture_init(&fixture, NULL);
	fixture_start(&fixture);
	fixture_order(&fixture, drain);
	fixture_await(&fixture.drained, 1);
	fixture_end(&fixture);
	ck_assert_int_eq(fixture.drained, 1);
}
END_TEST

START_TEST(drains_idle_connections_and_waits_for_busy_ones)
{
	struct client idle;
	begin();
	idle = client;
	client_send(&idle, REQUEST);
	client_answer(&idle, &answer);
	client_connect(&client, fixture.port);
	client_send(&client, HOLD);
	fixture_await(&fixture.held_count, 1);
	fixture_order(&fixture, drain);
	ck_assert(client_is_ended(&idle));
	client_close(&idle);
	ck_assert_int_eq(fixture.drained, 0);
	fixture_order(&fixture, answer_held);
	client_answer(&client, &answer);
	ck_assert_int_eq(answer.status, 200);
	ck_assert_ptr_nonnull(strstr(answer.head, "\r\nConnection: close\r\n"));
	ck_assert(client_is_ended(&client));
	fixture_await(&fixture.drained, 1);
	end();
}
END_TEST

START_TEST(drains_a_connection_that_is_receiving)
{
	begin();
	client_send(&client, REQUEST);
	client_answer(&client, &answer);
	client_send(&client, "POST /a HTTP/1.1\r\n" HOST "Expect: 100-continue\r\nContent-Length: 4\r\n\r\n");
	client_answer(&client, &answer);
	ck_assert_int_eq(answer.status, 100);
	fixture_order(&fixture, drain);
	client_send(&client, "body");
	client_answer(&client, &answer);
	ck_assert_int_eq(answer.status, 200);
	fixture_await(&fixture.drained, 1);
	end();
}
END_TEST

/* A connection that was taken before draining still gets its first request answered. */
START_TEST(serves_a_new_connection_while_draining)
{
	begin();
	struct client waiting = client;
	client_connect(&client, fixture.port);
	client_send(&client, REQUEST);
	client_answer(&client, &answer);
	client_close(&client);
	client = waiting;
	fixture_order(&fixture, drain);
	client_send(&client, REQUEST);
	client_answer(&client, &answer);
	ck_assert_int_eq(answer.status, 200);
	ck_assert_ptr_nonnull(strstr(answer.head, "\r\nConnection: close\r\n"));
	fixture_await(&fixture.drained, 1);
	end();
}
END_TEST

START_TEST(drains_a_connection_that_never_speaks)
{
	begin();
	struct client silent = client;
	client_connect(&client, fixture.port);
	client_send(&client, REQUEST);
	client_answer(&client, &answer);
	fixture_order(&fixture, drain);
	fixture_await(&fixture.drained, 1);
	ck_assert(client_is_ended(&silent));
	client_close(&silent);
	end();
}
END_TEST

START_TEST(leaves_the_listener_to_its_owner)
{
	begin();
	client_send(&client, REQUEST);
	client_answer(&client, &answer);
	fixture_order(&fixture, fixture_stop_server);
	ck_assert(client_is_ended(&client));
	int listening = 0;
	socklen_t size = sizeof listening;
	ck_assert_int_eq(getsockopt(fixture.settings.listener, SOL_SOCKET, SO_ACCEPTCONN, &listening, &size), 0);
	ck_assert_int_eq(listening, 1);
	end();
}
END_TEST

START_TEST(stops_with_requests_unanswered)
{
	struct client others[4];
	fixture_init(&fixture, NULL);
	fixture_start(&fixture);
	for (int i = 0; i < 4; i++) {
		client_connect(&others[i], fixture.port);
		client_send(&others[i], HOLD);
		fixture_await(&fixture.held_count, i + 1);
	}
	fixture_order(&fixture, fixture_stop_server);
	ck_assert_int_eq(fixture.finished, 4);
	for (int i = 0; i < 4; i++) {
		client_answer(&others[i], &answer);
		ck_assert_int_eq(answer.status, 0);
		client_close(&others[i]);
	}
	fixture_end(&fixture);
}
END_TEST

static void reply_and_stop(struct server_fixture *of)
{
	answer_held(of);
	fixture_stop_server(of);
}

START_TEST(stops_with_a_reply_on_its_way)
{
	begin();
	client_send(&client, HOLD);
	fixture_await(&fixture.held_count, 1);
	fixture_order(&fixture, reply_and_stop);
	ck_assert_int_eq(fixture.finished, 1);
	end();
}
END_TEST

static atomic_int count;

static void count_connections(struct server_fixture *of)
{
	count = (int)http_connection_count(of->server);
}

START_TEST(leaves_connections_past_the_cap_waiting)
{
	struct client others[3];
	fixture_init(&fixture, NULL);
	fixture.settings.connections_maximum = 2;
	fixture_start(&fixture);
	for (int i = 0; i < 3; i++)
		client_connect(&others[i], fixture.port);
	for (int i = 0; i < 2; i++) {
		client_send(&others[i], REQUEST);
		client_answer(&others[i], &answer);
		ck_assert_int_eq(answer.status, 200);
	}
	client_send(&others[2], REQUEST);
	fixture_order(&fixture, count_connections);
	ck_assert_int_eq(count, 2);
	ck_assert_int_eq(fixture.handled, 2);
	client_close(&others[0]);
	client_answer(&others[2], &answer);
	ck_assert_int_eq(answer.status, 200);
	client_close(&others[1]);
	client_close(&others[2]);
	fixture_end(&fixture);
}
END_TEST

START_TEST(does_not_start_without_certificates)
{
	struct http_handler handler = {fixture_request, fixture_refusal, fixture_finished, NULL};
	fixture_init(&fixture, "/nonexistent");
	ck_assert_int_eq(http_start(fixture.loop, &fixture.settings, &handler, &fixture.server), ERR_SYSTEM);
	ck_assert_ptr_null(fixture.server);
	loop_free(fixture.loop);
	close(fixture.settings.listener);
}
END_TEST

static void check_plain(struct server_fixture *of)
{
	ck_assert_int_eq(http_reload(of->server), ERR_NONE);
	ck_assert_int_eq(http_revocations(of->server), HTTP_REVOCATIONS_FRESH);
	ck_assert_int_eq(http_server_certificate_not_after_us(of->server), INT64_MAX);
}

START_TEST(has_nothing_to_reload_when_plain)
{
	begin();
	fixture_order(&fixture, check_plain);
	end();
}
END_TEST

static void check_end(struct server_fixture *of)
{
	int64_t left_us = http_server_certificate_not_after_us(of->server) - (int64_t)time(NULL) * 1000000;
	ck_assert_int_gt(left_us, 3590 * INT64_C(1000000));
	ck_assert_int_lt(left_us, 3610 * INT64_C(1000000));
}

START_TEST(says_when_its_certificate_ends)
{
	struct pki_fixture pki;
	pki_init(&pki);
	fixture_init(&fixture, pki.directory);
	fixture_start(&fixture);
	fixture_order(&fixture, check_end);
	fixture_end(&fixture);
	pki_release(&pki);
}
END_TEST

/* Over TLS, with requests held, waiting, and connections half open. */
START_TEST(drains_and_stops_over_tls)
{
	struct pki_fixture pki;
	struct client held;
	pki_init(&pki);
	pki_client(&pki, "good", SERIAL_GOOD, 3600);
	fixture_init(&fixture, pki.directory);
	fixture_start(&fixture);
	client_connect(&held, fixture.port);
	client_secure(&held, pki.directory, "good", NULL);
	client_send(&held, HOLD);
	fixture_await(&fixture.held_count, 1);
	client_connect(&client, fixture.port);
	client_secure(&client, pki.directory, "good", NULL);
	client_send(&client, REQUEST);
	client_answer(&client, &answer);
	fixture_order(&fixture, drain);
	ck_assert(client_is_ended(&client));
	fixture_order(&fixture, fixture_stop_server);
	ck_assert_int_eq(fixture.finished, 2);
	client_answer(&held, &answer);
	ck_assert_int_eq(answer.status, 0);
	client_close(&held);
	end();
	pki_release(&pki);
}
END_TEST

UNIT("http/server", drains_at_once_without_connections, drains_idle_connections_and_waits_for_busy_ones,
     drains_a_connection_that_is_receiving, serves_a_new_connection_while_draining,
     drains_a_connection_that_never_speaks, leaves_the_listener_to_its_owner, stops_with_requests_unanswered,
     stops_with_a_reply_on_its_way, leaves_connections_past_the_cap_waiting, does_not_start_without_certificates,
     has_nothing_to_reload_when_plain, says_when_its_certificate_ends, drains_and_stops_over_tls)
