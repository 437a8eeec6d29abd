/* The feed as a stream: nothing missing, nothing twice, nothing that its reader may not see, whatever happens meanwhile. */
#include <libpq-fe.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "fault.h"
#include "load.h"
#include "support/stream.h"

enum { SOON_S = 10, READERS = 4, POSITIONS_MOST = 100000, MANY = 3000 /* more than the streamer keeps */ };

#define WEB "west-midlands.control-room-web"

static struct service service;
static struct client *client;
static int64_t listed[POSITIONS_MOST];

static void begin(const char *const *flags)
{
	fault_serve(&service, flags);
	client = client_new(&service, WEB);
}

static void end(void)
{
	client_free(client);
	fault_end(&service);
}

/* --- writing ------------------------------------------------------------------------------------------------------- */

static json_t *call(const char *method, const char *path, const char *staff, const char *match, const char *body, long status)
{
	static unsigned calls;
	char key[64], precondition[64];
	struct client_answer answer;
	snprintf(key, sizeof key, "Idempotency-Key: feed-%d-%u", (int)getpid(), calls++);
	snprintf(precondition, sizeof precondition, "If-Match: \"%s\"", match ? match : "");
	const char *headers[] = {"Content-Type: application/json", match ? precondition : key, NULL};
	struct client_call of = {.method = method, .path = path, .staff = staff, .headers = body ? headers : NULL,
				 .body = body, .body_length = body ? strlen(body) : 0};
	ck_assert_msg(client_call(client, &of, &answer), "%s", answer.fault);
	ck_assert_msg(answer.status == status, "%s %s: %ld %s", method, path, answer.status, answer.body);
	json_t *json = json_incref(answer.json);
	client_answer_release(&answer);
	return json;
}

static void text_of(json_t *json, const char *member, char *text, size_t size)
{
	const char *value = json_string_value(json_object_get(json, member));
	ck_assert_msg(value, "no %s", member);
	snprintf(text, size, "%s", value);
	json_decref(json);
}

/* Any change, told to all; what the feed says of it. */
static void make_contact(char *part, size_t size)
{
	char *body = fault_contact(NULL), id[64];
	text_of(call("POST", "/v1/contacts", "WM-CH-1", NULL, body, 201), "contactId", id, sizeof id);
	snprintf(part, size, "\"kind\":\"contact\",\"recordId\":\"%s\"", id);
	free(body);
}

static void make_case(char id[64])
{
	text_of(call("POST", "/v1/cases", "WM-CH-1", NULL, "{\"victim\":{\"givenName\":\"Hollis\"},\"summary\":\"First seen.\"}",
		     201),
		"caseId", id, 64);
}

static void sql(const char *text, char *value, size_t size)
{
	ck_assert(service_sql(service.url, text, value, size));
}

/* --- reading ------------------------------------------------------------------------------------------------------- */

static struct stream *read_as_wished(const struct stream_wish *wish)
{
	struct stream *stream = stream_open(&service, wish);
	ck_assert_ptr_nonnull(stream);
	ck_assert_msg(stream_await(stream, wish->last_id || wish->query ? "\nid: " : "event: bookmark\n", SOON_S), "%s", stream_text(stream));
	return stream;
}

static struct stream *read_as(const char *staff, const char *query, const char *last_id)
{
	struct stream_wish wish = {.client = WEB, .staff = staff, .query = query, .last_id = last_id};
	return read_as_wished(&wish);
}

static bool has(const struct stream *stream, const char *part)
{
	return strstr(stream_text(stream), part) != NULL;
}

/* Positions that the list tells WM-CH-1 of after another one; the list's end is past `upto`. */
static size_t list_after(int64_t after, int64_t upto)
{
	size_t count = 0;
	for (bool more = true; more || after < upto;) {
		char path[128];
		snprintf(path, sizeof path, "/v1/events?limit=200&after=%lld", (long long)after);
		json_t *page = call("GET", path, "WM-CH-1", NULL, NULL, 200), *item;
		size_t index;
		json_array_foreach(json_object_get(page, "items"), index, item)
		{
			ck_assert_uint_lt(count, POSITIONS_MOST);
			listed[count++] = json_integer_value(json_object_get(item, "position"));
		}
		after = json_integer_value(json_object_get(page, "next"));
		more = json_is_true(json_object_get(page, "more"));
		json_decref(page);
	}
	return count;
}

