/* Gathers settings from flags, environment and file, and tells everything that is wrong at once. */
#include "settings.h"

#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "files.h"
#include "settings_table.h"

enum { NAME_SIZE = 64, SETTINGS_MEMORY = 1 << 20, TABLE_SIZE = 128 };

/* What was said about one setting, and by whom: "--port", "SECONDLOOK_PORT", "/etc/secondlook.conf:3". */
struct given {
	const char *text; /* NULL: nothing */
	const char *origin;
};

struct loading {
	struct settings *settings;
	struct bytes *faults;
	struct given given[TABLE_SIZE];
	bool failed;
	bool out_of_memory;
};

static void fault_begin(struct loading *loading, const char *origin)
{
	loading->failed = true;
	bytes_format(loading->faults, "%s: ", origin);
}

static void fault(struct loading *loading, const char *origin, const char *text)
{
	fault_begin(loading, origin);
	bytes_format(loading->faults, "%s\n", text);
}

static bool name_is(const char *name, size_t length, const char *wanted)
{
	return strlen(wanted) == length && strncmp(name, wanted, length) == 0;
}

static const struct setting *find(const char *name, size_t length)
{
	for (size_t i = 0; i < settings_table_count; i++)
		if (name_is(name, length, settings_table[i].name))
			return &settings_table[i];
	return NULL;
}

/* Whoever speaks first is heard: flags are gathered first, the file last. */
static void remember(struct loading *loading, const struct setting *setting, const char *text, const char *origin)
{
	struct given *given = &loading->given[setting - settings_table];
	if (!text || !origin)
		loading->out_of_memory = true;
	else if (!given->text)
		*given = (struct given){text, origin};
}

/* `--body-maximum` names body_maximum. */
static const struct setting *find_flag(const struct loading *loading, const char *flag, size_t length)
{
	char name[NAME_SIZE];
	if (length >= sizeof name)
		return NULL;
	for (size_t i = 0; i < length; i++)
		name[i] = flag[i] == '-' ? '_' : flag[i];
	const struct setting *setting = find(name, length);
	return setting && (setting->subcommands & loading->settings->subcommand) ? setting : NULL;
}

static bool is_number(const char *text)
{
	return (*text == '-' && text[1] >= '0' && text[1] <= '9') || *text != '-';
}

/* Answers how many arguments the flag took. A flag that was given twice: the last one counts. */
static size_t gather_flag(struct loading *loading, const char *argument, const char *next)
{
	const char *equals = strchr(argument, '=');
	size_t length = equals ? (size_t)(equals - argument) : strlen(argument);
	const char *origin = arena_copy(&loading->settings->arena, argument, length);
	const struct setting *setting = find_flag(loading, argument + 2, length - 2);
	if (!setting) {
		fault(loading, origin ? origin : "flag", "no such flag here; --help lists those there are");
		return 1;
	}
	loading->given[setting - settings_table] = (struct given){0};
	if (equals || setting->kind == SETTING_BOOLEAN) {
		remember(loading, setting, equals ? equals + 1 : "yes", origin);
		return 1;
	}
	if (!next || !is_number(next)) {
		fault(loading, origin ? origin : "flag", "needs a value");
		return 1;
	}
	remember(loading, setting, next, origin);
	return 2;
}

static void gather_flags(struct loading *loading, const struct settings_source *source)
{
	const char **plain = arena_take(&loading->settings->arena, (source->argument_count + 1) * sizeof *plain);
	size_t count = 0;
	if (!plain) {
		loading->out_of_memory = true;
		return;
	}
	for (size_t i = 0; i < source->argument_count;) {
		const char *argument = source->arguments[i];
		const char *next = i + 1 < source->argument_count ? source->arguments[i + 1] : NULL;
		if (strncmp(argument, "--", 2) == 0 && argument[2])
			i += gather_flag(loading, argument, next);
		else
			plain[count++] = source->arguments[i++];
	}
	loading->settings->arguments = plain;
	loading->settings->argument_count = count;
}

