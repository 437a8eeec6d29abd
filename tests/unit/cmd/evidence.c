/* Proofs, bundles and receipts: good ones are proven, and no byte of one can be changed. */
#include "evidence.h"

#include <string.h>

#include "base/time.h"
#include "ledger/codec.h"
#include "support/directory.h"
#include "unit/cmd/tarring.h"
#include "unit/ledger/reference.h"

enum { LINES = 5 };

#define EPOCH "0123456789abcdef"
#define FORCE "west-midlands"
static const int64_t signed_at_us = 1795866000LL * 1000000;

/* A ledger of five lines under one head, and that under the nation's. */
static struct reference lines, nation;
static struct note_key key, receipts_key;
static struct evidence evidence;
static json_t *sources[LINES], *national;
static char checkpoint[600], national_checkpoint[600];

static json_t *base64(const void *data, size_t size)
{
	struct bytes text;
	bytes_init(&text, 200);
	codec_append_base64(&text, data, size);
	json_t *string = json_string(bytes_string(&text));
	bytes_release(&text);
	return string;
}

static json_t *path(struct reference *tree, size_t index, size_t count)
{
	unsigned char hashes[REFERENCE_PATH][HASH_SIZE];
	size_t length = reference_path(tree, index, 0, count, hashes);
	json_t *list = json_array();
	for (size_t i = 0; i < length; i++)
		json_array_append_new(list, base64(hashes[i], HASH_SIZE));
	return list;
}

static json_t *member(const char *name, const char *value)
{
	static const unsigned char salt[LEAF_SALT_SIZE] = {7, 7, 7};
	return json_pack("{s:s, s:s, s:o}", "name", name, "value", value, "salt", base64(salt, sizeof salt));
}

static json_t *export_members(void)
{
	static const char *const members[][2] = {
		{"case_id", "\"01a20000-0000-7000-8000-00000000cccc\""}, {"export_id", "\"01a20000-0000-7000-8000-00000000abcd\""},
		{"force_id", "\"" FORCE "\""}, {"given_name", "\"Thessaly A\""}, {"hold_id", "\"01a20000-0000-7000-8000-00000000eeee\""},
		{"include_looks", "false"}, {"kind", "\"chronology-bundle\""}, {"legal_basis", "\"legal_duty\""}, {"line_count", "5"}, {"purpose", "\"inquest\""},
		{"reason", "null"}, {"recipient", "null"}, {"recorded_at", "\"2026-11-28T09:00:00+00:00\""}, {"recorded_by", "\"WM-SU-1\""},
		{"redactions", "[{\"members\": [\"phones\"], \"relation\": \"person\"}]"},
	};
	json_t *list = json_array();
	for (size_t i = 0; i < sizeof members / sizeof *members; i++)
		json_array_append_new(list, member(members[i][0], members[i][1]));
	return list;
}

/* The third line has lost a member; the last is the export's own. */
static json_t *make_line(int i)
{
	static const unsigned char gone[HASH_SIZE] = {9};
	char id[40];
	snprintf(id, sizeof id, "01a20000-0000-7000-8000-00000000000%d", i);
	json_t *members = json_pack("[o, o]", member("given_name", "\"Thessaly \\u0041\""), member("recorded_at", "\"2026-11-28T09:00:00+00:00\""));
	if (i == 2)
		json_array_insert_new(members, 1, json_pack("{s:s, s:o, s:b}", "name", "phones", "hash", base64(gone, HASH_SIZE), "redacted", 1));
	if (i == 4) {
		json_decref(members);
		members = export_members();
	}
	return json_pack("{s:{s:s, s:s, s:s, s:s, s:s, s:s, s:n, s:n, s:n, s:n, s:s, s:s, s:s, s:n, s:n, s:n, s:n}, s:o}", "fields",
			 "force", FORCE, "lineId", id, "recordedAt", "2026-11-28T09:30:00.000000Z", "kind", "collection", "operation",
			 "createContact", "actor", "WM-CH-1", "client", "thumbprint", "requestId", "purpose", "relation", i == 4 ? "export" : "person", "recordId",
			 "01a20000-0000-7000-8000-00000000abcd", "version", "1", "caseId", "occurredAt", "status", "seen", "members", members);
}

static void sign_with(const struct note_key *signer, const char *tree, struct reference *of, size_t size, char note[600])
{
	struct checkpoint head = {.size = size, .signed_at_us = signed_at_us};
	struct bytes text, whole;
	bytes_init(&text, 600);
	bytes_init(&whole, 600);
	ck_assert_int_eq(checkpoint_origin(EPOCH, tree, &head), ERR_NONE);
	reference_root(of, 0, size, head.root);
	checkpoint_append_text(&head, &text);
	ck_assert_int_eq(note_sign(signer, text.data, text.length, &whole), ERR_NONE);
	snprintf(note, 600, "%s", bytes_string(&whole));
	bytes_release(&text);
	bytes_release(&whole);
}

