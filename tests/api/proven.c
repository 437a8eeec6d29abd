/* Verifies receipts and proofs as an outsider would. */
#include "proven.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "ledger/checkpoint.h"
#include "ledger/codec.h"
#include "ledger/line.h"
#include "ledger/note.h"
#include "ledger/proof.h"

enum { TEXT_SIZE = 16384, PATH_MAXIMUM = 64, MEMBERS_MAXIMUM = 200, SEALED_WITHIN_US = 10000000, LINES_MAXIMUM = 16 };

struct proving {
	struct scene *scene;
	const struct client_answer *answer;
	struct findings *findings;
	struct line_hasher line;
};

static const char *text_at(const struct proving *proving, const char *name)
{
	const char *text = json_string_value(json_object_get(proving->answer->json, name));
	return text ? text : "";
}

static uint64_t number_at(const struct proving *proving, const char *name)
{
	return (uint64_t)json_integer_value(json_object_get(proving->answer->json, name));
}

static void read_hash(struct proving *proving, const char *text, unsigned char hash[HASH_SIZE])
{
	memset(hash, 0, HASH_SIZE);
	if (!text || codec_read_base64_exactly(text, strlen(text), hash, HASH_SIZE) != ERR_NONE)
		findings_add(proving->findings, "%s is no hash in base64", text ? text : "nothing");
}

static size_t read_path(struct proving *proving, const char *name, unsigned char path[PATH_MAXIMUM][HASH_SIZE])
{
	const json_t *list = json_object_get(proving->answer->json, name);
	size_t count = json_array_size(list);
	for (size_t i = 0; i < count && i < PATH_MAXIMUM; i++)
		read_hash(proving, json_string_value(json_array_get(list, i)), path[i]);
	return count < PATH_MAXIMUM ? count : PATH_MAXIMUM;
}

/* --- notes ----------------------------------------------------------------------------------------------------------- */

static bool read_key(struct proving *proving, const char *file, struct note_key *key)
{
	char path[128], vkey[512];
	snprintf(path, sizeof path, "%s/pki/%s", proving->scene->service->directory, file);
	FILE *stream = fopen(path, "r");
	size_t length = stream ? fread(vkey, 1, sizeof vkey, stream) : 0;
	if (stream)
		fclose(stream);
	bool good = note_key_parse(vkey, length, key) == ERR_NONE;
	if (!good)
		findings_add(proving->findings, "%s holds no key", path);
	return good;
}

/* Opens a note into a copy of its text; "" when it isn't signed with the key of that file. */
static void open_note(struct proving *proving, const char *file, const char *data, size_t length, char text[TEXT_SIZE])
{
	struct note_key key;
	struct note note;
	*text = '\0';
	if (!read_key(proving, file, &key))
		return;
	enum note_fault fault = note_open(&key, 1, data, length, &note);
	if (fault == NOTE_GOOD)
		snprintf(text, TEXT_SIZE, "%.*s", (int)note.length, note.text);
	else
		findings_add(proving->findings, "not signed with %s (%d): %.*s", file, (int)fault, (int)length, data);
	note_key_release(&key);
}

/* The checkpoint in a member of the answer, and its text. */
static struct checkpoint read_checkpoint(struct proving *proving, const char *name, char text[TEXT_SIZE])
{
	struct checkpoint checkpoint = {.size = 0};
	const char *note = text_at(proving, name);
	open_note(proving, "ledger.vkey", note, strlen(note), text);
	if (checkpoint_parse(text, strlen(text), &checkpoint) != ERR_NONE)
		findings_add(proving->findings, "%s is no checkpoint: %s", name, text);
	return checkpoint;
}

/* --- proofs of lines ------------------------------------------------------------------------------------------------- */

