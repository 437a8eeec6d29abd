/* Proves a bundle: its files by the manifest, its lines by the ledger, that none is missing by the export's own, its chronology by all. */
#include <stdlib.h>
#include <string.h>

#include "api/exports/bundle.h"
#include "evidence_parts.h"
#include "ledger/codec.h"
#include "tar.h"

enum { LINES_MAXIMUM = 1000000, NAME_SIZE = 150, NOTE_TEXT_MAXIMUM = 200 };

/* A force's tree in one epoch, whose head was proven. */
struct bundle_tree {
	char epoch[VERIFY_NAME_SIZE];
	struct evidence_head head;
};

struct bundle {
	struct evidence *evidence;
	struct tar_file files[TAR_FILES_MAXIMUM];
	size_t file_count;
	json_t *manifest;
	struct bundle_tree trees[64];
	size_t tree_count;
	struct bundle_line *lines; /* by line id once all are read */
	size_t line_count, line_capacity;
	const struct bundle_line *own; /* the export's */
	struct bundle_telling telling;
};

static const struct tar_file *find(const struct bundle *bundle, const char *directory, const char *name)
{
	char path[NAME_SIZE];
	snprintf(path, sizeof path, "%s%s", directory, name);
	return tar_find(bundle->files, bundle->file_count, path);
}

static enum err read_object(struct bundle *bundle, const struct tar_file *file, const char *name, json_t **object)
{
	json_error_t unused;
	if (!file)
		return evidence_fault(bundle->evidence, VERIFY_MISSING, "%s: is not in the bundle", name);
	*object = json_loadb(file->data, file->length, JSON_REJECT_DUPLICATES, &unused);
	if (json_is_object(*object))
		return ERR_NONE;
	json_decref(*object);
	*object = NULL;
	return evidence_fault(bundle->evidence, VERIFY_ALTERED, "%s: is no JSON object", name);
}

/* What no line proves is in the bundle because whoever made it says so: the page, and which looks there are. */
static enum err check_signature(struct bundle *bundle)
{
	static const char name[] = "manifest.note";
	struct evidence *evidence = bundle->evidence;
	const struct tar_file *note = find(bundle, "", name), *manifest = find(bundle, "", "manifest.json");
	struct bytes expected;
	struct note opened;
	unsigned char hash[HASH_SIZE];
	if (!note)
		return evidence_fault(evidence, VERIFY_MISSING, "%s: is not in the bundle", name);
	enum note_fault fault = key_ring_open(&evidence->ring, LEDGER_KEY_RECEIPTS, note->data, note->length, &opened);
	if (fault == NOTE_UNKNOWN_KEY)
		return evidence_fault(evidence, VERIFY_WRONG_SIGNATURE, "%s: the key of receipts, which signs bundles, isn't among those to trust", name);
	if (fault)
		return evidence_fault(evidence, VERIFY_WRONG_SIGNATURE, "%s: is no signature of its key", name);
	enum err error = hash_bytes(&evidence->hasher, manifest->data, manifest->length, hash);
	if (error)
		return error;
	bytes_init(&expected, NOTE_TEXT_MAXIMUM);
	bytes_append_string(&expected, BUNDLE_NOTE);
	codec_append_hex(&expected, hash, HASH_SIZE);
	bytes_append_char(&expected, '\n');
	bool same = opened.length == expected.length && memcmp(opened.text, expected.data, opened.length) == 0;
	error = expected.failed ? ERR_MEMORY : ERR_NONE;
	bytes_release(&expected);
	return same || error ? error : evidence_fault(evidence, VERIFY_ALTERED, "manifest.json: isn't the one that was signed");
}

static enum err check_file(struct bundle *bundle, const char *name, const json_t *value)
{
	unsigned char stated[HASH_SIZE], hash[HASH_SIZE];
	const struct tar_file *file = find(bundle, "", name);
	const char *text = json_string_value(value);
	if (!file)
		return evidence_fault(bundle->evidence, VERIFY_MISSING, "%.100s: is not in the bundle", name);
	enum err error = hash_bytes(&bundle->evidence->hasher, file->data, file->length, hash);
	if (error)
		return error;
	if (!text || codec_read_hex_exactly(text, strlen(text), stated, HASH_SIZE) || memcmp(stated, hash, HASH_SIZE) != 0)
		return evidence_fault(bundle->evidence, VERIFY_ALTERED, "%s: isn't the file that manifest.json tells of", name);
	return ERR_NONE;
}

