/* One file of rows, read. */
#ifndef API_TABLE_H
#define API_TABLE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/bytes.h"

struct table {
	json_t *rows;  /* a list of objects; shared values (aliases) are shared */
	size_t *lines; /* of each row */
};

/* False: `fault` says why and at which line. */
bool table_read(const char *path, struct bytes *fault, struct table *table);
void table_release(struct table *table);

#endif
