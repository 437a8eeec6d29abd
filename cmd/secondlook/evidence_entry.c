/* An entry of a chronology: that it holds nothing that its line doesn't. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/time.h"
#include "evidence_parts.h"

const json_t *evidence_member(const struct bundle_line *line, const char *name)
{
	size_t i;
	json_t *member;
	json_array_foreach(line->line.members, i, member) {
		const char *found = evidence_string(member, "name");
		if (found && strcmp(found, name) == 0)
			return member;
	}
	return NULL;
}

static json_t *sealed_value(const json_t *member)
{
	json_error_t unused;
	const char *text = member ? evidence_string(member, "value") : NULL;
	return text ? json_loads(text, JSON_DECODE_ANY, &unused) : NULL;
}

bool evidence_is_value(const json_t *member, const json_t *told)
{
	json_t *value = sealed_value(member);
	bool same = value && json_equal(value, (json_t *)(uintptr_t)told);
	json_decref(value);
	return same;
}

static const struct {
	const char *name;
	int field;
} told_fields[] = {{"lineId", LEAF_LINE}, {"relation", LEAF_RELATION}, {"recordId", LEAF_RECORD},
		   {"version", LEAF_VERSION}, {"kind", LEAF_KIND}, {"actor", LEAF_ACTOR}};
enum { TOLD_FIELDS = sizeof told_fields / sizeof *told_fields };

static const char *const told_otherwise[] = {"number", "occurredAt", "recordedAt", "members", "withheld", "erased"};
enum { TOLD_OTHERWISE = sizeof told_otherwise / sizeof *told_otherwise };

static bool is_field(const json_t *told, const char *field)
{
	char digits[24];
	if (json_is_integer(told)) {
		snprintf(digits, sizeof digits, "%" JSON_INTEGER_FORMAT, json_integer_value(told));
		return field && strcmp(digits, field) == 0;
	}
	return field ? json_is_string(told) && strcmp(json_string_value(told), field) == 0 : json_is_null(told);
}

static enum err check_fields(struct evidence *evidence, const struct bundle_line *line, const json_t *entry)
{
	const char *id = line->line.fields[LEAF_LINE];
	for (size_t i = 0; i < TOLD_FIELDS; i++)
		if (!is_field(json_object_get(entry, told_fields[i].name), line->line.fields[told_fields[i].field]))
			return evidence_fault(evidence, VERIFY_ALTERED, "chronology.ndjson: what it tells of line %s isn't so: %s", id, told_fields[i].name);
	for (size_t i = 0; i < TOLD_OTHERWISE; i++)
		if (!json_object_get(entry, told_otherwise[i]))
			return evidence_fault(evidence, VERIFY_MISSING, "chronology.ndjson: tells no %s of line %s", told_otherwise[i], id);
	if (json_object_size(entry) != TOLD_FIELDS + TOLD_OTHERWISE)
		return evidence_fault(evidence, VERIFY_INSERTED, "chronology.ndjson: tells more of line %s than stands in it", id);
	return ERR_NONE;
}

static bool read_moment(const char *text, int64_t *moment_us)
{
	return text && !time_parse(text, strlen(text), moment_us);
}

/* When a line was written: by the record's clock, and by the ledger's where the record doesn't say. */
static bool written_at(const struct bundle_line *line, bool is_first, int64_t *moment_us)
{
	json_t *value = sealed_value(evidence_member(line, is_first ? "recorded_at" : "changed_at"));
	const char *text = json_is_string(value) ? json_string_value(value) : line->line.fields[LEAF_RECORDED_AT];
	bool is_read = read_moment(text, moment_us);
	json_decref(value);
	return is_read;
}

/* A record's first version happened when it says; all else when it was written. */
static enum err check_moments(struct evidence *evidence, const struct bundle_line *line, const json_t *entry, int64_t *happened_us)
{
	const char *const *fields = line->line.fields;
	bool is_first = fields[LEAF_VERSION] && strcmp(fields[LEAF_VERSION], "1") == 0;
	int64_t written_us, told_written_us;
	bool is_read = written_at(line, is_first, &written_us);
	int64_t expected_us = written_us;
	if (is_first && fields[LEAF_OCCURRED_AT])
		is_read = is_read && read_moment(fields[LEAF_OCCURRED_AT], &expected_us);
	if (!is_read || !read_moment(evidence_string(entry, "recordedAt"), &told_written_us) || told_written_us != written_us ||
	    !read_moment(evidence_string(entry, "occurredAt"), happened_us) || *happened_us != expected_us)
		return evidence_fault(evidence, VERIFY_ALTERED, "chronology.ndjson: line %s has no such moment", fields[LEAF_LINE]);
	return ERR_NONE;
}

static enum err check_members(struct evidence *evidence, const struct bundle_line *line, const json_t *entry)
{
	const char *name, *id = line->line.fields[LEAF_LINE];
	json_t *value, *members = json_object_get(entry, "members");
	if (!json_is_object(members))
		return evidence_fault(evidence, VERIFY_ALTERED, "chronology.ndjson: what it tells of line %s are no members", id);
	json_object_foreach(members, name, value)
		if (!evidence_is_value(evidence_member(line, name), value))
			return evidence_fault(evidence, VERIFY_ALTERED, "chronology.ndjson: what it tells of %s isn't in line %s", name, id);
	return ERR_NONE;
}

static enum err check_absent(struct evidence *evidence, const struct bundle_line *line, const json_t *entry, const char *kind,
			     const char *mark)
{
	size_t i;
	json_t *name, *names = json_object_get(entry, kind);
	if (!json_is_array(names))
		return evidence_fault(evidence, VERIFY_ALTERED, "chronology.ndjson: what it says is %s of line %s are no names", kind,
				      line->line.fields[LEAF_LINE]);
	json_array_foreach(names, i, name) {
		const char *text = json_string_value(name);
		const json_t *member = text ? evidence_member(line, text) : NULL;
		if (!json_object_get(member, mark))
			return evidence_fault(evidence, VERIFY_ALTERED, "chronology.ndjson: of line %s %s isn't %s",
					      line->line.fields[LEAF_LINE], text ? text : "something", mark);
	}
	return ERR_NONE;
}

/* Entries are counted from 1 in the order in which things happened. */
static enum err check_place(struct evidence *evidence, const json_t *entry, int64_t happened_us, struct bundle_telling *telling)
{
	const json_t *number = json_object_get(entry, "number");
	if (!json_is_integer(number) || (size_t)json_integer_value(number) != telling->count + 1 ||
	    (telling->count && happened_us < telling->happened_us))
		return evidence_fault(evidence, VERIFY_REORDERED, "chronology.ndjson: its entry %zu isn't where it belongs", telling->count + 1);
	*telling = (struct bundle_telling){telling->count + 1, happened_us};
	return ERR_NONE;
}

enum err evidence_check_entry(struct evidence *evidence, const json_t *entry, const struct bundle_line *line,
			      struct bundle_telling *telling)
{
	const char *id = evidence_string(entry, "lineId");
	int64_t happened_us = 0;
	if (!line)
		return evidence_fault(evidence, VERIFY_INSERTED, "chronology.ndjson: line %s is not in the bundle", id ? id : "(none)");
	enum err error = check_fields(evidence, line, entry);
	if (!error)
		error = check_moments(evidence, line, entry, &happened_us);
	if (!error)
		error = check_place(evidence, entry, happened_us, telling);
	if (!error)
		error = check_members(evidence, line, entry);
	if (!error)
		error = check_absent(evidence, line, entry, "withheld", "redacted");
	return error ? error : check_absent(evidence, line, entry, "erased", "erased");
}
