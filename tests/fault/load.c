/* Runs clients in threads and checks their promises against the database. */
#include "load.h"

#include <inttypes.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/time.h"

enum { PROMISES_MAXIMUM = 64 << 20, CALL_LIMIT_MS = 10000, AWAIT_S = 20, PAUSE_MS = 20 };

static void append_id(struct bytes *list, const char *id)
{
	bytes_format(list, "%s%s", list->length ? "," : "", id);
}

static void append_receipt(struct bytes *list, const struct client_answer *answer)
{
	char receipt[2048];
	char *rest = receipt;
	if (!client_header(answer, "Ledger-Receipt", receipt, sizeof receipt))
		return;
	for (char *id; (id = strsep(&rest, ", "));)
		if (*id)
			append_id(list, id);
}

static void note_answer(struct load_client *client, const struct client_answer *answer, bool writes)
{
	const char *id = json_string_value(json_object_get(answer->json, "contactId"));
	long hundreds = answer->status / 100;
	char replayed[8];
	client->statuses[hundreds < LOAD_STATUS_COUNT ? hundreds : 0]++;
	if (hundreds != 2) {
		if (answer->status != 503)
			snprintf(client->fault, sizeof client->fault, "%ld %.200s", answer->status, answer->body);
		return;
	}
	if (client_header(answer, "Idempotency-Replayed", replayed, sizeof replayed)) {
		/* libcurl asked again on a new connection: the first answer never came, though the request was done. */
		client->lost++;
		snprintf(client->fault, sizeof client->fault, "done, and not answered");
	}
	append_receipt(&client->lines, answer);
	if (writes && id) {
		append_id(&client->records, id);
		snprintf(client->newest, sizeof client->newest, "/v1/contacts/%s", id);
	}
	atomic_fetch_add(&client->load->answered, 1);
}

static void note_failure(struct load_client *client, const struct client_answer *answer)
{
	if (answer->refused) {
		client->refused++;
		if (client->load->until_refused)
			atomic_store(&client->load->is_over, true);
		fault_pause_ms(PAUSE_MS);
		return;
	}
	client->lost++;
	snprintf(client->fault, sizeof client->fault, "%s", answer->fault);
}

static void make_one(struct load_client *client, struct client *connection)
{
	char key[80];
	bool writes = client->load->only_writes || !*client->newest || client->made % 2 == 0;
	snprintf(key, sizeof key, "Idempotency-Key: %s.%u", client->key, client->made);
	const char *headers[] = {"Content-Type: application/json", key, NULL};
	char *body = writes ? fault_contact(NULL) : NULL;
	struct client_call call = {.method = writes ? "POST" : "GET", .path = writes ? "/v1/contacts" : client->newest,
				   .staff = "WM-CH-1", .headers = writes ? headers : NULL, .body = body,
				   .body_length = body ? strlen(body) : 0};
	struct client_answer answer;
	int64_t before_us = time_monotonic_us();
	bool answered = client_call(connection, &call, &answer);
	int64_t took_us = time_monotonic_us() - before_us;
	client->made++;
	if (took_us > client->slowest_us)
		client->slowest_us = took_us;
	if (answered)
		note_answer(client, &answer, writes);
	else
		note_failure(client, &answer);
	if (answered && answer.status == 503)
		fault_pause_ms(PAUSE_MS);
	client_answer_release(&answer);
	free(body);
}

static void *work(void *context)
{
	struct load_client *client = context;
	struct client *connection = client_new(client->load->service, "west-midlands.control-room-web");
	client_limit(connection, CALL_LIMIT_MS);
	while (!atomic_load(&client->load->is_over))
		make_one(client, connection);
	client_free(connection);
	return NULL;
}

