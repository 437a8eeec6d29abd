/* From a recorded history of the queue to the number of specialists that it needed. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "capacity.h"

#define DAY_US 86400000000LL
#define WORK_MAXIMUM_US (4 * 3600000000LL) /* a claim of longer was left open, not worked on */

/* As many whole numbers; false: the line has others, or more. */
static bool read_numbers(const char *line, int64_t *numbers, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		char *end;
		numbers[i] = strtoll(line, &end, 10);
		if (end == line)
			return false;
		line = end;
	}
	return *line == '\n' || *line == '\0';
}

static size_t count_lines(const char *text)
{
	size_t count = *text != '\0';
	for (; *text; text++)
		count += *text == '\n';
	return count;
}

static const char *next_line(const char *line)
{
	line += strcspn(line, "\n");
	return *line ? line + 1 : line;
}

static int64_t usable_work_us(int64_t work_us)
{
	return work_us > WORK_MAXIMUM_US ? WORK_MAXIMUM_US : work_us;
}

static bool read_item(const char *line, struct queue_item *item)
{
	int64_t number[5]; /* arrived, due, rank, work, waited */
	if (!read_numbers(line, number, 5) || number[0] < 0 || number[2] < 1)
		return false;
	*item = (struct queue_item){
		.arrived_us = number[0], .due_us = number[1], .rank = (int)number[2], .work_us = usable_work_us(number[3]),
		.tags = number[2] <= QUEUE_TIER_RANKS ? CAPACITY_HIGH : CAPACITY_OTHER,
		.taken_us = number[4] < 0 ? QUEUE_NEVER : number[0] + number[4]};
	return true;
}

static void count_item(struct capacity_history *history, const struct queue_item *item)
{
	bool is_high = item->tags == CAPACITY_HIGH;
	history->high += is_high;
	if (item->work_us >= 0) {
		history->timed++;
		history->timed_high += is_high;
	}
}

/* The next one, from `at` on and round again, whose review was timed and that has the tags; `count`: none. */
static size_t find_timed(const struct capacity_history *history, const bool *is_timed, size_t at, unsigned tags)
{
	for (size_t i = 0; history->timed && i < history->count; i++) {
		size_t number = (at + i) % history->count;
		if (is_timed[number] && (history->items[number].tags & tags))
			return number;
	}
	return history->count;
}

/* What was not timed takes as long as the timed ones of its kind did, in turn: the same every time. */
static enum err fill_in_work(struct capacity_history *history)
{
	size_t last[CAPACITY_TIERS] = {0};
	bool *is_timed = calloc(history->count + 1, sizeof *is_timed);
	if (!is_timed)
		return ERR_MEMORY;
	for (size_t i = 0; i < history->count; i++)
		is_timed[i] = history->items[i].work_us >= 0;
	for (size_t i = 0; i < history->count; i++) {
		struct queue_item *item = &history->items[i];
		if (is_timed[i])
			continue;
		size_t like = find_timed(history, is_timed, last[item->tags] + 1, item->tags);
		if (like == history->count)
			like = find_timed(history, is_timed, last[item->tags] + 1, CAPACITY_HIGH | CAPACITY_OTHER);
		item->work_us = like == history->count ? 0 : history->items[like].work_us;
		last[item->tags] = like == history->count ? 0 : like;
	}
	free(is_timed);
	return ERR_NONE;
}

static enum err complete(const struct capacity_question *question, struct capacity_history *history)
{
	struct queue_choice choice = {CAPACITY_HIGH, INT64_MIN, INT64_MAX, question->target_us, history->to_us};
	enum err error = queue_tally(history->items, history->count, &choice, &history->recorded);
	for (size_t i = 0; !error && question->review_us && i < history->count; i++)
		history->items[i].work_us = question->review_us;
	return error || question->review_us ? error : fill_in_work(history);
}

