/* Writes rows as JSON objects, lists and lines. */
#include <string.h>

#include "render/members.h"
#include "render/render.h"
#include "render/values.h"

/* PostgreSQL's numbers are JSON's, but for NaN and the infinities, which JSON can't say. */
static void append_number(struct bytes *out, const char *text, size_t length)
{
	size_t first = length > 0 && text[0] == '-' ? 1 : 0;
	if (length > first && text[first] >= '0' && text[first] <= '9')
		bytes_append(out, text, length);
	else
		bytes_append(out, "null", 4);
}

/* A line break in JSON text is white space (in its strings it is escaped), but would end a line of NDJSON. */
static void append_json(struct bytes *out, const char *text, size_t length)
{
	for (const char *end; (end = memchr(text, '\n', length)); text = end + 1) {
		bytes_append(out, text, (size_t)(end - text));
		bytes_append_char(out, ' ');
		length -= (size_t)(end - text) + 1;
	}
	bytes_append(out, text, length);
}

static void append_value(struct bytes *out, enum column_kind kind, const char *text, size_t length)
{
	switch (kind) {
	case COLUMN_TEXT:
		bytes_append_json_string(out, text, length);
		break;
	case COLUMN_NUMBER:
		append_number(out, text, length);
		break;
	case COLUMN_BOOLEAN:
		values_append_boolean(out, text, length);
		break;
	case COLUMN_JSON:
		append_json(out, text, length);
		break;
	case COLUMN_INSTANT:
		bytes_append_char(out, '"');
		values_append_instant(out, text, length);
		bytes_append_char(out, '"');
		break;
	}
}

static void append_row(struct bytes *out, const struct rows *rows, const struct members *members, int row)
{
	if (!members->count)
		bytes_append_char(out, '{');
	for (int i = 0; i < members->count; i++) {
		const struct member *member = &members->list[i];
		size_t length = 0;
		const char *text = rows->value(rows->result, row, member->column, &length);
		bytes_append(out, members->texts.data + member->start, member->length + (text ? 0 : MEMBER_NULL_LENGTH));
		if (text)
			append_value(out, member->kind, text, length);
	}
	bytes_append_char(out, '}');
}

/* Memory that ran out fails the output, as every append does. */
static bool make_members(struct bytes *out, const struct rows *rows, struct members *members)
{
	if (!members_make(rows, members))
		return true;
	out->failed = true;
	return false;
}

void render_object(struct bytes *out, const struct rows *rows, int row)
{
	struct members members;
	if (!make_members(out, rows, &members))
		return;
	append_row(out, rows, &members, row);
	members_release(&members);
}

static void append_items(struct bytes *out, const struct rows *rows, const struct members *members, int count)
{
	for (int row = 0; row < count && !out->failed; row++) {
		if (row)
			bytes_append_char(out, ',');
		append_row(out, rows, members, row);
	}
}

void render_list(struct bytes *out, const struct rows *rows, int count, const char *next, long long total)
{
	struct members members;
	if (!make_members(out, rows, &members))
		return;
	bytes_append_string(out, "{\"items\":[");
	append_items(out, rows, &members, count);
	members_release(&members);
	bytes_append_string(out, "],\"next\":");
	if (next)
		bytes_append_json_string(out, next, strlen(next));
	else
		bytes_append_string(out, "null");
	if (total >= 0)
		bytes_format(out, ",\"total\":%lld", total);
	bytes_append_char(out, '}');
}

void render_ndjson(struct bytes *out, const struct rows *rows, int count)
{
	struct members members;
	if (!make_members(out, rows, &members))
		return;
	for (int row = 0; row < count && !out->failed; row++) {
		append_row(out, rows, &members, row);
		bytes_append_char(out, '\n');
	}
	members_release(&members);
}
