/* Writes rows as JSON objects, lists and lines. */
#include <string.h>

#include "render/members.h"
#include "render/render.h"
#include "render/values.h"

/* The member's name, and behind it room for its value; NULL: there is none. */
static char *append_name(struct bytes *out, const struct members *members, const struct member *member, size_t length)
{
	char *start = bytes_extend(out, member->length + length);
	return start ? mempcpy(start, members->texts.data + member->start, member->length) : NULL;
}

static void append_plain(struct bytes *out, const struct members *members, const struct member *member, const char *text, size_t length)
{
	char *start = append_name(out, members, member, length);
	if (start)
		memcpy(start, text, length);
}

static void append_quoted(struct bytes *out, const struct members *members, const struct member *member, const char *text, size_t length)
{
	char *start = append_name(out, members, member, length + 2);
	if (!start)
		return;
	*start = start[length + 1] = '"';
	memcpy(start + 1, text, length);
}

static void append_text(struct bytes *out, const struct members *members, const struct member *member, const char *text, size_t length)
{
	if (bytes_plain_length(text, length) == length)
		append_quoted(out, members, member, text, length);
	else if (append_name(out, members, member, 0))
		bytes_append_json_string(out, text, length);
}

static void append_instant(struct bytes *out, const struct members *members, const struct member *member, const char *text, size_t length)
{
	char instant[VALUES_INSTANT_LENGTH];
	if (values_instant(text, length, instant))
		append_quoted(out, members, member, instant, sizeof instant);
	else
		append_quoted(out, members, member, text, length);
}

/* PostgreSQL's numbers are JSON's, but for NaN and the infinities, which JSON can't say. */
static bool is_number(const char *text, size_t length)
{
	size_t first = length > 0 && text[0] == '-' ? 1 : 0;
	return length > first && text[first] >= '0' && text[first] <= '9';
}

/* A line break in JSON text is white space (in its strings it is escaped), but would end a line of NDJSON. */
static void append_json(struct bytes *out, const struct members *members, const struct member *member, const char *text, size_t length)
{
	char *start = append_name(out, members, member, length);
	if (!start)
		return;
	memcpy(start, text, length);
	for (char *feed = start; (feed = memchr(feed, '\n', (size_t)(start + length - feed)));)
		*feed = ' ';
}

static void append_member(struct bytes *out, const struct members *members, const struct member *member, const char *text, size_t length)
{
	switch (member->kind) {
	case COLUMN_TEXT:
		append_text(out, members, member, text, length);
		return;
	case COLUMN_PLAIN:
		append_quoted(out, members, member, text, length);
		return;
	case COLUMN_NUMBER:
		if (is_number(text, length))
			append_plain(out, members, member, text, length);
		else
			append_plain(out, members, member, "null", 4);
		return;
	case COLUMN_BOOLEAN:
		append_plain(out, members, member, "", 0);
		values_append_boolean(out, text, length);
		return;
	case COLUMN_JSON:
		append_json(out, members, member, text, length);
		return;
	case COLUMN_INSTANT:
		append_instant(out, members, member, text, length);
		return;
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
		if (text)
			append_member(out, members, member, text, length);
		else
			bytes_append(out, members->texts.data + member->start, member->length + MEMBER_NULL_LENGTH);
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
