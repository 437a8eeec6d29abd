/* Turns column names into member names, and keeps the texts before the values. */
#include "render/members.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "render/render.h"

static bool is_control(const char *name)
{
	return name[0] == '@';
}

int render_control(const struct rows *rows, const char *name)
{
	for (int column = 0; column < rows->column_count; column++)
		if (is_control(rows->columns[column].name) && strcmp(rows->columns[column].name, name) == 0)
			return column;
	return -1;
}

/* The letter that a name has after '_'; other characters are themselves. */
static char upper(char character)
{
	return character >= 'a' && character <= 'z' ? (char)(character - 'a' + 'A') : character;
}

void render_member_name(struct bytes *out, const char *column)
{
	for (const char *at = column; *at; at++) {
		if (*at == '_' && at > column && at[1])
			bytes_append_char(out, upper(*++at));
		else
			bytes_append_char(out, *at);
	}
}

static void add(struct members *members, const struct column *column, int number, struct bytes *name)
{
	struct member *member = &members->list[members->count];
	*member = (struct member){.column = number, .kind = column->kind, .start = members->texts.length};
	bytes_append_char(&members->texts, members->count ? ',' : '{');
	bytes_clear(name);
	render_member_name(name, column->name);
	bytes_append_json_string(&members->texts, name->data, name->length);
	bytes_append_char(&members->texts, ':');
	member->length = members->texts.length - member->start;
	bytes_append(&members->texts, "null", MEMBER_NULL_LENGTH);
	members->count++;
}

enum err members_make(const struct rows *rows, struct members *members)
{
	struct members made = {.list = malloc(((size_t)rows->column_count + 1) * sizeof *made.list)};
	if (!made.list)
		return ERR_MEMORY;
	struct bytes name;
	bytes_init(&name, SIZE_MAX);
	bytes_init(&made.texts, SIZE_MAX);
	for (int column = 0; column < rows->column_count; column++)
		if (!is_control(rows->columns[column].name))
			add(&made, &rows->columns[column], column, &name);
	bool failed = name.failed || made.texts.failed;
	bytes_release(&name);
	if (failed) {
		members_release(&made);
		return ERR_MEMORY;
	}
	*members = made;
	return ERR_NONE;
}

void members_release(struct members *members)
{
	free(members->list);
	bytes_release(&members->texts);
	*members = (struct members){0};
}
