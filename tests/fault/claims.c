/* Several specialists claim one item of the queue at once: exactly one wins, the others are told who. */
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "fault.h"

enum { RACERS = 4, ROUNDS = 20 };

struct racer {
	pthread_t thread;
	pthread_barrier_t *start;
	struct client *client;
	const char *staff, *path;
	long status;
	char code[64], claimed_by[64];
};

static const char *const staff[RACERS] = {"WM-SP-1", "WM-SP-2", "WM-SU-1", "WM-SU-2"};

static void *race(void *context)
{
	struct racer *racer = context;
	struct client_call call = {.method = "POST", .path = racer->path, .staff = racer->staff};
	struct client_answer answer;
	pthread_barrier_wait(racer->start);
	(void)client_call(racer->client, &call, &answer);
	const char *holder = json_string_value(json_object_get(answer.json, "claimedBy"));
	racer->status = answer.status;
	snprintf(racer->code, sizeof racer->code, "%s", fault_code(&answer));
	snprintf(racer->claimed_by, sizeof racer->claimed_by, "%s", holder ? holder : "");
	client_answer_release(&answer);
	return NULL;
}

static void check(const struct racer racers[RACERS])
{
	int won = 0;
	const char *winner = "";
	for (int i = 0; i < RACERS; i++) {
		if (racers[i].status != 200)
			continue;
		won++;
		winner = racers[i].staff;
	}
	ck_assert_int_eq(won, 1);
	for (int i = 0; i < RACERS; i++) {
		ck_assert_str_eq(racers[i].claimed_by, winner);
		if (racers[i].status != 200)
			ck_assert_str_eq(racers[i].code, "claimed_by_other");
	}
}

/* A contact with a sign of danger; its item's path. */
static void make_item(const struct service *service, struct client *client, int round, char *path, size_t size)
{
	char body[300], key[64], sql[200], item[64];
	snprintf(body, sizeof body,
		 "{\"occurredAt\":\"2026-01-31T10:00:00Z\",\"channel\":\"call_999\",\"caller\":\"victim\","
		 "\"responseGrade\":\"emergency\",\"weapons\":\"yes\",\"reference\":\"claims-%d\"}",
		 round);
	snprintf(key, sizeof key, "Idempotency-Key: claims-%d", round);
	const char *headers[] = {"Content-Type: application/json", key, NULL};
	struct client_call call = {.method = "POST", .path = "/v1/contacts", .staff = "WM-CH-1", .headers = headers,
				   .body = body, .body_length = strlen(body)};
	struct client_answer answer;
	ck_assert(client_call(client, &call, &answer));
	ck_assert_int_eq(answer.status, 201);
	client_answer_release(&answer);
	snprintf(sql, sizeof sql,
		 "select i.item_id from review_item i join contact c using (force_id, contact_id) where c.reference = 'claims-%d'",
		 round);
	ck_assert(service_sql(service->url, sql, item, sizeof item));
	snprintf(path, size, "/v1/review-items/%s/claim", item);
}

static void run_race(const struct service *service, struct racer racers[RACERS], int round)
{
	pthread_barrier_t start;
	char path[128];
	make_item(service, racers[0].client, round, path, sizeof path);
	pthread_barrier_init(&start, NULL, RACERS);
	for (int i = 0; i < RACERS; i++) {
		racers[i].start = &start;
		racers[i].path = path;
		ck_assert_int_eq(pthread_create(&racers[i].thread, NULL, race, &racers[i]), 0);
	}
	for (int i = 0; i < RACERS; i++)
		ck_assert_int_eq(pthread_join(racers[i].thread, NULL), 0);
	pthread_barrier_destroy(&start);
	check(racers);
}

START_TEST(exactly_one_wins)
{
	static const char *const flags[] = {"--workers", "2", NULL};
	struct racer racers[RACERS] = {{0}};
	struct service service;
	fault_serve(&service, flags);
	for (int i = 0; i < RACERS; i++) {
		racers[i].client = client_new(&service, "west-midlands.control-room-web");
		racers[i].staff = staff[i];
	}
	for (int round = 0; round < ROUNDS; round++)
		run_race(&service, racers, round);
	for (int i = 0; i < RACERS; i++)
		client_free(racers[i].client);
	fault_end(&service);
}
END_TEST

FAULT_TESTS("claims", exactly_one_wins)
