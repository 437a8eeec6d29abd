/* Writes out the answers to a question set from the few that matter. */
#include "seed_answers.h"

#include <stdio.h>
#include <string.h>

#include "embedded.h"

enum err seed_question_set(const char *name, struct bytes *fault, json_t **set)
{
	char path[128];
	snprintf(path, sizeof path, "api/question-sets/%s.json", name ? name : "");
	const struct embedded_file *file = embedded_find(path);
	json_t *loaded = file ? json_loadb(file->start, (size_t)(file->end - file->start), 0, NULL) : NULL;
	if (!loaded) {
		bytes_format(fault, "there is no question set %s\n", name ? name : "without a name");
		return ERR_INPUT;
	}
	*set = loaded;
	return ERR_NONE;
}

static bool names(const json_t *keys, const char *key)
{
	size_t i;
	json_t *item;
	json_array_foreach(keys, i, item)
		if (json_is_string(item) && strcmp(json_string_value(item), key) == 0)
			return true;
	return false;
}

static json_t *answer_to(const json_t *brief, const char *key)
{
	bool skipped = names(json_object_get(brief, "notAsked"), key);
	const char *word = names(json_object_get(brief, "yes"), key)        ? "yes"
			   : names(json_object_get(brief, "dontKnow"), key) ? "dont_know"
			   : skipped                                        ? "not_asked"
									    : "no";
	const char *because = json_string_value(json_object_get(brief, "because"));
	json_t *comment = json_object_get(json_object_get(brief, "comments"), key);
	json_t *answer = json_pack("{s:s, s:s, s:s, s:O*}", "question", key, "answer", word, "source", "victim", "comment",
				   comment);
	if (answer && skipped && json_object_set_new(answer, "skipReason", json_string(because ? because : "Not asked.")))
		return NULL;
	return answer;
}

/* A key that the set doesn't have would silently become nothing. */
static enum err check_keys(const json_t *keys, const json_t *questions, struct bytes *fault)
{
	size_t i, k;
	json_t *key, *question;
	json_array_foreach(keys, i, key) {
		bool found = false;
		json_array_foreach(questions, k, question)
			found = found || json_equal(json_object_get(question, "key"), key);
		if (!found) {
			bytes_format(fault, "the question set has no question %s\n", json_string_value(key));
			return ERR_INPUT;
		}
	}
	return ERR_NONE;
}

static enum err check_brief(const json_t *brief, const json_t *questions, struct bytes *fault)
{
	const char *const members[] = {"yes", "dontKnow", "notAsked"};
	enum err error = ERR_NONE;
	for (size_t i = 0; !error && i < sizeof members / sizeof *members; i++)
		error = check_keys(json_object_get(brief, members[i]), questions, fault);
	return error;
}

enum err seed_answers(const json_t *brief, struct bytes *fault, json_t **given)
{
	json_t *set, *question;
	size_t i;
	enum err error = seed_question_set(json_string_value(json_object_get(brief, "set")), fault, &set);
	if (error)
		return error;
	json_t *questions = json_object_get(set, "questions"), *answers = json_array();
	error = check_brief(brief, questions, fault);
	json_array_foreach(questions, i, question)
		if (!error && json_array_append_new(answers, answer_to(brief, json_string_value(json_object_get(question, "key")))))
			error = ERR_MEMORY;
	json_t *made = error ? NULL
			     : json_pack("{s:{s:O, s:O}, s:O}", "set", "name", json_object_get(set, "name"), "version",
					 json_object_get(set, "version"), "answers", answers);
	json_decref(answers);
	json_decref(set);
	if (!error && !made)
		error = ERR_MEMORY;
	if (!error)
		*given = made;
	return error;
}
