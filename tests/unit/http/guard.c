/* Which targets, header blocks and framings the guard lets through. */
#include "support/unit.h"

#include <string.h>

#include "http/guard.h"

static const struct {
	const char *target;
	unsigned status; /* 0: fine */
} targets[] = {
	{"/", 0},
	{"/v1/cases/0190a5f0-0000-7000-8000-000000000001", 0},
	{"/v1/cases?limit=50&cursor=a%2Fb..%2e%20+%c3%a9", 0},
	{"/v1/a%20b/%C3%A9/~x/a.b/...", 0},
	{"/a//b/", 0},
	{"/a%25%32%66b", 0},
	{"/a?b=/../c", 0},
	{"", 400},
	{"*", 400},
	{"a/b", 400},
	{"http://host/a", 400},
	{"/a b", 400},
	{"/a\tb", 400},
	{"/a\rb", 400},
	{"/a\x7f", 400},
	{"/a\xc3\xa9", 400},
	{"/a#b", 400},
	{"/a\\b", 400},
	{"/a%", 400},
	{"/a%2", 400},
	{"/a%2g", 400},
	{"/a%00", 400},
	{"/a?b=%00", 400},
	{"/a?b=%zz", 400},
	{"/a%2fb", 400},
	{"/a%2Fb", 400},
	{"/a%5cb", 400},
	{"/a%0d%0ab", 400},
	{"/a%1f", 400},
	{"/a%7fb", 400},
	{"/.", 400},
	{"/..", 400},
	{"/a/../b", 400},
	{"/a/./b", 400},
	{"/a/..", 400},
	{"/a/%2e%2e/b", 400},
	{"/a/.%2E", 400},
	{"/%2e?x", 400},
	{"/../", 400},
};

START_TEST(reads_targets)
{
	for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
		const struct http_fault *fault = guard_target(targets[i].target);
		ck_assert_msg((fault ? fault->status : 0) == targets[i].status, "%s", targets[i].target);
	}
	ck_assert_ptr_eq(guard_target(NULL), &http_fault_path);
}
END_TEST

START_TEST(limits_a_target_s_length)
{
	char target[5000];
	memset(target, 'a', sizeof target);
	target[0] = '/';
	target[1024] = '\0';
	ck_assert_ptr_null(guard_target(target));
	target[1024] = 'a';
	target[1025] = '\0';
	ck_assert_uint_eq(guard_target(target)->status, 414);
	target[1025] = 'a';
	target[10] = '?';
	target[4096] = '\0';
	ck_assert_ptr_null(guard_target(target));
	target[4096] = 'a';
	target[4097] = '\0';
	ck_assert_uint_eq(guard_target(target)->status, 414);
}
END_TEST

enum { FIELDS_MOST = 16 };

struct sample {
	char text[1024];
	struct guard_field fields[FIELDS_MOST];
	struct guard_block block;
};

/* Ends the piece at `delimiter` the way libmicrohttpd does, and steps over it. */
static char *cut(char *at, const char *delimiter)
{
	char *end = strstr(at, delimiter);
	ck_assert_ptr_nonnull(end);
	memset(end, 0, strlen(delimiter));
	return end + strlen(delimiter);
}

static void parse(struct sample *sample, const char *text)
{
	memset(sample, 0, sizeof *sample);
	strcpy(sample->text, text);
	struct guard_block *block = &sample->block;
	block->method = sample->text;
	block->length = strlen(text);
	block->target = cut(sample->text, " ");
	char *at = cut((char *)block->target, " ");
	block->target_length = strlen(block->target);
	block->version = at;
	at = cut(at, "\r\n");
	while (strncmp(at, "\r\n", 2)) {
		struct guard_field *field = &sample->fields[block->field_count++];
		field->name = at;
		at = cut(at, ":");
		field->name_length = strlen(field->name);
		field->value = at + strspn(at, " \t");
		at = cut(at, "\r\n");
		field->value_length = strlen(field->value);
	}
	block->fields = sample->fields;
}

