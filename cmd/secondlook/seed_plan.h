/* The demonstration as a plan: which steps (seed_run.h) are played at which moment. Pure: no clock, no service. */
#ifndef SEED_PLAN_H
#define SEED_PLAN_H

#include <jansson.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/err.h"

#define SEED_PLAN_FIRST "DEMO-WM-0001" /* the case that is opened first, SEED_PLAN_SPAN_US before the plan's end */
#define SEED_PLAN_LAST "DEMO-WM-0188"  /* the case that is opened last, alone: where it is the plan was completed */
#define SEED_PLAN_SPAN_US (540LL * 86400 * 1000000)

/* The same plan for the same `end_us`, the caller's:
 *   {"cases": [{"force": "west-midlands", "suspectOf": number}],
 *    "moments": [{"at": instant, "chains": [{"name", "case": number, "steps": […]}]}]}
 * Numbers count from 0. A case with `suspectOf` has that case's variable `suspect`. The moments ascend; what is at one
 * moment may run at once. The first moment's chains (case: -1 and -2, for the two forces) make the services, whose variables
 * every case of the force needs. */
MUST_CHECK enum err seed_plan_new(int64_t end_us, struct bytes *fault, json_t **plan);

#endif
