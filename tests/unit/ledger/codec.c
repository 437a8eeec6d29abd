/* Bytes as text and back, and that each has one text only. */
#include "ledger/codec.h"

#include <string.h>

#include "support/unit.h"

static void expect_base64(const char *data, const char *expected)
{
	struct bytes text;
	unsigned char back[16];
	size_t size = 99;
	bytes_init(&text, 100);
	codec_append_base64(&text, data, strlen(data));
	ck_assert_str_eq(bytes_string(&text), expected);
	ck_assert_int_eq(codec_read_base64(expected, strlen(expected), back, sizeof back, &size), ERR_NONE);
	ck_assert_uint_eq(size, strlen(data));
	ck_assert_mem_eq(back, data, size);
	bytes_release(&text);
}

START_TEST(base64_agrees_with_the_vectors)
{
	expect_base64("", "");
	expect_base64("f", "Zg==");
	expect_base64("fo", "Zm8=");
	expect_base64("foo", "Zm9v");
	expect_base64("foob", "Zm9vYg==");
	expect_base64("fooba", "Zm9vYmE=");
	expect_base64("foobar", "Zm9vYmFy");
	expect_base64("\xfb\xff\xbf", "+/+/");
}
END_TEST

START_TEST(other_spellings_are_refused)
{
	static const char *const wrong[] = {"Zg", "Zg=", "Zh==", "Zm9=", "Zg==Zg==", "Z===", "====", "=Zg=", "Zg= ", "Zm9\n",
					    "-_-_", "Zm9v\n", "Z g="};
	unsigned char data[16];
	size_t size;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		ck_assert_msg(codec_read_base64(wrong[i], strlen(wrong[i]), data, sizeof data, &size) == ERR_INPUT, "%s",
			      wrong[i]);
}
END_TEST

START_TEST(values_have_their_size)
{
	unsigned char data[4];
	size_t size;
	ck_assert_int_eq(codec_read_base64("Zm9vYmE=", 8, data, sizeof data, &size), ERR_LIMIT);
	ck_assert_int_eq(codec_read_base64_exactly("Zm9vYg==", 8, data, 4), ERR_NONE);
	ck_assert_mem_eq(data, "foob", 4);
	ck_assert_int_eq(codec_read_base64_exactly("Zm8=", 4, data, 3), ERR_INPUT);
	ck_assert_int_eq(codec_read_base64_exactly("Zm9v", 4, data, 4), ERR_INPUT);
	ck_assert_int_eq(codec_read_base64_exactly("Zm9vYmE=", 8, data, 4), ERR_INPUT);
}
END_TEST

START_TEST(hexadecimal_is_read_and_written)
{
	struct bytes text;
	unsigned char data[3];
	bytes_init(&text, 100);
	codec_append_hex(&text, "\x00\xaf\xff", 3);
	ck_assert_str_eq(bytes_string(&text), "00afff");
	ck_assert_int_eq(codec_read_hex_exactly("00afff", 6, data, 3), ERR_NONE);
	ck_assert_mem_eq(data, "\x00\xaf\xff", 3);
	ck_assert_int_eq(codec_read_hex_exactly("00afff", 6, data, 2), ERR_INPUT);
	ck_assert_int_eq(codec_read_hex_exactly("00aff", 5, data, 2), ERR_INPUT);
	ck_assert_int_eq(codec_read_hex_exactly("00AFFF", 6, data, 3), ERR_INPUT);
	ck_assert_int_eq(codec_read_hex_exactly("00afgf", 6, data, 3), ERR_INPUT);
	bytes_release(&text);
}
END_TEST

UNIT("codec", base64_agrees_with_the_vectors, other_spellings_are_refused, values_have_their_size,
     hexadecimal_is_read_and_written)
