/* Signs texts and opens signed notes. */
#include "ledger/note.h"

#include <stdbool.h>
#include <string.h>

#include "ledger/codec.h"
#include "ledger/note_key.h"

static const char dash[] = "\xe2\x80\x94 "; /* U+2014 and a blank */
enum { DASH_SIZE = sizeof dash - 1, BLOB_SIZE = NOTE_KEY_ID_SIZE + NOTE_SIGNATURE_SIZE };

static bool is_text(const char *text, size_t length)
{
	if (!length || text[length - 1] != '\n')
		return false;
	for (size_t i = 0; i < length; i++)
		if ((unsigned char)text[i] < 0x20 && text[i] != '\n')
			return false;
	return true;
}

enum err note_sign(const struct note_key *key, const char *text, size_t length, struct bytes *note)
{
	unsigned char blob[BLOB_SIZE];
	if (!is_text(text, length))
		return ERR_INPUT;
	memcpy(blob, key->id, NOTE_KEY_ID_SIZE);
	enum err error = note_signature(key, text, length, blob + NOTE_KEY_ID_SIZE);
	if (error)
		return error;
	bytes_append(note, text, length);
	bytes_append_char(note, '\n');
	bytes_append(note, dash, DASH_SIZE);
	bytes_append_string(note, key->name);
	bytes_append_char(note, ' ');
	codec_append_base64(note, blob, sizeof blob);
	bytes_append_char(note, '\n');
	return note->failed ? ERR_LIMIT : ERR_NONE;
}

/* One line below the text, taken apart. */
struct signature_line {
	const char *name;
	size_t name_length;
	unsigned char blob[256]; /* other kinds of signature may be longer than ours */
	size_t size;
};

static bool read_line(const char *line, size_t length, struct signature_line *signature)
{
	if (length <= DASH_SIZE || memcmp(line, dash, DASH_SIZE) != 0)
		return false;
	signature->name = line + DASH_SIZE;
	const char *blank = memchr(signature->name, ' ', length - DASH_SIZE);
	if (!blank)
		return false;
	signature->name_length = (size_t)(blank - signature->name);
	return note_name_is_good(signature->name, signature->name_length) &&
	       !codec_read_base64(blank + 1, (size_t)(line + length - blank - 1), signature->blob,
				  sizeof signature->blob, &signature->size) &&
	       signature->size > NOTE_KEY_ID_SIZE;
}

static const struct note_key *find_signer(const struct note_key *keys, size_t count, const struct signature_line *line)
{
	for (size_t i = 0; i < count; i++)
		if (strlen(keys[i].name) == line->name_length &&
		    memcmp(keys[i].name, line->name, line->name_length) == 0 &&
		    memcmp(keys[i].id, line->blob, NOTE_KEY_ID_SIZE) == 0)
			return &keys[i];
	return NULL;
}

static enum note_fault check_line(const struct note_key *keys, size_t count, const struct signature_line *line,
				  struct note *note)
{
	const struct note_key *signer = find_signer(keys, count, line);
	if (!signer)
		return NOTE_GOOD;
	if (line->size != BLOB_SIZE || note_check(signer, note->text, note->length, line->blob + NOTE_KEY_ID_SIZE))
		return NOTE_WRONG_SIGNATURE;
	if (!note->signer) {
		note->signer = signer;
		memcpy(note->signature, line->blob + NOTE_KEY_ID_SIZE, NOTE_SIGNATURE_SIZE);
	}
	return NOTE_GOOD;
}

static enum note_fault check_lines(const struct note_key *keys, size_t count, const char *at, const char *end,
				   struct note *note)
{
	struct signature_line line;
	enum note_fault fault = NOTE_GOOD;
	for (int lines = 0; !fault && at < end; lines++) {
		const char *feed = memchr(at, '\n', (size_t)(end - at));
		if (!feed || lines == NOTE_SIGNATURES_MAXIMUM || !read_line(at, (size_t)(feed - at), &line))
			return NOTE_MALFORMED;
		fault = check_line(keys, count, &line, note);
		at = feed + 1;
	}
	return !fault && !note->signer ? NOTE_UNKNOWN_KEY : fault;
}

/* The text may hold empty lines itself: the last one parts it from the signatures. */
static const char *find_parting(const char *data, size_t length)
{
	for (size_t i = length; i >= 2; i--)
		if (data[i - 1] == '\n' && data[i - 2] == '\n')
			return data + i - 1;
	return NULL;
}

enum note_fault note_open(const struct note_key *keys, size_t count, const char *data, size_t length, struct note *note)
{
	const char *parting = find_parting(data, length);
	if (!parting || parting + 1 == data + length || !is_text(data, (size_t)(parting - data)))
		return NOTE_MALFORMED;
	struct note opened = {.text = data, .length = (size_t)(parting - data)};
	enum note_fault fault = check_lines(keys, count, parting + 1, data + length, &opened);
	if (!fault)
		*note = opened;
	return fault;
}
