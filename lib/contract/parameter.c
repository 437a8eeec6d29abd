/* Turns parameter objects into inputs. */
#include "contract/parameter.h"

#include <string.h>

#include "contract/validate.h"
#include "contract/value.h"

static const char *const words[] = {"name",	   "in",     "required", "description", "schema",
				    "example", "examples", "deprecated", "x-name",	 NULL};
static const char *const places[] = {"path", "query", "header", NULL}; /* as enum place */

enum err parameter_load_fallback(struct loader *loader, size_t line, struct input *input)
{
	const json_t *fallback = schema_fallback(input->schema);
	if (!fallback)
		return ERR_NONE;
	struct faults faults = {0};
	struct fault_sink sink = {.arena = &loader->contract->arena, .faults = &faults};
	const struct fault_step step = {.name = ""};
	validate_value(&sink, input->schema, fallback, &step);
	if (faults.count)
		return load_refuse(loader, line, "the default of \"%s\" is none that its schema takes: %s",
				   input->name, faults.list[0].detail);
	return value_text(&loader->contract->arena, fallback, &input->fallback);
}

static enum err read_name(struct loader *loader, const json_t *node, struct input *input)
{
	const char *name = NULL;
	const char *own = NULL;
	enum err error = load_text(loader, node, "name", true, &name);
	if (!error)
		error = load_text(loader, node, "x-name", input->place == PLACE_HEADER, &own);
	if (error)
		return error;
	if (own && input->place != PLACE_HEADER)
		return load_refuse(loader, load_line(loader, node, "x-name"), "\"x-name\" is for headers");
	input->header = own ? name : NULL;
	input->name = own ? own : name;
	if (!load_is_input_name(input->name))
		return load_refuse(loader, load_line(loader, node, own ? "x-name" : "name"),
				   "\"%s\" is no name for an input: letters and digits, a small letter first",
				   input->name);
	input->pointer = arena_format(&loader->contract->arena, "%s:%s", places[input->place], name);
	return input->pointer ? ERR_NONE : ERR_MEMORY;
}

static enum err read_schema(struct loader *loader, const json_t *node, struct input *input)
{
	const json_t *schema = json_object_get(node, "schema");
	size_t line = load_line(loader, node, "schema");
	if (!schema)
		return load_refuse(loader, line, "\"schema\" is missing");
	enum err error = schema_load(loader, line, schema, &input->schema);
	if (!error)
		error = parameter_load_fallback(loader, line, input);
	if (error)
		return error;
	input->schema = schema_resolve(input->schema);
	unsigned types = input->schema->types;
	if (types != SCHEMA_STRING && types != SCHEMA_INTEGER && types != SCHEMA_BOOLEAN)
		return load_refuse(loader, line, "a parameter's type must be string, integer or boolean");
	return ERR_NONE;
}

static enum err read_parameter(struct loader *loader, size_t line, const json_t *node, struct input *input)
{
	struct input made = {0};
	unsigned place = 0;
	enum err error = load_words(loader, line, node, "a parameter", words);
	if (!error)
		error = load_choice(loader, node, "in", places, &place);
	made.place = (enum place)place;
	if (!error)
		error = read_name(loader, node, &made);
	if (!error)
		error = load_flag(loader, node, "required", &made.required);
	if (!error)
		error = read_schema(loader, node, &made);
	if (error)
		return error;
	if (made.place == PLACE_PATH && !made.required)
		return load_refuse(loader, line, "a path parameter must be \"required: true\"");
	if (made.required && made.fallback)
		return load_refuse(loader, line, "a required parameter's default would never be used");
	*input = made;
	return ERR_NONE;
}

enum err parameter_load(struct loader *loader, size_t line, const json_t *node, struct input *input)
{
	const char *name = NULL;
	enum err error = load_reference(loader, node, "parameters", &name);
	if (error)
		return error;
	if (!name)
		return read_parameter(loader, line, node, input);
	if (json_object_size(node) != 1)
		return load_refuse(loader, line, "nothing can stand beside a parameter's $ref");
	for (size_t i = 0; i < loader->parameter_count; i++) {
		if (strcmp(loader->parameters[i].name, name) != 0)
			continue;
		*input = loader->parameters[i].input;
		return ERR_NONE;
	}
	return load_refuse(loader, load_line(loader, node, "$ref"), "components.parameters has no \"%s\"", name);
}

enum err parameter_load_components(struct loader *loader)
{
	json_t *nodes = NULL;
	enum err error = load_object(loader, loader->components, "parameters", &nodes);
	if (error)
		return error;
	size_t size = (json_object_size(nodes) + 1) * sizeof *loader->parameters;
	loader->parameters = arena_take_zeroed(&loader->contract->arena, size);
	if (!loader->parameters)
		return ERR_MEMORY;
	const char *name;
	json_t *node;
	json_object_foreach(nodes, name, node)
	{
		struct component_parameter *parameter = &loader->parameters[loader->parameter_count];
		parameter->name = name;
		error = read_parameter(loader, load_line(loader, nodes, name), node, &parameter->input);
		if (error)
			return error;
		loader->parameter_count++;
	}
	return ERR_NONE;
}
