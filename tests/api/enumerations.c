/* Compares the contract's enumerations with the lists of reference data that the service answers. */
#include "enumerations.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char list_path[] = "/v1/reference-data/";

struct search {
	struct scene *scene;
	struct findings *findings;
	json_t *lists; /* the words of each by its name: {list: {word: true}} */
	json_t *named; /* of those the ones that an enumeration names */
	bool is_second; /* now look at the enumerations that name none */
};

static json_t *ask(struct search *search, const char *list)
{
	char path[120];
	snprintf(path, sizeof path, "%s%s", list_path, list);
	struct request request = {.client = "west-midlands.control-room-web", .staff = "WM-SP-1", .method = "GET",
				  .path = path, .operation = scene_operation(search->scene, "GET", path)};
	struct client_answer answer = {0};
	json_t *words = json_object();
	size_t index;
	json_t *item;
	if (!scene_send(search->scene, &request, &answer) || answer.status != 200)
		findings_add(search->findings, "%s answers %ld", path, answer.status);
	json_array_foreach(json_object_get(answer.json, "items"), index, item)
		json_object_set_new(words, json_string_value(json_object_get(item, "code")), json_true());
	client_answer_release(&answer);
	return words;
}

static void read_lists(struct search *search)
{
	const char *list;
	json_t *value;
	json_t *names = ask(search, "lists");
	json_object_foreach(names, list, value)
		if (strcmp(list, "forces") != 0 && strcmp(list, "machines") != 0 && strcmp(list, "lists") != 0)
			json_object_set_new(search->lists, list, ask(search, list));
	json_decref(names);
}

/* How many of the enumeration's words (null is none) the list has; *count: how many there are. */
static size_t shared(const json_t *words, const json_t *list, size_t *count)
{
	size_t index;
	json_t *word;
	size_t found = 0;
	*count = 0;
	json_array_foreach(words, index, word)
		if (json_is_string(word)) {
			++*count;
			found += json_object_get(list, json_string_value(word)) != NULL;
		}
	return found;
}

static bool is_part_of_named(const struct search *search, const json_t *words)
{
	const char *list;
	json_t *value;
	size_t count;
	json_object_foreach(search->named, list, value)
		if (shared(words, json_object_get(search->lists, list), &count) == count)
			return true;
	return false;
}

static void check_enumeration(struct search *search, const json_t *schema, const json_t *words)
{
	const char *name = json_string_value(json_object_get(schema, "x-words"));
	const json_t *list = name ? json_object_get(search->lists, name) : NULL;
	size_t count;
	size_t found = shared(words, list, &count);
	char *text = json_dumps(words, 0);
	if (name && !search->is_second) {
		json_object_set_new(search->named, name, json_true());
		if (found != count || count != json_object_size(list))
			findings_add(search->findings, "the list %s has not the words of %s", name, text);
	} else if (!name && search->is_second && count > 1 && !is_part_of_named(search, words)) {
		findings_add(search->findings, "no list has the words of %s: name one by x-words", text);
	}
	free(text);
}

static void walk(struct search *search, const json_t *node)
{
	const char *key;
	size_t index;
	json_t *value;
	const json_t *words = json_object_get(node, "enum");
	if (json_is_array(words))
		check_enumeration(search, node, words);
	json_object_foreach((json_t *)(size_t)node, key, value)
		walk(search, value);
	json_array_foreach(node, index, value)
		walk(search, value);
}

void enumerations_check(struct scene *scene, struct findings *findings)
{
	struct search search = {.scene = scene, .findings = findings, .lists = json_object(), .named = json_object()};
	const char *list;
	json_t *value;
	size_t length;
	const char *text = contract_json(scene->contract, &length);
	json_t *contract = json_loadb(text, length, 0, NULL);
	read_lists(&search);
	walk(&search, contract);
	search.is_second = true;
	walk(&search, contract);
	json_object_foreach(search.lists, list, value)
		if (!json_object_get(search.named, list))
			findings_add(findings, "no enumeration of the contract names the list %s", list);
	json_decref(contract);
	json_decref(search.lists);
	json_decref(search.named);
}
