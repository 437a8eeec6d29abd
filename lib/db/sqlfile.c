/* Parses an operation's SQL file into pieces once, and puts them together for each set of inputs that is present. */
#include "db/sqlfile.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "db/sqlscan.h"

enum { NONE = -1, SHAPES = 1 << SQLFILE_FILTERS_MAXIMUM, STATEMENT_BYTES_MAXIMUM = 1 << 20 };

/* A run of text, or a name; kept when its filter is on, or always. */
struct piece {
	const char *text; /* within the file's copy; NULL: an input */
	size_t length;
	int input;
	int filter; /* NONE: always */
	int statement;
};

struct sqlfile {
	char *name;
	char *text;
	char *says[SQLFILE_WORD_COUNT];
	const char *const *names;
	struct piece *pieces;
	size_t piece_count, piece_capacity;
	int statement_count;
	int filters[SQLFILE_FILTERS_MAXIMUM];
	size_t filter_count;
	struct sqlfile_shape *shapes[SHAPES];
};

/* Where the parse stands. */
struct parse {
	struct sqlfile *file;
	struct bytes *fault;
	const char *next, *end;
	char before;
	int line;
	int filter;          /* of this line */
	bool is_line_start;  /* nothing but blanks so far */
	bool has_begun;      /* the statement has text that no filter takes away */
	bool has_pieces;     /* the statement has any text */
	bool is_ended;       /* by a semicolon in this line */
};

static enum err fault_at(const struct parse *parse, const char *why, const char *what, size_t length)
{
	bytes_format(parse->fault, "%s.sql:%d: %s", parse->file->name, parse->line, why);
	if (length)
		bytes_format(parse->fault, " %.*s", (int)length, what);
	return ERR_INPUT;
}

static int index_of(const char *const *names, const char *name, size_t length)
{
	for (int i = 0; names[i]; i++)
		if (strlen(names[i]) == length && memcmp(names[i], name, length) == 0)
			return i;
	return NONE;
}

static enum err add_piece(struct parse *parse, const char *text, size_t length, int input)
{
	struct sqlfile *file = parse->file;
	if (file->piece_count == file->piece_capacity) {
		size_t capacity = file->piece_capacity ? file->piece_capacity * 2 : 64;
		struct piece *larger = realloc(file->pieces, capacity * sizeof *larger);
		if (!larger)
			return ERR_MEMORY;
		file->pieces = larger;
		file->piece_capacity = capacity;
	}
	file->pieces[file->piece_count++] = (struct piece){
		.text = text, .length = length, .input = input, .filter = parse->filter, .statement = file->statement_count};
	parse->has_pieces = true;
	return ERR_NONE;
}

static enum err find_filter(struct parse *parse, int input, int *filter)
{
	struct sqlfile *file = parse->file;
	for (size_t i = 0; i < file->filter_count; i++) {
		if (file->filters[i] == input) {
			*filter = (int)i;
			return ERR_NONE;
		}
	}
	if (file->filter_count == SQLFILE_FILTERS_MAXIMUM)
		return fault_at(parse, "more optional inputs than five", "", 0);
	file->filters[file->filter_count] = input;
	*filter = (int)file->filter_count++;
	return ERR_NONE;
}

static size_t length_of_name(const char *start, const char *end)
{
	const char *next = start;
	while (next < end && (isalnum((unsigned char)*next) || *next == '_'))
		next++;
	return (size_t)(next - start);
}

/* "--? name" at a line's start: the rest of the line is SQL of that input. */
static enum err begin_optional_line(struct parse *parse)
{
	const char *name = parse->next + 3;
	while (name < parse->end && (*name == ' ' || *name == '\t'))
		name++;
	size_t length = length_of_name(name, parse->end);
	int input = index_of(parse->file->names, name, length);
	if (!length || input == NONE)
		return fault_at(parse, "no such input:", name, length);
	enum err error = find_filter(parse, input, &parse->filter);
	if (error != ERR_NONE)
		return error;
	parse->next = name + length;
	parse->before = ' ';
	parse->is_line_start = false;
	return ERR_NONE;
}

