/* The clock: calls that come at once are seen together, and neither a broken detector nor a killed clock loses any. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "fault.h"
#include "support/stream.h"

enum { ROUNDS = 20, KILLS = 6, HEARD = 5, PATIENCE_S = 15 };

struct caller {
	struct client *client;
	int pair;   /* whose telephone it is */
	int number; /* of the call */
	long status;
};

static void post_contact(void *context)
{
	struct caller *caller = context;
	char body[400], key[64], now[TIME_TEXT_SIZE];
	time_format(time_now_us() - 1000000, now);
	snprintf(body, sizeof body,
		 "{\"occurredAt\":\"%s\",\"channel\":\"call_999\",\"caller\":\"victim\",\"responseGrade\":\"scheduled\","
		 "\"suspectNearby\":\"yes\",\"phone\":\"07700 90%04d\",\"reference\":\"clock-%d-%d\"}",
		 now, caller->pair, caller->pair, caller->number);
	snprintf(key, sizeof key, "Idempotency-Key: clock-%d-%d", caller->pair, caller->number);
	const char *headers[] = {"Content-Type: application/json", key, NULL};
	struct client_call call = {.method = "POST", .path = "/v1/contacts", .staff = "WM-CH-1", .headers = headers,
				   .body = body, .body_length = strlen(body)};
	struct client_answer answer;
	(void)client_call(caller->client, &call, &answer);
	caller->status = answer.status;
	client_answer_release(&answer);
}

static void await_alert_of_both(const struct service *service, int pair)
{
	char sql[400];
	snprintf(sql, sizeof sql,
		 "select exists (select from alert a where a.detector = 'repeat_night' and (a.evidence ->> 'contacts')::int = 2"
		 " and a.contact_id in (select contact_id from contact where reference like 'clock-%d-%%'))", pair);
	fault_await_sql(service, sql, "t");
}

static void call_twice_at_once(struct caller callers[2], int pair)
{
	for (int i = 0; i < 2; i++) {
		callers[i].pair = pair;
		callers[i].number = i;
	}
	fault_at_once(post_contact, callers, 2, sizeof *callers);
	for (int i = 0; i < 2; i++)
		ck_assert_int_eq(callers[i].status, 201);
}

static void open_callers(const struct service *service, struct caller callers[2])
{
	for (int i = 0; i < 2; i++)
		callers[i].client = client_new(service, "west-midlands.control-room-web");
}

static void close_callers(struct caller callers[2])
{
	for (int i = 0; i < 2; i++)
		client_free(callers[i].client);
}

START_TEST(calls_written_at_once_are_seen_together)
{
	static const char *const flags[] = {"--workers", "2", NULL};
	struct caller callers[2] = {{0}};
	struct service service;
	fault_serve(&service, flags);
	open_callers(&service, callers);
	for (int pair = 0; pair < ROUNDS; pair++)
		call_twice_at_once(callers, pair);
	for (int pair = 0; pair < ROUNDS; pair++)
		await_alert_of_both(&service, pair);
	close_callers(callers);
	fault_end(&service);
}
END_TEST

/* What the feed says of the alert that a call made at once: it is read before the next call comes. */
static void await_heard(const struct service *service, struct stream *screen, int pair)
{
	char sql[300], id[64] = "", part[128];
	snprintf(sql, sizeof sql,
		 "select exists (select from alert a join contact c using (force_id, contact_id)"
		 " where a.detector = 'response_overdue' and c.reference = 'clock-%d-0')", pair);
	fault_await_sql(service, sql, "t");
	snprintf(sql, sizeof sql,
		 "select a.alert_id from alert a join contact c using (force_id, contact_id)"
		 " where a.detector = 'response_overdue' and c.reference = 'clock-%d-0'", pair);
	ck_assert(service_sql(service->url, sql, id, sizeof id));
	snprintf(part, sizeof part, "\"kind\":\"alert\",\"recordId\":\"%s\"", id);
	ck_assert_msg(stream_await(screen, part, PATIENCE_S), "%s", stream_text(screen));
}

