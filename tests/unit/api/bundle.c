/* Tests api/exports/bundle.c: the files, their order, the manifest's hashes; and that what doesn't fit is told. */
#include "api/exports/bundle.h"

#include <jansson.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/unit.h"
#include "unit/render/fixture.h"

enum { BLOCK = 512 };

static const struct column about_columns[] = {{"case_name", COLUMN_TEXT}, {"modified", COLUMN_NUMBER}, {"manifest", COLUMN_TEXT}};
static const struct column chronology_columns[] = {{"number", COLUMN_TEXT}, {"title", COLUMN_TEXT}, {"entry", COLUMN_TEXT}};
static const struct column file_columns[] = {{"name", COLUMN_TEXT}, {"content", COLUMN_TEXT}};
static const struct column line_columns[] = {{"line", COLUMN_TEXT}, {"@seen", COLUMN_TEXT}};

static void give(void *state, size_t statement, const struct column *columns, int column_count, const fixture_row *cells, int count)
{
	struct rows rows = fixture_rows(columns, column_count, cells, count);
	bundle_writer.rows(state, statement, &rows);
}

static void give_all(void *state)
{
	static const fixture_row about[] = {{"C-1", "1764000000", "\"format\":\"x\""}};
	static const fixture_row told[] = {{"1", "Contact recorded", "{\"number\":1}"}, {"1", "Contact recorded", NULL}, {"2", "Case recorded", "{\"number\":2}"}};
	static const fixture_row files[] = {{"checkpoint.txt", "a head\n"}, {"national.txt", "the nation's\n"}, {"keys.txt", "a key\n"},
					    {"epochs/0123456789abcdef/checkpoint.txt", "an older head\n"}, {"national-inclusion.json", "{}\n"}};
	static const fixture_row lines[] = {{"{\"leafIndex\":0}", "case:1:1"}, {"{\"leafIndex\":1}", "contact:1:1"}};
	give(state, 0, about_columns, 3, about, 1);
	give(state, 1, chronology_columns, 3, told, 3);
	give(state, 2, file_columns, 2, files, 5);
	give(state, 3, line_columns, 2, lines, 2);
}

/* The content of the file with that number in the tar; `name` must be its name. */
static const char *content(const struct bytes *tar, int number, const char *name, size_t *length)
{
	const char *at = tar->data;
	for (int i = 0; i < number; i++) {
		*length = strtoul(at + 124, NULL, 8);
		at += BLOCK + (*length + BLOCK - 1) / BLOCK * BLOCK;
		ck_assert_uint_lt((size_t)(at - tar->data), tar->length);
	}
	ck_assert_str_eq(at, name);
	*length = strtoul(at + 124, NULL, 8);
	return at + BLOCK;
}

static void expect(const struct bytes *tar, int number, const char *name, const char *expected)
{
	size_t length;
	const char *text = content(tar, number, name, &length);
	ck_assert_uint_eq(length, strlen(expected));
	ck_assert_int_eq(memcmp(text, expected, length), 0);
}

/* RFC 8032's first test key: the same one each time, so that the same files make the same bundle. */
static struct note_key key(void)
{
	static const char pem[] = "-----BEGIN PRIVATE KEY-----\n"
				  "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n"
				  "-----END PRIVATE KEY-----\n";
	struct note_key made;
	ck_assert_int_eq(note_key_read("receipts", pem, strlen(pem), &made), ERR_NONE);
	return made;
}

/* To its end, signed. */
static enum err finish(void *state, struct bytes *tar)
{
	struct note_key signer = key();
	enum err error = bundle_writer.finish(state, &signer, tar);
	note_key_release(&signer);
	return error;
}

static void make(struct bytes *tar)
{
	void *state = bundle_writer.begin();
	bytes_init(tar, bundle_writer.maximum);
	give_all(state);
	ck_assert_int_eq(finish(state, tar), ERR_NONE);
	bundle_writer.release(state);
}

START_TEST(the_files_have_their_order)
{
	struct bytes tar;
	size_t length;
	make(&tar);
	content(&tar, 0, "README.txt", &length);
	content(&tar, 1, "manifest.json", &length);
	content(&tar, 2, "manifest.note", &length);
	expect(&tar, 3, "lines.ndjson", "{\"leafIndex\":0}\n{\"leafIndex\":1}\n");
	expect(&tar, 4, "checkpoint.txt", "a head\n");
	expect(&tar, 5, "national.txt", "the nation's\n");
	expect(&tar, 6, "national-inclusion.json", "{}\n");
	content(&tar, 7, "keys.txt", &length);
	content(&tar, 8, "chronology.html", &length);
	expect(&tar, 9, "chronology.ndjson", "{\"number\":1}\n{\"number\":2}\n");
	expect(&tar, 10, "epochs/0123456789abcdef/checkpoint.txt", "an older head\n");
	ck_assert_uint_eq(strtoul(tar.data + 136, NULL, 8), 1764000000);
	bytes_release(&tar);
}
END_TEST