/* The last of this moment: a contact that is written, and found in the list. */
static int64_t make_last(char *part, size_t size)
{
	char text[200], position[32] = "";
	make_contact(part, size);
	snprintf(text, sizeof text,
		 "select max(o.position) from ledger_order o join ledger_line l using (force_id, line_id) where l.record_id = '%.36s'",
		 strstr(part, "recordId\":\"") + 11);
	int64_t deadline_us = time_monotonic_us() + SOON_S * 1000000LL;
	while (!*position) {
		ck_assert(time_monotonic_us() < deadline_us);
		sql(text, position, sizeof position);
	}
	return strtoll(position, NULL, 10);
}

static void expect_same(const int64_t *got, size_t got_count, const int64_t *wanted, size_t wanted_count)
{
	for (size_t i = 0; i < got_count && i < wanted_count; i++)
		ck_assert_msg(got[i] == wanted[i], "event %zu is %lld, not %lld", i, (long long)got[i], (long long)wanted[i]);
	ck_assert_uint_eq(got_count, wanted_count);
}

/* --- tests --------------------------------------------------------------------------------------------------------- */

START_TEST(tells_all_changes_once_in_order)
{
	struct stream *readers[READERS];
	char part[128];
	begin(NULL);
	for (int i = 0; i < READERS; i++)
		readers[i] = read_as("WM-CH-1", NULL, NULL);
	int64_t before = stream_last_id(readers[READERS - 1]);
	struct load *load = calloc(1, sizeof *load);
	*load = (struct load){.service = &service, .client_count = 6, .only_writes = true};
	load_start(load);
	load_await(load, 300);
	load_stop(load);
	int64_t last = make_last(part, sizeof part);
	size_t wanted = list_after(before, last);
	ck_assert_uint_gt(wanted, 300);
	for (int i = 0; i < READERS; i++) {
		size_t count;
		ck_assert_msg(stream_await(readers[i], part, SOON_S), "reader %d", i);
		const int64_t *got = stream_positions(readers[i], &count);
		expect_same(got, count, listed, wanted);
		stream_free(readers[i]);
	}
	load_release(load);
	free(load);
	end();
}
END_TEST

START_TEST(goes_on_where_a_reader_stopped)
{
	char part[128], last_id[32];
	size_t first_count, count;
	begin(NULL);
	struct stream *stream = read_as("WM-CH-1", NULL, NULL);
	int64_t before = stream_last_id(stream);
	make_contact(part, sizeof part);
	ck_assert(stream_await(stream, part, SOON_S));
	snprintf(last_id, sizeof last_id, "%lld", (long long)stream_last_id(stream));
	const int64_t *got = stream_positions(stream, &first_count);
	int64_t *all = calloc(POSITIONS_MOST, sizeof *all);
	memcpy(all, got, first_count * sizeof *all);
	stream_free(stream);

	/* More than a page, and nobody reads meanwhile, so that none of it is kept. */
	sql("insert into person (force_id, person_id, given_name) select 'west-midlands', gen_random_uuid(), 'Hollis' from generate_series(1, 350)",
	    NULL, 0);
	int64_t last = make_last(part, sizeof part);
	stream = read_as("WM-CH-1", NULL, last_id);
	ck_assert(stream_await(stream, part, SOON_S));
	make_contact(part, sizeof part);
	ck_assert(stream_await(stream, part, SOON_S));
	last = stream_last_id(stream);
	got = stream_positions(stream, &count);
	memcpy(all + first_count, got, count * sizeof *all);
	expect_same(all, first_count + count, listed, list_after(before, last));
	free(all);
	stream_free(stream);
	end();
}
END_TEST

