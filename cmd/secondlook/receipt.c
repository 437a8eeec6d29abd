/* Writes and signs receipts. */
#include "receipt.h"

#include "base/log.h"
#include "base/time.h"
#include "ledger/codec.h"
#include "ledger_keys.h"

enum { FAULT_MAXIMUM = 8192, NOTE_MAXIMUM = 1 << 14 };

void receipt_key_release(struct receipt_key *key)
{
	if (key->is_there)
		note_key_release(&key->key);
	*key = (struct receipt_key){.is_there = false};
}

void receipt_key_load(const char *directory, struct receipt_key *key)
{
	struct bytes fault;
	receipt_key_release(key);
	bytes_init(&fault, FAULT_MAXIMUM);
	key->is_there = ledger_keys_load(directory, LEDGER_KEY_RECEIPTS, &fault, &key->key) == ERR_NONE;
	if (!key->is_there)
		log_text(LOG_WARNING, "receipts_not_signed", bytes_string(&fault));
	bytes_release(&fault);
}

void receipt_append_lines(const char *base, int first, int count, struct bytes *text)
{
	if (count > RECEIPT_NAMED_MAXIMUM) {
		bytes_format(text, "%.32s%04x..%.32s%04x", base, (unsigned)first, base, (unsigned)(first + count - 1));
		return;
	}
	for (int i = 0; i < count; i++)
		bytes_format(text, "%s%.32s%04x", i ? ", " : "", base, (unsigned)(first + i));
}

static void append_text(const char *force, const struct rows *lines, int64_t now_us, struct bytes *text)
{
	char until[TIME_TEXT_SIZE];
	time_format(now_us + RECEIPT_SEALED_WITHIN_S * 1000000LL, until);
	bytes_format(text, "secondlook-receipt-v1\n%s\n%s\n", force, until);
	for (int row = 0; row < lines->count; row++) {
		size_t line_length = 0, leaf_length = 0;
		const char *line = lines->value(lines->result, row, 0, &line_length);
		bytes_append(text, line, line_length);
		bytes_append_char(text, ' ');
		const char *leaf = lines->value(lines->result, row, 1, &leaf_length);
		bytes_append(text, leaf, leaf_length);
		bytes_append_char(text, '\n');
	}
}

enum err receipt_sign(const struct receipt_key *key, const char *force, const struct rows *lines, int64_t now_us,
		      struct arena *arena, const char **receipt)
{
	struct bytes text, note;
	if (lines->count == 0 || lines->count > RECEIPT_SIGNED_MAXIMUM)
		return ERR_LIMIT;
	bytes_init(&text, NOTE_MAXIMUM);
	bytes_init(&note, NOTE_MAXIMUM);
	append_text(force, lines, now_us, &text);
	enum err error = text.failed ? ERR_MEMORY : note_sign(&key->key, text.data, text.length, &note);
	bytes_clear(&text);
	if (error == ERR_NONE)
		codec_append_base64(&text, note.data, note.length);
	const char *base64 = error == ERR_NONE ? bytes_string(&text) : NULL;
	const char *copy = base64 ? arena_copy_string(arena, base64) : NULL;
	bytes_release(&text);
	bytes_release(&note);
	if (error != ERR_NONE || !copy)
		return error != ERR_NONE ? error : ERR_MEMORY;
	*receipt = copy;
	return ERR_NONE;
}