static void sign(const char *tree, struct reference *of, size_t size, char note[600])
{
	sign_with(&key, tree, of, size, note);
}

static void make_ledger(void)
{
	struct evidence_line line;
	reference_open(&lines, 1);
	reference_open(&nation, 2);
	for (int i = 0; i < LINES; i++) {
		sources[i] = make_line(i);
		json_object_set_new(sources[i], "leafIndex", json_integer(i));
		json_object_set_new(sources[i], "inclusion", json_array());
		ck_assert_msg(!evidence_read_line(&evidence, sources[i], &line), "%s", evidence.found.text);
		memcpy(lines.leaves[i], line.leaf, HASH_SIZE);
	}
	for (size_t i = 0; i < LINES; i++)
		json_object_set_new(sources[i], "inclusion", path(&lines, i, LINES));
	sign(FORCE, &lines, LINES, checkpoint);
	size_t text = (size_t)(strstr(checkpoint, "\n\n") + 1 - checkpoint);
	ck_assert_int_eq(hash_leaf(&nation.hasher, checkpoint, text, nation.leaves[1]), ERR_NONE);
	sign("*", &nation, 3, national_checkpoint);
	national = json_pack("{s:i, s:i, s:o}", "nationalIndex", 1, "nationalSize", 3, "nationalInclusion", path(&nation, 1, 3));
}

static void begin(void)
{
	struct bytes vkey, fault;
	bytes_init(&vkey, 400);
	bytes_init(&fault, 400);
	ck_assert_int_eq(note_key_generate("secondlook", &key), ERR_NONE);
	ck_assert_int_eq(note_key_generate("secondlook-receipts", &receipts_key), ERR_NONE);
	note_key_append_vkey(&key, &vkey);
	note_key_append_vkey(&receipts_key, &vkey);
	ck_assert_int_eq(evidence_open(&evidence), ERR_NONE);
	ck_assert_int_eq(key_ring_parse(vkey.data, vkey.length, "vkey", &fault, &evidence.ring), ERR_NONE);
	bytes_release(&vkey);
	bytes_release(&fault);
	make_ledger();
}

static void end(void)
{
	for (int i = 0; i < LINES; i++)
		json_decref(sources[i]);
	json_decref(national);
	reference_close(&lines);
	reference_close(&nation);
	note_key_release(&key);
	note_key_release(&receipts_key);
	evidence_close(&evidence);
}

/* What the service answers of a line. */
static json_t *answer_of(int i)
{
	json_t *answer = json_deep_copy(sources[i]), *item;
	size_t place;
	json_object_update(answer, national);
	json_object_set_new(answer, "lineId", json_copy(json_object_get(json_object_get(answer, "fields"), "lineId")));
	json_object_set_new(answer, "force", json_string(FORCE));
	json_object_set_new(answer, "epoch", json_pack("{s:i, s:s}", "number", 1, "name", EPOCH));
	json_object_set_new(answer, "leaf", base64(lines.leaves[i], HASH_SIZE));
	json_object_set_new(answer, "treeSize", json_integer(LINES));
	json_object_set_new(answer, "checkpoint", json_string(checkpoint));
	json_object_set_new(answer, "nationalCheckpoint", json_string(national_checkpoint));
	json_array_foreach(json_object_get(answer, "members"), place, item) {
		unsigned char hash[HASH_SIZE], salt[LEAF_SALT_SIZE] = {7, 7, 7};
		const char *value = evidence_string(item, "value");
		if (!value)
			continue;
		ck_assert_int_eq(leaf_member_hash(&evidence.hasher, evidence_string(item, "name"), value, strlen(value), salt, hash), ERR_NONE);
		json_object_del(item, "value");
		json_object_del(item, "salt");
		json_object_set_new(item, "hash", base64(hash, HASH_SIZE));
	}
	return answer;
}

static enum err prove_answer(const json_t *answer)
{
	struct proven_line line;
	evidence.found = (struct verify_fault){.count = 0};
	enum err error = evidence_prove_answer(&evidence, answer, &line);
	ck_assert_int_eq(error == ERR_INPUT, evidence.found.count > 0);
	if (!error)
		ck_assert_int_eq(line.signed_at_us, signed_at_us);
	return error;
}

START_TEST(every_line_is_proven)
{
	begin();
	for (int i = 0; i < LINES; i++) {
		json_t *answer = answer_of(i);
		ck_assert_msg(!prove_answer(answer), "%s", evidence.found.text);
		json_decref(answer);
	}
	end();
}
END_TEST

