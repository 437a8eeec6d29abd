/* Compiles JSON Schema into struct schema, word by word; an unknown word is refused. */
#include "contract/schema.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "contract/loader.h"
#include "contract/pattern.h"

/* A schema while it is read. */
struct draft {
	struct loader *loader;
	struct schema *schema;
	const json_t *node;
	size_t capacity; /* of schema->properties */
};

/* One word of the closed list. */
struct word {
	const char *name;
	unsigned types; /* of which it says something; one of them must stand in "type". 0: of any */
	enum err (*read)(struct draft *draft, size_t line, const json_t *value); /* NULL: an annotation for readers */
	bool is_annotation;
};

#define BLANK                                                                                              \
	{                                                                                                  \
		.types = SCHEMA_ANY, .length_maximum = SIZE_MAX, .items = &schema_anything,                \
		.items_maximum = SIZE_MAX, .members_maximum = SIZE_MAX                                     \
	}

const struct schema schema_anything = BLANK;

const struct schema *schema_resolve(const struct schema *schema)
{
	while (schema->reference)
		schema = schema->reference;
	return schema;
}

const json_t *schema_fallback(const struct schema *schema)
{
	while (!schema->fallback && schema->reference)
		schema = schema->reference;
	return schema->fallback;
}

bool schema_is_read_only(const struct schema *schema)
{
	while (!schema->is_read_only && schema->reference)
		schema = schema->reference;
	return schema->is_read_only;
}

static int compare_name(const void *name, const void *property)
{
	return strcmp(name, (*(const struct schema_property *const *)property)->name);
}

const struct schema_property *schema_property(const struct schema *schema, const char *name)
{
	if (!schema->property_count)
		return NULL;
	const struct schema_property **found =
		bsearch(name, schema->by_name, schema->property_count, sizeof *schema->by_name, compare_name);
	return found ? *found : NULL;
}

/* --- References --- */

static enum err load_component(struct loader *loader, struct component_schema *component);

static enum err find_component(struct loader *loader, size_t line, const char *name,
			       struct component_schema **component)
{
	for (size_t i = 0; i < loader->schema_count; i++) {
		if (strcmp(loader->schemas[i].name, name) != 0)
			continue;
		*component = &loader->schemas[i];
		return ERR_NONE;
	}
	return load_refuse(loader, line, "components.schemas has no \"%s\"", name);
}

/* Loads what a reference leads to, and what that leads to, until there is no further. */
static enum err load_referred(struct loader *loader, const json_t *node)
{
	for (size_t steps = 0; steps <= loader->schema_count; steps++) {
		const char *name = NULL;
		struct component_schema *component = NULL;
		enum err error = load_reference(loader, node, "schemas", &name);
		if (error || !name)
			return error;
		error = find_component(loader, load_line(loader, node, "$ref"), name, &component);
		if (!error)
			error = load_component(loader, component);
		if (error)
			return error;
		node = component->node;
	}
	return load_refuse(loader, load_line(loader, node, "$ref"), "a reference that leads back to itself");
}

/* --- Words of any type --- */

static enum err refuse(const struct draft *draft, size_t line, const char *what)
{
	return load_refuse(draft->loader, line, "%s", what);
}

static unsigned type_bit(const char *word)
{
	static const struct {
		const char *word;
		unsigned bit;
	} types[] = {
		{"null", SCHEMA_NULL},	   {"boolean", SCHEMA_BOOLEAN}, {"integer", SCHEMA_INTEGER},
		{"number", SCHEMA_NUMBER}, {"string", SCHEMA_STRING},	{"array", SCHEMA_ARRAY},
		{"object", SCHEMA_OBJECT},
	};
	for (size_t i = 0; word && i < sizeof types / sizeof *types; i++)
		if (!strcmp(types[i].word, word))
			return types[i].bit;
	return 0;
}

