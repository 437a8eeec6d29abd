/* PostgreSQL crashes under load, again and again: whatever was acknowledged must be there afterwards.
 *
 * An immediate stop loses what was committed without waiting and not yet written by the WAL writer, which is told
 * here to be slow. SECONDLOOK_CRASH_ROUNDS says how many rounds. */
#include <stdlib.h>

#include "fault.h"
#include "load.h"

enum { CLIENTS = 8, ROUNDS = 20, UNGATED_ROUNDS = 10, REQUESTS = 150, RESUME_S = 30 };

struct losses {
	long records, lines;
	unsigned acknowledged;
};

static void slow_the_wal_writer(void)
{
	ck_assert(service_sql(fault_server(), "alter system set wal_writer_delay = '10s'", NULL, 0));
	ck_assert(service_sql(fault_server(), "alter system set wal_writer_flush_after = '1GB'", NULL, 0));
	ck_assert(service_sql(fault_server(), "select pg_reload_conf()", NULL, 0));
}

/* A few milliseconds more in each round, so that the crash meets other moments. */
static void crash_once(const struct service *service, bool only_writes, int round, struct losses *losses)
{
	struct load *load = calloc(1, sizeof *load);
	*load = (struct load){.service = service, .client_count = CLIENTS, .only_writes = only_writes};
	load_start(load);
	load_await(load, REQUESTS);
	fault_pause_ms(round * 7 % 50);
	fault_stop_database();
	load_stop(load);
	fault_start_database();
	losses->records += load_missing_records(load);
	losses->lines += load_missing_lines(load);
	losses->acknowledged += load_statuses(load, 2);
	ck_assert_msg(load_lost(load) == 0 && !*load_fault(load), "%s", load_fault(load));
	load_release(load);
	free(load);
	ck_assert(service_await_ready(service, 200, RESUME_S));
}

static int rounds_wanted(void)
{
	const char *text = getenv("SECONDLOOK_CRASH_ROUNDS");
	return text && atoi(text) > 0 ? atoi(text) : ROUNDS;
}

START_TEST(what_was_acknowledged_is_there)
{
	struct service service;
	struct losses losses = {0};
	slow_the_wal_writer();
	fault_serve(&service, NULL);
	for (int round = 0; round < rounds_wanted(); round++)
		crash_once(&service, false, round, &losses);
	fprintf(stderr, "crash: %d rounds, %u acknowledged, %ld records and %ld lines missing\n", rounds_wanted(),
		losses.acknowledged, losses.records, losses.lines);
	ck_assert_int_eq(losses.records, 0);
	ck_assert_int_eq(losses.lines, 0);
	fault_end(&service);
}
END_TEST

/* The control: without the gate the same test must find losses, or it shows nothing. */
START_TEST(without_the_gate_it_would_not_be)
{
	static const char *const flags[] = {"--ungated", "yes", NULL};
	struct service service;
	struct losses losses = {0};
	slow_the_wal_writer();
	fault_serve(&service, flags);
	int round = 0;
	while (losses.records == 0 && round < UNGATED_ROUNDS) {
		crash_once(&service, true, round, &losses);
		round++;
	}
	fprintf(stderr, "crash, ungated: %d rounds, %u acknowledged, %ld records and %ld lines missing\n", round,
		losses.acknowledged, losses.records, losses.lines);
	ck_assert_int_gt(losses.records, 0);
	ck_assert_int_gt(losses.lines, 0);
	fault_end(&service);
}
END_TEST

FAULT_TESTS("crash", what_was_acknowledged_is_there, without_the_gate_it_would_not_be)
