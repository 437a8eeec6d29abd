/* Turns path items into operations and routes. */
#include "contract/operation.h"

#include <string.h>

#include "contract/message.h"
#include "contract/parameter.h"

static const char *const methods[] = {"get", "post", "put", "patch", "delete", NULL};
static const char *const method_names[] = {"GET", "POST", "PUT", "PATCH", "DELETE"};

/* An operation while it is read. */
struct reading {
	struct loader *loader;
	const json_t *item; /* the path's */
	const json_t *node;
	size_t line;
	struct operation *operation;
	struct input *inputs;
	size_t capacity;
};

static enum err refuse(const struct reading *reading, const char *key, const char *what)
{
	return load_refuse(reading->loader, load_line(reading->loader, reading->node, key), "%s", what);
}

/* --- Inputs --- */

static enum err add_input(struct reading *reading, size_t line, const struct input *input)
{
	struct operation *operation = reading->operation;
	for (size_t i = 0; i < operation->input_count; i++)
		if (!strcmp(reading->inputs[i].name, input->name))
			return load_refuse(reading->loader, line, "a second input \"%s\" in %s", input->name,
					   operation->id);
	if (operation->input_count == reading->capacity)
		return load_refuse(reading->loader, line, "more than %zu inputs in %s", reading->capacity,
				   operation->id);
	reading->inputs[operation->input_count++] = *input;
	return ERR_NONE;
}

static enum err read_parameters_of(struct reading *reading, const json_t *holder)
{
	const json_t *parameters = json_object_get(holder, "parameters");
	size_t line = load_line(reading->loader, holder, "parameters");
	if (parameters && !json_is_array(parameters))
		return load_refuse(reading->loader, line, "\"parameters\" must be a list");
	for (size_t i = 0; i < json_array_size(parameters); i++) {
		const json_t *node = json_array_get(parameters, i);
		struct input input;
		line = yaml_source_line(reading->loader->source, node);
		enum err error = parameter_load(reading->loader, line, node, &input);
		if (!error)
			error = add_input(reading, line, &input);
		if (error)
			return error;
	}
	return ERR_NONE;
}

static bool is_named(const struct input *input, const char *name, size_t length)
{
	return input->place == PLACE_PATH && strlen(input->name) == length && !memcmp(input->name, name, length);
}

/* Moves the path input of that name to place `first`. */
static bool move_input(struct reading *reading, const char *name, size_t length, size_t first)
{
	for (size_t i = first; i < reading->operation->input_count; i++) {
		if (!is_named(&reading->inputs[i], name, length))
			continue;
		struct input found = reading->inputs[i];
		memmove(&reading->inputs[first + 1], &reading->inputs[first], (i - first) * sizeof found);
		reading->inputs[first] = found;
		return true;
	}
	return false;
}

/* Path inputs first, in the path's order; then query, then headers: the order in which a request is checked. */
static enum err order_inputs(struct reading *reading)
{
	const char *path = reading->operation->path;
	size_t count = 0;
	while ((path = strchr(path, '{'))) {
		size_t length = strcspn(++path, "}");
		if (!move_input(reading, path, length, count++))
			return load_refuse(reading->loader, reading->line, "no parameter says what {%.*s} is",
					   (int)length, path);
	}
	for (size_t i = count; i < reading->operation->input_count; i++) {
		if (reading->inputs[i].place == PLACE_PATH)
			return load_refuse(reading->loader, reading->line, "the path has no {%s}",
					   reading->inputs[i].name);
		if (reading->inputs[i].place != PLACE_QUERY)
			continue;
		struct input found = reading->inputs[i];
		memmove(&reading->inputs[count + 1], &reading->inputs[count], (i - count) * sizeof found);
		reading->inputs[count++] = found;
	}
	return ERR_NONE;
}

static enum err add_member(struct reading *reading, const struct schema_property *property)
{
	struct loader *loader = reading->loader;
	size_t line = property->schema->line;
	struct input input = {
		.name = property->name,
		.place = PLACE_BODY,
		.pointer = arena_format(&loader->contract->arena, "/%s", property->name),
		.required = property->required,
		.schema = property->schema,
	};
	if (!input.pointer)
		return ERR_MEMORY;
	if (!load_is_input_name(input.name))
		return load_refuse(loader, line,
				   "\"%s\" is no name for an input: letters and digits, a small letter first",
				   input.name);
	/* A member that a merge patch leaves out stays as it is. */
	enum err error = ERR_NONE;
	if (strcmp(reading->operation->body_type, "application/merge-patch+json") != 0)
		error = parameter_load_fallback(loader, line, &input);
	input.schema = schema_resolve(input.schema);
	return error ? error : add_input(reading, line, &input);
}

