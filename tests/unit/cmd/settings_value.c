/* One setting's text as its kind, and that the table's own limits and defaults are well-formed. */
#include "settings_table.h"

#include <string.h>

#include "support/unit.h"

static struct settings settings;

/* Reads and says whether it was accepted. */
static bool reads(const char *name, const char *text)
{
	struct bytes expected;
	bytes_init(&expected, 1024);
	enum err error = ERR_NOT_NOW;
	for (size_t i = 0; i < settings_table_count; i++)
		if (strcmp(settings_table[i].name, name) == 0)
			error = setting_read(&settings_table[i], text, &settings, &expected);
	ck_assert_msg(error == ERR_NONE || error == ERR_INPUT, "%s: %d", name, error);
	ck_assert_msg((error == ERR_INPUT) == (expected.length > 0), "%s: says what would be right", name);
	bytes_release(&expected);
	return error == ERR_NONE;
}

static void begin(void)
{
	settings = (struct settings){0};
	arena_init(&settings.arena, 1 << 16);
}

START_TEST(reads_durations_with_units)
{
	begin();
	ck_assert(reads("drain_deadline", "250ms"));
	ck_assert_int_eq(settings.drain_deadline_us, 250000);
	ck_assert(reads("revocation_grace", "2d"));
	ck_assert_int_eq(settings.revocation_grace_us, 2 * 86400 * 1000000LL);
	static const char *const bad[] = {"", "5", "s", "5 s", " 5s", "+5s", "-5s", "5sec", "99999999999999d", "11m"};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		ck_assert_msg(!reads("drain_deadline", bad[i]), "\"%s\"", bad[i]);
	ck_assert_int_eq(settings.drain_deadline_us, 250000);
}
END_TEST

START_TEST(reads_sizes_with_units)
{
	begin();
	ck_assert(reads("body_maximum", "2048"));
	ck_assert_uint_eq(settings.body_maximum, 2048);
	ck_assert(reads("body_maximum", "2MiB"));
	ck_assert_uint_eq(settings.body_maximum, 2 << 20);
	ck_assert(!reads("body_maximum", "2MB"));
	ck_assert(!reads("body_maximum", "17MiB"));
	ck_assert(!reads("body_maximum", "9223372036854775807GiB"));
}
END_TEST

START_TEST(reads_numbers_within_limits)
{
	begin();
	ck_assert(reads("port", "0"));
	ck_assert(reads("port", "65535"));
	ck_assert_int_eq(settings.port, 65535);
	ck_assert(!reads("port", "65536"));
	ck_assert(!reads("port", "-1"));
	ck_assert(!reads("port", "0x10"));
	ck_assert(!reads("port", "1e3"));
	ck_assert(reads("days", "-30"));
	ck_assert_int_eq(settings.days, -30);
}
END_TEST

START_TEST(reads_words)
{
	begin();
	ck_assert(reads("ungated", "on") && settings.ungated);
	ck_assert(reads("ungated", "false") && !settings.ungated);
	ck_assert(!reads("ungated", "maybe"));
	ck_assert(reads("log_level", "warning"));
	ck_assert_int_eq(settings.log_level, LOG_WARNING);
	ck_assert(!reads("log_level", "loud"));
}
END_TEST

START_TEST(accepts_every_default)
{
	begin();
	for (size_t i = 0; i < settings_table_count; i++)
		ck_assert_msg(reads(settings_table[i].name, settings_table[i].initial), "%s", settings_table[i].name);
	arena_release(&settings.arena);
}
END_TEST

/* A limit that could not be read would count as 0 and refuse everything. */
START_TEST(accepts_every_limit)
{
	begin();
	for (size_t i = 0; i < settings_table_count; i++) {
		const struct setting *setting = &settings_table[i];
		ck_assert_msg(!setting->least == !setting->most, "%s has both limits or none", setting->name);
		if (!setting->least)
			continue;
		ck_assert_msg(reads(setting->name, setting->least), "%s %s", setting->name, setting->least);
		ck_assert_msg(reads(setting->name, setting->most), "%s %s", setting->name, setting->most);
	}
}
END_TEST

START_TEST(has_names_that_differ)
{
	for (size_t i = 0; i < settings_table_count; i++)
		for (size_t j = 0; j < i; j++) {
			ck_assert_str_ne(settings_table[i].name, settings_table[j].name);
			ck_assert_uint_ne(settings_table[i].offset, settings_table[j].offset);
		}
}
END_TEST

UNIT("settings_value", reads_durations_with_units, reads_sizes_with_units, reads_numbers_within_limits, reads_words,
     accepts_every_default, accepts_every_limit, has_names_that_differ)
