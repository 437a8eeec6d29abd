/* Plays one row: makes its request, saves what it should, compares what came. */
#include "row.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/id.h"
#include "base/time.h"
#include "conformity.h"
#include "expect.h"
#include "ledger.h"
#include "sweep.h"

enum { WITHIN_MAXIMUM_S = 10, PAUSE_MS = 50 };

/* What one run of a row holds until it ends. */
struct run {
	struct scene *scene;
	json_t *row;     /* with the words of `each`, variables still in it */
	json_t *filled;  /* the request's words */
	char *method, *path, *body;
	char client[80], staff[80], key[120], match[40];
	struct request request;
	struct client_answer answer;
	json_t *lines;
};

/* --- making the request -------------------------------------------------------------------------------------------- */

static const char *force_of(const char *staff)
{
	if (strncmp(staff, "WM-", 3) == 0)
		return "west-midlands";
	return strncmp(staff, "NB-", 3) == 0 ? "northumbria" : NULL;
}

/* "WM-CH-1" acts through its force's front end; anything else is a client. */
static void name_caller(struct run *run, const json_t *as)
{
	const char *first = json_string_value(json_is_array(as) ? json_array_get(as, 0) : as);
	const char *staff = json_is_array(as) ? json_string_value(json_array_get(as, 1)) : NULL;
	const char *force = first && !json_is_array(as) ? force_of(first) : NULL;
	if (force) {
		staff = first;
		snprintf(run->client, sizeof run->client, "%s.control-room-web", force);
	} else {
		snprintf(run->client, sizeof run->client, "%s", first ? first : "");
	}
	snprintf(run->staff, sizeof run->staff, "%s", staff ? staff : "");
	run->request.client = run->client;
	run->request.staff = staff ? run->staff : NULL;
	if (!first)
		findings_add(&run->scene->findings, "as: who asks?");
}

static void change_body(struct run *run, json_t *body)
{
	const char *pointer;
	json_t *value;
	json_object_foreach(json_object_get(run->filled, "set"), pointer, value)
		if (!expect_put(body, pointer, value))
			findings_add(&run->scene->findings, "set: %s leads nowhere", pointer);
	const json_t *removed = json_object_get(run->filled, "remove");
	for (size_t i = 0; i < json_array_size(removed); i++)
		if (!expect_put(body, json_string_value(json_array_get(removed, i)), NULL))
			findings_add(&run->scene->findings, "remove: %s is not there",
				     json_string_value(json_array_get(removed, i)));
}

static void write_body(struct run *run)
{
	const json_t *raw = json_object_get(run->filled, "raw"), *given = json_object_get(run->filled, "body");
	if (raw) {
		run->body = strdup(json_is_string(raw) ? json_string_value(raw) : "");
	} else if (given) {
		json_t *body = json_deep_copy(given);
		change_body(run, body);
		run->body = json_dumps(body, JSON_ENCODE_ANY | JSON_COMPACT);
		json_decref(body);
	}
	run->request.body = run->body;
}

static void write_preconditions(struct run *run)
{
	const char *key = json_string_value(json_object_get(run->filled, "key"));
	const json_t *match = json_object_get(run->filled, "match");
	char fresh[ID_TEXT_SIZE];
	id_new(fresh);
	if (key)
		snprintf(run->key, sizeof run->key, "%s-%s", run->scene->variables.tag, key);
	else
		snprintf(run->key, sizeof run->key, "%s", fresh);
	if (key ? strcmp(key, "none") != 0 : scene_wants_key(run->request.operation))
		run->request.key = run->key;
	if (json_is_integer(match))
		snprintf(run->match, sizeof run->match, "\"%lld\"", (long long)json_integer_value(match));
	else if (json_is_string(match) && strcmp(json_string_value(match), "none") != 0)
		snprintf(run->match, sizeof run->match, "%s", json_string_value(match));
	run->request.match = *run->match ? run->match : NULL;
}

static void name_path(struct run *run)
{
	const char *text = json_string_value(json_object_get(run->row, "do"));
	const char *space = text ? strchr(text, ' ') : NULL;
	if (!space) {
		findings_add(&run->scene->findings, "do: METHOD /path");
		return;
	}
	run->method = strndup(text, (size_t)(space - text));
	run->path = variables_path(&run->scene->variables, space + 1, &run->scene->findings);
	run->request.method = run->method;
	run->request.path = run->path;
	run->request.operation = scene_operation(run->scene, run->method, run->path);
}

/* The words that make the request; those that judge the answer are filled in once it has come. */
static json_t *fill_words(struct run *run, const char *const *words)
{
	json_t *filled = json_object();
	for (; *words; words++) {
		const json_t *value = json_object_get(run->row, *words);
		if (value)
			json_object_set_new(filled, *words,
					    variables_apply(&run->scene->variables, value, &run->scene->findings));
	}
	return filled;
}

