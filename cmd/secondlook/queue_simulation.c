/* How the items of a queue fare with so many specialists on shift. */
#include "queue_simulation.h"

#include <stdlib.h>

#define HOUR_US 3600000000LL

/* A place in line. */
struct entry {
	int rank;
	int64_t at_us;
	size_t item;
};

/* A binary heap, the first entry on top. */
struct line {
	struct entry *entries;
	size_t count, room;
};

struct run {
	struct queue_item *items;
	size_t count, arrived, waiting;
	const struct queue_plan *plan;
	struct line urgent;  /* by rank, then due time */
	struct line overdue; /* by due time alone */
	int64_t finish_us[QUEUE_SPECIALISTS_MAXIMUM];
	int busy;
	int since_overdue; /* claims since one was of an overdue item, that one included */
	int64_t now_us;
};

static bool is_before(const struct entry *one, const struct entry *other)
{
	if (one->rank != other->rank)
		return one->rank < other->rank;
	if (one->at_us != other->at_us)
		return one->at_us < other->at_us;
	return one->item < other->item;
}

static void swap(struct line *line, size_t one, size_t other)
{
	struct entry kept = line->entries[one];
	line->entries[one] = line->entries[other];
	line->entries[other] = kept;
}

static enum err add(struct line *line, struct entry entry)
{
	if (line->count == line->room) {
		size_t room = line->room ? 2 * line->room : 64;
		struct entry *entries = reallocarray(line->entries, room, sizeof *entries);
		if (!entries)
			return ERR_MEMORY;
		line->entries = entries;
		line->room = room;
	}
	size_t at = line->count++;
	line->entries[at] = entry;
	for (; at && is_before(&line->entries[at], &line->entries[(at - 1) / 2]); at = (at - 1) / 2)
		swap(line, at, (at - 1) / 2);
	return ERR_NONE;
}

static void drop_first(struct line *line)
{
	size_t at = 0;
	line->entries[0] = line->entries[--line->count];
	for (;;) {
		size_t first = at;
		for (size_t below = 2 * at + 1; below <= 2 * at + 2 && below < line->count; below++)
			if (is_before(&line->entries[below], &line->entries[first]))
				first = below;
		if (first == at)
			return;
		swap(line, at, first);
		at = first;
	}
}

/* The first entry whose item nobody has taken; NULL: none is left. */
static const struct entry *first(const struct run *run, struct line *line)
{
	while (line->count) {
		const struct entry *entry = &line->entries[0];
		if (run->items[entry->item].taken_us == QUEUE_NEVER)
			return entry;
		drop_first(line);
	}
	return NULL;
}

static enum err arrive(struct run *run)
{
	enum err error = ERR_NONE;
	while (!error && run->arrived < run->count && run->items[run->arrived].arrived_us <= run->now_us) {
		size_t number = run->arrived++;
		const struct queue_item *item = &run->items[number];
		run->waiting++;
		error = add(&run->urgent, (struct entry){item->rank, item->due_us, number});
		if (!error && run->plan->order == QUEUE_BY_RANK_AND_OVERDUE)
			error = add(&run->overdue, (struct entry){0, item->due_us, number});
	}
	return error;
}

static size_t choose(struct run *run)
{
	const struct entry *overdue = first(run, &run->overdue);
	if (overdue && overdue->at_us <= run->now_us && run->since_overdue >= run->plan->overdue_every) {
		run->since_overdue = 0;
		return overdue->item;
	}
	return first(run, &run->urgent)->item;
}

static void take(struct run *run)
{
	size_t number = choose(run);
	struct queue_item *item = &run->items[number];
	item->taken_us = run->now_us;
	run->finish_us[run->busy++] = run->now_us + (item->work_us > 0 ? item->work_us : 0);
	run->waiting--;
	if (run->since_overdue < run->plan->overdue_every)
		run->since_overdue++;
}

static void finish(struct run *run)
{
	for (int i = run->busy - 1; i >= 0; i--)
		if (run->finish_us[i] <= run->now_us)
			run->finish_us[i] = run->finish_us[--run->busy];
}

static int64_t earlier(int64_t one_us, int64_t other_us)
{
	return one_us < other_us ? one_us : other_us;
}

