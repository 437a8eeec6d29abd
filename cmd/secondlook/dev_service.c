/* The service as a child of `secondlook dev`: started, awaited, stopped. */
#include "dev_service.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "base/time.h"
#include "files.h"
#include "subcommands.h"

enum { ASK_EVERY_MS = 10, ANSWER_MAXIMUM = 4096 };

static enum err try_to_listen(const struct addrinfo *address)
{
	int yes = 1;
	int descriptor = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (descriptor < 0)
		return ERR_SYSTEM;
	bool listens = setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) == 0 &&
		       bind(descriptor, address->ai_addr, address->ai_addrlen) == 0 && listen(descriptor, 1) == 0;
	int cause = errno;
	close(descriptor);
	errno = cause;
	return listens ? ERR_NONE : ERR_NOT_NOW;
}

enum err dev_service_check_port(const char *host, int port, struct bytes *fault)
{
	char number[16];
	struct addrinfo *found = NULL;
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV};
	snprintf(number, sizeof number, "%d", port);
	int result = getaddrinfo(host, number, &hints, &found);
	if (result) {
		bytes_format(fault, "--host: %s is not an address here: %s\n", host, gai_strerror(result));
		return ERR_INPUT;
	}
	enum err error = try_to_listen(found);
	int cause = errno;
	freeaddrinfo(found);
	if (error && cause == EADDRINUSE)
		bytes_format(fault, "port %d of %s is in use; give another --port, or 0 for any free one\n", port, host);
	else if (error)
		bytes_format(fault, "can't listen on port %d of %s: %s\n", port, host, strerror(cause));
	return error;
}

static void forget_port(const struct settings *settings, const char *name)
{
	char path[PATH_MAX];
	int length = snprintf(path, sizeof path, "%s/run/%s", settings->dir, name);
	if (length > 0 && length < PATH_MAX)
		unlink(path);
}

/* In the child: what it says goes to the log, its signals are its own, and it does not outlive its parent. */
static _Noreturn void run_service(const struct settings *settings, int log, pid_t parent)
{
	sigset_t none;
	int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
	setsid(); /* a Ctrl-C goes to the parent alone */
	signal(SIGTERM, SIG_DFL);
	signal(SIGINT, SIG_DFL);
	signal(SIGHUP, SIG_IGN); /* until serve watches it there is nothing old to reload */
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent || nothing < 0 || dup2(nothing, 0) < 0 || dup2(log, 1) < 0 || dup2(log, 2) < 0)
		_exit(1);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	log_name_process("serve");
	exit(serve_main(settings));
}

enum err dev_service_start(const struct settings *settings, struct bytes *fault, struct dev_service *service)
{
	pid_t parent = getpid();
	forget_port(settings, "port");
	forget_port(settings, "plain.port");
	forget_port(settings, "stream.port");
	fflush(NULL); /* else the child would write it again */
	pid_t process = fork();
	if (process < 0) {
		bytes_format(fault, "the service can't be started: %s\n", strerror(errno));
		return ERR_SYSTEM;
	}
	if (process == 0)
		run_service(settings, service->log, parent);
	service->process = process;
	return ERR_NONE;
}

bool dev_service_has_ended(struct dev_service *service, int *status)
{
	int found;
	if (!service->process || waitpid(service->process, &found, WNOHANG) != service->process)
		return false;
	service->process = 0;
	*status = found;
	return true;
}

/* What serve wrote; 0 while it has not. */
static int read_port(const struct settings *settings, const char *name)
{
	char path[PATH_MAX];
	struct bytes content;
	long port = 0;
	int length = snprintf(path, sizeof path, "%s/run/%s", settings->dir, name);
	bytes_init(&content, 32);
	if (length > 0 && length < PATH_MAX && !files_read(path, &content) && bytes_string(&content))
		port = strtol(bytes_string(&content), NULL, 10);
	bytes_release(&content);
	return port > 0 && port < 65536 ? (int)port : 0;
}

