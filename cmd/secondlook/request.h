/* A request's way through the worker: match, check, segment, rows, gate, reply. */
#ifndef REQUEST_H
#define REQUEST_H

#include "http/http.h"
#include "worker.h"

/* The http_handler's functions; `context` is the worker. */
void request_begin(void *context, struct http_request *http);
void request_refused_by_http(void *context, unsigned status, const char *code, const char *request_id, struct bytes *body);
void request_finished(void *context, struct http_request *http);

/* The first statement of every segment, the second of those with an idempotency key, the last of those that write. */
extern const struct db_statement request_enter, request_travel, request_claim, request_lines;
/* What a signed receipt is made from. */
extern const struct db_statement request_receipt_leaves;

#endif
