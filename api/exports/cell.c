/* Looks columns up by their names. */
#include "api/exports/cell.h"

#include <string.h>

#include "render/html.h"

/* -1: there is none. */
static int find_column(const struct rows *rows, const char *name)
{
	for (int i = 0; i < rows->column_count; i++)
		if (strcmp(rows->columns[i].name, name) == 0)
			return i;
	return -1;
}

const char *cell_text(const struct rows *rows, int row, const char *name, size_t *length)
{
	int column = find_column(rows, name);
	return column < 0 || row >= rows->count ? NULL : rows->value(rows->result, row, column, length);
}

void cell_append(struct bytes *out, const struct rows *rows, int row, const char *name)
{
	size_t length;
	const char *text = cell_text(rows, row, name, &length);
	if (text)
		bytes_append(out, text, length);
}

void cell_append_html(struct bytes *out, const struct rows *rows, int row, const char *name)
{
	size_t length;
	const char *text = cell_text(rows, row, name, &length);
	if (text)
		html_append(out, text, length);
}
