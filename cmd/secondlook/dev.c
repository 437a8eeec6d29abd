/* Everything for a machine of one's own, in one directory: database, migrations, certificates, identities, service. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "base/time.h"
#include "db/embedded.h"
#include "db/migrate.h"
#include "dev_sandbox.h"
#include "dev_service.h"
#include "files.h"
#include "migrate.h"
#include "pki.h"
#include "seed.h"
#include "subcommands.h"

#define CURL_CLIENT "pki/clients/west-midlands.control-room-web"

enum { READY_S = 60, STOP_MARGIN_S = 10 };

struct dev {
	struct settings settings; /* as given, but for the database and the ports; its texts are the caller's */
	struct arena arena;
	struct bytes fault;
	char database_directory[PATH_MAX];
	char log_path[PATH_MAX];
	int lock;  /* -1: the directory is not ours */
	int ready; /* pipe to whom `--detach` left waiting; -1 */
	struct embedded embedded; /* url "": not started */
	struct dev_service service;
	pid_t seed; /* fills the demonstration force; 0: not running */
	sigset_t held;
	int64_t started_us;
	bool terminal;
};

typedef enum err (*dev_step)(struct dev *dev);

static enum err refuse(struct dev *dev, const char *path, const char *what)
{
	bytes_format(&dev->fault, "%s: %s: %s\n", path, what, strerror(errno));
	return ERR_SYSTEM;
}

/* DIR/name; "" when there is no memory, which no file has for a name. */
static const char *path_of(struct dev *dev, const char *name)
{
	const char *path = arena_format(&dev->arena, "%s/%s", dev->settings.dir, name);
	return path ? path : "";
}

static enum err empty_directory(struct dev *dev)
{
	if (!dev->settings.fresh)
		return ERR_NONE;
	enum err error = ERR_NONE;
	if (access(dev->database_directory, F_OK) == 0)
		error = embedded_stop(dev->database_directory, &dev->fault);
	return error ? error : sandbox_empty(dev->settings.dir, &dev->fault);
}

static enum err write_process(struct dev *dev)
{
	char text[32];
	const char *path = path_of(dev, "run/secondlook.pid");
	int length = snprintf(text, sizeof text, "%ld\n", (long)getpid());
	return files_write(path, 0644, text, (size_t)length) ? refuse(dev, path, "can't be written") : ERR_NONE;
}

static enum err start_log(struct dev *dev)
{
	const char *path = *dev->settings.log_file ? dev->settings.log_file : path_of(dev, "run/log.jsonl");
	snprintf(dev->log_path, sizeof dev->log_path, "%s", path);
	dev->service.log = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
	if (dev->service.log < 0)
		return refuse(dev, path, "can't be opened");
	log_open(dev->service.log, dev->settings.log_level);
	log_name_process("dev");
	return ERR_NONE;
}

static enum err claim(struct dev *dev)
{
	enum err error = sandbox_claim(dev->settings.dir, &dev->fault, &dev->lock);
	if (!error)
		error = empty_directory(dev);
	if (!error)
		error = sandbox_furnish(dev->settings.dir, &dev->fault);
	if (!error)
		error = write_process(dev);
	return error ? error : start_log(dev);
}

/* The public port is what people were told, so it must be free; the operations listener is found through run/plain.port, the
 * port of streams through the service's redirect, and both move when they have to. */
static enum err check_ports(struct dev *dev)
{
	struct bytes unused;
	bytes_init(&unused, 1024);
	enum err error = dev_service_check_port(dev->settings.host, dev->settings.port, &dev->fault);
	if (!error && dev_service_check_port("127.0.0.1", dev->settings.plain_port, &unused))
		dev->settings.plain_port = 0;
	if (!error && dev_service_check_port(dev->settings.host, dev->settings.stream_port, &unused))
		dev->settings.stream_port = 0;
	bytes_release(&unused);
	return error;
}

static enum err write_database_url(struct dev *dev)
{
	const char *path = path_of(dev, "run/database.url");
	const char *line = arena_format(&dev->arena, "%s\n", dev->settings.database);
	if (!line)
		return ERR_MEMORY;
	return files_write(path, 0600, line, strlen(line)) ? refuse(dev, path, "can't be written") : ERR_NONE;
}

