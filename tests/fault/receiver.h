/* A witness for tests: takes POSTs over mutual TLS, keeps what it was sent, and answers as it is told. */
#ifndef FAULT_RECEIVER_H
#define FAULT_RECEIVER_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

struct receiver {
	char directory[64]; /* what it was sent, a file for each path */
	atomic_int port;
	atomic_int refusals;  /* so many requests more are answered with `status` */
	atomic_int status;
	atomic_int requests;  /* so far */
	atomic_bool is_over;
	int listener;
	const char *pki; /* directory of server.pem, server.key, ca.pem */
	pthread_t thread;
};

/* Listens on a free port of loopback. */
void receiver_start(struct receiver *receiver, const char *pki);
/* Ends it and removes what it was sent. */
void receiver_stop(struct receiver *receiver);

#endif