/* Every text, number and list within the answer, changed alone. Which epoch's number it is isn't signed. */
static size_t alter_each(json_t *answer, json_t *value)
{
	size_t count = 0, i;
	const char *name;
	json_t *inner;
	if (json_is_object(value)) {
		json_object_foreach(value, name, inner)
			if (strcmp(name, "number") != 0 && strcmp(name, "redacted") != 0)
				count += alter_each(answer, inner);
	} else if (json_is_array(value)) {
		json_array_foreach(value, i, inner)
			count += alter_each(answer, inner);
	} else if (json_is_integer(value)) {
		json_int_t before = json_integer_value(value);
		json_integer_set(value, before + 1);
		ck_assert_int_eq(prove_answer(answer), ERR_INPUT);
		json_integer_set(value, before);
		count++;
	} else if (json_is_string(value)) {
		char before[1000], after[1000];
		snprintf(before, sizeof before, "%s", json_string_value(value));
		for (size_t at = 0; at < strlen(before); at++, count++) {
			snprintf(after, sizeof after, "%s", before);
			after[at] = after[at] == 'x' ? 'y' : 'x';
			json_string_set_nocheck(value, after);
			if (prove_answer(answer) != ERR_INPUT)
				ck_abort_msg("character %zu of %s", at, before);
		}
		json_string_set_nocheck(value, before);
	}
	return count;
}

START_TEST(no_part_of_a_proof_can_change)
{
	begin();
	json_t *answer = answer_of(2);
	ck_assert_uint_gt(alter_each(answer, answer), 800);
	ck_assert_int_eq(prove_answer(answer), ERR_NONE);
	json_t *inclusion = json_object_get(answer, "inclusion");
	json_array_append(inclusion, json_array_get(inclusion, 0));
	ck_assert_int_eq(prove_answer(answer), ERR_INPUT);
	json_array_remove(inclusion, json_array_size(inclusion) - 1);
	json_array_remove(json_object_get(answer, "members"), 0);
	ck_assert_int_eq(prove_answer(answer), ERR_INPUT);
	json_decref(answer);
	end();
}
END_TEST

START_TEST(what_is_missing_is_refused)
{
	static const char *const names[] = {"lineId", "force", "epoch", "leaf", "fields", "members", "leafIndex", "treeSize", "inclusion",
					    "checkpoint", "nationalIndex", "nationalSize", "nationalInclusion", "nationalCheckpoint"};
	begin();
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		json_t *answer = answer_of(0);
		json_object_del(answer, names[i]);
		ck_assert_msg(prove_answer(answer) == ERR_INPUT, "%s", names[i]);
		json_decref(answer);
	}
	end();
}
END_TEST

static void expect_no_head(json_t *answer, const char *name, const char *note)
{
	json_t *before = json_incref(json_object_get(answer, name));
	json_object_set_new(answer, name, json_string(note));
	ck_assert_int_eq(prove_answer(answer), ERR_INPUT);
	ck_assert_int_eq(evidence.found.how, VERIFY_WRONG_SIGNATURE);
	ck_assert_ptr_nonnull(strstr(evidence.found.text, "whose key is trusted to sign heads"));
	json_object_set_new(answer, name, before);
}

START_TEST(heads_that_the_key_of_receipts_signed_prove_nothing)
{
	char force[600], all[600];
	begin();
	json_t *answer = answer_of(0);
	sign_with(&receipts_key, FORCE, &lines, LINES, force);
	sign_with(&receipts_key, "*", &nation, 3, all);
	expect_no_head(answer, "checkpoint", force);
	expect_no_head(answer, "nationalCheckpoint", all);
	ck_assert_int_eq(prove_answer(answer), ERR_NONE);
	json_decref(answer);
	end();
}
END_TEST

START_TEST(growth_is_proven_and_a_fork_found)
{
	unsigned char hashes[REFERENCE_PATH][HASH_SIZE];
	char earlier[600];
	struct checkpoint later;
	begin();
	sign(FORCE, &lines, 3, earlier);
	json_t *proof = json_array(), *answer = json_pack("{s:i, s:i, s:O, s:s, s:s}", "from", 3, "to", LINES, "proof", proof, "checkpointFrom", earlier,
							  "checkpointTo", checkpoint);
	size_t count = reference_subproof(&lines, 3, 0, LINES, true, hashes);
	for (size_t i = 0; i < count; i++)
		json_array_append_new(proof, base64(hashes[i], HASH_SIZE));
	ck_assert_msg(!evidence_prove_growth(&evidence, answer, &later), "%s", evidence.found.text);
	ck_assert_uint_eq(later.size, LINES);
	json_array_remove(proof, 0);
	ck_assert_int_eq(evidence_prove_growth(&evidence, answer, &later), ERR_INPUT);
	ck_assert_int_eq(evidence.found.how, VERIFY_FORKED);
	evidence.found.count = 0;
	json_object_set_new(answer, "from", json_integer(2));
	ck_assert_int_eq(evidence_prove_growth(&evidence, answer, &later), ERR_INPUT);
	ck_assert_int_eq(evidence.found.how, VERIFY_ALTERED);
	evidence.found.count = 0;
	earlier[strlen(earlier) - 5] = earlier[strlen(earlier) - 5] == 'A' ? 'B' : 'A';
	json_object_set_new(answer, "checkpointFrom", json_string(earlier));
	ck_assert_int_eq(evidence_prove_growth(&evidence, answer, &later), ERR_INPUT);
	ck_assert_int_eq(evidence.found.how, VERIFY_WRONG_SIGNATURE);
	json_decref(proof);
	json_decref(answer);
	end();
}
END_TEST

