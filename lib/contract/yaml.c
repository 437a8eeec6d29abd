/* Reads YAML through libyaml's events into jansson values, and keeps each value's line. */
#include "contract/yaml.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

struct line {
	const json_t *container;
	const char *key; /* the container's own copy; NULL for items */
	const json_t *value;
	size_t number;
};

struct yaml_source {
	json_t *root;
	struct line *lines; /* once all is read: sorted by container */
	const struct line **by_value;
	size_t count;
	size_t capacity;
};

struct reader {
	yaml_parser_t parser;
	const char *text;
	struct bytes *fault;
	struct yaml_source *source;
	unsigned depth;
};

static enum err refuse(struct reader *reader, size_t line, const char *what)
{
	bytes_format(reader->fault, "line %zu: %s", line, what);
	return ERR_INPUT;
}

static size_t line_of_event(const yaml_event_t *event)
{
	return event->start_mark.line + 1;
}

/* libyaml has no line for a fault in the encoding, only an offset. */
static size_t line_of_offset(const char *text, size_t offset)
{
	size_t line = 1;
	for (size_t i = 0; i < offset; i++)
		line += text[i] == '\n';
	return line;
}

static enum err next_event(struct reader *reader, yaml_event_t *event)
{
	const yaml_parser_t *parser = &reader->parser;
	if (yaml_parser_parse(&reader->parser, event))
		return ERR_NONE;
	if (parser->error == YAML_MEMORY_ERROR)
		return ERR_MEMORY;
	size_t line = parser->problem_mark.line + 1;
	if (parser->error == YAML_READER_ERROR)
		line = line_of_offset(reader->text, parser->problem_offset);
	return refuse(reader, line, parser->problem ? parser->problem : "not YAML");
}

static enum err remember(struct yaml_source *source, const struct line *line)
{
	if (source->count == source->capacity) {
		size_t capacity = source->capacity ? source->capacity * 2 : 256;
		struct line *lines = realloc(source->lines, capacity * sizeof *lines);
		if (!lines)
			return ERR_MEMORY;
		source->lines = lines;
		source->capacity = capacity;
	}
	source->lines[source->count++] = *line;
	return ERR_NONE;
}

static bool is_one_of(const char *text, const char *const *words)
{
	for (; *words; words++)
		if (!strcmp(text, *words))
			return true;
	return false;
}

/* The base of the core schema's integers: 10, 8 (0o17), 16 (0x1F); 0 when the text is none. */
static int integer_base(const char *text)
{
	if (!strncmp(text, "0o", 2) && text[2] && strspn(text + 2, "01234567") == strlen(text + 2))
		return 8;
	if (!strncmp(text, "0x", 2) && text[2] && strspn(text + 2, "0123456789abcdefABCDEF") == strlen(text + 2))
		return 16;
	text += *text == '-' || *text == '+';
	return *text && strspn(text, "0123456789") == strlen(text) ? 10 : 0;
}

/* [-+]? (\.[0-9]+ | [0-9]+(\.[0-9]*)?) ([eE][-+]?[0-9]+)? */
static bool is_real(const char *text)
{
	text += *text == '-' || *text == '+';
	size_t whole = strspn(text, "0123456789");
	text += whole;
	size_t fraction = *text == '.' ? strspn(text + 1, "0123456789") : 0;
	text += *text == '.' ? fraction + 1 : 0;
	if (!whole && !fraction)
		return false;
	if (*text != 'e' && *text != 'E')
		return !*text;
	text++;
	text += *text == '-' || *text == '+';
	return *text && strspn(text, "0123456789") == strlen(text);
}

static bool is_infinite_word(const char *text)
{
	static const char *const words[] = {".inf", ".Inf", ".INF", ".nan", ".NaN", ".NAN", NULL};
	return is_one_of(text + (*text == '-' || *text == '+'), words);
}

static enum err read_number(struct reader *reader, size_t line, const char *text, json_t **value)
{
	int base = integer_base(text);
	errno = 0;
	if (base) {
		long long integer = strtoll(base == 10 ? text : text + 2, NULL, base);
		*value = json_integer(integer);
	} else {
		*value = json_real(strtod(text, NULL));
	}
	if (errno == ERANGE) {
		json_decref(*value);
		*value = NULL;
		return refuse(reader, line, "number out of range");
	}
	return *value ? ERR_NONE : ERR_MEMORY;
}

static enum err read_plain(struct reader *reader, size_t line, const char *text, size_t length, json_t **value)
{
	static const char *const nulls[] = {"", "~", "null", "Null", "NULL", NULL};
	static const char *const trues[] = {"true", "True", "TRUE", NULL};
	static const char *const falses[] = {"false", "False", "FALSE", NULL};
	if (is_infinite_word(text))
		return refuse(reader, line, "infinities and NaN have no JSON form");
	if (integer_base(text) || is_real(text))
		return read_number(reader, line, text, value);
	if (is_one_of(text, nulls))
		*value = json_null();
	else if (is_one_of(text, trues))
		*value = json_true();
	else if (is_one_of(text, falses))
		*value = json_false();
	else
		*value = json_stringn(text, length);
	return *value ? ERR_NONE : ERR_MEMORY;
}

