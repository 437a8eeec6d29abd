/* The frame of a fault test program: a PostgreSQL of its own, which its tests may stop and start, and services on it.
 *
 *   FAULT_TESTS("race", one_key_makes_one_record)
 */
#ifndef FAULT_FAULT_H
#define FAULT_FAULT_H

#include <check.h>
#include <stdbool.h>
#include <stddef.h>

#include "support/client.h"
#include "support/service.h"

int fault_tests(const char *name, const TTest *const *tests, size_t count);

#define FAULT_TESTS(name, ...)                                                                       \
	int main(void)                                                                               \
	{                                                                                            \
		const TTest *const tests[] = {__VA_ARGS__};                                          \
		return fault_tests(name, tests, sizeof tests / sizeof *tests);                       \
	}

/* Connection string of the cluster's superuser. */
const char *fault_server(void);
/* As `pg_ctl stop -m immediate`: no shutdown checkpoint, nothing more is written; returns when it is gone. */
void fault_stop_database(void);
void fault_start_database(void);

/* A service on the cluster; `flags` as in service_wish. What fails here fails the test. */
void fault_serve(struct service *service, const char *const *flags);
void fault_end(struct service *service);

/* The process id of a child of the service by its name, "worker-0"; 0 when there is none. */
pid_t fault_child(const struct service *service, const char *name);
/* Waits for such a child that is not `killed` (0: for any). The parent starts it again each time a little later. */
pid_t fault_await_child(const struct service *service, const char *name, pid_t killed);
/* Waits until the SQL's first value is `wanted`. */
void fault_await_sql(const struct service *service, const char *sql, const char *wanted);
/* Waits a moment; for loops that are bounded otherwise. */
void fault_pause_ms(int milliseconds);

/* A contact as JSON, valid. The reference may be NULL. To be freed. */
char *fault_contact(const char *reference);
/* Asks until the answer is 200 or 201: after an outage the worker that has our connection, or the connections it changes records by, may be back a
 * moment after the one that says it is ready. */
void fault_await_success(struct client *client, const struct client_call *call);
/* The answer's problem code, or "". */
const char *fault_code(const struct client_answer *answer);
/* Posts with a key of its own, which must make a record; a member of the answer in `value`. */
void fault_post(struct client *client, const char *staff, const char *path, const char *body, const char *member, char *value, size_t size);
/* `one` with each of so many items of `size` bytes, in as many threads that go off together; returns when all are done. 16 at most. */
void fault_at_once(void (*one)(void *item), void *items, size_t count, size_t size);

#endif