enum err capacity_read(const char *text, const struct capacity_question *question, struct capacity_history *history)
{
	int64_t head[4]; /* from, to, thousandths of specialists on shift, overdue_every */
	struct capacity_history read = {.items = calloc(count_lines(text) + 1, sizeof *read.items)};
	enum err error = read.items ? ERR_NONE : ERR_MEMORY;
	if (!error && (!read_numbers(text, head, 4) || head[3] < 1 || head[3] > INT_MAX))
		error = ERR_INPUT;
	for (const char *line = next_line(text); !error && *line; line = next_line(line)) {
		struct queue_item *item = &read.items[read.count];
		if (!read_item(line, item))
			error = ERR_INPUT;
		else
			count_item(&read, &read.items[read.count++]);
	}
	if (!error) {
		read.from_us = head[0];
		read.to_us = head[1];
		read.on_shift = (double)head[2] / 1000;
		read.overdue_every = (int)head[3];
		error = complete(question, &read);
	}
	if (error)
		free(read.items);
	else
		*history = read;
	return error;
}

static enum err tally(const struct capacity_question *question, const struct capacity_history *history,
		      struct capacity_row *row)
{
	struct queue_choice choice = {CAPACITY_HIGH, INT64_MIN, INT64_MAX, question->target_us, QUEUE_NEVER};
	enum err error = queue_tally(history->items, history->count, &choice, &row->high);
	choice.tags = CAPACITY_OTHER;
	return error ? error : queue_tally(history->items, history->count, &choice, &row->other);
}

static bool is_kept(size_t within, size_t count, int share)
{
	return within * 100 >= count * (size_t)share;
}

/* Each number of specialists in turn, and two beyond the first that will do. */
static enum err try_numbers(const struct capacity_question *question, struct capacity_history *history,
			    struct capacity_answer *answer)
{
	struct queue_plan plan = {.overdue_every = history->overdue_every, .until_us = QUEUE_NEVER};
	enum err error = ERR_NONE;
	while (!error && answer->tried < question->most &&
	       (!answer->specialists || answer->tried < answer->specialists + 2)) {
		struct capacity_row *row = &answer->rows[answer->tried++];
		queue_staff_evenly(&plan, answer->tried);
		error = queue_simulate(history->items, history->count, &plan);
		if (!error)
			error = tally(question, history, row);
		if (!error && !answer->specialists && is_kept(row->high.within, row->high.count, question->share))
			answer->specialists = answer->tried;
	}
	return error;
}

struct hour {
	size_t count, within; /* items of high risk that arrived in it */
};

static void sum_hours(const struct capacity_history *history, int64_t target_us, struct hour hours[QUEUE_HOURS])
{
	memset(hours, 0, QUEUE_HOURS * sizeof *hours);
	for (size_t i = 0; i < history->count; i++) {
		const struct queue_item *item = &history->items[i];
		if (item->tags != CAPACITY_HIGH)
			continue;
		struct hour *hour = &hours[queue_hour(item->arrived_us)];
		hour->count++;
		hour->within += item->taken_us - item->arrived_us <= target_us;
	}
}

static bool is_kept_in(const struct hour *hour, int share)
{
	return is_kept(hour->within, hour->count, share);
}

static enum err simulate_week(const struct capacity_question *question, struct capacity_history *history,
			      const struct queue_plan *plan, struct hour hours[QUEUE_HOURS])
{
	enum err error = queue_simulate(history->items, history->count, plan);
	sum_hours(history, question->target_us, hours);
	return error;
}

/* One more in every hour that does not keep the share, again and again while there is room. */
static enum err strengthen(const struct capacity_question *question, struct capacity_history *history, struct queue_plan *plan)
{
	struct hour hours[QUEUE_HOURS];
	enum err error = ERR_NONE;
	for (bool is_changed = true; !error && is_changed;) {
		error = simulate_week(question, history, plan, hours);
		is_changed = false;
		for (size_t i = 0; i < QUEUE_HOURS; i++)
			if (!is_kept_in(&hours[i], question->share) && plan->on_shift[i] < question->most) {
				plan->on_shift[i]++;
				is_changed = true;
			}
	}
	return error;
}

