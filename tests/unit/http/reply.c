/* Replies: status, headers, bodies of every size, none. */
#include "support/unit.h"

#include "client.h"
#include "pki_fixture.h"
#include "server_fixture.h"

#define HOST "Host: localhost\r\n"

static struct server_fixture fixture;
static struct client client;
static struct answer answer;
static struct http_reply next;

static void begin(const char *directory)
{
	fixture_init(&fixture, directory);
	fixture_start(&fixture);
	client_connect(&client, fixture.port);
}

static void end(void)
{
	client_close(&client);
	fixture_end(&fixture);
}

static void reply_next(struct server_fixture *of)
{
	http_reply(of->held[of->held_count - 1], &next);
}

static void ask_for(const char *method, const struct http_reply *reply)
{
	char request[128];
	int held = fixture.held_count;
	next = *reply;
	snprintf(request, sizeof request, "%s /hold HTTP/1.1\r\n" HOST "\r\n", method);
	client_send(&client, request);
	fixture_await(&fixture.held_count, held + 1);
	fixture_order(&fixture, reply_next);
	client_answer_to(&client, !strcmp(method, "HEAD") || reply->status == 304, &answer);
	ck_assert_uint_eq((unsigned)answer.status, reply->status);
}

START_TEST(sends_status_headers_and_body)
{
	static const struct http_header_line headers[] = {{"ETag", "\"7\""}, {"Ledger-Receipt", "a"}, {"X-Empty-ish", "-"}};
	struct http_reply reply = {201, headers, 3, strdup("made"), 4};
	begin(NULL);
	ask_for("POST", &reply);
	ck_assert_ptr_nonnull(strstr(answer.head, "\r\nETag: \"7\"\r\n"));
	ck_assert_ptr_nonnull(strstr(answer.head, "\r\nLedger-Receipt: a\r\n"));
	ck_assert_ptr_nonnull(strstr(answer.head, "\r\nDate: "));
	ck_assert_str_eq(answer.body, "made");
	end();
}
END_TEST

START_TEST(sends_no_body)
{
	begin(NULL);
	ask_for("DELETE", &(struct http_reply){.status = 204});
	ask_for("GET", &(struct http_reply){.status = 304});
	ask_for("GET", &(struct http_reply){.status = 200});
	ck_assert_str_eq(answer.body, "");
	ask_for("GET", &(struct http_reply){.status = 200, .body = malloc(10)});
	ck_assert_str_eq(answer.body, "");
	ask_for("HEAD", &(struct http_reply){.status = 200, .body = strdup("four"), .body_length = 4});
	ck_assert_uint_eq(client_body_length(answer.head), 4);
	ask_for("GET", &(struct http_reply){.status = 200, .body = strdup("last"), .body_length = 4});
	ck_assert_str_eq(answer.body, "last");
	end();
}
END_TEST

static size_t read_large(void)
{
	client_send(&client, "GET /large HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n");
	size_t total = 0;
	while (client_receive(&client)) {
		total += client.length;
		client.length = 0;
	}
	return total;
}

START_TEST(sends_a_large_body)
{
	begin(NULL);
	size_t total = read_large();
	ck_assert_uint_gt(total, 4000000);
	ck_assert_uint_lt(total, 4000500);
	end();
}
END_TEST

START_TEST(sends_a_large_body_over_tls)
{
	struct pki_fixture pki;
	pki_init(&pki);
	pki_client(&pki, "good", SERIAL_GOOD, 3600);
	begin(pki.directory);
	client_secure(&client, pki.directory, "good", NULL);
	size_t total = read_large();
	ck_assert_uint_gt(total, 4000000);
	ck_assert_uint_lt(total, 4000500);
	end();
	pki_release(&pki);
}
END_TEST

/* A header that can't be sent must not leave the client waiting, nor split the answer. */
START_TEST(closes_when_a_reply_cannot_be_sent)
{
	static const struct http_header_line headers[] = {{"X-A", "b\r\nX-C: d"}};
	struct http_reply reply = {200, headers, 1, strdup("body"), 4};
	begin(NULL);
	next = reply;
	client_send(&client, "GET /hold HTTP/1.1\r\n" HOST "\r\n");
	fixture_await(&fixture.held_count, 1);
	fixture_order(&fixture, reply_next);
	client_answer(&client, &answer);
	ck_assert_int_eq(answer.status, 0);
	end();
}
END_TEST

/* The largest request that is let in, with more behind it, leaves this much for the reply's headers. */
START_TEST(sends_headers_of_several_kilobytes)
{
	enum { VALUE = 3500 };
	static char value[VALUE + 1], request[8192] = "GET /hold HTTP/1.1\r\n" HOST "X-A: ";
	static struct http_header_line headers[] = {{"Ledger-Receipt", value}};
	memset(value, 'v', VALUE);
	memset(request + strlen(request), 'a', 3800);
	strcat(request, "\r\n\r\n");
	for (int i = 0; i < 40; i++)
		strcat(request, "GET /b HTTP/1.1\r\n" HOST "\r\n");
	begin(NULL);
	next = (struct http_reply){200, headers, 1, strdup("body"), 4};
	client_send(&client, request);
	fixture_await(&fixture.held_count, 1);
	fixture_order(&fixture, reply_next);
	client_answer(&client, &answer);
	ck_assert_int_eq(answer.status, 200);
	ck_assert_ptr_nonnull(strstr(answer.head, value));
	for (int i = 0; i < 40; i++) {
		client_answer(&client, &answer);
		ck_assert_int_eq(answer.status, 200);
	}
	end();
}
END_TEST

/* The second is refused, and its body freed. */
static void reply_twice(struct server_fixture *of)
{
	next.body = strdup("one");
	http_reply(of->held[0], &next);
	next.body = strdup("two");
	http_reply(of->held[0], &next);
}

START_TEST(sends_one_reply_only)
{
	begin(NULL);
	next = (struct http_reply){.status = 200, .body_length = 3};
	client_send(&client, "GET /hold HTTP/1.1\r\n" HOST "\r\nGET /after HTTP/1.1\r\n" HOST "\r\n");
	fixture_await(&fixture.held_count, 1);
	fixture_order(&fixture, reply_twice);
	client_answer(&client, &answer);
	ck_assert_str_eq(answer.body, "one");
	client_answer(&client, &answer);
	ck_assert_ptr_nonnull(strstr(answer.body, "GET /after"));
	end();
}
END_TEST

UNIT("http/reply", sends_status_headers_and_body, sends_no_body, sends_a_large_body, sends_a_large_body_over_tls,
     closes_when_a_reply_cannot_be_sent, sends_headers_of_several_kilobytes, sends_one_reply_only)
