/* Compares the ledger with receipts and rows. */
#include "ledger.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "expect.h"

enum { NAMED_MAXIMUM = 64 };

static const char query[] =
	"select coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object('lineId', line_id, 'kind', kind, 'operation', operation,"
	" 'actor', actor, 'client', client, 'purpose', purpose, 'relation', relation, 'recordId', record_id,"
	" 'version', version, 'caseId', case_id, 'occurredAt', instant(occurred_at), 'status', status,"
	" 'seen', string_to_array(nullif(seen, ''), ' '))) || jsonb_build_object('image', image) order by line_id), '[]')"
	" from ledger_line where request_id = $1::uuid";

json_t *ledger_lines(PGconn *database, const char *request_id)
{
	PGresult *result = PQexecParams(database, query, 1, NULL, &request_id, NULL, NULL, 0);
	json_t *lines = PQresultStatus(result) == PGRES_TUPLES_OK ? json_loads(PQgetvalue(result, 0, 0), 0, NULL) : NULL;
	if (!lines)
		fprintf(stderr, "the ledger can't be read: %s\n", PQerrorMessage(database));
	PQclear(result);
	return lines ? lines : json_array();
}

void ledger_check_receipt(const json_t *lines, const struct client_answer *answer, struct findings *findings)
{
	char receipt[8192] = "", wanted[8192] = "";
	(void)client_header(answer, "Ledger-Receipt", receipt, sizeof receipt);
	size_t count = json_array_size(lines);
	bool is_run = count > NAMED_MAXIMUM; /* whose ends alone are named */
	for (size_t i = 0; i < count; i += is_run ? count - 1 : 1) {
		const char *id = json_string_value(json_object_get(json_array_get(lines, i), "lineId"));
		size_t used = strlen(wanted);
		snprintf(wanted + used, sizeof wanted - used, "%s%s", i == 0 ? "" : is_run ? ".." : ", ", id);
	}
	if (strcmp(receipt, wanted) != 0)
		findings_add(findings, "Ledger-Receipt is \"%s\", but the database has the lines \"%s\"", receipt, wanted);
}

/* "contact:<id>" is a look at any version of it. */
static bool was_seen(const json_t *line, const char *token)
{
	const json_t *seen = json_object_get(line, "seen");
	size_t length = strlen(token);
	for (size_t i = 0; i < json_array_size(seen); i++) {
		const char *text = json_string_value(json_array_get(seen, i));
		if (strncmp(text, token, length) == 0 && (text[length] == '\0' || text[length] == ':'))
			return true;
	}
	return false;
}

static bool is_column_as(const json_t *line, const char *column, const json_t *matcher)
{
	if (strcmp(column, "seen") != 0)
		return expect_matches(matcher, json_object_get(line, column));
	for (size_t i = 0; i < json_array_size(matcher); i++)
		if (!was_seen(line, json_string_value(json_array_get(matcher, i))))
			return false;
	return true;
}

static bool is_line_as(const json_t *line, const json_t *wanted)
{
	const char *column;
	json_t *matcher;
	json_object_foreach((json_t *)wanted, column, matcher)
		if (!is_column_as(line, column, matcher))
			return false;
	return true;
}

/* Each wanted one takes the first line left that fits. */
static bool fit(const json_t *wanted, const json_t *lines)
{
	json_t *left = json_copy((json_t *)lines);
	bool good = json_array_size(wanted) == json_array_size(lines);
	for (size_t i = 0; good && i < json_array_size(wanted); i++) {
		size_t k = 0;
		while (k < json_array_size(left) && !is_line_as(json_array_get(left, k), json_array_get(wanted, i)))
			k++;
		good = k < json_array_size(left);
		if (good)
			json_array_remove(left, k);
	}
	json_decref(left);
	return good;
}

void ledger_expect(const json_t *wanted, const json_t *lines, struct findings *findings)
{
	if (fit(wanted, lines))
		return;
	char *expected = expect_show(wanted);
	findings_add(findings, "ledger: expected exactly %s, came %zu:", expected, json_array_size(lines));
	free(expected);
	for (size_t i = 0; i < json_array_size(lines); i++) {
		char *line = expect_show(json_array_get(lines, i));
		findings_add(findings, "  %s", line);
		free(line);
	}
}
