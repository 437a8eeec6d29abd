/* Replies that come piece by piece: framing, room, readers that are slow or leave, certificates that end meanwhile. */
#include <poll.h>

#include "support/unit.h"

#include "client.h"
#include "pki_fixture.h"
#include "server_fixture.h"

enum { PIECE = 10000, WAITING = 64 * 1024 };

static struct server_fixture fixture;
static struct pki_fixture pki;
static struct client client;
static struct http_stream *stream;
static atomic_int drained_count, closed_count, pushed;
static char why[64];
static int64_t patience_us;

static void drained(void *context)
{
	ck_assert_ptr_eq(context, &fixture);
	atomic_fetch_add(&drained_count, 1);
}

static void closed(void *context, const char *reason)
{
	ck_assert_ptr_eq(context, &fixture);
	snprintf(why, sizeof why, "%s", reason ? reason : "ended");
	stream = NULL;
	atomic_fetch_add(&closed_count, 1);
}

/* --- on the server's thread --- */

static void open_stream(struct server_fixture *of)
{
	static const struct http_header_line headers[] = {{"Content-Type", "text/event-stream"}};
	struct http_reply head = {.status = 200, .headers = headers, .header_count = 1};
	struct http_stream_user user = {drained, closed, &fixture, WAITING, patience_us};
	int finished = of->finished;
	ck_assert_int_eq(http_stream_open(of->held[of->held_count - 1], &head, &user, &stream), ERR_NONE);
	ck_assert_int_eq(of->finished, finished + 1); /* the request is over, its stream is not */
}

static void push_words(struct server_fixture *of)
{
	(void)of;
	ck_assert_int_eq(http_stream_push(stream, "one", 3), ERR_NONE);
	ck_assert_int_eq(http_stream_push(stream, "", 0), ERR_NONE);
	ck_assert_int_eq(http_stream_push(stream, "another", 7), ERR_NONE);
}

static void end_stream(struct server_fixture *of)
{
	(void)of;
	http_stream_end(stream);
	ck_assert_int_eq(http_stream_push(stream, "too late", 8), ERR_NONE);
}

/* Pieces that tell their number, until there is no more room. */
static void push_all(struct server_fixture *of)
{
	static char piece[PIECE];
	(void)of;
	if (!stream)
		return;
	memset(piece, '.', sizeof piece);
	for (enum err error = ERR_NONE; error == ERR_NONE;) {
		snprintf(piece, sizeof piece, "%08d", (int)pushed);
		error = http_stream_push(stream, piece, sizeof piece);
		ck_assert(error == ERR_NONE || error == ERR_LIMIT);
		if (error == ERR_NONE)
			atomic_fetch_add(&pushed, 1);
	}
	ck_assert_uint_gt(http_stream_waiting(stream), WAITING - PIECE - 64);
	ck_assert_uint_le(http_stream_waiting(stream), WAITING);
}

static void reload(struct server_fixture *of)
{
	ck_assert_int_eq(http_reload(of->server), ERR_NONE);
}

/* --- on the client's --- */

static void ask(const char *request)
{
	int held = fixture.held_count;
	ck_assert(client_send(&client, request));
	fixture_await(&fixture.held_count, held + 1);
	fixture_order(&fixture, open_stream);
}

static void begin(bool secure)
{
	patience_us = 100000000;
	atomic_store(&closed_count, 0);
	if (secure) {
		pki_init(&pki);
		pki_client(&pki, "good", SERIAL_GOOD, 3600);
	}
	fixture_init(&fixture, secure ? pki.directory : NULL);
	fixture_start(&fixture);
	client_connect(&client, fixture.port);
	if (secure)
		client_secure(&client, pki.directory, "good", NULL);
}

static void end(void)
{
	client_close(&client);
	fixture_end(&fixture);
	if (fixture.settings.tls_directory)
		pki_release(&pki);
}

static const char *read_to_end(void)
{
	while (client_receive(&client))
		;
	return client.received;
}

#define GET "GET /hold HTTP/1.1\r\nHost: localhost\r\n\r\n"

