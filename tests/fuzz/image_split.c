/* A JSON object of any text taken apart; and, where the harness's own first byte asks for it, a signed note opened. */
#include <string.h>

#include "harness.h"
#include "ledger/checkpoint.h"
#include "ledger/image.h"
#include "ledger/note.h"

static const char vkey[] = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";

static void check_image(struct arena *arena, const char *text, size_t size)
{
	struct image_member *members;
	size_t count;
	if (image_split(arena, text, size, &members, &count))
		return;
	for (size_t i = 0; i < count; i++) {
		const char *string;
		expect(members[i].length > 0, "a value has a text");
		expect(members[i].value > text && members[i].value + members[i].length < text + size,
		       "a value lies within the object");
		expect(i == 0 || strcmp(members[i - 1].name, members[i].name) < 0, "names ascend");
		expect(image_find(members, count, members[i].name) == &members[i], "a member is found by its name");
		if (!image_string(arena, members[i].value, members[i].length, &string))
			expect(strlen(string) <= members[i].length - 2, "a string is no longer than its text");
	}
}

static void check_note(const char *text, size_t size)
{
	struct note_key key;
	struct note note;
	struct checkpoint checkpoint;
	struct bytes again;
	expect(note_key_parse(vkey, strlen(vkey), &key) == ERR_NONE, "the key is read");
	if (note_open(&key, 1, text, size, &note) == NOTE_GOOD)
		expect(note.text == text && note.length < size && note.signer == &key, "a note's text is its beginning");
	note_key_release(&key);
	if (checkpoint_parse(text, size, &checkpoint))
		return;
	bytes_init(&again, CHECKPOINT_TEXT_MAXIMUM);
	checkpoint_append_text(&checkpoint, &again);
	expect(again.length == size && memcmp(again.data, text, size) == 0, "a checkpoint has one text");
	bytes_release(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena;
	arena_init(&arena, 1 << 24);
	if (size && data[0] == 'n')
		check_note((const char *)data + 1, size - 1);
	else
		check_image(&arena, (const char *)data, size);
	arena_release(&arena);
	return 0;
}