static int64_t next_event_us(const struct run *run)
{
	int64_t next_us = QUEUE_NEVER;
	if (run->arrived < run->count)
		next_us = run->items[run->arrived].arrived_us;
	for (int i = 0; i < run->busy; i++)
		next_us = earlier(next_us, run->finish_us[i]);
	if (run->waiting)
		next_us = earlier(next_us, run->now_us - run->now_us % HOUR_US + HOUR_US);
	return next_us;
}

static enum err go(struct run *run)
{
	enum err error = ERR_NONE;
	for (; !error && run->now_us < run->plan->until_us; run->now_us = next_event_us(run)) {
		finish(run);
		error = arrive(run);
		while (!error && run->waiting && run->busy < run->plan->on_shift[queue_hour(run->now_us)])
			take(run);
	}
	return error;
}

static bool is_possible(const struct queue_item *items, size_t count, const struct queue_plan *plan)
{
	int most = 0;
	for (size_t hour = 0; hour < QUEUE_HOURS; hour++)
		most = plan->on_shift[hour] > most ? plan->on_shift[hour] : most;
	for (size_t i = 0; i < count; i++)
		if (items[i].arrived_us < 0 || (i && items[i].arrived_us < items[i - 1].arrived_us))
			return false;
	return most > 0 && most <= QUEUE_SPECIALISTS_MAXIMUM && plan->overdue_every > 0;
}

enum err queue_simulate(struct queue_item *items, size_t count, const struct queue_plan *plan)
{
	if (!is_possible(items, count, plan))
		return ERR_INPUT;
	if (!count)
		return ERR_NONE;
	struct run *run = calloc(1, sizeof *run);
	enum err error = ERR_MEMORY;
	for (size_t i = 0; i < count; i++)
		items[i].taken_us = QUEUE_NEVER;
	if (run) {
		*run = (struct run){.items = items, .count = count, .plan = plan, .since_overdue = plan->overdue_every,
				    .now_us = items[0].arrived_us};
		error = go(run);
		free(run->urgent.entries);
		free(run->overdue.entries);
	}
	free(run);
	return error;
}

int queue_rank(const int *tiers, size_t count, bool is_overdue)
{
	int gravest = 6;
	int further = count > 1 ? (int)(count < QUEUE_TIER_RANKS ? count : QUEUE_TIER_RANKS) - 1 : 0;
	for (size_t i = 0; i < count; i++)
		gravest = tiers[i] < gravest ? tiers[i] : gravest;
	return is_overdue ? 1 : QUEUE_TIER_RANKS * gravest - further;
}

/* 1970 began on a Thursday. */
size_t queue_hour(int64_t instant_us)
{
	return (size_t)((instant_us / HOUR_US + 72) % QUEUE_HOURS);
}

void queue_staff_evenly(struct queue_plan *plan, int specialists)
{
	for (size_t hour = 0; hour < QUEUE_HOURS; hour++)
		plan->on_shift[hour] = specialists;
}

static int compare(const void *one, const void *other)
{
	const int64_t *left = one, *right = other;
	return (*left > *right) - (*left < *right);
}

static int64_t at_share(const int64_t *sorted, size_t count, size_t percent)
{
	return count ? sorted[(count * percent + 99) / 100 - 1] : 0;
}

static bool is_chosen(const struct queue_item *item, const struct queue_choice *choice)
{
	return (item->tags & choice->tags) && item->arrived_us >= choice->from_us && item->arrived_us < choice->to_us;
}

enum err queue_tally(const struct queue_item *items, size_t count, const struct queue_choice *choice,
		     struct queue_waits *waits)
{
	struct queue_waits sum = {0};
	int64_t *each_us = calloc(count ? count : 1, sizeof *each_us);
	if (!each_us)
		return ERR_MEMORY;
	for (size_t i = 0; i < count; i++) {
		if (!is_chosen(&items[i], choice))
			continue;
		bool is_taken = items[i].taken_us != QUEUE_NEVER;
		each_us[sum.count] = (is_taken ? items[i].taken_us : choice->until_us) - items[i].arrived_us;
		sum.untaken += !is_taken;
		sum.within += is_taken && each_us[sum.count] <= choice->target_us;
		sum.count++;
	}
	qsort(each_us, sum.count, sizeof *each_us, compare);
	sum.median_us = at_share(each_us, sum.count, 50);
	sum.p90_us = at_share(each_us, sum.count, 90);
	sum.p95_us = at_share(each_us, sum.count, 95);
	sum.worst_us = at_share(each_us, sum.count, 100);
	free(each_us);
	*waits = sum;
	return ERR_NONE;
}
