/* Waits for descriptors and timers, and calls those who asked. */
#include "loop/loop.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/log.h"
#include "base/time.h"
#include "loop/timers.h"

enum { BATCH = 128, PREPARES = 4 };

struct loop_watch {
	struct loop *loop;
	int descriptor;
	loop_watch_function ready; /* NULL once removed */
	void *context;
	struct loop_watch *previous, *next; /* in loop->watches; `next` alone in loop->removed */
};

struct prepare {
	loop_function call;
	void *context;
};

struct loop {
	int epoll;
	struct loop_watch *watches;
	struct loop_watch *removed; /* within this batch, whose later events may still name them */
	struct timers timers;
	struct prepare prepares[PREPARES];
	int prepare_count;
	int64_t wait_most_us; /* for this turn; negative: no limit */
	int64_t firing_us;    /* the instant up to which timers are being fired; 0 when not */
	bool dispatching;
	bool stopping;
};

static enum err failed(const char *event)
{
	log_text(LOG_ERROR, event, strerror(errno));
	return ERR_SYSTEM;
}

enum err loop_new(struct loop **loop)
{
	struct loop *made = calloc(1, sizeof *made);
	if (!made)
		return ERR_MEMORY;
	made->wait_most_us = -1;
	made->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (made->epoll < 0) {
		free(made);
		return failed("epoll_create_failed");
	}
	*loop = made;
	return ERR_NONE;
}

static void free_list(struct loop_watch **list)
{
	while (*list) {
		struct loop_watch *watch = *list;
		*list = watch->next;
		free(watch);
	}
}

/* Watches are not taken out of epoll one by one: after a fork the epoll is still the parent's too. */
void loop_free(struct loop *loop)
{
	if (!loop)
		return;
	close(loop->epoll);
	free_list(&loop->watches);
	free_list(&loop->removed);
	timers_release(&loop->timers);
	free(loop);
}

enum err loop_watch(struct loop *loop, int descriptor, uint32_t events, loop_watch_function ready, void *context,
		    struct loop_watch **watch)
{
	struct loop_watch *made = malloc(sizeof *made);
	if (!made)
		return ERR_MEMORY;
	*made = (struct loop_watch){loop, descriptor, ready, context, NULL, loop->watches};
	struct epoll_event event = {.events = events, .data.ptr = made};
	if (epoll_ctl(loop->epoll, EPOLL_CTL_ADD, descriptor, &event) < 0) {
		free(made);
		return failed("epoll_add_failed");
	}
	if (loop->watches)
		loop->watches->previous = made;
	loop->watches = made;
	*watch = made;
	return ERR_NONE;
}

enum err loop_watch_change(struct loop_watch *watch, uint32_t events)
{
	struct epoll_event event = {.events = events, .data.ptr = watch};
	if (epoll_ctl(watch->loop->epoll, EPOLL_CTL_MOD, watch->descriptor, &event) < 0)
		return failed("epoll_change_failed");
	return ERR_NONE;
}

static void unlink_watch(struct loop_watch *watch)
{
	if (watch->previous)
		watch->previous->next = watch->next;
	else
		watch->loop->watches = watch->next;
	if (watch->next)
		watch->next->previous = watch->previous;
}

void loop_watch_remove(struct loop_watch *watch)
{
	if (!watch)
		return;
	struct loop *loop = watch->loop;
	epoll_ctl(loop->epoll, EPOLL_CTL_DEL, watch->descriptor, NULL); /* fails when it was closed: gone too */
	unlink_watch(watch);
	watch->ready = NULL;
	if (!loop->dispatching) {
		free(watch);
		return;
	}
	watch->next = loop->removed;
	loop->removed = watch;
}

/* A timer that a timer sets is due after the instant that is being fired, so that it can't hold the loop. */
enum err loop_timer_set(struct loop *loop, struct loop_timer *timer, int64_t delay_us, loop_function fire,
			void *context)
{
	int64_t due_us = time_monotonic_us();
	if (delay_us > INT64_MAX - due_us)
		due_us = INT64_MAX;
	else if (delay_us > 0)
		due_us += delay_us;
	if (due_us <= loop->firing_us)
		due_us = loop->firing_us + 1;
	enum err error = timers_set(&loop->timers, timer, due_us);
	if (error)
		return error;
	timer->fire = fire;
	timer->context = context;
	return ERR_NONE;
}

void loop_timer_cancel(struct loop *loop, struct loop_timer *timer)
{
	timers_remove(&loop->timers, timer);
}

enum err loop_before_wait(struct loop *loop, loop_function prepare, void *context)
{
	if (loop->prepare_count == PREPARES)
		return ERR_LIMIT;
	loop->prepares[loop->prepare_count++] = (struct prepare){prepare, context};
	return ERR_NONE;
}

void loop_wait_at_most(struct loop *loop, int64_t delay_us)
{
	if (delay_us < 0)
		delay_us = 0;
	if (loop->wait_most_us < 0 || delay_us < loop->wait_most_us)
		loop->wait_most_us = delay_us;
}

/* The milliseconds to wait, rounded up so that no timer is met too early; -1 for ever. */
static int wait_ms(struct loop *loop)
{
	struct loop_timer *first = timers_first(&loop->timers);
	if (first)
		loop_wait_at_most(loop, first->due_us - time_monotonic_us());
	if (loop->stopping)
		return 0;
	if (loop->wait_most_us < 0)
		return -1;
	int64_t ms = loop->wait_most_us / 1000 + (loop->wait_most_us % 1000 != 0);
	return ms > INT_MAX ? INT_MAX : (int)ms;
}

static void dispatch(struct loop *loop, const struct epoll_event *events, int count)
{
	loop->dispatching = true;
	for (int i = 0; i < count; i++) {
		struct loop_watch *watch = events[i].data.ptr;
		if (watch->ready)
			watch->ready(watch->context, events[i].events);
	}
	loop->dispatching = false;
	free_list(&loop->removed);
}

static void fire_timers(struct loop *loop)
{
	loop->firing_us = time_monotonic_us();
	for (;;) {
		struct loop_timer *first = timers_first(&loop->timers);
		if (!first || first->due_us > loop->firing_us)
			break;
		timers_remove(&loop->timers, first);
		first->fire(first->context);
	}
	loop->firing_us = 0;
}

static enum err turn(struct loop *loop)
{
	for (int i = 0; i < loop->prepare_count; i++)
		loop->prepares[i].call(loop->prepares[i].context);
	struct epoll_event events[BATCH];
	int count = epoll_wait(loop->epoll, events, BATCH, wait_ms(loop));
	loop->wait_most_us = -1;
	if (count < 0 && errno != EINTR)
		return failed("epoll_wait_failed");
	dispatch(loop, events, count);
	fire_timers(loop);
	return ERR_NONE;
}

enum err loop_run(struct loop *loop)
{
	enum err error = ERR_NONE;
	while (!error && !loop->stopping)
		error = turn(loop);
	loop->stopping = false;
	return error;
}

void loop_stop(struct loop *loop)
{
	loop->stopping = true;
}
