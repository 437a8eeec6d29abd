/* Holds every connection to an absolute deadline, which trickling bytes don't move.
 *
 * A timer that is armed earlier than needed is left armed and looks again when it fires: most deadlines are
 * replaced long before, so that the heap is hardly touched. */
#include "base/time.h"
#include "http/parts.h"

static void arm(struct http_connection *connection, int64_t now_us);

static bool is_awaited(const struct http_exchange *exchange)
{
	return exchange && (exchange->state == EXCHANGE_HEADERS || exchange->state == EXCHANGE_BODY);
}

static void look(void *context)
{
	struct http_connection *connection = context;
	int64_t now_us = time_monotonic_us();
	if (connection->deadline_us == INT64_MAX)
		return;
	if (now_us < connection->deadline_us) {
		arm(connection, now_us);
		return;
	}
	connection->deadline_us = INT64_MAX;
	if (is_awaited(connection->exchange))
		http_refusal_write(connection->exchange, &http_fault_slow);
	http_connection_cut(connection);
}

/* A deadline that can't be kept isn't granted. */
static void arm(struct http_connection *connection, int64_t now_us)
{
	int64_t delay_us = connection->deadline_us - now_us;
	if (loop_timer_set(connection->server->loop, &connection->timer, delay_us, look, connection))
		http_connection_cut(connection);
}

void http_deadline_set(struct http_connection *connection, int64_t delay_us)
{
	int64_t now_us = time_monotonic_us();
	connection->deadline_us = now_us + delay_us;
	if (!connection->timer.place || connection->timer.due_us > connection->deadline_us)
		arm(connection, now_us);
}

void http_deadline_clear(struct http_connection *connection)
{
	connection->deadline_us = INT64_MAX;
}

void http_deadline_release(struct http_connection *connection)
{
	loop_timer_cancel(connection->server->loop, &connection->timer);
}
