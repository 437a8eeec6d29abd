/* Columns of a row by their names. */
#ifndef API_EXPORTS_CELL_H
#define API_EXPORTS_CELL_H

#include "base/bytes.h"
#include "base/rows.h"

/* The text and its length, valid until the next value is asked for; NULL: null, or no such column. */
const char *cell_text(const struct rows *rows, int row, const char *name, size_t *length);
/* Appends the text; nothing for null. */
void cell_append(struct bytes *out, const struct rows *rows, int row, const char *name);
/* Appends the text as HTML; nothing for null. */
void cell_append_html(struct bytes *out, const struct rows *rows, int row, const char *name);

#endif
