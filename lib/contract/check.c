/* Checks a request against its operation: path, query, headers, body, in that order, and all of them. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "contract/body.h"
#include "contract/contract.h"
#include "contract/faults.h"
#include "contract/query.h"
#include "contract/schema.h"
#include "contract/text.h"
#include "contract/validate.h"
#include "contract/value.h"

struct checking {
	const struct operation *operation;
	const struct carried *carried;
	struct fault_sink sink;
	const char **values;
	bool is_unreadable;
};

/* --- One parameter --- */

/* As JSON writes integers: no plus, no leading zeros. */
static bool read_integer(const char *text, size_t length, json_int_t *integer)
{
	const char *digits = text + (*text == '-');
	size_t count = strspn(digits, "0123456789");
	if (!count || digits + count != text + length || (count > 1 && *digits == '0'))
		return false;
	errno = 0;
	*integer = strtoll(text, NULL, 10);
	return errno == 0;
}

static void check_integer(struct checking *checking, const struct input *input, const char *text, size_t length,
			  const struct fault_step *step)
{
	json_int_t integer;
	if (read_integer(text, length, &integer))
		validate_integer(&checking->sink, input->schema, integer, step);
	else
		fault_add(&checking->sink, step, "wrong_type", "Must be a whole number that fits 64 bits.");
}

/* The text may hold a NUL, so its length must fit too. */
static void check_boolean(struct checking *checking, const char *text, size_t length, const struct fault_step *step)
{
	bool is_true = length == 4 && !memcmp(text, "true", 4);
	bool is_false = length == 5 && !memcmp(text, "false", 5);
	if (!is_true && !is_false)
		fault_add(&checking->sink, step, "wrong_type", "Must be true or false.");
}

/* `text` is NUL-terminated and in the arena. */
static void check_parameter(struct checking *checking, size_t number, const char *text, size_t length)
{
	const struct input *input = &checking->operation->inputs[number];
	const struct fault_step step = {.name = input->pointer};
	if (!text_is_utf8(text, length))
		fault_add(&checking->sink, &step, "not_utf8", "Must be UTF-8.");
	else if (input->schema->types & SCHEMA_INTEGER)
		check_integer(checking, input, text, length, &step);
	else if (input->schema->types & SCHEMA_BOOLEAN)
		check_boolean(checking, text, length, &step);
	else
		validate_text(&checking->sink, input->schema, text, length, &step);
	checking->values[number] = text;
}

static void use_fallback(struct checking *checking, size_t number)
{
	const struct input *input = &checking->operation->inputs[number];
	const struct fault_step step = {.name = input->pointer};
	if (input->required)
		fault_add(&checking->sink, &step, "required", "Must be given.");
	checking->values[number] = input->fallback;
}

static void check_copy(struct checking *checking, size_t number, const char *data, size_t length)
{
	const char *text = arena_copy(checking->sink.arena, data, length);
	if (text)
		check_parameter(checking, number, text, length);
	else
		checking->sink.error = ERR_MEMORY;
}

/* --- Places --- */

/* Path inputs come first, in the order of the path's parameters. */
static void check_path(struct checking *checking)
{
	const struct operation *operation = checking->operation;
	for (size_t i = 0; i < operation->input_count && operation->inputs[i].place == PLACE_PATH; i++)
		check_copy(checking, i, checking->carried->match->values[i].data,
			   checking->carried->match->values[i].length);
}

static size_t find_query_input(const struct operation *operation, const struct query_pair *pair)
{
	for (size_t i = 0; i < operation->input_count; i++) {
		const struct input *input = &operation->inputs[i];
		if (input->place == PLACE_QUERY && strlen(input->name) == pair->name_length &&
		    !memcmp(input->name, pair->name, pair->name_length))
			return i;
	}
	return operation->input_count;
}

static void add_query_state(struct checking *checking, const struct fault_step *step, enum query_state state)
{
	if (state == QUERY_BAD_PERCENT)
		fault_add(&checking->sink, step, "bad_percent_encoding",
			  "Every %% must be followed by two hexadecimal digits.");
	else
		fault_add(&checking->sink, step, "not_utf8", "Must be UTF-8 once decoded.");
}

