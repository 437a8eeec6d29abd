/* The log: one JSON object a line on standard error, or in the file that was named.
 *
 * Never personal data: only operation names, counts, durations, record ids and error words. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>

/* An event without members has the format "", which is meant. */
#pragma GCC diagnostic ignored "-Wformat-zero-length"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARNING, LOG_ERROR };

/* What is below `least` is not written. `descriptor` stays the caller's. */
void log_open(int descriptor, enum log_level least);
/* A word that every line carries as "process", e.g. "worker-1"; copied. */
void log_name_process(const char *name);
bool log_is_written(enum log_level level);

/* Writes {"at": …, "level": …, "process": …, "event": event, members}. `members` is printf-like and must
 * give the inside of a JSON object, or "": "\"status\":%d,\"operation\":\"%s\"". Texts that can hold
 * anything else than [A-Za-z0-9_./:-] go through log_text. One write(2) a line. */
void log_event(enum log_level level, const char *event, const char *members, ...)
	__attribute__((format(printf, 3, 4)));
/* As log_event with one member "detail", escaped; for messages of libraries. */
void log_text(enum log_level level, const char *event, const char *detail);

#endif