static void add_json(struct bytes *text, const json_t *value)
{
	char *dumped = json_dumps(value, JSON_COMPACT);
	bytes_append_string(text, dumped);
	bytes_append_char(text, '\n');
	free(dumped);
}

static json_t *entry_of(int i)
{
	const json_t *fields = json_object_get(sources[i], "fields");
	return json_pack("{s:i, s:O, s:s, s:s, s:s, s:O, s:i, s:s, s:O, s:{s:s}, s:o, s:[]}", "number", i + 1, "lineId",
			 json_object_get(fields, "lineId"), "occurredAt", "2026-11-28T09:00:00.000000Z", "recordedAt", "2026-11-28T09:00:00.000000Z",
			 "relation", i == 4 ? "export" : "person", "recordId", json_object_get(fields, "recordId"), "version", 1, "kind", "collection", "actor",
			 json_object_get(fields, "actor"), "members", "given_name", "Thessaly A", "withheld",
			 i == 2 ? json_pack("[s]", "phones") : json_array(), "erased");
}

enum file { README, LINES_FILE, CHECKPOINT, NATIONAL, INCLUSION, CHRONOLOGY, FILES };
static const char *const file_names[FILES] = {"README.txt", "lines.ndjson", "checkpoint.txt", "national.txt", "national-inclusion.json",
					      "chronology.ndjson"};

struct parts {
	struct bytes files[FILES];
	json_t *manifest;
};

static void make_parts(struct parts *parts)
{
	for (int i = 0; i < FILES; i++)
		bytes_init(&parts->files[i], 1 << 16);
	bytes_append_string(&parts->files[README], "A bundle.\n");
	bytes_append_string(&parts->files[CHECKPOINT], checkpoint);
	bytes_append_string(&parts->files[NATIONAL], national_checkpoint);
	add_json(&parts->files[INCLUSION], national);
	for (int i = 0; i < LINES; i++) {
		json_t *entry = entry_of(i);
		add_json(&parts->files[LINES_FILE], sources[i]);
		add_json(&parts->files[CHRONOLOGY], entry);
		json_decref(entry);
	}
	parts->manifest = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:i, s:i, s:s, s:s, s:s, s:n, s:n, s:b, s:[{s:[s], s:s}], s:s, s:s, s:s}", "format",
				    "secondlook-chronology-bundle-v1", "force", FORCE, "lineId", "01a20000-0000-7000-8000-000000000004", "exportId",
				    "01a20000-0000-7000-8000-00000000abcd", "caseId", "01a20000-0000-7000-8000-00000000cccc", "checkpoint", checkpoint,
				    "lines", LINES, "lineCount", LINES, "kind", "chronology-bundle", "purpose", "inquest", "legalBasis", "legal_duty", "recipient", "reason",
				    "includeLooks", 0, "redactions", "members", "phones", "relation", "person", "holdId",
				    "01a20000-0000-7000-8000-00000000eeee", "madeBy", "WM-SU-1", "madeAt", "2026-11-28T09:00:00+00:00");
}

/* Signs the manifest; NULL: there is no signature. */
static void add_note(struct bytes *archive, const struct bytes *manifest, const struct note_key *signer)
{
	unsigned char hash[HASH_SIZE];
	char hex[2 * HASH_SIZE + 1], text[200];
	struct bytes note;
	if (!signer)
		return;
	ck_assert_int_eq(hash_bytes(&lines.hasher, manifest->data, manifest->length, hash), ERR_NONE);
	reference_hex(hash, HASH_SIZE, hex);
	snprintf(text, sizeof text, "secondlook-bundle-v1\n%s\n", hex);
	bytes_init(&note, 1000);
	ck_assert_int_eq(note_sign(signer, text, strlen(text), &note), ERR_NONE);
	tarring_add(archive, "manifest.note", note.data, note.length);
	bytes_release(&note);
}