START_TEST(says_so_when_what_was_asked_for_is_gone)
{
	char part[128];
	begin(NULL);
	struct stream *beyond = read_as("WM-CH-1", NULL, "9007199254740991");
	ck_assert_msg(has(beyond, "event: reset\n") && has(beyond, "\"reason\":\"beyond\""), "%s", stream_text(beyond));
	ck_assert_int_lt(stream_last_id(beyond), 9007199254740991);
	make_last(part, sizeof part);
	ck_assert(stream_await(beyond, part, SOON_S)); /* and goes on from there */
	sql("delete from ledger_order where position <= (select max(position) - 1 from ledger_order)", NULL, 0);
	struct stream *gone = read_as("WM-CH-1", "after=1", NULL);
	ck_assert_msg(has(gone, "event: reset\n") && has(gone, "\"reason\":\"gone\""), "%s", stream_text(gone));
	stream_free(gone);
	stream_free(beyond);
	end();
}
END_TEST

START_TEST(tells_only_what_was_asked_for)
{
	char id[64], other[64], query[128], part[160], last[128];
	begin(NULL);
	make_case(id);
	snprintf(query, sizeof query, "caseId=%s&after=0", id);
	struct stream *of_case = read_as("WM-CH-1", query, NULL);
	struct stream *contacts = read_as("WM-CH-1", "kind=contact,review", NULL);
	struct stream_wish wish = {.client = "northumbria.control-room-web", .staff = "NB-SP-1", .query = "after=0"};
	struct stream *elsewhere = stream_open(&service, &wish);
	make_case(other);
	make_contact(last, sizeof last);
	snprintf(part, sizeof part, "\"kind\":\"case\",\"recordId\":\"%s\"", id);
	ck_assert(stream_await(of_case, part, SOON_S));
	ck_assert(stream_await(contacts, last, SOON_S));
	ck_assert(!has(contacts, "event: case\n"));
	ck_assert(!has(contacts, "event: person\n"));
	/* What a stream must not have is known once something later has come: here, a change of the case itself. */
	snprintf(part, sizeof part, "update case_file set summary = 'Seen again.', version = 1 where case_id = '%s'", id);
	sql(part, NULL, 0);
	ck_assert(stream_await(of_case, "\"version\":2", SOON_S));
	ck_assert(!has(of_case, other));
	ck_assert(!has(of_case, "event: contact\n"));
	/* Another force hears its own bookmarks and nothing else. */
	ck_assert(stream_await(elsewhere, "event: bookmark\n", SOON_S));
	sql("insert into person (force_id, person_id, given_name) values ('northumbria', gen_random_uuid(), 'Hollis')", NULL, 0);
	ck_assert(stream_await(elsewhere, "event: person\n", SOON_S));
	ck_assert(!has(elsewhere, id) && !has(elsewhere, other));
	size_t count;
	(void)stream_positions(elsewhere, &count);
	ck_assert_uint_eq(count, 1);
	stream_free(of_case);
	stream_free(contacts);
	stream_free(elsewhere);
	end();
}
END_TEST

START_TEST(a_restriction_holds_from_its_moment_on)
{
	char id[64], path[128], part[200], last[128], after[32];
	begin(NULL);
	make_case(id);
	struct stream *blocked = read_as("WM-SU-2", NULL, NULL), *other = read_as("WM-SP-1", NULL, NULL);
	struct stream *supervisor = read_as("WM-SU-1", NULL, NULL);
	snprintf(part, sizeof part, "update case_file set summary = 'Once.', version = 1 where case_id = '%s'", id);
	sql(part, NULL, 0);
	ck_assert(stream_await(blocked, id, SOON_S) && stream_await(other, id, SOON_S));
	snprintf(after, sizeof after, "%lld", (long long)stream_last_id(blocked));

	snprintf(path, sizeof path, "/v1/cases/%s/restriction", id);
	json_decref(call("PUT", path, "WM-SU-1", "2",
			 "{\"restricted\":true,\"blocked\":[\"WM-SU-2\"],\"permitted\":[],\"supervisor\":\"WM-SU-1\",\"reason\":\"The suspect works here.\"}",
			 200));
	/* A line that was written just before, and is numbered together with the restriction, is no way round it either. */
	snprintf(part, sizeof part, "update case_file set summary = 'Twice.' where case_id = '%s'", id);
	sql(part, NULL, 0);
	make_contact(last, sizeof last);
	ck_assert(stream_await(supervisor, last, SOON_S));
	ck_assert_msg(has(supervisor, "\"version\":4"), "%s", stream_text(supervisor));
	ck_assert(stream_await(blocked, last, SOON_S) && stream_await(other, last, SOON_S));
	ck_assert(!has(blocked, "case_restriction") && !has(other, "case_restriction"));
	ck_assert(!has(blocked, "\"version\":4") && !has(other, "\"version\":4"));

	/* Nor by resuming from before it. */
	struct stream *again = read_as("WM-SU-2", "after=0", after);
	ck_assert(stream_await(again, last, SOON_S));
	ck_assert(!has(again, id));
	struct stream *from_start = read_as("WM-SU-2", "after=0", NULL);
	ck_assert(stream_await(from_start, last, SOON_S));
	ck_assert(!has(from_start, id));
	stream_free(from_start);
	stream_free(again);
	stream_free(blocked);
	stream_free(other);
	stream_free(supervisor);
	end();
}
END_TEST

