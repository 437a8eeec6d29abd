/* The ledger's key files: made once, kept for ever, never put over one that can't be read. */
#include "ledger_keys.h"

#include <string.h>
#include <sys/stat.h>

#include "files.h"
#include "support/directory.h"
#include "support/unit.h"

static struct directory directory;
static struct settings settings;
static struct bytes fault;

static void begin(void)
{
	directory = directory_new();
	settings = (struct settings){.ledger_name = "example.org/ledger"};
	bytes_init(&fault, 1 << 14);
}

static void end(void)
{
	bytes_release(&fault);
	directory_remove(&directory);
}

static unsigned mode(const char *name)
{
	struct stat status;
	ck_assert_int_eq(stat(directory_path(&directory, name), &status), 0);
	return status.st_mode & 0777;
}

static void load(enum ledger_key which, struct note_key *key)
{
	ck_assert_msg(!ledger_keys_load(directory.path, which, &fault, key), "%s", bytes_string(&fault));
}

static void write_text(const char *name, const char *text)
{
	ck_assert_int_eq(files_write(directory_path(&directory, name), 0600, text, strlen(text)), ERR_NONE);
}

static void expect_fault(enum err error, const char *file, const char *what)
{
	ck_assert_int_eq(error, ERR_INPUT);
	ck_assert_ptr_nonnull(strstr(bytes_string(&fault), file));
	ck_assert_ptr_nonnull(strstr(bytes_string(&fault), what));
	bytes_clear(&fault);
}

START_TEST(makes_two_keys_and_keeps_them)
{
	struct note_key checkpoints, receipts, again;
	struct key_ring ring = {.count = {0}};
	begin();
	ck_assert_int_eq(ledger_keys_prepare(&settings, directory.path, &fault), ERR_NONE);
	load(LEDGER_KEY_CHECKPOINTS, &checkpoints);
	load(LEDGER_KEY_RECEIPTS, &receipts);
	ck_assert_str_eq(checkpoints.name, "example.org/ledger");
	ck_assert_str_eq(receipts.name, "example.org/ledger-receipts");
	ck_assert_mem_ne(checkpoints.public_key, receipts.public_key, NOTE_PUBLIC_SIZE);
	ck_assert_uint_eq(mode("ledger.key"), 0600);
	ck_assert_uint_eq(mode("receipt.key"), 0600);
	ck_assert_uint_eq(mode("ledger.vkey"), 0644);
	settings.ledger_name = "another";
	ck_assert_int_eq(ledger_keys_prepare(&settings, directory.path, &fault), ERR_NONE);
	load(LEDGER_KEY_CHECKPOINTS, &again);
	ck_assert_mem_eq(checkpoints.id, again.id, NOTE_KEY_ID_SIZE);
	ck_assert_int_eq(key_ring_read(directory_path(&directory, "ledger.vkey"), &fault, &ring), ERR_NONE);
	ck_assert_int_eq(key_ring_read(directory_path(&directory, "receipt.vkey"), &fault, &ring), ERR_NONE);
	ck_assert_uint_eq(ring.count[LEDGER_KEY_CHECKPOINTS], 1);
	ck_assert_uint_eq(ring.count[LEDGER_KEY_RECEIPTS], 1);
	ck_assert_mem_eq(checkpoints.id, ring.keys[LEDGER_KEY_CHECKPOINTS][0].id, NOTE_KEY_ID_SIZE);
	ck_assert_mem_eq(receipts.id, ring.keys[LEDGER_KEY_RECEIPTS][0].id, NOTE_KEY_ID_SIZE);
	key_ring_release(&ring);
	note_key_release(&again);
	note_key_release(&checkpoints);
	note_key_release(&receipts);
	end();
}
END_TEST

