/* Runs the detectors on what is due, ten times a second, and at once again while there is more. */
#include "clock.h"

#include <stdlib.h>

#include "base/time.h"
#include "elected.h"
#include "metrics.h"

enum { PASS_EVERY_US = 100000 };

/* A few subjects at a time, when so many are due: each transaction begins by making ready whatever it evaluates. */
static const struct db_statement pass_statement = {
	"check", "select s.checked, s.lag_us" ELECTED_FROM("2") " cross join lateral (select * from run_checks(10) where e.elected) s", 0};

static bool took(const struct metrics *metrics, const struct rows *rows)
{
	size_t length;
	const char *checked = rows->value(rows->result, 0, 0, &length);
	unsigned long count = checked ? strtoul(checked, NULL, 10) : 0;
	const char *lag = rows->value(rows->result, 0, 1, &length);
	metrics->clock->checked += count;
	metrics->clock->lag_us = lag ? strtoll(lag, NULL, 10) : 0;
	metrics->clock->passes++;
	metrics->clock->last_pass_us = time_monotonic_us();
	return count > 0;
}

int clock_run(void *inheritance, int index)
{
	/* What it finds is found again after a crash: nothing waits for the disk. It holds items of the queue while it waits for another:
	 * half as long as a call handler waits for those. */
	static const char *const session[] = {"set timezone = 'UTC'", "set search_path = public", "set synchronous_commit = off",
					      "set statement_timeout = '60s'", "set lock_timeout = '100ms'", "set jit = off",
					      "set plan_cache_mode = force_generic_plan", NULL};
	static const struct elected_duty duty = {
		.name = "clock", .role = "secondlook_clock", .session = session, .pass = &pass_statement,
		.pass_every_us = PASS_EVERY_US, .took = took};
	(void)index;
	return elected_run(inheritance, &duty);
}