START_TEST(a_note_for_some_is_told_to_them_alone)
{
	char id[64], body[400], note[64], last[128];
	begin(NULL);
	make_case(id);
	struct stream *handler = read_as("WM-CH-1", NULL, NULL), *specialist = read_as("WM-SP-1", NULL, NULL);
	snprintf(body, sizeof body,
		 "{\"subject\":{\"kind\":\"case\",\"id\":\"%s\"},\"kind\":\"missed_opportunity\",\"content\":\"Arrest was open to them.\","
		 "\"visibility\":\"specialists_and_supervisors\"}", id);
	text_of(call("POST", "/v1/annotations", "WM-SP-1", NULL, body, 201), "annotationId", note, sizeof note);
	make_contact(last, sizeof last);
	ck_assert(stream_await(handler, last, SOON_S) && stream_await(specialist, last, SOON_S));
	ck_assert(has(specialist, note));
	ck_assert(!has(handler, note));
	stream_free(handler);
	stream_free(specialist);
	end();
}
END_TEST

START_TEST(who_is_disabled_hears_no_more)
{
	char last[128];
	begin(NULL);
	struct stream *leaver = read_as("WM-SP-2", NULL, NULL), *stays = read_as("WM-SP-1", NULL, NULL);
	sql("update staff set enabled = false where force_id = 'west-midlands' and reference = 'WM-SP-2'", NULL, 0);
	make_contact(last, sizeof last);
	ck_assert(stream_await_end(leaver, SOON_S));
	ck_assert(has(leaver, ": staff_unknown\n"));
	ck_assert(!has(leaver, last));
	ck_assert(stream_await(stays, last, SOON_S));
	ck_assert(!has(stays, "event: staff\n"));
	struct stream_wish wish = {.client = WEB, .staff = "WM-SP-2"};
	struct stream *refused = stream_open(&service, &wish);
	ck_assert(stream_await(refused, "staff_unknown", SOON_S));
	ck_assert(has(refused, "HTTP/1.1 403"));
	stream_free(refused);
	stream_free(leaver);
	stream_free(stays);
	end();
}
END_TEST

/* Little is under way to a narrow reader, so that few changes are enough, and who reads again is never too slow itself. */
START_TEST(a_slow_reader_is_dropped_and_goes_on_without_loss)
{
	static const struct stream_wish narrow = {.client = WEB, .staff = "WM-CH-1", .is_narrow = true};
	static const char *const flags[] = {"--stream-patience", "500ms", NULL};
	char last[128], last_id[32], changes[200], metrics[65536];
	size_t first_count, count;
	begin(flags);
	struct stream *slow = read_as_wished(&narrow);
	int64_t before = stream_last_id(slow);
	snprintf(changes, sizeof changes,
		 "insert into person (force_id, person_id, given_name) select 'west-midlands', gen_random_uuid(), 'Hollis' from generate_series(1, %d)", MANY);
	sql(changes, NULL, 0);
	int64_t deadline_us = time_monotonic_us() + 60 * 1000000LL;
	do {
		ck_assert_msg(time_monotonic_us() < deadline_us, "it was not dropped:\n%s", metrics);
		fault_pause_ms(20);
		ck_assert_int_eq(service_plain(&service, "/metrics", metrics, sizeof metrics), 200);
	} while (!strstr(metrics, "secondlook_streams_dropped_total 1\n"));
	ck_assert(stream_await_end(slow, SOON_S));
	const int64_t *got = stream_positions(slow, &first_count);
	int64_t *all = calloc(POSITIONS_MOST, sizeof *all);
	memcpy(all, got, first_count * sizeof *all);
	ck_assert_uint_lt(first_count, MANY);
	snprintf(last_id, sizeof last_id, "%lld", (long long)(first_count ? all[first_count - 1] : before));
	stream_free(slow);

	make_last(last, sizeof last);
	struct stream *again = read_as("WM-CH-1", NULL, last_id);
	ck_assert(stream_await(again, last, 60));
	got = stream_positions(again, &count);
	memcpy(all + first_count, got, count * sizeof *all);
	ck_assert_uint_eq(first_count + count, list_after(before, stream_last_id(again)));
	expect_same(all, first_count + count, listed, first_count + count);
	free(all);
	stream_free(again);
	end();
}
END_TEST

