/* What makes an operation's answer of its rows where that is neither JSON nor a list: the contract names it in x-writer.
 *
 * The rows of each statement of the operation's file are given in order, each before the next one's; then the body is asked for. A
 * repetition after a conflict begins anew with the first statement. Everything that doesn't fit is told at the end. */
#ifndef API_WRITER_H
#define API_WRITER_H

#include <stddef.h>

#include "base/bytes.h"
#include "base/err.h"
#include "base/rows.h"
#include "ledger/note.h"

struct writer {
	const char *name;
	const char *content_type;
	const char *extension; /* of the file that the answer is saved as */
	size_t maximum;        /* bytes of the body */
	void *(*begin)(void);  /* NULL: memory; freed by `release` */
	void (*rows)(void *state, size_t statement, const struct rows *rows);
	/* `key` signs what is to be signed; NULL: there is none. ERR_LIMIT: larger than this writer makes; ERR_NOT_NOW: it can't be signed;
	 * ERR_MEMORY, ERR_SYSTEM. */
	enum err (*finish)(void *state, const struct note_key *key, struct bytes *body);
	void (*release)(void *state); /* may be given NULL */
};

/* NULL: there is none of that name. */
const struct writer *writer_find(const char *name);

#endif
