/* `secondlook ledger verify`: what kind of thing was handed in, and whom to trust about it. */
#include "ledger.h"

#include <stdio.h>

#include "base/time.h"
#include "files.h"
#include "ledger/checkpoint.h"
#include "ledger_keys.h"
#include "subcommands.h"
#include "verify.h"

enum { FILE_MAXIMUM = 1 << 16 };

static int tell_checkpoint(const struct note *note)
{
	struct checkpoint checkpoint;
	char instant[TIME_TEXT_SIZE];
	if (checkpoint_parse(note->text, note->length, &checkpoint)) {
		printf("signed by %s, but no checkpoint\n", note->signer->name);
		return LEDGER_FAULTY;
	}
	time_format(checkpoint.signed_at_us, instant);
	printf("good: %s signed for the first %llu leaves of %s at %s\n", note->signer->name,
	       (unsigned long long)checkpoint.size, checkpoint.origin, instant);
	return LEDGER_PROVEN;
}

static int verify_note(const struct bytes *content, const struct key_ring *ring)
{
	struct note note;
	switch (note_open(ring->keys, ring->count, content->data, content->length, &note)) {
	case NOTE_GOOD:
		return tell_checkpoint(&note);
	case NOTE_UNKNOWN_KEY:
		printf("wrong_signature: nobody signed whose key is trusted\n");
		return LEDGER_FAULTY;
	case NOTE_WRONG_SIGNATURE:
		printf("wrong_signature: the signature doesn't belong to the text\n");
		return LEDGER_FAULTY;
	case NOTE_MALFORMED:
		break;
	}
	printf("altered: it is no signed note\n");
	return LEDGER_FAULTY;
}

static int verify_file(const struct settings *settings, const char *path, struct bytes *fault)
{
	struct bytes content;
	struct key_ring ring = {.count = 0};
	bytes_init(&content, FILE_MAXIMUM);
	enum err error = key_ring_read(settings->key, fault, &ring);
	if (!error && files_read(path, &content)) {
		bytes_format(fault, "%s: can't be read, or is too long\n", path);
		error = ERR_INPUT;
	}
	int status = error ? subcommand_failed("ledger", error, fault) : verify_note(&content, &ring);
	key_ring_release(&ring);
	bytes_release(&content);
	return status;
}

int ledger_verify(const struct settings *settings)
{
	struct bytes fault;
	if (settings->argument_count == 1)
		return verify_database(settings);
	if (settings->argument_count > 2) {
		fprintf(stderr, "secondlook ledger: verify takes one file, or none\n");
		return LEDGER_USAGE;
	}
	bytes_init(&fault, 1 << 14);
	int status = verify_file(settings, settings->arguments[1], &fault);
	bytes_release(&fault);
	return status;
}
