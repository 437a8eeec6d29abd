/* Makes, keeps and loads the ledger's signing keys. */
#include "ledger_keys.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "files.h"

enum { PATH_SIZE = 4096, KEY_FILE_MAXIMUM = 1 << 14 };

static const char receipts_end[] = "-receipts";
static const char bad_name[] = "no blank, no +, at most 91 bytes, not ending in -receipts";

struct key_files {
	char key[PATH_SIZE], vkey[PATH_SIZE];
};

static enum err name_files(const char *directory, enum ledger_key which, struct bytes *fault, struct key_files *files)
{
	const char *word = which == LEDGER_KEY_CHECKPOINTS ? "ledger" : "receipt";
	int key = snprintf(files->key, PATH_SIZE, "%s/%s.key", directory, word);
	int vkey = snprintf(files->vkey, PATH_SIZE, "%s/%s.vkey", directory, word);
	if (key >= 0 && key < PATH_SIZE && vkey >= 0 && vkey < PATH_SIZE)
		return ERR_NONE;
	bytes_format(fault, "%s: is too long a name\n", directory);
	return ERR_INPUT;
}

static enum err refuse(struct bytes *fault, const char *path, const char *why)
{
	bytes_format(fault, "%s: %s\n", path, why);
	return ERR_INPUT;
}

static enum err read_file(const char *path, struct bytes *fault, struct bytes *content)
{
	enum err error = files_read(path, content);
	if (!error && content->failed)
		error = ERR_LIMIT;
	return error ? refuse(fault, path, error == ERR_SYSTEM ? strerror(errno) : "is too long") : ERR_NONE;
}

static void release_secret(struct bytes *content)
{
	if (content->data)
		explicit_bzero(content->data, content->capacity);
	bytes_release(content);
}

static enum err read_key(const char *path, const char *name, struct bytes *fault, struct note_key *key)
{
	struct bytes pem;
	bytes_init(&pem, KEY_FILE_MAXIMUM);
	enum err error = read_file(path, fault, &pem);
	if (!error && note_key_read(name, pem.data ? pem.data : "", pem.length, key))
		error = refuse(fault, path, "is no Ed25519 key in PEM");
	release_secret(&pem);
	return error;
}

static enum ledger_key what_it_signs(const char *name)
{
	size_t length = strlen(name), end = sizeof receipts_end - 1;
	bool is_of_receipts = length >= end && strcmp(name + length - end, receipts_end) == 0;
	return is_of_receipts ? LEDGER_KEY_RECEIPTS : LEDGER_KEY_CHECKPOINTS;
}

static enum err add_key(const char *vkey, size_t length, const char *name, struct bytes *fault, struct key_ring *ring)
{
	struct note_key key;
	if (note_key_parse(vkey, length, &key))
		return refuse(fault, name, "is no file of vkeys: name+key id+base64, one a line");
	enum ledger_key which = what_it_signs(key.name);
	if (ring->count[which] == KEY_RING_MAXIMUM) {
		note_key_release(&key);
		return refuse(fault, name, "holds too many keys");
	}
	ring->keys[which][ring->count[which]++] = key;
	return ERR_NONE;
}

enum err key_ring_parse(const char *text, size_t length, const char *name, struct bytes *fault, struct key_ring *ring)
{
	bool is_empty = true;
	while (length) {
		const char *feed = memchr(text, '\n', length);
		size_t line = feed ? (size_t)(feed - text) : length;
		enum err error = line ? add_key(text, line, name, fault, ring) : ERR_NONE;
		if (error)
			return error;
		is_empty = is_empty && !line;
		text += line + (feed != NULL);
		length -= line + (feed != NULL);
	}
	return is_empty ? refuse(fault, name, "holds no vkey") : ERR_NONE;
}

enum err key_ring_read(const char *path, struct bytes *fault, struct key_ring *ring)
{
	struct bytes text;
	bytes_init(&text, KEY_FILE_MAXIMUM);
	enum err error = read_file(path, fault, &text);
	if (!error)
		error = key_ring_parse(text.data ? text.data : "", text.length, path, fault, ring);
	bytes_release(&text);
	return error;
}

static enum err read_vkey(const char *directory, enum ledger_key which, struct bytes *fault, struct key_ring *ring)
{
	struct key_files files;
	enum err error = name_files(directory, which, fault, &files);
	return error || access(files.vkey, R_OK) != 0 ? error : key_ring_read(files.vkey, fault, ring);
}

enum err key_ring_trusted(const struct settings *settings, struct bytes *fault, struct key_ring *ring)
{
	bool is_named = *settings->key;
	enum err error = is_named ? key_ring_read(settings->key, fault, ring)
				  : read_vkey(settings->tls_directory, LEDGER_KEY_CHECKPOINTS, fault, ring);
	if (!error && !is_named)
		error = read_vkey(settings->tls_directory, LEDGER_KEY_RECEIPTS, fault, ring);
	if (error || ring->count[LEDGER_KEY_CHECKPOINTS])
		return error;
	bytes_format(fault, "whom to trust? %s holds no key that signs heads: give --key FILE\n",
		     is_named ? settings->key : settings->tls_directory);
	return ERR_INPUT;
}

