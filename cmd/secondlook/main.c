/* The program: a table of subcommands. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "subcommands.h"

extern char **environ;

struct subcommand {
	const char *name;
	unsigned bit;
	int (*run)(const struct settings *settings);
	const char *usage; /* what follows the name */
	const char *help;
};

static const struct subcommand subcommands[] = {
	{"serve", FOR_SERVE, serve_main, "[flags]", "Serves the API over mutual TLS until SIGTERM; SIGHUP reloads certificates."},
	{"dev", FOR_DEV, dev_main, "[flags]",
	 "Starts everything in one directory: PostgreSQL, migrations, sandbox certificates and identities, the service."},
	{"migrate", FOR_MIGRATE, migrate_main, "[--status | --dry-run] [flags]",
	 "Brings the database up to date: schema, functions, question sets, passwords of the login roles."},
	{"pki", FOR_PKI, pki_main, "init | client FORCE NAME [--days N] | revoke FORCE NAME | crl | ledger   [flags]",
	 "A sandbox certificate authority in DIR/pki: not for production, but for its `ledger`, which makes the signing keys."},
	{"seed", FOR_SEED, seed_main, "(--demo | --scenario NAME) [flags]",
	 "Fills the sandbox of a running service through its API: invented cases, or a replayed history."},
	{"capacity", FOR_CAPACITY, capacity_main, "[--force FORCE] [--since INSTANT] [--until INSTANT] [flags]",
	 "Says, by the recorded queue, how many specialists it needs; exit status 3: too little history, 4: not even --most do."},
	{"doctor", FOR_DOCTOR, doctor_main, "[flags]",
	 "Says in words what is wrong with the settings, the certificates, the database; exit status 0 when nothing is."},
	{"ledger", FOR_LEDGER, ledger_main, "verify [FILE] | publish --to (DIRECTORY | https://HOST/PATH) [--follow]   [flags]",
	 "Proves the whole ledger, or what was handed out of it; exit status 0: proven, 5: a fault was found. Publishes signed heads to a witness."},
	{"detectors", FOR_DETECTORS, detectors_main, "list | try ID --since INSTANT [--set name=value,…]   [flags]",
	 "Says what the detectors do; runs a changed one over recorded history, without writing."},
};
enum { SUBCOMMANDS = sizeof subcommands / sizeof *subcommands };

static int usage(FILE *out, int status)
{
	fprintf(out, "usage: secondlook SUBCOMMAND [flags]\n\n");
	for (size_t i = 0; i < SUBCOMMANDS; i++)
		fprintf(out, "  %-9s %s\n", subcommands[i].name, subcommands[i].help);
	fprintf(out, "\n`secondlook SUBCOMMAND --help` lists its flags; `secondlook --version` says the version.\n");
	return status;
}

static int help(const struct subcommand *subcommand)
{
	struct bytes text;
	bytes_init(&text, 1 << 16);
	settings_help(subcommand->bit, &text);
	const char *flags = bytes_string(&text);
	printf("usage: secondlook %s %s\n\n%s\n\n%s", subcommand->name, subcommand->usage, subcommand->help,
	       flags ? flags : "");
	bytes_release(&text);
	return 0;
}

static bool asks_for_help(int count, char *const *arguments)
{
	for (int i = 0; i < count; i++)
		if (strcmp(arguments[i], "--help") == 0 || strcmp(arguments[i], "-h") == 0)
			return true;
	return false;
}

/* The descriptor stays open to the end of the process. */
static int start_log(const struct settings *settings)
{
	int descriptor = STDERR_FILENO;
	if (*settings->log_file)
		descriptor = open(settings->log_file, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
	if (descriptor < 0) {
		fprintf(stderr, "secondlook: --log-file: can't open %s: %s\n", settings->log_file, strerror(errno));
		return -1;
	}
	log_open(descriptor, settings->log_level);
	return 0;
}

static int run(const struct subcommand *subcommand, int count, char **arguments)
{
	struct settings_source source = {(size_t)count, (const char *const *)arguments, (const char *const *)environ};
	struct settings settings;
	struct bytes faults;
	int status = 2;
	bytes_init(&faults, 1 << 16);
	enum err error = settings_load(subcommand->bit, &source, &faults, &settings);
	if (error) {
		const char *text = bytes_string(&faults);
		fprintf(stderr, "secondlook %s: these settings can't be used:\n%s", subcommand->name,
			text && *text ? text : err_word(error));
	} else {
		status = start_log(&settings) ? 2 : subcommand->run(&settings);
		settings_release(&settings);
	}
	bytes_release(&faults);
	return status;
}

static const struct subcommand *find_subcommand(const char *name)
{
	for (size_t i = 0; i < SUBCOMMANDS; i++)
		if (strcmp(subcommands[i].name, name) == 0)
			return &subcommands[i];
	return NULL;
}

int main(int count, char **arguments)
{
	const struct subcommand *subcommand = count > 1 ? find_subcommand(arguments[1]) : NULL;
	if (subcommand && asks_for_help(count - 2, arguments + 2))
		return help(subcommand);
	if (subcommand)
		return run(subcommand, count - 2, arguments + 2);
	if (count > 1 && strcmp(arguments[1], "--version") == 0) {
		printf("secondlook %s\n", SECONDLOOK_VERSION);
		return 0;
	}
	if (asks_for_help(count - 1, arguments + 1))
		return usage(stdout, 0);
	if (count > 1)
		fprintf(stderr, "secondlook: there is no subcommand \"%s\"\n\n", arguments[1]);
	return usage(stderr, 2);
}
