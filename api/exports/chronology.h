/* A chronology as a page that is read and printed: HTML without scripts, everything in one file.
 *
 * Rows have, as text: number (of the entry), line (its place in lines.ndjson), moment, recorded (only when that was later), actor, title, and
 * for each member told of: label, value, mark ("withheld", "erased …" instead of a value). An entry's rows follow each other. A row
 * with `gap` is a time without any record. */
#ifndef API_EXPORTS_CHRONOLOGY_H
#define API_EXPORTS_CHRONOLOGY_H

#include "base/bytes.h"
#include "base/rows.h"

/* Of the export's row: what the page says before the table. */
void chronology_begin(struct bytes *html, const struct rows *about);
void chronology_rows(struct bytes *html, const struct rows *rows);
void chronology_end(struct bytes *html);

#endif
