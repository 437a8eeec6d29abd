/* The directory of `secondlook dev`: made, claimed by one process at a time, emptied on request.
 *
 *   sandbox   marks the directory as ours to empty
 *   db/ pki/ run/ */
#ifndef DEV_SANDBOX_H
#define DEV_SANDBOX_H

#include <stdbool.h>

#include "base/bytes.h"
#include "base/err.h"

/* Makes the directory when it isn't there and takes it for this process until the descriptor `lock` is closed.
 * ERR_NOT_NOW: another process has it, or it holds other things than a sandbox. */
MUST_CHECK enum err sandbox_claim(const char *directory, struct bytes *fault, int *lock);
/* Removes what earlier runs left, and nothing else. The directory is claimed and its database is stopped. */
MUST_CHECK enum err sandbox_empty(const char *directory, struct bytes *fault);
/* Puts the mark, run/, and a place for the database that its user can reach. */
MUST_CHECK enum err sandbox_furnish(const char *directory, struct bytes *fault);

#endif
