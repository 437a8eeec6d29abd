/* What `secondlook ledger` does: each action takes the settings and answers the exit status. */
#ifndef LEDGER_H
#define LEDGER_H

#include "settings.h"

enum ledger_status {
	LEDGER_PROVEN = 0,
	LEDGER_FAILED = 1, /* could not be run to its end */
	LEDGER_USAGE = 2,
	LEDGER_FAULTY = 5, /* something is wrong with what was verified, or a witness has another head */
};

/* Takes signed heads out of the trust domain, into a directory or to a URL. */
int ledger_publish(const struct settings *settings);

/* Verifies the file that is named, or the whole database. */
int ledger_verify(const struct settings *settings);

#endif
