/* Plays steps that are written as data into a running service: one chain in order, several chains at a time.
 *
 * A step is a JSON object:
 *   request    "POST /v1/contacts", filled in from the chain's variables (seed_value.h)
 *   client, as the certificate (west-midlands.control-room-web when left out) and On-Behalf-Of
 *   body       filled in; `assess` adds the answers to a question set to it (seed_answers.h)
 *   ifMatch    filled in
 *   expect     the status, or a list of statuses; 200 when left out
 *   answer     what the answer must have (seed_matches)
 *   save       {"name": "path"}: values of the answer that become variables; "name?" may be missing;
 *              the path is filled in
 *   etag       the variable that takes the answer's ETag
 *   when       the step is left out unless there is this variable, which a "name?" that is missing takes away
 *   clock      instead of a request: sets the sandbox's clock to the moment, as an administrator; "real" puts it back. The
 *              moment is the variable `clock` from then on
 * and what else a listener may want to know of it: `title`, `headline`, `say`, `tell`, `show`, `fires`. */
#ifndef SEED_RUN_H
#define SEED_RUN_H

#include <jansson.h>
#include <stdbool.h>

#include "api_client.h"

enum { SEED_SLOTS = 8 }; /* chains at a time; what a client for seed_run must have */

struct seed_chain {
	const char *name;    /* part of the idempotency keys: the same name and step, the same request */
	const json_t *steps; /* list */
	json_t *variables;   /* object; read and written */
};

struct seed_run {
	struct api_client *client;
	const char *key;        /* what every idempotency key begins with; four letters or more */
	bool repeats;           /* an earlier run may have made part of it: a move that was made (409, 412) is no fault */
	void (*before)(void *context, const json_t *step); /* these two may be NULL */
	/* May find the answer wrong: `fault` then says how. */
	enum err (*after)(void *context, const json_t *step, const json_t *body, const json_t *variables, struct bytes *fault);
	void *context;
	bool (*is_stopped)(void); /* asked before each request; NULL: nobody stops it */
	size_t requests; /* counted */
	size_t replayed; /* of them: answered from an earlier run */
};

/* Plays every chain to its end. ERR_INPUT: a step isn't well formed. ERR_NOT_NOW: the service did not answer as the step
 * expects (`fault` has the step, what was expected and the answer), or it was stopped. ERR_SYSTEM: the service can't be
 * asked. The other chains are then left where they are; nothing is under way any more. */
MUST_CHECK enum err seed_run(struct seed_run *run, const struct seed_chain *chains, size_t count, struct bytes *fault);

#endif
