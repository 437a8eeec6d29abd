/* Requests that no honest client sends, byte for byte over TLS: each gets one clear refusal, and the service goes on. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/time.h"
#include "fault.h"

enum { ANSWER_SIZE = 1 << 16, CLOSE_WITHIN_MS = 5000, BODY_CAP = 256 * 1024, ENOUGH = 20000 };

#define HOST "Host: localhost\r\nOn-Behalf-Of: WM-CH-1\r\n"
#define END "Connection: close\r\n\r\n"
#define POST "POST /v1/contacts HTTP/1.1\r\n" HOST "Idempotency-Key: 0123456789\r\n"
#define JSON "Content-Type: application/json\r\n"
#define MEMBERS "\"occurredAt\":\"2026-01-31T12:00:00Z\",\"channel\":\"call_999\",\"caller\":\"victim\""
#define GRADE ",\"responseGrade\":\"emergency\""

/* --- bodies ---------------------------------------------------------------------------------------------------------- */

static const struct {
	const char *name;
	const char *body;
	size_t length; /* 0: to its NUL */
	long status;
	const char *code;
	const char *pointer; /* that errors must name; NULL: any */
} bodies[] = {
	{"the same member twice", "{" MEMBERS GRADE ",\"caller\":\"child\"}", 0, 400, "malformed_request", NULL},
	{"the same member twice, once escaped", "{" MEMBERS GRADE ",\"c\\u0061ller\":\"child\"}", 0, 400, "malformed_request", NULL},
	{"invalid UTF-8", "{" MEMBERS GRADE ",\"narrative\":\"\xc3\x28\"}", 0, 400, "malformed_request", NULL},
	{"overlong UTF-8", "{" MEMBERS GRADE ",\"narrative\":\"\xc0\xaf\"}", 0, 400, "malformed_request", NULL},
	{"a surrogate in UTF-8", "{" MEMBERS GRADE ",\"narrative\":\"\xed\xa0\x80\"}", 0, 400, "malformed_request", NULL},
	{"half a surrogate pair", "{" MEMBERS GRADE ",\"narrative\":\"\\ud800\"}", 0, 400, "malformed_request", NULL},
	{"an escaped NUL", "{" MEMBERS GRADE ",\"narrative\":\"a\\u0000b\"}", 0, 400, "malformed_request", NULL},
	{"an escaped NUL in a member's name", "{" MEMBERS GRADE ",\"a\\u0000b\":1}", 0, 400, "malformed_request", NULL},
	{"a NUL", "{" MEMBERS GRADE "}\0", sizeof("{" MEMBERS GRADE "}\0") - 1, 400, "malformed_request", NULL},
	{"a NUL in a text", "{" MEMBERS GRADE ",\"narrative\":\"a\0b\"}", sizeof("{" MEMBERS GRADE ",\"narrative\":\"a\0b\"}") - 1, 400, "malformed_request", NULL},
	{"a control character", "{" MEMBERS GRADE ",\"narrative\":\"a\tb\"}", 0, 400, "malformed_request", NULL},
	{"a byte order mark", "\xef\xbb\xbf{" MEMBERS GRADE "}", 0, 400, "malformed_request", NULL},
	{"something after the end", "{" MEMBERS GRADE "} {}", 0, 400, "malformed_request", NULL},
	{"a comma too many", "{" MEMBERS GRADE ",}", 0, 400, "malformed_request", NULL},
	{"a comment", "{" MEMBERS GRADE "/* */}", 0, 400, "malformed_request", NULL},
	{"NaN", "{" MEMBERS GRADE ",\"cutOff\":NaN}", 0, 400, "malformed_request", NULL},
	{"nothing", "", 0, 400, "malformed_request", NULL},
	{"blanks", "  \n", 0, 400, "malformed_request", NULL},
	{"a number beyond all", "{" MEMBERS GRADE ",\"cutOff\":1e999}", 0, 400, "malformed_request", NULL},
	{"an integer beyond 64 bits", "{" MEMBERS GRADE ",\"cutOff\":92233720368547758080}", 0, 400, "malformed_request", NULL},
	{"null", "null", 0, 422, "invalid_request", ""},
	{"a list", "[]", 0, 422, "invalid_request", ""},
	{"a text", "\"x\"", 0, 422, "invalid_request", ""},
	{"a number", "1", 0, 422, "invalid_request", ""},
	{"a number where a text belongs", "{" MEMBERS ",\"responseGrade\":1}", 0, 422, "invalid_request", "/responseGrade"},
	{"an object where a text belongs", "{" MEMBERS GRADE ",\"narrative\":{}}", 0, 422, "invalid_request", "/narrative"},
	{"a text where a list belongs", "{" MEMBERS GRADE ",\"people\":\"x\"}", 0, 422, "invalid_request", "/people"},
	{"null where a value belongs", "{" MEMBERS ",\"responseGrade\":null}", 0, 422, "invalid_request", "/responseGrade"},
	{"a day that never was", "{\"occurredAt\":\"2026-02-30T12:00:00Z\",\"channel\":\"call_999\",\"caller\":\"victim\"" GRADE "}", 0, 422, "invalid_request", "/occurredAt"},
	{"an instant without a zone", "{\"occurredAt\":\"2026-01-31T12:00:00\",\"channel\":\"call_999\",\"caller\":\"victim\"" GRADE "}", 0, 422, "invalid_request", "/occurredAt"},
	{"a member that looks like SQL", "{" MEMBERS GRADE ",\"'; drop table contact; --\":1}", 0, 422, "invalid_request", "/'; drop table contact; --"},
};

