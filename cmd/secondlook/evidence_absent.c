/* Members of a line of which only the hash is there: whether they were to be left out. */
#include <ctype.h>
#include <string.h>

#include "evidence_parts.h"

/* Goes with a member that is withheld, since it is made of it. */
static const struct derived {
	const char *relation, *member, *from;
} derived[] = {{"contact", "phone_key", "phone"}, {"contact", "address_key", "address"}, {"contact", "place_key", "address"}};

/* Whether that is the API's name of the column: familyName of family_name. */
static bool is_name_of(const char *name, const char *column)
{
	for (; *name; name++) {
		if (isupper((unsigned char)*name) && *column++ != '_')
			return false;
		if (*column++ != tolower((unsigned char)*name))
			return false;
	}
	return *column == '\0';
}

static bool names(const json_t *redaction, const char *column)
{
	size_t i;
	json_t *name;
	json_array_foreach(json_object_get(redaction, "members"), i, name)
		if (json_is_string(name) && is_name_of(json_string_value(name), column))
			return true;
	return false;
}

static bool is_of(const json_t *redaction, const struct bundle_line *line)
{
	const char *record = evidence_string(redaction, "recordId"), *relation = evidence_string(redaction, "relation");
	const char *const *fields = line->line.fields;
	return (record && fields[LEAF_RECORD] && strcmp(record, fields[LEAF_RECORD]) == 0) ||
	       (relation && fields[LEAF_RELATION] && strcmp(relation, fields[LEAF_RELATION]) == 0);
}

static const char *origin_of(const char *relation, const char *column)
{
	for (size_t i = 0; relation && i < sizeof derived / sizeof *derived; i++)
		if (strcmp(derived[i].relation, relation) == 0 && strcmp(derived[i].member, column) == 0)
			return derived[i].from;
	return NULL;
}

static bool is_withheld(const json_t *redactions, const struct bundle_line *line, const char *column)
{
	const char *from = origin_of(line->line.fields[LEAF_RELATION], column);
	size_t i;
	json_t *redaction;
	json_array_foreach(redactions, i, redaction)
		if (is_of(redaction, line) && (names(redaction, column) || (from && names(redaction, from))))
			return true;
	return false;
}

static bool is_erased(const json_t *member)
{
	const json_t *erased = json_object_get(member, "erased");
	return evidence_string(erased, "at") && evidence_string(erased, "authority") && !json_object_get(member, "redacted");
}

/* A bundle with looks shows no record but its own. */
static bool is_closed(const struct bundle_line *own, const struct bundle_line *line)
{
	return line != own && evidence_is_value(evidence_member(own, "include_looks"), json_true());
}

static enum err check_members(struct evidence *evidence, const json_t *redactions, bool is_shut, const struct bundle_line *line)
{
	size_t i;
	json_t *member;
	json_array_foreach(line->line.members, i, member) {
		const char *name = evidence_string(member, "name");
		bool is_redacted = json_is_true(json_object_get(member, "redacted")) && !json_object_get(member, "erased");
		bool may = json_object_get(member, "value") ? json_object_size(member) == 3
							    : is_erased(member) || (is_redacted && (is_shut || is_withheld(redactions, line, name)));
		if (!may)
			return evidence_fault(evidence, VERIFY_ALTERED, "line %s: nothing says why its %s is withheld or erased",
					      line->line.fields[LEAF_LINE], name);
	}
	return ERR_NONE;
}

enum err evidence_check_absent(struct evidence *evidence, const struct bundle_line *own, const struct bundle_line *line)
{
	const json_t *member = evidence_member(own, "redactions");
	const char *text = member ? evidence_string(member, "value") : NULL;
	json_error_t unused;
	json_t *redactions = text ? json_loads(text, 0, &unused) : NULL;
	enum err error = check_members(evidence, redactions, is_closed(own, line), line);
	json_decref(redactions);
	return error;
}