static enum err start_database(struct dev *dev)
{
	if (*dev->settings.database)
		return write_database_url(dev);
	sigprocmask(SIG_BLOCK, &dev->held, NULL); /* from here on there is something to stop */
	enum err error = embedded_start(dev->database_directory, &dev->fault, &dev->embedded);
	if (error)
		return error;
	dev->settings.database = dev->embedded.url;
	return write_database_url(dev);
}

static void count_change(void *context, const char *name, enum migration_state state)
{
	(void)context;
	if (state != MIGRATION_APPLIED)
		log_text(LOG_INFO, "migration", name);
}

static enum err migrate(struct dev *dev)
{
	return migrate_all(&dev->settings, count_change, NULL, &dev->fault);
}

static enum err make_certificates(struct dev *dev)
{
	return pki_prepare(&dev->settings, &dev->fault);
}

static enum err seed_identities(struct dev *dev)
{
	struct bytes owner;
	bytes_init(&owner, 4096);
	enum err error = settings_connection(&dev->settings, NULL, &owner, &dev->fault);
	if (!error)
		error = db_run_blocking(bytes_string(&owner), "select seed_sandbox()", NULL, &dev->fault);
	bytes_release(&owner);
	return error;
}

/* The end of the log tells more than that the service ended. */
static void show_log(struct dev *dev, off_t from)
{
	char tail[2048];
	int descriptor = open(dev->log_path, O_RDONLY | O_CLOEXEC);
	off_t end = descriptor < 0 ? 0 : lseek(descriptor, 0, SEEK_END);
	if (end - from > (off_t)sizeof tail)
		from = end - (off_t)sizeof tail;
	ssize_t length = descriptor < 0 ? 0 : pread(descriptor, tail, sizeof tail, from);
	if (length > 0)
		bytes_format(&dev->fault, "the end of %s:\n%.*s", dev->log_path, (int)length, tail);
	if (descriptor >= 0)
		close(descriptor);
}

static enum err serve(struct dev *dev)
{
	sigprocmask(SIG_BLOCK, &dev->held, NULL);
	off_t log_end = lseek(dev->service.log, 0, SEEK_END);
	enum err error = dev_service_start(&dev->settings, &dev->fault, &dev->service);
	if (!error)
		error = dev_service_await(&dev->settings, &dev->held, READY_S * 1000000LL, &dev->fault, &dev->service);
	if (error)
		show_log(dev, log_end);
	return error;
}

static const struct {
	const char *doing;
	const char *done;
	dev_step run;
} steps[] = {
	{"taking the directory", "directory", claim},
	{"checking the ports", "ports", check_ports},
	{"starting the database", "database", start_database},
	{"migrating", "migrations", migrate},
	{"making certificates", "certificates", make_certificates},
	{"entering the sandbox's forces, staff and clients", "sandbox identities", seed_identities},
	{"starting the service", "service", serve},
};
enum { STEPS = sizeof steps / sizeof *steps };

/* One line a step: on a terminal it is announced first and then written over. */
static enum err run_step(struct dev *dev, size_t number)
{
	int64_t before_us = time_monotonic_us();
	if (dev->terminal)
		printf("  … %s", steps[number].doing), fflush(stdout);
	enum err error = steps[number].run(dev);
	if (dev->terminal)
		printf("\r\033[K");
	if (!error)
		printf("%s%s (%.2f s)\n", dev->terminal ? "  ✓ " : "", steps[number].done,
		       (double)(time_monotonic_us() - before_us) / 1e6);
	fflush(stdout);
	return error;
}

/* A signal that came while a step could not be interrupted. */
static bool is_asked_to_stop(void)
{
	sigset_t pending;
	sigpending(&pending);
	return sigismember(&pending, SIGTERM) || sigismember(&pending, SIGINT);
}

static enum err run_steps(struct dev *dev)
{
	enum err error = ERR_NONE;
	for (size_t i = 0; !error && i < STEPS; i++) {
		error = run_step(dev, i);
		if (!error && is_asked_to_stop()) {
			bytes_append_string(&dev->fault, "stopped by a signal\n");
			error = ERR_NOT_NOW;
		}
	}
	return error;
}