/* --- framing --------------------------------------------------------------------------------------------------------- */

static const struct {
	const char *name;
	const char *request;
	long status; /* 0: any refusal, or a close without a word */
	const char *code; /* NULL: the library's own refusal */
} requests[] = {
	{"no such path", "GET /v1/nothing HTTP/1.1\r\n" HOST END, 404, "not_found"},
	{"no such method", "DELETE /v1/contacts HTTP/1.1\r\n" HOST END, 405, "method_not_allowed"},
	{"a method of its own", "FROB /v1/contacts HTTP/1.1\r\n" HOST END, 405, "method_not_allowed"},
	{"TRACE", "TRACE /v1/contacts HTTP/1.1\r\n" HOST END, 405, "method_not_allowed"},
	{"an escaped NUL in the path", "GET /v1/whoami%00 HTTP/1.1\r\n" HOST END, 400, "malformed_path"},
	{"an escaped slash", "GET /v1%2fwhoami HTTP/1.1\r\n" HOST END, 400, "malformed_path"},
	{"dots", "GET /v1/../v1/whoami HTTP/1.1\r\n" HOST END, 400, "malformed_path"},
	{"a broken escape", "GET /v1/contacts/%zz HTTP/1.1\r\n" HOST END, 400, "malformed_path"},
	{"an id that is none", "GET /v1/contacts/1%20or%201=1 HTTP/1.1\r\n" HOST END, 0, NULL},
	{"no content type", POST "Content-Length: 2\r\n" END "{}", 415, "unsupported_media_type"},
	{"another content type", POST "Content-Type: text/plain\r\nContent-Length: 2\r\n" END "{}", 415, "unsupported_media_type"},
	{"a form", POST "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 3\r\n" END "a=b", 415, "unsupported_media_type"},
	{"a format that isn't made", "GET /v1/whoami HTTP/1.1\r\n" HOST "Accept: application/xml\r\n" END, 406, "not_acceptable"},
	{"two lengths", POST JSON "Content-Length: 2\r\nContent-Length: 3\r\n" END "{} ", 400, "malformed_headers"},
	{"the same length twice", POST JSON "Content-Length: 2\r\nContent-Length: 2\r\n" END "{}", 400, "malformed_headers"},
	{"a length and chunks", POST JSON "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n" END "0\r\n\r\n", 400, "malformed_framing"},
	{"an encoding that isn't chunks", POST JSON "Transfer-Encoding: gzip\r\n" END "{}", 400, "malformed_framing"},
	{"chunks within chunks", POST JSON "Transfer-Encoding: chunked, chunked\r\n" END "0\r\n\r\n", 400, "malformed_framing"},
	{"a length below nothing", POST JSON "Content-Length: -1\r\n" END, 400, NULL},
	{"a length that isn't one", POST JSON "Content-Length: 0x10\r\n" END, 400, NULL},
	{"a length beyond 64 bits", POST JSON "Content-Length: 99999999999999999999\r\n" END, 0, NULL},
	{"a length over the cap", POST JSON "Content-Length: 300000\r\n" END, 413, "body_too_large"},
	{"a key twice", "POST /v1/contacts HTTP/1.1\r\n" HOST "Idempotency-Key: 0123456789\r\nIdempotency-Key: 9876543210\r\n" JSON "Content-Length: 2\r\n" END "{}", 400, "malformed_headers"},
	{"two people at once", "GET /v1/whoami HTTP/1.1\r\n" HOST "On-Behalf-Of: WM-SU-1\r\n" END, 400, "malformed_headers"},
	{"a key with spaces", "POST /v1/contacts HTTP/1.1\r\n" HOST "Idempotency-Key: a b c d e f g\r\n" JSON "Content-Length: 2\r\n" END "{}", 422, "invalid_request"},
	{"a browser on another site", POST JSON "Sec-Fetch-Site: cross-site\r\nContent-Length: 2\r\n" END "{}", 403, "cross_site"},
	{"a header without a name", "GET /v1/whoami HTTP/1.1\r\n" HOST ": x\r\n" END, 0, NULL},
	{"a header with a space before its colon", "GET /v1/whoami HTTP/1.1\r\n" HOST "Transfer-Encoding : chunked\r\n" END, 0, NULL},
	{"a header over two lines", "GET /v1/whoami HTTP/1.1\r\n" HOST "X-Long: a\r\n b\r\n" END, 0, NULL},
	{"no host", "GET /v1/whoami HTTP/1.1\r\n" END, 400, NULL},
	{"HTTP/2 in the clear", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 0, NULL},
	{"no HTTP at all", "\x16\x03\x01 hello\r\n\r\n", 0, NULL},
	{"HTTP/0.9", "GET /v1/whoami\r\n\r\n", 0, NULL},
};