static enum err check_files(struct bundle *bundle)
{
	json_t *stated = json_object_get(bundle->manifest, "files"), *value;
	const char *name, *format = evidence_string(bundle->manifest, "format");
	enum err error = ERR_NONE;
	if (!format || strcmp(format, "secondlook-chronology-bundle-v1") != 0)
		return evidence_fault(bundle->evidence, VERIFY_ALTERED, "manifest.json: is of no format that is known here");
	json_object_foreach(stated, name, value) {
		error = check_file(bundle, name, value);
		if (error)
			return error;
	}
	for (size_t i = 0; i < bundle->file_count; i++)
		if (strcmp(bundle->files[i].name, "manifest.json") != 0 && strcmp(bundle->files[i].name, "manifest.note") != 0 &&
		    !json_object_get(stated, bundle->files[i].name))
			return evidence_fault(bundle->evidence, VERIFY_INSERTED, "%s: manifest.json doesn't tell of it", bundle->files[i].name);
	return ERR_NONE;
}

/* The heads in a directory of the bundle: the force's is signed, and is in the nation's, which is signed too. */
static enum err read_heads(struct bundle *bundle, const char *directory, const struct tar_file *checkpoint,
			   struct bundle_tree *tree)
{
	struct evidence *evidence = bundle->evidence;
	const struct tar_file *national = find(bundle, directory, "national.txt");
	struct evidence_head nation;
	json_t *proof = NULL;
	if (!checkpoint || !national)
		return evidence_fault(evidence, VERIFY_MISSING, "%s%s.txt: is not in the bundle", directory, checkpoint ? "national" : "checkpoint");
	enum err error = evidence_read_head(evidence, checkpoint->data, checkpoint->length, checkpoint->name, &tree->head);
	if (!error)
		error = evidence_read_head(evidence, national->data, national->length, national->name, &nation);
	if (!error)
		error = read_object(bundle, find(bundle, directory, "national-inclusion.json"), "national-inclusion.json", &proof);
	if (!error)
		error = evidence_prove_national(evidence, &tree->head, proof, &nation);
	json_decref(proof);
	return error;
}

/* The epoch's name stands between the origin's slashes. */
static enum err add_tree(struct bundle *bundle, const char *directory)
{
	struct bundle_tree *tree = &bundle->trees[bundle->tree_count];
	const struct tar_file *checkpoint = find(bundle, directory, "checkpoint.txt");
	const char *force = evidence_string(bundle->manifest, "force");
	struct checkpoint expected;
	if (bundle->tree_count == sizeof bundle->trees / sizeof *bundle->trees)
		return ERR_LIMIT;
	enum err error = read_heads(bundle, directory, checkpoint, tree);
	if (error)
		return error;
	const char *epoch = strchr(tree->head.checkpoint.origin, '/');
	size_t length = epoch ? strcspn(epoch + 1, "/") : 0;
	snprintf(tree->epoch, sizeof tree->epoch, "%.*s", (int)length, epoch ? epoch + 1 : "");
	if (!force || checkpoint_origin(tree->epoch, force, &expected) || strcmp(expected.origin, tree->head.checkpoint.origin) != 0)
		return evidence_fault(bundle->evidence, VERIFY_ALTERED, "%s: is the head of %s, not of the force's tree", checkpoint->name,
				      tree->head.checkpoint.origin);
	bundle->tree_count++;
	return ERR_NONE;
}

static enum err read_trees(struct bundle *bundle)
{
	static const char beginning[] = "epochs/", ending[] = "/checkpoint.txt";
	enum err error = add_tree(bundle, "");
	for (size_t i = 0; !error && i < bundle->file_count; i++) {
		const char *name = bundle->files[i].name;
		size_t length = strlen(name);
		char directory[TAR_NAME_SIZE];
		if (length < sizeof beginning + sizeof ending || strncmp(name, beginning, sizeof beginning - 1) != 0 ||
		    strcmp(name + length - sizeof ending + 1, ending) != 0)
			continue;
		snprintf(directory, sizeof directory, "%.*s", (int)(length - sizeof ending + 2), name);
		error = add_tree(bundle, directory);
	}
	return error;
}

static const struct bundle_tree *find_tree(const struct bundle *bundle, const char *epoch)
{
	for (size_t i = 0; epoch && i < bundle->tree_count; i++)
		if (strcmp(bundle->trees[i].epoch, epoch) == 0)
			return &bundle->trees[i];
	return epoch ? NULL : &bundle->trees[0];
}

static enum err prove_line(struct bundle *bundle, struct bundle_line *line)
{
	struct evidence *evidence = bundle->evidence;
	const struct bundle_tree *tree = find_tree(bundle, evidence_string(line->source, "epoch"));
	enum err error = evidence_read_line(evidence, line->source, &line->line);
	if (error)
		return error;
	const char *force = evidence_string(bundle->manifest, "force"), *name = line->line.fields[LEAF_LINE];
	if (!tree)
		return evidence_fault(evidence, VERIFY_MISSING, "line %s: the head of its epoch is not in the bundle", name);
	if (!force || strcmp(force, line->line.fields[LEAF_FORCE]) != 0)
		return evidence_fault(evidence, VERIFY_INSERTED, "line %s: is of another force", name);
	return evidence_prove(evidence, line->line.leaf, &line->line.path, &tree->head.checkpoint, name);
}

