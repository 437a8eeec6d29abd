/* Asks a running service over mutual TLS: several requests at a time, in one thread.
 *
 * A client has slots; each holds one request until api_client_wait has answered it. Connections are kept open and
 * shared by the slots that present the same certificate. */
#ifndef API_CLIENT_H
#define API_CLIENT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/bytes.h"
#include "base/err.h"

struct api_client;

struct api_place {
	const char *dir;  /* with pki/ca.pem and pki/clients/ */
	const char *host; /* where to connect; the certificate is that of localhost */
	int port;
};

/* Everything but `client`, `method` and `path` may be NULL. */
struct api_request {
	const char *client; /* the certificate: "west-midlands.control-room-web" */
	const char *staff;  /* On-Behalf-Of */
	const char *method;
	const char *path;
	const json_t *body;
	const char *idempotency_key;
	const char *if_match;
};

struct api_answer {
	long status;
	json_t *body;      /* NULL when it is none, or not JSON; the caller's */
	char etag[16];     /* with its quotes; "" when there was none */
	bool replayed;     /* the answer to an earlier request with the same key */
};

MUST_CHECK enum err api_client_new(const struct api_place *place, size_t slots, struct api_client **client);
/* Ends what is under way; NULL is allowed. */
void api_client_free(struct api_client *client);

/* Sends in a free slot; what `request` points to may go then. ERR_NOT_NOW: the slot is taken. */
MUST_CHECK enum err api_client_send(struct api_client *client, size_t slot, const struct api_request *request,
				    struct bytes *fault);
/* Waits for the next answer, of whatever status, and frees its slot. ERR_NOT_NOW: nothing is under way. ERR_SYSTEM: the
 * service could not be asked; `fault` says why, and the slot, or every one, is free. */
MUST_CHECK enum err api_client_wait(struct api_client *client, struct bytes *fault, size_t *slot,
				    struct api_answer *answer);

#endif
