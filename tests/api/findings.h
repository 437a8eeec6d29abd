/* What was found wrong while a table ran: lines of text, each under its row's name. */
#ifndef API_FINDINGS_H
#define API_FINDINGS_H

#include <stddef.h>

#include "base/bytes.h"

struct findings {
	struct bytes text;
	size_t count;
};

void findings_init(struct findings *findings);
void findings_release(struct findings *findings);
void findings_add(struct findings *findings, const char *format, ...) PRINTF_LIKE(2, 3);
/* Moves what was found into `to`, each line after the heading. */
void findings_move(struct findings *findings, const char *heading, struct findings *to);
void findings_clear(struct findings *findings);

#endif
