/* The demonstration's entry as a child of `secondlook dev`, which is ready long before it ends. */
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "seed.h"

enum { PATIENCE_MS = 5000, STEP_MS = 10 };

static _Noreturn void run(const struct api_place *place, int log, pid_t parent)
{
	struct seed_order order = {.place = *place, .is_stopped = seed_is_signalled};
	struct bytes fault;
	sigset_t held;
	setsid(); /* a Ctrl-C goes to the parent alone */
	sigemptyset(&held);
	sigaddset(&held, SIGTERM);
	sigaddset(&held, SIGINT);
	sigprocmask(SIG_SETMASK, &held, NULL);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent || dup2(log, STDOUT_FILENO) < 0 || dup2(log, STDERR_FILENO) < 0)
		_exit(1);
	log_name_process("seed");
	bytes_init(&fault, 1 << 18);
	log_event(LOG_INFO, "seed.begun", "");
	enum err error = seed_demo(&order, &fault);
	if (error)
		log_text(LOG_ERROR, "seed.failed", bytes_string(&fault) && *bytes_string(&fault) ? bytes_string(&fault) : err_word(error));
	else
		log_event(LOG_INFO, "seed.complete", "");
	bytes_release(&fault);
	_exit(error ? 1 : 0);
}

pid_t seed_background_start(const struct api_place *place, int log)
{
	pid_t parent = getpid(), process = fork();
	if (process == 0)
		run(place, log, parent);
	return process > 0 ? process : 0;
}

void seed_background_reap(pid_t *process)
{
	if (*process && waitpid(*process, NULL, WNOHANG) == *process)
		*process = 0;
}

void seed_background_stop(pid_t *process)
{
	if (!*process)
		return;
	kill(*process, SIGTERM);
	for (int waited_ms = 0; *process && waited_ms < PATIENCE_MS; waited_ms += STEP_MS) {
		seed_background_reap(process);
		if (*process)
			usleep(STEP_MS * 1000);
	}
	if (*process) {
		kill(*process, SIGKILL);
		waitpid(*process, NULL, 0);
		*process = 0;
	}
}