static enum err read_type(struct draft *draft, size_t line, const json_t *value)
{
	unsigned types = type_bit(json_string_value(value));
	size_t index;
	json_t *item;
	json_array_foreach(value, index, item)
	{
		unsigned bit = type_bit(json_string_value(item));
		if (!bit || (types & bit))
			return refuse(draft, line, "\"type\" must be a type's name, or a list of different ones");
		types |= bit;
	}
	if (!types)
		return refuse(draft, line, "\"type\" must be a type's name, or a list of different ones");
	draft->schema->types = types;
	return ERR_NONE;
}

static enum err read_enum(struct draft *draft, size_t line, const json_t *value)
{
	if (!json_array_size(value))
		return refuse(draft, line, "\"enum\" must be a list with values");
	draft->schema->enumeration = value;
	return ERR_NONE;
}

static enum err read_const(struct draft *draft, size_t line, const json_t *value)
{
	(void)line;
	draft->schema->constant = value;
	return ERR_NONE;
}

static enum err read_default(struct draft *draft, size_t line, const json_t *value)
{
	(void)line;
	draft->schema->fallback = value;
	return ERR_NONE;
}

static enum err read_flag(const struct draft *draft, size_t line, const json_t *value, bool *flag)
{
	if (!json_is_boolean(value))
		return refuse(draft, line, "must be true or false");
	*flag = json_is_true(value);
	return ERR_NONE;
}

static enum err read_read_only(struct draft *draft, size_t line, const json_t *value)
{
	return read_flag(draft, line, value, &draft->schema->is_read_only);
}

/* --- Sizes --- */

static enum err read_size(const struct draft *draft, size_t line, const json_t *value, size_t *size)
{
	if (!json_is_integer(value) || json_integer_value(value) < 0)
		return refuse(draft, line, "must be a whole number that isn't negative");
	*size = (size_t)json_integer_value(value);
	return ERR_NONE;
}

static enum err read_length_minimum(struct draft *draft, size_t line, const json_t *value)
{
	return read_size(draft, line, value, &draft->schema->length_minimum);
}

static enum err read_length_maximum(struct draft *draft, size_t line, const json_t *value)
{
	return read_size(draft, line, value, &draft->schema->length_maximum);
}

static enum err read_items_minimum(struct draft *draft, size_t line, const json_t *value)
{
	return read_size(draft, line, value, &draft->schema->items_minimum);
}

static enum err read_items_maximum(struct draft *draft, size_t line, const json_t *value)
{
	return read_size(draft, line, value, &draft->schema->items_maximum);
}

static enum err read_members_minimum(struct draft *draft, size_t line, const json_t *value)
{
	return read_size(draft, line, value, &draft->schema->members_minimum);
}

static enum err read_members_maximum(struct draft *draft, size_t line, const json_t *value)
{
	return read_size(draft, line, value, &draft->schema->members_maximum);
}

/* --- Strings and numbers --- */

static enum err read_format(struct draft *draft, size_t line, const json_t *value)
{
	static const char *const names[] = {"", "uuid", "date", "date-time"};
	for (unsigned i = 1; json_is_string(value) && i < sizeof names / sizeof *names; i++) {
		if (strcmp(names[i], json_string_value(value)) != 0)
			continue;
		draft->schema->format = (enum schema_format)i;
		return ERR_NONE;
	}
	return refuse(draft, line, "\"format\" must be uuid, date or date-time");
}

static enum err read_pattern(struct draft *draft, size_t line, const json_t *value)
{
	if (!json_is_string(value))
		return refuse(draft, line, "\"pattern\" must be a text");
	draft->schema->pattern_text = json_string_value(value);
	return pattern_load(draft->loader, line, json_string_value(value), &draft->schema->pattern);
}

static enum err read_minimum(struct draft *draft, size_t line, const json_t *value)
{
	if (!json_is_number(value))
		return refuse(draft, line, "\"minimum\" must be a number");
	draft->schema->minimum = value;
	return ERR_NONE;
}

