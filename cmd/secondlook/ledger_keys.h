/* The ledger's two signing keys, beside the certificates: the sealer's for checkpoints, the workers' for receipts.
 *
 *   ledger.key  receipt.key    private, PEM, for the service's user alone
 *   ledger.vkey receipt.vkey   what verifiers hold: name, key id, public key in one line
 *
 * Two keys, since a worker reads the network: whoever takes one over can promise, but not sign a checkpoint. */
#ifndef LEDGER_KEYS_H
#define LEDGER_KEYS_H

#include "base/bytes.h"
#include "base/err.h"
#include "ledger/note.h"
#include "settings.h"

enum ledger_key { LEDGER_KEY_CHECKPOINTS, LEDGER_KEY_RECEIPTS };

/* Makes what is missing in `directory`, named after the setting ledger_name. A key that is there is kept, also one that
 * can't be read: that is a failure, since signing on with another one would look like a forgery. */
MUST_CHECK enum err ledger_keys_prepare(const struct settings *settings, const char *directory, struct bytes *fault);
/* The private key, under the name that its vkey says, for note_key_release. ERR_INPUT: one isn't there or isn't the
 * other's half. */
MUST_CHECK enum err ledger_keys_load(const char *directory, enum ledger_key which, struct bytes *fault,
				     struct note_key *key);
/* The first line of a vkey file. */
MUST_CHECK enum err ledger_keys_read_vkey(const char *path, struct bytes *fault, struct note_key *key);

#endif
