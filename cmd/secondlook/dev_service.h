/* The service as a child of `secondlook dev`: started, awaited, stopped. */
#ifndef DEV_SERVICE_H
#define DEV_SERVICE_H

#include <signal.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/bytes.h"
#include "base/err.h"
#include "settings.h"

struct dev_service {
	pid_t process; /* 0: not running */
	int log;       /* its standard output and error; the caller's */
	int port;      /* once ready */
	int plain_port;
	int stream_port;
};

/* Whether the service could listen there. ERR_NOT_NOW: no; `fault` says why. */
MUST_CHECK enum err dev_service_check_port(const char *host, int port, struct bytes *fault);
/* Runs serve_main in a fork, which ends when this process does. */
MUST_CHECK enum err dev_service_start(const struct settings *settings, struct bytes *fault, struct dev_service *service);
/* Waits until /ready answers 200. ERR_NOT_NOW: the service ended, SIGTERM or SIGINT came, or the time is over.
 * `held` are the signals that this process holds blocked, SIGCHLD among them. */
MUST_CHECK enum err dev_service_await(const struct settings *settings, const sigset_t *held, int64_t timeout_us,
				      struct bytes *fault, struct dev_service *service);
/* SIGTERM; SIGKILL to it and its workers when it has not ended after `timeout_us` or a second stop signal comes. */
void dev_service_stop(struct dev_service *service, const sigset_t *held, int64_t timeout_us);
/* Whether it has ended since; then its status is waitpid's. */
bool dev_service_has_ended(struct dev_service *service, int *status);

#endif
