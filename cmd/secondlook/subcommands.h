/* The program's subcommands: each takes the settings and answers the exit status. */
#ifndef SUBCOMMANDS_H
#define SUBCOMMANDS_H

#include "settings.h"

#define SECONDLOOK_VERSION "0.1.0"

/* Serves until SIGTERM; reloads certificates on SIGHUP. Writes DIR/run/port and DIR/run/plain.port once it listens. */
int serve_main(const struct settings *settings);
/* Everything for a machine of one's own: database, migrations, certificates, sandbox identities, service. */
int dev_main(const struct settings *settings);
int migrate_main(const struct settings *settings);
/* Verifies the ledger, or what was handed out of it; publishes its signed heads: `ledger.h` says the exit status. */
int ledger_main(const struct settings *settings);
int pki_main(const struct settings *settings);
int seed_main(const struct settings *settings);
/* How many specialists a recorded queue needed. 0: said; 3: the history is too thin; 4: not even the most that was tried. */
int capacity_main(const struct settings *settings);
/* Says in words what is wrong; 0 only when nothing is. */
int doctor_main(const struct settings *settings);
/* Lists the detectors, or runs one with changed settings over recorded history, without writing. */
int detectors_main(const struct settings *settings);

/* Says on standard error that the subcommand failed, and why: `fault`'s text, else the error's word. Answers 1, the exit
 * status. */
int subcommand_failed(const char *name, enum err error, struct bytes *fault);

#endif