/* `SECONDLOOK_BODY_MAXIMUM` names body_maximum. */
static const struct setting *find_variable(const char *variable, size_t length)
{
	char name[NAME_SIZE];
	if (length >= sizeof name)
		return NULL;
	for (size_t i = 0; i < length; i++)
		name[i] = (char)(variable[i] >= 'A' && variable[i] <= 'Z' ? variable[i] - 'A' + 'a' : variable[i]);
	const struct setting *setting = find(name, length);
	return setting && !(setting->manner & SETTING_FLAG_ONLY) ? setting : NULL;
}

/* Not a setting of the program but of lib/db, which finds PostgreSQL's programs. */
static bool is_known_elsewhere(const char *name)
{
	return strncmp(name, "POSTGRES_BIN=", 13) == 0;
}

/* A platform may put variables of its own beside ours, so only the doctor minds an unknown one. */
static void gather_variable(struct loading *loading, const char *variable)
{
	static const char prefix[] = "SECONDLOOK_";
	const char *equals = strchr(variable, '=');
	if (!equals || strncmp(variable, prefix, sizeof prefix - 1) != 0)
		return;
	const char *name = variable + sizeof prefix - 1;
	const struct setting *setting = find_variable(name, (size_t)(equals - name));
	const char *origin = arena_copy(&loading->settings->arena, variable, (size_t)(equals - variable));
	if (setting)
		remember(loading, setting, equals + 1, origin);
	else if (origin && loading->settings->subcommand == FOR_DOCTOR && !is_known_elsewhere(name))
		fault(loading, origin, "no setting has this name; `secondlook serve --help` lists them");
}

static char *trim(char *text)
{
	while (*text == ' ' || *text == '\t')
		text++;
	size_t length = strlen(text);
	while (length && strchr(" \t\r", text[length - 1]))
		text[--length] = '\0';
	return text;
}

/* Calls `take` for each `name = value` line; `line` counts from 1, `name` is NULL for a line that isn't one. */
static void each_line(char *text, void (*take)(void *context, int line, const char *name, const char *value),
		      void *context)
{
	int line = 0;
	for (char *rest = text; rest;) {
		char *begin = trim(strsep(&rest, "\n"));
		line++;
		if (!*begin || *begin == '#')
			continue;
		char *equals = strchr(begin, '=');
		if (equals)
			*equals = '\0';
		take(context, line, equals ? trim(begin) : NULL, equals ? trim(equals + 1) : NULL);
	}
}

static void gather_line(void *context, int line, const char *name, const char *value)
{
	struct loading *loading = context;
	struct arena *arena = &loading->settings->arena;
	const char *origin = arena_format(arena, "%s:%d", loading->settings->config, line);
	const struct setting *setting = name ? find(name, strlen(name)) : NULL;
	if (!origin)
		loading->out_of_memory = true;
	else if (!name)
		fault(loading, origin, "expected `name = value`, or # before a comment");
	else if (!setting || (setting->manner & SETTING_FLAG_ONLY) || setting->offset == offsetof(struct settings, config))
		fault(loading, origin, "no setting of a file has this name; `secondlook serve --help` lists them");
	else
		remember(loading, setting, arena_copy_string(arena, value), origin);
}

static void gather_file(struct loading *loading)
{
	struct bytes content;
	bytes_init(&content, 1 << 18);
	if (files_read(loading->settings->config, &content)) {
		fault_begin(loading, loading->settings->config);
		bytes_format(loading->faults, "can't be read: %s\n", strerror(errno));
	} else if (bytes_string(&content)) {
		each_line(content.length ? content.data : (char[1]){""}, gather_line, loading);
	}
	bytes_release(&content);
}

