/* A request's way through the server over a real socket: whole, chunked, kept alive, pipelined, answered later. */
#include "support/unit.h"

#include "client.h"
#include "server_fixture.h"

#define HOST "Host: localhost\r\n"
#define ID "X-Request-Id: 0190a5f0-0000-7000-8000-000000000001\r\n"
#define ID_TEXT "0190a5f0-0000-7000-8000-000000000001"

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

START_TEST(gives_the_handler_what_was_sent)
{
	begin();
	client_send(&client, "GET /v1/cases/a%20b?a=b%20c&d&a=%C3%A9 HTTP/1.1\r\n" HOST ID "\r\n");
	client_answer(&client, &answer);
	ck_assert_int_eq(answer.status, 200);
	ck_assert_str_eq(answer.body, "GET /v1/cases/a%20b a=b%20c&d&a=%C3%A9||- -|" ID_TEXT);
	end();
	ck_assert_int_eq(fixture.finished, 1);
}
END_TEST

START_TEST(takes_only_a_uuid_for_a_request_id)
{
	begin();
	client_send(&client, "GET / HTTP/1.1\r\n" HOST "X-Request-Id: mine\r\n\r\n");
	client_answer(&client, &answer);
	ck_assert_str_ne(strrchr(answer.body, '|'), "|mine");
	ck_assert_uint_eq(strlen(strrchr(answer.body, '|')), 37);
	end();
}
END_TEST

START_TEST(gathers_a_body)
{
	begin();
	client_send(&client, "POST / HTTP/1.1\r\n" HOST ID "Content-Length: 11\r\n\r\nhello");
	client_send(&client, " world");
	client_answer(&client, &answer);
	ck_assert_str_eq(answer.body, "POST / |hello world|- -|" ID_TEXT);
	end();
}
END_TEST

START_TEST(gathers_a_body_from_chunks)
{
	begin();
	client_send(&client, "POST / HTTP/1.1\r\n" HOST ID "Transfer-Encoding: chunked\r\n\r\n"
			     "5;quality=low\r\nhello\r\n6\r\n world\r\n0\r\nTrailer: ignored\r\n\r\n");
	client_answer(&client, &answer);
	ck_assert_str_eq(answer.body, "POST / |hello world|- -|" ID_TEXT);
	client_send(&client, "GET /next HTTP/1.1\r\n" HOST ID "\r\n");
	client_answer(&client, &answer);
	ck_assert_str_eq(answer.body, "GET /next ||- -|" ID_TEXT);
	end();
}
END_TEST

START_TEST(asks_for_a_body_that_waits_to_be_asked_for)
{
	begin();
	client_send(&client, "PUT / HTTP/1.1\r\n" HOST ID "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n");
	client_answer(&client, &answer);
	ck_assert_int_eq(answer.status, 100);
	client_send(&client, "ok");
	client_answer(&client, &answer);
	ck_assert_str_eq(answer.body, "PUT / |ok|- -|" ID_TEXT);
	end();
}
END_TEST

START_TEST(keeps_a_connection_alive)
{
	begin();
	for (int i = 0; i < 50; i++) {
		client_send(&client, i % 2 ? "GET /later HTTP/1.1\r\n" HOST ID "\r\n"
					   : "POST /now HTTP/1.1\r\n" HOST ID "Content-Length: 1\r\n\r\n.");
		client_answer(&client, &answer);
		ck_assert_str_eq(answer.body, i % 2 ? "GET /later ||- -|" ID_TEXT : "POST /now |.|- -|" ID_TEXT);
	}
	end();
	ck_assert_int_eq(fixture.handled, 50);
}
END_TEST

