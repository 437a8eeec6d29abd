/* What the parts of the loader share: the document, where things go, and how a fault is told.
 *
 * A load_… function that finds something wrong writes "line N: …" into the loader's fault and answers ERR_INPUT. */
#ifndef CONTRACT_LOADER_H
#define CONTRACT_LOADER_H

#include <jansson.h>
#include <regex.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/err.h"
#include "contract/contract.h"
#include "contract/route.h"
#include "contract/schema.h"
#include "contract/yaml.h"

/* A compiled pattern; freed with the contract. */
struct pattern {
	regex_t compiled;
	const char *text;
	struct pattern *next;
};

struct contract {
	struct arena arena; /* of all that is compiled */
	json_t *root;       /* texts in what is compiled point into it */
	char *json;
	size_t json_length;
	struct operation *operations;
	size_t operation_count;
	struct route routes;
	struct pattern *patterns;
};

struct component_schema {
	const char *name;
	json_t *node;
	enum { COMPONENT_UNREAD, COMPONENT_READING, COMPONENT_READ } state;
	struct schema *schema;
};

struct component_parameter {
	const char *name;
	struct input input;
};

struct loader {
	struct contract *contract;
	const struct yaml_source *source;
	struct bytes *fault;
	struct component_schema *schemas;
	size_t schema_count;
	struct component_parameter *parameters;
	size_t parameter_count;
	json_t *components; /* never NULL; an empty object when the contract has none */
	json_t *tags;       /* may be NULL */
};

size_t load_line(const struct loader *loader, const json_t *object, const char *key);
/* Always ERR_INPUT. */
enum err load_refuse(const struct loader *loader, size_t line, const char *format, ...) PRINTF_LIKE(3, 4);

/* Refuses what isn't an object, and members that are not among the words (NULL-terminated). `what` names the object
 * in the fault: "an operation". `line` is where the object stands. */
MUST_CHECK enum err load_words(const struct loader *loader, size_t line, const json_t *object, const char *what,
			       const char *const *words);
/* A member that must be a text without NUL; absent leaves `text` as it was unless `required`. */
MUST_CHECK enum err load_text(const struct loader *loader, const json_t *object, const char *key, bool required,
			      const char **text);
MUST_CHECK enum err load_flag(const struct loader *loader, const json_t *object, const char *key, bool *flag);
/* A required text out of `words` (NULL-terminated): its index. */
MUST_CHECK enum err load_choice(const struct loader *loader, const json_t *object, const char *key,
				const char *const *words, unsigned *choice);
/* A member that must be an object; NULL when absent. */
MUST_CHECK enum err load_object(const struct loader *loader, const json_t *object, const char *key, json_t **member);
/* The name in {"$ref": "#/components/<kind>/<name>"}, or NULL when the node is no reference. */
MUST_CHECK enum err load_reference(const struct loader *loader, const json_t *node, const char *kind,
				   const char **name);
/* Whether the name fits a statement's ":name": [a-z][A-Za-z0-9]*, 63 bytes at most. */
bool load_is_input_name(const char *name);

#endif
