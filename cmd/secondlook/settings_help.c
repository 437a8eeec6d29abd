/* The help text of a subcommand's settings, from the table. */
#include <string.h>

#include "settings_table.h"

static const char *kind_word(enum setting_kind kind)
{
	static const char *const words[] = {
		[SETTING_TEXT] = "TEXT",       [SETTING_PATH] = "PATH", [SETTING_INTEGER] = "NUMBER",
		[SETTING_DURATION] = "DURATION", [SETTING_SIZE] = "SIZE", [SETTING_BOOLEAN] = "",
		[SETTING_LEVEL] = "LEVEL",
	};
	return words[kind];
}

static void flag(const char *name, struct bytes *text)
{
	for (const char *letter = name; *letter; letter++)
		bytes_append_char(text, *letter == '_' ? '-' : *letter);
}

static void one_setting(const struct setting *setting, struct bytes *text)
{
	bytes_append_string(text, "  --");
	flag(setting->name, text);
	bytes_format(text, "%s%s\n      %s", setting->kind == SETTING_BOOLEAN ? "" : " ", kind_word(setting->kind),
		     setting->help);
	if (setting->kind != SETTING_BOOLEAN && *setting->initial)
		bytes_format(text, " (default %s)", setting->initial);
	bytes_append_char(text, '\n');
}

void settings_help(unsigned subcommand, struct bytes *text)
{
	for (size_t i = 0; i < settings_table_count; i++) {
		const struct setting *setting = &settings_table[i];
		if ((setting->subcommands & subcommand) && !(setting->manner & SETTING_HIDDEN))
			one_setting(setting, text);
	}
	bytes_append_string(text, "\nAll but what a single run does can also be set in the environment (SECONDLOOK_BODY_MAXIMUM=1MiB)\n"
				  "or in the file that --config names (body_maximum = 1MiB). Flags come first, then the\n"
				  "environment, then the file.\n");
}
