/* Writes rows as CSV. */
#include <string.h>

#include "render/render.h"
#include "render/values.h"

static bool needs_quotes(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (text[i] == '"' || text[i] == ',' || text[i] == '\r' || text[i] == '\n')
			return true;
	return false;
}

/* Appends with every quote doubled. */
static void append_doubled(struct bytes *out, const char *text, size_t length)
{
	for (const char *quote; (quote = memchr(text, '"', length)); text = quote + 1) {
		bytes_append(out, text, (size_t)(quote - text));
		bytes_append(out, "\"\"", 2);
		length -= (size_t)(quote - text) + 1;
	}
	bytes_append(out, text, length);
}

/* An empty text is "", so that it can be told from null, which is nothing. */
static void append_text(struct bytes *out, const char *text, size_t length, bool apostrophe)
{
	bool quoted = !length || needs_quotes(text, length);
	if (quoted)
		bytes_append_char(out, '"');
	if (apostrophe)
		bytes_append_char(out, '\'');
	append_doubled(out, text, length);
	if (quoted)
		bytes_append_char(out, '"');
}

/* Whether a spreadsheet would take the cell for a formula. */
static bool runs(const char *text, size_t length)
{
	return length && text[0] && strchr("=+-@\t\r", text[0]);
}

/* One that is a word is a text: a spreadsheet would run "-infinity". */
static void append_instant(struct bytes *out, const char *text, size_t length, bool spreadsheet)
{
	char instant[VALUES_INSTANT_LENGTH];
	if (values_instant(text, length, instant))
		bytes_append(out, instant, sizeof instant);
	else
		append_text(out, text, length, spreadsheet && runs(text, length));
}

static void append_cell(struct bytes *out, enum column_kind kind, const char *text, size_t length, bool spreadsheet)
{
	switch (kind) {
	case COLUMN_TEXT:
		append_text(out, text, length, spreadsheet && runs(text, length));
		break;
	case COLUMN_JSON: /* starts with none of a formula's characters, but for a negative number's sign */
		append_text(out, text, length, false);
		break;
	case COLUMN_PLAIN:
	case COLUMN_NUMBER:
		bytes_append(out, text, length);
		break;
	case COLUMN_BOOLEAN:
		values_append_boolean(out, text, length);
		break;
	case COLUMN_INSTANT:
		append_instant(out, text, length, spreadsheet);
		break;
	}
}

/* A comma before every rendered column but the first. */
static bool begin_cell(struct bytes *out, const struct column *column, bool *first)
{
	if (column->name[0] == '@')
		return false;
	if (!*first)
		bytes_append_char(out, ',');
	*first = false;
	return true;
}

static void append_header(struct bytes *out, const struct rows *rows)
{
	bool first = true;
	for (int column = 0; column < rows->column_count; column++)
		if (begin_cell(out, &rows->columns[column], &first))
			render_member_name(out, rows->columns[column].name);
	bytes_append(out, "\r\n", 2);
}

static void append_row(struct bytes *out, const struct rows *rows, int row, bool spreadsheet)
{
	bool first = true;
	for (int column = 0; column < rows->column_count; column++) {
		if (!begin_cell(out, &rows->columns[column], &first))
			continue;
		size_t length = 0;
		const char *text = rows->value(rows->result, row, column, &length);
		if (text)
			append_cell(out, rows->columns[column].kind, text, length, spreadsheet);
	}
	bytes_append(out, "\r\n", 2);
}

void render_csv(struct bytes *out, const struct rows *rows, int count, bool spreadsheet)
{
	append_header(out, rows);
	for (int row = 0; row < count && !out->failed; row++)
		append_row(out, rows, row, spreadsheet);
}
