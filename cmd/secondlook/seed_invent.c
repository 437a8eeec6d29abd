/* Makes up people and places, the same ones every time. */
#include "seed_invent.h"

#include <stdio.h>

#include "embedded.h"

#define WORDS "api/scenarios/demonstration.json"

/* SplitMix64 (Steele, Lea, Flood 2014): small, and the same on every machine. */
static uint64_t next(struct seed_random *random)
{
	uint64_t mixed = random->state += 0x9e3779b97f4a7c15u;
	mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9u;
	mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebu;
	return mixed ^ (mixed >> 31);
}

int seed_between(struct seed_random *random, int least, int most)
{
	return least + (int)(next(random) % (uint64_t)(most - least + 1));
}

bool seed_chance(struct seed_random *random, int percent)
{
	return seed_between(random, 1, 100) <= percent;
}

const json_t *seed_pick(struct seed_random *random, const json_t *list)
{
	size_t count = json_array_size(list);
	return count ? json_array_get(list, (size_t)(next(random) % count)) : NULL;
}

const char *seed_pick_text(struct seed_random *random, const json_t *words, const char *list)
{
	return json_string_value(seed_pick(random, json_object_get(words, list)));
}

enum err seed_words(struct bytes *fault, json_t **words)
{
	json_error_t trouble = {.text = "it is not in the program"};
	const struct embedded_file *file = embedded_find(WORDS);
	json_t *loaded = file ? json_loadb(file->start, (size_t)(file->end - file->start), JSON_REJECT_DUPLICATES, &trouble)
			      : NULL;
	if (!loaded) {
		bytes_format(fault, "%s: %s\n", WORDS, trouble.text);
		return ERR_INPUT;
	}
	*words = loaded;
	return ERR_NONE;
}

json_t *seed_address(struct seed_random *random, const json_t *words, bool northern)
{
	/* One choice a statement: the order in which arguments are evaluated differs between compilers. */
	char line[80], postcode[48];
	const char *street = seed_pick_text(random, words, "streets");
	int house = seed_between(random, 1, 140);
	int area = northern ? 20 : seed_between(random, 11, 14);
	int sector = seed_between(random, 1, 9);
	int first = seed_between(random, 0, 7);
	int second = seed_between(random, 0, 7);
	snprintf(line, sizeof line, "%d %s", house, street);
	snprintf(postcode, sizeof postcode, "ZZ%d %d%c%c", area, sector, 'A' + first, 'Q' + second);
	return json_pack("{s:s, s:s}", "line", line, "postcode", postcode);
}

static json_t *make_safe_contact(struct seed_random *random, const json_t *words, const char *phone)
{
	const char *hours = seed_pick_text(random, words, "hours"), *code = seed_pick_text(random, words, "codeWords");
	bool voicemail = seed_chance(random, 20), coded = seed_chance(random, 70);
	return json_pack("{s:s, s:s, s:b, s:s*}", "number", phone, "hours", hours, "voicemail", voicemail, "codeWord",
			 coded ? code : NULL);
}

json_t *seed_person(struct seed_random *random, const json_t *words, const struct seed_wish *wish)
{
	static const char *const lists[] = {"women", "men", "children"};
	char birth[48];
	bool is_child = wish->who == SEED_CHILD;
	const char *given = seed_pick_text(random, words, lists[wish->who]);
	const char *any = seed_pick_text(random, words, "families");
	int age = is_child ? seed_between(random, 1, 12) : seed_between(random, 19, 67);
	int month = seed_between(random, 1, 12);
	int day = seed_between(random, 1, 28);
	snprintf(birth, sizeof birth, "%04d-%02d-%02d", wish->year - age, month, day);
	json_t *person = json_pack("{s:s, s:s, s:s}", "givenName", given, "familyName", wish->family ? wish->family : any,
				   "dateOfBirth", birth);
	int failed = !person;
	if (wish->phone)
		failed |= json_object_set_new(person, "phones", json_pack("[s]", wish->phone));
	if (wish->address)
		failed |= json_object_set_new(person, "addresses", json_pack("[O]", wish->address));
	if (wish->needs_care && wish->phone)
		failed |= json_object_set_new(person, "safeContact", make_safe_contact(random, words, wish->phone));
	if (!failed)
		return person;
	json_decref(person);
	return NULL;
}
