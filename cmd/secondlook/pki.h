/* The sandbox certificate authority in DIR/pki: who has which certificate, and which are revoked.
 *
 *   ca.pem ca.key          the authority
 *   server.pem server.key  for localhost and this host's name
 *   clients/FORCE.NAME.pem .key .p12
 *   crl.pem                the revocation list
 *   ledger.key .vkey, receipt.key .vkey   as ledger_keys.h says
 *   index                  a line for every client certificate ever made: serial, FORCE.NAME, end, revocation
 *
 * What is there and still good is kept. One process at a time: a lock on the directory. */
#ifndef PKI_H
#define PKI_H

#include "base/bytes.h"
#include "base/err.h"
#include "settings.h"

#define PKI_BUNDLE_PASSWORD "secondlook"

/* Authority, server certificate, the ledger's keys, the sandbox's clients, a fresh revocation list. On failure `fault` says why. */
MUST_CHECK enum err pki_prepare(const struct settings *settings, struct bytes *fault);
/* A certificate for spiffe://secondlook/force/FORCE/client/NAME, unless a good one is there. `days` as in settings. */
MUST_CHECK enum err pki_client(const struct settings *settings, const char *force, const char *name, struct bytes *fault);
/* Revokes every certificate of the client that has not ended. ERR_INPUT: there is none. */
MUST_CHECK enum err pki_revoke(const struct settings *settings, const char *force, const char *name, struct bytes *fault);
/* The ledger's keys alone: what an installation with an authority of its own needs of this. */
MUST_CHECK enum err pki_ledger(const struct settings *settings, struct bytes *fault);
/* A new revocation list with a new nextUpdate. */
MUST_CHECK enum err pki_refresh(const struct settings *settings, struct bytes *fault);

#endif
