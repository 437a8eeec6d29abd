/* Invented people: always the same, and nobody's telephone. */
#include "seed_invent.h"

#include <string.h>

#include "support/unit.h"

static json_t *words(void)
{
	struct bytes fault;
	json_t *loaded = NULL;
	bytes_init(&fault, 1024);
	ck_assert_int_eq(seed_words(&fault, &loaded), ERR_NONE);
	bytes_release(&fault);
	return loaded;
}

START_TEST(the_same_start_gives_the_same_people)
{
	json_t *from = words();
	struct seed_random one = {7}, other = {7};
	for (int i = 0; i < 50; i++) {
		struct seed_wish wish = {.who = (enum seed_who)(i % 3), .phone = "07700 900000", .needs_care = i % 2, .year = 2026};
		json_t *first = seed_person(&one, from, &wish), *second = seed_person(&other, from, &wish);
		ck_assert_ptr_nonnull(first);
		ck_assert(json_equal(first, second));
		ck_assert(!json_object_get(first, "safeContact") == !(i % 2));
		json_decref(first);
		json_decref(second);
	}
	json_decref(from);
}
END_TEST

START_TEST(choices_stay_within_their_bounds)
{
	struct seed_random random = {1};
	bool seen[3] = {0};
	for (int i = 0; i < 200; i++)
		seen[seed_between(&random, -1, 1) + 1] = true;
	ck_assert(seen[0] && seen[1] && seen[2]);
	ck_assert(!seed_chance(&random, 0));
	ck_assert(seed_chance(&random, 100));
	ck_assert_ptr_null(seed_pick(&random, NULL));
}
END_TEST

START_TEST(a_child_is_a_child_and_addresses_do_not_exist)
{
	json_t *from = words();
	struct seed_random random = {3};
	struct seed_wish wish = {.who = SEED_CHILD, .family = "Tarnmoor", .year = 2026};
	for (int i = 0; i < 30; i++) {
		json_t *child = seed_person(&random, from, &wish), *address = seed_address(&random, from, i % 2);
		const char *born = json_string_value(json_object_get(child, "dateOfBirth"));
		ck_assert_int_ge(atoi(born), 2014);
		ck_assert_int_le(atoi(born), 2025);
		ck_assert_str_eq(json_string_value(json_object_get(child, "familyName")), "Tarnmoor");
		ck_assert_int_eq(strncmp(json_string_value(json_object_get(address, "postcode")), "ZZ", 2), 0);
		json_decref(child);
		json_decref(address);
	}
	json_decref(from);
}
END_TEST

UNIT("seed_invent", the_same_start_gives_the_same_people, choices_stay_within_their_bounds,
     a_child_is_a_child_and_addresses_do_not_exist)
