/* What the contract promises of every answer. */
#ifndef API_CONFORMITY_H
#define API_CONFORMITY_H

#include "scene.h"

/* A contract whose one operation answers a Problem of `contract`; NULL and `fault` when it can't be made. */
struct contract *conformity_problems(const struct contract *contract, struct bytes *fault);
/* Schema, headers and the receipt, of which `lines` are the database's. */
void conformity_check(struct scene *scene, const struct request *request, const struct client_answer *answer,
		      const json_t *lines, struct findings *findings);

#endif
