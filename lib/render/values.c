/* Gives PostgreSQL's instants and booleans the form they have in every format. */
#include "render/values.h"

#include <string.h>

enum {
	SECONDS_LENGTH = 19, /* "2026-01-31 23:59:59" */
	DATE_LENGTH = 10,
	DECIMALS = 6,
};

/* Whether it is "2026-01-31 23:59:59", then decimals or none, then "+00"; `decimals` is how many. */
static bool is_instant(const char *text, size_t length, size_t *decimals)
{
	size_t with_zone = SECONDS_LENGTH + 3;
	if (length < with_zone || text[4] != '-' || text[DATE_LENGTH] != ' ' || memcmp(text + length - 3, "+00", 3) != 0)
		return false;
	*decimals = length > with_zone ? length - with_zone - 1 : 0;
	return length == with_zone || (text[SECONDS_LENGTH] == '.' && *decimals <= DECIMALS);
}

bool values_instant(const char *text, size_t length, char instant[VALUES_INSTANT_LENGTH])
{
	size_t decimals;
	if (!is_instant(text, length, &decimals))
		return false;
	memcpy(instant, text, SECONDS_LENGTH);
	memcpy(instant + SECONDS_LENGTH, ".000000Z", VALUES_INSTANT_LENGTH - SECONDS_LENGTH);
	instant[DATE_LENGTH] = 'T';
	memcpy(instant + SECONDS_LENGTH + 1, text + SECONDS_LENGTH + 1, decimals);
	return true;
}

void values_append_boolean(struct bytes *out, const char *text, size_t length)
{
	if (length && text[0] == 't')
		bytes_append(out, "true", 4);
	else
		bytes_append(out, "false", 5);
}