static enum err add_members(struct reading *reading)
{
	if (!reading->operation->body)
		return ERR_NONE;
	const struct schema *body = schema_resolve(reading->operation->body);
	for (size_t i = 0; i < body->property_count; i++) {
		if (schema_is_read_only(body->properties[i].schema))
			continue;
		enum err error = add_member(reading, &body->properties[i]);
		if (error)
			return error;
	}
	return ERR_NONE;
}

static size_t count_inputs(const struct reading *reading)
{
	const struct schema *body = reading->operation->body;
	return json_array_size(json_object_get(reading->item, "parameters")) +
	       json_array_size(json_object_get(reading->node, "parameters")) +
	       (body ? schema_resolve(body)->property_count : 0);
}

static enum err read_inputs(struct reading *reading)
{
	reading->capacity = count_inputs(reading);
	reading->inputs =
		arena_take_zeroed(&reading->loader->contract->arena, (reading->capacity + 1) * sizeof *reading->inputs);
	if (!reading->inputs)
		return ERR_MEMORY;
	reading->operation->inputs = reading->inputs;
	enum err error = read_parameters_of(reading, reading->item);
	if (!error)
		error = read_parameters_of(reading, reading->node);
	if (!error)
		error = order_inputs(reading);
	return error ? error : add_members(reading);
}

/* --- Our own words --- */

static enum err read_ledger(struct reading *reading)
{
	static const char *const kinds[] = {"collection",  "alteration", "consultation", "disclosure",
					    "combination", "erasure",	 "none",	 NULL};
	unsigned kind = 0;
	enum err error = load_choice(reading->loader, reading->node, "x-ledger", kinds, &kind);
	if (!error)
		reading->operation->ledger = kinds[kind];
	return error;
}

static enum err read_lane(struct reading *reading)
{
	static const char *const lanes[] = {"intake", "point", "write", "list", "bulk", NULL}; /* as enum lane */
	unsigned lane = 0;
	enum err error = load_choice(reading->loader, reading->node, "x-lane", lanes, &lane);
	if (!error)
		reading->operation->lane = (enum lane)lane;
	return error;
}

static enum err read_precondition(struct reading *reading)
{
	static const char *const words[] = {"none", "if_match", "idempotency_key", "both", NULL};
	unsigned word = 0;
	enum err error = load_choice(reading->loader, reading->node, "x-precondition", words, &word);
	if (!error)
		reading->operation->precondition = (enum precondition)word;
	return error;
}

static enum err read_roles(struct reading *reading)
{
	const json_t *list = json_object_get(reading->node, "x-roles");
	size_t count = json_array_size(list);
	const char **roles =
		arena_take_zeroed(&reading->loader->contract->arena, (count + 1) * sizeof *roles);
	if (!roles)
		return ERR_MEMORY;
	for (size_t i = 0; i < count; i++) {
		roles[i] = json_string_value(json_array_get(list, i));
		if (!roles[i] || strspn(roles[i], "abcdefghijklmnopqrstuvwxyz_") != strlen(roles[i]) || !*roles[i])
			return refuse(reading, "x-roles", "\"x-roles\" must list words like call_handler");
	}
	reading->operation->roles = roles;
	if (!count && !reading->operation->is_public)
		return refuse(reading, "x-roles", "\"x-roles\" must say who may call (or x-public: true)");
	if (count && reading->operation->is_public)
		return refuse(reading, "x-roles", "what is public has no \"x-roles\"");
	return ERR_NONE;
}

static bool is_declared(const json_t *tags, const char *name)
{
	for (size_t i = 0; i < json_array_size(tags); i++) {
		const char *tag = json_string_value(json_object_get(json_array_get(tags, i), "name"));
		if (tag && !strcmp(tag, name))
			return true;
	}
	return false;
}

static enum err read_tag(struct reading *reading)
{
	const json_t *tags = json_object_get(reading->node, "tags");
	const char *tag = json_string_value(json_array_get(tags, 0));
	if (json_array_size(tags) != 1 || !tag)
		return refuse(reading, "tags", "\"tags\" must hold exactly one: the operation's folder");
	if (!*tag || strspn(tag, "abcdefghijklmnopqrstuvwxyz0123456789-") != strlen(tag))
		return refuse(reading, "tags", "a tag must be a folder's name: small letters, digits, hyphens");
	if (reading->loader->tags && !is_declared(reading->loader->tags, tag))
		return refuse(reading, "tags", "the root's tags do not have this one");
	reading->operation->resource = tag;
	return ERR_NONE;
}

static enum err read_id(struct reading *reading)
{
	const struct contract *contract = reading->loader->contract;
	const char *id = NULL;
	enum err error = load_text(reading->loader, reading->node, "operationId", true, &id);
	if (error)
		return error;
	if (!load_is_input_name(id))
		return refuse(reading, "operationId",
			      "an operationId must be letters and digits, a small letter first");
	if (contract_find(contract, id))
		return refuse(reading, "operationId", "another operation has this operationId");
	reading->operation->id = id;
	return ERR_NONE;
}

