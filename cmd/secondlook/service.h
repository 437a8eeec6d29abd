/* The service as loaded: every operation of the contract joined with its file of SQL.
 *
 * Made once in the parent and shared by the workers, which never change what they see of it but for the shapes of
 * SQL files that are made on first use (each worker in its own copy). */
#ifndef SERVICE_H
#define SERVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "api/writer.h"
#include "base/bytes.h"
#include "base/err.h"
#include "contract/contract.h"
#include "db/db.h"
#include "db/sqlfile.h"

/* What a file of SQL may name besides the operation's own inputs; these come first. */
enum builtin {
	BUILTIN_FORCE, BUILTIN_ACTOR, BUILTIN_NEW_ID, BUILTIN_BODY, BUILTIN_IF_MATCH,
	BUILTIN_FETCH, BUILTIN_CURSOR, BUILTIN_CERTIFICATE_EXPIRES_AT, BUILTIN_OPERATIONS, BUILTIN_COUNT
};

/* Inputs that the service itself reads: index into operation->inputs, or -1. */
struct plan_inputs {
	int on_behalf_of, if_match, idempotency_key, limit, cursor, purpose, as_at, happened_by;
};

struct plan {
	const struct operation *operation;
	struct sqlfile *file;
	const char **names; /* of builtins and inputs, as sqlfile_parse got them */
	size_t name_count;
	const int *filters;
	size_t filter_count;
	char *roles; /* as a PostgreSQL array literal */
	struct plan_inputs inputs;
	struct sqlfile_statement *counts[1 << SQLFILE_FILTERS_MAXIMUM]; /* of a list, by filters; made on first use */
	struct sqlfile_statement *pasts[1 << SQLFILE_FILTERS_MAXIMUM]; /* of the answer as of another moment, likewise */
	bool looks;     /* its success is a line of a look */
	bool changes;   /* its success wrote lines of change */
	bool is_claimed; /* takes an idempotency key */
	bool streams;    /* its answer may also be text/event-stream */
	const struct writer *writer; /* what makes its answer of the rows; NULL: JSON and, of lists, NDJSON and CSV */
};

struct service {
	struct contract *contract;
	struct plan *plans; /* in the order of contract_operations */
	size_t plan_count;
	char *operations_json; /* [{"id": …, "roles": […]}] for whoami */
	const struct db_statement **prepared[LANE_COUNT]; /* NULL-terminated: what each lane prepares at connect */
};

/* Loads the embedded contract and SQL. On failure `fault` says what is wrong and where. */
MUST_CHECK enum err service_load(struct bytes *fault, struct service **service);
void service_free(struct service *service);
/* The statement that counts a list's rows with these filters on, as if there were no paging: bind :fetch and :cursor as
 * null. ERR_MEMORY only. */
MUST_CHECK enum err service_count(struct plan *plan, uint32_t mask, const struct sqlfile_statement **statement);
/* The answer's statement for time travel: its rows also say what was erased of the records they show. ERR_MEMORY only. */
MUST_CHECK enum err service_past(struct plan *plan, uint32_t mask, const struct sqlfile_statement **statement);
struct plan *service_plan(struct service *service, const struct operation *operation);

#endif
