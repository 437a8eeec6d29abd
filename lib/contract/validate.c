/* Walks a value and its schema together. */
#include "contract/validate.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/id.h"
#include "base/time.h"
#include "contract/text.h"

/* --- Types --- */

static unsigned type_of(const json_t *value)
{
	switch (json_typeof(value)) {
	case JSON_NULL:
		return SCHEMA_NULL;
	case JSON_TRUE:
	case JSON_FALSE:
		return SCHEMA_BOOLEAN;
	case JSON_INTEGER:
		return SCHEMA_INTEGER | SCHEMA_NUMBER;
	case JSON_REAL:
		return SCHEMA_NUMBER;
	case JSON_STRING:
		return SCHEMA_STRING;
	case JSON_ARRAY:
		return SCHEMA_ARRAY;
	default:
		return SCHEMA_OBJECT;
	}
}

static void add_wrong_type(struct fault_sink *sink, const struct schema *schema, const struct fault_step *step)
{
	static const char *const names[] = {"null", "true or false", "a whole number without a fraction or exponent",
					    "a number", "a string", "an array", "an object"};
	char text[256];
	size_t length = 0;
	for (unsigned i = 7; i-- > 0;)
		if (schema->types & (1u << i))
			length += (size_t)snprintf(text + length, sizeof text - length, "%s%s", length ? " or " : "",
						   names[i]);
	fault_add(sink, step, "wrong_type", "Must be %s.", text);
}

/* --- enum and const --- */

static bool is_text(const json_t *value, const char *text, size_t length)
{
	return json_is_string(value) && json_string_length(value) == length &&
	       !memcmp(json_string_value(value), text, length);
}

static bool has_text(const json_t *enumeration, const char *text, size_t length)
{
	for (size_t i = 0; i < json_array_size(enumeration); i++)
		if (is_text(json_array_get(enumeration, i), text, length))
			return true;
	return false;
}

static bool has_value(const json_t *enumeration, const json_t *value)
{
	for (size_t i = 0; i < json_array_size(enumeration); i++)
		if (json_equal(json_array_get(enumeration, i), value))
			return true;
	return false;
}

static void add_not_in_enumeration(struct fault_sink *sink, const struct schema *schema,
				   const struct fault_step *step)
{
	char text[400];
	size_t length = 0;
	for (size_t i = 0; i < json_array_size(schema->enumeration); i++) {
		const char *word = json_string_value(json_array_get(schema->enumeration, i));
		if (!word)
			continue;
		int more = snprintf(text + length, sizeof text - length, "%s%s", length ? ", " : "", word);
		if (more < 0 || (size_t)more >= sizeof text - length) {
			length = 0;
			break;
		}
		length += (size_t)more;
	}
	if (length)
		fault_add(sink, step, "not_in_enumeration", "Must be one of: %s.", text);
	else
		fault_add(sink, step, "not_in_enumeration", "Must be one of the values that the contract lists.");
}

static void add_not_the_constant(struct fault_sink *sink, const struct fault_step *step)
{
	fault_add(sink, step, "not_the_constant", "Must be the one value that the contract states.");
}

/* Strings are looked at in validate_text. */
static bool validate_choice(struct fault_sink *sink, const struct schema *schema, const json_t *value,
			    const struct fault_step *step)
{
	if (schema->constant && !json_equal(schema->constant, value)) {
		add_not_the_constant(sink, step);
		return false;
	}
	if (schema->enumeration && !has_value(schema->enumeration, value)) {
		add_not_in_enumeration(sink, schema, step);
		return false;
	}
	return true;
}

/* --- Strings --- */

static bool validate_length(struct fault_sink *sink, const struct schema *schema, const char *text, size_t length,
			    const struct fault_step *step)
{
	if (!schema->length_minimum && schema->length_maximum == SIZE_MAX)
		return true;
	size_t points = text_code_points(text, length);
	if (points < schema->length_minimum) {
		fault_add(sink, step, "too_short", "Must have at least %zu character%s.", schema->length_minimum,
			  schema->length_minimum == 1 ? "" : "s");
		return false;
	}
	if (points > schema->length_maximum) {
		fault_add(sink, step, "too_long", "Must have at most %zu character%s.", schema->length_maximum,
			  schema->length_maximum == 1 ? "" : "s");
		return false;
	}
	return true;
}

