/* Loads the contract from its root down, and answers questions about it. */
#include <stdlib.h>
#include <string.h>

#include "contract/contract.h"
#include "contract/loader.h"
#include "contract/message.h"
#include "contract/operation.h"
#include "contract/parameter.h"

enum { CONTRACT_MEMORY_MAXIMUM = 64 << 20 };

static enum err check_root_words(const struct loader *loader, const json_t *root)
{
	static const char *const words[] = {"openapi",	  "info",     "servers", "tags",
					    "paths", "components", "security", NULL};
	if (!json_is_object(root))
		return load_refuse(loader, 1, "the contract must be an object");
	const char *key;
	json_t *value;
	json_object_foreach((json_t *)root, key, value)
	{
		bool known = !strncmp(key, "x-", 2);
		for (const char *const *word = words; *word && !known; word++)
			known = !strcmp(*word, key);
		if (!known)
			return load_refuse(loader, load_line(loader, root, key), "unknown word \"%s\" in the root",
					   key);
	}
	return ERR_NONE;
}

static enum err check_version(const struct loader *loader, const json_t *root)
{
	const char *version = NULL;
	enum err error = load_text(loader, root, "openapi", true, &version);
	if (!error && strncmp(version, "3.1.", 4) != 0)
		return load_refuse(loader, load_line(loader, root, "openapi"), "\"openapi\" must be 3.1");
	return error;
}

static enum err load_components(struct loader *loader)
{
	static const char *const words[] = {"schemas", "parameters", "responses", "headers", "securitySchemes", NULL};
	size_t line = load_line(loader, loader->contract->root, "components");
	enum err error = load_words(loader, line, loader->components, "components", words);
	if (!error)
		error = schema_load_components(loader);
	if (!error)
		error = parameter_load_components(loader);
	return error ? error : message_check_components(loader);
}

static enum err load_paths(struct loader *loader)
{
	json_t *root = loader->contract->root;
	json_t *paths = NULL;
	enum err error = load_object(loader, root, "paths", &paths);
	if (!error && !paths)
		return load_refuse(loader, 1, "\"paths\" is missing");
	return error ? error : operation_load_paths(loader, paths);
}

static enum err load_root(struct loader *loader)
{
	json_t *root = loader->contract->root;
	enum err error = check_root_words(loader, root);
	if (!error)
		error = check_version(loader, root);
	loader->components = json_incref(json_object_get(root, "components"));
	if (!loader->components)
		loader->components = json_object();
	if (!loader->components)
		return ERR_MEMORY;
	loader->tags = json_object_get(root, "tags");
	if (!error)
		error = load_components(loader);
	if (!error)
		error = load_paths(loader);
	json_decref(loader->components);
	return error;
}

static enum err keep_json(struct contract *contract)
{
	contract->json = json_dumps(contract->root, JSON_COMPACT);
	if (!contract->json)
		return ERR_MEMORY;
	contract->json_length = strlen(contract->json);
	return ERR_NONE;
}

static enum err load_text_into(struct contract *contract, const char *text, size_t length, struct bytes *fault)
{
	struct yaml_source *source = NULL;
	enum err error = yaml_source_read(text, length, fault, &source);
	if (error)
		return error;
	contract->root = json_incref(yaml_source_root(source));
	struct loader loader = {.contract = contract, .source = source, .fault = fault};
	error = load_root(&loader);
	yaml_source_free(source);
	return error ? error : keep_json(contract);
}

enum err contract_load(const char *text, size_t length, struct bytes *fault, struct contract **contract)
{
	struct contract *made = calloc(1, sizeof *made);
	if (!made)
		return ERR_MEMORY;
	arena_init(&made->arena, CONTRACT_MEMORY_MAXIMUM);
	enum err error = load_text_into(made, text, length, fault);
	if (error)
		contract_free(made);
	else
		*contract = made;
	return error;
}

void contract_free(struct contract *contract)
{
	if (!contract)
		return;
	for (struct pattern *pattern = contract->patterns; pattern; pattern = pattern->next)
		regfree(&pattern->compiled);
	json_decref(contract->root);
	free(contract->json);
	arena_release(&contract->arena);
	free(contract);
}

const struct operation *contract_operations(const struct contract *contract, size_t *count)
{
	*count = contract->operation_count;
	return contract->operations;
}

const struct operation *contract_find(const struct contract *contract, const char *operation_id)
{
	for (size_t i = 0; i < contract->operation_count; i++)
		if (!strcmp(contract->operations[i].id, operation_id))
			return &contract->operations[i];
	return NULL;
}

const char *contract_json(const struct contract *contract, size_t *length)
{
	*length = contract->json_length;
	return contract->json;
}

json_t *contract_member(const struct contract *contract, const char *name)
{
	return json_object_get(contract->root, name);
}

enum match_result contract_match(const struct contract *contract, const char *method, const char *path,
				 struct match *match)
{
	return route_match(&contract->routes, method, path, match);
}