enum note_fault key_ring_open(const struct key_ring *ring, enum ledger_key which, const char *data, size_t length, struct note *note)
{
	return note_open(ring->keys[which], ring->count[which], data, length, note);
}

const struct note_key *key_ring_find(const struct key_ring *ring, enum ledger_key which, const unsigned char id[NOTE_KEY_ID_SIZE])
{
	for (size_t i = 0; i < ring->count[which]; i++)
		if (memcmp(ring->keys[which][i].id, id, NOTE_KEY_ID_SIZE) == 0)
			return &ring->keys[which][i];
	return NULL;
}

void key_ring_release(struct key_ring *ring)
{
	for (int which = 0; which < LEDGER_KEYS; which++)
		while (ring->count[which])
			note_key_release(&ring->keys[which][--ring->count[which]]);
}

static enum err read_pair(const struct key_files *files, const struct note_key *half, struct bytes *fault, struct note_key *key)
{
	struct note_key whole;
	enum err error = read_key(files->key, half->name, fault, &whole);
	if (error)
		return error;
	if (memcmp(whole.public_key, half->public_key, NOTE_PUBLIC_SIZE) != 0) {
		note_key_release(&whole);
		return refuse(fault, files->vkey, "belongs to another key than the one beside it");
	}
	*key = whole;
	return ERR_NONE;
}

enum err ledger_keys_load(const char *directory, enum ledger_key which, struct bytes *fault, struct note_key *key)
{
	struct key_files files;
	struct key_ring halves = {.count = {0}};
	enum err error = name_files(directory, which, fault, &files);
	if (!error)
		error = key_ring_read(files.vkey, fault, &halves);
	if (!error && !halves.count[which])
		error = refuse(fault, files.vkey, which == LEDGER_KEY_RECEIPTS ? "the key's name doesn't end in -receipts: it signs heads"
									      : "the key's name ends in -receipts: it signs no heads");
	if (!error)
		error = read_pair(&files, &halves.keys[which][0], fault, key);
	key_ring_release(&halves);
	return error;
}

static enum err write_file(const char *path, mode_t mode, const struct bytes *content, struct bytes *fault)
{
	if (!files_write(path, mode, content->data, content->length))
		return ERR_NONE;
	bytes_format(fault, "%s: can't be written: %s\n", path, strerror(errno));
	return ERR_SYSTEM;
}

static enum err write_key(const struct note_key *key, const char *path, struct bytes *fault)
{
	struct bytes pem;
	bytes_init(&pem, KEY_FILE_MAXIMUM);
	enum err error = note_key_write(key, &pem);
	if (!error)
		error = write_file(path, 0600, &pem, fault);
	release_secret(&pem);
	return error;
}

static enum err write_vkey(const struct note_key *key, const char *path, struct bytes *fault)
{
	struct bytes line;
	bytes_init(&line, KEY_FILE_MAXIMUM);
	note_key_append_vkey(key, &line);
	enum err error = write_file(path, 0644, &line, fault);
	bytes_release(&line);
	return error;
}

static enum err make_key(const char *name, const char *path, struct bytes *fault, struct note_key *key)
{
	struct note_key made;
	enum err error = note_key_generate(name, &made);
	if (error == ERR_INPUT)
		return refuse(fault, "--ledger-name", bad_name);
	if (error)
		return error;
	error = write_key(&made, path, fault);
	if (error)
		note_key_release(&made);
	else
		*key = made;
	return error;
}

/* The vkey comes last: where it is, both are. */
static enum err prepare(const char *directory, enum ledger_key which, const char *name, struct bytes *fault)
{
	struct key_files files;
	struct note_key key;
	enum err error = name_files(directory, which, fault, &files);
	if (error)
		return error;
	bool is_there = access(files.key, F_OK) == 0;
	if (access(files.vkey, F_OK) == 0)
		error = ledger_keys_load(directory, which, fault, &key);
	else if (is_there)
		error = read_key(files.key, name, fault, &key);
	else
		error = make_key(name, files.key, fault, &key);
	if (error)
		return error;
	error = write_vkey(&key, files.vkey, fault);
	note_key_release(&key);
	return error;
}

enum err ledger_keys_prepare(const struct settings *settings, const char *directory, struct bytes *fault)
{
	char receipts[NOTE_NAME_MAXIMUM + 1];
	int length = snprintf(receipts, sizeof receipts, "%s%s", settings->ledger_name, receipts_end);
	if (length < 0 || (size_t)length >= sizeof receipts || what_it_signs(settings->ledger_name) == LEDGER_KEY_RECEIPTS)
		return refuse(fault, "--ledger-name", bad_name);
	enum err error = prepare(directory, LEDGER_KEY_CHECKPOINTS, settings->ledger_name, fault);
	return error ? error : prepare(directory, LEDGER_KEY_RECEIPTS, receipts, fault);
}