START_TEST(a_lost_vkey_is_made_again_from_the_key)
{
	struct note_key before, after;
	begin();
	ck_assert_int_eq(ledger_keys_prepare(&settings, directory.path, &fault), ERR_NONE);
	load(LEDGER_KEY_CHECKPOINTS, &before);
	ck_assert_int_eq(remove(directory_path(&directory, "ledger.vkey")), 0);
	ck_assert_int_eq(ledger_keys_prepare(&settings, directory.path, &fault), ERR_NONE);
	load(LEDGER_KEY_CHECKPOINTS, &after);
	ck_assert_mem_eq(before.id, after.id, NOTE_KEY_ID_SIZE);
	note_key_release(&before);
	note_key_release(&after);
	end();
}
END_TEST

START_TEST(a_key_that_cannot_be_read_is_never_replaced)
{
	struct bytes content;
	begin();
	bytes_init(&content, 4096);
	write_text("ledger.key", "spoilt");
	expect_fault(ledger_keys_prepare(&settings, directory.path, &fault), "ledger.key", "is no Ed25519 key");
	ck_assert_int_eq(files_read(directory_path(&directory, "ledger.key"), &content), ERR_NONE);
	ck_assert_str_eq(bytes_string(&content), "spoilt");
	bytes_release(&content);
	end();
}
END_TEST

START_TEST(a_vkey_without_its_key_is_refused)
{
	struct note_key key;
	struct bytes other;
	begin();
	bytes_init(&other, 4096);
	ck_assert_int_eq(ledger_keys_prepare(&settings, directory.path, &fault), ERR_NONE);
	ck_assert_int_eq(note_key_generate("other", &key), ERR_NONE);
	note_key_append_vkey(&key, &other);
	note_key_release(&key);
	write_text("ledger.vkey", bytes_string(&other));
	expect_fault(ledger_keys_load(directory.path, LEDGER_KEY_CHECKPOINTS, &fault, &key), "ledger.vkey", "another key");
	expect_fault(ledger_keys_prepare(&settings, directory.path, &fault), "ledger.vkey", "another key");
	write_text("ledger.vkey", "");
	expect_fault(ledger_keys_load(directory.path, LEDGER_KEY_CHECKPOINTS, &fault, &key), "ledger.vkey", "holds no vkey");
	ck_assert_int_eq(remove(directory_path(&directory, "receipt.key")), 0);
	expect_fault(ledger_keys_load(directory.path, LEDGER_KEY_RECEIPTS, &fault, &key), "receipt.key", "No such file");
	bytes_release(&other);
	end();
}
END_TEST

START_TEST(a_ring_is_a_key_a_line)
{
	struct key_ring ring = {.count = {0}};
	struct bytes text;
	begin();
	bytes_init(&text, 1 << 14);
	for (int i = 0; i <= KEY_RING_MAXIMUM; i++) {
		struct note_key key;
		ck_assert_int_eq(note_key_generate("one of many", &key), ERR_INPUT);
		ck_assert_int_eq(note_key_generate("one-of-many", &key), ERR_NONE);
		note_key_append_vkey(&key, &text);
		note_key_release(&key);
		if (i == 1) {
			bytes_append_char(&text, '\n');
			ck_assert_int_eq(key_ring_parse(text.data, text.length, "two", &fault, &ring), ERR_NONE);
			ck_assert_uint_eq(ring.count[LEDGER_KEY_CHECKPOINTS], 2);
			key_ring_release(&ring);
		}
	}
	expect_fault(key_ring_parse(text.data, text.length, "many", &fault, &ring), "many", "too many");
	key_ring_release(&ring);
	bytes_append_string(&text, "not a key\n");
	expect_fault(key_ring_parse(text.data + text.length - 10, 10, "none", &fault, &ring), "none", "is no file of vkeys");
	expect_fault(key_ring_parse("\n", 1, "empty", &fault, &ring), "empty", "holds no vkey");
	bytes_release(&text);
	end();
}
END_TEST

