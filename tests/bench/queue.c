/* The worst night of a year at the largest force, for the queue: prints who waits how long, by grade and by tier.
 *
 * Assumptions are the settings below; all is drawn from one seed, so a run can be repeated. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/secondlook/queue_simulation.h"

enum grade { STANDARD, MEDIUM, HIGH, GRADES };
enum { TIERS = 5 };

/* --- settings ---------------------------------------------------------------------------------------------------- */

/* A mean force has 31,400 incidents a year, the largest five times that; each gives one item. */
static const double incidents_an_hour = 5 * 31400 / 365.25 / 24;
static const double days_before = 7, days_after = 28; /* ordinary ones, so that what is left over shows */

/* An ordinary day, hour by hour, against the mean; the sum is 24. Assumed. */
static const double ordinary[24] = {1.1, 0.8, 0.6, 0.4, 0.3, 0.3, 0.4, 0.6, 0.8, 0.9, 1.0, 1.0,
				    1.0, 1.0, 1.0, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.7, 1.6, 1.4};
/* Friday and Saturday from 18:00 to 06:00: eight times the mean at midnight. */
static const double peak[12] = {2, 3, 4, 5.5, 7, 8, 8, 7, 5.5, 4, 2.5, 1.5};

/* Of a hundred items. Assumed: published samples of DASH have about one in eight high. */
static const int grade_mix[GRADES] = {[STANDARD] = 55, [MEDIUM] = 33, [HIGH] = 12};
/* Of a hundred items of a grade, the tier of their most urgent reason. High is tier 1 by rule, medium 3 at least;
 * lethality, weapons, a call cut off put others into tier 1. Assumed. */
static const int tier_mix[GRADES][TIERS] = {
	[STANDARD] = {8, 17, 15, 10, 50}, [MEDIUM] = {25, 35, 40, 0, 0}, [HIGH] = {100, 0, 0, 0, 0}};
static const int further_reason_percent = 45; /* one more reason, and again, up to nine */
/* Minutes of a review: log-normal about this median, with this spread: nine in ten within 2.2 times. Assumed. */
static const double review_median[GRADES] = {[STANDARD] = 6, [MEDIUM] = 10, [HIGH] = 15};
static const double review_spread = 0.6;
/* The default of review_due_minutes: by grade; tier 1 counts as high, tier 2 as medium. */
static const int due_minutes[GRADES] = {[STANDARD] = 1440, [MEDIUM] = 480, [HIGH] = 60};

static const int staffings[] = {2, 4, 8, 12};
static const int shares[] = {3, 5, 10, 20};
static const int target_minutes = 15;

/* --- the items --------------------------------------------------------------------------------------------------- */

#define MINUTE_US 60000000LL
#define HOUR_US (60 * MINUTE_US)
#define DAY_US (24 * HOUR_US)
#define MONDAY_US (20605 * DAY_US) /* 2026-06-01 */

enum { TAG_GRADE = 1, TAG_TIER = 1 << GRADES, TAG_ALL = 1 << (GRADES + TIERS) };

struct day {
	struct queue_item *items;
	size_t count, room;
	int64_t night_us, until_us; /* Friday noon; the end */
};

/* SplitMix64. */
static uint64_t draw(uint64_t *state)
{
	uint64_t mixed = (*state += 0x9e3779b97f4a7c15U);
	mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9U;
	mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebU;
	return mixed ^ (mixed >> 31);
}

/* Above 0, at most 1. */
static double fraction(uint64_t *state)
{
	return ((double)(draw(state) >> 11) + 1) / 9007199254740992.0;
}

static bool chance(uint64_t *state, int percent)
{
	return draw(state) % 100 < (uint64_t)percent;
}

static int pick(uint64_t *state, const int *mix)
{
	int left = (int)(draw(state) % 100), choice = 0;
	while (left >= mix[choice])
		left -= mix[choice++];
	return choice;
}

static int64_t review_us(uint64_t *state, int grade)
{
	double normal = sqrt(-2 * log(fraction(state))) * cos(2 * M_PI * fraction(state));
	return (int64_t)(review_median[grade] * exp(review_spread * normal) * MINUTE_US);
}

