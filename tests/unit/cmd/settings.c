/* Settings from flags, environment and file: precedence, faults, connection strings. */
#include "settings.h"

#include <string.h>

#include "support/directory.h"
#include "support/unit.h"

static const char *const nothing[] = {NULL};

/* Loads with the arguments and variables given, both NULL-terminated. */
static enum err load(unsigned subcommand, const char *const *arguments, const char *const *environment,
		     struct bytes *faults, struct settings *settings)
{
	struct settings_source source = {0, arguments, environment};
	while (arguments[source.argument_count])
		source.argument_count++;
	bytes_init(faults, 1 << 14);
	return settings_load(subcommand, &source, faults, settings);
}

static void expect_fault(struct bytes *faults, const char *line)
{
	const char *text = bytes_string(faults);
	ck_assert_msg(text && strstr(text, line), "no \"%s\" in:\n%s", line, text);
}

static size_t count_lines(struct bytes *faults)
{
	size_t count = 0;
	for (const char *text = bytes_string(faults); text && (text = strchr(text, '\n')); text++)
		count++;
	return count;
}

/* Loads what must be refused with one fault. */
static void expect_refusal(unsigned subcommand, const char *const *arguments, const char *const *environment,
			   const char *line)
{
	struct bytes faults;
	struct settings settings;
	ck_assert_int_eq(load(subcommand, arguments, environment, &faults, &settings), ERR_INPUT);
	expect_fault(&faults, line);
	ck_assert_uint_eq(count_lines(&faults), 1);
	bytes_release(&faults);
}

START_TEST(has_defaults)
{
	struct bytes faults;
	struct settings settings;
	ck_assert_int_eq(load(FOR_DEV, nothing, nothing, &faults, &settings), ERR_NONE);
	ck_assert_int_eq(settings.port, 8443);
	ck_assert_int_eq(settings.plain_port, 9443);
	ck_assert_str_eq(settings.host, "127.0.0.1");
	ck_assert_uint_eq(settings.body_maximum, 256 * 1024);
	ck_assert_int_eq(settings.headers_deadline_us, 10 * 1000000LL);
	ck_assert_int_eq(settings.revocation_grace_us, 24 * 3600 * 1000000LL);
	ck_assert_int_ge(settings.workers, 2);
	ck_assert_int_gt(settings.lane_depth[LANE_INTAKE], settings.lane_depth[LANE_BULK]);
	ck_assert_int_eq(settings.log_level, LOG_INFO);
	ck_assert(!settings.ungated && !settings.detach);
	settings_release(&settings);
	bytes_release(&faults);
}
END_TEST

START_TEST(makes_paths_absolute)
{
	struct bytes faults;
	struct settings settings;
	const char *const arguments[] = {"--dir", "./some", NULL};
	ck_assert_int_eq(load(FOR_DEV, arguments, nothing, &faults, &settings), ERR_NONE);
	ck_assert_int_eq(settings.dir[0], '/');
	ck_assert_str_eq(settings.dir + strlen(settings.dir) - 5, "/some");
	ck_assert_int_eq(strncmp(settings.tls_directory, settings.dir, strlen(settings.dir)), 0);
	ck_assert_str_eq(settings.tls_directory + strlen(settings.dir), "/pki");
	settings_release(&settings);
	bytes_release(&faults);
}
END_TEST

START_TEST(prefers_flags_then_environment_then_file)
{
	struct directory directory = directory_new();
	struct bytes faults;
	struct settings settings;
	directory_put(&directory, "conf", "# a comment\n\nport = 1001\n  workers=3  \r\nidle_timeout = 5m\n");
	const char *const arguments[] = {"--config", directory_path(&directory, "conf"), "--port=1003", NULL};
	const char *const environment[] = {"PATH=/bin", "SECONDLOOK_PORT=1002", "SECONDLOOK_WORKERS=4",
					   "SECONDLOOK_BODY_MAXIMUM=1MiB", NULL};
	ck_assert_int_eq(load(FOR_DEV, arguments, environment, &faults, &settings), ERR_NONE);
	ck_assert_int_eq(settings.port, 1003);
	ck_assert_int_eq(settings.workers, 4);
	ck_assert_int_eq(settings.idle_timeout_us, 300 * 1000000LL);
	ck_assert_uint_eq(settings.body_maximum, 1 << 20);
	settings_release(&settings);
	bytes_release(&faults);
	directory_remove(&directory);
}
END_TEST

START_TEST(takes_the_last_of_a_repeated_flag)
{
	struct bytes faults;
	struct settings settings;
	const char *const arguments[] = {"--port", "1", "--port", "2", "--detach", "--fresh=no", NULL};
	ck_assert_int_eq(load(FOR_DEV, arguments, nothing, &faults, &settings), ERR_NONE);
	ck_assert_int_eq(settings.port, 2);
	ck_assert(settings.detach);
	ck_assert(!settings.fresh);
	settings_release(&settings);
	bytes_release(&faults);
}
END_TEST

