/* Makes, starts and stops a private PostgreSQL below a directory. */
#include "db/embedded.h"

#include <errno.h>
#include <fcntl.h>
#include <libpq-fe.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/time.h"
#include "db/cluster.h"
#include "db/migrate.h"
#include "db/program.h"

enum { START_SECONDS = 30, STOP_SECONDS = 30, INITDB_MS = 120000, LOG_TAIL = 600 };

static void pause_ms(long milliseconds)
{
	struct timespec pause = {.tv_sec = milliseconds / 1000, .tv_nsec = milliseconds % 1000 * 1000000};
	nanosleep(&pause, NULL);
}

static int64_t seconds_from_now(int seconds)
{
	return time_monotonic_us() + (int64_t)seconds * 1000000;
}

static int exists(const char *path)
{
	struct stat status;
	return lstat(path, &status) == 0;
}

/* A file in a directory that belongs to the server's user, opened by us who may be root: no links are followed. */
static int open_own(const struct cluster *cluster, const char *path, int flags)
{
	int descriptor = open(path, flags | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (descriptor >= 0 && cluster->user.change && fchown(descriptor, cluster->user.uid, cluster->user.gid) != 0) {
		close(descriptor);
		return -1;
	}
	return descriptor;
}

/* Two starts of one directory never mix. */
static enum err lock_directory(const struct cluster *cluster, struct bytes *fault, int *lock)
{
	int64_t deadline_us = seconds_from_now(START_SECONDS);
	int descriptor = open_own(cluster, cluster->lock, O_RDWR);
	while (descriptor >= 0 && flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
		if ((errno != EWOULDBLOCK && errno != EINTR) || time_monotonic_us() > deadline_us) {
			close(descriptor);
			descriptor = -1;
			break;
		}
		pause_ms(20);
	}
	if (descriptor < 0) {
		bytes_format(fault, "cannot lock %s: another start or stop of it is under way, or it isn't ours", cluster->lock);
		return ERR_NOT_NOW;
	}
	*lock = descriptor;
	return ERR_NONE;
}

/* The process that postmaster.pid names; 0 when there's none. */
static pid_t recorded_postmaster(const struct cluster *cluster)
{
	char path[CLUSTER_PATH_SIZE];
	long pid = 0;
	if (cluster_join(cluster->data, "postmaster.pid", path) != ERR_NONE)
		return 0;
	FILE *file = fopen(path, "re");
	if (!file)
		return 0;
	if (fscanf(file, "%ld", &pid) != 1 || pid <= 1)
		pid = 0;
	fclose(file);
	return (pid_t)pid;
}

/* A postmaster works in its data directory; another process that got the same number doesn't. */
static int is_postmaster_of(const struct cluster *cluster, pid_t pid)
{
	char link[64], directory[CLUSTER_PATH_SIZE];
	snprintf(link, sizeof link, "/proc/%ld/cwd", (long)pid);
	ssize_t length = pid > 0 ? readlink(link, directory, sizeof directory - 1) : -1;
	if (length < 0)
		return 0;
	directory[length] = '\0';
	return strcmp(directory, cluster->data) == 0;
}

/* After a crash the number may have gone to another process, and PostgreSQL would refuse to start. */
static void forget_stale_postmaster(const struct cluster *cluster)
{
	char path[CLUSTER_PATH_SIZE];
	pid_t pid = recorded_postmaster(cluster);
	if (pid > 0 && !is_postmaster_of(cluster, pid) && cluster_join(cluster->data, "postmaster.pid", path) == ERR_NONE)
		(void)unlink(path);
}

static void add_log_tail(const struct cluster *cluster, off_t from, struct bytes *fault)
{
	char tail[LOG_TAIL];
	int descriptor = open(cluster->log, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	off_t size = descriptor < 0 ? 0 : lseek(descriptor, 0, SEEK_END);
	if (size - from > LOG_TAIL)
		from = size - LOG_TAIL;
	ssize_t length = descriptor < 0 ? 0 : pread(descriptor, tail, sizeof tail, from);
	if (length > 0)
		bytes_append(fault, tail, (size_t)length);
	if (descriptor >= 0)
		close(descriptor);
}

static enum err run_initdb(const struct cluster *cluster, struct bytes *fault)
{
	char initdb[CLUSTER_PATH_SIZE];
	struct bytes output;
	if (cluster_join(cluster->programs, "initdb", initdb) != ERR_NONE)
		return ERR_NOT_NOW;
	const char *const make[] = {initdb, "-D", cluster->fresh, "-U", "postgres", "--auth=trust", "--data-checksums",
				    "--locale=C.UTF-8", "--encoding=UTF8", "--no-instructions", NULL};
	bytes_init(&output, 65536);
	enum err error = program_run(&cluster->user, make, INITDB_MS, &output);
	if (error != ERR_NONE) {
		const char *text = bytes_string(&output);
		bytes_format(fault, "initdb failed: %s", text ? text : "");
	}
	bytes_release(&output);
	return error == ERR_NONE ? ERR_NONE : ERR_NOT_NOW;
}

/* What an interrupted initdb left is thrown away: only a complete data directory gets the final name. */
static enum err make_data(const struct cluster *cluster, struct bytes *fault)
{
	const char *const clear[] = {"/bin/rm", "-rf", "--", cluster->fresh, NULL};
	struct bytes ignored;
	if (exists(cluster->data))
		return ERR_NONE;
	bytes_init(&ignored, 4096);
	enum err error = exists(cluster->fresh) ? program_run(&cluster->user, clear, INITDB_MS, &ignored) : ERR_NONE;
	bytes_release(&ignored);
	if (error != ERR_NONE)
		bytes_format(fault, "cannot remove %s, which an interrupted initdb left", cluster->fresh);
	else
		error = run_initdb(cluster, fault);
	if (error == ERR_NONE && rename(cluster->fresh, cluster->data) != 0) {
		bytes_format(fault, "cannot rename %s: %s", cluster->fresh, strerror(errno));
		error = ERR_NOT_NOW;
	}
	return error;
}

static enum err launch(const struct cluster *cluster, int log, pid_t *pid)
{
	char postgres[CLUSTER_PATH_SIZE], socket[CLUSTER_PATH_SIZE + 40];
	if (cluster_join(cluster->programs, "postgres", postgres) != ERR_NONE)
		return ERR_NOT_NOW;
	/* Quoted: the setting is a list, and a directory's name may hold commas. */
	snprintf(socket, sizeof socket, "unix_socket_directories=\"%s\"", cluster->socket);
	const char *const argv[] = {
		postgres, "-D", cluster->data, "-c", "listen_addresses=", "-c", socket, "-c", "port=5432",
		"-c", "unix_socket_permissions=0700", "-c", "timezone=UTC", "-c", "log_timezone=UTC",
		/* The log must not hold what people typed: no details, no statements. */
		"-c", "log_error_verbosity=terse", "-c", "log_min_error_statement=panic", "-c", "log_statement=none",
		"-c", "shared_buffers=128MB", "-c", "max_connections=100", "-c", "wal_compression=off",
		"-c", "cluster_name=secondlook", NULL};
	return program_start(&cluster->user, argv, log, pid);
}

static int has_ended(pid_t child)
{
	int status;
	return child > 0 && waitpid(child, &status, WNOHANG) != 0;
}

/* Waits until the server accepts. ERR_NOT_NOW: `child` ended, or the time was over (then it is killed). */
static enum err wait_until_ready(const char *url, pid_t child, int64_t deadline_us, struct bytes *fault)
{
	while (PQping(url) != PQPING_OK) {
		if (has_ended(child)) {
			bytes_append_string(fault, "PostgreSQL ended at its start: ");
			return ERR_NOT_NOW;
		}
		if (time_monotonic_us() > deadline_us) {
			bytes_append_string(fault, "PostgreSQL didn't accept connections in time: ");
			if (child > 0 && kill(child, SIGQUIT) == 0)
				(void)waitpid(child, NULL, 0);
			return ERR_NOT_NOW;
		}
		pause_ms(10);
	}
	return ERR_NONE;
}

/* The processes of a crashed server hold its shared memory for a moment, so a start that fails is tried again. */
static enum err start_server(const struct cluster *cluster, const char *url, struct bytes *fault, pid_t *postmaster)
{
	enum { ATTEMPTS = 3 };
	int64_t deadline_us = seconds_from_now(START_SECONDS);
	enum err error = ERR_NOT_NOW;
	pid_t child = 0;
	int log = open_own(cluster, cluster->log, O_WRONLY | O_APPEND);
	if (log < 0) {
		bytes_format(fault, "cannot write %s: %s", cluster->log, strerror(errno));
		return ERR_NOT_NOW;
	}
	off_t log_start = lseek(log, 0, SEEK_END);
	for (int attempt = 1; attempt <= ATTEMPTS && error == ERR_NOT_NOW; attempt++) {
		bytes_clear(fault);
		if (attempt > 1)
			pause_ms(300);
		error = launch(cluster, log, &child);
		if (error == ERR_NONE)
			error = wait_until_ready(url, child, deadline_us, fault);
	}
	close(log);
	if (error != ERR_NONE)
		add_log_tail(cluster, log_start, fault);
	else
		*postmaster = child;
	return error;
}

/* Something answers on the socket: is it the server of this directory? */
static enum err check_is_ours(const struct cluster *cluster, const char *url, struct bytes *fault)
{
	struct bytes text;
	bytes_init(&text, CLUSTER_PATH_SIZE);
	enum err error = db_run_blocking(url, "select setting from pg_settings where name = 'data_directory'", &text, fault);
	const char *directory = bytes_string(&text);
	if (error == ERR_NONE && (!directory || strcmp(directory, cluster->data) != 0)) {
		bytes_format(fault, "another PostgreSQL listens in %s: stop it or choose another directory", cluster->socket);
		error = ERR_NOT_NOW;
	}
	bytes_release(&text);
	return error;
}

static enum err start_or_reuse(const struct cluster *cluster, const char *url, struct bytes *fault, pid_t *postmaster)
{
	pid_t running = recorded_postmaster(cluster);
	int64_t deadline_us = seconds_from_now(START_SECONDS);
	/* It may be starting or stopping just now. */
	while (is_postmaster_of(cluster, running) && PQping(url) != PQPING_OK) {
		if (time_monotonic_us() > deadline_us) {
			bytes_format(fault, "a PostgreSQL (process %ld) holds %s and doesn't answer: stop it, or choose another "
					    "directory", (long)running, cluster->data);
			return ERR_NOT_NOW;
		}
		pause_ms(20);
	}
	if (PQping(url) == PQPING_OK) {
		*postmaster = 0;
		return check_is_ours(cluster, url, fault);
	}
	forget_stale_postmaster(cluster);
	enum err error = make_data(cluster, fault);
	return error == ERR_NONE ? start_server(cluster, url, fault, postmaster) : error;
}

static enum err make_database(const char *url, struct bytes *fault)
{
	PGconn *connection = PQconnectdb(url);
	PGresult *found = PQexec(connection, "select from pg_database where datname = 'secondlook'");
	PGresult *made = NULL;
	int good = PQresultStatus(found) == PGRES_TUPLES_OK;
	if (good && PQntuples(found) == 0) {
		made = PQexec(connection, "create database secondlook");
		good = PQresultStatus(made) == PGRES_COMMAND_OK;
	}
	if (!good)
		bytes_format(fault, "cannot make the database: %s", PQerrorMessage(connection));
	PQclear(made);
	PQclear(found);
	PQfinish(connection);
	return good ? ERR_NONE : ERR_SYSTEM;
}

static enum err make_ready(const struct cluster *cluster, struct bytes *fault, struct embedded *embedded)
{
	char url[CLUSTER_URL_SIZE], url_of_server[CLUSTER_URL_SIZE];
	struct embedded ready = {0};
	enum err error = cluster_url(cluster, "postgres", url_of_server);
	if (error == ERR_NONE)
		error = cluster_url(cluster, "secondlook", url);
	if (error != ERR_NONE) {
		bytes_append_string(fault, "the database directory's path is too long");
		return ERR_NOT_NOW;
	}
	error = start_or_reuse(cluster, url_of_server, fault, &ready.postmaster);
	if (error == ERR_NONE)
		error = make_database(url_of_server, fault);
	if (error != ERR_NONE)
		return error;
	snprintf(ready.url, sizeof ready.url, "%s", url);
	*embedded = ready;
	return ERR_NONE;
}

enum err embedded_start(const char *directory, struct bytes *fault, struct embedded *embedded)
{
	struct cluster cluster;
	int lock;
	enum err error = cluster_place(directory, fault, &cluster);
	if (error == ERR_NONE)
		error = lock_directory(&cluster, fault, &lock);
	if (error != ERR_NONE)
		return error;
	error = make_ready(&cluster, fault, embedded);
	close(lock);
	return error;
}

/* A process that ended but wasn't waited for yet has no directory any more; ours to wait for it only as a child. */
static int is_gone(const struct cluster *cluster, pid_t pid)
{
	if (is_postmaster_of(cluster, pid))
		return 0;
	(void)waitpid(pid, NULL, 0);
	return 1;
}

static enum err stop_postmaster(const struct cluster *cluster, struct bytes *fault)
{
	pid_t pid = recorded_postmaster(cluster);
	int64_t deadline_us = seconds_from_now(STOP_SECONDS);
	if (!is_postmaster_of(cluster, pid))
		return ERR_NONE;
	if (kill(pid, SIGINT) != 0 && errno != ESRCH) {
		bytes_format(fault, "cannot stop PostgreSQL (process %ld): %s", (long)pid, strerror(errno));
		return ERR_SYSTEM;
	}
	while (!is_gone(cluster, pid)) {
		if (time_monotonic_us() > deadline_us) {
			bytes_format(fault, "PostgreSQL (process %ld) didn't stop within %d s", (long)pid, STOP_SECONDS);
			return ERR_SYSTEM;
		}
		pause_ms(10);
	}
	return ERR_NONE;
}

enum err embedded_stop(const char *directory, struct bytes *fault)
{
	struct cluster cluster;
	int lock;
	enum err error = cluster_find(directory, fault, &cluster);
	if (error == ERR_NONE)
		error = lock_directory(&cluster, fault, &lock);
	if (error != ERR_NONE)
		return error;
	error = stop_postmaster(&cluster, fault);
	close(lock);
	return error;
}