static enum err grow(struct bundle *bundle)
{
	size_t capacity = bundle->line_capacity ? 2 * bundle->line_capacity : 256;
	if (bundle->line_count < bundle->line_capacity)
		return ERR_NONE;
	struct bundle_line *lines = capacity <= LINES_MAXIMUM ? realloc(bundle->lines, capacity * sizeof *lines) : NULL;
	if (!lines)
		return capacity <= LINES_MAXIMUM ? ERR_MEMORY : ERR_LIMIT;
	bundle->lines = lines;
	bundle->line_capacity = capacity;
	return ERR_NONE;
}

static enum err add_line(struct bundle *bundle, const char *text, size_t length)
{
	json_error_t unused;
	enum err error = grow(bundle);
	if (error)
		return error;
	struct bundle_line *line = &bundle->lines[bundle->line_count];
	line->source = json_loadb(text, length, JSON_REJECT_DUPLICATES, &unused);
	if (!line->source)
		return evidence_fault(bundle->evidence, VERIFY_ALTERED, "lines.ndjson: its line %zu is no JSON", bundle->line_count + 1);
	bundle->line_count++;
	return prove_line(bundle, line);
}

static int by_id(const void *one, const void *other)
{
	return strcmp(((const struct bundle_line *)one)->line.fields[LEAF_LINE],
		      ((const struct bundle_line *)other)->line.fields[LEAF_LINE]);
}

/* Each line of a file, without its line feed. */
static enum err for_each_line(struct bundle *bundle, const char *name, enum err (*each)(struct bundle *, const char *, size_t))
{
	const struct tar_file *file = find(bundle, "", name);
	enum err error = ERR_NONE;
	if (!file)
		return evidence_fault(bundle->evidence, VERIFY_MISSING, "%s: is not in the bundle", name);
	const char *at = file->data, *end = at + file->length;
	while (!error && at < end) {
		const char *feed = memchr(at, '\n', (size_t)(end - at));
		error = each(bundle, at, (size_t)((feed ? feed : end) - at));
		at = feed ? feed + 1 : end;
	}
	return error;
}

static enum err read_lines(struct bundle *bundle)
{
	enum err error = for_each_line(bundle, "lines.ndjson", add_line);
	const json_t *stated = json_object_get(bundle->manifest, "lines");
	if (error)
		return error;
	if (!json_is_integer(stated) || (size_t)json_integer_value(stated) != bundle->line_count)
		return evidence_fault(bundle->evidence, VERIFY_MISSING, "lines.ndjson: doesn't hold as many lines as manifest.json says");
	if (bundle->line_count)
		qsort(bundle->lines, bundle->line_count, sizeof *bundle->lines, by_id);
	for (size_t i = 1; i < bundle->line_count; i++)
		if (by_id(&bundle->lines[i - 1], &bundle->lines[i]) == 0)
			return evidence_fault(bundle->evidence, VERIFY_INSERTED, "line %s: is there twice", bundle->lines[i].line.fields[LEAF_LINE]);
	return ERR_NONE;
}