/* The manifest tells of the files as they are, also of altered ones: who forges a bundle does that too. */
static void pack_signed(struct parts *parts, const struct note_key *signer, struct bytes *archive)
{
	struct bytes text;
	json_t *stated = json_object();
	bytes_init(archive, 1 << 20);
	bytes_init(&text, 1 << 16);
	for (int i = 0; i < FILES; i++) {
		unsigned char hash[HASH_SIZE];
		char hex[2 * HASH_SIZE + 1];
		ck_assert_int_eq(hash_bytes(&lines.hasher, parts->files[i].data, parts->files[i].length, hash), ERR_NONE);
		reference_hex(hash, HASH_SIZE, hex);
		json_object_set_new(stated, file_names[i], json_string(hex));
		tarring_add(archive, file_names[i], parts->files[i].data, parts->files[i].length);
	}
	json_object_set_new(parts->manifest, "files", stated);
	add_json(&text, parts->manifest);
	tarring_add(archive, "manifest.json", text.data, text.length);
	add_note(archive, &text, signer);
	tarring_end(archive);
	bytes_release(&text);
}

/* Signed by who is trusted, so that what lies under the signature is looked at. */
static void pack(struct parts *parts, struct bytes *archive)
{
	pack_signed(parts, &receipts_key, archive);
}

static void release_parts(struct parts *parts)
{
	for (int i = 0; i < FILES; i++)
		bytes_release(&parts->files[i]);
	json_decref(parts->manifest);
}

static enum err prove_bundle(const struct bytes *archive)
{
	evidence.found = (struct verify_fault){.count = 0};
	enum err error = evidence_prove_bundle(&evidence, archive->data, archive->length);
	ck_assert_int_eq(error == ERR_INPUT, evidence.found.count > 0);
	arena_reset(&evidence.arena);
	return error;
}

START_TEST(a_bundle_is_proven_and_no_byte_of_it_can_change)
{
	struct parts parts;
	struct bytes archive;
	begin();
	make_parts(&parts);
	pack(&parts, &archive);
	ck_assert_msg(!prove_bundle(&archive), "%s", evidence.found.text);
	for (size_t i = 0; i < archive.length; i++) {
		archive.data[i] ^= 0x01;
		if (prove_bundle(&archive) != ERR_INPUT)
			ck_abort_msg("byte %zu, 0x%02x", i, (unsigned)archive.data[i]);
		archive.data[i] ^= 0x01;
	}
	ck_assert_int_eq(prove_bundle(&archive), ERR_NONE);
	bytes_release(&archive);
	release_parts(&parts);
	end();
}
END_TEST

struct forgery {
	enum file file;
	const char *what, *with; /* of the same length */
	enum verify_how how;
	const char *text;
};

static void replace(struct bytes *file, const char *what, const char *with)
{
	char *at = strstr(bytes_string(file), what);
	ck_assert_msg(at && strlen(what) == strlen(with), "%s", what);
	memcpy(at, with, strlen(with));
}

/* What is forged together with the manifest. */
START_TEST(a_forged_bundle_is_found)
{
	static const struct forgery forgeries[] = {
		{LINES_FILE, "WM-CH-1", "WM-CH-2", VERIFY_ALTERED, "isn't what was sealed as leaf 0"},
		{LINES_FILE, "Thessaly", "Thessalx", VERIFY_ALTERED, "isn't what was sealed as leaf 0"},
		{LINES_FILE, "\"leafIndex\":3", "\"leafIndex\":2", VERIFY_ALTERED, "isn't what was sealed as leaf 2"},
		{LINES_FILE, "\"given_name\"", "\"siven_name\"", VERIFY_REORDERED, "aren't in their order"},
		{CHECKPOINT, "\n5\n", "\n6\n", VERIFY_WRONG_SIGNATURE, "checkpoint.txt: the signature doesn't belong"},
		{NATIONAL, "\n3\n", "\n4\n", VERIFY_WRONG_SIGNATURE, "national.txt: the signature doesn't belong"},
		{INCLUSION, "\"nationalIndex\":1", "\"nationalIndex\":0", VERIFY_ALTERED, "the force's head: isn't what was sealed"},
		{CHRONOLOGY, "Thessaly", "Thessalx", VERIFY_ALTERED, "what it tells of given_name isn't in line 01a20000-0000-7000-8000-000000000000"},
		{CHRONOLOGY, "WM-CH-1", "WM-CH-2", VERIFY_ALTERED, "what it tells of line 01a20000-0000-7000-8000-000000000000 isn't so"},
		{CHRONOLOGY, "\"version\":1", "\"version\":2", VERIFY_ALTERED, "isn't so"},
		{CHRONOLOGY, "T09:00:00", "T08:00:00", VERIFY_ALTERED, "has no such moment"},
		{CHRONOLOGY, "\"number\":3", "\"number\":4", VERIFY_REORDERED, "its entry 3 isn't where it belongs"},
		{CHRONOLOGY, "8000-000000000003", "8000-000000000009", VERIFY_INSERTED, "line 01a20000-0000-7000-8000-000000000009 is not in the bundle"},
		{CHRONOLOGY, "phones", "emails", VERIFY_ALTERED, "of line 01a20000-0000-7000-8000-000000000002 emails isn't redacted"},
	};
	begin();
	for (size_t i = 0; i < sizeof forgeries / sizeof *forgeries; i++) {
		struct parts parts;
		struct bytes archive;
		make_parts(&parts);
		replace(&parts.files[forgeries[i].file], forgeries[i].what, forgeries[i].with);
		pack(&parts, &archive);
		ck_assert_msg(prove_bundle(&archive) == ERR_INPUT, "%s", forgeries[i].with);
		ck_assert_msg(evidence.found.how == forgeries[i].how && strstr(evidence.found.text, forgeries[i].text), "%s: %s", forgeries[i].with,
			      evidence.found.text);
		bytes_release(&archive);
		release_parts(&parts);
	}
	end();
}
END_TEST