static enum err read_scalar(struct reader *reader, const yaml_event_t *event, json_t **value)
{
	const char *text = (const char *)event->data.scalar.value;
	size_t length = event->data.scalar.length;
	if (event->data.scalar.anchor)
		return refuse(reader, line_of_event(event), "anchors are not accepted");
	if (event->data.scalar.tag)
		return refuse(reader, line_of_event(event), "tags are not accepted");
	if (event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE)
		return read_plain(reader, line_of_event(event), text, length, value);
	*value = json_stringn(text, length);
	return *value ? ERR_NONE : ERR_MEMORY;
}

static enum err read_value(struct reader *reader, const yaml_event_t *event, json_t **value);

/* Reads the event's value and lets `container` own it. */
static enum err read_item(struct reader *reader, const yaml_event_t *event, json_t *array)
{
	json_t *value = NULL;
	enum err error = read_value(reader, event, &value);
	if (error)
		return error;
	if (json_array_append_new(array, value))
		return ERR_MEMORY;
	struct line line = {.container = array, .value = value, .number = line_of_event(event)};
	return remember(reader->source, &line);
}

static enum err read_items(struct reader *reader, json_t *array)
{
	for (;;) {
		yaml_event_t event;
		enum err error = next_event(reader, &event);
		if (error)
			return error;
		bool ends = event.type == YAML_SEQUENCE_END_EVENT;
		if (!ends)
			error = read_item(reader, &event, array);
		yaml_event_delete(&event);
		if (error || ends)
			return error;
	}
}

static enum err check_key(struct reader *reader, const yaml_event_t *event, json_t *object)
{
	size_t line = line_of_event(event);
	if (event->type != YAML_SCALAR_EVENT)
		return refuse(reader, line, event->type == YAML_ALIAS_EVENT ? "aliases are not accepted"
									     : "a key must be a text");
	const char *key = (const char *)event->data.scalar.value;
	if (event->data.scalar.anchor)
		return refuse(reader, line, "anchors are not accepted");
	if (event->data.scalar.tag)
		return refuse(reader, line, "tags are not accepted");
	if (strlen(key) != event->data.scalar.length)
		return refuse(reader, line, "a key must not contain NUL");
	if (json_object_get(object, key)) {
		bytes_format(reader->fault, "line %zu: duplicate key \"%s\"", line, key);
		return ERR_INPUT;
	}
	return ERR_NONE;
}

static enum err read_member(struct reader *reader, const yaml_event_t *event, json_t *object)
{
	enum err error = check_key(reader, event, object);
	if (error)
		return error;
	const char *key = (const char *)event->data.scalar.value;
	yaml_event_t next;
	error = next_event(reader, &next);
	if (error)
		return error;
	json_t *value = NULL;
	error = read_value(reader, &next, &value);
	yaml_event_delete(&next);
	if (error)
		return error;
	if (json_object_set_new(object, key, value))
		return ERR_MEMORY;
	struct line line = {.container = object,
			    .key = json_object_iter_key(json_object_iter_at(object, key)),
			    .value = value,
			    .number = line_of_event(event)};
	return remember(reader->source, &line);
}

static enum err read_members(struct reader *reader, json_t *object)
{
	for (;;) {
		yaml_event_t event;
		enum err error = next_event(reader, &event);
		if (error)
			return error;
		bool ends = event.type == YAML_MAPPING_END_EVENT;
		if (!ends)
			error = read_member(reader, &event, object);
		yaml_event_delete(&event);
		if (error || ends)
			return error;
	}
}

static enum err check_container(struct reader *reader, const yaml_event_t *event)
{
	bool is_mapping = event->type == YAML_MAPPING_START_EVENT;
	if (is_mapping ? event->data.mapping_start.anchor : event->data.sequence_start.anchor)
		return refuse(reader, line_of_event(event), "anchors are not accepted");
	if (is_mapping ? event->data.mapping_start.tag : event->data.sequence_start.tag)
		return refuse(reader, line_of_event(event), "tags are not accepted");
	if (reader->depth == YAML_SOURCE_DEPTH_MAXIMUM)
		return refuse(reader, line_of_event(event), "nested too deeply");
	return ERR_NONE;
}

static enum err read_container(struct reader *reader, const yaml_event_t *event, json_t **value)
{
	enum err error = check_container(reader, event);
	if (error)
		return error;
	bool is_mapping = event->type == YAML_MAPPING_START_EVENT;
	json_t *container = is_mapping ? json_object() : json_array();
	if (!container)
		return ERR_MEMORY;
	reader->depth++;
	error = is_mapping ? read_members(reader, container) : read_items(reader, container);
	reader->depth--;
	if (error) {
		json_decref(container);
		return error;
	}
	*value = container;
	return ERR_NONE;
}

