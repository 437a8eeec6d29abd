/* What a history search answers, in the few lines that a call handler reads while the caller is on the line. */
#ifndef SEED_HISTORY_H
#define SEED_HISTORY_H

#include <jansson.h>

#include "base/bytes.h"

/* Appends lines for a terminal; `emphasis` makes what matters most bold. */
void seed_history_describe(const json_t *history, bool emphasis, struct bytes *text);

#endif