static double rate(const struct day *day, int64_t at_us)
{
	int64_t since_us = at_us - (day->night_us - 12 * HOUR_US);
	int hour = (int)(at_us / HOUR_US % 24);
	bool is_peak = since_us >= 18 * HOUR_US && since_us < 54 * HOUR_US && (hour >= 18 || hour < 6);
	return is_peak ? peak[(hour + 6) % 24] : ordinary[hour];
}

static struct queue_item invent(uint64_t *state, int64_t at_us)
{
	int grade = pick(state, grade_mix), tier = pick(state, tier_mix[grade]) + 1;
	int tiers[QUEUE_TIER_RANKS], reasons = 1;
	int level = tier == 1 ? HIGH : tier == 2 && grade < MEDIUM ? MEDIUM : grade;
	tiers[0] = tier;
	while (reasons < QUEUE_TIER_RANKS && chance(state, further_reason_percent))
		tiers[reasons++] = 5;
	return (struct queue_item){
		.arrived_us = at_us, .due_us = at_us + due_minutes[level] * MINUTE_US, .work_us = review_us(state, grade),
		.rank = queue_rank(tiers, (size_t)reasons, false),
		.tags = TAG_ALL | (unsigned)TAG_GRADE << grade | (unsigned)TAG_TIER << (tier - 1)};
}

/* Arrivals at eight times the mean, of which as many are kept as the hour has. */
static void fill(struct day *day, uint64_t seed)
{
	int64_t at_us = MONDAY_US;
	*day = (struct day){.night_us = MONDAY_US + (int64_t)(days_before * DAY_US) + 4 * DAY_US + 12 * HOUR_US};
	day->until_us = day->night_us + (int64_t)(days_after * DAY_US);
	for (;;) {
		at_us += (int64_t)(-log(fraction(&seed)) / (8 * incidents_an_hour) * HOUR_US);
		if (at_us >= day->until_us)
			return;
		if (fraction(&seed) * 8 > rate(day, at_us))
			continue;
		if (day->count == day->room) {
			day->room = day->room ? 2 * day->room : 4096;
			day->items = reallocarray(day->items, day->room, sizeof *day->items);
			if (!day->items)
				abort();
		}
		day->items[day->count++] = invent(&seed, at_us);
	}
}

/* --- what is printed --------------------------------------------------------------------------------------------- */

static void duration(int64_t us, char text[32])
{
	int64_t minutes = (us + MINUTE_US / 2) / MINUTE_US;
	if (minutes < 120)
		snprintf(text, 32, "%lld min", (long long)minutes);
	else if (us < 2 * DAY_US)
		snprintf(text, 32, "%.1f h", (double)us / HOUR_US);
	else
		snprintf(text, 32, "%.1f d", (double)us / DAY_US);
}

static struct queue_waits waits_of(const struct day *day, unsigned tags, int64_t from_us, int64_t to_us)
{
	struct queue_choice choice = {tags, from_us, to_us, target_minutes * MINUTE_US, day->until_us};
	struct queue_waits waits;
	if (queue_tally(day->items, day->count, &choice, &waits))
		abort();
	return waits;
}

static void row(const struct day *day, const char *what, unsigned tags)
{
	struct queue_waits waits = waits_of(day, tags, day->night_us, day->night_us + DAY_US);
	int64_t each_us[] = {waits.median_us, waits.p90_us, waits.p95_us, waits.worst_us};
	printf("  %-16s %6zu", what, waits.count);
	for (size_t i = 0; i < 4; i++) {
		char text[32];
		duration(each_us[i], text);
		printf(" %10s", text);
	}
	printf(" %8.1f%% %8zu\n", waits.count ? 100 * (double)waits.within / (double)waits.count : 0, waits.untaken);
}

static void simulate(struct day *day, enum queue_order order, int overdue_every, int specialists)
{
	struct queue_plan plan = {.order = order, .overdue_every = overdue_every, .until_us = day->until_us};
	queue_staff_evenly(&plan, specialists);
	if (queue_simulate(day->items, day->count, &plan))
		abort();
}

