/* Compares what came with what a row says. */
#include "expect.h"

#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STEP_SIZE = 400, SHOWN_MAXIMUM = 600 };

/* --- pointers ------------------------------------------------------------------------------------------------------ */

/* Reads one step after its '/', undoing ~0 and ~1; brackets may hold slashes. Gives what follows. */
static const char *read_step(const char *text, char step[STEP_SIZE])
{
	size_t used = 0;
	const char *end = *text == '[' && strchr(text, ']') ? strchr(text, ']') + 1 : text + strcspn(text, "/");
	for (; text < end && used < STEP_SIZE - 1; text++) {
		if (*text == '~' && (text[1] == '0' || text[1] == '1'))
			step[used++] = *++text == '0' ? '~' : '/';
		else
			step[used++] = *text;
	}
	step[used] = '\0';
	return end;
}

static bool has_text(const json_t *value, const char *text)
{
	if (json_is_string(value))
		return strcmp(json_string_value(value), text) == 0;
	char *dumped = value ? json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT) : NULL;
	bool same = dumped && strcmp(dumped, text) == 0;
	free(dumped);
	return same;
}

/* "[member=value]" */
static json_t *pick(const json_t *list, char *step)
{
	char *equals = strchr(step, '=');
	if (!equals || !json_is_array(list))
		return NULL;
	*equals = '\0';
	equals[strlen(equals + 1)] = '\0'; /* the bracket */
	for (size_t i = 0; i < json_array_size(list); i++)
		if (has_text(json_object_get(json_array_get(list, i), step + 1), equals + 1))
			return json_incref(json_array_get(list, i));
	return NULL;
}

static json_t *take_step(const json_t *value, char *step)
{
	if (strcmp(step, "#") == 0 && (json_is_array(value) || json_is_object(value)))
		return json_integer((json_int_t)(json_is_array(value) ? json_array_size(value) : json_object_size(value)));
	if (*step == '[')
		return pick(value, step);
	if (json_is_object(value))
		return json_incref(json_object_get(value, step));
	if (!json_is_array(value) || !*step || strspn(step, "0123456789") != strlen(step))
		return NULL;
	return json_incref(json_array_get(value, strtoul(step, NULL, 10)));
}

json_t *expect_find_in(json_t *root, const char *pointer)
{
	char step[STEP_SIZE];
	json_t *value = json_incref(root);
	while (value && *pointer == '/') {
		pointer = read_step(pointer + 1, step);
		json_t *next = take_step(value, step);
		json_decref(value);
		value = next;
	}
	return value;
}

json_t *expect_find(const struct client_answer *answer, const char *pointer)
{
	char value[4096];
	if (strncmp(pointer, "header:", 7) == 0)
		return client_header(answer, pointer + 7, value, sizeof value) ? json_string(value) : NULL;
	if (strcmp(pointer, "@etag") == 0)
		return client_header(answer, "ETag", value, sizeof value) ? json_integer(strtol(value + 1, NULL, 10)) : NULL;
	return expect_find_in(answer->json, pointer);
}

static bool put_step(json_t *holder, const char *step, json_t *value)
{
	if (json_is_object(holder))
		return value ? json_object_set(holder, step, value) == 0 : json_object_del(holder, step) == 0;
	if (!json_is_array(holder))
		return false;
	if (strcmp(step, "-") == 0)
		return value && json_array_append(holder, value) == 0;
	size_t index = strtoul(step, NULL, 10);
	return value ? json_array_set(holder, index, value) == 0 : json_array_remove(holder, index) == 0;
}

bool expect_put(json_t *root, const char *pointer, json_t *value)
{
	char step[STEP_SIZE];
	const char *last = strrchr(pointer, '/');
	if (!last)
		return false;
	char *above = strndup(pointer, (size_t)(last - pointer));
	json_t *holder = expect_find_in(root, above);
	read_step(last + 1, step);
	bool put = holder && put_step(holder, step, value);
	json_decref(holder);
	free(above);
	return put;
}

/* --- matchers ------------------------------------------------------------------------------------------------------ */

static bool finds(const char *pattern, const char *text)
{
	regex_t compiled;
	if (regcomp(&compiled, pattern, REG_EXTENDED | REG_NOSUB) != 0)
		return false;
	bool found = regexec(&compiled, text, 0, NULL, 0) == 0;
	regfree(&compiled);
	return found;
}

static int order(const json_t *value, const char *bound)
{
	double number = json_number_value(value), limit = strtod(bound, NULL);
	if (json_is_string(value))
		return strcmp(json_string_value(value), bound);
	return (number > limit) - (number < limit);
}

