/* The streamer: the process that keeps event streams open, on a port of its own. */
#ifndef STREAMER_H
#define STREAMER_H

#include "http/http.h"

struct request;

/* Runs in the forked child until it is told to stop; a children.h child function with a worker_inheritance. */
int streamer_run(void *inheritance, int index);

/* A request for a stream has been let in, its line is on disk: answers it with the head of `head` and keeps the stream. */
void streamer_open(struct request *request, const struct http_reply *head);

#endif
