/* One row of a file: its request, and what must come back. */
#ifndef API_ROW_H
#define API_ROW_H

#include "scene.h"

/* Runs the row, once or for each of its `each`; what is wrong is added to `findings` under its name and line. */
void row_run(struct scene *scene, const json_t *row, size_t line, struct findings *findings);

#endif