static bool exchange(int descriptor, char answer[ANSWER_MAXIMUM])
{
	static const char question[] = "GET /ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
	size_t length = 0;
	if (send(descriptor, question, sizeof question - 1, MSG_NOSIGNAL) != sizeof question - 1)
		return false;
	while (length < ANSWER_MAXIMUM - 1) {
		ssize_t got = recv(descriptor, answer + length, ANSWER_MAXIMUM - 1 - length, 0);
		if (got <= 0)
			break;
		length += (size_t)got;
	}
	answer[length] = '\0';
	return length > 0;
}

/* Asks /ready on the plain listener; the answer as it came, "" when there was none. */
static void ask_ready(int port, char answer[ANSWER_MAXIMUM])
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port),
				      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct timeval patience = {.tv_sec = 2};
	int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	answer[0] = '\0';
	if (descriptor < 0)
		return;
	setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	if (connect(descriptor, (struct sockaddr *)&address, sizeof address) || !exchange(descriptor, answer))
		answer[0] = '\0';
	close(descriptor);
}

static bool is_ready(const struct settings *settings, struct dev_service *service, char answer[ANSWER_MAXIMUM])
{
	answer[0] = '\0';
	int plain_port = read_port(settings, "plain.port");
	int port = read_port(settings, "port");
	int stream_port = read_port(settings, "stream.port");
	if (!plain_port || !port || !stream_port)
		return false;
	ask_ready(plain_port, answer);
	if (strncmp(answer, "HTTP/1.1 200 ", 13) != 0)
		return false;
	service->port = port;
	service->plain_port = plain_port;
	service->stream_port = stream_port;
	return true;
}

/* Waits for a signal that is held, `milliseconds` at most; 0 when none came. */
static int next_signal(const sigset_t *held, long milliseconds)
{
	struct timespec patience = {milliseconds / 1000, milliseconds % 1000 * 1000000};
	int number = sigtimedwait(held, NULL, &patience);
	return number < 0 ? 0 : number;
}

static enum err too_late(const char *answer, int64_t timeout_us, struct bytes *fault)
{
	const char *body = strstr(answer, "\r\n\r\n");
	bytes_format(fault, "the service was not ready within %lld s; /ready says: %s\n",
		     (long long)(timeout_us / 1000000), body ? body + 4 : "nothing");
	return ERR_NOT_NOW;
}

enum err dev_service_await(const struct settings *settings, const sigset_t *held, int64_t timeout_us,
			   struct bytes *fault, struct dev_service *service)
{
	char answer[ANSWER_MAXIMUM];
	int status;
	int64_t deadline_us = time_monotonic_us() + timeout_us;
	while (!is_ready(settings, service, answer)) {
		int number = next_signal(held, ASK_EVERY_MS);
		if (dev_service_has_ended(service, &status)) {
			bytes_append_string(fault, "the service ended at its start\n");
			return ERR_NOT_NOW;
		}
		if (number == SIGTERM || number == SIGINT) {
			bytes_append_string(fault, "stopped before the service was ready\n");
			return ERR_NOT_NOW;
		}
		if (time_monotonic_us() > deadline_us)
			return too_late(answer, timeout_us, fault);
	}
	return ERR_NONE;
}

void dev_service_stop(struct dev_service *service, const sigset_t *held, int64_t timeout_us)
{
	int status;
	int64_t deadline_us = time_monotonic_us() + timeout_us;
	pid_t process = service->process;
	if (!process)
		return;
	kill(process, SIGTERM);
	while (!dev_service_has_ended(service, &status)) {
		int number = next_signal(held, 200);
		if (number != SIGTERM && number != SIGINT && time_monotonic_us() < deadline_us)
			continue;
		if (kill(-process, SIGKILL)) /* its workers with it */
			kill(process, SIGKILL);
		waitpid(process, &status, 0);
		service->process = 0;
		return;
	}
}
