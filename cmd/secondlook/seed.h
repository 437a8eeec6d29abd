/* Fills the sandbox through the public API, as its clients would: with invented cases, or with a replayed history.
 *
 * Both move the sandbox's clock from moment to moment, so whoever records something meanwhile records it in the past; the
 * clock is real again at the end, whatever the outcome. */
#ifndef SEED_H
#define SEED_H

#include <stdio.h>
#include <sys/types.h>

#include "api_client.h"

struct seed_order {
	struct api_place place;
	FILE *out;                 /* lines for people; NULL: none */
	bool (*is_stopped)(void);  /* asked between requests; NULL: nobody stops it */
};

/* About 200 cases of invented people over the eighteen months before the first run, entered moment by moment. What is
 * complete is left as it is (one request); what an earlier run began is completed. On failure `fault` says in words why;
 * ERR_SYSTEM when the service can't be asked, ERR_NOT_NOW when it answers something else than it should, or is_stopped. */
MUST_CHECK enum err seed_demo(const struct seed_order *order, struct bytes *fault);

/* Replays api/scenarios/<name>.json, with people of its own each time. ERR_INPUT: there is no such scenario. Others as
 * above. */
MUST_CHECK enum err seed_scenario(const struct seed_order *order, const char *name, struct bytes *fault);

/* Whether SIGTERM or SIGINT has come while both are blocked. */
bool seed_is_signalled(void);

/* seed_demo in a child process, which logs to `log` how it went; it ends with its parent. 0: it could not be started. */
pid_t seed_background_start(const struct api_place *place, int log);
/* Forgets the process once it has ended; `process` is 0 then. */
void seed_background_reap(pid_t *process);
/* Stops it and waits until its clock is real again, some seconds at most. 0 is allowed. */
void seed_background_stop(pid_t *process);

#endif