static void read_one(struct loading *loading, const struct setting *setting)
{
	const struct given *given = &loading->given[setting - settings_table];
	struct bytes expected;
	bytes_init(&expected, 1024);
	enum err error =
		setting_read(setting, given->text ? given->text : setting->initial, loading->settings, &expected);
	if (error == ERR_INPUT) {
		fault_begin(loading, given->origin ? given->origin : setting->name);
		bytes_format(loading->faults, "\"%s\" is not %s\n", given->text ? given->text : setting->initial,
			     bytes_string(&expected));
	} else if (error) {
		loading->out_of_memory = true;
	}
	bytes_release(&expected);
}

/* 0 with a fixed port is the next one, so that a firewall's rule can be written beforehand. */
static void choose_stream_port(struct settings *settings)
{
	if (settings->stream_port == 0 && settings->port > 0 && settings->port < 65535)
		settings->stream_port = settings->port + 1;
}

static void choose_workers(struct settings *settings)
{
	cpu_set_t cores;
	int count = sched_getaffinity(0, sizeof cores, &cores) ? 1 : CPU_COUNT(&cores);
	if (!settings->workers)
		settings->workers = count > 3 ? count - 1 : 2;
	if (!settings->processes)
		settings->processes = count;
}

/* What an earlier `dev` left: the connection string of its database. */
static void choose_database(struct loading *loading)
{
	struct settings *settings = loading->settings;
	const char *path = arena_format(&settings->arena, "%s/run/database.url", settings->dir);
	struct bytes content;
	if (*settings->database || settings->subcommand == FOR_DEV || !path)
		return;
	bytes_init(&content, 4096);
	if (!files_read(path, &content) && content.length) {
		const char *copy = arena_copy(&settings->arena, content.data, strcspn(bytes_string(&content), "\r\n"));
		if (copy)
			settings->database = copy;
	}
	bytes_release(&content);
}

/* Rules that a value alone can't break. */
static void check_together(struct loading *loading)
{
	struct settings *settings = loading->settings;
	const char *sandbox = arena_format(&settings->arena, "%s/sandbox", settings->dir);
	if (!*settings->database && (settings->subcommand & (FOR_SERVE | FOR_MIGRATE)))
		fault(loading, "--database",
		      "missing, and DIR has no run/database.url; give postgresql://OWNER@HOST/DATABASE");
	if (settings->port && settings->port == settings->plain_port)
		fault(loading, "--plain-port", "is the same as --port; give each its own");
	if (settings->ungated && settings->subcommand == FOR_SERVE && (!sandbox || access(sandbox, F_OK)))
		fault(loading, "--ungated", "refused: DIR is not a sandbox that `secondlook dev` made");
}

static void choose_defaults(struct loading *loading)
{
	struct settings *settings = loading->settings;
	choose_workers(settings);
	choose_stream_port(settings);
	choose_database(loading);
	if (!*settings->tls_directory) {
		const char *path = arena_format(&settings->arena, "%s/pki", settings->dir);
		if (path)
			settings->tls_directory = path;
		else
			loading->out_of_memory = true;
	}
	if (!*settings->ledger_keys)
		settings->ledger_keys = settings->tls_directory;
}

static void load(struct loading *loading, const struct settings_source *source)
{
	gather_flags(loading, source);
	for (const char *const *variable = source->environment; *variable; variable++)
		gather_variable(loading, *variable);
	read_one(loading, &settings_table[0]); /* config comes first in the table: it names the file */
	if (loading->settings->config && *loading->settings->config)
		gather_file(loading);
	for (size_t i = 1; i < settings_table_count; i++)
		read_one(loading, &settings_table[i]);
	if (loading->out_of_memory || loading->failed)
		return;
	choose_defaults(loading);
	check_together(loading);
}

enum err settings_load(unsigned subcommand, const struct settings_source *source, struct bytes *faults,
		       struct settings *settings)
{
	struct settings fresh = {.subcommand = subcommand};
	struct loading loading = {.settings = &fresh, .faults = faults};
	arena_init(&fresh.arena, SETTINGS_MEMORY);
	load(&loading, source);
	if (loading.failed || loading.out_of_memory) {
		arena_release(&fresh.arena);
		return loading.failed ? ERR_INPUT : ERR_MEMORY;
	}
	*settings = fresh;
	return ERR_NONE;
}

