/* Where heads are published: a directory of files, or a receiver of POSTs over mutual TLS.
 *
 * A head is named by a path, <epoch>/<force or nation>/<size>.txt, and is the same for ever: publishing it again changes nothing,
 * and another head of the same name is a fork. */
#ifndef WITNESS_H
#define WITNESS_H

#include <stdbool.h>
#include <stdint.h>

#include "ledger/epoch.h"
#include "settings.h"

/* What was published last, in the order of heads_after(). */
struct witness_place {
	char epoch[EPOCH_NAME_SIZE]; /* "": nothing yet */
	uint64_t place;
};

struct witness;

enum witness_answer {
	WITNESS_TOOK,
	WITNESS_AWAY,    /* may come back */
	WITNESS_REFUSED, /* won't take it */
	WITNESS_FORKED,  /* has another one there */
};

/* ERR_INPUT: `to` is neither, or certificates are missing; `fault` says which. */
MUST_CHECK enum err witness_open(const struct settings *settings, struct bytes *fault, struct witness **witness);
void witness_close(struct witness *witness);

/* Where to go on: a directory tells by what is in it, a receiver's place was written down by witness_note. `epochs` are the
 * names of those there are, the newest first, separated by blanks. */
void witness_resume(struct witness *witness, const char *epochs, struct witness_place *place);
/* Whatever isn't WITNESS_TOOK leaves a sentence in `fault`. */
MUST_CHECK enum witness_answer witness_put(struct witness *witness, const char *path, const char *note, struct bytes *fault);
MUST_CHECK enum err witness_note(struct witness *witness, const struct witness_place *place);

#endif
