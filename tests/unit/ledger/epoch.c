/* An epoch's beginning as it is hashed. */
#include "ledger/epoch.h"

#include <string.h>

#include "support/unit.h"

static const char *text_of(const struct epoch *epoch, struct bytes *text)
{
	bytes_init(text, EPOCH_TEXT_MAXIMUM);
	epoch_append_text(epoch, text);
	return bytes_string(text);
}

START_TEST(the_first_has_none_before_it)
{
	struct epoch epoch = {.name = "0123456789abcdef", .began_at_us = 250000, .reason = "created"};
	struct bytes text;
	ck_assert_str_eq(text_of(&epoch, &text), "secondlook-epoch-v1\n0123456789abcdef\n1970-01-01T00:00:00.250000Z\ncreated\n");
	bytes_release(&text);
}
END_TEST

START_TEST(a_later_one_holds_the_whole_note_before_it)
{
	struct epoch epoch = {.name = "0123456789abcdef", .reason = "restored", .previous = "secondlook/x\n1\n\n— secondlook abc=\n"};
	struct bytes text;
	ck_assert_str_eq(text_of(&epoch, &text), "secondlook-epoch-v1\n0123456789abcdef\n1970-01-01T00:00:00.000000Z\nrestored\n"
						 "secondlook/x\n1\n\n— secondlook abc=\n");
	bytes_release(&text);
}
END_TEST

UNIT("epoch", the_first_has_none_before_it, a_later_one_holds_the_whole_note_before_it)