START_TEST(a_revoked_certificate_ends_its_stream)
{
	static const char *const revoke[] = {"pki", "revoke", "west-midlands", "data-team", NULL};
	char last[128];
	begin(NULL);
	struct stream_wish wish = {.client = "west-midlands.data-team"};
	struct stream *revoked = stream_open(&service, &wish), *other = read_as("WM-SP-1", NULL, NULL);
	ck_assert(stream_await(revoked, "event: bookmark\n", SOON_S));
	ck_assert(service_run(&service, revoke));
	ck_assert_int_eq(kill(service.pid, SIGHUP), 0);
	ck_assert(stream_await_end(revoked, SOON_S));
	make_contact(last, sizeof last);
	ck_assert(stream_await(other, last, SOON_S));
	stream_free(revoked);
	stream_free(other);
	end();
}
END_TEST

START_TEST(stopping_says_so_and_leaves_a_line)
{
	char last[128], lines[64];
	begin(NULL);
	struct stream *stream = read_as("WM-SP-1", NULL, NULL);
	int64_t position = make_last(last, sizeof last);
	ck_assert(stream_await(stream, last, SOON_S));
	ck_assert(service_end(&service));
	ck_assert(stream_await_end(stream, SOON_S));
	ck_assert_msg(has(stream, ": draining\n") && has(stream, "\r\n0\r\n\r\n"), "%s", stream_text(stream));
	sql("select count(*) from ledger_line where operation = 'listEvents' and actor = 'WM-SP-1' and kind = 'consultation' and seen is null", lines,
	    sizeof lines);
	ck_assert_str_eq(lines, "1"); /* when it opened */
	sql("select split_part(split_part(seen, ':', 2), '-', 2) from ledger_line where operation = 'listEvents' and seen like 'events:%'", lines,
	    sizeof lines);
	ck_assert_int_eq(strtoll(lines, NULL, 10), position);
	stream_free(stream);
	client_free(client);
	ck_assert(service_remove(&service));
}
END_TEST

START_TEST(a_stream_outlives_its_database)
{
	static const char *const flags[] = {"--stream-heartbeat", "200ms", NULL};
	static const char *const headers[] = {"Content-Type: application/json", "Idempotency-Key: feed-after-the-outage", NULL};
	char last[128], *body = fault_contact(NULL);
	begin(flags);
	struct stream *stream = read_as("WM-SP-1", NULL, NULL);
	fault_stop_database();
	ck_assert(stream_await(stream, ": database_unavailable\n", SOON_S));
	fault_start_database();
	ck_assert(service_await_ready(&service, 200, 20));
	fault_await_success(client, &(struct client_call){.method = "POST", .path = "/v1/contacts", .staff = "WM-CH-1", .headers = headers,
							  .body = body, .body_length = strlen(body)});
	make_contact(last, sizeof last);
	ck_assert(stream_await(stream, last, 20));
	free(body);
	stream_free(stream);
	end();
}
END_TEST

