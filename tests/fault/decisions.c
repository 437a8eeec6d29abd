/* One alert decided by several at once, one restricted case opened twice by one person at once: exactly one does, the others are told. */
#include <stdio.h>
#include <string.h>

#include "fault.h"

enum { RACERS = 4, ROUNDS = 15 };

struct racer {
	struct client *client;
	const char *staff, *path, *body;
	char key[64];
	long status;
	char code[64], told[64]; /* told: who decided, or which opening stands */
};

static const char *const deciders[RACERS] = {"WM-SP-1", "WM-SP-2", "WM-SU-1", "WM-SU-2"};

static void take_text(const struct client_answer *answer, const char *member, char *text, size_t size)
{
	const char *value = json_string_value(json_object_get(answer->json, member));
	snprintf(text, size, "%s", value ? value : "");
}

static void race(void *context)
{
	struct racer *racer = context;
	const char *headers[] = {"Content-Type: application/json", "If-Match: \"1\"", racer->key, NULL};
	bool is_alert = strncmp(racer->path, "/v1/alerts", 10) == 0;
	if (!is_alert) {
		headers[1] = racer->key;
		headers[2] = NULL;
	}
	struct client_call call = {.method = "POST", .path = racer->path, .staff = racer->staff, .headers = headers,
				   .body = racer->body, .body_length = strlen(racer->body)};
	struct client_answer answer;
	(void)client_call(racer->client, &call, &answer);
	racer->status = answer.status;
	snprintf(racer->code, sizeof racer->code, "%s", fault_code(&answer));
	take_text(&answer, is_alert ? "changedBy" : "breakGlassId", racer->told, sizeof racer->told);
	client_answer_release(&answer);
}

static void run_race(struct racer racers[RACERS], const char *path, const char *body, const char *name)
{
	for (int i = 0; i < RACERS; i++) {
		racers[i].path = path;
		racers[i].body = body;
		snprintf(racers[i].key, sizeof racers[i].key, "Idempotency-Key: %s-%d", name, i);
	}
	fault_at_once(race, racers, RACERS, sizeof *racers);
}

static const struct racer *winner_of(const struct racer racers[RACERS])
{
	const struct racer *winner = NULL;
	for (int i = 0; i < RACERS; i++) {
		if (racers[i].status != 201)
			continue;
		ck_assert_msg(!winner, "two won");
		winner = &racers[i];
	}
	ck_assert_msg(winner, "nobody won: %ld %s", racers[0].status, racers[0].code);
	return winner;
}

static void sql(const struct service *service, char *value, size_t size, const char *format, const char *with)
{
	char statement[600];
	snprintf(statement, sizeof statement, format, with);
	ck_assert(service_sql(service->url, statement, value, size));
}

static void decide_once(const struct service *service, struct racer racers[RACERS], int round)
{
	char number[16], alert[64], path[128], count[16];
	snprintf(number, sizeof number, "%d", round);
	sql(service, alert, sizeof alert,
	    "with made as (insert into alert (force_id, alert_id, detector, severity, audience, finding) "
	    "values ('west-midlands', uuid_now(), 'race_%s', 'warning', 'specialist', 'x') returning alert_id) select alert_id from made",
	    number);
	snprintf(path, sizeof path, "/v1/alerts/%s/decisions", alert);
	run_race(racers, path, "{\"decision\": \"dismiss\", \"reason\": \"Not so\"}", alert);
	const struct racer *winner = winner_of(racers);
	for (int i = 0; i < RACERS; i++) {
		if (&racers[i] == winner)
			continue;
		ck_assert_str_eq(racers[i].code, "version_stale");
		ck_assert_str_eq(racers[i].told, winner->staff);
	}
	sql(service, count, sizeof count, "select count(*) from alert_decision where alert_id = '%s'", alert);
	ck_assert_str_eq(count, "1");
}

/* Restricted from its first moment, recorded by someone else than those who race. */
static void make_case(struct client *client, int round, char *id, size_t size)
{
	char body[300];
	snprintf(body, sizeof body,
		 "{\"reference\":\"opened-%d\",\"victim\":{\"givenName\":\"Astrid\"},\"perpetrator\":{\"givenName\":\"Egil\",\"worksForPolice\":true}}",
		 round);
	fault_post(client, "WM-SP-1", "/v1/cases", body, "caseId", id, size);
}

static void open_once(const struct service *service, struct racer racers[RACERS], int round)
{
	char id[64], path[128], count[16], opening[64];
	make_case(racers[0].client, round, id, sizeof id);
	snprintf(path, sizeof path, "/v1/cases/%s/break-glass", id);
	run_race(racers, path, "{\"reason\": \"She rings\"}", id);
	const struct racer *winner = winner_of(racers);
	snprintf(opening, sizeof opening, "%s", winner->told);
	for (int i = 0; i < RACERS; i++) {
		ck_assert_str_eq(racers[i].told, opening);
		if (&racers[i] != winner)
			ck_assert_str_eq(racers[i].code, "not_possible");
	}
	sql(service, count, sizeof count, "select count(*) from case_break_glass where case_id = '%s'", id);
	ck_assert_str_eq(count, "1");
	sql(service, count, sizeof count, "select count(*) from alert where detector = 'break_glass' and case_id = '%s'", id);
	ck_assert_str_eq(count, "1");
}

static void serve(struct service *service, struct racer racers[RACERS])
{
	static const char *const flags[] = {"--workers", "2", NULL};
	fault_serve(service, flags);
	for (int i = 0; i < RACERS; i++)
		racers[i].client = client_new(service, "west-midlands.control-room-web");
}

static void end(struct service *service, struct racer racers[RACERS])
{
	for (int i = 0; i < RACERS; i++)
		client_free(racers[i].client);
	fault_end(service);
}

START_TEST(one_decides)
{
	struct racer racers[RACERS] = {{0}};
	struct service service;
	serve(&service, racers);
	for (int i = 0; i < RACERS; i++)
		racers[i].staff = deciders[i];
	for (int round = 0; round < ROUNDS; round++)
		decide_once(&service, racers, round);
	end(&service, racers);
}
END_TEST

START_TEST(one_opening)
{
	struct racer racers[RACERS] = {{0}};
	struct service service;
	serve(&service, racers);
	for (int i = 0; i < RACERS; i++)
		racers[i].staff = "WM-CH-1";
	for (int round = 0; round < ROUNDS; round++)
		open_once(&service, racers, round);
	end(&service, racers);
}
END_TEST

FAULT_TESTS("decisions", one_decides, one_opening)
