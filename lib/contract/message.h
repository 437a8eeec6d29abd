/* Reads what travels: request bodies, responses, their headers. */
#ifndef CONTRACT_MESSAGE_H
#define CONTRACT_MESSAGE_H

#include "base/err.h"
#include "contract/loader.h"

/* Checks components.responses and components.headers. */
MUST_CHECK enum err message_check_components(struct loader *loader);
/* Sets body and body_type from the operation's requestBody, if it has one. */
MUST_CHECK enum err message_load_body(struct loader *loader, const json_t *node, struct operation *operation);
/* Sets status and answer from the operation's responses. */
MUST_CHECK enum err message_load_responses(struct loader *loader, const json_t *node, struct operation *operation);

#endif