static void expect_opened(const struct key_ring *ring, const struct note_key *signer, enum ledger_key its, enum ledger_key other)
{
	static const char text[] = "a text\n";
	struct bytes note;
	struct note opened;
	bytes_init(&note, 1000);
	ck_assert_int_eq(note_sign(signer, text, strlen(text), &note), ERR_NONE);
	ck_assert_int_eq(key_ring_open(ring, its, note.data, note.length, &opened), NOTE_GOOD);
	ck_assert_int_eq(key_ring_open(ring, other, note.data, note.length, &opened), NOTE_UNKNOWN_KEY);
	ck_assert_mem_eq(key_ring_find(ring, its, signer->id)->id, signer->id, NOTE_KEY_ID_SIZE);
	ck_assert_ptr_null(key_ring_find(ring, other, signer->id));
	bytes_release(&note);
}

START_TEST(no_key_signs_what_the_other_is_for)
{
	struct note_key checkpoints, receipts;
	struct key_ring ring = {.count = {0}};
	begin();
	ck_assert_int_eq(ledger_keys_prepare(&settings, directory.path, &fault), ERR_NONE);
	load(LEDGER_KEY_CHECKPOINTS, &checkpoints);
	load(LEDGER_KEY_RECEIPTS, &receipts);
	ck_assert_int_eq(key_ring_read(directory_path(&directory, "ledger.vkey"), &fault, &ring), ERR_NONE);
	ck_assert_int_eq(key_ring_read(directory_path(&directory, "receipt.vkey"), &fault, &ring), ERR_NONE);
	expect_opened(&ring, &checkpoints, LEDGER_KEY_CHECKPOINTS, LEDGER_KEY_RECEIPTS);
	expect_opened(&ring, &receipts, LEDGER_KEY_RECEIPTS, LEDGER_KEY_CHECKPOINTS);
	key_ring_release(&ring);
	note_key_release(&checkpoints);
	note_key_release(&receipts);
	end();
}
END_TEST

static void rename_file(const char *from, const char *to)
{
	char path[300];
	snprintf(path, sizeof path, "%s", directory_path(&directory, from));
	ck_assert_int_eq(rename(path, directory_path(&directory, to)), 0);
}

START_TEST(a_key_in_the_others_place_is_refused)
{
	struct note_key key;
	begin();
	ck_assert_int_eq(ledger_keys_prepare(&settings, directory.path, &fault), ERR_NONE);
	rename_file("ledger.vkey", "kept.vkey");
	rename_file("receipt.vkey", "ledger.vkey");
	rename_file("kept.vkey", "receipt.vkey");
	expect_fault(ledger_keys_load(directory.path, LEDGER_KEY_CHECKPOINTS, &fault, &key), "ledger.vkey", "signs no heads");
	expect_fault(ledger_keys_load(directory.path, LEDGER_KEY_RECEIPTS, &fault, &key), "receipt.vkey", "signs heads");
	end();
}
END_TEST

START_TEST(a_name_that_no_note_can_carry_is_refused)
{
	char name[101];
	begin();
	settings.ledger_name = "two words";
	expect_fault(ledger_keys_prepare(&settings, directory.path, &fault), "--ledger-name", "no blank");
	settings.ledger_name = "ours-receipts";
	expect_fault(ledger_keys_prepare(&settings, directory.path, &fault), "--ledger-name", "not ending in -receipts");
	memset(name, 'a', 100);
	name[100] = '\0';
	settings.ledger_name = name;
	expect_fault(ledger_keys_prepare(&settings, directory.path, &fault), "--ledger-name", "at most");
	end();
}
END_TEST

UNIT("ledger_keys", makes_two_keys_and_keeps_them, a_lost_vkey_is_made_again_from_the_key,
     a_key_that_cannot_be_read_is_never_replaced, a_vkey_without_its_key_is_refused, a_ring_is_a_key_a_line, no_key_signs_what_the_other_is_for, a_key_in_the_others_place_is_refused,
     a_name_that_no_note_can_carry_is_refused)
