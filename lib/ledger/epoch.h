/* An epoch's beginning, the first leaf of its national tree. ledger_epoch_text() in SQL writes the same.
 *
 *   secondlook-epoch-v1
 *   name          16 hexadecimal digits, random
 *   instant       when it began, 2026-01-31T23:59:59.000000Z
 *   reason        created, restored or rolled_back
 *   previous      the last national signed note known of the epoch before; nothing for the first
 *
 * the first four ending in a line feed. */
#ifndef LEDGER_EPOCH_H
#define LEDGER_EPOCH_H

#include <stdint.h>

#include "base/bytes.h"

enum { EPOCH_NAME_SIZE = 17, EPOCH_TEXT_MAXIMUM = 8192 };

struct epoch {
	char name[EPOCH_NAME_SIZE];
	int64_t began_at_us;
	const char *reason;
	const char *previous; /* NULL: none */
};

void epoch_append_text(const struct epoch *epoch, struct bytes *text);

#endif
