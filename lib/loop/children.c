/* Forks children, waits for their ends, and starts them again with a growing delay. */
#include "loop/children.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "base/time.h"
#include "loop/signals.h"

enum {
	DELAY_FIRST_US = 100 * 1000,
	DELAY_MOST_US = 5 * 1000 * 1000,
	STEADY_US = 10 * 1000 * 1000, /* a child that lived this long isn't failing at its start */
	NAME_SIZE = 32,
};

struct child {
	struct children *all;
	const struct child_kind *kind;
	int index;
	pid_t pid; /* 0 when it doesn't run */
	int64_t started_us;
	int64_t delay_us; /* before its last start; 0 for the first */
	struct loop_timer restart;
};

struct children {
	struct loop *loop;
	struct signals *signals;
	struct child_kind *kinds;
	struct child *list;
	int count;
	child_exit_function exited;
	void *context;
	bool stopping;
	loop_function stopped; /* NULL once called */
	void *stopped_context;
	struct loop_timer deadline; /* while stopping: of the grace, or of telling that none is left */
};

/* In the child: nothing of the parent's signals is left. */
static void reset_signals(void)
{
	for (int number = 1; number < NSIG; number++)
		signal(number, SIG_DFL); /* fails for SIGKILL, SIGSTOP and the C library's own */
	signal(SIGPIPE, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	sigset_t none;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static void name_process(const struct child *child)
{
	char name[NAME_SIZE];
	snprintf(name, sizeof name, "%s-%d", child->kind->name, child->index);
	prctl(PR_SET_NAME, name);
	log_name_process(name);
}

_Noreturn static void run_child(const struct child *child, pid_t parent)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(EXIT_FAILURE); /* it died before it could be watched */
	reset_signals();
	name_process(child);
	child_function run = child->kind->run;
	void *context = child->kind->context;
	int index = child->index;
	loop_free(child->all->loop);
	exit(run(context, index));
}

static void schedule_restart(struct child *child);

/* All signals wait while there are two of us, so that none meets the child with the parent's handlers. */
static pid_t fork_child(const struct child *child)
{
	sigset_t all, before;
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &before);
	fflush(NULL); /* or the child would write the parent's buffers a second time */
	pid_t parent = getpid();
	pid_t pid = fork();
	if (pid == 0)
		run_child(child, parent);
	int cause = errno;
	sigprocmask(SIG_SETMASK, &before, NULL);
	errno = cause;
	return pid;
}

static void tell_exit(const struct child *child, int status)
{
	if (child->all->exited)
		child->all->exited(child->all->context, child->kind->name, child->index, status);
}

static void start_child(void *context)
{
	struct child *child = context;
	child->started_us = time_monotonic_us();
	pid_t pid = fork_child(child);
	if (pid > 0) {
		child->pid = pid;
		return;
	}
	log_text(LOG_ERROR, "fork_failed", strerror(errno));
	tell_exit(child, -1);
	schedule_restart(child);
}

int64_t children_delay_us(int64_t last_delay_us, int64_t lived_us)
{
	if (!last_delay_us || lived_us >= STEADY_US)
		return DELAY_FIRST_US;
	return 2 * last_delay_us < DELAY_MOST_US ? 2 * last_delay_us : DELAY_MOST_US;
}

static void schedule_restart(struct child *child)
{
	if (child->all->stopping)
		return;
	child->delay_us = children_delay_us(child->delay_us, time_monotonic_us() - child->started_us);
	if (loop_timer_set(child->all->loop, &child->restart, child->delay_us, start_child, child))
		log_event(LOG_ERROR, "child_not_restarted", "\"kind\":\"%s\",\"index\":%d", child->kind->name,
			  child->index);
}

int children_running(const struct children *children)
{
	int running = 0;
	for (int i = 0; i < children->count; i++)
		running += children->list[i].pid != 0;
	return running;
}

static void finish_stop(struct children *children)
{
	loop_function stopped = children->stopped;
	loop_timer_cancel(children->loop, &children->deadline);
	children->stopped = NULL;
	if (stopped)
		stopped(children->stopped_context);
}

static void log_exit(const struct child *child, int status)
{
	enum log_level level = child->all->stopping ? LOG_INFO : LOG_WARNING;
	if (WIFSIGNALED(status))
		log_event(level, "child_killed", "\"kind\":\"%s\",\"index\":%d,\"signal\":%d", child->kind->name,
			  child->index, WTERMSIG(status));
	else
		log_event(level, "child_ended", "\"kind\":\"%s\",\"index\":%d,\"status\":%d", child->kind->name,
			  child->index, WEXITSTATUS(status));
}