static enum err read_maximum(struct draft *draft, size_t line, const json_t *value)
{
	if (!json_is_number(value))
		return refuse(draft, line, "\"maximum\" must be a number");
	draft->schema->maximum = value;
	return ERR_NONE;
}

/* --- Arrays and objects --- */

static enum err read_items(struct draft *draft, size_t line, const json_t *value)
{
	return schema_load(draft->loader, line, value, &draft->schema->items);
}

static enum err read_unique(struct draft *draft, size_t line, const json_t *value)
{
	return read_flag(draft, line, value, &draft->schema->items_are_unique);
}

static enum err grow_properties(struct draft *draft)
{
	struct schema *schema = draft->schema;
	if (schema->property_count < draft->capacity)
		return ERR_NONE;
	size_t capacity = draft->capacity ? draft->capacity * 2 : 16;
	struct schema_property *grown =
		arena_take(&draft->loader->contract->arena, capacity * sizeof *grown);
	if (!grown)
		return ERR_MEMORY;
	if (schema->property_count)
		memcpy(grown, schema->properties, schema->property_count * sizeof *grown);
	schema->properties = grown;
	draft->capacity = capacity;
	return ERR_NONE;
}

static struct schema_property *find_property(const struct schema *schema, const char *name)
{
	for (size_t i = 0; i < schema->property_count; i++)
		if (!strcmp(schema->properties[i].name, name))
			return &schema->properties[i];
	return NULL;
}

static enum err add_property(struct draft *draft, size_t line, const struct schema_property *property)
{
	if (find_property(draft->schema, property->name))
		return load_refuse(draft->loader, line, "a second \"%s\" within one allOf", property->name);
	enum err error = grow_properties(draft);
	if (error)
		return error;
	draft->schema->properties[draft->schema->property_count++] = *property;
	return ERR_NONE;
}

static enum err read_properties(struct draft *draft, size_t line, const json_t *value)
{
	if (!json_is_object(value))
		return refuse(draft, line, "\"properties\" must be an object");
	const char *name;
	json_t *node;
	json_object_foreach((json_t *)value, name, node)
	{
		size_t at = load_line(draft->loader, value, name);
		struct schema_property property = {.name = name};
		enum err error = schema_load(draft->loader, at, node, &property.schema);
		if (!error)
			error = add_property(draft, at, &property);
		if (error)
			return error;
	}
	return ERR_NONE;
}

static enum err read_others(struct draft *draft, size_t line, const json_t *value)
{
	struct schema *schema = draft->schema;
	schema->states_others = true;
	if (json_is_boolean(value)) {
		schema->others = json_is_true(value) ? SCHEMA_OTHERS_FREE : SCHEMA_OTHERS_REFUSED;
		return ERR_NONE;
	}
	schema->others = SCHEMA_OTHERS_CHECKED;
	return schema_load(draft->loader, line, value, &schema->other);
}

static enum err read_unevaluated(struct draft *draft, size_t line, const json_t *value)
{
	if (!json_is_false(value) || !json_object_get(draft->node, "allOf"))
		return refuse(draft, line, "\"unevaluatedProperties\" can only be false, beside allOf");
	return read_others(draft, line, value);
}

/* Properties of an allOf are merged, so a part that refuses what the other parts name would make the contract mean
 * something else here than to its other readers. */
static enum err check_part(const struct draft *draft, size_t line, const struct schema *part)
{
	if (part->types != SCHEMA_OBJECT || part->enumeration || part->constant)
		return refuse(draft, line, "\"allOf\" merges schemas of \"type: object\" only");
	if (part->others != SCHEMA_OTHERS_FREE)
		return refuse(draft, line, "a part of \"allOf\" refuses the other parts' members: leave its "
					   "additionalProperties out and put \"unevaluatedProperties: false\" beside "
					   "allOf");
	if (part->members_minimum || part->members_maximum != SIZE_MAX)
		return refuse(draft, line, "minProperties and maxProperties belong beside \"allOf\"");
	return ERR_NONE;
}

