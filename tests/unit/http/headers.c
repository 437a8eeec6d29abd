/* Headers as the handler reads them, and how many and how large they may be. */
#include "support/unit.h"

#include "client.h"
#include "server_fixture.h"

#define HOST "Host: localhost\r\n"

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

static void expect(const char *name, const char *value)
{
	char request[512];
	snprintf(request, sizeof request,
		 "GET /header?%s HTTP/1.1\r\n" HOST "If-Match: \"7\"\r\nX-Spaces:  \t a b \t \r\nX-Empty:\r\n"
		 "X-Tab:\t \r\n\r\n",
		 name);
	client_send(&client, request);
	client_answer(&client, &answer);
	ck_assert_str_eq(answer.body, value);
}

START_TEST(finds_headers_by_name_without_case)
{
	begin();
	expect("If-Match", "[\"7\"]");
	expect("if-match", "[\"7\"]");
	expect("IF-MATCH", "[\"7\"]");
	expect("If-Matc", "none");
	expect("Absent", "none");
	end();
}
END_TEST

START_TEST(trims_values)
{
	begin();
	expect("X-Spaces", "[a b]");
	expect("X-Empty", "[]");
	expect("X-Tab", "[]");
	end();
}
END_TEST

/* A request of exactly `length` bytes with `count` headers beside Host. */
static void send_block(size_t length, int count)
{
	char request[20000];
	sprintf(request, "GET /header?X-%d HTTP/1.1\r\n" HOST, count - 1);
	for (int i = 0; i < count; i++)
		sprintf(request + strlen(request), "X-%d: v%s", i, i + 1 < count ? "\r\n" : "");
	size_t used = strlen(request) + 4;
	ck_assert_uint_le(used, length);
	memset(request + used - 4, 'v', length - used);
	strcpy(request + length - 4, "\r\n\r\n");
	client_send(&client, request);
	client_answer(&client, &answer);
}

START_TEST(refuses_large_headers_with_a_problem)
{
	begin();
	send_block(3500, 2);
	ck_assert_int_eq(answer.status, 200);
	ck_assert_uint_gt(strlen(answer.body), 3000);
	for (size_t length = 3900; length < 5000; length += 50) {
		client_close(&client);
		client_connect(&client, fixture.port);
		send_block(length, 2);
		ck_assert_int_eq(answer.status, length > 4096 - 3 * 80 ? 431 : 200);
		ck_assert_ptr_nonnull(strstr(answer.body, length > 4096 - 3 * 80 ? "headers_too_large" : "[vvv"));
	}
	end();
}
END_TEST

START_TEST(refuses_huge_headers)
{
	begin();
	for (size_t length = 6000; length < 20000; length += 1000) {
		client_close(&client);
		client_connect(&client, fixture.port);
		send_block(length, 2);
		ck_assert_int_eq(answer.status, 431);
	}
	ck_assert_int_eq(fixture.handled, 0);
	end();
}
END_TEST

START_TEST(refuses_many_headers)
{
	begin();
	send_block(3000, 10);
	ck_assert_int_eq(answer.status, 200);
	send_block(3000, 60);
	ck_assert_int_eq(answer.status, 431);
	client_close(&client);
	client_connect(&client, fixture.port);
	send_block(3000, 100);
	ck_assert_int_eq(answer.status, 431);
	client_close(&client);
	client_connect(&client, fixture.port);
	send_block(12000, 1000);
	ck_assert_int_eq(answer.status, 431);
	ck_assert_int_eq(fixture.handled, 1);
	end();
}
END_TEST

START_TEST(takes_many_arguments)
{
	char request[4000] = "GET /?";
	begin();
	while (strlen(request) < 3000)
		strcat(request, "a&");
	strcat(request, " HTTP/1.1\r\n" HOST "\r\n");
	client_send(&client, request);
	client_answer(&client, &answer);
	ck_assert_int_eq(answer.status, 200);
	ck_assert_ptr_nonnull(strstr(answer.body, "GET / a&a&a&"));
	end();
}
END_TEST

START_TEST(refuses_a_long_path)
{
	char request[4000] = "GET /";
	begin();
	memset(request + 5, 'a', 2000);
	strcat(request, " HTTP/1.1\r\n" HOST "\r\n");
	client_send(&client, request);
	client_answer(&client, &answer);
	ck_assert_int_eq(answer.status, 414);
	ck_assert_ptr_nonnull(strstr(answer.body, "uri_too_long"));
	end();
}
END_TEST

UNIT("http/headers", finds_headers_by_name_without_case, trims_values, refuses_large_headers_with_a_problem,
     refuses_huge_headers, refuses_many_headers, takes_many_arguments, refuses_a_long_path)
