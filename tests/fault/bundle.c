/* A case is exported: the bundle proves itself off line, and no byte of it can change; erasing what it held breaks no proof. */
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "fault.h"
#include "sealed.h"

enum { ID_SIZE = 40, FLIPS = 60, BLOCK = 512, VERIFY_PROVEN = 0, VERIFY_FAULT = 5 };

struct story {
	char contact[ID_SIZE], of_case[ID_SIZE], suspect[ID_SIZE], export[ID_SIZE], hold[ID_SIZE];
};

static void tell(struct client *client, struct story *story)
{
	char body[600], note[ID_SIZE];
	fault_post(client, "WM-CH-1", "/v1/contacts",
	     "{\"occurredAt\":\"2026-01-31T22:10:00Z\",\"channel\":\"call_999\",\"caller\":\"victim\",\"responseGrade\":\"priority\","
	     "\"phone\":\"07901000111\",\"narrative\":\"He is outside.\\nShe says <he> has a \\\"key\\\" \xe2\x80\x93 & knows the door.\"}",
	     "contactId", story->contact, ID_SIZE);
	snprintf(body, sizeof body,
		 "{\"reference\":\"BUNDLE-1\",\"victim\":{\"givenName\":\"Oriel\",\"familyName\":\"Fenwick\"},"
		 "\"perpetrator\":{\"givenName\":\"Tancred\",\"familyName\":\"Blaydes\",\"phones\":[\"07902000222\"]},\"contactIds\":[\"%s\"]}",
		 story->contact);
	fault_post(client, "WM-CH-1", "/v1/cases", body, "caseId", story->of_case, ID_SIZE);
	snprintf(body, sizeof body, "{\"subject\":{\"kind\":\"case\",\"id\":\"%s\"},\"kind\":\"risk_note\",\"content\":\"Ring only before nine.\"}", story->of_case);
	fault_post(client, "WM-SP-1", "/v1/annotations", body, "annotationId", note, sizeof note);
}

static void read_suspect(struct client *client, struct story *story)
{
	char path[100];
	struct client_answer answer;
	snprintf(path, sizeof path, "/v1/cases/%s", story->of_case);
	struct client_call call = {.method = "GET", .path = path, .staff = "WM-SP-1"};
	ck_assert(client_call(client, &call, &answer));
	snprintf(story->suspect, ID_SIZE, "%s", json_string_value(json_object_get(answer.json, "perpetratorId")));
	client_answer_release(&answer);
}

static void export(struct client *client, struct story *story, const char *redactions)
{
	char body[600], path[100];
	struct client_answer answer;
	snprintf(body, sizeof body, "{\"kind\":\"chronology-bundle\",\"caseId\":\"%s\",\"purpose\":\"inquest\",\"legalBasis\":\"legal_duty\",\"reason\":\"Asked for.\",\"redactions\":%s}",
		 story->of_case, redactions);
	fault_post(client, "WM-SU-1", "/v1/exports", body, "exportId", story->export, ID_SIZE);
	snprintf(path, sizeof path, "/v1/exports/%s", story->export);
	struct client_call call = {.method = "GET", .path = path, .staff = "WM-SU-1"};
	ck_assert(client_call(client, &call, &answer));
	snprintf(story->hold, ID_SIZE, "%s", json_string_value(json_object_get(answer.json, "holdId")));
	client_answer_release(&answer);
}

/* To be released. */
static struct client_answer fetch(struct client *client, const struct story *story)
{
	char path[100], type[64];
	struct client_answer answer;
	snprintf(path, sizeof path, "/v1/exports/%s/content", story->export);
	struct client_call call = {.method = "GET", .path = path, .staff = "WM-SU-1"};
	ck_assert(client_call(client, &call, &answer));
	ck_assert_msg(answer.status == 200, "%ld %s", answer.status, answer.body);
	ck_assert_str_eq(client_header(&answer, "Content-Type", type, sizeof type), "application/x-tar");
	return answer;
}

