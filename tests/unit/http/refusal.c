/* What a refusal looks like to the client, plain and over TLS. */
#include "support/unit.h"

#include "client.h"
#include "pki_fixture.h"
#include "server_fixture.h"

#define HOST "Host: localhost\r\n"

static struct server_fixture fixture;
static struct client client;
static struct answer answer;

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

static void expect_problem(void)
{
	char body[256];
	const char *id = strcasestr(answer.head, "\r\nX-Request-Id: ");
	ck_assert_int_eq(answer.status, 400);
	ck_assert(!strncmp(answer.head, "HTTP/1.1 400 Bad Request\r\nDate: ", 32));
	ck_assert_ptr_nonnull(strstr(answer.head, "\r\nContent-Type: application/problem+json\r\n"));
	ck_assert_ptr_nonnull(strstr(answer.head, "\r\nCache-Control: no-store\r\n"));
	ck_assert_ptr_nonnull(strstr(answer.head, "\r\nX-Content-Type-Options: nosniff\r\n"));
	ck_assert_ptr_nonnull(strstr(answer.head, "\r\nConnection: close\r\n"));
	ck_assert_ptr_nonnull(id);
	snprintf(body, sizeof body, "{\"status\":400,\"code\":\"malformed_path\",\"requestId\":\"%.36s\"}", id + 16);
	ck_assert_str_eq(answer.body, body);
	ck_assert(client_is_ended(&client));
	ck_assert_int_eq(fixture.handled, 0);
	ck_assert_int_eq(fixture.finished, 0);
}

START_TEST(writes_a_problem)
{
	begin(NULL);
	client_send(&client, "GET /../ HTTP/1.1\r\n" HOST "\r\n");
	client_answer(&client, &answer);
	expect_problem();
	end();
}
END_TEST

START_TEST(writes_it_over_tls)
{
	struct pki_fixture pki;
	pki_init(&pki);
	pki_client(&pki, "good", SERIAL_GOOD, 3600);
	begin(pki.directory);
	client_secure(&client, pki.directory, "good", NULL);
	client_send(&client, "GET /../ HTTP/1.1\r\n" HOST "\r\n");
	client_answer(&client, &answer);
	expect_problem();
	end();
	pki_release(&pki);
}
END_TEST

START_TEST(writes_no_body_to_head)
{
	begin(NULL);
	client_send(&client, "HEAD /../ HTTP/1.1\r\n" HOST "\r\n");
	client_answer_to(&client, true, &answer);
	ck_assert_int_eq(answer.status, 400);
	ck_assert_uint_gt(client_body_length(answer.head), 0);
	ck_assert(client_is_ended(&client));
	end();
}
END_TEST

START_TEST(answers_what_came_before_it_first)
{
	begin(NULL);
	client_send(&client, "GET /one HTTP/1.1\r\n" HOST "\r\nGET /later HTTP/1.1\r\n" HOST "\r\n"
			     "GET /../ HTTP/1.1\r\n" HOST "\r\nGET /never HTTP/1.1\r\n" HOST "\r\n");
	client_answer(&client, &answer);
	ck_assert_int_eq(answer.status, 200);
	client_answer(&client, &answer);
	ck_assert_int_eq(answer.status, 200);
	client_answer(&client, &answer);
	ck_assert_int_eq(answer.status, 400);
	ck_assert(client_is_ended(&client));
	ck_assert_int_eq(fixture.handled, 2);
	end();
}
END_TEST

/* A client that insists on sending a large body still learns why it was refused. */
START_TEST(is_heard_by_who_sends_first)
{
	static char body[3000000];
	struct pki_fixture pki;
	pki_init(&pki);
	pki_client(&pki, "good", SERIAL_GOOD, 3600);
	begin(pki.directory);
	client_secure(&client, pki.directory, "good", NULL);
	client_send(&client, "POST / HTTP/1.1\r\n" HOST "Content-Length: 3000000\r\n\r\n");
	ck_assert(client_send_bytes(&client, body, sizeof body));
	client_answer(&client, &answer);
	ck_assert_int_eq(answer.status, 413);
	ck_assert(client_is_ended(&client));
	end();
	pki_release(&pki);
}
END_TEST

START_TEST(waits_only_a_moment_for_a_refused_body)
{
	begin(NULL);
	client_send(&client, "POST / HTTP/1.1\r\n" HOST "Content-Length: 3000000\r\n\r\n");
	client_answer(&client, &answer);
	ck_assert_int_eq(answer.status, 413);
	ck_assert(client_is_ended(&client));
	end();
}
END_TEST

UNIT("http/refusal", writes_a_problem, writes_it_over_tls, writes_no_body_to_head, answers_what_came_before_it_first,
     is_heard_by_who_sends_first, waits_only_a_moment_for_a_refused_body)
