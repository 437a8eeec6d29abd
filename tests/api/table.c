/* Reads YAML with anchors and aliases as JSON values; lib/contract's reader refuses those, since a contract has none. */
#include "table.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

struct reader {
	yaml_document_t *document;
	struct bytes *fault;
};

static json_t *refuse(struct reader *reader, const yaml_node_t *node, const char *what)
{
	bytes_format(reader->fault, "line %zu: %s", node->start_mark.line + 1, what);
	return NULL;
}

/* Plain scalars by the YAML 1.2 core schema: "yes" is a string. */
static json_t *plain(const char *text)
{
	char *end;
	if (!*text || strcmp(text, "null") == 0 || strcmp(text, "~") == 0)
		return json_null();
	if (strcmp(text, "true") == 0 || strcmp(text, "false") == 0)
		return json_boolean(*text == 't');
	if (strspn(text, "+-0123456789.eE") != strlen(text) || !strpbrk(text, "0123456789"))
		return json_string(text);
	errno = 0;
	long long integer = strtoll(text, &end, 10);
	if (!*end && errno == 0)
		return json_integer(integer);
	double real = strtod(text, &end);
	return *end ? json_string(text) : json_real(real);
}

static json_t *scalar(struct reader *reader, const yaml_node_t *node)
{
	const char *text = (const char *)node->data.scalar.value;
	json_t *value = node->data.scalar.style == YAML_PLAIN_SCALAR_STYLE
				? plain(text)
				: json_stringn(text, node->data.scalar.length);
	return value ? value : refuse(reader, node, "not UTF-8");
}

static json_t *value_of(struct reader *reader, int index);

static json_t *sequence(struct reader *reader, const yaml_node_t *node)
{
	json_t *list = json_array();
	for (const yaml_node_item_t *item = node->data.sequence.items.start; item < node->data.sequence.items.top; item++) {
		json_t *value = value_of(reader, *item);
		if (!value) {
			json_decref(list);
			return NULL;
		}
		json_array_append_new(list, value);
	}
	return list;
}

static bool add_member(struct reader *reader, const yaml_node_pair_t *pair, json_t *object)
{
	const yaml_node_t *key = yaml_document_get_node(reader->document, pair->key);
	const char *name = key->type == YAML_SCALAR_NODE ? (const char *)key->data.scalar.value : NULL;
	if (!name || json_object_get(object, name)) {
		refuse(reader, key, name ? "the same word twice" : "a word must be a text");
		return false;
	}
	json_t *value = value_of(reader, pair->value);
	return value && json_object_set_new(object, name, value) == 0;
}

static json_t *mapping(struct reader *reader, const yaml_node_t *node)
{
	json_t *object = json_object();
	for (const yaml_node_pair_t *pair = node->data.mapping.pairs.start; pair < node->data.mapping.pairs.top; pair++)
		if (!add_member(reader, pair, object)) {
			json_decref(object);
			return NULL;
		}
	return object;
}

static json_t *value_of(struct reader *reader, int index)
{
	const yaml_node_t *node = yaml_document_get_node(reader->document, index);
	if (node->type == YAML_SCALAR_NODE)
		return scalar(reader, node);
	return node->type == YAML_SEQUENCE_NODE ? sequence(reader, node) : mapping(reader, node);
}

static bool read_root(struct reader *reader, struct table *table)
{
	const yaml_node_t *root = yaml_document_get_root_node(reader->document);
	if (!root || root->type != YAML_SEQUENCE_NODE) {
		bytes_append_string(reader->fault, "line 1: the file must be a list of rows");
		return false;
	}
	size_t count = (size_t)(root->data.sequence.items.top - root->data.sequence.items.start);
	table->rows = value_of(reader, 1);
	table->lines = calloc(count + 1, sizeof *table->lines);
	for (size_t i = 0; table->lines && i < count; i++)
		table->lines[i] = yaml_document_get_node(reader->document, root->data.sequence.items.start[i])->start_mark.line + 1;
	return table->rows && table->lines;
}

bool table_read(const char *path, struct bytes *fault, struct table *table)
{
	yaml_parser_t parser;
	yaml_document_t document;
	bool good = false;
	FILE *file = fopen(path, "r");
	*table = (struct table){0};
	if (!file || !yaml_parser_initialize(&parser)) {
		bytes_format(fault, "%s", strerror(errno));
		if (file)
			fclose(file);
		return false;
	}
	yaml_parser_set_input_file(&parser, file);
	if (yaml_parser_load(&parser, &document)) {
		struct reader reader = {&document, fault};
		good = read_root(&reader, table);
		yaml_document_delete(&document);
	} else {
		bytes_format(fault, "line %zu: %s", parser.problem_mark.line + 1, parser.problem);
	}
	yaml_parser_delete(&parser);
	fclose(file);
	if (!good)
		table_release(table);
	return good;
}

void table_release(struct table *table)
{
	json_decref(table->rows);
	free(table->lines);
	*table = (struct table){0};
}