/* Takes note of the child's end, if it has ended. */
static void reap(struct child *child)
{
	int status;
	if (!child->pid || waitpid(child->pid, &status, WNOHANG) != child->pid)
		return;
	child->pid = 0;
	log_exit(child, status);
	tell_exit(child, status);
	schedule_restart(child);
}

/* One SIGCHLD may stand for several ends. */
static void child_ended(void *context, int signal)
{
	(void)signal;
	struct children *children = context;
	for (int i = 0; i < children->count; i++)
		reap(&children->list[i]);
	if (children->stopping && !children_running(children))
		finish_stop(children);
}

static int total(const struct child_kind *kinds, int kind_count)
{
	int count = 0;
	for (int i = 0; i < kind_count; i++)
		count += kinds[i].count;
	return count;
}

static void fill(struct children *children, const struct child_kind *kinds, int kind_count)
{
	memcpy(children->kinds, kinds, (size_t)kind_count * sizeof *kinds);
	struct child *child = children->list;
	for (int kind = 0; kind < kind_count; kind++)
		for (int index = 0; index < kinds[kind].count; index++)
			*child++ = (struct child){.all = children,
						  .kind = &children->kinds[kind],
						  .index = index};
}

static enum err allocate(const struct child_kind *kinds, int kind_count, struct children **children)
{
	struct children *made = calloc(1, sizeof *made);
	if (!made)
		return ERR_MEMORY;
	made->count = total(kinds, kind_count);
	made->kinds = calloc((size_t)kind_count, sizeof *made->kinds);
	made->list = calloc((size_t)made->count, sizeof *made->list);
	if (!made->kinds || !made->list) {
		free(made->kinds);
		free(made->list);
		free(made);
		return ERR_MEMORY;
	}
	fill(made, kinds, kind_count);
	*children = made;
	return ERR_NONE;
}

static enum err schedule_all(struct children *children)
{
	for (int i = 0; i < children->count; i++) {
		struct child *child = &children->list[i];
		enum err error = loop_timer_set(children->loop, &child->restart, 0, start_child, child);
		if (error)
			return error;
	}
	return ERR_NONE;
}

enum err children_start(struct loop *loop, const struct child_kind *kinds, int kind_count, child_exit_function exited,
			void *context, struct children **children)
{
	struct children *made;
	enum err error = allocate(kinds, kind_count, &made);
	if (error)
		return error;
	made->loop = loop;
	made->exited = exited;
	made->context = context;
	error = signals_watch(loop, (const int[]){SIGCHLD}, 1, child_ended, made, &made->signals);
	if (!error)
		error = schedule_all(made);
	if (error) {
		children_free(made);
		return error;
	}
	*children = made;
	return ERR_NONE;
}

void children_signal(struct children *children, int signal)
{
	for (int i = 0; i < children->count; i++)
		if (children->list[i].pid)
			kill(children->list[i].pid, signal);
}

static void deadline_passed(void *context)
{
	struct children *children = context;
	int running = children_running(children);
	if (!running) {
		finish_stop(children);
		return;
	}
	log_event(LOG_WARNING, "children_killed", "\"running\":%d", running);
	children_signal(children, SIGKILL);
}

enum err children_stop(struct children *children, int signal, int64_t grace_us, loop_function stopped, void *context)
{
	int64_t delay_us = children_running(children) ? grace_us : 0;
	enum err error = loop_timer_set(children->loop, &children->deadline, delay_us, deadline_passed, children);
	if (error)
		return error;
	for (int i = 0; i < children->count; i++)
		loop_timer_cancel(children->loop, &children->list[i].restart);
	if (!children->stopping) {
		children->stopped = stopped;
		children->stopped_context = context;
	}
	children->stopping = true;
	children_signal(children, signal);
	return ERR_NONE;
}

pid_t children_pid(const struct children *children, const char *kind, int index)
{
	for (int i = 0; i < children->count; i++) {
		const struct child *child = &children->list[i];
		if (child->index == index && strcmp(child->kind->name, kind) == 0)
			return child->pid;
	}
	return 0;
}

void children_free(struct children *children)
{
	if (!children)
		return;
	children_signal(children, SIGKILL);
	for (int i = 0; i < children->count; i++) {
		struct child *child = &children->list[i];
		loop_timer_cancel(children->loop, &child->restart);
		while (child->pid && waitpid(child->pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	loop_timer_cancel(children->loop, &children->deadline);
	signals_free(children->signals);
	free(children->list);
	free(children->kinds);
	free(children);
}
