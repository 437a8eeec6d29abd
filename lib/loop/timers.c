/* Keeps the timer that is due first at the top of a heap. */
#include "loop/timers.h"

#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>

enum { CAPACITY_LEAST = 64 };

static void put(struct timers *timers, int index, struct loop_timer *timer)
{
	timers->heap[index] = timer;
	timer->place = index + 1;
}

static void rise(struct timers *timers, int index, struct loop_timer *timer)
{
	while (index > 0) {
		int parent = (index - 1) / 2;
		if (timers->heap[parent]->due_us <= timer->due_us)
			break;
		put(timers, index, timers->heap[parent]);
		index = parent;
	}
	put(timers, index, timer);
}

static void sink(struct timers *timers, int index, struct loop_timer *timer)
{
	for (;;) {
		int child = 2 * index + 1;
		if (child >= timers->count)
			break;
		if (child + 1 < timers->count && timers->heap[child + 1]->due_us < timers->heap[child]->due_us)
			child++;
		if (timers->heap[child]->due_us >= timer->due_us)
			break;
		put(timers, index, timers->heap[child]);
		index = child;
	}
	put(timers, index, timer);
}

/* Finds the timer's place again, seen from `index`, which is free or its own. */
static void settle(struct timers *timers, int index, struct loop_timer *timer)
{
	if (index > 0 && timers->heap[(index - 1) / 2]->due_us > timer->due_us)
		rise(timers, index, timer);
	else
		sink(timers, index, timer);
}

static enum err make_room(struct timers *timers)
{
	if (timers->count < timers->capacity)
		return ERR_NONE;
	if (timers->capacity > INT_MAX / 4)
		return ERR_LIMIT;
	int capacity = timers->capacity ? 2 * timers->capacity : CAPACITY_LEAST;
	struct loop_timer **heap = realloc(timers->heap, (size_t)capacity * sizeof(struct loop_timer *));
	if (!heap)
		return ERR_MEMORY;
	timers->heap = heap;
	timers->capacity = capacity;
	return ERR_NONE;
}

enum err timers_set(struct timers *timers, struct loop_timer *timer, int64_t due_us)
{
	if (!timer->place) {
		enum err error = make_room(timers);
		if (error)
			return error;
		timers->count++;
		timer->place = timers->count;
	}
	timer->due_us = due_us;
	settle(timers, timer->place - 1, timer);
	return ERR_NONE;
}

void timers_remove(struct timers *timers, struct loop_timer *timer)
{
	if (!timer->place)
		return;
	int index = timer->place - 1;
	struct loop_timer *last = timers->heap[--timers->count];
	timer->place = 0;
	if (last != timer)
		settle(timers, index, last);
}

struct loop_timer *timers_first(const struct timers *timers)
{
	return timers->count ? timers->heap[0] : NULL;
}

void timers_release(struct timers *timers)
{
	free(timers->heap);
	*timers = (struct timers){0};
}
