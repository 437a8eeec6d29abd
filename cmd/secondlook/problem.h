/* Problem documents (RFC 9457), all from the contract's tables x-problems and x-constraints. */
#ifndef PROBLEM_H
#define PROBLEM_H

#include "base/bytes.h"
#include "contract/contract.h"

/* What one answer adds to the table's row; all may be NULL. */
struct problem {
	const char *code;
	const char *detail;   /* instead of the row's */
	const char *instance; /* the path */
	const char *request_id;
	const char *extra;    /* a JSON object whose members are added, e.g. {"legal":["sent"]} */
	const struct faults *faults;
};

/* Appends the document and answers its status; an unknown code becomes internal_error. */
unsigned problem_write(const struct contract *contract, const struct problem *problem, struct bytes *out);

/* Seconds after which the same request may well succeed; 0 when waiting won't help. */
int problem_retry_after(const struct contract *contract, const char *code);

struct db_refusal;
/* Which problem the database's refusal is. `code`, `extra` and `detail` of `problem` are set, and a fault is added to
 * `faults` for a constraint that has a pointer; texts are the refusal's or the contract's. */
void problem_of_refusal(const struct contract *contract, const struct db_refusal *refusal, struct problem *problem,
			struct faults *faults, struct fault *room);

#endif
