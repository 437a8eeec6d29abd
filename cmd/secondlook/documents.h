/* Documents of the contract itself: no identity beyond the certificate, no ledger line. */
#ifndef DOCUMENTS_H
#define DOCUMENTS_H

#include "worker.h"

/* Answers /openapi.yaml, /openapi.json, /problems and /problems/{code}. False: the path is none of these. */
bool documents_answer(struct worker *worker, struct http_request *http);
/* A problem without a request of ours, e.g. when there is no memory for one. */
void documents_refuse(struct worker *worker, struct http_request *http, const char *code);

#endif