static void add_unknown_parameter(struct checking *checking, const struct query_pair *pair)
{
	if (pair->name_state != QUERY_FINE) {
		add_query_state(checking, &(const struct fault_step){.name = "query:"}, pair->name_state);
		return;
	}
	int length = (int)text_cut(pair->name, pair->name_length, FAULT_NAME_MAXIMUM);
	const char *pointer = arena_format(checking->sink.arena, "query:%.*s", length, pair->name);
	if (!pointer) {
		checking->sink.error = ERR_MEMORY;
		return;
	}
	fault_add(&checking->sink, &(const struct fault_step){.name = pointer}, "unknown_parameter",
		  "There is no such parameter here.");
}

static void check_pair(struct checking *checking, const struct query_pair *pair)
{
	size_t number = find_query_input(checking->operation, pair);
	if (pair->name_state != QUERY_FINE || number == checking->operation->input_count) {
		add_unknown_parameter(checking, pair);
		return;
	}
	const struct fault_step step = {.name = checking->operation->inputs[number].pointer};
	if (checking->values[number]) {
		fault_add(&checking->sink, &step, "repeated_parameter", "Must be given once.");
		return;
	}
	checking->values[number] = pair->value;
	if (pair->value_state != QUERY_FINE)
		add_query_state(checking, &step, pair->value_state);
	else
		check_parameter(checking, number, pair->value, pair->value_length);
}

static void check_query(struct checking *checking)
{
	const struct operation *operation = checking->operation;
	struct query query;
	struct query_pair pair;
	const char *text = checking->carried->query ? checking->carried->query : "";
	if (query_init(&query, checking->sink.arena, text)) {
		checking->sink.error = ERR_MEMORY;
		return;
	}
	while (!fault_is_full(&checking->sink) && query_next(&query, &pair))
		check_pair(checking, &pair);
	for (size_t i = 0; i < operation->input_count; i++)
		if (operation->inputs[i].place == PLACE_QUERY && !checking->values[i])
			use_fallback(checking, i);
}

static void check_headers(struct checking *checking)
{
	const struct operation *operation = checking->operation;
	const struct carried *carried = checking->carried;
	for (size_t i = 0; i < operation->input_count; i++) {
		if (operation->inputs[i].place != PLACE_HEADER)
			continue;
		const char *text = carried->header(carried->request, operation->inputs[i].header);
		if (text)
			check_copy(checking, i, text, strlen(text));
		else
			use_fallback(checking, i);
	}
}

/* --- The body --- */

static void take_members(struct checking *checking, const json_t *body)
{
	const struct operation *operation = checking->operation;
	for (size_t i = 0; i < operation->input_count; i++) {
		const struct input *input = &operation->inputs[i];
		if (input->place != PLACE_BODY)
			continue;
		const json_t *value = json_object_get(body, input->name);
		if (!value)
			checking->values[i] = input->fallback;
		else if (value_text(checking->sink.arena, value, &checking->values[i]))
			checking->sink.error = ERR_MEMORY;
	}
}

static void check_present_body(struct checking *checking)
{
	const struct carried *carried = checking->carried;
	const struct fault_step whole = {.name = ""};
	json_t *body = body_parse(&checking->sink, carried->body, carried->body_length);
	if (!body) {
		checking->is_unreadable = true;
		return;
	}
	validate_value(&checking->sink, checking->operation->body, body, &whole);
	if (!checking->sink.faults->count)
		take_members(checking, body);
	json_decref(body);
}

static void check_body(struct checking *checking)
{
	const struct fault_step whole = {.name = ""};
	bool is_sent = checking->carried->body_length > 0;
	if (checking->operation->body && is_sent) {
		check_present_body(checking);
		return;
	}
	checking->is_unreadable = checking->operation->body || is_sent;
	if (checking->operation->body)
		fault_add(&checking->sink, &whole, "required", "A body must be sent.");
	else if (is_sent)
		fault_add(&checking->sink, &whole, "unexpected_body", "No body can be sent here.");
}

enum err contract_check(const struct operation *operation, const struct carried *carried, struct arena *arena,
			struct faults *faults, bool *malformed, const char ***values)
{
	*faults = (struct faults){0};
	*malformed = false;
	struct checking checking = {
		.operation = operation,
		.carried = carried,
		.sink = {.arena = arena, .faults = faults, .is_request = true},
		.values = arena_take_zeroed(arena, (operation->input_count + 1) * sizeof *checking.values),
	};
	if (!checking.values)
		return ERR_MEMORY;
	check_path(&checking);
	check_query(&checking);
	check_headers(&checking);
	check_body(&checking);
	*malformed = checking.is_unreadable;
	enum err error = fault_result(&checking.sink);
	if (!error)
		*values = checking.values;
	return error;
}