/* Whether every hour keeps the share, or did not before either. */
static bool is_no_worse(const struct capacity_question *question, const struct hour hours[QUEUE_HOURS],
			const struct hour before[QUEUE_HOURS])
{
	for (size_t i = 0; i < QUEUE_HOURS; i++)
		if (!is_kept_in(&hours[i], question->share) && is_kept_in(&before[i], question->share))
			return false;
	return true;
}

/* One fewer wherever the week still keeps what it kept: each hour in turn, the most strongly staffed numbers first. */
static enum err spare(const struct capacity_question *question, struct capacity_history *history, struct queue_plan *plan)
{
	struct hour before[QUEUE_HOURS], hours[QUEUE_HOURS];
	enum err error = simulate_week(question, history, plan, before);
	for (int number = question->most; number > 1; number--)
		for (size_t i = 0; !error && i < QUEUE_HOURS; i++) {
			if (plan->on_shift[i] != number)
				continue;
			plan->on_shift[i]--;
			error = simulate_week(question, history, plan, hours);
			plan->on_shift[i] += !is_no_worse(question, hours, before);
		}
	return error;
}

/* From one specialist round the clock upwards; each step is simulated whole, so that what one hour leaves to the next counts. */
static enum err try_hours(const struct capacity_question *question, struct capacity_history *history,
			  struct capacity_answer *answer)
{
	struct queue_plan plan = {.overdue_every = history->overdue_every, .until_us = QUEUE_NEVER};
	struct hour hours[QUEUE_HOURS];
	sum_hours(history, question->target_us, hours);
	for (size_t i = 0; i < QUEUE_HOURS; i++)
		answer->hours_judged += hours[i].count >= CAPACITY_HOUR_ENOUGH;
	if (answer->hours_judged * 4 < QUEUE_HOURS * 3)
		return ERR_NONE;
	queue_staff_evenly(&plan, 1);
	enum err error = strengthen(question, history, &plan);
	if (!error)
		error = spare(question, history, &plan);
	if (!error)
		error = simulate_week(question, history, &plan, hours);
	memcpy(answer->hours, plan.on_shift, sizeof answer->hours);
	answer->has_hours = true;
	return error ? error : tally(question, history, &answer->by_hours);
}

enum err capacity_find(const struct capacity_question *question, struct capacity_history *history,
		       struct capacity_answer *answer)
{
	struct capacity_answer found = {.rows = calloc((size_t)question->most, sizeof *found.rows)};
	enum err error = found.rows ? ERR_NONE : ERR_MEMORY;
	if (!error && history->count)
		error = try_numbers(question, history, &found);
	if (!error && history->count)
		error = try_hours(question, history, &found);
	if (error)
		capacity_forget(&found);
	else
		*answer = found;
	return error;
}

void capacity_doubts(const struct capacity_question *question, const struct capacity_history *history, struct bytes *text)
{
	if (!history->count) {
		bytes_append_string(text, "The queue had no item in that time.\n");
		return;
	}
	int64_t tenths = (history->to_us - history->from_us) / (DAY_US / 10); /* of a day, whole ones */
	if (tenths < 10 * CAPACITY_DAYS_ENOUGH)
		bytes_format(text, "It covers %lld.%lld days; %d are needed.\n", (long long)(tenths / 10), (long long)(tenths % 10),
			     CAPACITY_DAYS_ENOUGH);
	if (history->high < CAPACITY_HIGH_ENOUGH)
		bytes_format(text, "It has %zu items of high risk; %d are needed.\n", history->high, CAPACITY_HIGH_ENOUGH);
	if (!question->review_us && history->timed_high < CAPACITY_TIMED_ENOUGH)
		bytes_format(text, "Of %zu of them it is known how long the review took; %d are needed, or --review-minutes.\n",
			     history->timed_high, CAPACITY_TIMED_ENOUGH);
}

void capacity_release(struct capacity_history *history)
{
	free(history->items);
	*history = (struct capacity_history){0};
}

void capacity_forget(struct capacity_answer *answer)
{
	free(answer->rows);
	*answer = (struct capacity_answer){0};
}
