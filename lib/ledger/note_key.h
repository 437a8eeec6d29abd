/* What note.c asks of the keys' side beyond note.h. */
#ifndef LEDGER_NOTE_KEY_H
#define LEDGER_NOTE_KEY_H

#include <stdbool.h>
#include <stddef.h>

/* Not empty, at most NOTE_NAME_MAXIMUM bytes, no blank or control character, no '+'. */
bool note_name_is_good(const char *name, size_t length);

#endif