START_TEST(a_stream_that_closes_while_its_database_is_gone_leaves_its_line)
{
	char last[128], lines[64] = "0";
	begin(NULL);
	struct stream *stream = read_as("WM-SP-1", NULL, NULL);
	make_contact(last, sizeof last);
	ck_assert(stream_await(stream, last, SOON_S));
	fault_stop_database();
	stream_free(stream);
	fault_pause_ms(5000);
	fault_start_database();
	ck_assert(service_await_ready(&service, 200, 20));
	int64_t deadline_us = time_monotonic_us() + SOON_S * 1000000LL;
	while (strcmp(lines, "1") != 0) {
		ck_assert(time_monotonic_us() < deadline_us);
		sql("select count(*) from ledger_line where operation = 'listEvents' and seen like 'events:%'", lines, sizeof lines);
	}
	end();
}
END_TEST

START_TEST(a_killed_streamer_is_replaced_and_readers_go_on)
{
	char first[128], second[128], last_id[32];
	begin(NULL);
	struct stream *stream = read_as("WM-SP-1", NULL, NULL);
	make_contact(first, sizeof first);
	ck_assert(stream_await(stream, first, SOON_S));
	pid_t killed = fault_child(&service, "streamer-0");
	ck_assert_int_gt(killed, 0);
	ck_assert_int_eq(kill(killed, SIGKILL), 0);
	ck_assert(stream_await_end(stream, SOON_S));
	snprintf(last_id, sizeof last_id, "%lld", (long long)stream_last_id(stream));
	stream_free(stream);
	make_contact(second, sizeof second);
	struct stream_wish wish = {.client = WEB, .staff = "WM-SP-1", .last_id = last_id};
	int64_t deadline_us = time_monotonic_us() + SOON_S * 1000000LL;
	bool told = false;
	while (!told) {
		ck_assert_msg(time_monotonic_us() < deadline_us, "nobody is there any more");
		stream = stream_open(&service, &wish);
		/* At first it says 503, while it connects to the database. */
		told = stream && stream_await(stream, "HTTP/1.1 ", SOON_S) && has(stream, "HTTP/1.1 200") &&
		       stream_await(stream, second, SOON_S);
		if (told)
			ck_assert(!has(stream, first));
		stream_free(stream);
		fault_pause_ms(10);
	}
	end();
}
END_TEST

START_TEST(the_service_shows_the_way_to_its_streams)
{
	static const char *const accept[] = {"Accept: text/event-stream", NULL};
	struct client_call of = {.method = "GET", .path = "/v1/events?kind=case", .staff = "WM-SP-1", .headers = accept};
	struct client_answer answer;
	char location[256], wanted[256], ready[2048];
	begin(NULL);
	int64_t deadline_us = time_monotonic_us() + SOON_S * 1000000LL;
	do {
		ck_assert_msg(time_monotonic_us() < deadline_us, "%s", ready);
		ck_assert_int_eq(service_plain(&service, "/ready", ready, sizeof ready), 200);
	} while (!strstr(ready, "\"streams\":\"timely\""));
	ck_assert(client_call(client, &of, &answer));
	ck_assert_int_eq(answer.status, 307);
	ck_assert_ptr_nonnull(client_header(&answer, "Location", location, sizeof location));
	snprintf(wanted, sizeof wanted, "https://localhost:%d/v1/events?kind=case", service.stream_port);
	ck_assert_str_eq(location, wanted);
	client_answer_release(&answer);
	end();
}
END_TEST

START_TEST(heartbeats_tell_how_far_the_feed_is)
{
	static const char *const flags[] = {"--stream-heartbeat", "200ms", NULL};
	char last[128];
	begin(flags);
	struct stream *stream = read_as("WM-SP-1", "kind=review", NULL);
	int64_t before = stream_last_id(stream);
	int64_t written = make_last(last, sizeof last);
	ck_assert_int_gt(written, before);
	int64_t deadline_us = time_monotonic_us() + SOON_S * 1000000LL;
	while (stream_last_id(stream) < written) {
		ck_assert(time_monotonic_us() < deadline_us);
		(void)stream_await(stream, "never", 0);
	}
	ck_assert(!has(stream, "event: contact\n"));
	stream_free(stream);
	end();
}
END_TEST

static struct stream *ask_as(const char *staff, const char *awaited)
{
	struct stream_wish wish = {.client = WEB, .staff = staff};
	struct stream *stream = stream_open(&service, &wish);
	ck_assert_ptr_nonnull(stream);
	ck_assert_msg(stream_await(stream, awaited, SOON_S), "%s", stream_text(stream));
	return stream;
}

