/* The lines that a request wrote, as the database has them. */
#ifndef API_LEDGER_H
#define API_LEDGER_H

#include <jansson.h>
#include <libpq-fe.h>

#include "findings.h"
#include "support/client.h"

/* A list of objects with the columns as README.md names them, `seen` a list of tokens; in order of their ids. New
 * reference. */
json_t *ledger_lines(PGconn *database, const char *request_id);
/* Whether Ledger-Receipt names just these. */
void ledger_check_receipt(const json_t *lines, const struct client_answer *answer, struct findings *findings);
/* Whether the lines are what a row's `ledger` says. */
void ledger_expect(const json_t *wanted, const json_t *lines, struct findings *findings);

#endif