START_TEST(keeps_plain_arguments_in_order)
{
	struct bytes faults;
	struct settings settings;
	const char *const arguments[] = {"client", "--days", "-3", "north", "--dir=/d", "web", NULL};
	ck_assert_int_eq(load(FOR_PKI, arguments, nothing, &faults, &settings), ERR_NONE);
	ck_assert_uint_eq(settings.argument_count, 3);
	ck_assert_str_eq(settings.arguments[0], "client");
	ck_assert_str_eq(settings.arguments[1], "north");
	ck_assert_str_eq(settings.arguments[2], "web");
	ck_assert_int_eq(settings.days, -3);
	settings_release(&settings);
	bytes_release(&faults);
}
END_TEST

START_TEST(tells_every_fault_at_once)
{
	struct directory directory = directory_new();
	struct bytes faults;
	struct settings settings;
	directory_put(&directory, "conf", "nonsense\nprot = 3\nbody_deadline = soon\nfresh = yes\n");
	const char *const arguments[] = {"--config", directory_path(&directory, "conf"), "--prot", "3", "--port", "65536",
					 "--workers", NULL};
	const char *const environment[] = {"SECONDLOOK_BODY_MAXIMUM=1TB", NULL};
	ck_assert_int_eq(load(FOR_DEV, arguments, environment, &faults, &settings), ERR_INPUT);
	expect_fault(&faults, "--prot: no such flag here");
	expect_fault(&faults, "--workers: needs a value");
	expect_fault(&faults, "conf:1: expected `name = value`");
	expect_fault(&faults, "conf:2: no setting of a file has this name");
	expect_fault(&faults, "conf:4: no setting of a file has this name");
	expect_fault(&faults, "conf:3: \"soon\" is not a duration from 100ms to 10m");
	expect_fault(&faults, "--port: \"65536\" is not a whole number from 0 to 65535");
	expect_fault(&faults, "SECONDLOOK_BODY_MAXIMUM: \"1TB\" is not a size from 1KiB to 16MiB");
	ck_assert_uint_eq(count_lines(&faults), 8);
	bytes_release(&faults);
	directory_remove(&directory);
}
END_TEST

START_TEST(refuses_flags_of_other_subcommands)
{
	const char *const arguments[] = {"--fresh", NULL};
	expect_refusal(FOR_MIGRATE, arguments, nothing, "--fresh: no such flag here");
}
END_TEST

START_TEST(ignores_single_run_settings_in_the_environment)
{
	struct bytes faults;
	struct settings settings;
	const char *const environment[] = {"SECONDLOOK_FRESH=yes", NULL};
	ck_assert_int_eq(load(FOR_DEV, nothing, environment, &faults, &settings), ERR_NONE);
	ck_assert(!settings.fresh);
	settings_release(&settings);
	bytes_release(&faults);
}
END_TEST

START_TEST(minds_unknown_variables_only_for_the_doctor)
{
	struct bytes faults;
	struct settings settings;
	const char *const environment[] = {"SECONDLOOK_PROT=1", "SECONDLOOK_POSTGRES_BIN=/usr/bin", NULL};
	ck_assert_int_eq(load(FOR_DEV, nothing, environment, &faults, &settings), ERR_NONE);
	settings_release(&settings);
	bytes_release(&faults);
	expect_refusal(FOR_DOCTOR, nothing, environment, "SECONDLOOK_PROT: no setting has this name");
}
END_TEST

START_TEST(refuses_an_unreadable_file)
{
	const char *const arguments[] = {"--config", "/nowhere/at/all", NULL};
	expect_refusal(FOR_DEV, arguments, nothing, "/nowhere/at/all: can't be read: No such file");
}
END_TEST

START_TEST(needs_a_database_to_serve)
{
	struct directory directory = directory_new();
	const char *const arguments[] = {"--dir", directory.path, NULL};
	expect_refusal(FOR_SERVE, arguments, nothing, "--database: missing");
	expect_refusal(FOR_MIGRATE, arguments, nothing, "--database: missing");
	directory_remove(&directory);
}
END_TEST

START_TEST(finds_the_database_that_dev_left)
{
	struct directory directory = directory_new();
	struct bytes faults;
	struct settings settings;
	const char *const arguments[] = {"--dir", directory.path, NULL};
	mkdir(directory_path(&directory, "run"), 0700);
	directory_put(&directory, "run/database.url", "postgresql:///x?host=/s\n");
	ck_assert_int_eq(load(FOR_SERVE, arguments, nothing, &faults, &settings), ERR_NONE);
	ck_assert_str_eq(settings.database, "postgresql:///x?host=/s");
	settings_release(&settings);
	bytes_release(&faults);
	ck_assert_int_eq(load(FOR_DEV, arguments, nothing, &faults, &settings), ERR_NONE);
	ck_assert_str_eq(settings.database, "");
	settings_release(&settings);
	bytes_release(&faults);
	directory_remove(&directory);
}
END_TEST

