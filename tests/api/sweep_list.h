/* A list in its other formats, and page by page: always the same items. */
#ifndef API_SWEEP_LIST_H
#define API_SWEEP_LIST_H

#include "scene.h"

/* After a success of an operation that is a list; misses go to the scene's findings. */
void sweep_list(struct scene *scene, const struct request *original);
/* After the first success of an operation that takes a key: its repetition, and the key with another body. */
void sweep_replay(struct scene *scene, const struct request *original, const struct client_answer *answer);

#endif
