/* A schema as the validator reads it: every word resolved to a field when the contract is loaded.
 *
 * Schemas lie in the contract's arena; their texts point into the contract's document. */
#ifndef CONTRACT_SCHEMA_H
#define CONTRACT_SCHEMA_H

#include <jansson.h>
#include <regex.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct loader;

enum {
	SCHEMA_NULL = 1,
	SCHEMA_BOOLEAN = 2,
	SCHEMA_INTEGER = 4,
	SCHEMA_NUMBER = 8, /* integers too */
	SCHEMA_STRING = 16,
	SCHEMA_ARRAY = 32,
	SCHEMA_OBJECT = 64,
	SCHEMA_ANY = 127,
};

enum schema_format { SCHEMA_FORMAT_NONE, SCHEMA_FORMAT_UUID, SCHEMA_FORMAT_DATE, SCHEMA_FORMAT_INSTANT };

/* What an object may hold beside its properties. */
enum schema_others { SCHEMA_OTHERS_FREE, SCHEMA_OTHERS_REFUSED, SCHEMA_OTHERS_CHECKED };

struct schema;

struct schema_property {
	const char *name;
	const struct schema *schema;
	bool required;
};

struct schema {
	const struct schema *reference; /* the schema that this one stands for; then only the annotations count */
	size_t line;
	bool is_read_only;
	const json_t *fallback; /* default; NULL when there is none */

	unsigned types;
	const json_t *enumeration; /* an array, or NULL */
	const json_t *constant;    /* or NULL */

	enum schema_format format;
	size_t length_minimum; /* code points */
	size_t length_maximum;
	const regex_t *pattern; /* or NULL */
	const char *pattern_text;

	const json_t *minimum; /* or NULL */
	const json_t *maximum;

	const struct schema *items; /* never NULL once compiled */
	size_t items_minimum;
	size_t items_maximum;
	bool items_are_unique;

	struct schema_property *properties; /* in the contract's order */
	const struct schema_property **by_name; /* sorted */
	size_t property_count;
	size_t required_count;
	enum schema_others others;
	const struct schema *other; /* for SCHEMA_OTHERS_CHECKED */
	bool states_others;         /* the contract says which; it isn't the default */
	bool is_body_checked;       /* by schema_check_body, so that it ends */
	size_t members_minimum;
	size_t members_maximum;
};

/* What takes anything. */
extern const struct schema schema_anything;

/* The schema behind references. */
const struct schema *schema_resolve(const struct schema *schema);
/* The default, of the reference or of what it refers to, or NULL. */
const json_t *schema_fallback(const struct schema *schema);
bool schema_is_read_only(const struct schema *schema);
/* By binary search; NULL when there is none. */
const struct schema_property *schema_property(const struct schema *schema, const char *name);

/* Compiles components.schemas, all of them. */
MUST_CHECK enum err schema_load_components(struct loader *loader);
/* Compiles a schema that stands at `line`. */
MUST_CHECK enum err schema_load(struct loader *loader, size_t line, const json_t *node, const struct schema **schema);
/* Refuses a body's object schemas that don't say which other members they take. */
MUST_CHECK enum err schema_check_body(struct loader *loader, const struct schema *schema);

#endif