static void expect_signature(const struct note_key *signer, enum verify_how how, const char *text)
{
	struct parts parts;
	struct bytes archive;
	make_parts(&parts);
	replace(&parts.files[README], "bundle", "bumble");
	pack_signed(&parts, signer, &archive);
	ck_assert_int_eq(prove_bundle(&archive), ERR_INPUT);
	ck_assert_msg(evidence.found.how == how && strstr(evidence.found.text, text), "%s", evidence.found.text);
	bytes_release(&archive);
	release_parts(&parts);
}

/* A file and its hash in the manifest are changed together, by who has no key that is trusted. */
START_TEST(a_mended_manifest_is_not_signed)
{
	struct note_key other;
	struct parts parts;
	struct bytes archive, mended;
	begin();
	ck_assert_int_eq(note_key_generate("secondlook", &other), ERR_NONE);
	expect_signature(NULL, VERIFY_MISSING, "manifest.note: is not in the bundle");
	expect_signature(&key, VERIFY_WRONG_SIGNATURE, "the key of receipts, which signs bundles, isn't among those to trust");
	expect_signature(&other, VERIFY_WRONG_SIGNATURE, "the key of receipts, which signs bundles, isn't among those to trust");
	make_parts(&parts);
	pack(&parts, &archive);
	replace(&parts.files[README], "bundle", "bumble");
	pack_signed(&parts, NULL, &mended);
	/* The note that was signed goes before the end of the mended archive. */
	mended.length -= 2 * TARRING_BLOCK;
	bytes_append(&mended, archive.data + archive.length - 4 * TARRING_BLOCK, 4 * TARRING_BLOCK);
	ck_assert_int_eq(prove_bundle(&mended), ERR_INPUT);
	ck_assert_str_eq(evidence.found.text, "manifest.json: isn't the one that was signed");
	bytes_release(&archive);
	bytes_release(&mended);
	release_parts(&parts);
	note_key_release(&other);
	end();
}
END_TEST

/* The last entry, with something else of that name; NULL: without it. */
static void expect_entry(const char *name, json_t *value, enum verify_how how, const char *text)
{
	struct parts parts;
	struct bytes archive;
	json_t *entry = NULL;
	make_parts(&parts);
	bytes_clear(&parts.files[CHRONOLOGY]);
	for (int i = 0; i < LINES - 1; i++) {
		entry = entry_of(i);
		add_json(&parts.files[CHRONOLOGY], entry);
		json_decref(entry);
	}
	entry = entry_of(LINES - 1);
	if (value)
		json_object_set_new(entry, name, value);
	else
		json_object_del(entry, name);
	add_json(&parts.files[CHRONOLOGY], entry);
	pack(&parts, &archive);
	ck_assert_msg(prove_bundle(&archive) == ERR_INPUT, "%s", name);
	ck_assert_msg(evidence.found.how == how && strstr(evidence.found.text, text), "%s: %s", name, evidence.found.text);
	json_decref(entry);
	bytes_release(&archive);
	release_parts(&parts);
}

START_TEST(an_entry_holds_what_its_line_holds)
{
	static const char *const names[] = {"relation", "recordId", "version", "kind", "actor", "number", "occurredAt", "recordedAt", "members",
					    "withheld", "erased"};
	begin();
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		expect_entry(names[i], NULL, i < 5 ? VERIFY_ALTERED : VERIFY_MISSING, names[i]);
	expect_entry("lineId", NULL, VERIFY_INSERTED, "line (none) is not in the bundle");
	expect_entry("title", json_string("He was never there."), VERIFY_INSERTED, "tells more of line 01a20000-0000-7000-8000-000000000004");
	expect_entry("actor", json_null(), VERIFY_ALTERED, "isn't so: actor");
	expect_entry("number", json_integer(6), VERIFY_REORDERED, "its entry 5 isn't where it belongs");
	expect_entry("recordedAt", json_string("2026-11-28T09:30:00.000000Z"), VERIFY_ALTERED, "has no such moment");
	expect_entry("members", json_pack("{s:s}", "narrative", "He was never there."), VERIFY_ALTERED, "of narrative isn't in line");
	expect_entry("members", json_string("He was never there."), VERIFY_ALTERED, "are no members");
	expect_entry("withheld", json_string("narrative"), VERIFY_ALTERED, "are no names");
	expect_entry("erased", json_pack("{s:s}", "narrative", "He was never there."), VERIFY_ALTERED, "are no names");
	end();
}
END_TEST