static void hex_of(const char *text, size_t length, char hex[2 * EVP_MAX_MD_SIZE + 1])
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned int size;
	ck_assert_int_eq(EVP_Digest(text, length, digest, &size, EVP_sha256(), NULL), 1);
	for (unsigned int i = 0; i < size; i++)
		snprintf(hex + 2 * i, 3, "%02x", digest[i]);
}

static void check_hash(const struct bytes *tar, int number, const char *name, const json_t *files)
{
	char hex[2 * EVP_MAX_MD_SIZE + 1];
	size_t length;
	const char *text = content(tar, number, name, &length);
	hex_of(text, length, hex);
	ck_assert_str_eq(json_string_value(json_object_get(files, name)), hex);
}

START_TEST(the_manifest_has_the_hash_of_every_other_file)
{
	static const char *const names[] = {"README.txt", NULL, NULL, "lines.ndjson", "checkpoint.txt", "national.txt", "national-inclusion.json",
					    "keys.txt", "chronology.html", "chronology.ndjson", "epochs/0123456789abcdef/checkpoint.txt"};
	struct bytes tar;
	size_t length;
	make(&tar);
	const char *text = content(&tar, 1, "manifest.json", &length);
	json_t *manifest = json_loadb(text, length, 0, NULL);
	const json_t *files = json_object_get(manifest, "files");
	ck_assert_str_eq(json_string_value(json_object_get(manifest, "format")), "x");
	ck_assert_int_eq(json_integer_value(json_object_get(manifest, "lines")), 2);
	ck_assert_uint_eq(json_object_size(files), sizeof names / sizeof *names - 2);
	for (int i = 0; i < (int)(sizeof names / sizeof *names); i++)
		if (names[i])
			check_hash(&tar, i, names[i], files);
	json_decref(manifest);
	bytes_release(&tar);
}
END_TEST

START_TEST(the_manifest_is_signed)
{
	struct note_key signer = key();
	struct bytes tar;
	struct note note;
	size_t length, keys;
	char hex[2 * EVP_MAX_MD_SIZE + 1], expected[200];
	make(&tar);
	const char *manifest = content(&tar, 1, "manifest.json", &length);
	hex_of(manifest, length, hex);
	snprintf(expected, sizeof expected, "secondlook-bundle-v1\n%s\n", hex);
	const char *text = content(&tar, 2, "manifest.note", &length);
	ck_assert_int_eq(note_open(&signer, 1, text, length, &note), NOTE_GOOD);
	ck_assert_uint_eq(note.length, strlen(expected));
	ck_assert_int_eq(memcmp(note.text, expected, note.length), 0);
	text = content(&tar, 7, "keys.txt", &keys);
	ck_assert_int_eq(memcmp(text, "a key\nreceipts+", strlen("a key\nreceipts+")), 0);
	bytes_release(&tar);
	note_key_release(&signer);
}
END_TEST

START_TEST(nothing_is_made_without_a_key)
{
	struct bytes tar;
	void *state = bundle_writer.begin();
	bytes_init(&tar, bundle_writer.maximum);
	give_all(state);
	ck_assert_int_eq(bundle_writer.finish(state, NULL, &tar), ERR_NOT_NOW);
	ck_assert_uint_eq(tar.length, 0);
	bytes_release(&tar);
	bundle_writer.release(state);
}
END_TEST

START_TEST(a_repetition_begins_anew)
{
	struct bytes once, twice;
	void *state = bundle_writer.begin();
	make(&once);
	bytes_init(&twice, bundle_writer.maximum);
	give_all(state);
	give_all(state);
	ck_assert_int_eq(finish(state, &twice), ERR_NONE);
	bundle_writer.release(state);
	ck_assert_uint_eq(once.length, twice.length);
	ck_assert_int_eq(memcmp(once.data, twice.data, once.length), 0);
	bytes_release(&once);
	bytes_release(&twice);
}
END_TEST

START_TEST(what_does_not_fit_is_told)
{
	static const fixture_row nameless[] = {{NULL, "x"}};
	struct bytes tar;
	void *state = bundle_writer.begin();
	bytes_init(&tar, 4000);
	give_all(state);
	ck_assert_int_eq(finish(state, &tar), ERR_LIMIT);
	bytes_release(&tar);
	bundle_writer.release(state);
	state = bundle_writer.begin();
	bytes_init(&tar, bundle_writer.maximum);
	give_all(state);
	give(state, 2, file_columns, 2, nameless, 1);
	ck_assert_int_eq(finish(state, &tar), ERR_LIMIT);
	bytes_release(&tar);
	bundle_writer.release(state);
	bundle_writer.release(NULL);
}
END_TEST

UNIT("bundle", the_files_have_their_order, the_manifest_has_the_hash_of_every_other_file, the_manifest_is_signed,
     nothing_is_made_without_a_key, a_repetition_begins_anew, what_does_not_fit_is_told)
