/* One running service for a test program: a directory, a database and certificates of its own.
 *
 * What goes wrong is told on standard error with the end of the service's log; the functions answer false then. */
#ifndef SUPPORT_SERVICE_H
#define SUPPORT_SERVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum { SERVICE_TEXT_SIZE = 1024, SERVICE_FLAGS_MAXIMUM = 16 };

struct service_wish {
	const char *server;      /* connection string of a superuser of the cluster; NULL: TEST_DATABASE_URL */
	const char *const *flags; /* more flags for `secondlook serve`; NULL-terminated, or NULL */
};

struct service {
	char directory[64];
	char server[SERVICE_TEXT_SIZE];   /* connection string of the cluster */
	char database[64];                /* name, made by service_start */
	char url[SERVICE_TEXT_SIZE];      /* connection string of the database's owner */
	char log[128];                    /* what serve and its children wrote */
	const char *flags[SERVICE_FLAGS_MAXIMUM + 1]; /* borrowed */
	pid_t pid;                        /* of `secondlook serve`; 0: not running */
	int port, plain_port, stream_port;
};

/* Makes everything and waits until /ready says so, 30 s at most. On false nothing is left behind. */
bool service_start(struct service *service, const struct service_wish *wish);
/* SIGTERM; true when it exits 0 and its log has no sanitizer's report. Drops the database, removes the directory. */
bool service_stop(struct service *service);

/* The same in parts, for tests that kill. */
bool service_prepare(struct service *service, const struct service_wish *wish); /* all but serving */
bool service_begin(struct service *service);                                /* serves, ready or not */
bool service_serve(struct service *service);                                /* and waits until it is ready */
bool service_end(struct service *service);                                  /* SIGTERM and the checks */
bool service_remove(struct service *service);

/* The path of the program under test. */
const char *service_program(void);
/* Runs `secondlook <arguments> --dir DIR` to its end; true when it exits 0. NULL-terminated, ten at most. */
bool service_run(struct service *service, const char *const *arguments);
/* Asks the plain listener; the status, 0 when there is no answer. `body` may be NULL. */
int service_plain(const struct service *service, const char *path, char *body, size_t size);
/* Whether /ready comes to answer `status`, time after time, within so many seconds. */
bool service_await_ready(const struct service *service, int status, int seconds);
/* Writes the end of the log to standard error. */
void service_show_log(const struct service *service);

/* A keyword string of the same server with another database; false when `url` can't be read. */
bool service_with_database(const char *url, const char *database, char *text, size_t size);
/* Runs SQL as that connection's user; the first value of the last statement in `value` ("" when there is none). */
bool service_sql(const char *url, const char *sql, char *value, size_t size);

#endif
