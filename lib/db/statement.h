/* Private to db: what one connection knows of each statement: whether it is prepared, and its columns. */
#ifndef DB_STATEMENT_H
#define DB_STATEMENT_H

#include <libpq-fe.h>

#include "db/db.h"

enum { STATEMENT_NAME_SIZE = 64 /* PostgreSQL cuts longer ones */ };

struct statement {
	const struct db_statement *source;
	char server_name[STATEMENT_NAME_SIZE]; /* new at every Parse */
	bool is_prepared;                      /* a Parse was sent on this connection and has not failed */
	struct db_refusal *refusal;            /* why the last Parse failed; owned */
	struct column *columns;                /* owned, twice column_count: as described, and as given for one result */
	Oid *types;                            /* owned; of the columns */
	char *column_names;                    /* owned */
	int column_count;                      /* -1: not yet known */
	bool is_binary;                        /* all its columns are of types that come as they are: ask for them so */
	const PGresult *result;                /* the one whose rows are being read; not owned */
	bool gives_binary;                     /* that result's values are as they are stored */
	char *scratch;                         /* behind this; the text of the value last read */
};

/* By name. */
struct statements {
	struct statement **slots;
	size_t capacity, count;
	unsigned serial; /* of the last Parse */
};

/* The entry of the statement, made when it's new. */
MUST_CHECK enum err statements_find(struct statements *statements, const struct db_statement *source,
				    struct statement **statement);
/* A new connection knows none of them. */
void statements_forget(struct statements *statements);
void statements_release(struct statements *statements);

/* Gives the statement a name that this connection has never seen. */
void statement_rename(struct statements *statements, struct statement *statement);
void statement_prepared(struct statement *statement);
/* The Parse failed: takes a copy of why. */
void statement_failed(struct statement *statement, const struct db_refusal *refusal);

/* The result as rows; their columns are the statement's and stay until its next result. */
MUST_CHECK enum err statement_rows(struct statement *statement, const PGresult *result, struct rows *rows);

/* The error of a result, pointing into it. */
void refusal_of(const PGresult *result, struct db_refusal *refusal);
/* A copy in one piece, for free(); NULL when memory is out. */
struct db_refusal *refusal_copy(const struct db_refusal *refusal);

#endif