/* "--@ word …": the rest of the line, without the blanks around it, is kept for whoever reads the rows. */
static enum err take_saying(struct parse *parse)
{
	static const char *const words[] = {[SQLFILE_SEEN] = "seen", [SQLFILE_CURSOR] = "cursor", NULL};
	const char *end = memchr(parse->next, '\n', (size_t)(parse->end - parse->next)), *word = parse->next + 3;
	end = end ? end : parse->end;
	while (end > word && isspace((unsigned char)end[-1]))
		end--;
	word += strspn(word, " \t");
	size_t length = length_of_name(word, end);
	int index = index_of(words, word, length);
	const char *text = word + length + strspn(word + length, " \t");
	if (index == NONE || text >= end)
		return fault_at(parse, "nothing that can be said of the rows:", word, (size_t)(end - word));
	if (parse->file->says[index])
		return fault_at(parse, "said before:", word, length);
	parse->file->says[index] = strndup(text, (size_t)(end - text));
	parse->next = end;
	return parse->file->says[index] ? ERR_NONE : ERR_MEMORY;
}

static enum err end_statement(struct parse *parse)
{
	if (!parse->has_begun && parse->has_pieces)
		return fault_at(parse, "a statement of optional lines only", "", 0);
	if (parse->has_begun && ++parse->file->statement_count > SQLFILE_STATEMENTS_MAXIMUM)
		return fault_at(parse, "more statements than eight", "", 0);
	parse->has_begun = parse->has_pieces = false;
	return ERR_NONE;
}

static enum err take_newline(struct parse *parse)
{
	enum err error = parse->has_pieces ? add_piece(parse, "\n", 1, NONE) : ERR_NONE;
	parse->line++;
	parse->filter = NONE;
	parse->is_line_start = true;
	parse->is_ended = false;
	return error;
}

static enum err take_text(struct parse *parse, size_t length)
{
	if (parse->is_ended)
		return fault_at(parse, "a statement ends with ; at the end of its line, not before:", parse->next, length);
	if (parse->filter == NONE)
		parse->has_begun = true;
	else if (memchr(parse->next, '\n', length))
		return fault_at(parse, "an optional line must be complete in itself", "", 0);
	return add_piece(parse, parse->next, length, NONE);
}

static enum err take_name(struct parse *parse, size_t length)
{
	int input = index_of(parse->file->names, parse->next + 1, length - 1);
	if (input == NONE)
		return fault_at(parse, "no such input:", parse->next, length);
	if (parse->is_ended)
		return take_text(parse, length);
	if (parse->filter == NONE)
		parse->has_begun = true;
	return add_piece(parse, NULL, 0, input);
}

static enum err take_semicolon(struct parse *parse)
{
	if (parse->filter != NONE)
		return fault_at(parse, "an optional line can't end a statement", "", 0);
	if (parse->is_ended)
		return ERR_NONE;
	parse->is_ended = true;
	return end_statement(parse);
}

static enum err take_space(struct parse *parse)
{
	return parse->has_pieces ? add_piece(parse, " ", 1, NONE) : ERR_NONE;
}

static int count_lines(const char *text, size_t length)
{
	int lines = 0;
	for (size_t i = 0; i < length; i++)
		lines += text[i] == '\n';
	return lines;
}

static enum err take(struct parse *parse, enum sqlscan_kind kind, size_t length)
{
	switch (kind) {
	case SQLSCAN_TEXT:
		return take_text(parse, length);
	case SQLSCAN_SPACE:
		return take_space(parse);
	case SQLSCAN_NEWLINE:
		return take_newline(parse);
	case SQLSCAN_COMMENT:
		return ERR_NONE;
	case SQLSCAN_NAME:
		return take_name(parse, length);
	case SQLSCAN_NUMBERED:
		return fault_at(parse, "inputs have names: $ and a number isn't one", "", 0);
	case SQLSCAN_SEMICOLON:
		return take_semicolon(parse);
	case SQLSCAN_UNTERMINATED:
		break;
	}
	return fault_at(parse, "a quote or comment that begins here has no end", "", 0);
}