/* --- asking ---------------------------------------------------------------------------------------------------------- */

struct reply {
	long status; /* 0: none */
	json_t *json;
	bool closed;
	char text[ANSWER_SIZE];
};

static void read_reply(struct client *client, struct reply *reply)
{
	reply->closed = client_read(client, reply->text, sizeof reply->text, CLOSE_WITHIN_MS);
	const char *body = strstr(reply->text, "\r\n\r\n");
	reply->status = strncmp(reply->text, "HTTP/1.1 ", 9) == 0 ? strtol(reply->text + 9, NULL, 10) : 0;
	reply->json = body ? json_loads(body + 4, 0, NULL) : NULL;
}

static struct client *connect_to(const struct service *service)
{
	struct client *client = client_connect(service, "west-midlands.control-room-web", false);
	ck_assert_msg(client != NULL, "no connection");
	return client;
}

/* What could not be written was refused before it was all sent; that is as good. */
static void exchange(const struct service *service, const char *data, size_t length, struct reply *reply)
{
	struct client *client = connect_to(service);
	(void)client_write(client, data, length);
	read_reply(client, reply);
	client_free(client);
}

static bool names_pointer(const struct reply *reply, const char *pointer)
{
	const json_t *errors = json_object_get(reply->json, "errors");
	for (size_t i = 0; i < json_array_size(errors); i++)
		if (strcmp(json_string_value(json_object_get(json_array_get(errors, i), "pointer")), pointer) == 0)
			return true;
	return false;
}

