/* The list of client certificates that the sandbox authority has made, one line each. */
#ifndef PKI_INDEX_H
#define PKI_INDEX_H

#include <stdint.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/err.h"
#include "certificate.h"

enum { PKI_CLIENT_SIZE = 130, PKI_INDEX_MAXIMUM = 100000 };

struct pki_entry {
	char serial[CERTIFICATE_SERIAL_SIZE];
	char client[PKI_CLIENT_SIZE]; /* FORCE.NAME */
	int64_t not_after_s;
	int64_t revoked_at_s; /* 0: not revoked */
};

/* Zeroed: empty. */
struct pki_index {
	struct pki_entry *entries;
	size_t count;
	size_t capacity;
};

void pki_index_release(struct pki_index *index);
/* A file that isn't there is an empty index. ERR_INPUT: `fault` names the line. */
MUST_CHECK enum err pki_index_read(const char *path, struct bytes *fault, struct pki_index *index);
MUST_CHECK enum err pki_index_write(const char *path, const struct pki_index *index, struct bytes *fault);
MUST_CHECK enum err pki_index_add(struct pki_index *index, const struct pki_entry *entry);
/* NULL: the authority did not make it. */
const struct pki_entry *pki_index_find(const struct pki_index *index, const char *serial);
/* Marks the client's certificates that have not ended and are not revoked; answers how many. */
size_t pki_index_revoke(struct pki_index *index, const char *client, int64_t now_s);

#endif
