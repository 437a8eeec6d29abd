/* The same request from those who may not, other roles and another force, and spoilt (sweep_input.h). */
#ifndef API_SWEEP_H
#define API_SWEEP_H

#include "scene.h"

enum { SWEEP_PATH_SIZE = 8192 };

/* After an operation's first success in a file; misses go to the scene's findings. */
void sweep_operation(struct scene *scene, const struct request *request, const struct client_answer *answer);

/* Sends it, with a fresh key when it has one. */
bool sweep_send(struct scene *scene, struct request *request, struct client_answer *answer);
/* A refusal is a good problem and writes no line of change. */
void sweep_check_refusal(struct scene *scene, const struct request *request, const struct client_answer *answer);


/* Whether an operation has such a query parameter. */
bool sweep_takes(const struct operation *operation, const char *name);
/* The path with another query parameter instead of the one of that name. */
void sweep_with_parameter(const char *path, const char *name, const char *value, char changed[SWEEP_PATH_SIZE]);

#endif