static bool validate_format(struct fault_sink *sink, const struct schema *schema, const char *text, size_t length,
			    const struct fault_step *step)
{
	int64_t instant;
	if (schema->format == SCHEMA_FORMAT_UUID && !id_is_valid(text, length))
		fault_add(sink, step, "not_a_uuid", "Must be a UUID, 36 characters with hyphens.");
	else if (schema->format == SCHEMA_FORMAT_DATE && time_check_date(text, length))
		fault_add(sink, step, "not_a_date", "Must be a calendar date such as 2026-01-31.");
	else if (schema->format == SCHEMA_FORMAT_INSTANT && time_parse(text, length, &instant))
		fault_add(sink, step, "not_an_instant", "Must be an RFC 3339 instant such as 2026-01-31T23:59:59Z.");
	else
		return true;
	return false;
}

static void validate_pattern(struct fault_sink *sink, const struct schema *schema, const char *text,
			     const struct fault_step *step)
{
	if (schema->pattern && regexec(schema->pattern, text, 0, NULL, 0) != 0)
		fault_add(sink, step, "wrong_pattern", "Must match the pattern %s", schema->pattern_text);
}

/* One fault at most: what follows from another fault is no news. */
void validate_text(struct fault_sink *sink, const struct schema *schema, const char *text, size_t length,
		   const struct fault_step *step)
{
	if (text_has_control(text, length))
		fault_add(sink, step, "control_character",
			  "Must not contain control characters other than line feed and tab.");
	else if (schema->constant && !is_text(schema->constant, text, length))
		add_not_the_constant(sink, step);
	else if (schema->enumeration && !has_text(schema->enumeration, text, length))
		add_not_in_enumeration(sink, schema, step);
	else if (validate_length(sink, schema, text, length, step) &&
		 validate_format(sink, schema, text, length, step))
		validate_pattern(sink, schema, text, step);
}

/* --- Numbers --- */

static int compare_numbers(const json_t *left, const json_t *right)
{
	if (json_is_integer(left) && json_is_integer(right)) {
		json_int_t a = json_integer_value(left);
		json_int_t b = json_integer_value(right);
		return (a > b) - (a < b);
	}
	double a = json_number_value(left);
	double b = json_number_value(right);
	return (a > b) - (a < b);
}

static void validate_number(struct fault_sink *sink, const struct schema *schema, const json_t *value,
			    const struct fault_step *step)
{
	if (schema->minimum && compare_numbers(value, schema->minimum) < 0)
		fault_add(sink, step, "too_small", "Must be at least %.15g.", json_number_value(schema->minimum));
	if (schema->maximum && compare_numbers(value, schema->maximum) > 0)
		fault_add(sink, step, "too_large", "Must be at most %.15g.", json_number_value(schema->maximum));
}

void validate_integer(struct fault_sink *sink, const struct schema *schema, json_int_t integer,
		      const struct fault_step *step)
{
	json_t *value = json_integer(integer);
	if (!value) {
		sink->error = ERR_MEMORY;
		return;
	}
	if (validate_choice(sink, schema, value, step))
		validate_number(sink, schema, value, step);
	json_decref(value);
}

/* --- Arrays --- */

static void validate_unique(struct fault_sink *sink, const json_t *array, const struct fault_step *step)
{
	for (size_t i = 1; i < json_array_size(array); i++) {
		for (size_t j = 0; j < i; j++) {
			if (!json_equal(json_array_get(array, i), json_array_get(array, j)))
				continue;
			struct fault_step inner = {.outer = step, .index = i, .depth = step->depth + 1};
			fault_add(sink, &inner, "not_unique", "Must not repeat an earlier item.");
			break;
		}
	}
}

static void validate_array(struct fault_sink *sink, const struct schema *schema, const json_t *array,
			   const struct fault_step *step)
{
	size_t count = json_array_size(array);
	if (count < schema->items_minimum)
		fault_add(sink, step, "too_few_items", "Must have at least %zu item%s.", schema->items_minimum,
			  schema->items_minimum == 1 ? "" : "s");
	if (count > schema->items_maximum) {
		fault_add(sink, step, "too_many_items", "Must have at most %zu item%s.", schema->items_maximum,
			  schema->items_maximum == 1 ? "" : "s");
		return;
	}
	for (size_t i = 0; i < count && !fault_is_full(sink); i++) {
		struct fault_step inner = {.outer = step, .index = i, .depth = step->depth + 1};
		validate_value(sink, schema->items, json_array_get(array, i), &inner);
	}
	if (schema->items_are_unique)
		validate_unique(sink, array, step);
}

