/* Checks everything that a sealer has written into a database: trees made anew from the lines, compared with every head. */
#ifndef FAULT_SEALED_H
#define FAULT_SEALED_H

#include "fault.h"

/* Waits until every line there is has its leaf; fails the test after 20 s. */
void sealed_await(const struct service *service);
/* Every line has one leaf, in the order of positions, and it is its hash; each tree made anew has every root that was ever signed
 * of it, so that each head goes on from the one before; each signature is good; subtrees and national leaves are the trees'. Fails
 * the test at the first thing wrong. */
void sealed_check(const struct service *service);

/* `secondlook ledger verify` says the same, without and with a directory of published heads (NULL: none). */
void sealed_verify(struct service *service, const char *witness);
/* The same without heads, and it says the text that the query gives. */
void sealed_verify_says(struct service *service, const char *text_sql);

/* The first value of the SQL's answer, as a number. */
long sealed_number(const struct service *service, const char *sql);

#endif
