/* The statements of one connection: prepared or not, their columns, their refusals. */
#include "db/statement.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "db/binary.h"

static size_t hash_name(const char *name)
{
	size_t hash = 0xcbf29ce484222325U; /* FNV-1a */
	for (; *name; name++)
		hash = (hash ^ (unsigned char)*name) * 0x100000001b3U;
	return hash;
}

/* The name's slot, or the empty one where it belongs. */
static size_t slot_of(const struct statements *statements, const char *name)
{
	size_t slot = hash_name(name) & (statements->capacity - 1);
	while (statements->slots[slot] && strcmp(statements->slots[slot]->source->name, name) != 0)
		slot = (slot + 1) & (statements->capacity - 1);
	return slot;
}

static enum err grow(struct statements *statements)
{
	struct statements larger = *statements;
	larger.capacity = statements->capacity ? statements->capacity * 2 : 64;
	larger.slots = calloc(larger.capacity, sizeof *larger.slots);
	if (!larger.slots)
		return ERR_MEMORY;
	for (size_t i = 0; i < statements->capacity; i++)
		if (statements->slots[i])
			larger.slots[slot_of(&larger, statements->slots[i]->source->name)] = statements->slots[i];
	free(statements->slots);
	*statements = larger;
	return ERR_NONE;
}

enum err statements_find(struct statements *statements, const struct db_statement *source, struct statement **statement)
{
	if (statements->count * 2 >= statements->capacity && grow(statements) != ERR_NONE)
		return ERR_MEMORY;
	size_t slot = slot_of(statements, source->name);
	if (!statements->slots[slot]) {
		struct statement *made = calloc(1, sizeof *made + BINARY_TEXT_SIZE);
		if (!made)
			return ERR_MEMORY;
		made->scratch = (char *)(made + 1);
		made->source = source;
		made->column_count = -1;
		statements->slots[slot] = made;
		statements->count++;
	}
	*statement = statements->slots[slot];
	return ERR_NONE;
}

static void forget_columns(struct statement *statement)
{
	free(statement->columns);
	free(statement->types);
	free(statement->column_names);
	statement->columns = NULL;
	statement->types = NULL;
	statement->column_names = NULL;
	statement->column_count = -1;
	statement->is_binary = false;
}

static void forget(struct statement *statement)
{
	forget_columns(statement);
	free(statement->refusal);
	statement->refusal = NULL;
	statement->is_prepared = false;
}

void statements_forget(struct statements *statements)
{
	for (size_t i = 0; i < statements->capacity; i++)
		if (statements->slots[i])
			forget(statements->slots[i]);
}

void statements_release(struct statements *statements)
{
	statements_forget(statements);
	for (size_t i = 0; i < statements->capacity; i++)
		free(statements->slots[i]);
	free(statements->slots);
	*statements = (struct statements){0};
}

void statement_rename(struct statements *statements, struct statement *statement)
{
	snprintf(statement->server_name, sizeof statement->server_name, "%.48s#%u", statement->source->name,
		 ++statements->serial);
}

void statement_prepared(struct statement *statement)
{
	forget(statement);
	statement->is_prepared = true;
}

void statement_failed(struct statement *statement, const struct db_refusal *refusal)
{
	forget(statement);
	statement->refusal = refusal_copy(refusal);
}

static enum column_kind kind_of(Oid type)
{
	switch ((enum type_oid)type) {
	case TYPE_BOOL:
		return COLUMN_BOOLEAN;
	case TYPE_INT2:
	case TYPE_INT4:
	case TYPE_INT8:
	case TYPE_FLOAT4:
	case TYPE_FLOAT8:
	case TYPE_NUMERIC:
		return COLUMN_NUMBER;
	case TYPE_JSON:
	case TYPE_JSONB:
		return COLUMN_JSON;
	case TYPE_TIMESTAMPTZ:
		return COLUMN_INSTANT;
	case TYPE_UUID:
		return COLUMN_PLAIN;
	default:
		return COLUMN_TEXT;
	}
}

static size_t size_of(const char *text)
{
	return text ? strlen(text) + 1 : 0;
}

static const char *put(char **next, const char *text)
{
	size_t size = size_of(text);
	if (!text)
		return NULL;
	char *start = memcpy(*next, text, size);
	*next += size;
	return start;
}

