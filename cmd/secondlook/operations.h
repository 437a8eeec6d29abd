/* The plain loopback listener: /health, /ready, /info, /metrics. */
#ifndef OPERATIONS_H
#define OPERATIONS_H

#include "worker.h"

/* An http_handler's request function; `context` is the worker. */
void operations_answer(void *context, struct http_request *http);

#endif