/* Bodies and heads of the pipeline lie in one buffer: none may leak into another, however they are answered. */
START_TEST(answers_pipelined_requests_in_order)
{
	enum { REQUESTS = 60 };
	char sent[16384] = "", expected[128];
	begin();
	for (int i = 0; i < REQUESTS; i++)
		sprintf(sent + strlen(sent), "POST /%s?%d HTTP/1.1\r\n" HOST ID "Content-Length: %d\r\n\r\n%0*d",
			i % 3 ? "now" : "later", i, i % 7 + 2, i % 7 + 2, i);
	client_send(&client, sent);
	for (int i = 0; i < REQUESTS; i++) {
		client_answer(&client, &answer);
		sprintf(expected, "POST /%s %d|%0*d|- -|" ID_TEXT, i % 3 ? "now" : "later", i, i % 7 + 2, i);
		ck_assert_str_eq(answer.body, expected);
	}
	end();
}
END_TEST

START_TEST(takes_a_request_byte_by_byte)
{
	static const char sent[] = "POST /slow HTTP/1.1\r\n" HOST ID "Content-Length: 3\r\n\r\nabc";
	begin();
	for (const char *at = sent; *at; at++)
		client_send_bytes(&client, at, 1);
	client_answer(&client, &answer);
	ck_assert_str_eq(answer.body, "POST /slow |abc|- -|" ID_TEXT);
	end();
}
END_TEST

START_TEST(finishes_a_request_whose_client_left)
{
	begin();
	client_send(&client, "GET /hold HTTP/1.1\r\n" HOST "\r\n");
	fixture_await(&fixture.held_count, 1);
	end();
	ck_assert_int_eq(fixture.finished, 1);
}
END_TEST

static void release_held(struct server_fixture *of)
{
	fixture_reply(of->held[0], 200, "late");
}

START_TEST(lets_a_handler_answer_after_the_client_left)
{
	begin();
	client_send(&client, "GET /hold HTTP/1.1\r\n" HOST "\r\n");
	fixture_await(&fixture.held_count, 1);
	client_close(&client);
	ck_assert_int_eq(fixture.finished, 0);
	fixture_order(&fixture, release_held);
	fixture_await(&fixture.finished, 1);
	client_connect(&client, fixture.port);
	client_send(&client, "GET /still HTTP/1.1\r\n" HOST ID "\r\n");
	client_answer(&client, &answer);
	ck_assert_str_eq(answer.body, "GET /still ||- -|" ID_TEXT);
	end();
}
END_TEST

static void expect_refusal(const char *request, int status, const char *code)
{
	client_send(&client, request);
	client_answer(&client, &answer);
	ck_assert_int_eq(answer.status, status);
	ck_assert_ptr_nonnull(strstr(answer.body, code));
	ck_assert_ptr_nonnull(strstr(answer.head, "Connection: close"));
	ck_assert(client_is_ended(&client));
	ck_assert_int_eq(fixture.handled, 0);
}

START_TEST(refuses_a_body_that_says_it_is_too_large)
{
	begin();
	expect_refusal("POST / HTTP/1.1\r\n" HOST "Content-Length: 10001\r\n\r\n", 413, "body_too_large");
	end();
}
END_TEST

START_TEST(refuses_it_before_asking_for_it)
{
	begin();
	expect_refusal("POST / HTTP/1.1\r\n" HOST "Expect: 100-continue\r\nContent-Length: 10001\r\n\r\n", 413,
		       "body_too_large");
	end();
}
END_TEST

START_TEST(takes_the_largest_body)
{
	char body[10001];
	memset(body, 'b', sizeof body - 1);
	body[sizeof body - 1] = '\0';
	begin();
	client_send(&client, "POST / HTTP/1.1\r\n" HOST "Content-Length: 10000\r\n\r\n");
	client_send(&client, body);
	client_answer(&client, &answer);
	ck_assert_int_eq(answer.status, 200);
	ck_assert_ptr_nonnull(strstr(answer.body, body));
	end();
}
END_TEST