static enum err merge_part(struct draft *draft, size_t line, const json_t *node)
{
	const struct schema *part = NULL;
	enum err error = load_referred(draft->loader, node);
	if (!error)
		error = schema_load(draft->loader, line, node, &part);
	if (error)
		return error;
	part = schema_resolve(part);
	error = check_part(draft, line, part);
	for (size_t i = 0; !error && i < part->property_count; i++)
		error = add_property(draft, line, &part->properties[i]);
	return error;
}

static enum err read_all_of(struct draft *draft, size_t line, const json_t *value)
{
	if (!json_array_size(value))
		return refuse(draft, line, "\"allOf\" must be a list of schemas");
	if (json_object_get(draft->node, "additionalProperties"))
		return refuse(draft, line, "additionalProperties does not see the members of \"allOf\": use "
					   "unevaluatedProperties");
	draft->schema->types = SCHEMA_OBJECT;
	size_t index;
	json_t *node;
	json_array_foreach(value, index, node)
	{
		size_t at = yaml_source_line(draft->loader->source, node);
		enum err error = merge_part(draft, at ? at : line, node);
		if (error)
			return error;
	}
	return ERR_NONE;
}

/* Its names are looked up once all properties are known: see finish_required. */
static enum err read_required(struct draft *draft, size_t line, const json_t *value)
{
	if (!json_is_array(value))
		return refuse(draft, line, "\"required\" must be a list of names");
	return ERR_NONE;
}

static const struct word words[] = {
	{"$ref", 0, NULL, true},
	{"type", 0, read_type, false},
	{"enum", 0, read_enum, false},
	{"const", 0, read_const, false},
	{"format", SCHEMA_STRING, read_format, false},
	{"minLength", SCHEMA_STRING, read_length_minimum, false},
	{"maxLength", SCHEMA_STRING, read_length_maximum, false},
	{"pattern", SCHEMA_STRING, read_pattern, false},
	{"minimum", SCHEMA_INTEGER | SCHEMA_NUMBER, read_minimum, false},
	{"maximum", SCHEMA_INTEGER | SCHEMA_NUMBER, read_maximum, false},
	{"items", SCHEMA_ARRAY, read_items, false},
	{"minItems", SCHEMA_ARRAY, read_items_minimum, false},
	{"maxItems", SCHEMA_ARRAY, read_items_maximum, false},
	{"uniqueItems", SCHEMA_ARRAY, read_unique, false},
	{"properties", SCHEMA_OBJECT, read_properties, false},
	{"required", SCHEMA_OBJECT, read_required, false},
	{"additionalProperties", SCHEMA_OBJECT, read_others, false},
	{"unevaluatedProperties", SCHEMA_OBJECT, read_unevaluated, false},
	{"minProperties", SCHEMA_OBJECT, read_members_minimum, false},
	{"maxProperties", SCHEMA_OBJECT, read_members_maximum, false},
	{"allOf", 0, read_all_of, false},
	{"default", 0, read_default, true},
	{"description", 0, NULL, true},
	{"title", 0, NULL, true},
	{"examples", 0, NULL, true},
	{"example", 0, NULL, true},
	{"readOnly", 0, read_read_only, true},
	{"deprecated", 0, NULL, true},
	{"x-words", 0, NULL, true},
};

static const struct word *find_word(const char *name)
{
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (!strcmp(words[i].name, name))
			return &words[i];
	return NULL;
}

/* --- A whole schema --- */

/* Whether a word that speaks of some types stands beside a type that has one of them. */
static enum err check_word_type(const struct draft *draft, size_t line, const struct word *word)
{
	bool typed = json_object_get(draft->node, "type") || json_object_get(draft->node, "allOf");
	if (!word->types || (typed && (draft->schema->types & word->types)))
		return ERR_NONE;
	return load_refuse(draft->loader, line, "\"%s\" needs a \"type\" beside it that it speaks of", word->name);
}