static bool is_within(const char *matcher, const json_t *value)
{
	bool allows_equal = matcher[1] == '=';
	if (!json_is_number(value) && !json_is_string(value))
		return false;
	int compared = order(value, matcher + (allows_equal ? 2 : 1));
	return (compared == 0 && allows_equal) || (*matcher == '<' ? compared < 0 : compared > 0);
}

static bool matches_text(const char *matcher, const json_t *value)
{
	switch (*matcher) {
	case '*':
		return matcher[1] ? has_text(value, matcher) : value && !json_is_null(value);
	case '~':
		return json_is_string(value) && finds(matcher + 1, json_string_value(value));
	case '<':
	case '>':
		return is_within(matcher, value);
	case '!':
		return value && !has_text(value, matcher + 1);
	case '=':
		return json_is_string(value) && strcmp(json_string_value(value), matcher + 1) == 0;
	default:
		return json_is_string(value) && strcmp(json_string_value(value), matcher) == 0;
	}
}

static bool matches_object(const json_t *matcher, const json_t *value)
{
	const char *key;
	json_t *member;
	if (!json_is_object(value))
		return false;
	json_object_foreach((json_t *)matcher, key, member)
		if (!expect_matches(member, json_object_get(value, key)))
			return false;
	return true;
}

bool expect_matches(const json_t *matcher, const json_t *value)
{
	if (json_is_string(matcher))
		return matches_text(json_string_value(matcher), value);
	if (json_is_object(matcher))
		return matches_object(matcher, value);
	if (json_is_number(matcher))
		return json_is_number(value) && json_number_value(matcher) == json_number_value(value);
	if (!json_is_array(matcher))
		return value && json_equal(matcher, value);
	if (!json_is_array(value) || json_array_size(matcher) != json_array_size(value))
		return false;
	for (size_t i = 0; i < json_array_size(matcher); i++)
		if (!expect_matches(json_array_get(matcher, i), json_array_get(value, i)))
			return false;
	return true;
}

char *expect_show(const json_t *value)
{
	char *text = value ? json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT) : strdup("nothing");
	if (text && strlen(text) > SHOWN_MAXIMUM)
		strcpy(text + SHOWN_MAXIMUM, "…");
	return text;
}

/* --- a row's words ------------------------------------------------------------------------------------------------- */

static void expect_at(const struct client_answer *answer, const char *pointer, const json_t *matcher,
		      struct findings *findings)
{
	json_t *value = expect_find(answer, pointer);
	if (!expect_matches(matcher, value)) {
		char *wanted = expect_show(matcher), *came = expect_show(value);
		findings_add(findings, "%s: expected %s, came %s", *pointer ? pointer : "body", wanted, came);
		free(wanted);
		free(came);
	}
	json_decref(value);
}

static bool is_among(const json_t *wanted, const json_t *errors)
{
	const char *pointer = json_string_value(json_array_get(wanted, 0)), *code = json_string_value(json_array_get(wanted, 1));
	for (size_t i = 0; pointer && code && i < json_array_size(errors); i++) {
		const json_t *error = json_array_get(errors, i);
		if (has_text(json_object_get(error, "pointer"), pointer) && has_text(json_object_get(error, "code"), code))
			return true;
	}
	return false;
}

static void expect_errors(const json_t *wanted, const struct client_answer *answer, struct findings *findings)
{
	const json_t *errors = json_object_get(answer->json, "errors");
	bool same = json_array_size(wanted) == json_array_size(errors);
	for (size_t i = 0; i < json_array_size(wanted); i++)
		same = same && is_among(json_array_get(wanted, i), errors);
	if (same)
		return;
	char *first = expect_show(wanted), *second = expect_show(errors);
	findings_add(findings, "errors: expected exactly %s, came %s", first, second);
	free(first);
	free(second);
}

void expect_answer(const json_t *row, const struct client_answer *answer, struct findings *findings)
{
	const char *pointer;
	json_t *matcher;
	json_object_foreach(json_object_get(row, "has"), pointer, matcher)
		expect_at(answer, pointer, matcher, findings);
	const json_t *lacks = json_object_get(row, "lacks");
	for (size_t i = 0; i < json_array_size(lacks); i++) {
		const char *absent = json_string_value(json_array_get(lacks, i));
		json_t *value = absent ? expect_find(answer, absent) : NULL;
		if (value || !absent)
			findings_add(findings, "%s: should not be there", absent ? absent : "lacks must be a list of pointers");
		json_decref(value);
	}
	if (json_object_get(row, "errors"))
		expect_errors(json_object_get(row, "errors"), answer, findings);
	const json_t *text = json_object_get(row, "text");
	json_t *whole = text ? json_string(answer->body) : NULL;
	if (text && !expect_matches(text, whole))
		findings_add(findings, "text: expected %s, came %.300s", json_string_value(text), answer->body);
	json_decref(whole);
}
