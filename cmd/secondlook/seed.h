/* Fills the sandbox through the public API, as its clients would: with invented cases, or with a replayed history. */
#ifndef SEED_H
#define SEED_H

#include <stdio.h>

#include "api_client.h"

/* About 200 cases of invented people over the eighteen months before the first run, entered moment by moment with the
 * sandbox's clock, which is real again at the end. What is complete is left as it is (one request); what an earlier run
 * began is completed. `out` (or NULL) gets a few lines for people. On failure `fault` says in words why; ERR_SYSTEM
 * when the service can't be asked. */
MUST_CHECK enum err seed_demo(const struct api_place *place, FILE *out, struct bytes *fault);

/* Replays api/scenarios/<name>.json, with people of its own each time. ERR_INPUT: there is no such scenario. ERR_STATE:
 * the service did not answer as the scenario expects. The clock is real again, whatever the outcome. */
MUST_CHECK enum err seed_scenario(const struct api_place *place, const char *name, FILE *out, struct bytes *fault);

#endif