static enum err read_word(struct draft *draft, const char *name, const json_t *value)
{
	size_t line = load_line(draft->loader, draft->node, name);
	const struct word *word = find_word(name);
	if (!word)
		return load_refuse(draft->loader, line, "unknown word \"%s\" in a schema", name);
	if (!word->is_annotation && draft->schema->reference)
		return load_refuse(draft->loader, line, "\"%s\" cannot stand beside $ref", name);
	return word->read ? word->read(draft, line, value) : ERR_NONE;
}

static enum err finish_required(struct draft *draft)
{
	const json_t *names = json_object_get(draft->node, "required");
	size_t line = load_line(draft->loader, draft->node, "required");
	size_t index;
	json_t *name;
	json_array_foreach(names, index, name)
	{
		if (!json_is_string(name))
			return refuse(draft, line, "\"required\" must be a list of names");
		struct schema_property *property = find_property(draft->schema, json_string_value(name));
		if (!property)
			return load_refuse(draft->loader, line, "\"required\" names \"%s\", which properties lacks",
					   json_string_value(name));
		property->required = true;
	}
	return ERR_NONE;
}

static int compare_properties(const void *left, const void *right)
{
	const struct schema_property *const *a = left;
	const struct schema_property *const *b = right;
	return strcmp((*a)->name, (*b)->name);
}

static enum err finish_properties(struct draft *draft)
{
	struct schema *schema = draft->schema;
	enum err error = finish_required(draft);
	if (error || !schema->property_count)
		return error;
	size_t size = schema->property_count * sizeof *schema->by_name;
	schema->by_name = arena_take(&draft->loader->contract->arena, size);
	if (!schema->by_name)
		return ERR_MEMORY;
	for (size_t i = 0; i < schema->property_count; i++) {
		schema->by_name[i] = &schema->properties[i];
		schema->required_count += schema->properties[i].required;
	}
	qsort(schema->by_name, schema->property_count, sizeof *schema->by_name, compare_properties);
	return ERR_NONE;
}

static bool lists_null(const json_t *enumeration)
{
	size_t index;
	json_t *value;
	json_array_foreach(enumeration, index, value)
		if (json_is_null(value))
			return true;
	return false;
}

/* What is legal to each word alone, but surely not meant. */
static enum err check_sense(const struct draft *draft)
{
	const struct schema *schema = draft->schema;
	if (schema->items_are_unique && schema->items_maximum > 1000)
		return refuse(draft, schema->line,
			      "uniqueItems needs a maxItems of 1000 or less: comparing is quadratic");
	if (schema->length_minimum > schema->length_maximum || schema->items_minimum > schema->items_maximum ||
	    schema->members_minimum > schema->members_maximum)
		return refuse(draft, schema->line, "a minimum above its maximum");
	bool takes_null = json_object_get(draft->node, "type") && (schema->types & SCHEMA_NULL);
	if (takes_null && schema->enumeration && !lists_null(schema->enumeration))
		return refuse(draft, schema->line, "\"type\" takes null, but \"enum\" does not list it");
	return ERR_NONE;
}

static enum err read_reference(struct draft *draft)
{
	const char *name = NULL;
	struct component_schema *component = NULL;
	size_t line = load_line(draft->loader, draft->node, "$ref");
	enum err error = load_reference(draft->loader, draft->node, "schemas", &name);
	if (error || !name)
		return error;
	error = find_component(draft->loader, line, name, &component);
	if (!error)
		draft->schema->reference = component->schema;
	return error;
}

static enum err read_words(struct draft *draft)
{
	const char *name;
	json_t *value;
	json_object_foreach((json_t *)draft->node, name, value)
	{
		enum err error = read_word(draft, name, value);
		if (error)
			return error;
	}
	json_object_foreach((json_t *)draft->node, name, value)
	{
		enum err error = check_word_type(draft, load_line(draft->loader, draft->node, name), find_word(name));
		if (error)
			return error;
	}
	return ERR_NONE;
}