START_TEST(refuses_one_port_for_both_listeners)
{
	const char *const arguments[] = {"--port", "9000", "--plain-port", "9000", NULL};
	expect_refusal(FOR_DEV, arguments, nothing, "--plain-port: is the same as --port");
}
END_TEST

START_TEST(allows_no_gate_only_in_a_sandbox)
{
	struct directory directory = directory_new();
	struct bytes faults;
	struct settings settings;
	const char *const arguments[] = {"--dir", directory.path, "--database", "postgresql:///x", "--ungated", NULL};
	expect_refusal(FOR_SERVE, arguments, nothing, "--ungated: refused");
	directory_put(&directory, "sandbox", "");
	ck_assert_int_eq(load(FOR_SERVE, arguments, nothing, &faults, &settings), ERR_NONE);
	ck_assert(settings.ungated);
	settings_release(&settings);
	bytes_release(&faults);
	directory_remove(&directory);
}
END_TEST

/* The connection string for `role` when `database` and the password file's text are these; NULL text: no such file. */
static enum err connect_as(const char *role, const char *database, const char *passwords, struct bytes *connection,
			   struct bytes *fault)
{
	struct directory directory = directory_new();
	struct bytes faults;
	struct settings settings;
	directory_put(&directory, "passwords", passwords ? passwords : "");
	const char *const arguments[] = {"--database", database, passwords ? "--role-password-file" : NULL,
					 directory_path(&directory, "passwords"), NULL};
	bytes_init(connection, 4096);
	bytes_init(fault, 4096);
	ck_assert_int_eq(load(FOR_SERVE, arguments, nothing, &faults, &settings), ERR_NONE);
	enum err error = settings_connection(&settings, role, connection, fault);
	settings_release(&settings);
	bytes_release(&faults);
	directory_remove(&directory);
	return error;
}

static void expect_connection(const char *role, const char *database, const char *passwords, const char *wanted)
{
	struct bytes connection, fault;
	ck_assert_int_eq(connect_as(role, database, passwords, &connection, &fault), ERR_NONE);
	ck_assert_str_eq(bytes_string(&connection), wanted);
	bytes_release(&connection);
	bytes_release(&fault);
}

START_TEST(makes_connections_for_roles)
{
	expect_connection(NULL, "postgresql://o@h/d", NULL, "postgresql://o@h/d");
	expect_connection("secondlook_app", "postgresql://o@h/d", NULL, "postgresql://o@h/d?user=secondlook_app");
	expect_connection("secondlook_app", "postgresql:///d?host=/s", NULL,
			  "postgresql:///d?host=/s&user=secondlook_app");
	expect_connection("secondlook_app", "host=h dbname=d", NULL, "host=h dbname=d user='secondlook_app'");
}
END_TEST

START_TEST(adds_passwords_from_the_file)
{
	const char *passwords = "owner = o&w\n# app\nsecondlook_app = a'b\\c =d\n";
	expect_connection(NULL, "postgresql://o@h/d", passwords, "postgresql://o@h/d?password=o%26w");
	expect_connection("secondlook_app", "postgresql://o@h/d", passwords,
			  "postgresql://o@h/d?user=secondlook_app&password=a%27b%5Cc%20%3Dd");
	expect_connection("secondlook_app", "host=h", passwords,
			  "host=h user='secondlook_app' password='a\\'b\\\\c =d'");
}
END_TEST

START_TEST(refuses_a_role_without_a_password)
{
	struct bytes connection, fault;
	ck_assert_int_eq(connect_as("secondlook_gate", "postgresql:///d", "secondlook_app = x\n", &connection, &fault),
			 ERR_INPUT);
	ck_assert_ptr_nonnull(strstr(bytes_string(&fault), "has no line for secondlook_gate"));
	ck_assert_uint_eq(connection.length, 0);
	bytes_release(&connection);
	bytes_release(&fault);
	ck_assert_int_eq(connect_as("secondlook_gate", "postgresql:///d", "what\n", &connection, &fault), ERR_INPUT);
	ck_assert_ptr_nonnull(strstr(bytes_string(&fault), ":1: expected `role = password`"));
	bytes_release(&connection);
	bytes_release(&fault);
}
END_TEST

UNIT("settings", has_defaults, makes_paths_absolute, prefers_flags_then_environment_then_file,
     takes_the_last_of_a_repeated_flag, keeps_plain_arguments_in_order, tells_every_fault_at_once,
     refuses_flags_of_other_subcommands, ignores_single_run_settings_in_the_environment,
     minds_unknown_variables_only_for_the_doctor, refuses_an_unreadable_file, needs_a_database_to_serve,
     finds_the_database_that_dev_left, refuses_one_port_for_both_listeners, allows_no_gate_only_in_a_sandbox,
     makes_connections_for_roles, adds_passwords_from_the_file, refuses_a_role_without_a_password)
