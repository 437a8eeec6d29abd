/* Many clients send one request with one key at once. */
#include <stdlib.h>
#include <string.h>

#include "fault.h"

enum { RACERS = 16, ROUNDS = 5 };

struct racer {
	struct client *client;
	const char *key, *body;
	long status;
	bool is_replay;
	char code[64], id[64];
};

/* A client whose connection is there before the race. */
static struct client *warm_client(const struct service *service)
{
	struct client *client = client_new(service, "west-midlands.control-room-web");
	struct client_call call = {.method = "GET", .path = "/v1/whoami", .staff = "WM-CH-1"};
	struct client_answer answer;
	(void)client_call(client, &call, &answer);
	client_answer_release(&answer);
	return client;
}

static void race(void *context)
{
	struct racer *racer = context;
	const char *headers[] = {"Content-Type: application/json", racer->key, NULL};
	struct client_call call = {.method = "POST", .path = "/v1/contacts", .staff = "WM-CH-1", .headers = headers,
				   .body = racer->body, .body_length = strlen(racer->body)};
	struct client_answer answer;
	char replayed[8];
	(void)client_call(racer->client, &call, &answer);
	const char *id = json_string_value(json_object_get(answer.json, "contactId"));
	racer->status = answer.status;
	racer->is_replay = client_header(&answer, "Idempotency-Replayed", replayed, sizeof replayed) != NULL;
	snprintf(racer->code, sizeof racer->code, "%s", fault_code(&answer));
	snprintf(racer->id, sizeof racer->id, "%s", id ? id : "");
	client_answer_release(&answer);
}

static void check(const struct racer racers[RACERS])
{
	int fresh = 0;
	const char *id = "";
	for (int i = 0; i < RACERS; i++) {
		const struct racer *racer = &racers[i];
		bool in_flight = racer->status == 409 && strcmp(racer->code, "idempotency_key_in_flight") == 0;
		ck_assert_msg(racer->status == 201 || in_flight, "%ld %s", racer->status, racer->code);
		fresh += racer->status == 201 && !racer->is_replay;
		if (racer->status == 201 && !*id)
			id = racer->id;
		if (racer->status == 201)
			ck_assert_str_eq(racer->id, id);
	}
	ck_assert_int_eq(fresh, 1);
}

static void run_race(const struct service *service, int round)
{
	static struct racer racers[RACERS];
	char reference[32], key[64], sql[128], count[16];
	snprintf(reference, sizeof reference, "race-%d", round);
	snprintf(key, sizeof key, "Idempotency-Key: the-same-key-%d", round);
	char *body = fault_contact(reference);
	for (int i = 0; i < RACERS; i++)
		racers[i] = (struct racer){.client = warm_client(service), .key = key, .body = body};
	fault_at_once(race, racers, RACERS, sizeof *racers);
	for (int i = 0; i < RACERS; i++)
		client_free(racers[i].client);
	check(racers);
	snprintf(sql, sizeof sql, "select count(*) from contact where reference = '%s'", reference);
	ck_assert(service_sql(service->url, sql, count, sizeof count));
	ck_assert_str_eq(count, "1");
	free(body);
}

START_TEST(one_key_makes_one_record)
{
	static const char *const flags[] = {"--workers", "2", NULL};
	struct service service;
	fault_serve(&service, flags);
	for (int round = 0; round < ROUNDS; round++)
		run_race(&service, round);
	fault_end(&service);
}
END_TEST

FAULT_TESTS("race", one_key_makes_one_record)
