/* Fills in, finds and compares values of steps that are written as data. */
#include "seed_value.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_MAXIMUM = 1 << 20, NAME_MAXIMUM = 128 };

/* The variable whose "${name}" starts at `text`, and what follows it. */
static enum err read_variable(const char *text, const json_t *variables, struct bytes *fault, const char **rest,
			      const json_t **value)
{
	const char *end = strchr(text, '}');
	size_t length = end ? (size_t)(end - text - 2) : strlen(text);
	const json_t *found = end && length <= NAME_MAXIMUM ? json_object_getn(variables, text + 2, length) : NULL;
	if (!found) {
		bytes_format(fault, "nothing has been saved as %.*s\n", (int)length + 3, text);
		return ERR_INPUT;
	}
	*rest = end + 1;
	*value = found;
	return ERR_NONE;
}

static void append_value(struct bytes *text, const json_t *value)
{
	if (json_is_string(value)) {
		bytes_append(text, json_string_value(value), json_string_length(value));
		return;
	}
	char *dumped = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
	bytes_append_string(text, dumped ? dumped : "");
	free(dumped);
}

static enum err fill_parts(const char *pattern, const json_t *variables, struct bytes *fault, struct bytes *text)
{
	enum err error = ERR_NONE;
	while (!error && *pattern) {
		const json_t *value;
		const char *start = strstr(pattern, "${");
		bytes_append(text, pattern, start ? (size_t)(start - pattern) : strlen(pattern));
		if (!start)
			return ERR_NONE;
		error = read_variable(start, variables, fault, &pattern, &value);
		if (!error)
			append_value(text, value);
	}
	return error;
}

static enum err fill_text(const char *pattern, const json_t *variables, struct bytes *fault, json_t **filled)
{
	const json_t *value;
	const char *rest;
	struct bytes text;
	if (strncmp(pattern, "${", 2) == 0 && strchr(pattern, '}') == pattern + strlen(pattern) - 1) {
		enum err error = read_variable(pattern, variables, fault, &rest, &value);
		if (!error && !(*filled = json_deep_copy(value)))
			error = ERR_MEMORY;
		return error;
	}
	bytes_init(&text, TEXT_MAXIMUM);
	enum err error = fill_parts(pattern, variables, fault, &text);
	json_t *made = error || text.failed ? NULL : json_stringn(text.data ? text.data : "", text.length);
	bytes_release(&text);
	if (!error && !made)
		error = ERR_MEMORY;
	if (!error)
		*filled = made;
	return error;
}

static enum err fill_object(const json_t *pattern, const json_t *variables, struct bytes *fault, json_t *filled)
{
	const char *name;
	json_t *member, *made;
	json_object_foreach((json_t *)pattern, name, member) {
		enum err error = seed_fill(member, variables, fault, &made);
		if (!error && json_object_set_new(filled, name, made))
			error = ERR_MEMORY;
		if (error)
			return error;
	}
	return ERR_NONE;
}

static enum err fill_list(const json_t *pattern, const json_t *variables, struct bytes *fault, json_t *filled)
{
	json_t *made;
	for (size_t i = 0; i < json_array_size(pattern); i++) {
		enum err error = seed_fill(json_array_get(pattern, i), variables, fault, &made);
		if (!error && json_array_append_new(filled, made))
			error = ERR_MEMORY;
		if (error)
			return error;
	}
	return ERR_NONE;
}

enum err seed_fill(const json_t *pattern, const json_t *variables, struct bytes *fault, json_t **filled)
{
	if (json_is_string(pattern))
		return fill_text(json_string_value(pattern), variables, fault, filled);
	bool is_container = json_is_object(pattern) || json_is_array(pattern);
	json_t *made = !is_container ? json_deep_copy(pattern) : json_is_object(pattern) ? json_object() : json_array();
	enum err error = made ? ERR_NONE : ERR_MEMORY;
	if (!error && json_is_object(pattern))
		error = fill_object(pattern, variables, fault, made);
	else if (!error && json_is_array(pattern))
		error = fill_list(pattern, variables, fault, made);
	if (error)
		json_decref(made);
	else
		*filled = made;
	return error;
}

/* The item that "[kind=marac" or "[0" asks for; `length` is that of the inside. */
static const json_t *pick_item(const json_t *list, const char *inside, size_t length)
{
	char wanted[NAME_MAXIMUM * 2];
	if (length >= sizeof wanted)
		return NULL;
	memcpy(wanted, inside, length);
	wanted[length] = '\0';
	char *equals = strchr(wanted, '=');
	if (!equals)
		return json_array_get(list, strtoul(wanted, NULL, 10));
	*equals = '\0';
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *item = json_array_get(list, i);
		const char *text = json_string_value(json_object_get(item, wanted));
		if (text && strcmp(text, equals + 1) == 0)
			return item;
	}
	return NULL;
}

const json_t *seed_find(const json_t *value, const char *path)
{
	while (value && *path) {
		size_t length = strcspn(path, ".[");
		if (*path == '[') {
			length = strcspn(path, "]");
			value = pick_item(value, path + 1, length - 1);
			path += length + (path[length] == ']');
		} else {
			value = json_object_getn(value, path, length);
			path += length;
		}
		path += *path == '.';
	}
	return value;
}

static void tell_difference(struct bytes *difference, const char *where, const json_t *expected, const json_t *actual)
{
	bytes_format(difference, "%s: expected ", *where ? where : "the answer");
	append_value(difference, expected);
	bytes_append_string(difference, ", got ");
	if (actual)
		append_value(difference, actual);
	else
		bytes_append_string(difference, "nothing");
	bytes_append_char(difference, '\n');
}

static bool matches_at(const char *where, const json_t *expected, const json_t *actual, struct bytes *difference);

static bool object_matches(const char *where, const json_t *expected, const json_t *actual, struct bytes *difference)
{
	char inner[1024];
	const char *name;
	json_t *member;
	bool same = true;
	json_object_foreach((json_t *)expected, name, member) {
		snprintf(inner, sizeof inner, "%s%s%s", where, *where ? "." : "", name);
		same = matches_at(inner, member, json_object_get(actual, name), difference) && same;
	}
	return same;
}

static bool has_item(const json_t *expected, const json_t *list)
{
	struct bytes ignored;
	bool found = false;
	bytes_init(&ignored, TEXT_MAXIMUM);
	for (size_t i = 0; !found && i < json_array_size(list); i++)
		found = matches_at("", expected, json_array_get(list, i), &ignored);
	bytes_release(&ignored);
	return found;
}

static bool list_matches(const json_t *expected, const json_t *actual)
{
	if (json_array_size(expected) == 0)
		return json_array_size(actual) == 0;
	for (size_t i = 0; i < json_array_size(expected); i++)
		if (!has_item(json_array_get(expected, i), actual))
			return false;
	return true;
}

static bool matches_at(const char *where, const json_t *expected, const json_t *actual, struct bytes *difference)
{
	bool same;
	if (json_is_object(expected) && json_is_object(actual))
		return object_matches(where, expected, actual, difference);
	if (json_is_array(expected) && json_is_array(actual))
		same = list_matches(expected, actual);
	else
		same = actual && json_equal(expected, actual);
	if (!same)
		tell_difference(difference, where, expected, actual);
	return same;
}

bool seed_matches(const json_t *expected, const json_t *actual, struct bytes *difference)
{
	return matches_at("", expected, actual, difference);
}
