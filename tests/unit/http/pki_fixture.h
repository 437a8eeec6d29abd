/* A directory with everything a TLS server reads, and clients good and bad. */
#ifndef HTTP_PKI_FIXTURE_H
#define HTTP_PKI_FIXTURE_H

#include <dirent.h>
#include <string.h>
#include <unistd.h>

#include "support/tls.h"

enum { SERIAL_SERVER = 2, SERIAL_GOOD, SERIAL_REVOKED, SERIAL_EXPIRED, SERIAL_SERVER_ONLY, SERIAL_BRIEF, SERIAL_OTHER };

struct pki_fixture {
	char directory[64];
	struct tls_authority authority, rogue;
};

#define PKI_URI "spiffe://secondlook/force/test/client/one"

static inline void pki_init(struct pki_fixture *pki)
{
	strcpy(pki->directory, "/tmp/http-test-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(pki->directory));
	pki->authority = tls_authority_make("Test Authority");
	pki->rogue = tls_authority_make("Test Authority");
	struct tls_wish server = {"localhost", "DNS:localhost", "serverAuth", NULL, SERIAL_SERVER, -60, 3600};
	tls_issue(&pki->authority, &server, pki->directory, "server");
	tls_write_certificate(pki->authority.certificate, pki->directory, "ca.pem");
	tls_write_revocations(&pki->authority, SERIAL_REVOKED, 3600, pki->directory, "crl.pem");
}

static inline void pki_client(struct pki_fixture *pki, const char *name, long serial, long not_after_s)
{
	struct tls_wish wish = {name, "URI:" PKI_URI, "clientAuth", NULL, serial, -7200, not_after_s};
	tls_issue(&pki->authority, &wish, pki->directory, name);
}

static inline void pki_release(struct pki_fixture *pki)
{
	char path[512];
	struct dirent *entry;
	DIR *directory = opendir(pki->directory);
	while ((entry = readdir(directory)))
		if (entry->d_name[0] != '.') {
			tls_path(path, sizeof path, pki->directory, entry->d_name);
			unlink(path);
		}
	closedir(directory);
	rmdir(pki->directory);
	tls_authority_release(&pki->authority);
	tls_authority_release(&pki->rogue);
}

#endif