/* As a shell reads it. */
static void append_word(struct bytes *line, const char *word)
{
	if (word[strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-")] == '\0') {
		bytes_append_string(line, word);
		return;
	}
	bytes_append_char(line, '\'');
	for (; *word; word++)
		bytes_append_string(line, *word == '\'' ? "'\\''" : (char[2]){*word});
	bytes_append_char(line, '\'');
}

static void append_curl(struct dev *dev, struct bytes *text, const char *path, const char *rest)
{
	bytes_append_string(text, "curl --cacert ");
	append_word(text, path_of(dev, "pki/ca.pem"));
	bytes_append_string(text, " --cert ");
	append_word(text, path_of(dev, CURL_CLIENT ".pem"));
	bytes_append_string(text, " --key ");
	append_word(text, path_of(dev, CURL_CLIENT ".key"));
	bytes_format(text, " -H 'On-Behalf-Of: WM-CH-1' %shttps://localhost:%d%s\n", rest, dev->service.port, path);
}

/* What a control room does first; each line works when it is pasted. */
static void append_examples(struct dev *dev, struct bytes *text)
{
	char now[TIME_TEXT_SIZE];
	time_format(time_now_us(), now);
	const char *contact = arena_format(
		&dev->arena,
		"-H 'Content-Type: application/json' -H \"Idempotency-Key: $(cat /proc/sys/kernel/random/uuid)\" "
		"-d '{\"occurredAt\":\"%s\",\"channel\":\"call_999\",\"caller\":\"victim\","
		"\"responseGrade\":\"emergency\",\"phone\":\"07700 900123\"}' ",
		now);
	append_curl(dev, text, "/v1/whoami", "");
	append_curl(dev, text, "/v1/contacts", contact ? contact : "");
	append_curl(dev, text, "/v1/history-searches",
		    "-H 'Content-Type: application/json' -d '{\"phone\":\"07700 900123\"}' ");
}

static void print_welcome(struct dev *dev)
{
	struct bytes text;
	bytes_init(&text, 1 << 14);
	append_examples(dev, &text);
	const char *examples = bytes_string(&text);
	printf("ready in %.1f s: https://localhost:%d (streams: port %d, operations: http://127.0.0.1:%d/ready, log: %s)\n\n%s\n",
	       (double)(time_monotonic_us() - dev->started_us) / 1e6, dev->service.port, dev->service.stream_port,
	       dev->service.plain_port, dev->log_path, examples ? examples : "");
	bytes_release(&text);
}

/* Lets the process that waits for `--detach` go, and leaves its terminal. */
static void detach(struct dev *dev)
{
	int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
	fflush(stdout);
	setsid();
	if (nothing >= 0)
		dup2(nothing, STDIN_FILENO);
	dup2(dev->service.log, STDOUT_FILENO);
	dup2(dev->service.log, STDERR_FILENO);
	if (write(dev->ready, "r", 1) != 1)
		log_event(LOG_WARNING, "dev.detach.unseen", "");
	close(dev->ready);
	dev->ready = -1;
}

/* A fresh revocation list, and certificates before they end. */
static void renew(struct dev *dev)
{
	bytes_clear(&dev->fault);
	if (pki_prepare(&dev->settings, &dev->fault))
		log_text(LOG_ERROR, "dev.renew.failed", bytes_string(&dev->fault));
	else if (dev->service.process)
		kill(dev->service.process, SIGHUP);
}

/* A database that ends is not started again: who stopped it may have meant it, and the service waits for it. */
static void look_after_database(struct dev *dev)
{
	int status;
	if (dev->embedded.postmaster &&
	    waitpid(dev->embedded.postmaster, &status, WNOHANG) == dev->embedded.postmaster) {
		dev->embedded.postmaster = 0;
		log_event(LOG_ERROR, "dev.database.ended", "\"status\":%d", status);
	}
}

static enum err look_after_service(struct dev *dev)
{
	int status;
	if (!dev_service_has_ended(&dev->service, &status))
		return ERR_NONE;
	bytes_clear(&dev->fault);
	bytes_format(&dev->fault, "the service ended (status %d); see %s\n", status, dev->log_path);
	return ERR_NOT_NOW;
}

/* Until a signal says stop (ERR_NONE) or the service ends by itself. */
static enum err look_after(struct dev *dev)
{
	int64_t every_us = dev->settings.revocation_list_lifetime_us / 2;
	int64_t renew_us = time_monotonic_us() + every_us;
	enum err error = ERR_NONE;
	while (!error) {
		int64_t left_us = renew_us - time_monotonic_us();
		struct timespec patience = {left_us > 0 ? left_us / 1000000 : 0,
					    left_us > 0 ? left_us % 1000000 * 1000 : 0};
		int number = sigtimedwait(&dev->held, NULL, &patience);
		if (number == SIGTERM || number == SIGINT)
			return ERR_NONE;
		if (number == SIGHUP)
			kill(dev->service.process, SIGHUP);
		if (number < 0 && errno == EAGAIN) {
			renew(dev);
			renew_us = time_monotonic_us() + every_us;
		}
		seed_background_reap(&dev->seed);
		look_after_database(dev);
		error = look_after_service(dev);
	}
	return error;
}

/* In the reverse order of starting. A database that an earlier run left behind is stopped too. */
static enum err stop(struct dev *dev)
{
	enum err error = ERR_NONE;
	seed_background_stop(&dev->seed);
	dev_service_stop(&dev->service, &dev->held, dev->settings.drain_deadline_us + STOP_MARGIN_S * 1000000LL);
	if (*dev->embedded.url)
		error = embedded_stop(dev->database_directory, &dev->fault);
	if (dev->lock >= 0) {
		unlink(path_of(dev, "run/port"));
		unlink(path_of(dev, "run/plain.port"));
		unlink(path_of(dev, "run/stream.port"));
		unlink(path_of(dev, "run/secondlook.pid"));
		close(dev->lock);
	}
	if (dev->service.log >= 0) {
		log_open(STDERR_FILENO, dev->settings.log_level);
		close(dev->service.log);
	}
	return error;
}

/* Ready does not wait for it. */
static void seed(struct dev *dev)
{
	struct api_place place = {.dir = dev->settings.dir, .host = dev->settings.host, .port = dev->service.port};
	dev->seed = seed_background_start(&place, dev->service.log);
	printf("The demonstration force is filled in the background, unless it has been: its clock runs through eighteen\n"
	       "months first. The log says seed.complete (%s).\n", dev->log_path);
}

static enum err run(struct dev *dev)
{
	enum err error = run_steps(dev);
	if (!error) {
		print_welcome(dev);
		if (dev->settings.demo)
			seed(dev);
		if (dev->ready >= 0)
			detach(dev);
		else
			printf("Ctrl-C stops it.\n"), fflush(stdout);
		error = look_after(dev);
	}
	enum err stopped = stop(dev);
	return error ? error : stopped;
}

static int run_here(const struct settings *settings, int ready)
{
	struct dev dev = {.settings = *settings, .lock = -1, .ready = ready, .started_us = time_monotonic_us(),
			  .service.log = -1, .terminal = isatty(STDOUT_FILENO)};
	int status = 0;
	bytes_init(&dev.fault, 1 << 16);
	arena_init(&dev.arena, 1 << 20);
	signal(SIGPIPE, SIG_IGN); /* who reads the progress may leave; what was started has to be stopped all the same */
	signal(SIGCHLD, SIG_DFL); /* a caller who ignored it would have left nothing to wait for */
	snprintf(dev.database_directory, sizeof dev.database_directory, "%s/db", settings->dir);
	sigemptyset(&dev.held);
	sigaddset(&dev.held, SIGTERM);
	sigaddset(&dev.held, SIGINT);
	sigaddset(&dev.held, SIGHUP);
	sigaddset(&dev.held, SIGCHLD);
	enum err error = run(&dev);
	if (error)
		status = subcommand_failed("dev", error, &dev.fault);
	bytes_release(&dev.fault);
	arena_release(&dev.arena);
	return status;
}

/* The child does everything; it says "r" when the service is ready, or ends. */
static int run_detached(const struct settings *settings)
{
	int ends[2], status = 0;
	char word;
	if (pipe2(ends, O_CLOEXEC))
		return subcommand_failed("dev", ERR_SYSTEM, &(struct bytes){.maximum = 64});
	fflush(NULL);
	pid_t process = fork();
	if (process == 0) {
		close(ends[0]);
		return run_here(settings, ends[1]);
	}
	close(ends[1]);
	ssize_t got;
	do
		got = read(ends[0], &word, 1);
	while (got < 0 && errno == EINTR);
	close(ends[0]);
	if (got == 1)
		return 0;
	if (process < 0 || waitpid(process, &status, 0) != process)
		return 1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

int dev_main(const struct settings *settings)
{
	return settings->detach ? run_detached(settings) : run_here(settings, -1);
}
