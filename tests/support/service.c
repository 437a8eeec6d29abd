/* Starts, watches and stops the program under test. */
#include "support/service.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <libpq-fe.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/id.h"
#include "base/time.h"

enum { READY_S = 30, READY_ANSWERS = 20, STOP_S = 40, ARGUMENTS_MAXIMUM = 40, ANSWER_SIZE = 65536 };

const char *service_program(void)
{
	const char *named = getenv("SECONDLOOK");
	return named && *named ? named : SECONDLOOK_PROGRAM;
}

static void wait_ms(int milliseconds)
{
	(void)poll(NULL, 0, milliseconds);
}

/* --- database ------------------------------------------------------------------------------------------------------ */

bool service_with_database(const char *url, const char *database, char *text, size_t size)
{
	PQconninfoOption *options = PQconninfoParse(url, NULL);
	size_t used = (size_t)snprintf(text, size, "dbname='%s'", database);
	for (PQconninfoOption *option = options; option && option->keyword; option++) {
		if (!option->val || strcmp(option->keyword, "dbname") == 0)
			continue;
		used += (size_t)snprintf(text + used, used < size ? size - used : 0, " %s='%s'", option->keyword,
					 option->val);
	}
	PQconninfoFree(options);
	return options && used < size;
}

bool service_sql(const char *url, const char *sql, char *value, size_t size)
{
	PGconn *connection = PQconnectdb(url);
	PGresult *result = PQexec(connection, sql);
	ExecStatusType status = PQresultStatus(result);
	bool good = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
	if (!good)
		fprintf(stderr, "%s: %s\n", sql, PQerrorMessage(connection));
	if (value)
		snprintf(value, size, "%s", status == PGRES_TUPLES_OK && PQntuples(result) ? PQgetvalue(result, 0, 0) : "");
	PQclear(result);
	PQfinish(connection);
	return good;
}

static bool make_database(struct service *service)
{
	char id[ID_TEXT_SIZE], sql[128];
	id_new(id);
	snprintf(service->database, sizeof service->database, "test-%s", id);
	snprintf(sql, sizeof sql, "create database \"%s\"", service->database);
	return service_with_database(service->server, service->database, service->url, sizeof service->url) &&
	       service_sql(service->server, sql, NULL, 0);
}

static bool drop_database(struct service *service)
{
	char sql[128];
	snprintf(sql, sizeof sql, "drop database if exists \"%s\" with (force)", service->database);
	return !*service->database || service_sql(service->server, sql, NULL, 0);
}

/* --- processes ----------------------------------------------------------------------------------------------------- */

static void become(struct service *service, const char *const *arguments)
{
	int log = open(service->log, O_WRONLY | O_APPEND | O_CREAT, 0600);
	if (log < 0 || dup2(log, STDOUT_FILENO) < 0 || dup2(log, STDERR_FILENO) < 0)
		_exit(126);
	(void)prctl(PR_SET_PDEATHSIG, SIGTERM);
	(void)setenv("LSAN_OPTIONS", "exitcode=23", 0);
	execv(service_program(), (char *const *)(const void *)arguments);
	fprintf(stderr, "%s: %s\n", service_program(), strerror(errno));
	_exit(127);
}

static pid_t spawn(struct service *service, const char *const *arguments, const char *const *more)
{
	const char *all[ARGUMENTS_MAXIMUM] = {service_program()};
	size_t count = 1;
	for (; *arguments && count < ARGUMENTS_MAXIMUM - 4; arguments++)
		all[count++] = *arguments;
	for (; more && *more && count < ARGUMENTS_MAXIMUM - 3; more++)
		all[count++] = *more;
	all[count++] = "--dir";
	all[count] = service->directory;
	pid_t pid = fork();
	if (pid == 0)
		become(service, all);
	return pid;
}

