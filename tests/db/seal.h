/* Seals lines as the sealer does, with whatever key: the attacker's side of the verifier's tests. */
#ifndef TESTS_DB_SEAL_H
#define TESTS_DB_SEAL_H

#include "ledger/note.h"

/* One pass: at most `limit` lines behind the last sealed one, as the database's owner; begins the first epoch when there
 * is none. Answers how many it sealed; fails the test when anything goes wrong. */
int seal_pass(const char *url, const struct note_key *key, int limit);

#endif