static void table(struct day *day, int specialists)
{
	static const char *const grades[] = {"grade standard", "grade medium", "grade high"};
	static const char *const tiers[] = {"tier 1", "tier 2", "tier 3", "tier 4", "tier 5"};
	printf("\n%d specialists, Friday 12:00 to Saturday 12:00\n  %-16s %6s %10s %10s %10s %10s %9s %8s\n", specialists, "", "items",
	       "median", "90th", "95th", "worst", "in 15 min", "untaken");
	for (int grade = HIGH; grade >= STANDARD; grade--)
		row(day, grades[grade], (unsigned)TAG_GRADE << grade);
	for (int tier = 0; tier < TIERS; tier++)
		row(day, tiers[tier], (unsigned)TAG_TIER << tier);
	row(day, "all", TAG_ALL);
}

/* One line for an order: the most dangerous that night, and what it cost the others in all those weeks. */
static void compare(struct day *day, const char *name, enum queue_order order, int overdue_every, int specialists)
{
	simulate(day, order, overdue_every, specialists);
	struct queue_waits night = waits_of(day, TAG_TIER, day->night_us, day->night_us + DAY_US);
	struct queue_waits first = waits_of(day, TAG_TIER, 0, day->until_us);
	struct queue_waits second = waits_of(day, TAG_TIER << 1, 0, day->until_us);
	struct queue_waits rest = waits_of(day, TAG_TIER << 2 | TAG_TIER << 3 | TAG_TIER << 4, 0, day->until_us);
	int64_t each_us[] = {night.median_us, night.p95_us, night.worst_us, first.p95_us, second.p95_us, rest.p95_us, rest.worst_us};
	printf("  %-22s %8.1f%% %8.1f%%", name, 100 * (double)night.within / (double)night.count,
	       100 * (double)first.within / (double)first.count);
	for (size_t i = 0; i < sizeof each_us / sizeof *each_us; i++) {
		char text[32];
		duration(each_us[i], text);
		printf(" %8s", text);
	}
	printf(" %8zu\n", rest.untaken);
}

static void comparison(struct day *day, int specialists)
{
	printf("\n%d specialists, orders side by side\n"
	       "  %-22s %9s %9s %8s %8s %8s %8s %8s %8s %8s %8s\n  %-22s %9s %9s %8s %8s %8s %8s %8s %8s %8s %8s\n", specialists,
	       "", "tier 1:", "tier 1:", "tier 1", "tier 1", "tier 1", "tier 1", "tier 2", "tier 3-5", "tier 3-5", "tier 3-5",
	       "", "night", "6 weeks", "night", "night", "night", "6 weeks", "6 weeks", "6 weeks", "6 weeks", "6 weeks");
	printf("  %-22s %9s %9s %8s %8s %8s %8s %8s %8s %8s %8s\n", "", "in 15 min", "in 15 min", "median", "95th", "worst", "95th", "95th",
	       "95th", "worst", "untaken");
	compare(day, "rank alone", QUEUE_BY_RANK, 1, specialists);
	for (size_t i = 0; i < sizeof shares / sizeof *shares; i++) {
		char name[32];
		snprintf(name, sizeof name, "rank, 1 in %d overdue", shares[i]);
		compare(day, name, QUEUE_BY_RANK_AND_OVERDUE, shares[i], specialists);
	}
}

int main(int count, char **arguments)
{
	struct day day;
	uint64_t seed = count > 1 ? strtoull(arguments[1], NULL, 10) : 1;
	fill(&day, seed);
	double work_us = 0;
	for (size_t i = 0; i < day.count; i++)
		work_us += (double)day.items[i].work_us;
	printf("seed %llu: %zu items in %.0f days, %.1f minutes each, %.1f an hour on an ordinary day, 8 times that on Friday night\n",
	       (unsigned long long)seed, day.count, days_before + 4.5 + days_after, work_us / (double)day.count / MINUTE_US,
	       incidents_an_hour);
	for (size_t i = 0; i < sizeof staffings / sizeof *staffings; i++) {
		simulate(&day, QUEUE_BY_RANK_AND_OVERDUE, QUEUE_OVERDUE_EVERY, staffings[i]);
		table(&day, staffings[i]);
	}
	for (size_t i = 0; i < sizeof staffings / sizeof *staffings; i++)
		comparison(&day, staffings[i]);
	free(day.items);
	return 0;
}
