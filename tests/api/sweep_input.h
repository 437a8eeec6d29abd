/* The same request, spoilt: what the contract refuses must be refused, by name. */
#ifndef API_SWEEP_INPUT_H
#define API_SWEEP_INPUT_H

#include "scene.h"

/* After an operation's first success in a file; misses go to the scene's findings. */
void sweep_input(struct scene *scene, const struct request *original);

#endif
