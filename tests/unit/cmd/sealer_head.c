/* The last head, in memory and in its file. */
#include "sealer_head.h"

#include <string.h>

#include "support/directory.h"
#include "support/unit.h"

static const char national[] = "secondlook/0123456789abcdef\n3\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"
			       "2026-11-28T09:30:00.250000Z\n\n— secondlook AAAA\n";

static enum err take(struct sealer_head *head, const char *text)
{
	struct bytes note;
	bytes_init(&note, 10000);
	bytes_append_string(&note, text);
	enum err error = head_take(head, &note);
	bytes_release(&note);
	return error;
}

START_TEST(it_is_remembered_in_its_file)
{
	struct directory directory = directory_new();
	const char *path = directory_path(&directory, "ledger.head");
	struct sealer_head head, other;
	head_init(&head);
	head_init(&other);
	ck_assert_int_eq(head_read(&head, path), ERR_NONE); /* there is none yet */
	ck_assert(!head_is_known(&head));
	ck_assert_int_eq(take(&head, national), ERR_NONE);
	ck_assert_int_eq(head_write(&head, path), ERR_NONE);
	ck_assert_int_eq(head_read(&other, path), ERR_NONE);
	ck_assert(head_is_known(&other));
	ck_assert_str_eq(bytes_string(&other.note), national);
	ck_assert_str_eq(other.epoch_name, "0123456789abcdef");
	ck_assert_uint_eq(other.checkpoint.size, 3);
	head_release(&head);
	head_release(&other);
	directory_remove(&directory);
}
END_TEST

START_TEST(what_is_no_national_head_is_refused)
{
	static const char *const wrong[] = {
		"", "\n\n", "secondlook/0123456789abcdef\n3\n",
		"secondlook/0123456789abcdef/west-midlands\n3\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n2026-11-28T09:30:00.250000Z\n\n— s A\n",
		"somebody/0123456789abcdef\n3\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n2026-11-28T09:30:00.250000Z\n\n— s A\n",
	};
	struct directory directory = directory_new();
	struct sealer_head head;
	head_init(&head);
	ck_assert_int_eq(take(&head, national), ERR_NONE);
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		ck_assert_int_eq(take(&head, wrong[i]), ERR_INPUT);
		directory_put(&directory, "ledger.head", wrong[i]);
		ck_assert_int_eq(head_read(&head, directory_path(&directory, "ledger.head")), ERR_INPUT);
	}
	ck_assert_str_eq(bytes_string(&head.note), national);
	head_release(&head);
	directory_remove(&directory);
}
END_TEST

UNIT("sealer_head", it_is_remembered_in_its_file, what_is_no_national_head_is_refused)