/* One refusal, and the connection closed after it. */
static int check(const char *name, const struct reply *reply, long status, const char *code)
{
	const char *came = json_string_value(json_object_get(reply->json, "code"));
	const char *second = strstr(reply->text + (*reply->text != '\0'), "HTTP/1.1 ");
	bool refused = reply->status == 0 || (reply->status >= 400 && reply->status < 500) || reply->status == 505;
	bool right = status ? reply->status == status : refused;
	/* libmicrohttpd 0.9.75 repeats the header block of its own refusals; it closes, so nobody can be misled. */
	if (right && reply->closed && (!second || !code) && (!code || (came && strcmp(came, code) == 0)))
		return 0;
	fprintf(stderr, "%s: expected %ld %s, came %ld %s%s%s\n%.400s\n", name, status, code ? code : "", reply->status,
		came ? came : "", reply->closed ? "" : ", left open", second ? ", two answers" : "", reply->text);
	return 1;
}

static void expect_alive(const struct service *service)
{
	static struct reply reply;
	static const char request[] = "GET /v1/whoami HTTP/1.1\r\n" HOST END;
	exchange(service, request, sizeof request - 1, &reply);
	ck_assert_msg(reply.status == 200, "the service is not well: %.300s", reply.text);
	json_decref(reply.json);
}

static void expect_no_record(const struct service *service)
{
	char count[16];
	ck_assert(service_sql(service->url, "select count(*) from contact", count, sizeof count));
	ck_assert_str_eq(count, "0");
}

START_TEST(refuses_bodies)
{
	static struct reply reply;
	struct service service;
	int misses = 0;
	fault_serve(&service, NULL);
	for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
		char request[4096];
		size_t length = bodies[i].length ? bodies[i].length : strlen(bodies[i].body);
		size_t head = (size_t)snprintf(request, sizeof request, POST JSON "Content-Length: %zu\r\n" END, length);
		memcpy(request + head, bodies[i].body, length);
		exchange(&service, request, head + length, &reply);
		misses += check(bodies[i].name, &reply, bodies[i].status, bodies[i].code);
		if (bodies[i].pointer && !names_pointer(&reply, bodies[i].pointer)) {
			fprintf(stderr, "%s: errors don't name \"%s\": %.400s\n", bodies[i].name, bodies[i].pointer, reply.text);
			misses++;
		}
		json_decref(reply.json);
	}
	ck_assert_int_eq(misses, 0);
	expect_no_record(&service);
	expect_alive(&service);
	fault_end(&service);
}
END_TEST

START_TEST(refuses_requests)
{
	static struct reply reply;
	struct service service;
	int misses = 0;
	fault_serve(&service, NULL);
	for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
		exchange(&service, requests[i].request, strlen(requests[i].request), &reply);
		misses += check(requests[i].name, &reply, requests[i].status, requests[i].code);
		json_decref(reply.json);
	}
	ck_assert_int_eq(misses, 0);
	expect_no_record(&service);
	expect_alive(&service);
	fault_end(&service);
}
END_TEST

/* --- too much -------------------------------------------------------------------------------------------------------- */

/* `before`, so many of one text, `after`. */
static int send_much(const struct service *service, const char *name, const char *before, const char *one, size_t count,
		     const char *after, long status, const char *code)
{
	static struct reply reply;
	size_t length = strlen(before) + count * strlen(one) + strlen(after);
	char *request = malloc(length + 1);
	ck_assert_ptr_nonnull(request);
	char *end = stpcpy(request, before);
	for (size_t i = 0; i < count; i++)
		end = stpcpy(end, one);
	strcpy(end, after);
	exchange(service, request, length, &reply);
	int missed = check(name, &reply, status, code);
	json_decref(reply.json);
	free(request);
	return missed;
}