static enum err read_value(struct reader *reader, const yaml_event_t *event, json_t **value)
{
	if (event->type == YAML_SCALAR_EVENT)
		return read_scalar(reader, event, value);
	if (event->type == YAML_MAPPING_START_EVENT || event->type == YAML_SEQUENCE_START_EVENT)
		return read_container(reader, event, value);
	return refuse(reader, line_of_event(event), "aliases are not accepted");
}

static enum err expect(struct reader *reader, yaml_event_type_t type, const char *otherwise)
{
	yaml_event_t event;
	enum err error = next_event(reader, &event);
	if (error)
		return error;
	if (event.type != type)
		error = refuse(reader, line_of_event(&event), otherwise);
	yaml_event_delete(&event);
	return error;
}

static enum err read_root(struct reader *reader)
{
	yaml_event_t event;
	enum err error = next_event(reader, &event);
	if (error)
		return error;
	json_t *root = NULL;
	error = read_value(reader, &event, &root);
	struct line line = {.value = root, .number = line_of_event(&event)};
	yaml_event_delete(&event);
	if (error)
		return error;
	reader->source->root = root;
	return remember(reader->source, &line);
}

static enum err read_stream(struct reader *reader)
{
	enum err error = expect(reader, YAML_STREAM_START_EVENT, "not YAML");
	if (!error)
		error = expect(reader, YAML_DOCUMENT_START_EVENT, "the document is empty");
	if (!error)
		error = read_root(reader);
	if (!error)
		error = expect(reader, YAML_DOCUMENT_END_EVENT, "not YAML");
	if (!error)
		error = expect(reader, YAML_STREAM_END_EVENT, "one document only");
	return error;
}

static int compare_addresses(const void *left, const void *right)
{
	return ((uintptr_t)left > (uintptr_t)right) - ((uintptr_t)left < (uintptr_t)right);
}

static int compare_containers(const void *left, const void *right)
{
	const struct line *a = left;
	const struct line *b = right;
	return compare_addresses(a->container, b->container);
}

static int compare_values(const void *left, const void *right)
{
	const struct line *const *a = left;
	const struct line *const *b = right;
	return compare_addresses((*a)->value, (*b)->value);
}

static enum err sort_lines(struct yaml_source *source)
{
	source->by_value = malloc(source->count * sizeof *source->by_value);
	if (!source->by_value)
		return ERR_MEMORY;
	qsort(source->lines, source->count, sizeof *source->lines, compare_containers);
	for (size_t i = 0; i < source->count; i++)
		source->by_value[i] = &source->lines[i];
	qsort(source->by_value, source->count, sizeof *source->by_value, compare_values);
	return ERR_NONE;
}

enum err yaml_source_read(const char *text, size_t length, struct bytes *fault, struct yaml_source **source)
{
	struct reader reader = {.text = text, .fault = fault, .source = calloc(1, sizeof *reader.source)};
	if (!reader.source)
		return ERR_MEMORY;
	enum err error = ERR_MEMORY;
	if (yaml_parser_initialize(&reader.parser)) {
		yaml_parser_set_encoding(&reader.parser, YAML_UTF8_ENCODING);
		yaml_parser_set_input_string(&reader.parser, (const unsigned char *)text, length);
		error = read_stream(&reader);
		if (!error)
			error = sort_lines(reader.source);
		yaml_parser_delete(&reader.parser);
	}
	if (error) {
		yaml_source_free(reader.source);
		return error;
	}
	*source = reader.source;
	return ERR_NONE;
}

void yaml_source_free(struct yaml_source *source)
{
	if (!source)
		return;
	json_decref(source->root);
	free(source->by_value);
	free(source->lines);
	free(source);
}

json_t *yaml_source_root(const struct yaml_source *source)
{
	return source->root;
}

/* Where the container's lines begin in the sorted ones. */
static size_t first_of(const struct yaml_source *source, const json_t *container)
{
	size_t low = 0;
	size_t high = source->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (compare_addresses(source->lines[middle].container, container) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

size_t yaml_source_line_of_member(const struct yaml_source *source, const json_t *object, const char *key)
{
	for (size_t i = first_of(source, object); i < source->count; i++) {
		const struct line *line = &source->lines[i];
		if (line->container != object)
			break;
		if (line->key && !strcmp(line->key, key))
			return line->number;
	}
	return yaml_source_line(source, object);
}

size_t yaml_source_line(const struct yaml_source *source, const json_t *value)
{
	if (json_is_null(value) || json_is_boolean(value))
		return 0;
	const struct line wanted = {.value = value};
	const struct line *key = &wanted;
	const struct line **found =
		bsearch(&key, source->by_value, source->count, sizeof *source->by_value, compare_values);
	return found ? (*found)->number : 0;
}
