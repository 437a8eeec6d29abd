/* A private PostgreSQL below a directory, for `secondlook dev` and the tests.
 *
 * Listens on a unix socket in that directory only, unless a port is asked for. Blocking. When the caller is root, the
 * server runs as an unprivileged user (postgres, else nobody); when that user can't reach the directory (it is below
 * /root, say), the cluster lives in /var/lib/secondlook-XXXXXX and the directory holds a link `elsewhere` to it. */
#ifndef DB_EMBEDDED_H
#define DB_EMBEDDED_H

#include <sys/types.h>

#include "base/bytes.h"
#include "base/err.h"

struct embedded {
	pid_t postmaster; /* 0: it was running before and stays */
	char url[512];    /* connection string of the owner */
};

/* initdb when needed (UTF8, C.UTF-8, checksums, trust on the socket whose directory only the owner can enter), start,
 * wait until it accepts, create the database "secondlook". ERR_NOT_NOW: another server holds the directory and isn't
 * ours; `fault` says what to do. */
MUST_CHECK enum err embedded_start(const char *directory, struct bytes *fault, struct embedded *embedded);
/* Fast shutdown and wait (30 s at most). */
MUST_CHECK enum err embedded_stop(const char *directory, struct bytes *fault);

#endif
