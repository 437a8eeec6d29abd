/* `secondlook detectors`: what each detector does, and what a changed one would have raised over recorded history. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "db/migrate.h"
#include "subcommands.h"

enum { REPORT_MAXIMUM = 64 << 20 };

/* As the detectors' own role, whose policies hold, and without a chance to write. */
static const char preamble[] = "set transaction read only; set local role secondlook_detector; set local timezone to 'UTC'; ";

static const char list_sql[] =
	"select string_agg(format(E'%s, version %s: %s\\n  looks at: %s; severity: %s; for: %s\\n  then: %s\\n  settings: %s\\n',"
	" d.detector_id, d.version, d.rule, d.looks_at, d.severity, d.audience, d.action,"
	" (select s.default_value from setting_definition s where s.name = 'detector_' || d.detector_id)), E'\\n' order by d.detector_id)"
	" from detector d";

static void append_literal(struct bytes *sql, const char *text)
{
	bytes_append_string(sql, " E'");
	for (; *text; text++) {
		if (*text == '\'' || *text == '\\')
			bytes_append_char(sql, '\\');
		bytes_append_char(sql, *text);
	}
	bytes_append_char(sql, '\'');
}

static bool is_word(const char *text, size_t length, const char *word)
{
	return length == strlen(word) && strncmp(text, word, length) == 0;
}

/* "hours=12,contacts=3" as a JSON object; a value that is no number and neither true nor false is a text. */
static enum err append_changes(struct bytes *sql, const char *changes, struct bytes *fault)
{
	struct bytes json;
	bytes_init(&json, 10000);
	bytes_append_char(&json, '{');
	while (*changes) {
		size_t length = strcspn(changes, ", "), name = strcspn(changes, "=");
		if (name == 0 || name + 1 >= length) {
			bytes_format(fault, "--set takes name=value,name=value: \"%.*s\" is no such thing\n", (int)length, changes);
			bytes_release(&json);
			return ERR_INPUT;
		}
		const char *value = changes + name + 1;
		size_t value_length = length - name - 1;
		bool is_plain = strspn(value, "0123456789.-") >= value_length || is_word(value, value_length, "true") ||
				is_word(value, value_length, "false");
		if (json.length > 1)
			bytes_append_char(&json, ',');
		bytes_append_json_string(&json, changes, name);
		bytes_append_char(&json, ':');
		if (is_plain)
			bytes_append(&json, value, value_length);
		else
			bytes_append_json_string(&json, value, value_length);
		changes += length;
		changes += strspn(changes, ", ");
	}
	bytes_append_char(&json, '}');
	enum err error = bytes_string(&json) ? ERR_NONE : ERR_LIMIT;
	if (error == ERR_NONE)
		append_literal(sql, bytes_string(&json));
	bytes_release(&json);
	return error;
}

static enum err append_trial(struct bytes *sql, const struct settings *settings, const char *id, struct bytes *fault)
{
	if (!*settings->since) {
		bytes_append_string(fault, "say from when on: --since 2026-01-31T00:00:00Z\n");
		return ERR_INPUT;
	}
	bytes_append_string(sql, "select try_detector(");
	append_literal(sql, settings->force);
	bytes_append_char(sql, ',');
	append_literal(sql, id);
	bytes_append_char(sql, ',');
	append_literal(sql, settings->since);
	bytes_append_string(sql, ", coalesce(nullif(");
	append_literal(sql, settings->until);
	bytes_append_string(sql, ", '')::timestamptz, clock_timestamp()),");
	enum err error = append_changes(sql, settings->set, fault);
	bytes_append_char(sql, ')');
	return error;
}

static enum err write_sql(struct bytes *sql, const struct settings *settings, struct bytes *fault)
{
	const char *const *words = settings->arguments;
	bytes_append_string(sql, preamble);
	if (settings->argument_count == 1 && strcmp(words[0], "list") == 0) {
		bytes_append_string(sql, list_sql);
		return ERR_NONE;
	}
	if (settings->argument_count == 2 && strcmp(words[0], "try") == 0)
		return append_trial(sql, settings, words[1], fault);
	bytes_append_string(fault, "say what: list, or try ID --since INSTANT [--until INSTANT] [--force FORCE] [--set name=value,…]\n");
	return ERR_INPUT;
}

/* The database's text begins with "fault: " when it was asked for something that there isn't. */
static enum err take_report(struct bytes *report, struct bytes *fault)
{
	static const char mark[] = "fault: ";
	const char *text = bytes_string(report);
	if (!text)
		return ERR_LIMIT;
	if (strncmp(text, mark, sizeof mark - 1) == 0) {
		bytes_append_string(fault, text + sizeof mark - 1);
		return ERR_INPUT;
	}
	return fputs(text, stdout) == EOF ? ERR_SYSTEM : ERR_NONE;
}

int detectors_main(const struct settings *settings)
{
	struct bytes connection, sql, report, fault;
	bytes_init(&connection, 4096);
	bytes_init(&sql, 1 << 16);
	bytes_init(&report, REPORT_MAXIMUM);
	bytes_init(&fault, 1 << 16);
	enum err error = write_sql(&sql, settings, &fault);
	if (!error)
		error = settings_connection(settings, NULL, &connection, &fault);
	if (!error)
		error = db_run_blocking(bytes_string(&connection), bytes_string(&sql), &report, &fault);
	if (!error)
		error = take_report(&report, &fault);
	int status = error ? subcommand_failed("detectors", error, &fault) : EXIT_SUCCESS;
	bytes_release(&connection);
	bytes_release(&sql);
	bytes_release(&report);
	bytes_release(&fault);
	return status;
}