START_TEST(refuses_too_much)
{
	static const char chunked[] = POST JSON "Transfer-Encoding: chunked\r\n" END;
	struct service service;
	int misses = 0;
	char head[512];
	fault_serve(&service, NULL);
	snprintf(head, sizeof head, POST JSON "Content-Length: %d\r\n" END, ENOUGH);
	misses += send_much(&service, "a deep list", head, "[", ENOUGH, "", 400, "malformed_request");
	snprintf(head, sizeof head, POST JSON "Content-Length: %d\r\n" END, 6 * ENOUGH);
	misses += send_much(&service, "a deep object", head, "{\"a\":{", ENOUGH, "", 400, "malformed_request");
	snprintf(head, sizeof head, "%s%x\r\n", chunked, BODY_CAP + 1);
	misses += send_much(&service, "a chunk over the cap", head, " ", BODY_CAP + 1, "\r\n0\r\n\r\n", 413, "body_too_large");
	misses += send_much(&service, "many small chunks", chunked, "10\r\n0123456789abcdef\r\n", BODY_CAP / 16 + 1, "0\r\n\r\n",
			    413, "body_too_large");
	misses += send_much(&service, "a long path", "GET /v1/contacts/", "a", ENOUGH, " HTTP/1.1\r\n" HOST END, 0, NULL);
	misses += send_much(&service, "a long header", "GET /v1/whoami HTTP/1.1\r\n" HOST "X-Long: ", "a", ENOUGH, "\r\n" END,
			    431, NULL);
	misses += send_much(&service, "many headers", "GET /v1/whoami HTTP/1.1\r\n" HOST, "X-Many: a\r\n", ENOUGH / 10, END,
			    431, NULL);
	ck_assert_int_eq(misses, 0);
	expect_no_record(&service);
	expect_alive(&service);
	fault_end(&service);
}
END_TEST

/* --- too slow -------------------------------------------------------------------------------------------------------- */

/* A byte every 50 ms keeps it from being idle; the deadline must end it all the same. */
static void drip(const struct service *service, const char *start, long status)
{
	static struct reply reply;
	struct client *client = connect_to(service);
	int64_t before_us = time_monotonic_us();
	bool open = client_write(client, start, strlen(start));
	for (int i = 0; open && i < 100; i++) {
		struct pollfd nothing = {.fd = -1};
		(void)poll(&nothing, 1, 50);
		open = client_write(client, "a", 1);
	}
	read_reply(client, &reply);
	ck_assert_msg(!open || reply.closed, "a slow request was left alone");
	ck_assert_int_lt(time_monotonic_us() - before_us, 4500000);
	ck_assert_msg(reply.status == 0 || reply.status == status, "%.300s", reply.text);
	json_decref(reply.json);
	client_free(client);
}

START_TEST(ends_what_is_slow)
{
	static const char *const flags[] = {"--headers-deadline", "500ms", "--body-deadline", "500ms", NULL};
	struct service service;
	fault_serve(&service, flags);
	drip(&service, "GET /v1/whoami HTTP/1.1\r\n" HOST "X-Slow: ", 408);
	drip(&service, POST JSON "Content-Length: 200000\r\n" END "{", 408);
	expect_alive(&service);
	fault_end(&service);
}
END_TEST

/* --- without TLS ----------------------------------------------------------------------------------------------------- */

static int connect_plainly(int port)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port),
				      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct timeval patience = {.tv_sec = 5};
	int descriptor = socket(AF_INET, SOCK_STREAM, 0);
	ck_assert_int_ge(descriptor, 0);
	(void)setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	ck_assert_int_eq(connect(descriptor, (struct sockaddr *)&address, sizeof address), 0);
	return descriptor;
}

START_TEST(tells_nothing_without_tls)
{
	static const char request[] = "GET /v1/whoami HTTP/1.1\r\n" HOST END;
	struct service service;
	char answer[256];
	fault_serve(&service, NULL);
	int descriptor = connect_plainly(service.port);
	ck_assert_int_eq(send(descriptor, request, sizeof request - 1, MSG_NOSIGNAL), sizeof request - 1);
	ssize_t length = recv(descriptor, answer, sizeof answer, 0);
	ck_assert_msg(length <= 0 || memcmp(answer, "HTTP", 4) != 0, "it answered in the clear");
	close(descriptor);
	expect_alive(&service);
	fault_end(&service);
}
END_TEST

FAULT_TESTS("hostile", refuses_bodies, refuses_requests, refuses_too_much, ends_what_is_slow, tells_nothing_without_tls)