static bool make_request(struct run *run)
{
	static const char *const words[] = {"as", "body", "set", "remove", "raw", "headers", "key", "match", NULL};
	run->filled = fill_words(run, words);
	name_path(run);
	name_caller(run, json_object_get(run->filled, "as"));
	run->request.headers = json_object_get(run->filled, "headers");
	if (!run->path || run->scene->findings.count > 0)
		return false;
	write_body(run);
	write_preconditions(run);
	return run->scene->findings.count == 0;
}

/* --- judging the answer -------------------------------------------------------------------------------------------- */

static void save(struct run *run)
{
	const char *name;
	json_t *pointer;
	json_object_foreach(json_object_get(run->row, "save"), name, pointer) {
		json_t *text = variables_apply(&run->scene->variables, pointer, &run->scene->findings);
		json_t *value = json_is_string(text) ? expect_find(&run->answer, json_string_value(text)) : NULL;
		if (value)
			json_object_set(run->scene->variables.saved, name, value);
		else
			findings_add(&run->scene->findings, "save: %s: its pointer leads nowhere", name);
		json_decref(value);
		json_decref(text);
	}
}

static void expect_status(struct run *run)
{
	long status = (long)json_integer_value(json_object_get(run->row, "status"));
	const char *code = json_string_value(json_object_get(run->row, "code"));
	const char *came = json_string_value(json_object_get(run->answer.json, "code"));
	if (run->answer.status != status)
		findings_add(&run->scene->findings, "status: expected %ld, came %ld: %.600s", status, run->answer.status,
			     run->answer.body);
	else if (code && (!came || strcmp(code, came) != 0))
		findings_add(&run->scene->findings, "code: expected %s, came %s", code, came ? came : "none");
}

static void judge(struct run *run)
{
	static const char *const words[] = {"has", "lacks", "errors", "text", "ledger", NULL};
	struct scene *scene = run->scene;
	run->lines = ledger_lines(scene->database, run->request.id);
	expect_status(run);
	if (scene->findings.count == 0)
		save(run);
	json_t *expected = fill_words(run, words);
	if (scene->findings.count == 0) {
		expect_answer(expected, &run->answer, &scene->findings);
		if (json_object_get(expected, "ledger"))
			ledger_expect(json_object_get(expected, "ledger"), run->lines, &scene->findings);
	}
	json_decref(expected);
	conformity_check(scene, &run->request, &run->answer, run->lines, &scene->findings);
}

/* A success that shows that the other force's records aren't in it. */
static bool shows_nothing_of_others(const json_t *row)
{
	const char *pointer;
	json_t *matcher;
	if (json_array_size(json_object_get(row, "lacks")) > 0)
		return true;
	json_object_foreach(json_object_get(row, "has"), pointer, matcher)
		if ((json_is_array(matcher) && json_array_size(matcher) == 0) || strstr(pointer, "/#"))
			return true;
	return false;
}

static void count_coverage(struct run *run)
{
	struct coverage *coverage = run->scene->coverage;
	const struct operation *operation = run->request.operation;
	const char *code = json_string_value(json_object_get(run->answer.json, "code"));
	long status = run->answer.status;
	bool other = strncmp(run->client, "northumbria.", 12) == 0;
	if (!operation)
		return;
	if (status < 300)
		coverage_mark(coverage, operation, COVERAGE_SUCCESS);
	if (status == 403 && (coverage_allows_all(coverage, operation) || (code && strcmp(code, "role_not_allowed") == 0)))
		coverage_mark(coverage, operation, COVERAGE_REFUSED_ROLE);
	if (other && (status == 404 || (code && strcmp(code, "unknown_reference") == 0) ||
		      (status < 300 && shows_nothing_of_others(run->row))))
		coverage_mark(coverage, operation, COVERAGE_OTHER_FORCE);
	if (status == 400 || status == 413 || status == 415 || status == 422)
		coverage_mark(coverage, operation, COVERAGE_BAD_INPUT);
}

/* --- a run --------------------------------------------------------------------------------------------------------- */

static void forget_answer(struct run *run)
{
	client_answer_release(&run->answer);
	json_decref(run->lines);
	run->lines = NULL;
}

static void ask(struct run *run)
{
	int64_t within_s = json_integer_value(json_object_get(run->row, "within"));
	int64_t deadline_us = time_monotonic_us() + (within_s < WITHIN_MAXIMUM_S ? within_s : WITHIN_MAXIMUM_S) * 1000000;
	for (;;) {
		if (!scene_send(run->scene, &run->request, &run->answer))
			return;
		judge(run);
		if (run->scene->findings.count == 0 || time_monotonic_us() >= deadline_us)
			return;
		findings_clear(&run->scene->findings);
		forget_answer(run);
		(void)poll(NULL, 0, PAUSE_MS);
	}
}

