/* Reads path items and their operations. */
#ifndef CONTRACT_OPERATION_H
#define CONTRACT_OPERATION_H

#include "base/err.h"
#include "contract/loader.h"

/* Reads `paths` into the contract's operations and routes; components must have been read. */
MUST_CHECK enum err operation_load_paths(struct loader *loader, json_t *paths);

#endif