/* Waits for an exit; kills what is too slow. */
static int await_exit(pid_t pid, int seconds)
{
	int status = -1;
	int64_t deadline_us = time_monotonic_us() + seconds * 1000000LL;
	while (waitpid(pid, &status, WNOHANG) == 0) {
		if (time_monotonic_us() > deadline_us) {
			fprintf(stderr, "process %ld did not end within %d s\n", (long)pid, seconds);
			kill(pid, SIGKILL);
			waitpid(pid, &status, 0);
			return -1;
		}
		wait_ms(5);
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

bool service_run(struct service *service, const char *const *arguments)
{
	pid_t pid = spawn(service, arguments, NULL);
	int status = pid > 0 ? await_exit(pid, 120) : -1;
	if (status != 0) {
		fprintf(stderr, "`secondlook %s` ended with %d\n", arguments[0], status);
		service_show_log(service);
	}
	return status == 0;
}

void service_show_log(const struct service *service)
{
	char text[4096];
	int descriptor = open(service->log, O_RDONLY);
	off_t end = descriptor < 0 ? 0 : lseek(descriptor, 0, SEEK_END);
	off_t start = end > (off_t)sizeof text ? end - (off_t)sizeof text : 0;
	ssize_t length = descriptor < 0 ? 0 : pread(descriptor, text, sizeof text, start);
	fprintf(stderr, "--- the end of %s\n%.*s\n---\n", service->log, length > 0 ? (int)length : 0, text);
	if (descriptor >= 0)
		close(descriptor);
}

/* --- the plain listener -------------------------------------------------------------------------------------------- */

static int connect_plain(int port)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port),
				      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct timeval patience = {.tv_sec = 5};
	int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (descriptor < 0)
		return -1;
	(void)setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	if (connect(descriptor, (struct sockaddr *)&address, sizeof address) == 0)
		return descriptor;
	close(descriptor);
	return -1;
}

static size_t ask(int descriptor, const char *path, char *answer, size_t size)
{
	char request[256];
	size_t used = 0;
	int length = snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", path);
	if (send(descriptor, request, (size_t)length, MSG_NOSIGNAL) != length)
		return 0;
	for (;;) {
		ssize_t got = recv(descriptor, answer + used, size - 1 - used, 0);
		if (got <= 0)
			break;
		used += (size_t)got;
	}
	answer[used] = '\0';
	return used;
}

int service_plain(const struct service *service, const char *path, char *body, size_t size)
{
	int status = 0;
	char *answer = malloc(ANSWER_SIZE);
	int descriptor = connect_plain(service->plain_port);
	if (answer && descriptor >= 0 && ask(descriptor, path, answer, ANSWER_SIZE) > 12) {
		const char *start = strstr(answer, "\r\n\r\n");
		status = atoi(answer + sizeof "HTTP/1.1" );
		if (body)
			snprintf(body, size, "%s", start ? start + 4 : "");
	}
	if (descriptor >= 0)
		close(descriptor);
	free(answer);
	return status;
}

/* Each worker answers for itself, and any of them may take a connection: so many answers in a row speak for all. */
bool service_await_ready(const struct service *service, int status, int seconds)
{
	int in_a_row = 0;
	int64_t deadline_us = time_monotonic_us() + seconds * 1000000LL;
	while (in_a_row < READY_ANSWERS) {
		bool right = service_plain(service, "/ready", NULL, 0) == status;
		if (!right && time_monotonic_us() > deadline_us)
			return false;
		if (!right)
			wait_ms(10);
		in_a_row = right ? in_a_row + 1 : 0;
	}
	return true;
}

/* --- serving ------------------------------------------------------------------------------------------------------- */

static int read_number(const struct service *service, const char *name)
{
	char path[128];
	int number = 0;
	snprintf(path, sizeof path, "%s/run/%s", service->directory, name);
	FILE *file = fopen(path, "r");
	if (file && fscanf(file, "%d", &number) != 1)
		number = 0;
	if (file)
		fclose(file);
	return number;
}

/* Whether the process is there; one that ended is left for service_end. */
static bool is_running(const struct service *service)
{
	siginfo_t info = {0};
	return waitid(P_PID, (id_t)service->pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == 0;
}

static bool is_bound(struct service *service)
{
	service->port = read_number(service, "port");
	service->plain_port = read_number(service, "plain.port");
	service->stream_port = read_number(service, "stream.port");
	return service->port && service->plain_port && service->stream_port;
}

static bool is_ready(struct service *service)
{
	return service_plain(service, "/ready", NULL, 0) == 200;
}

static bool await_serving(struct service *service, bool (*is_so)(struct service *))
{
	int64_t deadline_us = time_monotonic_us() + READY_S * 1000000LL;
	while (time_monotonic_us() < deadline_us && is_running(service)) {
		if (is_so(service))
			return true;
		wait_ms(10);
	}
	fprintf(stderr, is_running(service) ? "the service is not ready in time\n" : "the service ended by itself\n");
	service_show_log(service);
	return false;
}

static void forget_ports(const struct service *service)
{
	static const char *const names[] = {"port", "plain.port", "stream.port"};
	char path[128];
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		snprintf(path, sizeof path, "%s/run/%s", service->directory, names[i]);
		unlink(path);
	}
}

