/* The table of settings, for the files that read it: settings.c, settings_value.c, settings_help.c. */
#ifndef SETTINGS_TABLE_H
#define SETTINGS_TABLE_H

#include "settings.h"

/* In `struct settings`: text and path a const char *, integer an int, duration an int64_t in microseconds, size a
 * size_t in bytes, boolean a bool, level an enum log_level. */
enum setting_kind {
	SETTING_TEXT,
	SETTING_PATH,
	SETTING_INTEGER,
	SETTING_DURATION,
	SETTING_SIZE,
	SETTING_BOOLEAN,
	SETTING_LEVEL,
};

enum setting_manner {
	SETTING_FLAG_ONLY = 1, /* what a run does, not how the service is set up: not from environment or file */
	SETTING_HIDDEN = 2,    /* not in --help */
};

struct setting {
	const char *name; /* lower case with underscores; the flag and the environment's name are made of it */
	enum setting_kind kind;
	const char *initial;
	const char *least; /* smallest and largest value, written as the values are; NULL for texts, booleans, levels */
	const char *most;
	unsigned subcommands;
	unsigned manner;
	size_t offset;
	const char *help;
};

extern const struct setting settings_table[];
extern const size_t settings_table_count;

/* Reads `text` as the setting's kind into its place in `settings`. ERR_INPUT: `expected` gets what would be right,
 * "a whole number from 0 to 65535". */
MUST_CHECK enum err setting_read(const struct setting *setting, const char *text, struct settings *settings,
				 struct bytes *expected);

#endif
