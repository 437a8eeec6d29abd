/* Clients that read and write as fast as they are answered, and remember what they were promised. */
#ifndef FAULT_LOAD_H
#define FAULT_LOAD_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/id.h"
#include "fault.h"

enum { LOAD_CLIENTS_MAXIMUM = 16, LOAD_STATUS_COUNT = 6 };

struct load;

struct load_client {
	pthread_t thread;
	struct load *load;
	unsigned made;          /* requests */
	char key[ID_TEXT_SIZE]; /* what its idempotency keys begin with; made beforehand, ids are for one thread */
	char newest[64];        /* path of the newest contact that this client was promised; "" before the first */
	struct bytes records;   /* ids of acknowledged writes: {id,id} without the braces */
	struct bytes lines;     /* ids of acknowledged lines: looks' and changes' */
	unsigned statuses[LOAD_STATUS_COUNT]; /* answers by hundreds */
	unsigned refused;       /* not even connected */
	unsigned lost;          /* sent, and no answer */
	int64_t slowest_us;
	char fault[256];        /* of the last one lost, or the last answer that is neither 2xx nor 503 */
};

struct load {
	const struct service *service;
	int client_count;
	bool only_writes; /* otherwise every other one is a read */
	bool until_refused; /* a client ends when it can't connect */
	atomic_bool is_over;
	atomic_uint answered; /* with 2xx, so far */
	struct load_client clients[LOAD_CLIENTS_MAXIMUM];
};

/* The settings above must be set; the rest is zeroed. */
void load_start(struct load *load);
/* Waits until so many more requests were answered with 2xx; fails the test after 20 s. */
void load_await(struct load *load, unsigned more);
/* No new requests; waits for those under way. */
void load_stop(struct load *load);
void load_release(struct load *load);

unsigned load_statuses(const struct load *load, int hundreds);
unsigned load_lost(const struct load *load);
unsigned load_refused(const struct load *load);
int64_t load_slowest_us(const struct load *load);
/* What went wrong, of any client; "" when nothing. */
const char *load_fault(const struct load *load);
/* How many acknowledged records and lines the database does not have. */
long load_missing_records(struct load *load);
long load_missing_lines(struct load *load);

#endif
