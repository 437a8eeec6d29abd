/* Several plan a shift of one person for the same hours at once: exactly one is planned, the others are told of it. */
#include <stdio.h>
#include <string.h>

#include "fault.h"

enum { RACERS = 4, ROUNDS = 20 };

struct racer {
	struct client *client;
	const char *staff;
	int number, round;
	long status;
	char code[64], shift[64];
};

static const char *const staff[RACERS] = {"WM-SP-1", "WM-SP-2", "WM-SU-1", "WM-SU-2"};

/* Each begins at another minute, so that none is another's repetition. */
static void race(void *context)
{
	struct racer *racer = context;
	char body[200], key[64];
	snprintf(body, sizeof body,
		 "{\"staff\":\"WM-SP-1\",\"startsAt\":\"20%02d-03-01T06:%02d:00Z\",\"endsAt\":\"20%02d-03-01T14:00:00Z\"}",
		 40 + racer->round, racer->number, 40 + racer->round);
	snprintf(key, sizeof key, "Idempotency-Key: shifts-%d-%d", racer->round, racer->number);
	const char *headers[] = {"Content-Type: application/json", key, NULL};
	struct client_call call = {.method = "POST", .path = "/v1/shifts", .staff = racer->staff, .headers = headers,
				   .body = body, .body_length = strlen(body)};
	struct client_answer answer;
	(void)client_call(racer->client, &call, &answer);
	const char *shift = json_string_value(json_object_get(answer.json, answer.status == 201 ? "shiftId" : "overlaps"));
	racer->status = answer.status;
	snprintf(racer->code, sizeof racer->code, "%s", fault_code(&answer));
	snprintf(racer->shift, sizeof racer->shift, "%s", shift ? shift : "");
	client_answer_release(&answer);
}

static void check(const struct racer racers[RACERS])
{
	int planned = 0;
	const char *shift = "";
	for (int i = 0; i < RACERS; i++) {
		if (racers[i].status != 201)
			continue;
		planned++;
		shift = racers[i].shift;
	}
	ck_assert_int_eq(planned, 1);
	for (int i = 0; i < RACERS; i++) {
		ck_assert_str_eq(racers[i].shift, shift);
		if (racers[i].status != 201)
			ck_assert_str_eq(racers[i].code, "not_possible");
	}
}

static void run_race(struct racer racers[RACERS], int round)
{
	for (int i = 0; i < RACERS; i++) {
		racers[i].round = round;
	}
	fault_at_once(race, racers, RACERS, sizeof *racers);
	check(racers);
}

START_TEST(exactly_one_is_planned)
{
	static const char *const flags[] = {"--workers", "2", NULL};
	struct racer racers[RACERS] = {{0}};
	struct service service;
	fault_serve(&service, flags);
	for (int i = 0; i < RACERS; i++) {
		racers[i].client = client_new(&service, "west-midlands.control-room-web");
		racers[i].staff = staff[i];
		racers[i].number = i;
	}
	for (int round = 0; round < ROUNDS; round++)
		run_race(racers, round);
	for (int i = 0; i < RACERS; i++)
		client_free(racers[i].client);
	fault_end(&service);
}
END_TEST

FAULT_TESTS("shifts", exactly_one_is_planned)