bool service_begin(struct service *service)
{
	const char *arguments[] = {"serve", "--port", "0", "--plain-port", "0", "--database", service->url, NULL};
	forget_ports(service);
	(void)truncate(service->log, 0); /* of making the database */
	service->pid = spawn(service, arguments, service->flags);
	return service->pid > 0 && await_serving(service, is_bound);
}

bool service_serve(struct service *service)
{
	return service_begin(service) && await_serving(service, is_ready) && service_await_ready(service, 200, READY_S);
}

/* Lines of the log that a sanitizer wrote. */
static bool log_is_clean(const struct service *service)
{
	static const char *const reports[] = {"ERROR: AddressSanitizer", "LeakSanitizer", "runtime error"};
	char *line = NULL;
	size_t size = 0;
	bool clean = true;
	FILE *file = fopen(service->log, "r");
	while (file && getline(&line, &size, file) > 0)
		for (size_t i = 0; i < sizeof reports / sizeof *reports; i++)
			if (strstr(line, reports[i]))
				clean = false;
	free(line);
	if (file)
		fclose(file);
	return file && clean;
}

bool service_end(struct service *service)
{
	if (service->pid <= 0)
		return true;
	kill(service->pid, SIGTERM);
	int status = await_exit(service->pid, STOP_S);
	service->pid = 0;
	bool clean = log_is_clean(service);
	if (status != 0)
		fprintf(stderr, "the service ended with %d after SIGTERM\n", status);
	if (!clean)
		fprintf(stderr, "a sanitizer has something to say\n");
	if (status != 0 || !clean)
		service_show_log(service);
	return status == 0 && clean;
}

/* --- all of it ----------------------------------------------------------------------------------------------------- */

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *place)
{
	(void)status, (void)kind, (void)place;
	return remove(path);
}

bool service_remove(struct service *service)
{
	bool dropped = drop_database(service);
	if (*service->directory)
		nftw(service->directory, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	return dropped;
}

/* As `secondlook dev` marks its directory: `--ungated` is refused elsewhere. */
static bool mark_sandbox(const struct service *service)
{
	char path[128];
	snprintf(path, sizeof path, "%s/sandbox", service->directory);
	int mark = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	return mark >= 0 && close(mark) == 0;
}

static bool take_wish(struct service *service, const struct service_wish *wish)
{
	const char *server = wish->server ? wish->server : getenv("TEST_DATABASE_URL");
	memset(service, 0, sizeof *service);
	if (!server || !*server) {
		fprintf(stderr, "TEST_DATABASE_URL must name a cluster where databases may be made\n");
		return false;
	}
	snprintf(service->server, sizeof service->server, "%s", server);
	for (size_t i = 0; wish->flags && wish->flags[i] && i < SERVICE_FLAGS_MAXIMUM; i++)
		service->flags[i] = wish->flags[i];
	strcpy(service->directory, "/tmp/secondlook-test-XXXXXX");
	if (!mkdtemp(service->directory))
		return false;
	snprintf(service->log, sizeof service->log, "%s/log", service->directory);
	return mark_sandbox(service);
}

bool service_prepare(struct service *service, const struct service_wish *wish)
{
	const char *pki[] = {"pki", "init", NULL}, *migrate[] = {"migrate", "--database", service->url, NULL};
	if (!take_wish(service, wish))
		return false;
	if (make_database(service) && service_run(service, pki) && service_run(service, migrate) &&
	    service_sql(service->url, "select seed_sandbox()", NULL, 0))
		return true;
	(void)service_remove(service);
	return false;
}

bool service_start(struct service *service, const struct service_wish *wish)
{
	if (!service_prepare(service, wish))
		return false;
	if (service_serve(service))
		return true;
	(void)service_end(service);
	(void)service_remove(service);
	return false;
}

bool service_stop(struct service *service)
{
	bool good = service_end(service);
	return service_remove(service) && good;
}
