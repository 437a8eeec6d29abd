/* Running another program to its end, or in the background, without a shell and as another user when asked. */
#ifndef DB_PROGRAM_H
#define DB_PROGRAM_H

#include <sys/types.h>

#include "base/bytes.h"
#include "base/err.h"

/* Who the program runs as; `change` is false when that is the caller. */
struct program_user {
	int change;
	uid_t uid;
	gid_t gid;
	char name[32];
};

/* Runs argv[0] (a path) to its end, `timeout_ms` at most. What it writes to its standard output and error is appended
 * to `output`. The environment holds nothing but PATH and a UTF-8 locale. ERR_NOT_NOW: it ended with another status
 * than 0, or was killed when the time was over. */
MUST_CHECK enum err program_run(const struct program_user *user, const char *const *argv, int timeout_ms,
				struct bytes *output);
/* Starts argv[0] in its own session, standard output and error to `log` (a descriptor). The caller waits for it. */
MUST_CHECK enum err program_start(const struct program_user *user, const char *const *argv, int log, pid_t *pid);

/* Runs `check` in a child that has become the user; whether it answered true. For questions of access. */
int program_ask(const struct program_user *user, int (*check)(const char *path), const char *path);

#endif
