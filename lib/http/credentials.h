/* One reading of the certificate directory: key, chain, authorities and revocations, shared by the connections that
 * began under it and freed with the last of them. */
#ifndef HTTP_CREDENTIALS_H
#define HTTP_CREDENTIALS_H

#include <gnutls/gnutls.h>
#include <stdint.h>

#include "base/err.h"

struct http_identity;

struct http_credentials {
	unsigned references;
	gnutls_certificate_credentials_t gnutls;
	int64_t server_not_after_us;
	int64_t next_update_us; /* the earliest of the revocation lists' */
};

/* Reads server.pem, server.key, ca.pem and crl.pem. ERR_SYSTEM, logged, when one can't be read, the key isn't the
 * certificate's, the certificate isn't P-256, or a revocation list isn't signed by one of the authorities. */
MUST_CHECK enum err credentials_load(const char *directory, struct http_credentials **credentials);
struct http_credentials *credentials_share(struct http_credentials *credentials);
void credentials_release(struct http_credentials *credentials); /* NULL is allowed */

/* Makes a new session demand a certificate that these credentials verify. */
void credentials_apply(const struct http_credentials *credentials, gnutls_session_t session);
/* GnuTLS's status bits of the peer's certificate against the session's credentials; 0 when it is good. */
unsigned credentials_status(gnutls_session_t session);

#endif