void load_start(struct load *load)
{
	ck_assert_int_le(load->client_count, LOAD_CLIENTS_MAXIMUM);
	for (int i = 0; i < load->client_count; i++) {
		struct load_client *client = &load->clients[i];
		client->load = load;
		id_new(client->key);
		bytes_init(&client->records, PROMISES_MAXIMUM);
		bytes_init(&client->lines, PROMISES_MAXIMUM);
		ck_assert_int_eq(pthread_create(&client->thread, NULL, work, client), 0);
	}
}

void load_await(struct load *load, unsigned more)
{
	unsigned wanted = atomic_load(&load->answered) + more;
	int64_t deadline_us = time_monotonic_us() + AWAIT_S * 1000000LL;
	while (atomic_load(&load->answered) < wanted) {
		ck_assert_msg(time_monotonic_us() < deadline_us, "only %u requests were answered: %s",
			      atomic_load(&load->answered), load_fault(load));
		fault_pause_ms(2);
	}
}

void load_stop(struct load *load)
{
	atomic_store(&load->is_over, true);
	for (int i = 0; i < load->client_count; i++)
		ck_assert_int_eq(pthread_join(load->clients[i].thread, NULL), 0);
}

void load_release(struct load *load)
{
	for (int i = 0; i < load->client_count; i++) {
		bytes_release(&load->clients[i].records);
		bytes_release(&load->clients[i].lines);
	}
}

/* --- what became of it --------------------------------------------------------------------------------------------- */

unsigned load_statuses(const struct load *load, int hundreds)
{
	unsigned count = 0;
	for (int i = 0; i < load->client_count; i++)
		count += load->clients[i].statuses[hundreds];
	return count;
}

unsigned load_lost(const struct load *load)
{
	unsigned count = 0;
	for (int i = 0; i < load->client_count; i++)
		count += load->clients[i].lost;
	return count;
}

unsigned load_refused(const struct load *load)
{
	unsigned count = 0;
	for (int i = 0; i < load->client_count; i++)
		count += load->clients[i].refused;
	return count;
}

int64_t load_slowest_us(const struct load *load)
{
	int64_t slowest_us = 0;
	for (int i = 0; i < load->client_count; i++)
		if (load->clients[i].slowest_us > slowest_us)
			slowest_us = load->clients[i].slowest_us;
	return slowest_us;
}

const char *load_fault(const struct load *load)
{
	for (int i = 0; i < load->client_count; i++)
		if (*load->clients[i].fault)
			return load->clients[i].fault;
	return "";
}

static long count_missing(struct load *load, const char *query, size_t member)
{
	struct bytes list;
	bytes_init(&list, PROMISES_MAXIMUM);
	bytes_append_char(&list, '{');
	for (int i = 0; i < load->client_count; i++) {
		struct bytes *own = (struct bytes *)(void *)((char *)&load->clients[i] + member);
		bytes_format(&list, "%s%s", list.length > 1 && own->length ? "," : "", bytes_string(own));
	}
	bytes_append_char(&list, '}');
	const char *values[] = {bytes_string(&list)};
	PGconn *connection = PQconnectdb(load->service->url);
	PGresult *result = PQexecParams(connection, query, 1, NULL, values, NULL, NULL, 0);
	ck_assert_msg(PQresultStatus(result) == PGRES_TUPLES_OK, "%s", PQerrorMessage(connection));
	long missing = strtol(PQgetvalue(result, 0, 0), NULL, 10);
	PQclear(result);
	PQfinish(connection);
	bytes_release(&list);
	return missing;
}

long load_missing_records(struct load *load)
{
	return count_missing(load,
			     "select count(*) from unnest($1::uuid[]) as promised (id) where not exists"
			     " (select from contact c where c.force_id = 'west-midlands' and c.contact_id = promised.id)",
			     offsetof(struct load_client, records));
}

long load_missing_lines(struct load *load)
{
	return count_missing(load,
			     "select count(*) from unnest($1::uuid[]) as promised (id) where not exists"
			     " (select from ledger_line l where l.force_id = 'west-midlands' and l.line_id = promised.id)",
			     offsetof(struct load_client, lines));
}
