/* Tests lib/render/tar.c: the bytes, field by field, and that tar itself reads them. */
#include "render/tar.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/unit.h"

enum { BLOCK = 512 };

static void make(struct bytes *out)
{
	bytes_init(out, 100000);
	tar_append(out, "one.txt", "hello\n", 6, 1764000000);
	tar_append(out, "folder/empty", "", 0, 1764000000);
	tar_end(out);
}

START_TEST(a_header_is_as_posix_has_it)
{
	struct bytes out;
	make(&out);
	ck_assert_str_eq(out.data, "one.txt");
	ck_assert_str_eq(out.data + 100, "0000644");
	ck_assert_str_eq(out.data + 108, "0000000");
	ck_assert_str_eq(out.data + 124, "00000000006");
	ck_assert_str_eq(out.data + 136, "15111100400");
	ck_assert_int_eq(out.data[156], '0');
	ck_assert_int_eq(memcmp(out.data + 257, "ustar\00000", 8), 0);
	unsigned sum = 8 * ' ';
	for (int i = 0; i < BLOCK; i++)
		sum += i >= 148 && i < 156 ? 0 : (unsigned char)out.data[i];
	ck_assert_uint_eq(strtoul(out.data + 148, NULL, 8), sum);
	ck_assert_int_eq(out.data[154], '\0');
	ck_assert_int_eq(out.data[155], ' ');
	bytes_release(&out);
}
END_TEST

START_TEST(contents_fill_blocks_and_two_empty_ones_end_it)
{
	struct bytes out;
	make(&out);
	ck_assert_uint_eq(out.length, BLOCK * 5);
	ck_assert_int_eq(memcmp(out.data + BLOCK, "hello\n", 7), 0);
	ck_assert_str_eq(out.data + 2 * BLOCK, "folder/empty");
	for (size_t i = 3 * BLOCK; i < out.length; i++)
		ck_assert_int_eq(out.data[i], 0);
	bytes_release(&out);
}
END_TEST

START_TEST(a_full_block_needs_no_filling)
{
	char block[BLOCK];
	struct bytes out;
	memset(block, 'x', sizeof block);
	bytes_init(&out, 100000);
	tar_append(&out, "x", block, sizeof block, 0);
	ck_assert_uint_eq(out.length, 2 * BLOCK);
	bytes_release(&out);
}
END_TEST

START_TEST(what_ustar_cannot_say_fails)
{
	char name[102];
	struct bytes out;
	memset(name, 'n', sizeof name);
	name[101] = '\0';
	bytes_init(&out, 100000);
	tar_append(&out, name, "", 0, 0);
	ck_assert(out.failed);
	bytes_clear(&out);
	tar_append(&out, name + 1, "", 0, 0);
	ck_assert(!out.failed);
	tar_append(&out, "x", "", 0, -1);
	ck_assert(out.failed);
	bytes_release(&out);
}
END_TEST

START_TEST(what_does_not_fit_fails)
{
	struct bytes out;
	bytes_init(&out, BLOCK + 100);
	tar_append(&out, "x", "hello", 5, 0);
	ck_assert(out.failed);
	bytes_release(&out);
}
END_TEST

START_TEST(tar_reads_it)
{
	char path[] = "/tmp/secondlook-test-XXXXXX", command[200], listed[200] = "";
	struct bytes out;
	int file = mkstemp(path);
	ck_assert_int_ge(file, 0);
	make(&out);
	FILE *stream = fdopen(file, "w");
	ck_assert_uint_eq(fwrite(out.data, 1, out.length, stream), out.length);
	ck_assert_int_eq(fclose(stream), 0);
	snprintf(command, sizeof command, "tar -tf %s && tar -xOf %s one.txt", path, path);
	FILE *tar = popen(command, "r");
	listed[fread(listed, 1, sizeof listed - 1, tar)] = '\0';
	ck_assert_int_eq(pclose(tar), 0);
	remove(path);
	ck_assert_str_eq(listed, "one.txt\nfolder/empty\nhello\n");
	bytes_release(&out);
}
END_TEST

UNIT("tar", a_header_is_as_posix_has_it, contents_fill_blocks_and_two_empty_ones_end_it, a_full_block_needs_no_filling,
	   what_ustar_cannot_say_fails, what_does_not_fit_fails, tar_reads_it)