/* No later write wakes the clock: each call's alert comes by itself, before the next call. Its lag is the bench's to measure. */
START_TEST(a_screen_hears_of_each_alert_before_the_next_call)
{
	struct stream_wish wish = {.client = "west-midlands.control-room-web", .staff = "WM-SU-1", .query = "kind=alert&after=0"};
	struct caller caller = {0};
	struct service service;
	size_t count;
	fault_serve(&service, NULL);
	caller.client = client_new(&service, "west-midlands.control-room-web");
	struct stream *screen = stream_open(&service, &wish);
	ck_assert_ptr_nonnull(screen);
	for (caller.pair = 0; caller.pair < HEARD; caller.pair++) {
		post_contact(&caller);
		ck_assert_int_eq(caller.status, 201);
		await_heard(&service, screen, caller.pair);
	}
	(void)stream_positions(screen, &count);
	ck_assert_uint_eq(count, HEARD); /* each once, and none that is not of these calls */
	stream_free(screen);
	client_free(caller.client);
	fault_end(&service);
}
END_TEST

static const char break_sql[] =
	"create table kept as select pg_get_functiondef('detect_repeat_night'::regproc) as text;"
	"create or replace function detect_repeat_night(subject contact_facts, at timestamptz, limits jsonb) returns finding[]"
	" language plpgsql stable strict as $$ begin raise division_by_zero; end $$; select 't'";
static const char mend_sql[] =
	"do $$ begin execute (select text from kept); end $$;"
	"update due_check set due_at = clock_timestamp() where detector_id = 'repeat_night' and attempts > 0; select 't'";

START_TEST(a_detector_that_fails_hides_nothing)
{
	struct caller callers[2] = {{0}};
	struct service service;
	fault_serve(&service, NULL);
	open_callers(&service, callers);
	fault_await_sql(&service, break_sql, "t");
	call_twice_at_once(callers, 1);
	fault_await_sql(&service, "select count(*) = 1 from alert where detector = 'detector_failed' and audience = 'administrator'"
			    " and evidence ->> 'detector' = 'repeat_night' and evidence ->> 'sqlstate' = '22012'", "t");
	fault_await_sql(&service, "select count(*) = 2 from alert where detector = 'response_overdue'", "t");
	fault_await_sql(&service, "select count(*) = 2 from due_check where detector_id = 'repeat_night' and attempts = 1", "t");
	fault_await_sql(&service, mend_sql, "t");
	await_alert_of_both(&service, 1);
	close_callers(callers);
	fault_end(&service);
}
END_TEST

START_TEST(a_clock_that_is_killed_loses_nothing)
{
	struct caller callers[2] = {{0}};
	struct service service;
	pid_t clock = 0;
	fault_serve(&service, NULL);
	open_callers(&service, callers);
	for (int pair = 0; pair < KILLS; pair++) {
		call_twice_at_once(callers, pair);
		clock = fault_await_child(&service, "clock-0", clock);
		fault_pause_ms(pair * 15); /* so that it is hit at different moments of its pass */
		ck_assert_int_eq(kill(clock, SIGKILL), 0);
	}
	for (int pair = 0; pair < KILLS; pair++)
		await_alert_of_both(&service, pair);
	fault_await_sql(&service, "select not exists (select from due_check where due_at = '-infinity')", "t");
	fault_await_sql(&service, "select count(*) = count(distinct contact_id) from alert where detector = 'repeat_night'", "t");
	close_callers(callers);
	fault_end(&service);
}
END_TEST

FAULT_TESTS("clock", calls_written_at_once_are_seen_together, a_screen_hears_of_each_alert_before_the_next_call,
	    a_detector_that_fails_hides_nothing, a_clock_that_is_killed_loses_nothing)
