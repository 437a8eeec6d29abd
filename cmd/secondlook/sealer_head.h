/* The last national head that this sealer signed: what tells a database that was taken back from one that went on.
 *
 * It lives in memory and in a file, as the signed note that it is. The file is written after each commit without waiting for
 * the disk: an older one only tells of less. */
#ifndef SEALER_HEAD_H
#define SEALER_HEAD_H

#include <stdbool.h>

#include "base/bytes.h"
#include "ledger/checkpoint.h"
#include "ledger/epoch.h"

struct sealer_head {
	struct bytes note; /* empty: none is known */
	char epoch_name[EPOCH_NAME_SIZE];
	struct checkpoint checkpoint;
};

void head_init(struct sealer_head *head);
void head_release(struct sealer_head *head);
bool head_is_known(const struct sealer_head *head);

/* Takes a note of a national checkpoint. ERR_INPUT: it is none, and what was known before stays. */
MUST_CHECK enum err head_take(struct sealer_head *head, const struct bytes *note);
/* From the file, where one is. ERR_INPUT: it holds no such note; ERR_SYSTEM: errno says why. */
MUST_CHECK enum err head_read(struct sealer_head *head, const char *path);
MUST_CHECK enum err head_write(const struct sealer_head *head, const char *path);

#endif