static const struct bundle_line *find_line(const struct bundle *bundle, const char *id)
{
	size_t low = 0, high = bundle->line_count;
	while (id && low < high) {
		size_t middle = (low + high) / 2;
		int order = strcmp(bundle->lines[middle].line.fields[LEAF_LINE], id);
		if (order == 0)
			return &bundle->lines[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

struct told {
	const char *name, *member; /* of the manifest, of the export's line; NULL: held against something else */
};

static const struct told told_of_export[] = {
	{"exportId", "export_id"}, {"kind", "kind"},           {"caseId", "case_id"},           {"purpose", "purpose"},
	{"reason", "reason"},      {"recipient", "recipient"}, {"legalBasis", "legal_basis"},   {"includeLooks", "include_looks"},
	{"holdId", "hold_id"},     {"madeAt", "recorded_at"},  {"redactions", "redactions"},    {"madeBy", "recorded_by"},
	{"force", "force_id"},     {"format", NULL},           {"lineId", NULL},                {"checkpoint", NULL},
	{"lineCount", "line_count"}, {"lines", NULL},         {"files", NULL},
};
enum { TOLD = sizeof told_of_export / sizeof *told_of_export };

static bool is_known(const char *name)
{
	for (size_t i = 0; i < TOLD; i++)
		if (strcmp(told_of_export[i].name, name) == 0)
			return true;
	return false;
}

/* What the manifest says of the export is what the export's own line says, and it says nothing else. */
static enum err check_told(struct bundle *bundle, const struct bundle_line *own)
{
	const char *name;
	json_t *value;
	for (size_t i = 0; i < TOLD; i++) {
		const struct told *told = &told_of_export[i];
		value = json_object_get(bundle->manifest, told->name);
		const json_t *member = told->member ? evidence_member(own, told->member) : NULL;
		if (!value || (told->member && !evidence_is_value(member, value)))
			return evidence_fault(bundle->evidence, VERIFY_ALTERED, "manifest.json: its %s isn't what the export's line says", told->name);
	}
	json_object_foreach(bundle->manifest, name, value)
		if (!is_known(name))
			return evidence_fault(bundle->evidence, VERIFY_INSERTED, "manifest.json: says something of %.100s", name);
	return ERR_NONE;
}

static enum err check_manifest(struct bundle *bundle)
{
	const struct bundle_line *own = find_line(bundle, evidence_string(bundle->manifest, "lineId"));
	const char *checkpoint = evidence_string(bundle->manifest, "checkpoint");
	const struct tar_file *head = find(bundle, "", "checkpoint.txt");
	if (!own)
		return evidence_fault(bundle->evidence, VERIFY_MISSING, "manifest.json: the export's own line is not in the bundle");
	if (!own->line.fields[LEAF_RELATION] || strcmp(own->line.fields[LEAF_RELATION], "export") != 0)
		return evidence_fault(bundle->evidence, VERIFY_ALTERED, "manifest.json: line %s is of no export", own->line.fields[LEAF_LINE]);
	if (!checkpoint || strlen(checkpoint) != head->length || memcmp(checkpoint, head->data, head->length) != 0)
		return evidence_fault(bundle->evidence, VERIFY_ALTERED, "manifest.json: its checkpoint is not checkpoint.txt");
	bundle->own = own;
	return check_told(bundle, own);
}

/* Lines of looks have no relation; how many there are of them nobody knew when the export was made. */
static enum err check_complete(struct bundle *bundle)
{
	const json_t *stated = json_object_get(bundle->manifest, "lineCount");
	size_t count = 0;
	enum err error = ERR_NONE;
	for (size_t i = 0; !error && i < bundle->line_count; i++) {
		count += bundle->lines[i].line.fields[LEAF_RELATION] != NULL;
		error = evidence_check_absent(bundle->evidence, bundle->own, &bundle->lines[i]);
	}
	if (!error && (!json_is_integer(stated) || (size_t)json_integer_value(stated) != count))
		return evidence_fault(bundle->evidence, VERIFY_MISSING,
				      "lines.ndjson: holds %zu lines of records, not as many as the export's own line says", count);
	return error;
}

static enum err check_chronology(struct bundle *bundle, const char *text, size_t length)
{
	json_error_t unused;
	json_t *entry = json_loadb(text, length, JSON_REJECT_DUPLICATES, &unused);
	const struct bundle_line *line = find_line(bundle, evidence_string(entry, "lineId"));
	enum err error = entry ? evidence_check_entry(bundle->evidence, entry, line, &bundle->telling)
			       : evidence_fault(bundle->evidence, VERIFY_ALTERED, "chronology.ndjson: holds a line that is no JSON");
	json_decref(entry);
	return error;
}

static enum err prove(struct bundle *bundle)
{
	enum err error = read_object(bundle, find(bundle, "", "manifest.json"), "manifest.json", &bundle->manifest);
	if (!error)
		error = check_signature(bundle);
	if (!error)
		error = check_files(bundle);
	if (!error)
		error = read_trees(bundle);
	if (!error)
		error = read_lines(bundle);
	if (!error)
		error = check_manifest(bundle);
	if (!error)
		error = check_complete(bundle);
	return error ? error : for_each_line(bundle, "chronology.ndjson", check_chronology);
}

enum err evidence_prove_bundle(struct evidence *evidence, const char *tar, size_t length)
{
	struct bundle *bundle = calloc(1, sizeof *bundle);
	if (!bundle)
		return ERR_MEMORY;
	bundle->evidence = evidence;
	enum err error = tar_read(tar, length, bundle->files, TAR_FILES_MAXIMUM, &bundle->file_count);
	error = error == ERR_INPUT ? evidence_fault(evidence, VERIFY_ALTERED, "the bundle: is no tar as it was written") : error;
	if (!error)
		error = prove(bundle);
	for (size_t i = 0; i < bundle->line_count; i++)
		json_decref(bundle->lines[i].source);
	free(bundle->lines);
	json_decref(bundle->manifest);
	free(bundle);
	return error;
}