static void await_metric(const char *line)
{
	char metrics[65536];
	int64_t deadline_us = time_monotonic_us() + SOON_S * 1000000LL;
	do {
		ck_assert_msg(time_monotonic_us() < deadline_us, "no %s", line);
		ck_assert_int_eq(service_plain(&service, "/metrics", metrics, sizeof metrics), 200);
	} while (!strstr(metrics, line));
}

START_TEST(there_are_so_many_streams_and_no_more)
{
	static const char *const flags[] = {"--streams-each", "2", "--streams-maximum", "3", NULL};
	char last[128];
	begin(flags);
	struct stream *first = read_as("WM-SP-1", NULL, NULL), *second = read_as("WM-SP-1", NULL, NULL);
	struct stream *third = ask_as("WM-SP-1", "too_many_streams");
	ck_assert_msg(has(third, "HTTP/1.1 429") && has(third, "Retry-After: 15"), "%s", stream_text(third));
	struct stream *colleague = read_as("WM-SP-2", NULL, NULL); /* is another reader */
	struct stream *fourth = ask_as("WM-CH-1", "overloaded");
	ck_assert_msg(has(fourth, "HTTP/1.1 503") && has(fourth, "Retry-After: 1"), "%s", stream_text(fourth));
	make_contact(last, sizeof last);
	ck_assert(stream_await(first, last, SOON_S) && stream_await(second, last, SOON_S) && stream_await(colleague, last, SOON_S));
	stream_free(third);
	stream_free(fourth);
	stream_free(first);
	await_metric("secondlook_streams 2\n");
	stream_free(read_as("WM-SP-1", NULL, NULL));
	stream_free(second);
	stream_free(colleague);
	end();
}
END_TEST

START_TEST(an_open_stream_leaves_lines_of_what_it_was_sent)
{
	static const char *const flags[] = {"--stream-line-interval", "200ms", NULL};
	static const char lines[] = "select count(*) from ledger_line where operation = 'listEvents' and seen like 'events:%'";
	static const char told[] = "select string_agg(split_part(seen, ':', 2), ' ' order by line_id) from ledger_line"
				   " where operation = 'listEvents' and actor = 'WM-SP-1' and seen like 'events:%'";
	char last[128], wanted[64];
	begin(flags);
	struct stream *stream = read_as("WM-SP-1", "kind=contact", NULL);
	int64_t first = make_last(last, sizeof last);
	ck_assert(stream_await(stream, last, SOON_S));
	fault_await_sql(&service, lines, "1");
	int64_t second = make_last(last, sizeof last);
	ck_assert(stream_await(stream, last, SOON_S));
	fault_await_sql(&service, lines, "2");
	snprintf(wanted, sizeof wanted, "%lld-%lld %lld-%lld", (long long)first, (long long)first, (long long)second, (long long)second);
	fault_await_sql(&service, told, wanted);
	stream_free(stream);
	end();
}
END_TEST

/* The poll that is under way was asked before what the reader has seen already. */
START_TEST(an_older_poll_does_not_take_a_reader_back)
{
	static const char held[] =
		"create or replace function feed_reached(after bigint, out upto bigint, out forces text[], out epoch int) language plpgsql stable"
		" security definer set lock_timeout = '10s' as $$ begin select h.position, h.epoch into upto, epoch from ledger_horizon h;"
		" perform pg_advisory_xact_lock_shared(4711); end $$";
	static const char person[] = "insert into person (force_id, person_id, given_name) values ('northumbria', gen_random_uuid(), 'Hollis')";
	static const char last_position[] = "select max(position) from ledger_order where force_id = 'northumbria' and changes";
	char position[32], before[32], part[32], awaited[48];
	size_t count;
	begin(NULL);
	struct stream *elsewhere = read_as("WM-SP-1", NULL, NULL); /* keeps the rounds going */
	PGconn *holder = PQconnectdb(service.url);
	PQclear(PQexec(holder, "select pg_advisory_lock(4711)"));
	sql(held, NULL, 0);
	fault_await_sql(&service, "select count(*) from pg_locks where locktype = 'advisory' and not granted", "1");
	sql(last_position, before, sizeof before);
	for (int i = 0; i < 2; i++) { /* one that the reader has seen, and one that they have not */
		sql(person, NULL, 0);
		do
			sql(last_position, i ? part : position, 32);
		while (strcmp(i ? part : position, i ? position : before) == 0);
	}
	struct stream_wish wish = {.client = "northumbria.control-room-web", .staff = "NB-SP-1", .last_id = position};
	struct stream *stream = stream_open(&service, &wish);
	ck_assert(stream_await(stream, "event: bookmark\n", SOON_S));
	PQclear(PQexec(holder, "select pg_advisory_unlock(4711)"));
	PQfinish(holder);
	snprintf(awaited, sizeof awaited, "id: %s\n", part);
	ck_assert_msg(stream_await(stream, awaited, SOON_S), "%s", stream_text(stream));
	sql(person, NULL, 0);
	do
		(void)stream_await(stream, "never", 0), (void)stream_positions(stream, &count);
	while (count < 2);
	const int64_t *got = stream_positions(stream, &count);
	ck_assert_uint_eq(count, 2);
	ck_assert_int_eq(got[0], strtoll(part, NULL, 10));
	ck_assert_int_gt(got[1], got[0]);
	stream_free(stream);
	stream_free(elsewhere);
	end();
}
END_TEST

