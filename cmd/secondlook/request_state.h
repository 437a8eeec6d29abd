/* What a request carries from stage to stage; shared by the files of the request's way only. */
#ifndef REQUEST_STATE_H
#define REQUEST_STATE_H

#include "base/bytes.h"
#include "base/id.h"
#include "contract/contract.h"
#include "db/db.h"
#include "db/sqlfile.h"
#include "ledger/gate.h"
#include "worker.h"

enum {
	ENTER_VALUES = 8, TRAVEL_VALUES = 2, CLAIM_VALUES = 3, RECEIPT_VALUES = 2,
	CALLS_MAXIMUM = SQLFILE_STATEMENTS_MAXIMUM + 5
};

enum answer_format { FORMAT_JSON, FORMAT_NDJSON, FORMAT_CSV, FORMAT_EVENTS, FORMAT_WRITTEN };

struct request {
	struct worker *worker;
	struct http_request *http;
	struct match match;
	struct plan *plan;
	const char *force, *client, *actor; /* from the certificate and On-Behalf-Of */
	const char **inputs;                /* values of the operation's inputs */
	const char **values;                /* of builtins and inputs, as SQL files number them */
	char new_id[ID_TEXT_SIZE], line_id[ID_TEXT_SIZE];
	const char *created;                /* path of the record a POST makes */
	const char *list_key;               /* what a cursor is bound to */
	int limit;

	struct db_segment segment;
	struct db_call calls[CALLS_MAXIMUM];
	const char *enter_values[ENTER_VALUES];
	const char *travel_values[TRAVEL_VALUES];
	const char *claim_values[CLAIM_VALUES];
	const char *receipt_values[RECEIPT_VALUES];
	size_t count_call;  /* the call that counts a list's rows; 0: none */
	size_t first_call;  /* the first one of the operation's file */
	size_t answer_call; /* the call whose rows are the answer */

	enum answer_format format;
	bool is_for_spreadsheet; /* CSV whose cells a spreadsheet must not run */
	unsigned status; /* of the reply so far */
	bool is_replay;
	bool is_past; /* what stood at another moment is asked for */
	int retry_after; /* seconds; of a problem that a little time may cure */
	bool has_row;
	struct bytes body, seen;
	void *written; /* of FORMAT_WRITTEN: what its writer has made so far */
	const char *etag, *location, *next;
	long long total; /* of a list, when it was asked for; else -1 */
	int line_count; /* lines of change, for the receipt */
	const char *signed_receipt; /* NULL: not asked for, or not to be had */
	struct { /* where a stream begins */
		int64_t position, upto;
		const char *reset; /* why not where it was asked to; NULL: there */
	} start;
	struct gate_entry entry;
	char status_text[8], duration_text[24];
};

/* The value of the operation's input of that name; NULL when it was not sent. */
const char *request_input(const struct request *request, const char *name);
/* A header of an http_request, as the contract's checker asks for it. */
const char *request_header(const void *http, const char *name);

/* request_check.c: everything that is refused before the database is asked. False: a problem was answered. */
bool request_check(struct request *request);
/* Makes values, calls and segment for request->plan from `match`; used again for replays. False: answered. */
bool request_prepare(struct request *request, const struct carried *carried);

/* request_events.c: a stream of events instead of one answer. */
/* Where streams are served from, for a request that came to another process; NULL: memory. */
const char *request_events_location(struct request *request);
/* The problem's code when there is no room for the stream that is asked for; else NULL. */
const char *request_events_refusal(const struct request *request);
/* The call that finds where the stream begins. False: memory. */
bool request_events_prepare(struct request *request);
void request_events_placed(struct request *request, const struct rows *rows);

/* request_rows.c: the segment's callbacks while rows come. */
void request_rows(void *context, size_t call, const struct rows *rows);

/* The body that a writer has made of the rows. False: a problem was answered. */
bool request_written(struct request *request);

/* request_receipt.c: receipts that are signed. */
/* Whether Prefer asks for it: "count=exact". */
bool request_prefers(const struct request *request, const char *preference);
/* Whether a signed receipt was asked for and is being made: request_send follows by itself. */
bool request_receipt_asked(struct request *request);

/* request_reply.c: the end of the way. */
void request_send(struct request *request);
/* How many lines the receipt names. */
int request_line_count(const struct request *request);
struct problem;
/* Answers a problem at once, or through the gate when it names a record. */
void request_problem(struct request *request, const struct problem *problem);
void request_problem_code(struct request *request, const char *code);
/* Sends whoever asked somewhere else. */
void request_redirect(struct request *request, const char *location);
/* The operation succeeded: waits for the ledger, then replies. */
void request_succeeded(struct request *request);
/* A repetition by someone who may make the record but not read it: Location, and nothing of what it holds. */
void request_confirmed(struct request *request);

#endif
