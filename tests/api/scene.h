/* What every row of a file plays in: the service, its contract and database, the file's variables. */
#ifndef API_SCENE_H
#define API_SCENE_H

#include <jansson.h>
#include <libpq-fe.h>

#include "contract/contract.h"
#include "coverage.h"
#include "findings.h"
#include "support/client.h"
#include "support/service.h"
#include "variables.h"

enum { SCENE_CLIENTS_MAXIMUM = 16 };

struct scene {
	const struct service *service;
	const struct contract *contract;  /* as the service serves it */
	const struct contract *problems;  /* whose one operation answers a Problem */
	struct coverage *coverage;        /* shared by all files */
	PGconn *database;                 /* as its owner */
	struct variables variables;
	struct findings findings;
	json_t *swept;                    /* operations that this file's sweep has done */
	struct {
		char name[80];
		struct client *client;
	} clients[SCENE_CLIENTS_MAXIMUM];
};

/* A request made ready. */
struct request {
	const char *client;
	const char *staff; /* NULL: none */
	const char *method;
	const char *path;
	const char *body;  /* NULL: none */
	const char *key;   /* Idempotency-Key; NULL: none */
	const char *match; /* If-Match; NULL: none */
	const json_t *headers; /* more; may be NULL */
	const struct operation *operation; /* NULL: no such path */
	char id[40]; /* X-Request-Id: filled in by scene_send */
};

bool scene_open(struct scene *scene);
void scene_close(struct scene *scene);
/* Sends it; false and a finding when there is no answer. */
bool scene_send(struct scene *scene, struct request *request, struct client_answer *answer);
/* The operation that a method and path (with query) lead to, or NULL. */
const struct operation *scene_operation(const struct scene *scene, const char *method, const char *path);
/* Whether the operation takes an Idempotency-Key. */
bool scene_wants_key(const struct operation *operation);

#endif
