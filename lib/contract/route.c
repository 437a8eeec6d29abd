/* Adds paths to a tree of segments and finds a request's operation in it. */
#include "contract/route.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static const char *const method_names[ROUTE_METHODS] = {"GET", "POST", "PUT", "PATCH", "DELETE"};

int route_method(const char *method)
{
	for (int i = 0; i < ROUTE_METHODS; i++)
		if (!strcmp(method, method_names[i]))
			return i;
	return -1;
}

static struct route *find_literal(const struct route *route, const char *segment, size_t length)
{
	struct route *child = route->literals;
	while (child && (child->length != length || memcmp(child->segment, segment, length) != 0))
		child = child->sibling;
	return child;
}

static struct route *add_literal(struct route *route, struct arena *arena, const char *segment, size_t length)
{
	struct route *child = find_literal(route, segment, length);
	if (child)
		return child;
	child = arena_take_zeroed(arena, sizeof *child);
	if (!child)
		return NULL;
	child->segment = segment;
	child->length = length;
	child->sibling = route->literals;
	route->literals = child;
	return child;
}

static struct route *add_parameter(struct route *route, struct arena *arena)
{
	if (!route->parameter)
		route->parameter = arena_take_zeroed(arena, sizeof *route->parameter);
	return route->parameter;
}

static bool is_literal(const char *segment, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (segment[i] <= ' ' || segment[i] >= 0x7f || strchr("%{}?#", segment[i]))
			return false;
	return length > 0;
}

static bool is_parameter(const char *segment, size_t length)
{
	return length > 2 && segment[0] == '{' && segment[length - 1] == '}' && is_literal(segment + 1, length - 2);
}

enum err route_add(struct route *root, struct arena *arena, const struct operation *operation)
{
	struct route *route = root;
	const char *rest = operation->path;
	int parameters = 0;
	while (*rest == '/') {
		const char *segment = rest + 1;
		size_t length = strcspn(segment, "/");
		bool parameter = is_parameter(segment, length);
		if (!parameter && !is_literal(segment, length))
			return ERR_INPUT;
		if (parameter && ++parameters > CONTRACT_PATH_VALUES)
			return ERR_LIMIT;
		route = parameter ? add_parameter(route, arena) : add_literal(route, arena, segment, length);
		if (!route)
			return ERR_MEMORY;
		rest = segment + length;
	}
	int method = route_method(operation->method);
	if (route == root || method < 0)
		return ERR_INPUT;
	if (route->operations[method])
		return ERR_NOT_NOW;
	route->operations[method] = operation;
	return ERR_NONE;
}

static bool is_end(const struct route *route)
{
	for (int i = 0; i < ROUTE_METHODS; i++)
		if (route->operations[i])
			return true;
	return false;
}

/* The literal is tried first; a dead end below it falls back to the parameter. Recursion is bounded by the tree. */
static const struct route *find(const struct route *route, const char *rest, size_t parameters, struct match *match)
{
	if (!*rest)
		return is_end(route) ? route : NULL;
	const char *segment = rest + 1;
	size_t length = strcspn(segment, "/");
	if (!length)
		return NULL;
	const struct route *child = find_literal(route, segment, length);
	const struct route *found = child ? find(child, segment + length, parameters, match) : NULL;
	if (found || !route->parameter)
		return found;
	match->values[parameters].data = segment;
	match->values[parameters].length = length;
	found = find(route->parameter, segment + length, parameters + 1, match);
	if (!found)
		match->values[parameters].data = NULL;
	return found;
}

static void list_methods(const struct route *route, char allow[64])
{
	int used = 0; /* all five names and their commas take 30 bytes */
	for (int i = 0; i < ROUTE_METHODS; i++)
		if (route->operations[i])
			used += snprintf(allow + used, (size_t)(64 - used), "%s%s", used ? ", " : "", method_names[i]);
}

enum match_result route_match(const struct route *root, const char *method, const char *path, struct match *match)
{
	if (path[0] != '/' || strchr(path, '%'))
		return MATCH_NO_PATH;
	memset(match->values, 0, sizeof match->values);
	const struct route *route = find(root, path, 0, match);
	if (!route)
		return MATCH_NO_PATH;
	int number = route_method(method);
	match->operation = number < 0 ? NULL : route->operations[number];
	match->allow[0] = '\0';
	if (match->operation)
		return MATCH_FOUND;
	list_methods(route, match->allow);
	return MATCH_NO_METHOD;
}
