/* A checkpoint's text, both ways, and what isn't one. */
#include "ledger/checkpoint.h"

#include <string.h>

#include "support/unit.h"

static const char text[] = "secondlook/0123456789abcdef/west-midlands\n"
			   "1600000\n"
			   "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"
			   "2026-11-28T09:30:00.250000Z\n";

START_TEST(a_text_is_read_and_written)
{
	struct checkpoint checkpoint, made;
	struct bytes written;
	bytes_init(&written, CHECKPOINT_TEXT_MAXIMUM);
	ck_assert_int_eq(checkpoint_parse(text, strlen(text), &checkpoint), ERR_NONE);
	ck_assert_str_eq(checkpoint.origin, "secondlook/0123456789abcdef/west-midlands");
	ck_assert_uint_eq(checkpoint.size, 1600000);
	ck_assert_int_eq(checkpoint.root[0], 0xe3);
	ck_assert_int_eq(checkpoint.root[31], 0x55);
	made = checkpoint;
	ck_assert_int_eq(checkpoint_origin("0123456789abcdef", "west-midlands", &made), ERR_NONE);
	checkpoint_append_text(&made, &written);
	ck_assert_str_eq(bytes_string(&written), text);
	ck_assert_int_eq(checkpoint_origin("0123456789abcdef", "*", &made), ERR_NONE);
	ck_assert_str_eq(made.origin, "secondlook/0123456789abcdef");
	bytes_release(&written);
}
END_TEST

START_TEST(an_origin_has_a_longest_length)
{
	struct checkpoint checkpoint = {.origin = "before"};
	char tree[CHECKPOINT_ORIGIN_MAXIMUM + 1];
	memset(tree, 'a', sizeof tree);
	tree[CHECKPOINT_ORIGIN_MAXIMUM] = '\0';
	ck_assert_int_eq(checkpoint_origin("0123456789abcdef", tree, &checkpoint), ERR_LIMIT);
	ck_assert_str_eq(checkpoint.origin, "before");
}
END_TEST

START_TEST(other_texts_are_refused)
{
	static const char *const wrong[] = {
		"", "\n",
		"origin\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
		"origin\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n2026-11-28T09:30:00.250000Z",
		"origin\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n2026-11-28T09:30:00.250000Z\nmore\n",
		"origin\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n2026-11-28T09:30:00Z\n",
		"origin\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n2026-11-28t09:30:00.250000Z\n",
		"origin\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n2026-02-30T09:30:00.250000Z\n",
		"origin\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU\n2026-11-28T09:30:00.250000Z\n",
		"origin\n01\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n2026-11-28T09:30:00.250000Z\n",
		"origin\n-1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n2026-11-28T09:30:00.250000Z\n",
		"origin\n18446744073709551616\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n2026-11-28T09:30:00.250000Z\n",
		"\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n2026-11-28T09:30:00.250000Z\n",
	};
	struct checkpoint checkpoint;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		ck_assert_msg(checkpoint_parse(wrong[i], strlen(wrong[i]), &checkpoint) == ERR_INPUT, "%s", wrong[i]);
	ck_assert_int_eq(checkpoint_parse("origin\n18446744073709551615\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"
					  "2026-11-28T09:30:00.250000Z\n", 101, &checkpoint), ERR_NONE);
	ck_assert_uint_eq(checkpoint.size, UINT64_MAX);
}
END_TEST

UNIT("checkpoint", a_text_is_read_and_written, an_origin_has_a_longest_length, other_texts_are_refused)
