/* A pass every 100 ms or less, as the one elected; housekeeping of the ledger once an hour. */
#include "sequencer.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/time.h"
#include "loop/signals.h"
#include "worker.h"

enum { PASS_EVERY_US = 50000, ELECTION_EVERY_US = 1000000 };
static const int64_t housekeeping_every_us = 3600000000, housekeeping_again_us = 60000000;

struct sequencer {
	struct worker_inheritance *inheritance;
	struct loop *loop;
	struct db_lane *lane;
	struct db_segment pass_segment, housekeeping_segment;
	struct db_call pass_call, housekeeping_call;
	struct loop_timer timer;
	bool is_elected;
	bool was_elected; /* so that a change is logged once */
	bool is_stopping;
	int64_t next_housekeeping_us;
};

/* The lock belongs to the connection: a new one is elected anew. Taking it again on each pass would only count up, so
 * a pass asks whether it is held and tries only if not. The re-base sees a database restored elsewhere. */
static const struct db_statement pass_statement = {
	"sequence",
	"select s.given, s.upto from (select exists (select from pg_locks where locktype = 'advisory' and classid = 7321"
	" and objid = 1 and pid = pg_backend_pid() and granted) or pg_try_advisory_lock(7321, 1) as elected) e"
	" cross join lateral (select * from sequence_lines() where e.elected) s", 0};
static const struct db_statement housekeeping_statement = {
	"housekeeping", "select make_ledger_partitions(3), forget_claims()", 0};

static void set_pass(struct sequencer *sequencer);

static void pass_rows(void *context, size_t call, const struct rows *rows)
{
	struct sequencer *sequencer = context;
	size_t length;
	(void)call;
	sequencer->is_elected = rows->count > 0;
	const char *position = rows->count ? rows->value(rows->result, 0, 1, &length) : NULL;
	if (position)
		sequencer->inheritance->metrics->sequencer->position = strtoull(position, NULL, 10);
}

static void pass_done(void *context, enum db_outcome outcome, const struct db_refusal *refusal)
{
	struct sequencer *sequencer = context;
	struct metrics_sequencer *metrics = sequencer->inheritance->metrics->sequencer;
	if (refusal)
		log_event(LOG_ERROR, "sequencer_refused", "\"sqlstate\":\"%s\"", refusal->sqlstate);
	if (outcome == DB_COMMITTED && sequencer->is_elected) {
		metrics->passes++;
		metrics->last_pass_us = time_monotonic_us();
	}
	if (outcome == DB_COMMITTED && sequencer->is_elected != sequencer->was_elected)
		log_event(LOG_INFO, sequencer->is_elected ? "sequencer_elected" : "sequencer_waits", "");
	sequencer->was_elected = sequencer->is_elected;
	set_pass(sequencer);
}

static void housekeeping_done(void *context, enum db_outcome outcome, const struct db_refusal *refusal)
{
	struct sequencer *sequencer = context;
	if (outcome == DB_COMMITTED)
		return;
	/* A new partition needs the ledger for itself for a moment: it waits 200 ms at most, and tries again. */
	sequencer->next_housekeeping_us = time_monotonic_us() + housekeeping_again_us;
	log_event(LOG_WARNING, "housekeeping_refused", "\"sqlstate\":\"%s\"", refusal ? refusal->sqlstate : "");
}

static void keep_house(struct sequencer *sequencer)
{
	sequencer->housekeeping_call = (struct db_call){&housekeeping_statement, NULL};
	sequencer->housekeeping_segment = (struct db_segment){.calls = &sequencer->housekeeping_call, .call_count = 1,
							      .done = housekeeping_done, .context = sequencer};
	if (db_submit(sequencer->lane, &sequencer->housekeeping_segment) == ERR_NONE)
		sequencer->next_housekeeping_us = time_monotonic_us() + housekeeping_every_us;
}

static void pass(void *context)
{
	struct sequencer *sequencer = context;
	sequencer->pass_call = (struct db_call){&pass_statement, NULL};
	sequencer->pass_segment = (struct db_segment){.calls = &sequencer->pass_call, .call_count = 1, .rows = pass_rows,
						      .done = pass_done, .context = sequencer};
	if (sequencer->is_elected && time_monotonic_us() >= sequencer->next_housekeeping_us)
		keep_house(sequencer);
	if (db_submit(sequencer->lane, &sequencer->pass_segment) != ERR_NONE)
		set_pass(sequencer);
}

static void set_pass(struct sequencer *sequencer)
{
	int64_t delay_us = sequencer->is_elected ? PASS_EVERY_US : ELECTION_EVERY_US;
	if (!db_lane_is_ready(sequencer->lane))
		delay_us = PASS_EVERY_US;
	if (sequencer->is_stopping)
		return;
	if (loop_timer_set(sequencer->loop, &sequencer->timer, delay_us, pass, sequencer) != ERR_NONE) {
		log_text(LOG_ERROR, "sequencer_failed", "no timer");
		loop_stop(sequencer->loop);
	}
}

static void signalled(void *context, int number)
{
	struct sequencer *sequencer = context;
	if (number == SIGTERM)
		loop_stop(sequencer->loop);
}

static enum err open_lane(struct sequencer *sequencer)
{
	static const char *const session[] = {"set timezone = 'UTC'", "set search_path = public", "set synchronous_commit = on",
					      "set statement_timeout = '60s'", "set lock_timeout = '200ms'", "set jit = off", "select rebase_ledger()", NULL};
	static const struct db_statement *const prepared[] = {&pass_statement, &housekeeping_statement, NULL};
	struct bytes connection, fault;
	bytes_init(&connection, 4000);
	bytes_init(&fault, 1000);
	enum err error = settings_connection(sequencer->inheritance->settings, "secondlook_sequencer", &connection, &fault);
	if (error != ERR_NONE)
		log_text(LOG_ERROR, "database_not_named", bytes_string(&fault));
	struct db_lane_settings settings = {.name = "sequencer", .connection = bytes_string(&connection), .session = session,
					    .prepared = prepared, .depth = 2, .patience_us = 61000000};
	if (error == ERR_NONE)
		error = db_lane_open(sequencer->loop, &settings, &sequencer->lane);
	bytes_release(&connection);
	bytes_release(&fault);
	return error;
}

int sequencer_run(void *inheritance, int index)
{
	static const int numbers[] = {SIGTERM, SIGHUP, SIGINT};
	struct sequencer sequencer = {.inheritance = inheritance};
	struct signals *signals = NULL;
	(void)index;
	enum err error = loop_new(&sequencer.loop);
	if (error == ERR_NONE)
		error = signals_watch(sequencer.loop, numbers, 3, signalled, &sequencer, &signals);
	if (error == ERR_NONE)
		error = open_lane(&sequencer);
	if (error == ERR_NONE) {
		set_pass(&sequencer);
		error = loop_run(sequencer.loop);
	}
	sequencer.is_stopping = true;
	if (sequencer.lane)
		db_lane_close(sequencer.lane);
	if (sequencer.loop) {
		loop_timer_cancel(sequencer.loop, &sequencer.timer);
		signals_free(signals);
		loop_free(sequencer.loop);
	}
	return error == ERR_NONE ? EXIT_SUCCESS : EXIT_FAILURE;
}
