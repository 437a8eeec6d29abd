/* Reads parameters: in the components, shared by a path, of an operation. */
#ifndef CONTRACT_PARAMETER_H
#define CONTRACT_PARAMETER_H

#include "base/err.h"
#include "contract/loader.h"

/* Reads components.parameters; components.schemas must have been read. */
MUST_CHECK enum err parameter_load_components(struct loader *loader);
/* Reads one parameter or the reference to one. */
MUST_CHECK enum err parameter_load(struct loader *loader, size_t line, const json_t *node, struct input *input);
/* The schema's default as text into input->fallback; refuses one that the schema itself would refuse. */
MUST_CHECK enum err parameter_load_fallback(struct loader *loader, size_t line, struct input *input);

#endif