static const char whole[] = "POST /a HTTP/1.1\r\nHost: h\r\nX-A:\t \tb c \r\nX-B:\r\n\r\n";

START_TEST(knows_a_block_of_the_right_form)
{
	struct sample sample;
	parse(&sample, whole);
	ck_assert_uint_eq(sample.block.field_count, 3);
	ck_assert_ptr_null(guard_layout(&sample.block));
	parse(&sample, "GET / HTTP/1.1\r\n\r\n");
	ck_assert_ptr_null(guard_layout(&sample.block));
}
END_TEST

/* Each change is what some laxity of a parser leaves behind. */
START_TEST(refuses_a_block_of_another_form)
{
	struct sample sample;
	parse(&sample, whole);
	sample.block.target++; /* two spaces */
	ck_assert_ptr_eq(guard_layout(&sample.block), &http_fault_line);
	parse(&sample, whole);
	sample.block.target_length--; /* a NUL in it */
	ck_assert_ptr_eq(guard_layout(&sample.block), &http_fault_line);
	parse(&sample, whole);
	sample.fields[1].name--; /* a bare line feed before it */
	ck_assert_ptr_eq(guard_layout(&sample.block), &http_fault_headers);
	parse(&sample, whole);
	sample.fields[0].value_length--; /* a NUL in it, or a folded line */
	ck_assert_ptr_eq(guard_layout(&sample.block), &http_fault_headers);
	parse(&sample, whole);
	sample.fields[1].name_length--; /* something between name and value */
	ck_assert_ptr_eq(guard_layout(&sample.block), &http_fault_headers);
	parse(&sample, whole);
	sample.block.length--; /* a bare line feed at the end */
	ck_assert_ptr_eq(guard_layout(&sample.block), &http_fault_headers);
	parse(&sample, whole);
	sample.block.field_count--; /* a line that was not told as a header */
	ck_assert_ptr_eq(guard_layout(&sample.block), &http_fault_headers);
}
END_TEST

