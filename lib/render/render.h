/* Rows to JSON, NDJSON and CSV, straight from the columns.
 *
 * snake_case column names become camelCase members. Columns whose name starts with '@' are control columns and are not
 * rendered: @etag, @status, @location, @seen. Instants get the form 2026-01-31T23:59:59.000000Z, booleans are
 * true or false. What doesn't fit into `out`, or memory that runs out, sets its `failed`. */
#ifndef RENDER_RENDER_H
#define RENDER_RENDER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/bytes.h"
#include "base/rows.h"

/* One row as a JSON object, NULLs as null. */
void render_object(struct bytes *out, const struct rows *rows, int row);
/* {"items":[…],"next":"…"}: rows 0 to count-1; "next" is null when `next` is NULL; "total" follows when it isn't negative. */
void render_list(struct bytes *out, const struct rows *rows, int count, const char *next, long long total);
/* One JSON object a line. */
void render_ndjson(struct bytes *out, const struct rows *rows, int count);
/* RFC 4180 with a header line of member names; JSON columns as their text, null as nothing, an empty text as "".
 * `spreadsheet`: texts that a spreadsheet would run (leading = + - @ TAB CR) get a leading apostrophe. */
void render_csv(struct bytes *out, const struct rows *rows, int count, bool spreadsheet);
/* The number of a control column by its name with '@', or -1. */
int render_control(const struct rows *rows, const char *name);
/* Appends the camelCase form of a column name. */
void render_member_name(struct bytes *out, const char *column);

#endif
