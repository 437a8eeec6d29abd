/* Runs programs by fork and exec, as another user when asked. */
#include "db/program.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "base/time.h"

enum { EXIT_NOT_STARTED = 127 };

static int become(const struct program_user *user)
{
	if (!user->change)
		return 1;
	return setgroups(0, NULL) == 0 && setgid(user->gid) == 0 && setuid(user->uid) == 0;
}

static void reset_signals(void)
{
	sigset_t none;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	for (int number = 1; number < NSIG; number++)
		signal(number, SIG_DFL);
}

/* In the child: never returns. */
static _Noreturn void execute(const struct program_user *user, const char *const *argv, int output)
{
	static char path[] = "PATH=/usr/local/bin:/usr/bin:/bin", locale[] = "LC_ALL=C.UTF-8", zone[] = "TZ=UTC";
	char *environment[] = {path, locale, zone, NULL};
	reset_signals();
	int nothing = open("/dev/null", O_RDONLY);
	if (nothing < 0 || dup2(nothing, 0) < 0 || dup2(output, 1) < 0 || dup2(output, 2) < 0)
		_exit(EXIT_NOT_STARTED);
	close_range(3, ~0U, 0);
	/* The caller's directory may be closed to the user. */
	if (!become(user) || chdir("/") != 0)
		_exit(EXIT_NOT_STARTED);
	execve(argv[0], (char *const *)argv, environment);
	_exit(EXIT_NOT_STARTED);
}

enum err program_start(const struct program_user *user, const char *const *argv, int log, pid_t *pid)
{
	pid_t child = fork();
	if (child < 0) {
		log_text(LOG_ERROR, "program.fork", strerror(errno));
		return ERR_SYSTEM;
	}
	if (child == 0) {
		setsid();
		execute(user, argv, log);
	}
	*pid = child;
	return ERR_NONE;
}

/* Appends what comes until the writer closes; false when the time is over first. */
static int gather(int descriptor, int64_t deadline_us, struct bytes *output)
{
	char chunk[4096];
	for (;;) {
		int64_t left_us = deadline_us - time_monotonic_us();
		struct pollfd wait = {.fd = descriptor, .events = POLLIN};
		if (left_us <= 0)
			return 0;
		if (poll(&wait, 1, (int)(left_us / 1000) + 1) <= 0)
			continue;
		ssize_t count = read(descriptor, chunk, sizeof chunk);
		if (count > 0)
			bytes_append(output, chunk, (size_t)count);
		else if (count == 0 || errno != EINTR)
			return 1;
	}
}

static enum err ended_well(pid_t child)
{
	int status;
	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return ERR_SYSTEM;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? ERR_NONE : ERR_NOT_NOW;
}

enum err program_run(const struct program_user *user, const char *const *argv, int timeout_ms, struct bytes *output)
{
	int ends[2];
	pid_t child;
	if (pipe2(ends, O_CLOEXEC) != 0)
		return ERR_SYSTEM;
	enum err error = program_start(user, argv, ends[1], &child);
	close(ends[1]);
	if (error == ERR_NONE) {
		if (!gather(ends[0], time_monotonic_us() + (int64_t)timeout_ms * 1000, output))
			kill(-child, SIGKILL);
		error = ended_well(child);
	}
	close(ends[0]);
	return error;
}

int program_ask(const struct program_user *user, int (*check)(const char *path), const char *path)
{
	pid_t child = fork();
	if (child < 0)
		return 0;
	if (child == 0)
		_exit(become(user) && check(path) ? 0 : 1);
	return ended_well(child) == ERR_NONE;
}
