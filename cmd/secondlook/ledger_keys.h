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
/* Keys to verify with. Starts zeroed. */
enum { KEY_RING_MAXIMUM = 32 };
struct key_ring {
	struct note_key keys[KEY_RING_MAXIMUM];
	size_t count;
};

/* Adds those of a file, a vkey a line. ERR_INPUT: there is none, a line is none, or they are too many. */
MUST_CHECK enum err key_ring_read(const char *path, struct bytes *fault, struct key_ring *ring);
/* The same from a text that is called `name` in faults. */
MUST_CHECK enum err key_ring_parse(const char *text, size_t length, const char *name, struct bytes *fault,
				   struct key_ring *ring);
void key_ring_release(struct key_ring *ring);

#endif