static void expect_chunks(bool secure)
{
	begin(secure);
	ask(GET);
	fixture_order(&fixture, push_words);
	fixture_order(&fixture, end_stream);
	const char *text = read_to_end();
	ck_assert_ptr_nonnull(strstr(text, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n"));
	ck_assert_str_eq(strstr(text, "\r\n\r\n"), "\r\n\r\n3\r\none\r\n7\r\nanother\r\n0\r\n\r\n");
	fixture_await(&closed_count, 1);
	ck_assert_str_eq(why, "ended");
	end();
}

START_TEST(sends_pieces_as_chunks)
{
	expect_chunks(false);
	expect_chunks(true);
}
END_TEST

START_TEST(sends_pieces_as_they_are_to_an_old_client)
{
	begin(false);
	ask("GET /hold HTTP/1.0\r\nHost: localhost\r\n\r\n");
	fixture_order(&fixture, push_words);
	fixture_order(&fixture, end_stream);
	const char *text = read_to_end();
	ck_assert_ptr_null(strstr(text, "chunked"));
	ck_assert_str_eq(strstr(text, "\r\n\r\n"), "\r\n\r\noneanother");
	end();
}
END_TEST

START_TEST(notices_that_a_client_leaves)
{
	begin(true);
	ask(GET);
	fixture_order(&fixture, push_words);
	shutdown(client.socket, SHUT_RDWR);
	fixture_await(&closed_count, 1);
	ck_assert_str_eq(why, "left");
	end();
}
END_TEST

START_TEST(hears_nothing_of_what_a_client_says)
{
	begin(false);
	ask(GET);
	client_send(&client, GET);
	fixture_order(&fixture, push_words);
	fixture_order(&fixture, end_stream);
	ck_assert_ptr_nonnull(strstr(read_to_end(), "another\r\n0\r\n\r\n"));
	ck_assert_int_eq(fixture.handled, 1);
	end();
}
END_TEST

/* Whether every piece came whole and in order; the framing is looked over. */
static int count_pieces(void)
{
	static char part[1 << 16];
	char digits[16] = "";
	int pieces = 0, used = 0;
	bool is_ending = false;
	for (;;) {
		ssize_t size = client.session ? gnutls_record_recv(client.session, part, sizeof part)
					      : recv(client.socket, part, sizeof part, 0);
		if (size <= 0)
			return pieces;
		for (ssize_t i = 0; i < size; i++) {
			if (part[i] >= '0' && part[i] <= '9' && used < 8) {
				digits[used++] = part[i];
			} else if (part[i] == '\0' && used == 8) { /* as snprintf ends it */
				ck_assert_int_eq(atoi(digits), pieces);
				pieces++;
				used = 0;
			} else {
				used = 0;
			}
		}
		if (pieces == pushed && !is_ending)
			fixture_order(&fixture, end_stream);
		is_ending |= pieces == pushed;
	}
}

static void expect_room(bool secure)
{
	begin(secure);
	atomic_store(&pushed, 0);
	atomic_store(&drained_count, 0);
	ask(GET);
	fixture_order(&fixture, push_all);
	ck_assert_int_eq(drained_count, 0);
	ck_assert_int_eq(count_pieces(), pushed);
	fixture_await(&closed_count, 1);
	ck_assert_str_eq(why, "ended");
	end();
}

START_TEST(keeps_no_more_than_its_room_for_a_slow_reader_and_loses_nothing)
{
	expect_room(false);
	expect_room(true);
}
END_TEST

START_TEST(says_when_there_is_room_again)
{
	char part[4096];
	begin(false);
	atomic_store(&pushed, 0);
	atomic_store(&drained_count, 0);
	ask(GET);
	fixture_order(&fixture, push_all);
	/* All may have been read before the server says so: then nothing more comes. */
	struct pollfd readable = {.fd = client.socket, .events = POLLIN};
	while (!drained_count)
		if (poll(&readable, 1, 10) > 0)
			ck_assert_int_gt(recv(client.socket, part, sizeof part, 0), 0);
	fixture_order(&fixture, push_words);
	end();
}
END_TEST

START_TEST(drops_a_reader_that_takes_nothing)
{
	begin(true);
	patience_us = 50000;
	ask(GET);
	while (!closed_count) /* until the system's own buffers are full as well */
		fixture_order(&fixture, push_all);
	ck_assert_str_eq(why, "stalled");
	end();
}
END_TEST

START_TEST(ends_when_its_certificate_is_revoked)
{
	begin(true);
	ask(GET);
	fixture_order(&fixture, push_words);
	tls_write_revocations(&pki.authority, SERIAL_GOOD, 3600, pki.directory, "crl.pem");
	fixture_order(&fixture, reload);
	fixture_await(&closed_count, 1);
	ck_assert_str_eq(why, "certificate_revoked");
	read_to_end();
	end();
}
END_TEST

START_TEST(stops_with_streams_open)
{
	begin(true);
	ask(GET);
	fixture_order(&fixture, push_words);
	fixture_order(&fixture, fixture_stop_server);
	ck_assert_int_eq(closed_count, 1);
	ck_assert_str_eq(why, "stopping");
	end();
}
END_TEST

UNIT("stream", sends_pieces_as_chunks, sends_pieces_as_they_are_to_an_old_client, notices_that_a_client_leaves,
     hears_nothing_of_what_a_client_says, keeps_no_more_than_its_room_for_a_slow_reader_and_loses_nothing,
     says_when_there_is_room_again, drops_a_reader_that_takes_nothing, ends_when_its_certificate_is_revoked,
     stops_with_streams_open)
