/* Tests lib/render/values.c. */
#include "render/values.h"

#include "unit/render/fixture.h"

/* `expected` is NULL when the text isn't taken for an instant. */
static void check_instant(const char *text, const char *expected)
{
	char instant[VALUES_INSTANT_LENGTH + 1] = "";
	char *exact = malloc(strlen(text)); /* no NUL after it, so that a sanitizer sees its end */
	memcpy(exact, text, strlen(text));
	ck_assert_int_eq(values_instant(exact, strlen(text), instant), expected != NULL);
	free(exact);
	ck_assert_str_eq(instant, expected ? expected : "");
}

START_TEST(instants_get_six_decimals)
{
	check_instant("2026-01-31 23:59:59+00", "2026-01-31T23:59:59.000000Z");
	check_instant("2026-01-31 23:59:59.1+00", "2026-01-31T23:59:59.100000Z");
	check_instant("2026-01-31 23:59:59.12345+00", "2026-01-31T23:59:59.123450Z");
	check_instant("2026-01-31 23:59:59.123456+00", "2026-01-31T23:59:59.123456Z");
}
END_TEST

START_TEST(other_forms_are_no_instants)
{
	static const char *const texts[] = {"infinity", "-infinity", "2026-01-31 23:59:59+01", "2026-01-31",
					    "12026-01-31 23:59:59+00", "2026-01-31 23:59:59+00 BC",
					    "2026-01-31 23:59:59.1234567+00", "2026-01-31 23:59:59x1+00", "x"};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		check_instant(texts[i], NULL);
}
END_TEST

START_TEST(booleans_are_words)
{
	struct bytes out;
	bytes_init(&out, 100);
	values_append_boolean(&out, "t", 1);
	values_append_boolean(&out, "f", 1);
	values_append_boolean(&out, "", 0);
	fixture_check(&out, "truefalsefalse");
}
END_TEST

UNIT("values", instants_get_six_decimals, other_forms_are_no_instants, booleans_are_words)
