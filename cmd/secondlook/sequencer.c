/* Gives every line of the ledger its position, 20 times a second; keeps the ledger's house once an hour; beside it the sealer and the spreader. */
#include "sequencer.h"

#include <signal.h>
#include <stdlib.h>

#include "base/time.h"
#include "elected.h"
#include "loop/signals.h"
#include "metrics.h"
#include "sealer.h"
#include "spreader.h"

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

/* The re-base sees a database restored elsewhere. */
static const char *const session[] = {"set timezone = 'UTC'", "set search_path = public", "set synchronous_commit = on",
				      "set statement_timeout = '60s'", "set lock_timeout = '200ms'", "set jit = off", "select rebase_ledger()", NULL};
static const struct elected_duty sequencing = {
	.name = "sequencer", .role = "secondlook_sequencer", .session = session, .pass = &pass_statement,
	.housekeeping = &housekeeping_statement, .pass_every_us = PASS_EVERY_US, .took = took};

struct process {
	struct loop *loop;
	struct signals *signals;
	struct elected *sequencer;
	struct elected *spreader;
	struct sealer *sealer;
};

static void signalled(void *context, int number)
{
	struct process *process = context;
	if (number == SIGTERM)
		loop_stop(process->loop);
	else if (number == SIGHUP && process->sealer)
		sealer_hang_up(process->sealer);
}

static enum err run(struct process *process, struct worker_inheritance *inheritance)
{
	static const int numbers[] = {SIGTERM, SIGHUP, SIGINT};
	enum err error = loop_new(&process->loop);
	if (error == ERR_NONE)
		error = signals_watch(process->loop, numbers, 3, signalled, process, &process->signals);
	if (error == ERR_NONE)
		error = elected_open(inheritance, &sequencing, process->loop, &process->sequencer);
	if (error == ERR_NONE)
		error = elected_open(inheritance, spreader_duty(), process->loop, &process->spreader);
	if (error == ERR_NONE)
		error = sealer_open(inheritance, process->loop, &process->sealer);
	return error ? error : loop_run(process->loop);
}

int sequencer_run(void *inheritance, int index)
{
	struct process process = {0};
	(void)index;
	enum err error = run(&process, inheritance);
	sealer_close(process.sealer);
	elected_close(process.spreader);
	elected_close(process.sequencer);
	signals_free(process.signals);
	loop_free(process.loop);
	return error == ERR_NONE ? EXIT_SUCCESS : EXIT_FAILURE;
}