static bool begins_line(const struct parse *parse, const char mark[4])
{
	return parse->is_line_start && parse->end - parse->next >= 3 && memcmp(parse->next, mark, 3) == 0;
}

static enum err parse_piece(struct parse *parse)
{
	size_t length;
	if (begins_line(parse, "--?"))
		return begin_optional_line(parse);
	if (begins_line(parse, "--@"))
		return take_saying(parse);
	enum sqlscan_kind kind = sqlscan_next(parse->next, parse->end, parse->before, &length);
	enum err error = take(parse, kind, length);
	if (error != ERR_NONE)
		return error;
	if (kind == SQLSCAN_TEXT)
		parse->line += count_lines(parse->next, length);
	if (kind != SQLSCAN_SPACE && kind != SQLSCAN_NEWLINE)
		parse->is_line_start = false;
	parse->next += length;
	parse->before = parse->next[-1];
	return ERR_NONE;
}

static enum err parse_all(struct parse *parse)
{
	if (memchr(parse->next, '\0', (size_t)(parse->end - parse->next)))
		return fault_at(parse, "the file holds a NUL byte", "", 0);
	while (parse->next < parse->end) {
		enum err error = parse_piece(parse);
		if (error != ERR_NONE)
			return error;
	}
	enum err error = end_statement(parse);
	if (error == ERR_NONE && parse->file->statement_count == 0)
		return fault_at(parse, "the file holds no statement", "", 0);
	return error;
}

static struct sqlfile *file_new(const char *name, const char *text, size_t length, const char *const *names)
{
	struct sqlfile *file = calloc(1, sizeof *file);
	if (!file)
		return NULL;
	file->names = names;
	file->name = strdup(name);
	file->text = malloc(length + 1);
	if (!file->name || !file->text) {
		sqlfile_free(file);
		return NULL;
	}
	memcpy(file->text, text, length);
	file->text[length] = '\0';
	return file;
}

enum err sqlfile_parse(const char *name, const char *text, size_t length, const char *const *names, struct bytes *fault,
		       struct sqlfile **file)
{
	struct sqlfile *made = file_new(name, text, length, names);
	if (!made)
		return ERR_MEMORY;
	struct parse parse = {.file = made, .fault = fault, .next = made->text, .end = made->text + length, .line = 1,
			      .filter = NONE, .is_line_start = true};
	enum err error = parse_all(&parse);
	if (error != ERR_NONE) {
		sqlfile_free(made);
		return error;
	}
	*file = made;
	return ERR_NONE;
}

static void shape_free(struct sqlfile_shape *shape)
{
	if (!shape)
		return;
	for (size_t i = 0; i < shape->count; i++) {
		free((char *)shape->statements[i].statement.name);
		free((char *)shape->statements[i].statement.sql);
		free((int *)shape->statements[i].inputs);
	}
	free((struct sqlfile_statement *)shape->statements);
	free(shape);
}

void sqlfile_free(struct sqlfile *file)
{
	if (!file)
		return;
	for (size_t i = 0; i < SHAPES; i++)
		shape_free(file->shapes[i]);
	for (size_t i = 0; i < SQLFILE_WORD_COUNT; i++)
		free(file->says[i]);
	free(file->pieces);
	free(file->text);
	free(file->name);
	free(file);
}

const char *sqlfile_says(const struct sqlfile *file, enum sqlfile_word word)
{
	return file->says[word];
}

const int *sqlfile_filters(const struct sqlfile *file, size_t *count)
{
	*count = file->filter_count;
	return file->filters;
}

