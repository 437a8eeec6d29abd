/* The queue's simulation: cases small enough to work out by hand, what starves and what doesn't, boundaries. */
#include "queue_simulation.h"

#include "support/unit.h"

#define MINUTE_US 60000000LL
#define MONDAY_US 1780272000000000LL /* 2026-06-01T00:00:00Z */

static struct queue_item item(int arrived, int due, int work, int rank)
{
	return (struct queue_item){.arrived_us = MONDAY_US + arrived * MINUTE_US, .due_us = MONDAY_US + due * MINUTE_US,
				   .work_us = work * MINUTE_US, .rank = rank, .tags = 1};
}

static struct queue_plan plan_of(enum queue_order order, int specialists)
{
	struct queue_plan plan = {.order = order, .overdue_every = 10, .until_us = QUEUE_NEVER};
	queue_staff_evenly(&plan, specialists);
	return plan;
}

/* The minutes at which the items are taken. */
static void check_taken(struct queue_item *items, size_t count, const struct queue_plan *plan, const int *minutes)
{
	ck_assert_int_eq(queue_simulate(items, count, plan), ERR_NONE);
	for (size_t i = 0; i < count; i++)
		ck_assert_msg(items[i].taken_us == MONDAY_US + minutes[i] * MINUTE_US, "item %zu: minute %g, not %d", i,
			      (double)(items[i].taken_us - MONDAY_US) / MINUTE_US, minutes[i]);
}

START_TEST(the_rank_comes_first)
{
	struct queue_item items[] = {item(0, 60, 10, 10), item(1, 60, 10, 50), item(2, 60, 5, 10)};
	struct queue_plan plan = plan_of(QUEUE_BY_RANK_AND_OVERDUE, 1);
	check_taken(items, 3, &plan, (int[]){0, 15, 10});
}
END_TEST

START_TEST(within_a_rank_what_is_due_first_then_what_came_first)
{
	struct queue_item items[] = {item(0, 60, 10, 10), item(1, 90, 10, 10), item(1, 80, 10, 10), item(1, 80, 10, 10)};
	struct queue_plan plan = plan_of(QUEUE_BY_RANK_AND_OVERDUE, 1);
	check_taken(items, 4, &plan, (int[]){0, 30, 10, 20});
}
END_TEST

START_TEST(two_specialists_share_one_queue)
{
	struct queue_item items[] = {item(0, 60, 10, 10), item(0, 60, 4, 10), item(0, 60, 4, 10), item(0, 60, 1, 10)};
	struct queue_plan plan = plan_of(QUEUE_BY_RANK_AND_OVERDUE, 2);
	check_taken(items, 4, &plan, (int[]){0, 0, 4, 8});
}
END_TEST

START_TEST(work_of_no_length_ends)
{
	struct queue_item items[] = {item(0, 60, 0, 10), item(0, 60, -1, 10), item(5, 60, 0, 10)};
	struct queue_plan plan = plan_of(QUEUE_BY_RANK_AND_OVERDUE, 1);
	check_taken(items, 3, &plan, (int[]){0, 0, 5});
}
END_TEST

/* Tier 1 comes as fast as one specialist works; three of the least urgent, due after an hour, came first. */
enum { LOW = 3, HIGH = 40 };

static void fill(struct queue_item items[LOW + HIGH])
{
	for (int i = 0; i < LOW; i++)
		items[i] = item(0, 60, 10, 50);
	for (int i = 0; i < HIGH; i++)
		items[LOW + i] = item(10 * i, 10 * i + 60, 10, 10);
}

START_TEST(by_rank_alone_the_least_urgent_starve)
{
	struct queue_item items[LOW + HIGH];
	struct queue_plan plan = plan_of(QUEUE_BY_RANK, 1);
	plan.until_us = MONDAY_US + 10 * HIGH * MINUTE_US;
	fill(items);
	ck_assert_int_eq(queue_simulate(items, LOW + HIGH, &plan), ERR_NONE);
	for (size_t i = 0; i < LOW; i++)
		ck_assert(items[i].taken_us == QUEUE_NEVER);
}
END_TEST

START_TEST(one_claim_in_ten_is_of_the_longest_overdue)
{
	struct queue_item items[LOW + HIGH];
	struct queue_plan plan = plan_of(QUEUE_BY_RANK_AND_OVERDUE, 1);
	fill(items);
	ck_assert_int_eq(queue_simulate(items, LOW + HIGH, &plan), ERR_NONE);
	for (int i = 0; i < LOW; i++)
		ck_assert_int_eq((items[i].taken_us - MONDAY_US) / MINUTE_US, 60 + 100 * i);
}
END_TEST

/* Three claims went to others: nothing of tier 1 waits longer than their thirty minutes. */
START_TEST(what_is_critical_waits_no_longer_than_that_costs)
{
	struct queue_item items[LOW + HIGH];
	struct queue_plan plan = plan_of(QUEUE_BY_RANK_AND_OVERDUE, 1);
	fill(items);
	ck_assert_int_eq(queue_simulate(items, LOW + HIGH, &plan), ERR_NONE);
	for (int i = LOW; i < LOW + HIGH; i++)
		ck_assert_int_le(items[i].taken_us - items[i].arrived_us, 30 * MINUTE_US);
}
END_TEST

START_TEST(overdue_begins_at_the_very_instant)
{
	struct queue_plan plan = plan_of(QUEUE_BY_RANK_AND_OVERDUE, 1);
	struct queue_item on_time[] = {item(0, 60, 10, 10), item(0, 10, 10, 50), item(0, 60, 10, 10)};
	struct queue_item too_late[] = {item(0, 60, 10, 10), item(0, 10, 10, 50), item(0, 60, 10, 10)};
	too_late[1].due_us++;
	check_taken(on_time, 3, &plan, (int[]){0, 10, 20});
	check_taken(too_late, 3, &plan, (int[]){0, 20, 10});
}
END_TEST