static void run_request(struct run *run)
{
	if (make_request(run))
		ask(run);
	if (run->scene->findings.count == 0) {
		count_coverage(run);
		sweep_operation(run->scene, &run->request, &run->answer);
	}
	forget_answer(run);
	json_decref(run->filled);
	free(run->method);
	free(run->path);
	free(run->body);
}

/* What PostgreSQL says, as JSON where it is. */
static json_t *value_of(const PGresult *result)
{
	const char *text = PQntuples(result) && !PQgetisnull(result, 0, 0) ? PQgetvalue(result, 0, 0) : NULL;
	json_t *value = text ? json_loads(text, JSON_DECODE_ANY, NULL) : json_null();
	return value ? value : json_string(text);
}

static void run_sql(struct run *run)
{
	struct scene *scene = run->scene;
	const char *name = json_string_value(json_object_get(run->row, "save"));
	json_t *sql = variables_apply(&scene->variables, json_object_get(run->row, "sql"), &scene->findings);
	json_t *gives = variables_apply(&scene->variables, json_object_get(run->row, "gives"), &scene->findings);
	PGresult *result = PQexec(scene->database, json_is_string(sql) ? json_string_value(sql) : "");
	ExecStatusType status = PQresultStatus(result);
	if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
		findings_add(&scene->findings, "sql: %s", PQresultErrorMessage(result));
	json_t *value = status == PGRES_TUPLES_OK ? value_of(result) : json_null();
	if (gives && !expect_matches(gives, value)) {
		char *wanted = expect_show(gives), *came = expect_show(value);
		findings_add(&scene->findings, "gives: expected %s, came %s", wanted, came);
		free(wanted);
		free(came);
	}
	if (name)
		json_object_set(scene->variables.saved, name, value);
	json_decref(value);
	json_decref(gives);
	json_decref(sql);
	PQclear(result);
}

/* --- a row --------------------------------------------------------------------------------------------------------- */

static void check_words(const json_t *row, struct findings *findings)
{
	static const char *const words[] = {"name", "as", "do", "body", "set", "remove", "raw", "headers", "key", "match",
					    "status", "code", "errors", "has", "lacks", "text", "save", "ledger", "each",
					    "vars", "within", "sql", "gives", NULL};
	const char *word;
	json_t *value;
	json_object_foreach((json_t *)row, word, value) {
		size_t i = 0;
		while (words[i] && strcmp(words[i], word) != 0)
			i++;
		if (!words[i])
			findings_add(findings, "no row has the word \"%s\"", word);
	}
	if (!json_object_get(row, "sql") && !json_is_integer(json_object_get(row, "status")) && !json_object_get(row, "each"))
		findings_add(findings, "status is missing");
}

/* The row with one of its `each`. New reference. */
static json_t *merged(const json_t *row, const json_t *one)
{
	const char *word;
	json_t *value, *result = json_copy((json_t *)row);
	json_object_foreach((json_t *)one, word, value) {
		bool adds = strcmp(word, "vars") == 0 || strcmp(word, "set") == 0 || strcmp(word, "headers") == 0;
		json_t *old = json_object_get(result, word);
		if (adds && json_is_object(old) && json_is_object(value)) {
			json_t *both = json_copy(old);
			json_object_update(both, value);
			json_object_set_new(result, word, both);
		} else {
			json_object_set(result, word, value);
		}
	}
	json_object_del(result, "each");
	return result;
}

/* Its `vars` may use what was saved. */
static void run_once(struct scene *scene, json_t *row, const char *heading, struct findings *findings)
{
	struct run run = {.scene = scene, .row = row};
	scene->variables.local = NULL;
	json_t *local = variables_apply(&scene->variables, json_object_get(row, "vars"), &scene->findings);
	scene->variables.local = local;
	check_words(row, &scene->findings);
	if (scene->findings.count == 0 && json_object_get(row, "sql"))
		run_sql(&run);
	else if (scene->findings.count == 0)
		run_request(&run);
	scene->variables.local = NULL;
	json_decref(local);
	findings_move(&scene->findings, heading, findings);
}

void row_run(struct scene *scene, const json_t *row, size_t line, struct findings *findings)
{
	char heading[400];
	const char *name = json_string_value(json_object_get(row, "name"));
	const json_t *each = json_object_get(row, "each");
	size_t count = json_is_array(each) ? json_array_size(each) : 1;
	for (size_t i = 0; i < count; i++) {
		json_t *one = merged(row, json_is_array(each) ? json_array_get(each, i) : NULL);
		const char *own = json_string_value(json_object_get(one, "name"));
		if (json_is_array(each))
			snprintf(heading, sizeof heading, "line %zu: %s [each %zu]", line, own ? own : "(no name)", i + 1);
		else
			snprintf(heading, sizeof heading, "line %zu: %s", line, name ? name : "(no name)");
		if (!own)
			findings_add(&scene->findings, "name is missing");
		run_once(scene, one, heading, findings);
		json_decref(one);
	}
}
