/* Gathers a bundle's files from the rows, and packs them. */
#include "api/exports/bundle.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/exports/chronology.h"
#include "api/exports/cell.h"
#include "render/tar.h"

/* In the order of the tar; what else the rows bring comes after. */
enum file_number {
	FILE_README, FILE_MANIFEST, FILE_NOTE, FILE_LINES, FILE_CHECKPOINT, FILE_NATIONAL, FILE_NATIONAL_INCLUSION, FILE_KEYS,
	FILE_CHRONOLOGY_HTML, FILE_CHRONOLOGY, FILE_FIXED_COUNT
};

enum { FILES_MAXIMUM = 100, NAME_SIZE = 100, HASH_TEXT_SIZE = 65 };

struct file {
	char name[NAME_SIZE];
	struct bytes content;
};

struct bundle {
	struct file files[FILES_MAXIMUM];
	size_t count;
	struct bytes about; /* members of the manifest that the rows gave */
	int64_t modified;
	long line_count;
	bool too_many;
};

static const char readme[] =
	"A chronology bundle: everything the ledger has of one case, up to the moment it was made.\n"
	"\n"
	"chronology.html       to read and to print, in any browser, without a network\n"
	"chronology.ndjson     the same for programs; every entry names the line that it tells\n"
	"lines.ndjson          the ledger's lines: what was recorded, by whom, when, and the proof of each\n"
	"checkpoint.txt        the signed head of the force's ledger that the proofs lead to\n"
	"national.txt          the signed head of all forces' ledgers, which holds that one\n"
	"national-inclusion.json  the proof of that\n"
	"keys.txt              the keys that signed\n"
	"epochs/               the same heads for lines of earlier runs of the ledger, where there are any\n"
	"manifest.json         what this is, for whom it was made, and the SHA-256 of every other file\n"
	"manifest.note         the service's signature of that\n"
	"\n"
	"To check it, off line:  secondlook ledger verify FILE.tar --key KEYS\n"
	"where KEYS is a file of keys that came to you by another way than this bundle: keys.txt alone proves nothing. Two keys signed:\n"
	"the ledger's the heads, which prove every line; the service's this copy, which lines it took, and the page to read.\n"
	"\n"
	"\"redacted\" members were withheld from this copy, \"erased\" ones are no longer held by anyone. Of both the hash is there,\n"
	"so the line's proof is what it was.\n";

static void *bundle_begin(void)
{
	static const char *const names[FILE_FIXED_COUNT] = {"README.txt",	"manifest.json", "manifest.note",
							    "lines.ndjson",	"checkpoint.txt", "national.txt",
							    "national-inclusion.json", "keys.txt",	 "chronology.html",
							    "chronology.ndjson"};
	struct bundle *bundle = calloc(1, sizeof *bundle);
	if (!bundle)
		return NULL;
	for (; bundle->count < FILE_FIXED_COUNT; bundle->count++) {
		snprintf(bundle->files[bundle->count].name, NAME_SIZE, "%s", names[bundle->count]);
		bytes_init(&bundle->files[bundle->count].content, BUNDLE_MAXIMUM);
	}
	bytes_init(&bundle->about, BUNDLE_MAXIMUM);
	return bundle;
}

static void bundle_release(void *state)
{
	struct bundle *bundle = state;
	if (!bundle)
		return;
	for (size_t i = 0; i < bundle->count; i++)
		bytes_release(&bundle->files[i].content);
	bytes_release(&bundle->about);
	free(bundle);
}

static void forget(struct bundle *bundle)
{
	for (size_t i = 0; i < bundle->count; i++)
		bytes_clear(&bundle->files[i].content);
	bytes_clear(&bundle->about);
	bundle->line_count = 0;
}

static void take_about(struct bundle *bundle, const struct rows *rows)
{
	size_t length;
	const char *modified = cell_text(rows, 0, "modified", &length);
	bundle->modified = modified ? strtoll(modified, NULL, 10) : 0;
	cell_append(&bundle->about, rows, 0, "manifest");
	chronology_begin(&bundle->files[FILE_CHRONOLOGY_HTML].content, rows);
}

static void append_lines(struct bytes *out, const struct rows *rows, const char *column)
{
	size_t length;
	for (int row = 0; row < rows->count; row++)
		if (cell_text(rows, row, column, &length)) {
			cell_append(out, rows, row, column);
			bytes_append_char(out, '\n');
		}
}

static void take_chronology(struct bundle *bundle, const struct rows *rows)
{
	chronology_rows(&bundle->files[FILE_CHRONOLOGY_HTML].content, rows);
	chronology_end(&bundle->files[FILE_CHRONOLOGY_HTML].content);
	append_lines(&bundle->files[FILE_CHRONOLOGY].content, rows, "entry");
}

