/* Gives every line of the ledger its position, 20 times a second; keeps the ledger's house once an hour. */
#include "sequencer.h"

#include <stdlib.h>

#include "base/time.h"
#include "elected.h"
#include "metrics.h"

enum { PASS_EVERY_US = 50000 };

static const struct db_statement pass_statement = {
	"sequence", "select s.upto" ELECTED_FROM("1") " cross join lateral (select * from sequence_lines() where e.elected) s", 0};
static const struct db_statement housekeeping_statement = {
	"housekeeping", "select make_ledger_partitions(3), forget_claims()", 0};

static bool took(const struct metrics *metrics, const struct rows *rows)
{
	size_t length;
	const char *position = rows->value(rows->result, 0, 0, &length);
	if (position)
		metrics->sequencer->position = strtoull(position, NULL, 10);
	metrics->sequencer->passes++;
	metrics->sequencer->last_pass_us = time_monotonic_us();
	return false;
}

int sequencer_run(void *inheritance, int index)
{
	/* The re-base sees a database restored elsewhere. */
	static const char *const session[] = {"set timezone = 'UTC'", "set search_path = public", "set synchronous_commit = on",
					      "set statement_timeout = '60s'", "set lock_timeout = '200ms'", "set jit = off", "select rebase_ledger()", NULL};
	static const struct elected_duty duty = {
		.name = "sequencer", .role = "secondlook_sequencer", .session = session, .pass = &pass_statement,
		.housekeeping = &housekeeping_statement, .pass_every_us = PASS_EVERY_US, .took = took};
	(void)index;
	return elected_run(inheritance, &duty);
}
