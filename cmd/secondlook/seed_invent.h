/* Invented people, and choices that are the same every time: the words are api/scenarios/demonstration.json's. */
#ifndef SEED_INVENT_H
#define SEED_INVENT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/err.h"

struct seed_random {
	uint64_t state; /* the same start, the same choices */
};

/* From `least` to `most`, both included. */
int seed_between(struct seed_random *random, int least, int most);
bool seed_chance(struct seed_random *random, int percent);
/* One of a list, borrowed; NULL when it has none. */
const json_t *seed_pick(struct seed_random *random, const json_t *list);
const char *seed_pick_text(struct seed_random *random, const json_t *words, const char *list);

/* The words; the caller's. */
MUST_CHECK enum err seed_words(struct bytes *fault, json_t **words);

enum seed_who { SEED_WOMAN, SEED_MAN, SEED_CHILD };

struct seed_wish {
	enum seed_who who;
	const char *family;   /* NULL: any */
	const char *phone;    /* NULL: none */
	const json_t *address; /* NULL: none */
	bool needs_care;      /* has a rule how to be reached safely */
	int year;             /* about when they are asked for: children are small then */
};

/* A person as the API takes one, the caller's; NULL when there is no memory. */
json_t *seed_person(struct seed_random *random, const json_t *words, const struct seed_wish *wish);
/* An address that does not exist, in a postcode area that does not. */
json_t *seed_address(struct seed_random *random, const json_t *words, bool northern);

#endif
