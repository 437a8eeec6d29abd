/* HTTPS calls with a client certificate, as a front end makes them.
 *
 * One client is one connection that is kept open; not shared between threads. */
#ifndef SUPPORT_CLIENT_H
#define SUPPORT_CLIENT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "support/service.h"

struct client;

struct client_call {
	const char *method;
	const char *path;           /* with its query; sent as it stands */
	const char *staff;          /* On-Behalf-Of; NULL: none */
	const char *const *headers; /* "Name: value" …, NULL-terminated, or NULL */
	const char *body;           /* NULL: none */
	size_t body_length;
};

struct client_answer {
	long status;     /* 0: no answer */
	char fault[256]; /* why there is none */
	bool refused;    /* no connection came about: nothing was sent */
	char *headers;   /* "Name: value\r\n" …, of the last answer */
	char *body;      /* NUL-terminated */
	size_t body_length;
	json_t *json;    /* NULL when the body is none */
};

/* `name` as in DIR/pki/clients: "west-midlands.control-room-web". */
struct client *client_new(const struct service *service, const char *name);
void client_free(struct client *client); /* NULL is allowed */
/* How long a call may take; 30 s without this. */
void client_limit(struct client *client, long timeout_ms);

/* True when there is an answer, of whatever status. To be released either way. */
bool client_call(struct client *client, const struct client_call *call, struct client_answer *answer);
void client_answer_release(struct client_answer *answer);
/* A copy of a header's value in `value`; NULL when it is absent. */
const char *client_header(const struct client_answer *answer, const char *name, char *value, size_t size);

/* A TLS connection on which the test itself writes; NULL when there is none. Narrow: what it doesn't read soon waits at the other side. */
struct client *client_connect(const struct service *service, const char *name, bool is_narrow);
/* True when all was taken. */
bool client_write(struct client *client, const char *data, size_t length);
/* Reads until the other side closes or `timeout_ms` have passed; what came, NUL-terminated. True: it closed. */
bool client_read(struct client *client, char *data, size_t size, int timeout_ms);

#endif
