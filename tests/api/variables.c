/* Replaces ${…} in rows. */
#include "variables.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/id.h"
#include "base/time.h"

enum { TEXT_MAXIMUM = 4 << 20, NAME_SIZE = 80 };

void variables_init(struct variables *variables)
{
	char id[ID_TEXT_SIZE];
	id_new(id);
	*variables = (struct variables){.saved = json_object()};
	/* Its random end, as decimal digits. */
	snprintf(variables->tag, sizeof variables->tag, "%08lu", strtoul(id + sizeof id - 9, NULL, 16) % 100000000UL);
}

void variables_release(struct variables *variables)
{
	json_decref(variables->saved);
}

/* "-5m" in microseconds; false when it is something else. */
static bool read_span(const char *text, int64_t *span_us)
{
	static const char units[] = "smhd";
	static const int64_t seconds[] = {1, 60, 3600, 86400};
	char *end;
	*span_us = 0;
	if (!*text)
		return true;
	if (*text != '+' && *text != '-')
		return false;
	long long count = strtoll(text, &end, 10);
	const char *unit = *end ? strchr(units, *end) : NULL;
	if (!unit || end[1])
		return false;
	*span_us = count * seconds[unit - units] * 1000000;
	return true;
}

static json_t *moment(const char *name)
{
	char text[TIME_TEXT_SIZE];
	int64_t span_us;
	bool is_date = strncmp(name, "today", 5) == 0;
	if ((!is_date && strncmp(name, "now", 3) != 0) || !read_span(name + (is_date ? 5 : 3), &span_us))
		return NULL;
	time_format(time_now_us() + span_us, text);
	return json_stringn(text, is_date ? 10 : strlen(text));
}

static json_t *repetition(const char *name)
{
	if (!name[0] || name[1] != '*' || strspn(name + 2, "0123456789") != strlen(name + 2))
		return NULL;
	size_t count = strtoul(name + 2, NULL, 10);
	char *text = malloc(count + 1);
	if (!text)
		abort();
	memset(text, name[0], count);
	json_t *value = json_stringn(text, count);
	free(text);
	return value;
}

/* New reference; NULL when there is no such variable. */
static json_t *look_up(const struct variables *variables, const char *name)
{
	char id[ID_TEXT_SIZE];
	json_t *value = json_object_get(variables->local, name);
	if (!value)
		value = json_object_get(variables->saved, name);
	if (value)
		return json_incref(value);
	if (strcmp(name, "tag") == 0)
		return json_string(variables->tag);
	if (strcmp(name, "uuid") == 0) {
		id_new(id);
		return json_string(id);
	}
	value = moment(name);
	return value ? value : repetition(name);
}

static json_t *variable(const struct variables *variables, const char *start, size_t length, struct findings *findings)
{
	char name[NAME_SIZE];
	snprintf(name, sizeof name, "%.*s", (int)length, start);
	json_t *value = look_up(variables, name);
	if (!value)
		findings_add(findings, "nobody saved ${%s}", name);
	return value;
}

static void append_encoded(struct bytes *out, const char *text)
{
	for (; *text; text++)
		if (isalnum((unsigned char)*text) || strchr("-._~", *text))
			bytes_append_char(out, *text);
		else
			bytes_format(out, "%%%02X", (unsigned char)*text);
}

static void append_value(struct bytes *out, const json_t *value, bool encoded)
{
	char *text = json_is_string(value) ? strdup(json_string_value(value)) : json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
	if (!text)
		abort();
	if (encoded)
		append_encoded(out, text);
	else
		bytes_append_string(out, text);
	free(text);
}

static char *fill(const struct variables *variables, const char *text, bool encoded, struct findings *findings)
{
	struct bytes out;
	size_t length;
	bytes_init(&out, TEXT_MAXIMUM);
	for (const char *start; (start = strstr(text, "${")) && strchr(start, '}'); text = strchr(start, '}') + 1) {
		bytes_append(&out, text, (size_t)(start - text));
		json_t *value = variable(variables, start + 2, (size_t)(strchr(start, '}') - start - 2), findings);
		if (value)
			append_value(&out, value, encoded);
		json_decref(value);
	}
	bytes_append_string(&out, text);
	if (!bytes_string(&out))
		abort();
	return bytes_detach(&out, &length);
}

char *variables_path(const struct variables *variables, const char *path, struct findings *findings)
{
	return fill(variables, path, true, findings);
}

static json_t *apply_string(const struct variables *variables, const json_t *value, struct findings *findings)
{
	const char *text = json_string_value(value);
	size_t length = json_string_length(value);
	if (!strstr(text, "${") || strlen(text) != length)
		return json_copy((json_t *)value);
	if (strncmp(text, "${", 2) == 0 && strchr(text, '}') == text + length - 1) {
		json_t *whole = variable(variables, text + 2, length - 3, findings);
		return whole ? whole : json_null();
	}
	char *filled = fill(variables, text, false, findings);
	json_t *result = json_string(filled);
	free(filled);
	return result;
}

static json_t *apply_object(const struct variables *variables, const json_t *value, struct findings *findings)
{
	const char *key;
	json_t *member, *result = json_object();
	json_object_foreach((json_t *)value, key, member) {
		char *filled = fill(variables, key, false, findings);
		json_object_set_new(result, filled, variables_apply(variables, member, findings));
		free(filled);
	}
	return result;
}

json_t *variables_apply(const struct variables *variables, const json_t *value, struct findings *findings)
{
	if (json_is_string(value))
		return apply_string(variables, value, findings);
	if (json_is_object(value))
		return apply_object(variables, value, findings);
	if (!json_is_array(value))
		return json_incref((json_t *)value);
	json_t *result = json_array();
	for (size_t i = 0; i < json_array_size(value); i++)
		json_array_append_new(result, variables_apply(variables, json_array_get(value, i), findings));
	return result;
}
