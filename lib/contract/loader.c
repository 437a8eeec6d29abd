/* Reads words, texts and flags out of the document and tells faults with their lines. */
#include "contract/loader.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

size_t load_line(const struct loader *loader, const json_t *object, const char *key)
{
	return yaml_source_line_of_member(loader->source, object, key);
}

enum err load_refuse(const struct loader *loader, size_t line, const char *format, ...)
{
	char text[512];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	bytes_format(loader->fault, "line %zu: %s", line, text);
	return ERR_INPUT;
}

static bool is_word(const char *text, const char *const *words)
{
	for (; *words; words++)
		if (!strcmp(text, *words))
			return true;
	return false;
}

enum err load_words(const struct loader *loader, size_t line, const json_t *object, const char *what,
		    const char *const *words)
{
	if (!json_is_object(object))
		return load_refuse(loader, line, "%s must be an object", what);
	const char *key;
	json_t *value;
	json_object_foreach((json_t *)object, key, value)
		if (!is_word(key, words))
			return load_refuse(loader, load_line(loader, object, key), "unknown word \"%s\" in %s", key,
					   what);
	return ERR_NONE;
}

enum err load_text(const struct loader *loader, const json_t *object, const char *key, bool required,
		   const char **text)
{
	const json_t *value = json_object_get(object, key);
	size_t line = load_line(loader, object, key);
	if (!value)
		return required ? load_refuse(loader, line, "\"%s\" is missing", key) : ERR_NONE;
	if (!json_is_string(value) || strlen(json_string_value(value)) != json_string_length(value))
		return load_refuse(loader, line, "\"%s\" must be a text", key);
	*text = json_string_value(value);
	return ERR_NONE;
}

enum err load_flag(const struct loader *loader, const json_t *object, const char *key, bool *flag)
{
	const json_t *value = json_object_get(object, key);
	if (value && !json_is_boolean(value))
		return load_refuse(loader, load_line(loader, object, key), "\"%s\" must be true or false", key);
	if (value)
		*flag = json_is_true(value);
	return ERR_NONE;
}

enum err load_choice(const struct loader *loader, const json_t *object, const char *key, const char *const *words,
		     unsigned *choice)
{
	const char *text = NULL;
	enum err error = load_text(loader, object, key, true, &text);
	if (error)
		return error;
	for (unsigned i = 0; words[i]; i++) {
		if (strcmp(words[i], text) != 0)
			continue;
		*choice = i;
		return ERR_NONE;
	}
	return load_refuse(loader, load_line(loader, object, key), "\"%s\" knows no \"%s\"", key, text);
}

enum err load_object(const struct loader *loader, const json_t *object, const char *key, json_t **member)
{
	json_t *value = json_object_get(object, key);
	if (value && !json_is_object(value))
		return load_refuse(loader, load_line(loader, object, key), "\"%s\" must be an object", key);
	*member = value;
	return ERR_NONE;
}

enum err load_reference(const struct loader *loader, const json_t *node, const char *kind, const char **name)
{
	const char *target = NULL;
	enum err error = load_text(loader, node, "$ref", false, &target);
	if (error)
		return error;
	*name = NULL;
	if (!target)
		return ERR_NONE;
	char prefix[64];
	int length = snprintf(prefix, sizeof prefix, "#/components/%s/", kind);
	if (strncmp(target, prefix, (size_t)length) != 0 || strchr(target + length, '/'))
		return load_refuse(loader, load_line(loader, node, "$ref"), "a reference here must be \"%sName\"",
				   prefix);
	*name = target + length;
	return ERR_NONE;
}

bool load_is_input_name(const char *name)
{
	static const char tail[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
	size_t length = strlen(name);
	return *name >= 'a' && *name <= 'z' && length <= 63 && strspn(name, tail) == length;
}
