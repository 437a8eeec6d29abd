/* Spreads looks into what was seen by whom, four times a second, and behind in a twentieth of the time: it may be late, requests may not. */
#include "spreader.h"

#include <stdlib.h>

#include "base/time.h"
#include "metrics.h"

enum { PASS_EVERY_US = 250000, RESTS = 19 };

static const struct db_statement pass_statement = {
	"spread", "select s.position, s.behind, s.lag_us" ELECTED_FROM("4") " cross join lateral (select * from spread_seen() where e.elected) s", 0};

static int64_t number(const struct rows *rows, int column)
{
	size_t length;
	const char *value = rows->value(rows->result, 0, column, &length);
	return value ? strtoll(value, NULL, 10) : 0;
}

static bool took(const struct metrics *metrics, const struct rows *rows)
{
	metrics->spreader->position = (uint64_t)number(rows, 0);
	metrics->spreader->behind = (uint64_t)number(rows, 1);
	metrics->spreader->lag_us = number(rows, 2);
	metrics->spreader->passes++;
	metrics->spreader->last_pass_us = time_monotonic_us();
	return metrics->spreader->behind > 0;
}

const struct elected_duty *spreader_duty(void)
{
	/* A pass that a crash takes back is made again: nothing waits for the disk. */
	static const char *const session[] = {"set timezone = 'UTC'", "set search_path = public", "set synchronous_commit = off",
					      "set statement_timeout = '60s'", "set lock_timeout = '200ms'", "set jit = off", NULL};
	static const struct elected_duty duty = {
		.name = "spreader", .role = "secondlook_sequencer", .session = session, .pass = &pass_statement,
		.pass_every_us = PASS_EVERY_US, .rests = RESTS, .took = took};
	return &duty;
}