/* With another first line, NULL: without one, in a bundle whose other files are as if it were so. */
static void expect_line(const json_t *line, enum err expected, enum verify_how how, const char *text)
{
	struct parts parts;
	struct bytes archive;
	make_parts(&parts);
	bytes_clear(&parts.files[LINES_FILE]);
	bytes_clear(&parts.files[CHRONOLOGY]);
	for (int i = 0; i < LINES; i++)
		if (i || line)
			add_json(&parts.files[LINES_FILE], i ? sources[i] : line);
	json_object_set_new(parts.manifest, "lines", json_integer(line ? LINES : LINES - 1));
	pack(&parts, &archive);
	ck_assert_msg(prove_bundle(&archive) == expected, "%s: %s", text, evidence.found.text);
	ck_assert_msg(!expected || (evidence.found.how == how && strstr(evidence.found.text, text)), "%s", evidence.found.text);
	bytes_release(&archive);
	release_parts(&parts);
}

START_TEST(no_line_is_missing)
{
	begin();
	expect_line(sources[0], ERR_NONE, 0, "");
	expect_line(NULL, ERR_INPUT, VERIFY_MISSING, "holds 4 lines of records, not as many as the export's own line says");
	end();
}
END_TEST

/* The first line with its given name's hash alone, and what is said about that. */
static json_t *without_name(const char *mark, json_t *why)
{
	static const unsigned char salt[LEAF_SALT_SIZE] = {7, 7, 7};
	static const char value[] = "\"Thessaly \\u0041\"";
	unsigned char hash[HASH_SIZE];
	json_t *line = json_deep_copy(sources[0]);
	ck_assert_int_eq(leaf_member_hash(&evidence.hasher, "given_name", value, strlen(value), salt, hash), ERR_NONE);
	json_t *member = json_pack("{s:s, s:o}", "name", "given_name", "hash", base64(hash, HASH_SIZE));
	if (mark)
		json_object_set_new(member, mark, why);
	json_array_set_new(json_object_get(line, "members"), 0, member);
	return line;
}

START_TEST(what_is_left_out_has_a_reason)
{
	static const char text[] = "line 01a20000-0000-7000-8000-000000000000: nothing says why its given_name is withheld or erased";
	begin();
	json_t *lines_told[] = {without_name(NULL, NULL), without_name("redacted", json_true()), without_name("erased", json_true()),
				without_name("erased", json_pack("{s:s}", "at", "2026-11-28T09:00:00Z")),
				without_name("erased", json_pack("{s:s, s:s}", "at", "2026-11-28T09:00:00Z", "authority", "A court")), json_deep_copy(sources[0])};
	json_object_set_new(json_array_get(json_object_get(lines_told[5], "members"), 0), "redacted", json_true());
	for (size_t i = 0; i < sizeof lines_told / sizeof *lines_told; i++) {
		expect_line(lines_told[i], i == 4 ? ERR_NONE : ERR_INPUT, VERIFY_ALTERED, text);
		json_decref(lines_told[i]);
	}
	end();
}
END_TEST

static void expect_manifest(const char *name, json_t *value, const char *text)
{
	struct parts parts;
	struct bytes archive;
	make_parts(&parts);
	if (value)
		json_object_set_new(parts.manifest, name, value);
	else
		json_object_del(parts.manifest, name);
	pack(&parts, &archive);
	ck_assert_msg(prove_bundle(&archive) == ERR_INPUT && strstr(evidence.found.text, text), "%s: %s", name, evidence.found.text);
	bytes_release(&archive);
	release_parts(&parts);
}

START_TEST(a_forged_manifest_is_found)
{
	begin();
	expect_manifest("format", NULL, "of no format that is known");
	expect_manifest("force", json_string("northumbria"), "not of the force's tree");
	expect_manifest("lineId", json_string("01a20000-0000-7000-8000-000000000009"), "the export's own line is not in");
	expect_manifest("lineId", json_string("01a20000-0000-7000-8000-000000000003"), "is of no export");
	expect_manifest("exportId", json_string("01a20000-0000-7000-8000-00000000abce"), "its exportId isn't what");
	expect_manifest("redactions", json_array(), "its redactions isn't what");
	expect_manifest("recipient", json_string("The coroner"), "its recipient isn't what");
	expect_manifest("purpose", NULL, "its purpose isn't what");
	expect_manifest("remark", json_string("All is well."), "says something of remark");
	expect_manifest("caseId", json_string("01a20000-0000-7000-8000-00000000ccc1"), "its caseId isn't what the export's line says");
	expect_manifest("checkpoint", NULL, "its checkpoint is not checkpoint.txt");
	expect_manifest("lines", json_integer(4), "doesn't hold as many lines");
	expect_manifest("lineCount", json_integer(4), "its lineCount isn't what");
	end();
}
END_TEST