static void hash_shown_line(struct proving *proving, unsigned char leaf[HASH_SIZE])
{
	static const char *const names[LEAF_FIELD_COUNT] = {"force", "lineId", "recordedAt", "kind", "operation", "actor", "client",
		"thumbprint", "requestId", "purpose", "relation", "recordId", "version", "caseId", "occurredAt", "status", "seen"};
	struct leaf_member members[MEMBERS_MAXIMUM];
	const char *fields[LEAF_FIELD_COUNT];
	const json_t *shown = json_object_get(proving->answer->json, "members"), *values = json_object_get(proving->answer->json, "fields");
	size_t count = json_array_size(shown);
	for (size_t i = 0; i < LEAF_FIELD_COUNT; i++)
		fields[i] = json_string_value(json_object_get(values, names[i]));
	for (size_t i = 0; i < count && i < MEMBERS_MAXIMUM; i++) {
		members[i].name = json_string_value(json_object_get(json_array_get(shown, i), "name"));
		read_hash(proving, json_string_value(json_object_get(json_array_get(shown, i), "hash")), members[i].hash);
	}
	if (count > MEMBERS_MAXIMUM || leaf_hash(&proving->line.hasher, fields, members, count, leaf) != ERR_NONE)
		findings_add(proving->findings, "the line that is shown can't be hashed");
}

static void check_inclusion(struct proving *proving, const char *index, const char *size, const char *path_name,
			    const unsigned char leaf[HASH_SIZE], const struct checkpoint *checkpoint)
{
	unsigned char path[PATH_MAXIMUM][HASH_SIZE], root[HASH_SIZE];
	size_t count = read_path(proving, path_name, path);
	if (number_at(proving, size) != checkpoint->size)
		findings_add(proving->findings, "%s is not that of its checkpoint", size);
	if (proof_inclusion(&proving->line.hasher, leaf, number_at(proving, index), checkpoint->size,
			    (const unsigned char(*)[HASH_SIZE])path, count, root) != ERR_NONE ||
	    memcmp(root, checkpoint->root, HASH_SIZE) != 0)
		findings_add(proving->findings, "%s does not lead from %s to the checkpoint's root", path_name, index);
}

static void check_line_proof(struct proving *proving)
{
	char text[TEXT_SIZE], national_text[TEXT_SIZE];
	unsigned char leaf[HASH_SIZE], told[HASH_SIZE], checkpoint_leaf[HASH_SIZE];
	struct checkpoint checkpoint = read_checkpoint(proving, "checkpoint", text);
	struct checkpoint national = read_checkpoint(proving, "nationalCheckpoint", national_text);
	hash_shown_line(proving, leaf);
	read_hash(proving, text_at(proving, "leaf"), told);
	if (memcmp(leaf, told, HASH_SIZE) != 0)
		findings_add(proving->findings, "the line that is shown is not the leaf");
	check_inclusion(proving, "leafIndex", "treeSize", "inclusion", leaf, &checkpoint);
	if (hash_leaf(&proving->line.hasher, text, strlen(text), checkpoint_leaf) != ERR_NONE)
		abort();
	check_inclusion(proving, "nationalIndex", "nationalSize", "nationalInclusion", checkpoint_leaf, &national);
}

static void check_consistency(struct proving *proving)
{
	char text[TEXT_SIZE];
	unsigned char path[PATH_MAXIMUM][HASH_SIZE];
	struct checkpoint from = read_checkpoint(proving, "checkpointFrom", text), to = read_checkpoint(proving, "checkpointTo", text);
	size_t count = read_path(proving, "proof", path);
	if (number_at(proving, "from") != from.size || number_at(proving, "to") != to.size || strcmp(from.origin, to.origin) != 0)
		findings_add(proving->findings, "from and to are not those of the checkpoints");
	if (proof_consistency(&proving->line.hasher, from.size, from.root, to.size, to.root, (const unsigned char(*)[HASH_SIZE])path,
			      count) != ERR_NONE)
		findings_add(proving->findings, "the later tree does not begin with the earlier one");
}

/* --- receipts -------------------------------------------------------------------------------------------------------- */