START_TEST(nobody_takes_anything_while_nobody_is_on_shift)
{
	struct queue_item items[] = {item(30, 60, 90, 10), item(70, 80, 10, 10)};
	struct queue_plan plan = plan_of(QUEUE_BY_RANK_AND_OVERDUE, 0);
	plan.on_shift[1] = 1;
	plan.on_shift[3] = 1;
	check_taken(items, 2, &plan, (int[]){60, 180});
}
END_TEST

START_TEST(what_is_left_at_the_end_was_not_taken)
{
	struct queue_item items[] = {item(0, 60, 10, 10), item(0, 60, 10, 10)};
	struct queue_plan plan = plan_of(QUEUE_BY_RANK_AND_OVERDUE, 1);
	struct queue_choice choice = {1, 0, QUEUE_NEVER, 15 * MINUTE_US, MONDAY_US + 10 * MINUTE_US};
	struct queue_waits waits;
	plan.until_us = choice.until_us;
	ck_assert_int_eq(queue_simulate(items, 2, &plan), ERR_NONE);
	ck_assert(items[1].taken_us == QUEUE_NEVER);
	ck_assert_int_eq(queue_tally(items, 2, &choice, &waits), ERR_NONE);
	ck_assert_uint_eq(waits.count, 2);
	ck_assert_uint_eq(waits.untaken, 1);
	ck_assert_uint_eq(waits.within, 1);
	ck_assert_int_eq(waits.worst_us, 10 * MINUTE_US);
}
END_TEST

START_TEST(refuses_what_has_no_end_or_no_order)
{
	struct queue_item items[] = {item(1, 60, 10, 10), item(0, 60, 10, 10)};
	struct queue_plan nobody = plan_of(QUEUE_BY_RANK, 0), some = plan_of(QUEUE_BY_RANK, 1), no_share = some;
	struct queue_plan too_many = plan_of(QUEUE_BY_RANK, QUEUE_SPECIALISTS_MAXIMUM + 1);
	no_share.overdue_every = 0;
	ck_assert_int_eq(queue_simulate(items, 1, &nobody), ERR_INPUT);
	ck_assert_int_eq(queue_simulate(items, 1, &no_share), ERR_INPUT);
	ck_assert_int_eq(queue_simulate(items, 1, &too_many), ERR_INPUT);
	ck_assert_int_eq(queue_simulate(items, 2, &some), ERR_INPUT);
	ck_assert_int_eq(queue_simulate(items, 0, &some), ERR_NONE);
}
END_TEST

START_TEST(waits_are_counted_by_nearest_rank)
{
	struct queue_item items[20];
	struct queue_choice choice = {1, MONDAY_US, MONDAY_US + 1, 15 * MINUTE_US, 0};
	struct queue_waits waits;
	for (int i = 0; i < 20; i++) {
		items[i] = item(0, 60, 10, 10);
		items[i].taken_us = MONDAY_US + (20 - i) * MINUTE_US;
	}
	ck_assert_int_eq(queue_tally(items, 20, &choice, &waits), ERR_NONE);
	ck_assert_uint_eq(waits.count, 20);
	ck_assert_uint_eq(waits.within, 15);
	ck_assert_int_eq(waits.median_us, 10 * MINUTE_US);
	ck_assert_int_eq(waits.p90_us, 18 * MINUTE_US);
	ck_assert_int_eq(waits.p95_us, 19 * MINUTE_US);
	ck_assert_int_eq(waits.worst_us, 20 * MINUTE_US);
	ck_assert_int_eq(queue_tally(items + 13, 7, &choice, &waits), ERR_NONE); /* of 1 to 7 minutes */
	ck_assert_int_eq(waits.median_us, 4 * MINUTE_US);
	ck_assert_int_eq(waits.p90_us, 7 * MINUTE_US);
	choice.tags = 2;
	ck_assert_int_eq(queue_tally(items, 20, &choice, &waits), ERR_NONE);
	ck_assert_uint_eq(waits.count, 0);
	ck_assert_int_eq(waits.worst_us, 0);
}
END_TEST

START_TEST(ranks_follow_the_tiers)
{
	const int many[] = {5, 1, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5};
	ck_assert_int_eq(queue_rank((int[]){5}, 1, false), 50);
	ck_assert_int_eq(queue_rank((int[]){3, 5}, 2, false), 29);
	ck_assert_int_eq(queue_rank(many, 10, false), 1);
	ck_assert_int_eq(queue_rank(many, 12, false), 1);
	ck_assert_int_eq(queue_rank((int[]){5}, 1, true), 1);
}
END_TEST

START_TEST(hours_of_the_week_begin_on_monday)
{
	ck_assert_uint_eq(queue_hour(MONDAY_US), 0);
	ck_assert_uint_eq(queue_hour(MONDAY_US - 1), QUEUE_HOURS - 1);
	ck_assert_uint_eq(queue_hour(MONDAY_US + 24 * 60 * MINUTE_US), 24);
}
END_TEST

UNIT("queue_simulation", the_rank_comes_first, within_a_rank_what_is_due_first_then_what_came_first, two_specialists_share_one_queue,
     work_of_no_length_ends, by_rank_alone_the_least_urgent_starve, one_claim_in_ten_is_of_the_longest_overdue,
     what_is_critical_waits_no_longer_than_that_costs, overdue_begins_at_the_very_instant,
     nobody_takes_anything_while_nobody_is_on_shift, what_is_left_at_the_end_was_not_taken, refuses_what_has_no_end_or_no_order,
     waits_are_counted_by_nearest_rank, ranks_follow_the_tiers, hours_of_the_week_begin_on_monday)