/* --- Objects --- */

static void validate_other(struct fault_sink *sink, const struct schema *schema, const char *name,
			   const json_t *value, const struct fault_step *step)
{
	if (schema->others == SCHEMA_OTHERS_REFUSED)
		fault_add(sink, step, "unknown_member", "There is no such member here.");
	else if (text_has_control(name, strlen(name)))
		fault_add(sink, step, "control_character", "A member's name must not contain control characters.");
	else
		validate_value(sink, schema->others == SCHEMA_OTHERS_CHECKED ? schema->other : &schema_anything,
			       value, step);
}

/* Whether the member is one that must be there. */
static bool validate_member(struct fault_sink *sink, const struct schema *schema, const char *name,
			    const json_t *value, const struct fault_step *step)
{
	const struct schema_property *property = schema_property(schema, name);
	if (!property) {
		validate_other(sink, schema, name, value, step);
		return false;
	}
	if (sink->is_request && schema_is_read_only(property->schema))
		fault_add(sink, step, "read_only", "Is given by the service and cannot be sent.");
	else
		validate_value(sink, property->schema, value, step);
	return property->required;
}

static void validate_missing(struct fault_sink *sink, const struct schema *schema, const json_t *object,
			     const struct fault_step *step)
{
	for (size_t i = 0; i < schema->property_count; i++) {
		const struct schema_property *property = &schema->properties[i];
		if (!property->required || json_object_get(object, property->name))
			continue;
		if (sink->is_request && schema_is_read_only(property->schema))
			continue;
		struct fault_step inner = {.outer = step, .name = property->name, .depth = step->depth + 1};
		fault_add(sink, &inner, "required", "Must be given.");
	}
}

static void validate_member_count(struct fault_sink *sink, const struct schema *schema, size_t count,
				  const struct fault_step *step)
{
	if (count < schema->members_minimum)
		fault_add(sink, step, "too_few_members", "Must have at least %zu member%s.", schema->members_minimum,
			  schema->members_minimum == 1 ? "" : "s");
	if (count > schema->members_maximum)
		fault_add(sink, step, "too_many_members", "Must have at most %zu member%s.", schema->members_maximum,
			  schema->members_maximum == 1 ? "" : "s");
}

static void validate_object(struct fault_sink *sink, const struct schema *schema, const json_t *object,
			    const struct fault_step *step)
{
	size_t required = 0;
	const char *name;
	json_t *value;
	validate_member_count(sink, schema, json_object_size(object), step);
	json_object_foreach((json_t *)object, name, value)
	{
		struct fault_step inner = {.outer = step, .name = name, .depth = step->depth + 1};
		required += validate_member(sink, schema, name, value, &inner);
		if (fault_is_full(sink))
			return;
	}
	if (required < schema->required_count)
		validate_missing(sink, schema, object, step);
}

/* --- Any value --- */

void validate_value(struct fault_sink *sink, const struct schema *schema, const json_t *value,
		    const struct fault_step *step)
{
	schema = schema_resolve(schema);
	if (step->depth > VALIDATE_DEPTH_MAXIMUM)
		fault_add(sink, step, "too_deep", "Must not nest deeper than %d levels.", VALIDATE_DEPTH_MAXIMUM);
	else if (!(schema->types & type_of(value)))
		add_wrong_type(sink, schema, step);
	else if (json_is_string(value))
		validate_text(sink, schema, json_string_value(value), json_string_length(value), step);
	else if (!validate_choice(sink, schema, value, step))
		return;
	else if (json_is_number(value))
		validate_number(sink, schema, value, step);
	else if (json_is_array(value))
		validate_array(sink, schema, value, step);
	else if (json_is_object(value))
		validate_object(sink, schema, value, step);
}

enum err contract_check_value(const struct schema *schema, json_t *value, struct arena *arena, struct faults *faults)
{
	*faults = (struct faults){0};
	struct fault_sink sink = {.arena = arena, .faults = faults};
	const struct fault_step root = {.name = ""};
	validate_value(&sink, schema, value, &root);
	return fault_result(&sink);
}
