/* Pointers into an answer, and matchers for what is found there; README.md says which there are. */
#ifndef API_EXPECT_H
#define API_EXPECT_H

#include <jansson.h>
#include <stdbool.h>

#include "findings.h"
#include "support/client.h"

/* What a pointer leads to: in the body, "header:Name", "@etag". New reference; NULL when it leads nowhere. */
json_t *expect_find(const struct client_answer *answer, const char *pointer);
/* The same within any value. New reference. */
json_t *expect_find_in(json_t *root, const char *pointer);
/* Puts a value where the pointer leads ("/list/-" appends); NULL removes. False when there is no such place. */
bool expect_put(json_t *root, const char *pointer, json_t *value);

/* Whether a value (NULL: absent) is as the matcher says. */
bool expect_matches(const json_t *matcher, const json_t *value);

/* The row's `has`, `lacks`, `errors`, `text`, each miss a finding. */
void expect_answer(const json_t *row, const struct client_answer *answer, struct findings *findings);
/* As text for findings, cut when long; "nothing" for NULL. To be freed. */
char *expect_show(const json_t *value);

#endif