/* The client sends all before it looks for an answer: the refusal must not be lost to a reset. */
START_TEST(refuses_a_body_that_becomes_too_large)
{
	char chunk[1100];
	begin();
	client_send(&client, "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n");
	for (int i = 0; i < 3000; i++) {
		sprintf(chunk, "400\r\n%01024d\r\n", i);
		ck_assert(client_send(&client, chunk));
	}
	expect_refusal("0\r\n\r\n", 413, "body_too_large");
	end();
}
END_TEST

/* What would reach the handler as something else than it was, or as two. `status` 0: closed without an answer. */
static const struct {
	const char *request;
	int status;
} hostile[] = {
	{"POST / HTTP/1.1\r\n" HOST "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
	{"POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n", 400},
	{"POST / HTTP/1.1\r\n" HOST "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc", 400},
	{"POST / HTTP/1.1\r\n" HOST "Content-Length: 3\r\nContent-Length: 5\r\n\r\nabcde", 400},
	{"POST / HTTP/1.1\r\n" HOST "Content-Length: 3, 3\r\n\r\nabc", 400},
	{"POST / HTTP/1.1\r\n" HOST "Content-Length: +3\r\n\r\nabc", 400},
	{"POST / HTTP/1.1\r\n" HOST "Content-Length: -3\r\n\r\nabc", 400},
	{"POST / HTTP/1.1\r\n" HOST "Content-Length: 0x3\r\n\r\nabc", 400},
	{"POST / HTTP/1.1\r\n" HOST "Content-Length:\r\n\r\nabc", 400},
	{"POST / HTTP/1.1\r\n" HOST "Content-Length: 99999999999999999999\r\n\r\nabc", 413},
	{"POST / HTTP/1.1\r\n" HOST "Content-Length : 3\r\n\r\nabc", 400},
	{"POST / HTTP/1.1\r\n" HOST "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n", 400},
	{"POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: identity\r\n\r\nabc", 400},
	{"POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 400},
	{"POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 400},
	{"POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked \r\n\r\n0\r\n\r\n", 400},
	{"POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: \x0b" "chunked\r\n\r\n0\r\n\r\n", 400},
	{"POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
	{"POST / HTTP/1.0\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
	{"POST / HTTP/1.1\r\n" HOST "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n", 400},
	{"POST / HTTP/1.1\r\n" HOST "X-A: b\r\n\tContent-Length: 3\r\n\r\nabc", 400},
	{"POST / HTTP/1.1\r\n" HOST "X-A: b\nContent-Length: 3\r\n\r\nabc", 400},
	{"POST / HTTP/1.1\r\n" HOST "X-A: b\rContent-Length: 3\r\n\r\nabc", 400},
	{"POST / HTTP/1.1\n" HOST "Content-Length: 3\r\n\r\nabc", 400},
	{"POST / HTTP/1.1\r\n" HOST "Content-Length: 3\r\n\nabc", 400},
	{"POST / HTTP/1.1\r\n" HOST "Content-Length: 3\n\r\nabc", 400},
	{"GET / HTTP/1.1\r\n" HOST "Content-Length: 3\r\n\r\nabc", 400},
	{"GET / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
	{"HEAD / HTTP/1.1\r\n" HOST "Content-Length: 3\r\n\r\nabc", 400},
	{"GET / HTTP/1.1\r\n\r\n", 400},
	{"GET / HTTP/1.1\r\n" HOST HOST "\r\n", 400},
	{"GET / HTTP/1.1\r\n" HOST "no colon\r\n\r\n", 400},
	{"GET / HTTP/1.1\r\n" HOST ": empty\r\n\r\n", 400},
	{"GET / HTTP/1.1\r\n" HOST "a b: c\r\n\r\n", 400},
	{"GET / HTTP/1.1\r\n" HOST "If-Match: \"1\"\r\nif-match: \"2\"\r\n\r\n", 400},
	{"GET / HTTP/1.1\r\n" HOST "On-Behalf-Of: A\r\nON-BEHALF-OF: B\r\n\r\n", 400},
	{"GET  / HTTP/1.1\r\n" HOST "\r\n", 400},
	{"GET / x HTTP/1.1\r\n" HOST "\r\n", 400},
	{"GET /\tx HTTP/1.1\r\n" HOST "\r\n", 400},
	{"GET /a%00b HTTP/1.1\r\n" HOST "\r\n", 400},
	{"GET /a%2fb HTTP/1.1\r\n" HOST "\r\n", 400},
	{"GET /a/../b HTTP/1.1\r\n" HOST "\r\n", 400},
	{"GET /a/%2e%2E/b HTTP/1.1\r\n" HOST "\r\n", 400},
	{"GET http://localhost/ HTTP/1.1\r\n" HOST "\r\n", 400},
	{"OPTIONS * HTTP/1.1\r\n" HOST "\r\n", 400},
	{"CONNECT localhost:1 HTTP/1.1\r\n" HOST "\r\n", 400},
	{"G@T / HTTP/1.1\r\n" HOST "\r\n", 400},
	{"GET / HTTP/1.2\r\n" HOST "\r\n", 400},
	{"GET / HTTP/2.0\r\n" HOST "\r\n", 505},
	{"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
};

/* libmicrohttpd itself tells a malformed Content-Length twice over, and closes. */
static void expect_end(const struct answer *first)
{
	struct answer next;
	ck_assert_ptr_nonnull(strcasestr(first->head, "\r\nConnection: close"));
	client_answer(&client, &next);
	ck_assert_msg(!next.status || !strcmp(first->head, next.head), "%s%s", next.head, next.body);
}

START_TEST(never_delivers_what_can_be_read_two_ways)
{
	begin();
	for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i++) {
		client_close(&client);
		client_connect(&client, fixture.port);
		client_send(&client, hostile[i].request);
		client_answer_to(&client, !strncmp(hostile[i].request, "HEAD", 4), &answer);
		ck_assert_msg(answer.status == hostile[i].status, "%d for row %zu: %s", answer.status, i,
			      hostile[i].request);
		expect_end(&answer);
		ck_assert_msg(!fixture.handled, "row %zu: %s", i, hostile[i].request);
	}
	end();
}
END_TEST

START_TEST(never_delivers_a_nul)
{
	static const char in_target[] = "GET /a\0b HTTP/1.1\r\n" HOST "\r\n";
	static const char in_value[] = "GET / HTTP/1.1\r\n" HOST "If-Match: \"1\"\0\"2\"\r\n\r\n";
	static const char in_name[] = "GET / HTTP/1.1\r\n" HOST "If\0-Match: 1\r\n\r\n";
	begin();
	client_send_bytes(&client, in_target, sizeof in_target - 1);
	client_answer(&client, &answer);
	ck_assert_int_eq(answer.status, 400);
	client_close(&client);
	client_connect(&client, fixture.port);
	client_send_bytes(&client, in_value, sizeof in_value - 1);
	client_answer(&client, &answer);
	ck_assert_int_eq(answer.status, 400);
	client_close(&client);
	client_connect(&client, fixture.port);
	client_send_bytes(&client, in_name, sizeof in_name - 1);
	client_answer(&client, &answer);
	ck_assert_int_eq(answer.status, 400);
	ck_assert_int_eq(fixture.handled, 0);
	end();
}
END_TEST

UNIT("http/exchange", gives_the_handler_what_was_sent, takes_only_a_uuid_for_a_request_id, gathers_a_body,
     gathers_a_body_from_chunks, asks_for_a_body_that_waits_to_be_asked_for, keeps_a_connection_alive,
     answers_pipelined_requests_in_order, takes_a_request_byte_by_byte, finishes_a_request_whose_client_left,
     lets_a_handler_answer_after_the_client_left, refuses_a_body_that_says_it_is_too_large,
     refuses_it_before_asking_for_it, takes_the_largest_body, refuses_a_body_that_becomes_too_large,
     never_delivers_what_can_be_read_two_ways, never_delivers_a_nul)
