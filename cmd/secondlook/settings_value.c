/* Reads one setting's text as its kind: numbers with units, booleans, paths. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "settings_table.h"

struct unit {
	const char *name;
	int64_t factor;
};

static const struct unit duration_units[] = {
	{"ms", 1000},		  {"s", 1000000},	     {"m", 60 * 1000000LL},
	{"h", 3600 * 1000000LL}, {"d", 86400 * 1000000LL}, {NULL, 0},
};
static const struct unit size_units[] = {
	{"", 1}, {"B", 1}, {"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}, {NULL, 0},
};
static const struct unit no_units[] = {{"", 1}, {NULL, 0}};

static const struct unit *units_of(enum setting_kind kind)
{
	if (kind == SETTING_DURATION)
		return duration_units;
	return kind == SETTING_SIZE ? size_units : no_units;
}

static enum err read_number(const char *text, const struct unit *units, int64_t *number)
{
	char *end;
	errno = 0;
	long long digits = strtoll(text, &end, 10);
	/* strtoll takes leading space and '+': a setting does not. */
	if (errno || end == text || strchr(" \t+", *text))
		return ERR_INPUT;
	while (units->name && strcmp(units->name, end) != 0)
		units++;
	int64_t product;
	if (!units->name || __builtin_mul_overflow((int64_t)digits, units->factor, &product))
		return ERR_INPUT;
	*number = product;
	return ERR_NONE;
}

/* The table's own limits are well-formed; a unit test reads each. */
static int64_t limit(const struct setting *setting, const char *text)
{
	int64_t number = 0;
	return read_number(text, units_of(setting->kind), &number) ? 0 : number;
}

static void store_number(const struct setting *setting, int64_t number, void *place)
{
	if (setting->kind == SETTING_INTEGER)
		*(int *)place = (int)number;
	else if (setting->kind == SETTING_SIZE)
		*(size_t *)place = (size_t)number;
	else
		*(int64_t *)place = number;
}

static enum err set_number(const struct setting *setting, const char *text, void *place, struct bytes *expected)
{
	static const char *const words[] = {[SETTING_INTEGER] = "a whole number", [SETTING_DURATION] = "a duration",
					    [SETTING_SIZE] = "a size"};
	int64_t number;
	if (!read_number(text, units_of(setting->kind), &number) && number >= limit(setting, setting->least) &&
	    number <= limit(setting, setting->most)) {
		store_number(setting, number, place);
		return ERR_NONE;
	}
	bytes_format(expected, "%s from %s to %s", words[setting->kind], setting->least, setting->most);
	if (setting->kind == SETTING_DURATION)
		bytes_append_string(expected, ", with a unit: ms, s, m, h, d");
	if (setting->kind == SETTING_SIZE)
		bytes_append_string(expected, ", in bytes or with a unit: KiB, MiB, GiB");
	return ERR_INPUT;
}

static enum err set_boolean(const char *text, bool *place, struct bytes *expected)
{
	static const char *const words[] = {"no", "yes", "false", "true", "off", "on", "0", "1"};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strcmp(text, words[i]) == 0) {
			*place = i % 2;
			return ERR_NONE;
		}
	bytes_append_string(expected, "yes or no");
	return ERR_INPUT;
}

static enum err set_level(const char *text, enum log_level *place, struct bytes *expected)
{
	static const char *const words[] = {
		[LOG_DEBUG] = "debug", [LOG_INFO] = "info", [LOG_WARNING] = "warning", [LOG_ERROR] = "error"};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strcmp(text, words[i]) == 0) {
			*place = (enum log_level)i;
			return ERR_NONE;
		}
	bytes_append_string(expected, "debug, info, warning or error");
	return ERR_INPUT;
}

static enum err set_text(const char *text, struct arena *arena, const char **place)
{
	const char *copy = arena_copy_string(arena, text);
	if (!copy)
		return ERR_MEMORY;
	*place = copy;
	return ERR_NONE;
}

/* Absolute, so that a later change of directory does not matter. */
static enum err set_path(const char *text, struct arena *arena, const char **place)
{
	char here[PATH_MAX];
	if (!*text || *text == '/')
		return set_text(text, arena, place);
	if (!getcwd(here, sizeof here))
		return ERR_SYSTEM;
	const char *path = arena_format(arena, "%s/%s", here, strncmp(text, "./", 2) == 0 ? text + 2 : text);
	if (!path)
		return ERR_MEMORY;
	*place = path;
	return ERR_NONE;
}

enum err setting_read(const struct setting *setting, const char *text, struct settings *settings,
		      struct bytes *expected)
{
	void *place = (char *)settings + setting->offset;
	switch (setting->kind) {
	case SETTING_TEXT:
		return set_text(text, &settings->arena, place);
	case SETTING_PATH:
		return set_path(text, &settings->arena, place);
	case SETTING_BOOLEAN:
		return set_boolean(text, place, expected);
	case SETTING_LEVEL:
		return set_level(text, place, expected);
	default:
		return set_number(setting, text, place, expected);
	}
}
