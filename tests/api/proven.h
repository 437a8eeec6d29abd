/* Verifies what proves itself: signed receipts, proofs of lines, consistency of trees. */
#ifndef API_PROVEN_H
#define API_PROVEN_H

#include "scene.h"

/* Signatures, leaves and paths of the answer, with lib/ledger and the public keys in the service's directory; of a receipt
 * also that it was signed when that was asked for, and that its leaves are those of `lines` as they lie in the database. */
void proven_check(struct scene *scene, const struct request *request, const struct client_answer *answer,
		  const json_t *lines, struct findings *findings);

#endif
