/* X.509 for the sandbox: keys (P-256), certificates, revocation lists and PKCS#12, as PEM or DER in buffers.
 *
 * Times are seconds since 1970. On failure `fault` gets a sentence. What comes out as a pointer is the caller's and
 * freed by OpenSSL's own functions. */
#ifndef CERTIFICATE_H
#define CERTIFICATE_H

#include <openssl/evp.h>
#include <openssl/x509v3.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/err.h"

enum { CERTIFICATE_SERIAL_SIZE = 33 }; /* 128 bits in lower-case hex, and the NUL */

enum certificate_use { CERTIFICATE_AUTHORITY, CERTIFICATE_SERVER, CERTIFICATE_CLIENT };

/* Whoever signs. */
struct certificate_authority {
	X509 *certificate;
	EVP_PKEY *key;
};

struct certificate_wish {
	enum certificate_use use;
	const char *common_name;
	const char *alternatives; /* subjectAltName as OpenSSL writes it: "DNS:localhost,IP:::1"; NULL for an authority */
	int64_t not_before_s;
	int64_t not_after_s;
};

MUST_CHECK enum err certificate_key_new(struct bytes *fault, EVP_PKEY **key);
/* `authority` NULL: signed by its own key. The serial number is random. */
MUST_CHECK enum err certificate_new(const struct certificate_wish *wish, EVP_PKEY *key,
				    const struct certificate_authority *authority, struct bytes *fault, X509 **certificate);
void certificate_authority_release(struct certificate_authority *authority);

struct certificate_revocation {
	char serial[CERTIFICATE_SERIAL_SIZE];
	int64_t revoked_at_s;
};

/* A revocation list in PEM. `number` ascends from list to list. */
MUST_CHECK enum err certificate_revocation_list(const struct certificate_authority *authority,
						const struct certificate_revocation *revoked, size_t count,
						uint64_t number, int64_t now_s, int64_t next_update_s, struct bytes *fault,
						struct bytes *pem);

MUST_CHECK enum err certificate_write(X509 *certificate, struct bytes *fault, struct bytes *pem);
MUST_CHECK enum err certificate_key_write(EVP_PKEY *key, struct bytes *fault, struct bytes *pem);
/* Key, certificate and authority for a browser or phone. */
MUST_CHECK enum err certificate_bundle(X509 *certificate, EVP_PKEY *key, X509 *authority, const char *password,
				       const char *name, struct bytes *fault, struct bytes *der);

/* Of PEM files. ERR_SYSTEM: it can't be read; ERR_INPUT: it is not one. */
MUST_CHECK enum err certificate_read(const char *path, struct bytes *fault, X509 **certificate);
MUST_CHECK enum err certificate_key_read(const char *path, struct bytes *fault, EVP_PKEY **key);
MUST_CHECK enum err certificate_revocation_list_read(const char *path, struct bytes *fault, X509_CRL **list);

bool certificate_is_signed_by(X509 *certificate, X509 *authority);
void certificate_serial(const X509 *certificate, char serial[CERTIFICATE_SERIAL_SIZE]);
/* Of the certificate's notAfter, a list's nextUpdate …; INT64_MIN when it is absent or malformed. */
int64_t certificate_time_s(const ASN1_TIME *time);

#endif