/* The file of that name, a new one when there is none yet. NULL: the name or one more file doesn't fit. */
static struct file *named(struct bundle *bundle, const char *name, size_t length)
{
	for (size_t i = 0; i < bundle->count; i++)
		if (strlen(bundle->files[i].name) == length && memcmp(bundle->files[i].name, name, length) == 0)
			return &bundle->files[i];
	if (bundle->count == FILES_MAXIMUM || length >= NAME_SIZE)
		return NULL;
	struct file *file = &bundle->files[bundle->count++];
	memcpy(file->name, name, length);
	bytes_init(&file->content, BUNDLE_MAXIMUM);
	return file;
}

static void take_files(struct bundle *bundle, const struct rows *rows)
{
	size_t length;
	for (int row = 0; row < rows->count; row++) {
		const char *name = cell_text(rows, row, "name", &length);
		struct file *file = name ? named(bundle, name, length) : NULL;
		if (file)
			cell_append(&file->content, rows, row, "content");
		else
			bundle->too_many = true;
	}
}

static void bundle_rows(void *state, size_t statement, const struct rows *rows)
{
	struct bundle *bundle = state;
	switch (statement) {
	case 0:
		forget(bundle);
		take_about(bundle, rows);
		break;
	case 1:
		take_chronology(bundle, rows);
		break;
	case 2:
		take_files(bundle, rows);
		break;
	default:
		append_lines(&bundle->files[FILE_LINES].content, rows, "line");
		bundle->line_count = rows->count;
	}
}

static bool hash(const struct bytes *content, char text[HASH_TEXT_SIZE])
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned int length = 0;
	if (EVP_Digest(content->data ? content->data : "", content->length, digest, &length, EVP_sha256(), NULL) != 1)
		return false;
	for (unsigned int i = 0; i < length; i++)
		snprintf(text + 2 * i, 3, "%02x", digest[i]);
	return true;
}

/* One line, no blanks outside of strings. */
static enum err write_manifest(struct bundle *bundle)
{
	struct bytes *manifest = &bundle->files[FILE_MANIFEST].content;
	char text[HASH_TEXT_SIZE];
	bytes_append_char(manifest, '{');
	bytes_append(manifest, bundle->about.data, bundle->about.length);
	bytes_format(manifest, ",\"lines\":%ld,\"files\":{", bundle->line_count);
	for (size_t i = 0; i < bundle->count; i++) {
		if (i == FILE_MANIFEST || i == FILE_NOTE)
			continue;
		if (!hash(&bundle->files[i].content, text))
			return ERR_SYSTEM;
		bytes_format(manifest, "%s\"%s\":\"%s\"", i ? "," : "", bundle->files[i].name, text);
	}
	bytes_append_string(manifest, "}}\n");
	return ERR_NONE;
}

/* Nothing that was sealed holds the page, the sentences in it, or which looks there are: whoever handed out the bundle signs for those. */
static enum err sign_manifest(struct bundle *bundle, const struct note_key *key)
{
	char digest[HASH_TEXT_SIZE], text[sizeof BUNDLE_NOTE + HASH_TEXT_SIZE];
	if (!hash(&bundle->files[FILE_MANIFEST].content, digest))
		return ERR_SYSTEM;
	snprintf(text, sizeof text, BUNDLE_NOTE "%s\n", digest);
	return note_sign(key, text, strlen(text), &bundle->files[FILE_NOTE].content);
}

static bool any_failed(const struct bundle *bundle)
{
	bool failed = bundle->about.failed || bundle->too_many;
	for (size_t i = 0; i < bundle->count; i++)
		failed = failed || bundle->files[i].content.failed;
	return failed;
}

static enum err bundle_finish(void *state, const struct note_key *key, struct bytes *body)
{
	struct bundle *bundle = state;
	if (!key)
		return ERR_NOT_NOW;
	bytes_append_string(&bundle->files[FILE_README].content, readme);
	note_key_append_vkey(key, &bundle->files[FILE_KEYS].content);
	enum err error = write_manifest(bundle);
	if (error == ERR_NONE)
		error = sign_manifest(bundle, key);
	if (error != ERR_NONE)
		return error;
	for (size_t i = 0; i < bundle->count; i++)
		tar_append(body, bundle->files[i].name, bundle->files[i].content.data, bundle->files[i].content.length,
			   bundle->modified);
	tar_end(body);
	return any_failed(bundle) || body->failed ? ERR_LIMIT : ERR_NONE;
}

const struct writer bundle_writer = {
	.name = "chronology_bundle",
	.content_type = "application/x-tar",
	.extension = "tar",
	.maximum = BUNDLE_MAXIMUM,
	.begin = bundle_begin,
	.rows = bundle_rows,
	.finish = bundle_finish,
	.release = bundle_release,
};
