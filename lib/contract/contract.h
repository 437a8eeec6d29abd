/* The contract, loaded: openapi.yaml as routes, parameters, schemas, roles, lanes.
 *
 * What it accepts of OpenAPI 3.1 and JSON Schema is a closed list (README.md here); an unknown word stops the
 * loading and names the line. Everything it gives out belongs to the contract and lives as long. */
#ifndef CONTRACT_CONTRACT_H
#define CONTRACT_CONTRACT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/err.h"

struct contract;
struct schema;

enum lane { LANE_INTAKE, LANE_POINT, LANE_WRITE, LANE_LIST, LANE_BULK, LANE_COUNT };
enum precondition { PRECONDITION_NONE, PRECONDITION_IF_MATCH, PRECONDITION_IDEMPOTENCY_KEY, PRECONDITION_BOTH };
enum place { PLACE_PATH, PLACE_QUERY, PLACE_HEADER, PLACE_BODY };

/* A value that a request may carry and a statement may name: a parameter, or a top-level member of the body. */
struct input {
	const char *name; /* as in the contract: caseId, limit, occurredAt; for headers too: their x-name, e.g. onBehalfOf */
	enum place place;
	const char *header; /* PLACE_HEADER: the header's name */
	const char *pointer; /* where faults of it point: "query:limit", "path:caseId", "header:If-Match", "/occurredAt" */
	const char *fallback; /* the schema's default as text, or NULL */
	bool required;
	const struct schema *schema;
};

struct operation {
	const char *id;     /* operationId */
	const char *method; /* "GET" … */
	const char *path;   /* "/v1/cases/{caseId}" */
	const char *resource; /* the folder under api/: the contract's tag, e.g. "cases" */
	enum lane lane;
	enum precondition precondition;
	const char *ledger; /* the s.62 kind: collection, alteration, consultation, disclosure, combination, erasure; "none" */
	const char *const *roles; /* who may call; NULL-terminated; empty for operations of the service itself */
	bool is_public;     /* x-public: documents of the contract itself; no identity is asked for */
	bool is_list;       /* x-list: rows become items with a cursor */
	unsigned status;    /* of success: the one 2xx in responses */
	const struct input *inputs;
	size_t input_count;
	const struct schema *body; /* NULL: takes none */
	const char *body_type;     /* application/json or application/merge-patch+json */
	const struct schema *answer; /* of the application/json success; NULL: no body */
	const char *location;      /* x-location: the created record's path with {newId}, or NULL */
	const char *writer;        /* x-writer: what makes the answer of the rows where it isn't JSON; NULL: JSON */
};

/* Reads the contract. On failure `fault` says what and at which line. `text` is not needed afterwards. */
MUST_CHECK enum err contract_load(const char *text, size_t length, struct bytes *fault, struct contract **contract);
void contract_free(struct contract *contract);

const struct operation *contract_operations(const struct contract *contract, size_t *count);
const struct operation *contract_find(const struct contract *contract, const char *operation_id);
/* The whole contract as JSON text, references kept; owned by the contract. */
const char *contract_json(const struct contract *contract, size_t *length);
/* A member of the contract's root by name ("x-problems", "x-machines", "info"), borrowed; NULL when absent. */
json_t *contract_member(const struct contract *contract, const char *name);

enum { CONTRACT_PATH_VALUES = 4 };

struct match {
	const struct operation *operation;
	struct { const char *data; size_t length; } values[CONTRACT_PATH_VALUES]; /* in order of the path's parameters */
	char allow[64]; /* when only the method is wrong: the methods there are, "GET, POST" */
};

enum match_result { MATCH_FOUND, MATCH_NO_PATH, MATCH_NO_METHOD };
/* Finds the operation of a raw path (percent-encoding in it never matches). HEAD is not GET. */
enum match_result contract_match(const struct contract *contract, const char *method, const char *path,
				 struct match *match);

/* One thing wrong with a request. */
struct fault {
	const char *pointer; /* JSON pointer into the body "/answers/3/value", or "query:limit", "path:caseId", "header:If-Match" */
	const char *code;    /* required, unknown_member, wrong_type, not_in_enumeration, too_long, … (list in README.md) */
	const char *detail;  /* a sentence that says what would be right, without echoing what was sent */
};

struct faults {
	struct fault *list;
	size_t count;
	size_t capacity;
	bool truncated; /* more than CONTRACT_FAULTS_MAXIMUM were found */
};
enum { CONTRACT_FAULTS_MAXIMUM = 100 };

/* What a request carries, as the checker asks for it. */
struct carried {
	const struct match *match;
	const char *query; /* raw; NULL or "" for none */
	const char *(*header)(const void *request, const char *name); /* NULL when absent */
	const void *request;
	const char *body;
	size_t body_length;
};

/* Checks everything at once. On ERR_INPUT `faults` has all that is wrong, in order: path, query, header, body. On
 * success `values[i]` is the text of operation->inputs[i] (NULL when absent or null), objects and arrays as JSON
 * text; strings as they are. All from the arena. `malformed` says that the body could not be read at all (status 400);
 * all other faults are 422's. `faults` and `malformed` are set anew. */
MUST_CHECK enum err contract_check(const struct operation *operation, const struct carried *carried,
				   struct arena *arena, struct faults *faults, bool *malformed,
				   const char ***values);

/* Checks any JSON value, e.g. an answer in a test. Pointers are relative to the value. */
MUST_CHECK enum err contract_check_value(const struct schema *schema, json_t *value, struct arena *arena,
					 struct faults *faults);

#endif
