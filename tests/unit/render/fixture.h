/* A result set written out in a test: columns, then rows of texts, NULL for SQL null. */
#ifndef RENDER_FIXTURE_H
#define RENDER_FIXTURE_H

#include <stdint.h>
#include <string.h>

#include "base/bytes.h"
#include "base/rows.h"
#include "support/unit.h"

enum { FIXTURE_COLUMNS = 16 };

typedef const char *fixture_row[FIXTURE_COLUMNS];

static inline const char *fixture_value(const void *result, int row, int column, size_t *length)
{
	const char *text = ((const fixture_row *)result)[row][column];
	*length = text ? strlen(text) : 0;
	return text;
}

static inline struct rows fixture_rows(const struct column *columns, int column_count, const fixture_row *list,
				       int count)
{
	return (struct rows){count, column_count, columns, list, fixture_value};
}

static inline void fixture_check(struct bytes *out, const char *expected)
{
	ck_assert(!out->failed);
	ck_assert_str_eq(bytes_string(out), expected);
	bytes_release(out);
}

#endif
