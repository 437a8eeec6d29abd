/* Turns signals into calls from the loop. */
#include "loop/signals.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/log.h"

struct signals {
	int descriptor;
	struct loop_watch *watch;
	signals_function received;
	void *context;
};

/* One signal a turn: `received` may free the watcher. */
static void read_signal(void *context, uint32_t events)
{
	(void)events;
	struct signals *signals = context;
	struct signalfd_siginfo information;
	ssize_t length = read(signals->descriptor, &information, sizeof information);
	if (length == (ssize_t)sizeof information)
		signals->received(signals->context, (int)information.ssi_signo);
}

static int open_descriptor(const int *list, int count)
{
	sigset_t set;
	sigemptyset(&set);
	for (int i = 0; i < count; i++)
		sigaddset(&set, list[i]);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		return -1;
	int descriptor = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (descriptor < 0)
		return -1;
	for (int i = 0; i < count; i++) /* whoever started us may have ignored it; ignored SIGCHLD loses exits */
		signal(list[i], SIG_DFL);
	return descriptor;
}

enum err signals_watch(struct loop *loop, const int *list, int count, signals_function received, void *context,
		       struct signals **signals)
{
	struct signals *made = calloc(1, sizeof *made);
	if (!made)
		return ERR_MEMORY;
	*made = (struct signals){.received = received, .context = context};
	made->descriptor = open_descriptor(list, count);
	if (made->descriptor < 0) {
		log_text(LOG_ERROR, "signalfd_failed", strerror(errno));
		free(made);
		return ERR_SYSTEM;
	}
	enum err error = loop_watch(loop, made->descriptor, EPOLLIN, read_signal, made, &made->watch);
	if (error) {
		close(made->descriptor);
		free(made);
		return error;
	}
	*signals = made;
	return ERR_NONE;
}

void signals_free(struct signals *signals)
{
	if (!signals)
		return;
	loop_watch_remove(signals->watch);
	close(signals->descriptor);
	free(signals);
}
