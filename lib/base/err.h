/* How a function says that it failed.
 *
 * Every fallible function returns enum err, is marked MUST_CHECK, takes its outputs last and leaves
 * them untouched when it fails. The cause is logged once, where it is known. */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#define MUST_CHECK __attribute__((warn_unused_result))
#define PRINTF_LIKE(text, first) __attribute__((format(printf, text, first)))

enum err {
	ERR_NONE = 0,
	ERR_MEMORY,  /* an allocation failed */
	ERR_LIMIT,   /* a maximum that the caller set was reached */
	ERR_INPUT,   /* what was given is malformed */
	ERR_NOT_NOW, /* not possible now: not connected, draining, already done */
	ERR_SYSTEM,  /* the operating system or a library refused; it has been logged */
};

/* A word for logs: "none", "memory", "limit", "input", "not now", "system". */
const char *err_word(enum err error);

#endif