static enum err learn_columns(struct statement *statement, const PGresult *result)
{
	int count = PQnfields(result);
	size_t size = 1;
	for (int i = 0; i < count; i++)
		size += size_of(PQfname(result, i));
	struct column *columns = calloc((unsigned)count * 2U + 1, sizeof *columns);
	Oid *types = calloc((unsigned)count + 1U, sizeof *types);
	char *names = malloc(size), *next = names;
	if (!columns || !names || !types) {
		free(columns);
		free(types);
		free(names);
		return ERR_MEMORY;
	}
	statement->is_binary = true;
	for (int i = 0; i < count; i++) {
		columns[i] = (struct column){.name = put(&next, PQfname(result, i)), .kind = kind_of(PQftype(result, i))};
		types[i] = PQftype(result, i);
		statement->is_binary &= binary_is_known(types[i]);
	}
	statement->columns = columns;
	statement->types = types;
	statement->column_names = names;
	statement->column_count = count;
	return ERR_NONE;
}

static const char *value_of(const void *context, int row, int column, size_t *length)
{
	const struct statement *statement = context;
	const PGresult *result = statement->result;
	*length = (size_t)PQgetlength(result, row, column);
	if (!*length && PQgetisnull(result, row, column))
		return NULL;
	const char *value = PQgetvalue(result, row, column);
	return statement->gives_binary ? binary_text(statement->types[column], value, *length, statement->scratch, length) : value;
}

/* NaN, Infinity, -Infinity end in a letter, other numbers in a digit. */
static bool is_word(const char *value, size_t length)
{
	return length > 0 && isalpha((unsigned char)value[length - 1]);
}

static bool holds_words(const struct statement *statement, int column)
{
	for (int row = 0; row < PQntuples(statement->result); row++) {
		size_t length = (size_t)PQgetlength(statement->result, row, column); /* 0 of a null */
		if (length && is_word(PQgetvalue(statement->result, row, column), length))
			return true;
	}
	return false;
}

/* Numbers that come as text, in none but results that do. */
static bool may_hold_words(Oid type)
{
	return type == TYPE_FLOAT4 || type == TYPE_FLOAT8 || type == TYPE_NUMERIC;
}

/* A column of this result with a value that is no JSON number is text. */
static const struct column *columns_for(struct statement *statement)
{
	struct column *given = statement->columns + statement->column_count;
	for (int i = 0; i < statement->column_count; i++) {
		given[i] = statement->columns[i];
		if (may_hold_words(statement->types[i]) && holds_words(statement, i))
			given[i].kind = COLUMN_TEXT;
	}
	return given;
}

enum err statement_rows(struct statement *statement, const PGresult *result, struct rows *rows)
{
	if (statement->column_count != PQnfields(result)) {
		forget_columns(statement);
		enum err error = learn_columns(statement, result);
		if (error != ERR_NONE)
			return error;
	}
	statement->result = result;
	statement->gives_binary = PQnfields(result) > 0 && PQfformat(result, 0) == 1;
	*rows = (struct rows){
		.count = PQntuples(result),
		.column_count = statement->column_count,
		.columns = columns_for(statement),
		.result = statement,
		.value = value_of,
	};
	return ERR_NONE;
}

void refusal_of(const PGresult *result, struct db_refusal *refusal)
{
	const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
	snprintf(refusal->sqlstate, sizeof refusal->sqlstate, "%s", sqlstate ? sqlstate : "58000");
	refusal->message = message ? message : "";
	refusal->detail = PQresultErrorField(result, PG_DIAG_MESSAGE_DETAIL);
	refusal->constraint = PQresultErrorField(result, PG_DIAG_CONSTRAINT_NAME);
}

struct db_refusal *refusal_copy(const struct db_refusal *refusal)
{
	size_t size = size_of(refusal->message) + size_of(refusal->detail) + size_of(refusal->constraint);
	struct db_refusal *copy = malloc(sizeof *copy + size);
	if (!copy)
		return NULL;
	char *next = (char *)(copy + 1);
	*copy = *refusal;
	copy->message = put(&next, refusal->message);
	copy->detail = put(&next, refusal->detail);
	copy->constraint = put(&next, refusal->constraint);
	return copy;
}
