/* Variables of a file, and their places in rows: "${contact}", "${now-5m}", "${x*200}". */
#ifndef API_VARIABLES_H
#define API_VARIABLES_H

#include <jansson.h>

#include "findings.h"

struct variables {
	json_t *saved; /* of the file */
	json_t *local; /* of the row; NULL: none; borrowed */
	char tag[9];
};

void variables_init(struct variables *variables);
void variables_release(struct variables *variables);

/* A copy of the value with every variable replaced, in keys too; what nobody saved is a finding. New reference. */
json_t *variables_apply(const struct variables *variables, const json_t *value, struct findings *findings);
/* The same for a path: values are percent-encoded. To be freed. */
char *variables_path(const struct variables *variables, const char *path, struct findings *findings);

#endif
