/* Answers to a whole question set, written short: what was said yes to, and what was not asked. */
#ifndef SEED_ANSWERS_H
#define SEED_ANSWERS_H

#include <jansson.h>

#include "base/bytes.h"
#include "base/err.h"

/* `brief` is {"set", "yes": [keys], "dontKnow": [keys], "notAsked": [keys], "because": text, "comments": {key: text}};
 * all but "set" may be left out, and every other question was answered no. Gives an object with the members "set" (name
 * and version) and "answers", the caller's. ERR_INPUT: there is no such set, or it has no such question. */
MUST_CHECK enum err seed_answers(const json_t *brief, struct bytes *fault, json_t **given);

/* The set as it travels in the program; the caller's. */
MUST_CHECK enum err seed_question_set(const char *name, struct bytes *fault, json_t **set);

#endif
