/* Finds the body's schema, the success's status and schema; checks the words of the rest. */
#include "contract/message.h"

#include <string.h>

static const char *const body_types[] = {"application/json", "application/merge-patch+json", NULL};

/* --- content --- */

static enum err read_media(struct loader *loader, size_t line, const json_t *media, const struct schema **schema)
{
	static const char *const words[] = {"schema", "example", "examples", NULL};
	enum err error = load_words(loader, line, media, "a media type", words);
	const json_t *node = json_object_get(media, "schema");
	if (error || !node)
		return error;
	return schema_load(loader, load_line(loader, media, "schema"), node, schema);
}

/* Compiles the schemas of all media types; `json` gets that of application/json, if there is one. */
static enum err read_content(struct loader *loader, const json_t *holder, const struct schema **json)
{
	json_t *content = NULL;
	enum err error = load_object(loader, holder, "content", &content);
	if (error)
		return error;
	const char *type;
	json_t *media;
	json_object_foreach(content, type, media)
	{
		const struct schema *schema = NULL;
		error = read_media(loader, load_line(loader, content, type), media, &schema);
		if (error)
			return error;
		if (!strcmp(type, "application/json"))
			*json = schema;
	}
	return ERR_NONE;
}

/* --- requestBody --- */

static enum err read_body_content(struct loader *loader, const json_t *body, struct operation *operation)
{
	const json_t *content = json_object_get(body, "content");
	size_t line = load_line(loader, body, "content");
	const char *type = json_object_iter_key(json_object_iter((json_t *)content));
	if (json_object_size(content) != 1)
		return load_refuse(loader, line, "a requestBody must have exactly one media type");
	line = load_line(loader, content, type);
	if (strcmp(type, body_types[0]) != 0 && strcmp(type, body_types[1]) != 0)
		return load_refuse(loader, line, "a requestBody must be %s or %s", body_types[0], body_types[1]);
	const struct schema *schema = NULL;
	enum err error = read_media(loader, line, json_object_get(content, type), &schema);
	if (error)
		return error;
	if (!schema)
		return load_refuse(loader, line, "\"schema\" is missing");
	operation->body_type = type;
	operation->body = schema;
	return schema_check_body(loader, schema);
}

enum err message_load_body(struct loader *loader, const json_t *node, struct operation *operation)
{
	static const char *const words[] = {"required", "description", "content", NULL};
	const json_t *body = json_object_get(node, "requestBody");
	size_t line = load_line(loader, node, "requestBody");
	bool required = false;
	if (!body)
		return ERR_NONE;
	enum err error = load_words(loader, line, body, "a requestBody", words);
	if (!error)
		error = load_flag(loader, body, "required", &required);
	if (!error && !required)
		return load_refuse(loader, line, "a requestBody must be \"required: true\"");
	return error ? error : read_body_content(loader, body, operation);
}

/* --- responses --- */

static enum err check_header(struct loader *loader, size_t line, const json_t *header)
{
	static const char *const words[] = {"description", "required", "schema", "example", "deprecated", NULL};
	enum err error = load_words(loader, line, header, "a header", words);
	const json_t *node = json_object_get(header, "schema");
	const struct schema *schema;
	if (error || !node)
		return error;
	return schema_load(loader, load_line(loader, header, "schema"), node, &schema);
}

static enum err check_reference(struct loader *loader, const json_t *node, const char *kind, const char *name)
{
	if (json_object_size(node) != 1)
		return load_refuse(loader, load_line(loader, node, "$ref"), "nothing can stand beside this $ref");
	if (!json_object_get(json_object_get(loader->components, kind), name))
		return load_refuse(loader, load_line(loader, node, "$ref"), "components.%s has no \"%s\"", kind, name);
	return ERR_NONE;
}

static enum err check_headers(struct loader *loader, const json_t *holder)
{
	json_t *headers = NULL;
	enum err error = load_object(loader, holder, "headers", &headers);
	const char *key;
	json_t *header;
	json_object_foreach(headers, key, header)
	{
		const char *name = NULL;
		error = load_reference(loader, header, "headers", &name);
		if (!error && name)
			error = check_reference(loader, header, "headers", name);
		else if (!error)
			error = check_header(loader, load_line(loader, headers, key), header);
		if (error)
			break;
	}
	return error;
}

static enum err read_response(struct loader *loader, size_t line, const json_t *response, const struct schema **answer)
{
	static const char *const words[] = {"description", "headers", "content", NULL};
	const char *description;
	enum err error = load_words(loader, line, response, "a response", words);
	if (!error)
		error = load_text(loader, response, "description", true, &description);
	if (!error)
		error = check_headers(loader, response);
	return error ? error : read_content(loader, response, answer);
}

static enum err read_response_or_reference(struct loader *loader, size_t line, const json_t *response,
					   const struct schema **answer)
{
	const char *name = NULL;
	enum err error = load_reference(loader, response, "responses", &name);
	if (error)
		return error;
	if (!name)
		return read_response(loader, line, response, answer);
	error = check_reference(loader, response, "responses", name);
	if (error)
		return error;
	const json_t *responses = json_object_get(loader->components, "responses");
	return read_response(loader, load_line(loader, responses, name), json_object_get(responses, name), answer);
}

static enum err read_status(struct loader *loader, size_t line, const char *text, unsigned *status)
{
	*status = 0;
	if (!strcmp(text, "default"))
		return ERR_NONE;
	if (strlen(text) != 3 || text[0] < '1' || text[0] > '5' || strspn(text, "0123456789") != 3)
		return load_refuse(loader, line, "\"%s\" is no status", text);
	*status = (unsigned)((text[0] - '0') * 100 + (text[1] - '0') * 10 + text[2] - '0');
	return ERR_NONE;
}

/* One of the statuses that `responses` lists. */
static enum err read_outcome(struct loader *loader, const json_t *responses, const char *key, const json_t *response,
			     struct operation *operation)
{
	size_t line = load_line(loader, responses, key);
	unsigned status;
	const struct schema *answer = NULL;
	enum err error = read_status(loader, line, key, &status);
	if (!error)
		error = read_response_or_reference(loader, line, response, &answer);
	if (error || status < 200 || status > 299)
		return error;
	if (operation->status)
		return load_refuse(loader, line, "a second status of success");
	operation->status = status;
	operation->answer = answer;
	return ERR_NONE;
}

enum err message_load_responses(struct loader *loader, const json_t *node, struct operation *operation)
{
	json_t *responses = NULL;
	enum err error = load_object(loader, node, "responses", &responses);
	const char *key;
	json_t *response;
	if (error)
		return error;
	json_object_foreach(responses, key, response)
	{
		error = read_outcome(loader, responses, key, response, operation);
		if (error)
			return error;
	}
	if (!operation->status)
		return load_refuse(loader, load_line(loader, node, "responses"), "no status of success in responses");
	return ERR_NONE;
}

enum err message_check_components(struct loader *loader)
{
	json_t *responses = NULL;
	enum err error = check_headers(loader, loader->components);
	if (!error)
		error = load_object(loader, loader->components, "responses", &responses);
	const char *name;
	json_t *response;
	json_object_foreach(responses, name, response)
	{
		const struct schema *answer = NULL;
		if (!error)
			error = read_response(loader, load_line(loader, responses, name), response, &answer);
	}
	return error;
}