static const struct {
	const char *text;
	const char *code; /* NULL: fine */
	bool has_body;
	uint64_t length;
} blocks[] = {
	{"GET / HTTP/1.1\r\nHost: h\r\n\r\n", NULL, false, 0},
	{"GET / HTTP/1.0\r\n\r\n", NULL, false, 0},
	{"GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n", NULL, false, 0},
	{"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 007\r\n\r\n", NULL, true, 7},
	{"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 123456789012345678\r\n\r\n", NULL, true, 123456789012345678},
	{"DELETE / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: Chunked\r\n\r\n", NULL, true, UINT64_MAX},
	{"GET / HTTP/1.1\r\nHost: h\r\nVia: a\r\nVia: b\r\nX-Forwarded-For: a\r\nX-Forwarded-For: b\r\n\r\n", NULL, false, 0},
	{"GET / HTTP/1.1\r\nHost: h\r\nUser-Agent: \xc3\xa9 (x; y)\r\n\r\n", NULL, false, 0},
	{"GET / HTTP/1.1\r\n\r\n", "malformed_headers", false, 0},
	{"GET / HTTP/1.1\r\nHost: h\r\nHost: h\r\n\r\n", "malformed_headers", false, 0},
	{"GET / HTTP/1.1\r\nHost: h\r\nAccept: a\r\nACCEPT: b\r\n\r\n", "malformed_headers", false, 0},
	{"GET / HTTP/1.1\r\nHost: h\r\nPrefer: a\r\nPrefer: b\r\n\r\n", "malformed_headers", false, 0},
	{"GET / HTTP/1.1\r\nHost: h\r\nAuthorization: a\r\nauthorization: b\r\n\r\n", "malformed_headers", false, 0},
	{"GET / HTTP/1.1\r\nHost: h\r\nIdempotency-Key: a\r\nX-B: 1\r\nidempotency-key: a\r\n\r\n", "malformed_headers", false, 0},
	{"GET / HTTP/1.1\r\nHost: h\r\nContent-Type: a\r\nContent-Type: a\r\n\r\n", "malformed_headers", false, 0},
	{"GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\n", "malformed_framing", false, 0},
	{"HEAD / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n", "malformed_framing", false, 0},
	{"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", "malformed_framing", false, 0},
	{"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n", "malformed_framing", false, 0},
	{"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1 \r\n\r\n", "malformed_framing", false, 0},
	{"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1,1\r\n\r\n", "malformed_framing", false, 0},
	{"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: +1\r\n\r\n", "malformed_framing", false, 0},
	{"POST / HTTP/1.1\r\nHost: h\r\nContent-Length:\r\n\r\n", "malformed_framing", false, 0},
	{"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1234567890123456789\r\n\r\n", "malformed_framing", false, 0},
	{"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", "malformed_framing", false, 0},
	{"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked \r\n\r\n", "malformed_framing", false, 0},
	{"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: identity\r\n\r\n", "malformed_framing", false, 0},
	{"POST / HTTP/1.0\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n", "malformed_framing", false, 0},
	{"GET / HTTP/1.1\r\nHost: h\r\nX-A : b\r\n\r\n", "malformed_headers", false, 0},
	{"GET / HTTP/1.1\r\nHost: h\r\n X-A: b\r\n\r\n", "malformed_headers", false, 0},
	{"GET / HTTP/1.1\r\nHost: h\r\n: b\r\n\r\n", "malformed_headers", false, 0},
	{"GET / HTTP/1.1\r\nHost: h\r\nX(A: b\r\n\r\n", "malformed_headers", false, 0},
	{"GET / HTTP/1.1\r\nHost: h\r\nX-A: b\rc\r\n\r\n", "malformed_headers", false, 0},
	{"GET / HTTP/1.1\r\nHost: h\r\nX-A: b\x01\r\n\r\n", "malformed_headers", false, 0},
	{"GET / HTTP/1.1\r\nHost: h\r\nX-A: b\x7f\r\n\r\n", "malformed_headers", false, 0},
	{"GE<T / HTTP/1.1\r\nHost: h\r\n\r\n", "malformed_request", false, 0},
	{"AAAAAAAAAAAAAAAAA / HTTP/1.1\r\nHost: h\r\n\r\n", "malformed_request", false, 0},
	{"GET / HTTP/1.2\r\nHost: h\r\n\r\n", "malformed_request", false, 0},
	{"GET / HTTP/0.9\r\nHost: h\r\n\r\n", "malformed_request", false, 0},
};

START_TEST(reads_framing)
{
	for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) {
		struct sample sample;
		struct guard_framing framing = {0};
		parse(&sample, blocks[i].text);
		const struct http_fault *fault = guard_fields(&sample.block, &framing);
		ck_assert_pstr_eq(fault ? fault->code : NULL, blocks[i].code);
		ck_assert_msg(framing.has_body == blocks[i].has_body, "%s", blocks[i].text);
		ck_assert_msg(framing.length == blocks[i].length, "%s", blocks[i].text);
	}
}
END_TEST

START_TEST(knows_who_waits_to_be_asked)
{
	struct sample sample;
	struct guard_framing framing;
	parse(&sample, "PUT / HTTP/1.1\r\nHost: h\r\nExpect: 100-Continue\r\nContent-Length: 2\r\n\r\n");
	ck_assert_ptr_null(guard_fields(&sample.block, &framing));
	ck_assert(framing.expects_continue);
	parse(&sample, "PUT / HTTP/1.1\r\nHost: h\r\nExpect: more\r\nContent-Length: 2\r\n\r\n");
	ck_assert_ptr_null(guard_fields(&sample.block, &framing));
	ck_assert(!framing.expects_continue);
}
END_TEST

UNIT("http/guard", reads_targets, limits_a_target_s_length, knows_a_block_of_the_right_form,
     refuses_a_block_of_another_form, reads_framing, knows_who_waits_to_be_asked)
