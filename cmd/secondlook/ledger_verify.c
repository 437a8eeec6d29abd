/* `secondlook ledger verify`: what kind of thing was handed in, and whom to trust about it. */
#include "ledger.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "evidence.h"
#include "files.h"
#include "ledger/codec.h"
#include "subcommands.h"

enum { FILE_MAXIMUM = 1 << 28, TAR_MAGIC_AT = 257 };

static bool begins_with(const struct bytes *content, size_t at, const char *text)
{
	size_t length = strlen(text);
	return content->length >= at + length && memcmp(content->data + at, text, length) == 0;
}

static enum err prove_checkpoint(struct evidence *evidence, const struct bytes *content)
{
	struct evidence_head head;
	char instant[TIME_TEXT_SIZE];
	enum err error = evidence_read_head(evidence, content->data, content->length, "the note", &head);
	if (error)
		return error;
	time_format(head.checkpoint.signed_at_us, instant);
	printf("a checkpoint: %s, %llu leaves, signed %s\n", head.checkpoint.origin, (unsigned long long)head.checkpoint.size, instant);
	return ERR_NONE;
}

/* A receipt is a note too; who signed it is looked at before what it says. */
static enum err prove_note(struct evidence *evidence, const struct settings *settings, const struct bytes *content,
			   struct bytes *fault, bool *is_pending)
{
	struct note note;
	if (!begins_with(content, 0, "secondlook-receipt-v1\n"))
		return prove_checkpoint(evidence, content);
	switch (key_ring_open(&evidence->ring, LEDGER_KEY_RECEIPTS, content->data, content->length, &note)) {
	case NOTE_GOOD:
		printf("a receipt, signed by %s\n", note.signer->name);
		return evidence_prove_receipt(evidence, settings, note.text, note.length, fault, is_pending);
	case NOTE_UNKNOWN_KEY:
		return evidence_fault(evidence, VERIFY_WRONG_SIGNATURE, "the receipt: nobody signed it whose key is trusted to sign receipts");
	case NOTE_WRONG_SIGNATURE:
		return evidence_fault(evidence, VERIFY_WRONG_SIGNATURE, "the receipt: the signature doesn't belong to the text");
	case NOTE_MALFORMED:
		break;
	}
	return evidence_fault(evidence, VERIFY_ALTERED, "the receipt: is no signed note");
}

static enum err prove_growth(struct evidence *evidence, const json_t *answer)
{
	struct checkpoint later;
	enum err error = evidence_prove_growth(evidence, answer, &later);
	if (!error)
		printf("a proof: the %llu leaves of %s begin with the earlier ones\n", (unsigned long long)later.size, later.origin);
	return error;
}

static enum err prove_sealed(struct evidence *evidence, const json_t *answer)
{
	struct proven_line line;
	char instant[TIME_TEXT_SIZE];
	enum err error = evidence_prove_answer(evidence, answer, &line);
	if (error)
		return error;
	time_format(line.signed_at_us, instant);
	printf("a proof: line %s of %s was sealed by %s\n", line.line, line.force, instant);
	return ERR_NONE;
}

static enum err prove_answer(struct evidence *evidence, const struct bytes *content)
{
	json_error_t unused;
	json_t *answer = json_loadb(content->data, content->length, JSON_REJECT_DUPLICATES, &unused);
	if (!answer)
		return evidence_fault(evidence, VERIFY_ALTERED, "the proof: is no JSON");
	enum err error = json_object_get(answer, "checkpointFrom") ? prove_growth(evidence, answer) : prove_sealed(evidence, answer);
	json_decref(answer);
	return error;
}

static enum err prove_bundle(struct evidence *evidence, const struct bytes *content)
{
	enum err error = evidence_prove_bundle(evidence, content->data, content->length);
	if (!error)
		printf("a bundle: as many lines of its records as its export counted are there, and each of them and of chronology.ndjson is what was sealed; every file is as it was signed\n"
		       "note: chronology.html tells it in sentences, which no line holds: that they are the service's, its signature says\n");
	return error;
}

/* The header of an answer is a note in base64, in one line. */
static enum err unwrap(struct bytes *content)
{
	size_t length = content->length, size;
	while (length && (content->data[length - 1] == '\n' || content->data[length - 1] == '\r' || content->data[length - 1] == ' '))
		length--;
	char *note = malloc(length + 1);
	if (!note)
		return ERR_MEMORY;
	if (!codec_read_base64(content->data ? content->data : "", length, note, length, &size)) {
		bytes_clear(content);
		bytes_append(content, note, size);
	}
	free(note);
	return content->failed ? ERR_MEMORY : ERR_NONE;
}

static enum err prove(struct evidence *evidence, const struct settings *settings, struct bytes *content, struct bytes *fault,
		      bool *is_pending)
{
	enum err error = key_ring_trusted(settings, fault, &evidence->ring);
	if (error)
		return error;
	if (begins_with(content, TAR_MAGIC_AT, "ustar"))
		return prove_bundle(evidence, content);
	if (begins_with(content, 0, "{"))
		return prove_answer(evidence, content);
	error = unwrap(content);
	return error ? error : prove_note(evidence, settings, content, fault, is_pending);
}

static int report(const struct evidence *evidence, enum err error, bool is_pending, struct bytes *fault)
{
	if (evidence->found.count) {
		printf("%s: %s\n", verify_how_word(evidence->found.how), evidence->found.text);
		return LEDGER_FAULTY;
	}
	if (error)
		return subcommand_failed("ledger", error, fault);
	if (is_pending) {
		bytes_append_string(fault, "can't be proven yet: it isn't sealed, and need not be before the moment that the receipt says\n");
		return subcommand_failed("ledger", ERR_NOT_NOW, fault);
	}
	printf("good\n");
	return LEDGER_PROVEN;
}

static int verify_file(const struct settings *settings, const char *path)
{
	struct bytes content, fault;
	struct evidence evidence;
	bool is_pending = false;
	bytes_init(&content, FILE_MAXIMUM);
	bytes_init(&fault, 1 << 14);
	enum err error = evidence_open(&evidence);
	enum err unread = files_read(path, &content);
	if (!error && unread)
		bytes_format(&fault, "%s: can't be read: %s\n", path, unread == ERR_SYSTEM ? strerror(errno) : "is too long");
	else if (!error)
		error = prove(&evidence, settings, &content, &fault, &is_pending);
	int status = report(&evidence, error ? error : unread, is_pending, &fault);
	evidence_close(&evidence);
	bytes_release(&fault);
	bytes_release(&content);
	return status;
}

int ledger_verify(const struct settings *settings)
{
	if (settings->argument_count == 1)
		return verify_database(settings);
	if (settings->argument_count == 2)
		return verify_file(settings, settings->arguments[1]);
	fprintf(stderr, "secondlook ledger: verify takes one file, or none\n");
	return LEDGER_USAGE;
}