/* The leaf of a line as it lies in the database, in base64; released by the caller. */
static void leaf_in_database(struct proving *proving, const char *line_id, struct bytes *base64)
{
	const char *columns[LINE_COLUMN_COUNT];
	char query[1024];
	unsigned char leaf[HASH_SIZE];
	PQclear(PQexec(proving->scene->database, "set timezone = 'UTC'"));
	snprintf(query, sizeof query, "select %s from ledger_line l where l.line_id = $1::uuid", line_columns);
	PGresult *row = PQexecParams(proving->scene->database, query, 1, NULL, &line_id, NULL, NULL, 0);
	bool found = PQntuples(row) == 1;
	for (int i = 0; found && i < LINE_COLUMN_COUNT; i++)
		columns[i] = PQgetisnull(row, 0, i) ? NULL : PQgetvalue(row, 0, i);
	bytes_init(base64, 100);
	if (found && line_leaf(&proving->line, columns, leaf) == ERR_NONE)
		codec_append_base64(base64, leaf, HASH_SIZE);
	PQclear(row);
}

/* What the text must be but for the instant, which is put in where it has its own. */
static void check_receipt_text(struct proving *proving, const json_t *lines, const char *text)
{
	char force[64] = "", until[40] = "";
	int64_t until_us = 0, late_us = time_now_us() + SEALED_WITHIN_US;
	struct bytes wanted;
	bytes_init(&wanted, TEXT_SIZE);
	if (sscanf(text, "secondlook-receipt-v1\n%63[a-z-]\n%39[0-9TZ:.-]\n", force, until) != 2 ||
	    time_parse(until, strlen(until), &until_us) != ERR_NONE || until_us > late_us || until_us < late_us - SEALED_WITHIN_US)
		findings_add(proving->findings, "the receipt doesn't say by when it will be sealed: %s", text);
	bytes_format(&wanted, "secondlook-receipt-v1\n%s\n%s\n", force, until);
	for (size_t i = 0; i < json_array_size(lines); i++) {
		const char *id = json_string_value(json_object_get(json_array_get(lines, i), "lineId"));
		struct bytes leaf;
		leaf_in_database(proving, id, &leaf);
		bytes_format(&wanted, "%s %s\n", id, bytes_string(&leaf));
		bytes_release(&leaf);
	}
	if (strcmp(bytes_string(&wanted), text) != 0)
		findings_add(proving->findings, "the receipt says\n%s  and should say\n%s", text, bytes_string(&wanted));
	bytes_release(&wanted);
}

static void check_receipt(struct proving *proving, const struct request *request, const json_t *lines)
{
	char header[TEXT_SIZE] = "", note[TEXT_SIZE], text[TEXT_SIZE], applied[100] = "";
	size_t length = 0;
	const char *prefer = json_string_value(json_object_get(request->headers, "Prefer"));
	size_t count = json_array_size(lines);
	bool is_due = prefer && strstr(prefer, "receipt=signed") && count > 0 && count <= LINES_MAXIMUM;
	bool is_there = client_header(proving->answer, "Ledger-Receipt-Signed", header, sizeof header);
	(void)client_header(proving->answer, "Preference-Applied", applied, sizeof applied);
	if (is_due != is_there || is_due != (strstr(applied, "receipt=signed") != NULL))
		findings_add(proving->findings, "signed receipt %s, came %s; Preference-Applied: %s", is_due ? "due" : "not due",
			     is_there ? "one" : "none", applied);
	if (!is_there)
		return;
	if (codec_read_base64(header, strlen(header), note, sizeof note, &length) != ERR_NONE)
		findings_add(proving->findings, "Ledger-Receipt-Signed is no base64");
	open_note(proving, "receipt.vkey", note, length, text);
	check_receipt_text(proving, lines, text);
}

void proven_check(struct scene *scene, const struct request *request, const struct client_answer *answer,
		  const json_t *lines, struct findings *findings)
{
	struct proving proving = {.scene = scene, .answer = answer, .findings = findings};
	const char *operation = request->operation ? request->operation->id : "";
	if (line_hasher_open(&proving.line) != ERR_NONE)
		abort();
	check_receipt(&proving, request, lines);
	if (answer->status == 200 && strcmp(operation, "getLedgerLineProof") == 0)
		check_line_proof(&proving);
	if (answer->status == 200 && strcmp(operation, "getLedgerConsistency") == 0)
		check_consistency(&proving);
	line_hasher_close(&proving.line);
}
