/* Brings a database up to date: schema, functions, question sets, passwords of the login roles. */
#include "migrate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "embedded.h"
#include "password.h"
#include "subcommands.h"

static const char migrations_prefix[] = "migrations/";
static const char question_sets_prefix[] = "api/question-sets/";

const char *const migrate_login_roles[] = {"secondlook_app",	   "secondlook_gate",  "secondlook_sequencer",
					   "secondlook_clock",	   "secondlook_sealer", "secondlook_verifier", NULL};

static bool is_below(const struct embedded_file *file, const char *prefix)
{
	return strncmp(file->path, prefix, strlen(prefix)) == 0;
}

/* The caller frees the list; NULL: no memory. */
static struct migration *collect(size_t *count)
{
	size_t all = 0, found = 0;
	while (embedded_files[all].path)
		all++;
	struct migration *list = calloc(all + 1, sizeof *list);
	for (size_t i = 0; list && i < all; i++) {
		const struct embedded_file *file = &embedded_files[i];
		if (is_below(file, migrations_prefix))
			list[found++] = (struct migration){file->path + sizeof migrations_prefix - 1, file->start,
							   (size_t)(file->end - file->start)};
	}
	*count = found;
	return list;
}

static enum err run_migrations(const char *connection, bool dry_run, migrate_report report, void *context,
			       struct bytes *fault)
{
	size_t count;
	struct migration *list = collect(&count);
	if (!list)
		return ERR_MEMORY;
	enum err error = migrate_run(connection, list, count, dry_run, report, context, fault);
	free(list);
	return error;
}

static void append_literal(struct bytes *sql, const char *text, size_t length)
{
	bytes_append_string(sql, "E'");
	for (size_t i = 0; i < length; i++) {
		if (text[i] == '\'' || text[i] == '\\')
			bytes_append_char(sql, text[i]);
		bytes_append_char(sql, text[i]);
	}
	bytes_append_char(sql, '\'');
}

static enum err run_sql(const char *connection, struct bytes *sql, const char *what, struct bytes *fault)
{
	const char *text = bytes_string(sql);
	if (!text)
		return ERR_MEMORY;
	size_t before = fault->length;
	enum err error = db_run_blocking(connection, text, NULL, fault);
	if (error) {
		struct bytes reason;
		bytes_init(&reason, fault->maximum);
		bytes_append(&reason, fault->data + before, fault->length - before);
		fault->length = before;
		bytes_format(fault, "%s: %s", what, bytes_string(&reason) ? bytes_string(&reason) : "");
		bytes_release(&reason);
	}
	return error;
}

static enum err load_question_set(const char *connection, const struct embedded_file *file, struct bytes *fault)
{
	struct bytes sql;
	bytes_init(&sql, 1 << 24);
	bytes_append_string(&sql, "select load_question_set(");
	append_literal(&sql, file->start, (size_t)(file->end - file->start));
	bytes_append_string(&sql, "::jsonb)");
	enum err error = run_sql(connection, &sql, file->path, fault);
	bytes_release(&sql);
	return error;
}

static enum err load_question_sets(const char *connection, struct bytes *fault)
{
	enum err error = ERR_NONE;
	for (const struct embedded_file *file = embedded_files; !error && file->path; file++)
		if (is_below(file, question_sets_prefix) && strstr(file->path, ".json"))
			error = load_question_set(connection, file, fault);
	return error;
}

static enum err set_password(const struct settings *settings, const char *connection, const char *role,
			     struct bytes *password, struct bytes *fault)
{
	struct bytes sql;
	enum err error = settings_password(settings, role, password, fault);
	if (error)
		return error;
	bytes_init(&sql, 4096);
	bytes_format(&sql, "alter role %s login password '", role);
	error = password_verifier(bytes_string(password) ? bytes_string(password) : "", &sql);
	bytes_append_char(&sql, '\'');
	if (error == ERR_INPUT)
		bytes_format(fault, "%s: needs a line `%s = password`, in printable ASCII\n",
			     settings->role_password_file, role);
	else if (!error)
		error = run_sql(connection, &sql, role, fault);
	bytes_release(&sql);
	return error;
}

static enum err set_passwords(const struct settings *settings, const char *connection, struct bytes *fault)
{
	enum err error = ERR_NONE;
	if (!*settings->role_password_file)
		return error;
	for (const char *const *role = migrate_login_roles; !error && *role; role++) {
		struct bytes password;
		bytes_init(&password, 1024);
		error = set_password(settings, connection, *role, &password, fault);
		if (password.data)
			explicit_bzero(password.data, password.length);
		bytes_release(&password);
	}
	return error;
}

static enum err with_connection(const struct settings *settings, bool look, migrate_report report, void *context,
				struct bytes *fault)
{
	struct bytes owner;
	bytes_init(&owner, 4096);
	enum err error = settings_connection(settings, NULL, &owner, fault);
	const char *connection = bytes_string(&owner);
	if (!error)
		error = connection ? run_migrations(connection, look, report, context, fault) : ERR_MEMORY;
	if (!error && !look)
		error = load_question_sets(connection, fault);
	/* Over the tables as they are now, whichever file changed them. */
	if (!error && !look)
		error = db_run_blocking(connection, "select make_past_views()", NULL, fault);
	if (!error && !look)
		error = set_passwords(settings, connection, fault);
	bytes_release(&owner);
	return error;
}

enum err migrate_all(const struct settings *settings, migrate_report report, void *context, struct bytes *fault)
{
	return with_connection(settings, false, report, context, fault);
}

enum err migrate_look(const struct settings *settings, migrate_report report, void *context, struct bytes *fault)
{
	return with_connection(settings, true, report, context, fault);
}

struct listing {
	bool all;  /* what is applied already, too */
	bool look; /* nothing is being applied */
	size_t shown;
};

static void list(void *context, const char *name, enum migration_state state)
{
	static const char *const words[] = {
		[MIGRATION_APPLIED] = "applied", [MIGRATION_PENDING] = "pending", [MIGRATION_CHANGED] = "changed"};
	struct listing *listing = context;
	if (state == MIGRATION_APPLIED && !listing->all)
		return;
	printf("%-8s %s\n", listing->look ? words[state] : "apply", name);
	listing->shown++;
}

int migrate_main(const struct settings *settings)
{
	bool look = settings->status || settings->dry_run;
	struct listing listing = {.all = settings->status, .look = look};
	struct bytes fault;
	bytes_init(&fault, 1 << 16);
	enum err error = with_connection(settings, look, list, &listing, &fault);
	if (error)
		subcommand_failed("migrate", error, &fault);
	else if (!look)
		printf("the database is up to date\n");
	else if (!listing.shown)
		printf("nothing to apply\n");
	bytes_release(&fault);
	return error ? 1 : 0;
}