void settings_release(struct settings *settings)
{
	arena_release(&settings->arena);
	*settings = (struct settings){0};
}

struct password_search {
	const char *role;
	struct bytes *password;
	const struct settings *settings;
	struct bytes *fault;
	bool failed;
};

static void match_password(void *context, int line, const char *name, const char *value)
{
	struct password_search *search = context;
	if (!name) {
		bytes_format(search->fault, "%s:%d: expected `role = password`\n",
			     search->settings->role_password_file, line);
		search->failed = true;
	} else if (strcmp(name, search->role) == 0) {
		bytes_clear(search->password);
		bytes_append_string(search->password, value);
	}
}

enum err settings_password(const struct settings *settings, const char *role, struct bytes *password,
			   struct bytes *fault_text)
{
	struct password_search search = {role, password, settings, fault_text, false};
	struct bytes content;
	if (!*settings->role_password_file)
		return ERR_NONE;
	bytes_init(&content, 1 << 16);
	if (files_read(settings->role_password_file, &content)) {
		bytes_format(fault_text, "%s: can't be read: %s\n", settings->role_password_file, strerror(errno));
		search.failed = true;
	} else if (content.length && bytes_string(&content)) {
		each_line(content.data, match_password, &search);
	}
	bytes_release(&content);
	return search.failed ? ERR_INPUT : ERR_NONE;
}

static bool is_url(const char *connection)
{
	return strncmp(connection, "postgresql://", 13) == 0 || strncmp(connection, "postgres://", 11) == 0;
}

static void append_encoded(struct bytes *connection, const char *text)
{
	for (const unsigned char *byte = (const unsigned char *)text; *byte; byte++)
		if (strchr("abcdefghijklmnopqrstuvwxyz0123456789_-", *byte))
			bytes_append_char(connection, (char)*byte);
		else
			bytes_format(connection, "%%%02X", *byte);
}

static void append_quoted(struct bytes *connection, const char *text)
{
	bytes_append_char(connection, '\'');
	for (; *text; text++) {
		if (*text == '\'' || *text == '\\')
			bytes_append_char(connection, '\\');
		bytes_append_char(connection, *text);
	}
	bytes_append_char(connection, '\'');
}

/* In both forms what comes later counts, so the owner's name and password need not be taken out. */
static void append_member(struct bytes *connection, bool url, const char *name, const char *value)
{
	if (url)
		bytes_append_char(connection, memchr(connection->data, '?', connection->length) ? '&' : '?');
	else
		bytes_append_char(connection, ' ');
	bytes_format(connection, "%s=", name);
	if (url)
		append_encoded(connection, value);
	else
		append_quoted(connection, value);
}

static enum err make_connection(const struct settings *settings, const char *role, const char *password,
				struct bytes *connection)
{
	bool url = is_url(settings->database);
	bytes_append_string(connection, settings->database);
	if (connection->failed)
		return ERR_MEMORY;
	if (role)
		append_member(connection, url, "user", role);
	if (*password)
		append_member(connection, url, "password", password);
	return connection->failed ? ERR_MEMORY : ERR_NONE;
}

enum err settings_connection(const struct settings *settings, const char *role, struct bytes *connection,
			     struct bytes *fault_text)
{
	struct bytes password;
	if (!*settings->database) {
		bytes_append_string(fault_text, "no database was named: give --database\n");
		return ERR_INPUT;
	}
	bytes_init(&password, 1024);
	enum err error = settings_password(settings, role ? role : "owner", &password, fault_text);
	if (!error && role && *settings->role_password_file && !password.length) {
		bytes_format(fault_text, "%s: has no line for %s\n", settings->role_password_file, role);
		error = ERR_INPUT;
	}
	const char *text = bytes_string(&password);
	if (!error)
		error = text ? make_connection(settings, role, text, connection) : ERR_MEMORY;
	bytes_release(&password);
	return error;
}
