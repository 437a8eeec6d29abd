/* Signed notes (C2SP signed-note) with Ed25519 keys (RFC 8032): a text, and below it who signed it.
 *
 *   text, ending in a line feed
 *   (an empty line)
 *   — name base64(key id ‖ signature)
 *
 * Key id: the first four bytes of SHA-256(name ‖ line feed ‖ 01 ‖ public key). Whoever verifies holds the key as one line,
 * the vkey: name+key id in hexadecimal+base64(01 ‖ public key). */
#ifndef LEDGER_NOTE_H
#define LEDGER_NOTE_H

#include <stddef.h>

#include "base/bytes.h"
#include "base/err.h"

enum {
	NOTE_NAME_MAXIMUM = 100,
	NOTE_KEY_ID_SIZE = 4,
	NOTE_PUBLIC_SIZE = 32,
	NOTE_SIGNATURE_SIZE = 64,
	NOTE_SIGNATURES_MAXIMUM = 16,
};

struct note_key {
	char name[NOTE_NAME_MAXIMUM + 1]; /* no blank, no '+' */
	unsigned char id[NOTE_KEY_ID_SIZE];
	unsigned char public_key[NOTE_PUBLIC_SIZE];
	struct evp_pkey_st *key; /* owned */
};

/* Each fills a key that note_key_release gives back. ERR_INPUT: the name or the text can't be one; ERR_SYSTEM: OpenSSL. */
MUST_CHECK enum err note_key_generate(const char *name, struct note_key *key);
/* From a private key in PEM; one that isn't Ed25519 is ERR_INPUT. */
MUST_CHECK enum err note_key_read(const char *name, const char *pem, size_t length, struct note_key *key);
/* From a vkey, with or without a line feed at its end. */
MUST_CHECK enum err note_key_parse(const char *vkey, size_t length, struct note_key *key);
MUST_CHECK enum err note_key_from_public(const char *name, const unsigned char public_key[NOTE_PUBLIC_SIZE],
					 struct note_key *key);
void note_key_release(struct note_key *key);

/* The private key in PEM (PKCS #8, without a password), for a file that only its user can read. */
MUST_CHECK enum err note_key_write(const struct note_key *key, struct bytes *pem);
/* The vkey, with a line feed. */
void note_key_append_vkey(const struct note_key *key, struct bytes *vkey);

/* The bare signature of a text. */
MUST_CHECK enum err note_signature(const struct note_key *key, const void *text, size_t length,
				   unsigned char signature[NOTE_SIGNATURE_SIZE]);
/* ERR_INPUT: it isn't this key's signature of this text. */
MUST_CHECK enum err note_check(const struct note_key *key, const void *text, size_t length,
			       const unsigned char signature[NOTE_SIGNATURE_SIZE]);
/* Appends the whole note. ERR_INPUT when the text doesn't end in a line feed or holds other control characters. */
MUST_CHECK enum err note_sign(const struct note_key *key, const char *text, size_t length, struct bytes *note);

/* A note that was opened; the text is a part of what was given. */
struct note {
	const char *text;
	size_t length;
	const struct note_key *signer; /* one of the keys given: the first, in the note's order, that signed */
	unsigned char signature[NOTE_SIGNATURE_SIZE];
};

enum note_fault {
	NOTE_GOOD,
	NOTE_MALFORMED,
	NOTE_UNKNOWN_KEY,     /* nobody signed whose key was given */
	NOTE_WRONG_SIGNATURE, /* a key that was given has a signature there that isn't its own */
};

/* Verifies a note against the keys; signatures of others are left aside. */
MUST_CHECK enum note_fault note_open(const struct note_key *keys, size_t count, const char *data, size_t length,
				     struct note *note);

#endif
