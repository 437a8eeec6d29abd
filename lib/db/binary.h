/* Private to db: values in PostgreSQL's binary form as the texts that they stand for.
 *
 * The server spends a large part of a list on printing identifiers and instants; sent as they are, they are shorter,
 * and printed here in a tenth of the time. */
#ifndef DB_BINARY_H
#define DB_BINARY_H

#include <stdbool.h>
#include <stddef.h>

/* Numbers of pg_type.dat, which never change. */
enum type_oid {
	TYPE_BOOL = 16, TYPE_NAME = 19, TYPE_INT8 = 20, TYPE_INT2 = 21, TYPE_INT4 = 23, TYPE_TEXT = 25, TYPE_JSON = 114,
	TYPE_FLOAT4 = 700, TYPE_FLOAT8 = 701, TYPE_VARCHAR = 1043, TYPE_TIMESTAMPTZ = 1184, TYPE_NUMERIC = 1700,
	TYPE_UUID = 2950, TYPE_JSONB = 3802,
};

enum { BINARY_TEXT_SIZE = 48 /* the longest text that is made here: "-290308-12-21 19:59:05.224192+00 BC" and its end */ };

/* Whether binary_text() knows the type; of a result that has another type, all columns come as text. */
bool binary_is_known(unsigned type);
/* The text of a value, as the server itself would print it with ISO dates in UTC: in `scratch`, or within `data`. A
 * value whose length is not its type's is an empty text. */
const char *binary_text(unsigned type, const char *data, size_t data_length, char scratch[BINARY_TEXT_SIZE], size_t *length);

#endif