static int verify(const struct service *service, const char *data, size_t length)
{
	char path[128], command[1000];
	snprintf(path, sizeof path, "%s/bundle.tar", service->directory);
	snprintf(command, sizeof command, "cd %s && cat pki/ledger.vkey pki/receipt.vkey > keys && %s ledger verify %s --key keys > /dev/null 2>&1",
		 service->directory, service_program(), path);
	FILE *file = fopen(path, "w");
	ck_assert_ptr_nonnull(file);
	ck_assert_uint_eq(fwrite(data, 1, length, file), length);
	ck_assert_int_eq(fclose(file), 0);
	int status = system(command);
	ck_assert(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static int has(const struct client_answer *bundle, const char *text)
{
	return memmem(bundle->body, bundle->body_length, text, strlen(text)) != NULL;
}

START_TEST(a_bundle_proves_itself)
{
	struct service service;
	struct story story;
	fault_serve(&service, NULL);
	struct client *client = client_new(&service, "west-midlands.control-room-web");
	tell(client, &story);
	export(client, &story, "[{\"relation\":\"contact\",\"members\":[\"phone\"]},{\"relation\":\"person\",\"members\":[\"phones\"]}]");
	sealed_await(&service);
	struct client_answer bundle = fetch(client, &story), again = fetch(client, &story);
	ck_assert_uint_eq(bundle.body_length, again.body_length);
	ck_assert_int_eq(memcmp(bundle.body, again.body, bundle.body_length), 0);
	ck_assert_int_eq(verify(&service, bundle.body, bundle.body_length), VERIFY_PROVEN);
	ck_assert(has(&bundle, "Ring only before nine."));
	ck_assert(has(&bundle, "&lt;he&gt; has a &quot;key&quot; \xe2\x80\x93 &amp; knows the door."));
	ck_assert(!has(&bundle, "07901000111"));
	ck_assert(!has(&bundle, "7901000111"));
	ck_assert(!has(&bundle, "07902000222"));
	client_answer_release(&bundle);
	client_answer_release(&again);
	client_free(client);
	fault_end(&service);
}
END_TEST

/* One byte in each stretch of the file, another place in it each time. */
START_TEST(no_byte_of_it_can_change)
{
	struct service service;
	struct story story;
	fault_serve(&service, NULL);
	struct client *client = client_new(&service, "west-midlands.control-room-web");
	tell(client, &story);
	export(client, &story, "[]");
	sealed_await(&service);
	struct client_answer bundle = fetch(client, &story);
	size_t stretch = bundle.body_length / FLIPS;
	for (size_t i = 0; i < FLIPS; i++) {
		size_t at = i * stretch + (i * 7919) % stretch;
		bundle.body[at] ^= 1;
		ck_assert_msg(verify(&service, bundle.body, bundle.body_length) == VERIFY_FAULT, "byte %zu of %zu", at, bundle.body_length);
		bundle.body[at] ^= 1;
	}
	ck_assert_int_eq(verify(&service, bundle.body, bundle.body_length - BLOCK), VERIFY_FAULT);
	ck_assert_int_eq(verify(&service, bundle.body, bundle.body_length), VERIFY_PROVEN);
	client_answer_release(&bundle);
	client_free(client);
	fault_end(&service);
}
END_TEST

static void erase_suspect(struct client *client, const struct story *story)
{
	char body[300], path[100], made[ID_SIZE];
	snprintf(path, sizeof path, "/v1/legal-holds/%s/liftings", story->hold);
	fault_post(client, "WM-SU-1", path, "{\"reason\":\"The inquest is over.\",\"authority\":\"The coroner\"}", "liftingId", made, sizeof made);
	snprintf(body, sizeof body, "{\"subject\":{\"kind\":\"person\",\"id\":\"%s\"},\"legalBasis\":\"right_to_erasure\",\"authority\":\"Data protection officer\",\"reason\":\"Upheld.\"}",
		 story->suspect);
	fault_post(client, "WM-RM-1", "/v1/erasures", body, "erasureId", made, sizeof made);
}

START_TEST(an_erasure_breaks_no_proof)
{
	struct service service;
	struct story story;
	fault_serve(&service, NULL);
	struct client *client = client_new(&service, "west-midlands.control-room-web");
	tell(client, &story);
	read_suspect(client, &story);
	export(client, &story, "[]");
	sealed_await(&service);
	struct client_answer before = fetch(client, &story);
	ck_assert(has(&before, "Blaydes"));
	erase_suspect(client, &story);
	sealed_await(&service);
	sealed_check(&service);
	sealed_verify(&service, NULL);
	struct client_answer after = fetch(client, &story);
	ck_assert_int_eq(verify(&service, after.body, after.body_length), VERIFY_PROVEN);
	ck_assert(!has(&after, "Blaydes"));
	ck_assert(!has(&after, "Tancred"));
	ck_assert(!has(&after, "07902000222"));
	ck_assert(has(&after, "by authority of Data protection officer"));
	ck_assert(has(&after, "Fenwick"));
	client_answer_release(&before);
	client_answer_release(&after);
	client_free(client);
	fault_end(&service);
}
END_TEST

enum { SPREAD_TRIES = 200 };

/* Looks are spread behind the sealer: 409 until they are. */
static struct client_answer fetch_looks(struct client *client, const struct story *story)
{
	char path[100];
	struct client_answer answer;
	snprintf(path, sizeof path, "/v1/exports/%s/content", story->export);
	struct client_call call = {.method = "GET", .path = path, .staff = "WM-AU-1"};
	ck_assert(client_call(client, &call, &answer));
	for (int i = 0; answer.status == 409 && i < SPREAD_TRIES; i++) {
		ck_assert_str_eq(fault_code(&answer), "not_sealed");
		client_answer_release(&answer);
		fault_pause_ms(50);
		ck_assert(client_call(client, &call, &answer));
	}
	ck_assert_msg(answer.status == 200, "%ld %s", answer.status, answer.body);
	return answer;
}

START_TEST(who_looked_is_in_an_auditors_bundle_alone)
{
	struct service service;
	struct story story;
	char body[300];
	/* What records hold, and that auditors don't read them. */
	static const char *const held[] = {"Ring only before nine.", "Fenwick", "Blaydes", "07901000111", "BUNDLE-1", "call_999", "Contact (call 999)", "priority"};
	fault_serve(&service, NULL);
	struct client *client = client_new(&service, "west-midlands.control-room-web");
	tell(client, &story);
	read_suspect(client, &story);
	export(client, &story, "[]");
	sealed_await(&service);
	struct client_answer plain = fetch(client, &story);
	ck_assert(!has(&plain, "getCase\""));
	snprintf(body, sizeof body, "{\"kind\":\"chronology-bundle\",\"caseId\":\"%s\",\"purpose\":\"lawfulness_check\",\"legalBasis\":\"legal_duty\",\"reason\":\"Asked for.\",\"includeLooks\":true}",
		 story.of_case);
	fault_post(client, "WM-AU-1", "/v1/exports", body, "exportId", story.export, ID_SIZE);
	sealed_await(&service);
	struct client_answer looks = fetch_looks(client, &story), again = fetch_looks(client, &story);
	ck_assert_int_eq(verify(&service, looks.body, looks.body_length), VERIFY_PROVEN);
	ck_assert(has(&looks, "\"operation\":\"getCase\",\"actor\":\"WM-SP-1\""));
	ck_assert(has(&looks, "Looked at: get case"));
	ck_assert(has(&looks, "Contact recorded") && has(&looks, "Asked for."));
	for (size_t i = 0; i < sizeof held / sizeof *held; i++)
		ck_assert_msg(has(&plain, held[i]) && !has(&looks, held[i]), "%s", held[i]);
	ck_assert_uint_eq(looks.body_length, again.body_length);
	ck_assert_int_eq(memcmp(looks.body, again.body, looks.body_length), 0);
	client_answer_release(&plain);
	client_answer_release(&looks);
	client_answer_release(&again);
	client_free(client);
	fault_end(&service);
}
END_TEST

/* A line that is written before the export's own, and whose transaction ends after it. */
START_TEST(a_line_that_it_did_not_see_is_left_out)
{
	struct service service;
	struct story story;
	fault_serve(&service, NULL);
	struct client *client = client_new(&service, "west-midlands.control-room-web");
	tell(client, &story);
	PGconn *open = PQconnectdb(service.url);
	PQclear(PQexec(open, "begin"));
	PGresult *changed = PQexec(open, "update person set given_name = 'Meanwhile', version = version where given_name = 'Oriel'");
	ck_assert_str_eq(PQcmdTuples(changed), "1");
	PQclear(changed);
	export(client, &story, "[]");
	PQclear(PQexec(open, "commit"));
	PQfinish(open);
	sealed_await(&service);
	ck_assert_int_eq(sealed_number(&service, "select count(*) from ledger_leaf f join ledger_line l using (force_id, line_id)"
						 " where l.relation = 'export' and exists (select from ledger_leaf b join ledger_line c using (force_id, line_id)"
						 " where c.image ->> 'given_name' = 'Meanwhile' and b.leaf_index < f.leaf_index and b.epoch = f.epoch)"), 1);
	struct client_answer bundle = fetch(client, &story);
	ck_assert_int_eq(verify(&service, bundle.body, bundle.body_length), VERIFY_PROVEN);
	ck_assert(has(&bundle, "Oriel") && !has(&bundle, "Meanwhile"));
	client_answer_release(&bundle);
	client_free(client);
	fault_end(&service);
}
END_TEST

/* As in a database restored into another cluster: numbers of transactions are raised, and the ledger goes on in another epoch. */
START_TEST(it_spans_a_restored_database)
{
	struct service service;
	struct story story;
	fault_serve(&service, NULL);
	struct client *client = client_new(&service, "west-midlands.control-room-web");
	tell(client, &story);
	sealed_await(&service);
	client_free(client);
	ck_assert(service_end(&service));
	ck_assert(service_sql(service.url, "update ledger_horizon set system_identifier = 0", NULL, 0));
	ck_assert(service_serve(&service));
	client = client_new(&service, "west-midlands.control-room-web");
	for (int i = 0; sealed_number(&service, "select xid_offset from ledger_horizon") == 0; i++) {
		ck_assert_int_lt(i, SPREAD_TRIES);
		fault_pause_ms(50);
	}
	export(client, &story, "[]");
	sealed_await(&service);
	struct client_answer bundle = fetch(client, &story);
	ck_assert(has(&bundle, "epochs/"));
	ck_assert(has(&bundle, "Ring only before nine."));
	ck_assert_int_eq(verify(&service, bundle.body, bundle.body_length), VERIFY_PROVEN);
	client_answer_release(&bundle);
	client_free(client);
	fault_end(&service);
}
END_TEST

enum { LOOKS = 60 };

static void look_at_it(struct client *client, const struct service *service, const struct story *story)
{
	char path[100];
	struct client_answer answer;
	snprintf(path, sizeof path, "/v1/cases/%s", story->of_case);
	struct client_call call = {.method = "GET", .path = path, .staff = "WM-SP-1"};
	for (int i = 0; i < LOOKS; i++) {
		ck_assert(client_call(client, &call, &answer));
		ck_assert_int_eq(answer.status, 200);
		client_answer_release(&answer);
	}
	for (int i = 0; sealed_number(service, "select count(distinct s.line_id) from seen s join ledger_leaf f using (force_id, line_id) where s.relation = 'case'") < LOOKS; i++) {
		ck_assert_int_lt(i, SPREAD_TRIES);
		fault_pause_ms(50);
	}
}

/* Without looks it is within the limit, with them it isn't. */
START_TEST(looks_count_in_its_size)
{
	struct service service;
	struct story story;
	struct client_answer answer;
	char body[400];
	fault_serve(&service, NULL);
	struct client *client = client_new(&service, "west-midlands.control-room-web");
	tell(client, &story);
	look_at_it(client, &service, &story);
	ck_assert(service_sql(service.url, "update setting_definition set default_value = '0.2' where name = 'export_maximum_megabytes'", body, sizeof body));
	export(client, &story, "[]");
	snprintf(body, sizeof body,
		 "{\"kind\":\"chronology-bundle\",\"caseId\":\"%s\",\"purpose\":\"lawfulness_check\",\"legalBasis\":\"legal_duty\",\"reason\":\"Asked for.\",\"includeLooks\":true}",
		 story.of_case);
	const char *headers[] = {"Content-Type: application/json", "Idempotency-Key: bundle-too-large", NULL};
	struct client_call call = {.method = "POST", .path = "/v1/exports", .staff = "WM-AU-1", .headers = headers, .body = body, .body_length = strlen(body)};
	ck_assert(client_call(client, &call, &answer));
	ck_assert_int_eq(answer.status, 409);
	ck_assert_str_eq(fault_code(&answer), "export_too_large");
	ck_assert_int_gt(json_integer_value(json_object_get(answer.json, "lines")), LOOKS);
	client_answer_release(&answer);
	client_free(client);
	fault_end(&service);
}
END_TEST

FAULT_TESTS("bundle", a_bundle_proves_itself, a_line_that_it_did_not_see_is_left_out, it_spans_a_restored_database, who_looked_is_in_an_auditors_bundle_alone,
	    looks_count_in_its_size, no_byte_of_it_can_change, an_erasure_breaks_no_proof)
