/* Proves lines, heads and paths that came as JSON. */
#include "evidence.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "ledger/codec.h"
#include "ledger/proof.h"

enum { EVIDENCE_MEMORY = 1 << 28 };

static const char *const field_names[LEAF_FIELD_COUNT] = {
	"force",    "lineId",   "recordedAt", "kind",    "operation", "actor",      "client", "thumbprint", "requestId",
	"purpose",  "relation", "recordId",   "version", "caseId",    "occurredAt", "status", "seen"};

enum err evidence_open(struct evidence *evidence)
{
	*evidence = (struct evidence){.found.count = 0};
	arena_init(&evidence->arena, EVIDENCE_MEMORY);
	return hasher_open(&evidence->hasher);
}

void evidence_close(struct evidence *evidence)
{
	hasher_close(&evidence->hasher);
	key_ring_release(&evidence->ring);
	arena_release(&evidence->arena);
}

enum err evidence_fault(struct evidence *evidence, enum verify_how how, const char *text, ...)
{
	char what[VERIFY_TEXT_SIZE];
	va_list values;
	va_start(values, text);
	vsnprintf(what, sizeof what, text, values);
	va_end(values);
	verify_found(&evidence->found, how, 0, "%s", what);
	return ERR_INPUT;
}

const char *evidence_string(const json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

static enum err read_hash(const json_t *value, unsigned char *hash, size_t size)
{
	const char *text = json_string_value(value);
	return text ? codec_read_base64_exactly(text, strlen(text), hash, size) : ERR_INPUT;
}

/* The hashes of a list, in `name` of the object. */
static enum err read_hashes(struct evidence *evidence, const json_t *object, const char *name, const char *what,
			    struct evidence_path *read)
{
	const json_t *hashes = json_object_get(object, name);
	if (!json_is_array(hashes) || json_array_size(hashes) > EVIDENCE_PATH_MAXIMUM)
		return evidence_fault(evidence, VERIFY_ALTERED, "%s: has no %s", what, name);
	read->count = json_array_size(hashes);
	for (size_t i = 0; i < read->count; i++)
		if (read_hash(json_array_get(hashes, i), read->hashes[i], HASH_SIZE))
			return evidence_fault(evidence, VERIFY_ALTERED, "%s: %s holds something else than hashes", what, name);
	return ERR_NONE;
}

enum err evidence_read_path(struct evidence *evidence, const json_t *object, const char *index, const char *path,
			    const char *what, struct evidence_path *read)
{
	const json_t *place = json_object_get(object, index);
	if (!json_is_integer(place) || json_integer_value(place) < 0)
		return evidence_fault(evidence, VERIFY_ALTERED, "%s: has no %s", what, index);
	read->index = (uint64_t)json_integer_value(place);
	return read_hashes(evidence, object, path, what, read);
}

static enum err read_fields(struct evidence *evidence, const json_t *object, struct evidence_line *line)
{
	const json_t *fields = json_object_get(object, "fields");
	if (json_object_size(fields) != LEAF_FIELD_COUNT)
		return evidence_fault(evidence, VERIFY_ALTERED, "a line: doesn't have its %d fields", LEAF_FIELD_COUNT);
	for (int i = 0; i < LEAF_FIELD_COUNT; i++) {
		const json_t *field = json_object_get(fields, field_names[i]);
		if (!json_is_string(field) && !json_is_null(field))
			return evidence_fault(evidence, VERIFY_ALTERED, "a line: its field %s is no text", field_names[i]);
		line->fields[i] = json_string_value(field);
	}
	if (!line->fields[LEAF_LINE] || !line->fields[LEAF_FORCE])
		return evidence_fault(evidence, VERIFY_ALTERED, "a line: says neither which it is nor whose");
	return ERR_NONE;
}

/* A member has its value and salt, or the hash that stands for both. */
static enum err read_member(struct evidence *evidence, const char *line, const json_t *object, struct leaf_member *member)
{
	const json_t *value = json_object_get(object, "value");
	unsigned char salt[LEAF_SALT_SIZE];
	member->name = evidence_string(object, "name");
	if (!member->name)
		return evidence_fault(evidence, VERIFY_ALTERED, "line %s: a member has no name", line);
	if (!value && !read_hash(json_object_get(object, "hash"), member->hash, HASH_SIZE))
		return ERR_NONE;
	if (!json_is_string(value) || read_hash(json_object_get(object, "salt"), salt, sizeof salt))
		return evidence_fault(evidence, VERIFY_ALTERED, "line %s: member %s has neither value and salt nor a hash", line,
				      member->name);
	return leaf_member_hash(&evidence->hasher, member->name, json_string_value(value), json_string_length(value), salt,
				member->hash);
}

enum err evidence_read_line(struct evidence *evidence, const json_t *object, struct evidence_line *line)
{
	enum err error = read_fields(evidence, object, line);
	if (error)
		return error;
	const char *name = line->fields[LEAF_LINE];
	line->members = json_object_get(object, "members");
	size_t count = json_array_size(line->members);
	struct leaf_member *members = arena_take(&evidence->arena, (count + 1) * sizeof *members);
	if (!members)
		return ERR_MEMORY;
	for (size_t i = 0; !error && i < count; i++)
		error = read_member(evidence, name, json_array_get(line->members, i), &members[i]);
	if (error)
		return error;
	error = leaf_hash(&evidence->hasher, line->fields, members, count, line->leaf);
	if (error == ERR_INPUT)
		return evidence_fault(evidence, VERIFY_REORDERED, "line %s: its members aren't in their order", name);
	return error ? error : evidence_read_path(evidence, object, "leafIndex", "inclusion", name, &line->path);
}

enum err evidence_read_head(struct evidence *evidence, const char *note, size_t length, const char *what,
			    struct evidence_head *head)
{
	struct note opened;
	switch (note ? key_ring_open(&evidence->ring, LEDGER_KEY_CHECKPOINTS, note, length, &opened) : NOTE_MALFORMED) {
	case NOTE_GOOD:
		break;
	case NOTE_UNKNOWN_KEY:
		return evidence_fault(evidence, VERIFY_WRONG_SIGNATURE, "%s: nobody signed it whose key is trusted to sign heads", what);
	case NOTE_WRONG_SIGNATURE:
		return evidence_fault(evidence, VERIFY_WRONG_SIGNATURE, "%s: the signature doesn't belong to the text", what);
	case NOTE_MALFORMED:
		return evidence_fault(evidence, VERIFY_ALTERED, "%s: is no signed note", what);
	}
	if (checkpoint_parse(opened.text, opened.length, &head->checkpoint))
		return evidence_fault(evidence, VERIFY_ALTERED, "%s: is signed, but no checkpoint", what);
	head->text = opened.text;
	head->length = opened.length;
	return ERR_NONE;
}

enum err evidence_prove(struct evidence *evidence, const unsigned char leaf[HASH_SIZE], const struct evidence_path *path,
			const struct checkpoint *head, const char *what)
{
	unsigned char root[HASH_SIZE];
	enum err error = proof_inclusion(&evidence->hasher, leaf, path->index, head->size, path->hashes, path->count, root);
	if (error && error != ERR_INPUT)
		return error;
	if (error || memcmp(root, head->root, HASH_SIZE) != 0)
		return evidence_fault(evidence, VERIFY_ALTERED, "%s: isn't what was sealed as leaf %" PRIu64 " of %s", what, path->index,
				      head->origin);
	return ERR_NONE;
}

static bool is_part_of(const struct checkpoint *force, const struct checkpoint *nation)
{
	size_t length = strlen(nation->origin);
	return strncmp(force->origin, nation->origin, length) == 0 && force->origin[length] == '/';
}

enum err evidence_prove_national(struct evidence *evidence, const struct evidence_head *force, const json_t *object,
				 const struct evidence_head *nation)
{
	struct evidence_path path;
	unsigned char leaf[HASH_SIZE];
	const json_t *size = json_object_get(object, "nationalSize");
	if (!is_part_of(&force->checkpoint, &nation->checkpoint) || !json_is_integer(size) ||
	    (uint64_t)json_integer_value(size) != nation->checkpoint.size)
		return evidence_fault(evidence, VERIFY_ALTERED, "the national head: isn't the one that the proof is for");
	enum err error = evidence_read_path(evidence, object, "nationalIndex", "nationalInclusion", "the national proof", &path);
	if (!error)
		error = hash_leaf(&evidence->hasher, force->text, force->length, leaf);
	return error ? error : evidence_prove(evidence, leaf, &path, &nation->checkpoint, "the force's head");
}

static enum err check_answer(struct evidence *evidence, const json_t *answer, const struct evidence_line *line,
			     const struct checkpoint *head)
{
	unsigned char leaf[HASH_SIZE];
	struct checkpoint expected;
	const char *epoch = evidence_string(json_object_get(answer, "epoch"), "name");
	const char *id = evidence_string(answer, "lineId"), *force = evidence_string(answer, "force");
	const json_t *size = json_object_get(answer, "treeSize");
	if (!id || strcmp(id, line->fields[LEAF_LINE]) != 0 || !force || strcmp(force, line->fields[LEAF_FORCE]) != 0 ||
	    !json_is_integer(size) || (uint64_t)json_integer_value(size) != head->size)
		return evidence_fault(evidence, VERIFY_ALTERED, "line %s: the proof contradicts itself", line->fields[LEAF_LINE]);
	if (read_hash(json_object_get(answer, "leaf"), leaf, HASH_SIZE) || memcmp(leaf, line->leaf, HASH_SIZE) != 0)
		return evidence_fault(evidence, VERIFY_ALTERED, "line %s: its fields and members don't make its leaf",
				      line->fields[LEAF_LINE]);
	if (!epoch || checkpoint_origin(epoch, force, &expected) || strcmp(expected.origin, head->origin) != 0)
		return evidence_fault(evidence, VERIFY_ALTERED, "line %s: the head is of another tree, %s", id, head->origin);
	return ERR_NONE;
}

static bool is_size(const json_t *answer, const char *name, const struct checkpoint *head)
{
	const json_t *size = json_object_get(answer, name);
	return json_is_integer(size) && json_integer_value(size) >= 0 && (uint64_t)json_integer_value(size) == head->size;
}

static enum err check_growth(struct evidence *evidence, const json_t *answer, const struct checkpoint *from,
			     const struct checkpoint *to)
{
	struct evidence_path path;
	if (strcmp(from->origin, to->origin) != 0 || !is_size(answer, "from", from) || !is_size(answer, "to", to))
		return evidence_fault(evidence, VERIFY_ALTERED, "the proof: its heads aren't those that it is for");
	enum err error = read_hashes(evidence, answer, "proof", "the proof", &path);
	if (!error)
		error = proof_consistency(&evidence->hasher, from->size, from->root, to->size, to->root, path.hashes, path.count);
	if (error == ERR_INPUT && !evidence->found.count)
		return evidence_fault(evidence, VERIFY_FORKED, "%s: the head of %" PRIu64 " leaves isn't shown to begin with that of %" PRIu64,
				      to->origin, to->size, from->size);
	return error;
}

enum err evidence_prove_growth(struct evidence *evidence, const json_t *answer, struct checkpoint *later)
{
	const json_t *from = json_object_get(answer, "checkpointFrom"), *to = json_object_get(answer, "checkpointTo");
	struct evidence_head earlier, head;
	enum err error = evidence_read_head(evidence, json_string_value(from), json_string_length(from), "checkpointFrom", &earlier);
	if (!error)
		error = evidence_read_head(evidence, json_string_value(to), json_string_length(to), "checkpointTo", &head);
	if (!error)
		error = check_growth(evidence, answer, &earlier.checkpoint, &head.checkpoint);
	if (!error)
		*later = head.checkpoint;
	return error;
}

enum err evidence_prove_answer(struct evidence *evidence, const json_t *answer, struct proven_line *proven)
{
	struct evidence_line line;
	struct evidence_head head, nation;
	const json_t *note = json_object_get(answer, "checkpoint"), *national = json_object_get(answer, "nationalCheckpoint");
	enum err error = evidence_read_line(evidence, answer, &line);
	if (!error)
		error = evidence_read_head(evidence, json_string_value(note), json_string_length(note), "the checkpoint", &head);
	if (!error)
		error = check_answer(evidence, answer, &line, &head.checkpoint);
	if (!error)
		error = evidence_prove(evidence, line.leaf, &line.path, &head.checkpoint, line.fields[LEAF_LINE]);
	if (!error)
		error = evidence_read_head(evidence, json_string_value(national), json_string_length(national),
					   "the national checkpoint", &nation);
	if (!error)
		error = evidence_prove_national(evidence, &head, answer, &nation);
	if (error)
		return error;
	*proven = (struct proven_line){line.fields[LEAF_FORCE], line.fields[LEAF_LINE], {0}, head.checkpoint.signed_at_us};
	memcpy(proven->leaf, line.leaf, HASH_SIZE);
	return ERR_NONE;
}
