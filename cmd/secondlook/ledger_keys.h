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
enum { LEDGER_KEYS = 2 };

/* Makes what is missing in `directory`, named after the setting ledger_name. A key that is there is kept, also one that
 * can't be read: that is a failure, since signing on with another one would look like a forgery. */
MUST_CHECK enum err ledger_keys_prepare(const struct settings *settings, const char *directory, struct bytes *fault);
/* The private key, under the name that its vkey says, for note_key_release. ERR_INPUT: one isn't there, isn't the other's
 * half, or has a name that signs the other thing. */
MUST_CHECK enum err ledger_keys_load(const char *directory, enum ledger_key which, struct bytes *fault,
				     struct note_key *key);
/* Keys to verify with, by what each may sign: one whose name ends in -receipts signs receipts and bundles, any other heads.
 * Starts zeroed. */
enum { KEY_RING_MAXIMUM = 32 };
struct key_ring {
	struct note_key keys[LEDGER_KEYS][KEY_RING_MAXIMUM];
	size_t count[LEDGER_KEYS];
};

/* Adds those of a file, a vkey a line. ERR_INPUT: there is none, a line is none, or they are too many. */
MUST_CHECK enum err key_ring_read(const char *path, struct bytes *fault, struct key_ring *ring);
/* The same from a text that is called `name` in faults. */
MUST_CHECK enum err key_ring_parse(const char *text, size_t length, const char *name, struct bytes *fault,
				   struct key_ring *ring);
/* Adds the keys to trust: those of --key, else ledger.vkey and receipt.vkey beside the certificates, as far as they are there.
 * ERR_INPUT also when none of them signs heads: nothing can be verified then, and the database's own word is no proof. */
MUST_CHECK enum err key_ring_trusted(const struct settings *settings, struct bytes *fault, struct key_ring *ring);
/* note_open() with the keys that may sign such a thing: others are unknown, whatever they signed. */
MUST_CHECK enum note_fault key_ring_open(const struct key_ring *ring, enum ledger_key which, const char *data, size_t length,
					 struct note *note);
/* The key of this identifier, if it may sign such a thing; else NULL. */
const struct note_key *key_ring_find(const struct key_ring *ring, enum ledger_key which, const unsigned char id[NOTE_KEY_ID_SIZE]);
void key_ring_release(struct key_ring *ring);

#endif
