/* Several specialists claim one item of the queue at once: exactly one wins, the others are told who. */
#include <stdio.h>
#include <string.h>

#include "fault.h"

enum { RACERS = 4, ROUNDS = 20 };

struct racer {
	struct client *client;
	const char *staff, *path;
	long status;
	char code[64], claimed_by[64];
};

static const char *const staff[RACERS] = {"WM-SP-1", "WM-SP-2", "WM-SU-1", "WM-SU-2"};

static void race(void *context)
{
	struct racer *racer = context;
	struct client_call call = {.method = "POST", .path = racer->path, .staff = racer->staff};
	struct client_answer answer;
	(void)client_call(racer->client, &call, &answer);
	const char *holder = json_string_value(json_object_get(answer.json, "claimedBy"));
	racer->status = answer.status;
	snprintf(racer->code, sizeof racer->code, "%s", fault_code(&answer));
	snprintf(racer->claimed_by, sizeof racer->claimed_by, "%s", holder ? holder : "");
	client_answer_release(&answer);
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
static void make_item(const struct service *service, struct client *client, char *path, size_t size)
{
	char sql[200], item[64], contact[64];
	fault_post(client, "WM-CH-1", "/v1/contacts",
		   "{\"occurredAt\":\"2026-01-31T10:00:00Z\",\"channel\":\"call_999\",\"caller\":\"victim\","
		   "\"responseGrade\":\"emergency\",\"weapons\":\"yes\"}",
		   "contactId", contact, sizeof contact);
	snprintf(sql, sizeof sql, "select item_id from review_item where contact_id = '%s'", contact);
	ck_assert(service_sql(service->url, sql, item, sizeof item));
	snprintf(path, size, "/v1/review-items/%s/claim", item);
}

static void run_race(const struct service *service, struct racer racers[RACERS])
{
	char path[128];
	make_item(service, racers[0].client, path, sizeof path);
	for (int i = 0; i < RACERS; i++) {
		racers[i].path = path;
	}
	fault_at_once(race, racers, RACERS, sizeof *racers);
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
		run_race(&service, racers);
	for (int i = 0; i < RACERS; i++)
		client_free(racers[i].client);
	fault_end(&service);
}
END_TEST

FAULT_TESTS("claims", exactly_one_wins)
