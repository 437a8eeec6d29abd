/* Makes the passes of a duty while it is the one elected, and tries to be elected while it isn't. */
#include "elected.h"

#include <signal.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/time.h"
#include "loop/signals.h"

enum { ELECTION_EVERY_US = 1000000, RECONNECTION_LOOK_US = 50000 };
static const int64_t housekeeping_every_us = 3600000000, housekeeping_again_us = 60000000;

struct elected {
	struct worker_inheritance *inheritance;
	const struct elected_duty *duty;
	struct loop *loop;
	struct db_lane *lane;
	const struct db_statement *prepared[3]; /* as long as the lane */
	struct db_segment pass_segment, housekeeping_segment;
	struct db_call pass_call, housekeeping_call;
	struct loop_timer timer;
	bool is_elected;
	bool was_elected; /* so that a change is logged once */
	bool has_more;
	bool is_stopping;
	int64_t next_housekeeping_us;
	int64_t pass_began_us, pass_took_us;
};

static void set_pass(struct elected *elected);

static void pass_rows(void *context, size_t call, const struct rows *rows)
{
	struct elected *elected = context;
	(void)call;
	elected->is_elected = rows->count > 0;
	elected->has_more = elected->is_elected && elected->duty->took(elected->inheritance->metrics, rows);
}

static void pass_done(void *context, enum db_outcome outcome, const struct db_refusal *refusal)
{
	struct elected *elected = context;
	elected->pass_took_us = time_monotonic_us() - elected->pass_began_us;
	const char *name = elected->duty->name;
	if (refusal)
		log_event(LOG_ERROR, "pass_refused", "\"duty\":\"%s\",\"sqlstate\":\"%s\"", name, refusal->sqlstate);
	if (outcome != DB_COMMITTED)
		elected->has_more = false;
	else if (elected->is_elected != elected->was_elected)
		log_event(LOG_INFO, elected->is_elected ? "elected" : "waits_for_election", "\"duty\":\"%s\"", name);
	elected->was_elected = elected->is_elected;
	set_pass(elected);
}

static void housekeeping_done(void *context, enum db_outcome outcome, const struct db_refusal *refusal)
{
	struct elected *elected = context;
	if (outcome == DB_COMMITTED)
		return;
	/* What it needs for itself alone it waits for 200 ms at most, and tries again. */
	elected->next_housekeeping_us = time_monotonic_us() + housekeeping_again_us;
	log_event(LOG_WARNING, "housekeeping_refused", "\"sqlstate\":\"%s\"", refusal ? refusal->sqlstate : "");
}

static void keep_house(struct elected *elected)
{
	elected->housekeeping_call = (struct db_call){.statement = elected->duty->housekeeping};
	elected->housekeeping_segment = (struct db_segment){.calls = &elected->housekeeping_call, .call_count = 1,
							    .done = housekeeping_done, .context = elected};
	if (db_submit(elected->lane, &elected->housekeeping_segment) == ERR_NONE)
		elected->next_housekeeping_us = time_monotonic_us() + housekeeping_every_us;
}

static void pass(void *context)
{
	struct elected *elected = context;
	elected->pass_began_us = time_monotonic_us();
	elected->pass_call = (struct db_call){.statement = elected->duty->pass};
	elected->pass_segment = (struct db_segment){.calls = &elected->pass_call, .call_count = 1, .rows = pass_rows,
						    .done = pass_done, .context = elected};
	if (elected->duty->housekeeping && elected->is_elected && time_monotonic_us() >= elected->next_housekeeping_us)
		keep_house(elected);
	if (db_submit(elected->lane, &elected->pass_segment) != ERR_NONE)
		set_pass(elected);
}

int64_t elected_delay_us(const struct elected_duty *duty, bool is_elected, bool has_more, int64_t pass_took_us)
{
	if (!is_elected)
		return ELECTION_EVERY_US;
	return has_more ? duty->rests * pass_took_us : duty->pass_every_us;
}

static int64_t delay_to_pass_us(const struct elected *elected)
{
	return db_lane_is_ready(elected->lane) ?
		elected_delay_us(elected->duty, elected->is_elected, elected->has_more, elected->pass_took_us) : RECONNECTION_LOOK_US;
}

static void set_pass(struct elected *elected)
{
	if (elected->is_stopping)
		return;
	if (loop_timer_set(elected->loop, &elected->timer, delay_to_pass_us(elected), pass, elected) != ERR_NONE) {
		log_text(LOG_ERROR, "pass_failed", "no timer");
		loop_stop(elected->loop);
	}
}

static enum err open_lane(struct elected *elected)
{
	const struct elected_duty *duty = elected->duty;
	struct bytes connection, fault;
	elected->prepared[0] = duty->pass;
	elected->prepared[1] = duty->housekeeping;
	bytes_init(&connection, 4000);
	bytes_init(&fault, 1000);
	enum err error = settings_connection(elected->inheritance->settings, duty->role, &connection, &fault);
	if (error != ERR_NONE)
		log_text(LOG_ERROR, "database_not_named", bytes_string(&fault));
	struct db_lane_settings settings = {.name = duty->name, .connection = bytes_string(&connection), .session = duty->session,
					    .prepared = elected->prepared, .depth = 2, .patience_us = 61000000};
	if (error == ERR_NONE)
		error = db_lane_open(elected->loop, &settings, &elected->lane);
	bytes_release(&connection);
	bytes_release(&fault);
	return error;
}

enum err elected_open(struct worker_inheritance *inheritance, const struct elected_duty *duty, struct loop *loop,
		      struct elected **elected)
{
	struct elected *made = calloc(1, sizeof *made);
	if (!made)
		return ERR_MEMORY;
	*made = (struct elected){.inheritance = inheritance, .duty = duty, .loop = loop};
	enum err error = open_lane(made);
	if (error) {
		free(made);
		return error;
	}
	set_pass(made);
	*elected = made;
	return ERR_NONE;
}

void elected_close(struct elected *elected)
{
	if (!elected)
		return;
	elected->is_stopping = true;
	db_lane_close(elected->lane);
	loop_timer_cancel(elected->loop, &elected->timer);
	free(elected);
}

static void signalled(void *context, int number)
{
	if (number == SIGTERM)
		loop_stop(context);
}

int elected_run(struct worker_inheritance *inheritance, const struct elected_duty *duty)
{
	static const int numbers[] = {SIGTERM, SIGHUP, SIGINT};
	struct loop *loop = NULL;
	struct elected *elected = NULL;
	struct signals *signals = NULL;
	enum err error = loop_new(&loop);
	if (error == ERR_NONE)
		error = signals_watch(loop, numbers, 3, signalled, loop, &signals);
	if (error == ERR_NONE)
		error = elected_open(inheritance, duty, loop, &elected);
	if (error == ERR_NONE)
		error = loop_run(loop);
	elected_close(elected);
	signals_free(signals);
	loop_free(loop);
	return error == ERR_NONE ? EXIT_SUCCESS : EXIT_FAILURE;
}