int sqlfile_mentions(const struct sqlfile *file, const char *name)
{
	int input = index_of(file->names, name, strlen(name));
	if (input == NONE)
		return 0;
	for (size_t i = 0; i < file->piece_count; i++)
		if (!file->pieces[i].text && file->pieces[i].input == input)
			return 1;
	for (size_t i = 0; i < file->filter_count; i++)
		if (file->filters[i] == input)
			return 1;
	return 0;
}

/* The number of the input within this statement; a new one at its first occurrence. */
static int number_of(int *inputs, int *count, int input)
{
	for (int i = 0; i < *count; i++)
		if (inputs[i] == input)
			return i + 1;
	inputs[*count] = input;
	return ++*count;
}

/* Appends the statement's text and returns the filters that it depends on. */
static uint32_t put_together(const struct sqlfile *file, int index, uint32_t mask, struct bytes *sql, int *inputs, int *count)
{
	uint32_t depends = 0;
	for (size_t i = 0; i < file->piece_count; i++) {
		const struct piece *piece = &file->pieces[i];
		if (piece->statement != index)
			continue;
		uint32_t bit = piece->filter == NONE ? 0 : 1U << piece->filter;
		depends |= bit;
		if ((mask & bit) != bit)
			continue;
		if (piece->text)
			bytes_append(sql, piece->text, piece->length);
		else
			bytes_format(sql, "$%d", number_of(inputs, count, piece->input));
	}
	return depends;
}

static void trim(struct bytes *sql)
{
	while (sql->length > 0 && isspace((unsigned char)sql->data[sql->length - 1]))
		sql->length--;
}

static char *detach_string(struct bytes *sql)
{
	size_t length;
	trim(sql);
	bytes_append_char(sql, '\0');
	return sql->failed ? NULL : bytes_detach(sql, &length);
}

/* Shapes of a file in which a statement reads the same share its name: the mask is cut to the filters it depends on. */
static enum err make_statement(const struct sqlfile *file, int index, uint32_t mask, struct sqlfile_statement *made)
{
	struct bytes sql;
	char *name = NULL;
	int count = 0;
	int *inputs = calloc(file->piece_count + 1, sizeof *inputs);
	if (!inputs)
		return ERR_MEMORY;
	bytes_init(&sql, STATEMENT_BYTES_MAXIMUM);
	uint32_t depends = put_together(file, index, mask, &sql, inputs, &count);
	char *text = detach_string(&sql);
	if (text && asprintf(&name, "%s.%d.m%u", file->name, index, (unsigned)(mask & depends)) < 0)
		name = NULL;
	bytes_release(&sql);
	made->statement = (struct db_statement){.name = name, .sql = text, .parameter_count = count};
	made->inputs = inputs;
	return name ? ERR_NONE : ERR_MEMORY;
}

static enum err make_shape(const struct sqlfile *file, uint32_t mask, struct sqlfile_shape *shape)
{
	struct sqlfile_statement *statements = calloc((size_t)file->statement_count, sizeof *statements);
	enum err error = statements ? ERR_NONE : ERR_MEMORY;
	shape->statements = statements;
	for (int i = 0; i < file->statement_count && error == ERR_NONE; i++) {
		shape->count++;
		error = make_statement(file, i, mask, &statements[i]);
	}
	return error;
}

enum err sqlfile_shape(struct sqlfile *file, uint32_t mask, const struct sqlfile_shape **shape)
{
	mask &= (1U << file->filter_count) - 1;
	if (!file->shapes[mask]) {
		struct sqlfile_shape *made = calloc(1, sizeof *made);
		if (!made)
			return ERR_MEMORY;
		enum err error = make_shape(file, mask, made);
		if (error != ERR_NONE) {
			shape_free(made);
			return error;
		}
		file->shapes[mask] = made;
	}
	*shape = file->shapes[mask];
	return ERR_NONE;
}