static enum err read_schema(struct loader *loader, size_t line, const json_t *node, struct schema *schema)
{
	struct draft draft = {.loader = loader, .schema = schema, .node = node};
	if (!json_is_object(node))
		return refuse(&draft, line, "a schema must be an object");
	*schema = (struct schema)BLANK;
	schema->line = line;
	enum err error = read_reference(&draft);
	if (!error)
		error = read_words(&draft);
	if (!error)
		error = finish_properties(&draft);
	return error ? error : check_sense(&draft);
}

enum err schema_load(struct loader *loader, size_t line, const json_t *node, const struct schema **schema)
{
	struct schema *made = arena_take_zeroed(&loader->contract->arena, sizeof *made);
	if (!made)
		return ERR_MEMORY;
	enum err error = read_schema(loader, line, node, made);
	if (!error)
		*schema = made;
	return error;
}

/* --- components.schemas --- */

/* Read once; a schema that is needed whole while it is being read contains itself through allOf. */
static enum err load_component(struct loader *loader, struct component_schema *component)
{
	size_t line = yaml_source_line(loader->source, component->node);
	if (component->state == COMPONENT_READ)
		return ERR_NONE;
	if (component->state == COMPONENT_READING)
		return load_refuse(loader, line, "\"%s\" contains itself through allOf", component->name);
	component->state = COMPONENT_READING;
	enum err error = read_schema(loader, line, component->node, component->schema);
	component->state = COMPONENT_READ;
	return error;
}

/* Gives every component its address, so that references can be resolved in any order. */
static enum err place_components(struct loader *loader, json_t *nodes)
{
	struct arena *arena = &loader->contract->arena;
	size_t count = json_object_size(nodes);
	struct component_schema *components = arena_take_zeroed(arena, (count + 1) * sizeof *components);
	if (!components)
		return ERR_MEMORY;
	size_t i = 0;
	const char *name;
	json_t *node;
	json_object_foreach(nodes, name, node)
	{
		struct schema *schema = arena_take_zeroed(arena, sizeof *schema);
		if (!schema)
			return ERR_MEMORY;
		components[i++] = (struct component_schema){.name = name, .node = node, .schema = schema};
	}
	loader->schemas = components;
	loader->schema_count = count;
	return ERR_NONE;
}

enum err schema_load_components(struct loader *loader)
{
	json_t *nodes = NULL;
	enum err error = load_object(loader, loader->components, "schemas", &nodes);
	if (!error)
		error = place_components(loader, nodes);
	for (size_t i = 0; !error && i < loader->schema_count; i++) {
		if (!json_is_object(loader->schemas[i].node))
			return load_refuse(loader, load_line(loader, nodes, loader->schemas[i].name),
					   "a schema must be an object");
		error = load_component(loader, &loader->schemas[i]);
		if (!error)
			error = load_referred(loader, loader->schemas[i].node);
	}
	return error;
}

/* --- Bodies --- */

enum err schema_check_body(struct loader *loader, const struct schema *schema)
{
	struct schema *seen = (struct schema *)schema_resolve(schema); /* all but schema_anything are the arena's */
	if (seen == &schema_anything || seen->is_body_checked)
		return ERR_NONE;
	seen->is_body_checked = true;
	if (seen->types != SCHEMA_ANY && (seen->types & SCHEMA_OBJECT) && !seen->states_others)
		return load_refuse(loader, seen->line, "an object in a body must state additionalProperties");
	enum err error = schema_check_body(loader, seen->items);
	if (!error && seen->other)
		error = schema_check_body(loader, seen->other);
	for (size_t i = 0; !error && i < seen->property_count; i++)
		error = schema_check_body(loader, seen->properties[i].schema);
	return error;
}