/* What a backup does that is put back: the ledger ends before what readers were told. */
START_TEST(a_ledger_that_was_put_back_resets_its_readers)
{
	char first[128], lost[128], last[128], text[300];
	begin(NULL);
	int64_t kept = make_last(first, sizeof first);
	struct stream *ahead = read_as("WM-SP-1", NULL, NULL), *other = read_as("WM-CH-1", "kind=review", NULL);
	make_last(lost, sizeof lost);
	ck_assert(stream_await(ahead, lost, SOON_S));
	snprintf(text, sizeof text, "begin; update ledger_horizon set position = %lld; delete from ledger_order where position > %lld; commit",
		 (long long)kept, (long long)kept);
	sql(text, NULL, 0);
	ck_assert_msg(stream_await(ahead, "event: reset\n", SOON_S), "%s", stream_text(ahead));
	ck_assert(has(ahead, "\"reason\":\"beyond\""));
	ck_assert_int_le(stream_last_id(ahead), kept);
	ck_assert_int_gt(make_last(last, sizeof last), kept);
	ck_assert(stream_await(ahead, last, SOON_S)); /* and goes on from there */
	/* Put back elsewhere, no position is what it was. */
	ck_assert(stream_await(other, "event: reset\n", SOON_S));
	struct stream *again = read_as("WM-SP-2", NULL, NULL);
	sql("update ledger_horizon set epoch = epoch + 1", NULL, 0);
	ck_assert(stream_await(again, "event: reset\n", SOON_S)); /* to where that round came: what is written before it isn't told */
	make_last(last, sizeof last);
	ck_assert(stream_await(again, last, SOON_S));
	ck_assert(stream_await(ahead, last, SOON_S));
	const char *second = strstr(strstr(stream_text(ahead), "event: reset\n") + 1, "event: reset\n");
	ck_assert_msg(second, "%s", stream_text(ahead));
	stream_free(again);
	stream_free(other);
	stream_free(ahead);
	end();
}
END_TEST

FAULT_TESTS("feed", tells_all_changes_once_in_order, goes_on_where_a_reader_stopped, says_so_when_what_was_asked_for_is_gone,
	    tells_only_what_was_asked_for, a_restriction_holds_from_its_moment_on, a_note_for_some_is_told_to_them_alone,
	    who_is_disabled_hears_no_more, a_slow_reader_is_dropped_and_goes_on_without_loss, a_revoked_certificate_ends_its_stream,
	    stopping_says_so_and_leaves_a_line, a_stream_outlives_its_database,
	    a_stream_that_closes_while_its_database_is_gone_leaves_its_line, a_killed_streamer_is_replaced_and_readers_go_on,
	    heartbeats_tell_how_far_the_feed_is, the_service_shows_the_way_to_its_streams, there_are_so_many_streams_and_no_more,
	    an_open_stream_leaves_lines_of_what_it_was_sent, an_older_poll_does_not_take_a_reader_back,
	    a_ledger_that_was_put_back_resets_its_readers)
