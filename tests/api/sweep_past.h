/* As of a moment that is still to come everything stands as it does. */
#ifndef API_SWEEP_PAST_H
#define API_SWEEP_PAST_H

#include "scene.h"

/* After a success of an operation that can look back; misses go to the scene's findings. */
void sweep_past(struct scene *scene, const struct request *original, const struct client_answer *now);

#endif