/* A receipt of the first two lines, to be held against a file. */
static enum err prove_receipt(int64_t until_us, const unsigned char *leaf, const struct bytes *proofs)
{
	struct directory directory = directory_new();
	struct settings settings = {.proof = directory_path(&directory, "proofs")};
	struct bytes text, fault;
	char until[TIME_TEXT_SIZE];
	bool is_pending = false;
	directory_put(&directory, "proofs", bytes_string((struct bytes *)(uintptr_t)proofs));
	bytes_init(&text, 1000);
	bytes_init(&fault, 1000);
	time_format(until_us, until);
	bytes_format(&text, "secondlook-receipt-v1\n" FORCE "\n%s\n", until);
	for (int i = 0; i < 2; i++) {
		bytes_format(&text, "01a20000-0000-7000-8000-00000000000%d ", i);
		codec_append_base64(&text, i == 1 && leaf ? leaf : lines.leaves[i], HASH_SIZE);
		bytes_append_char(&text, '\n');
	}
	evidence.found = (struct verify_fault){.count = 0};
	enum err error = evidence_prove_receipt(&evidence, &settings, text.data, text.length, &fault, &is_pending);
	ck_assert(!is_pending);
	bytes_release(&text);
	bytes_release(&fault);
	directory_remove(&directory);
	return error;
}

static void add_answer(struct bytes *proofs, int i)
{
	json_t *answer = answer_of(i);
	add_json(proofs, answer);
	json_decref(answer);
}

START_TEST(a_receipt_is_held_against_proofs)
{
	struct bytes proofs;
	begin();
	bytes_init(&proofs, 1 << 16);
	add_answer(&proofs, 0);
	ck_assert_int_eq(prove_receipt(signed_at_us, NULL, &proofs), ERR_INPUT);
	ck_assert_int_eq(evidence.found.how, VERIFY_MISSING);
	add_answer(&proofs, 1);
	add_answer(&proofs, 4);
	ck_assert_msg(!prove_receipt(signed_at_us, NULL, &proofs), "%s", evidence.found.text);
	ck_assert_int_eq(prove_receipt(signed_at_us - 1, NULL, &proofs), ERR_INPUT);
	ck_assert_int_eq(evidence.found.how, VERIFY_LATE);
	ck_assert_int_eq(prove_receipt(signed_at_us, lines.leaves[0], &proofs), ERR_INPUT);
	ck_assert_int_eq(evidence.found.how, VERIFY_ALTERED);
	bytes_release(&proofs);
	end();
}
END_TEST

START_TEST(what_is_no_receipt_is_refused)
{
	static const char *const wrong[] = {
		"secondlook-receipt-v1\n", "secondlook-receipt-v1\n" FORCE "\n2026-11-28T09:30:00.000000Z\n",
		"secondlook-receipt-v1\n" FORCE "\nsoon\n01a20000-0000-7000-8000-000000000000 47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
		"secondlook-receipt-v1\n" FORCE "\n2026-11-28T09:30:00.000000Z\n01a20000 47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
		"secondlook-receipt-v1\n" FORCE "\n2026-11-28T09:30:00.000000Z\n01a20000-0000-7000-8000-000000000000 47DEQpj8HBSa\n",
		"secondlook-receipt-v1\n" FORCE "\n2026-11-28T09:30:00.000000Z\n01a20000-0000-7000-8000-000000000000 47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
	};
	struct settings settings = {.proof = "/nonexistent"};
	struct bytes fault;
	bool is_pending;
	begin();
	bytes_init(&fault, 1000);
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		ck_assert_msg(evidence_prove_receipt(&evidence, &settings, wrong[i], strlen(wrong[i]), &fault, &is_pending) == ERR_INPUT, "%s", wrong[i]);
	ck_assert_uint_eq(evidence.found.count, sizeof wrong / sizeof *wrong);
	bytes_release(&fault);
	end();
}
END_TEST

UNIT("evidence", every_line_is_proven, no_part_of_a_proof_can_change, what_is_missing_is_refused, heads_that_the_key_of_receipts_signed_prove_nothing, growth_is_proven_and_a_fork_found,
     a_bundle_is_proven_and_no_byte_of_it_can_change, a_forged_bundle_is_found,
     a_mended_manifest_is_not_signed, an_entry_holds_what_its_line_holds, no_line_is_missing, what_is_left_out_has_a_reason, a_forged_manifest_is_found, a_receipt_is_held_against_proofs,
     what_is_no_receipt_is_refused)