static enum err read_own_words(struct reading *reading)
{
	struct operation *operation = reading->operation;
	enum err error = load_flag(reading->loader, reading->node, "x-public", &operation->is_public);
	if (!error)
		error = load_flag(reading->loader, reading->node, "x-list", &operation->is_list);
	if (!error)
		error = load_text(reading->loader, reading->node, "x-location", false, &operation->location);
	if (!error)
		error = load_text(reading->loader, reading->node, "x-writer", false, &operation->writer);
	if (!error)
		error = read_lane(reading);
	if (!error)
		error = read_precondition(reading);
	if (!error)
		error = read_ledger(reading);
	return error ? error : read_roles(reading);
}

/* --- An operation --- */

static enum err add_route(struct reading *reading)
{
	struct contract *contract = reading->loader->contract;
	enum err error = route_add(&contract->routes, &contract->arena, reading->operation);
	if (error == ERR_INPUT)
		return load_refuse(reading->loader, reading->line, "a path must be /words and {parameters}");
	if (error == ERR_NOT_NOW)
		return load_refuse(reading->loader, reading->line, "another path matches the same requests");
	if (error == ERR_LIMIT)
		return load_refuse(reading->loader, reading->line, "a path can have %d parameters at most",
				   CONTRACT_PATH_VALUES);
	return error;
}

static enum err read_operation(struct reading *reading)
{
	static const char *const words[] = {
		"operationId", "summary",  "description", "tags",   "parameters",     "requestBody",
		"responses",   "security", "deprecated",  "x-lane", "x-precondition", "x-ledger",
		"x-roles",     "x-list",   "x-public",	  "x-location", "x-writer", NULL};
	enum err error = load_words(reading->loader, reading->line, reading->node, "an operation", words);
	if (!error)
		error = read_id(reading);
	if (!error)
		error = read_tag(reading);
	if (!error)
		error = read_own_words(reading);
	if (!error)
		error = message_load_body(reading->loader, reading->node, reading->operation);
	if (!error)
		error = message_load_responses(reading->loader, reading->node, reading->operation);
	if (!error)
		error = add_route(reading);
	return error ? error : read_inputs(reading);
}

/* --- Paths --- */

static enum err read_item(struct loader *loader, const char *path, const json_t *item)
{
	static const char *const words[] = {"get",	  "post",	"put",	      "patch", "delete",
					    "parameters", "summary", "description", NULL};
	struct contract *contract = loader->contract;
	const json_t *paths = json_object_get(contract->root, "paths");
	enum err error = load_words(loader, load_line(loader, paths, path), item, "a path", words);
	for (int i = 0; !error && methods[i]; i++) {
		struct operation *operation = &contract->operations[contract->operation_count];
		const json_t *node = json_object_get(item, methods[i]);
		if (!node)
			continue;
		*operation = (struct operation){.path = path, .method = method_names[i]};
		struct reading reading = {.loader = loader,
					  .item = item,
					  .node = node,
					  .line = load_line(loader, item, methods[i]),
					  .operation = operation};
		error = read_operation(&reading);
		contract->operation_count += !error;
	}
	return error;
}

/* "{newId}" becomes a segment that every parameter takes. */
static bool is_location(const struct contract *contract, const char *location)
{
	char path[256];
	size_t length = 0;
	struct match match;
	for (; *location && length < sizeof path - 1; location++) {
		if (*location == '{')
			location += strcspn(location, "}");
		path[length++] = *location == '}' ? '-' : *location;
		if (!*location)
			return false;
	}
	path[length] = '\0';
	return !*location && contract_match(contract, "GET", path, &match) == MATCH_FOUND;
}

/* A Location that nothing answers would be a promise not kept. Told at the paths' line: all must have been read. */
static enum err check_locations(struct loader *loader, const json_t *paths)
{
	const struct contract *contract = loader->contract;
	for (size_t i = 0; i < contract->operation_count; i++) {
		const struct operation *operation = &contract->operations[i];
		if (operation->location && !is_location(contract, operation->location))
			return load_refuse(loader, load_line(loader, paths, operation->path),
					   "no GET answers the x-location of %s", operation->id);
	}
	return ERR_NONE;
}

enum err operation_load_paths(struct loader *loader, json_t *paths)
{
	struct contract *contract = loader->contract;
	size_t most = json_object_size(paths) * ROUTE_METHODS + 1;
	contract->operations = arena_take_zeroed(&contract->arena, most * sizeof *contract->operations);
	if (!contract->operations)
		return ERR_MEMORY;
	const char *path;
	json_t *item;
	json_object_foreach(paths, path, item)
	{
		enum err error = read_item(loader, path, item);
		if (error)
			return error;
	}
	return check_locations(loader, paths);
}
