/* A tar is read as it was written, or not at all. */
#include "tar.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/unit.h"
#include "unit/cmd/tarring.h"

static struct bytes archive;

static void make(void)
{
	bytes_init(&archive, 1 << 20);
	tarring_add(&archive, "README.txt", "hello\n", 6);
	tarring_add(&archive, "empty", "", 0);
	tarring_add(&archive, "epochs/0123456789abcdef/checkpoint.txt", "x", 1);
	tarring_end(&archive);
}

static enum err read_altered(size_t at, char value, struct tar_file *files, size_t *count)
{
	char before = archive.data[at];
	archive.data[at] = value;
	enum err error = tar_read(archive.data, archive.length, files, 10, count);
	archive.data[at] = before;
	return error;
}

START_TEST(files_are_read)
{
	struct tar_file files[10];
	size_t count = 0;
	make();
	ck_assert_int_eq(tar_read(archive.data, archive.length, files, 10, &count), ERR_NONE);
	ck_assert_uint_eq(count, 3);
	ck_assert_str_eq(files[0].name, "README.txt");
	ck_assert_uint_eq(files[0].length, 6);
	ck_assert_mem_eq(files[0].data, "hello\n", 6);
	ck_assert_uint_eq(files[1].length, 0);
	ck_assert_ptr_eq(tar_find(files, count, "epochs/0123456789abcdef/checkpoint.txt"), &files[2]);
	ck_assert_ptr_null(tar_find(files, count, "README"));
	ck_assert_int_eq(tar_read(archive.data, archive.length, files, 2, &count), ERR_LIMIT);
	bytes_release(&archive);
}
END_TEST

/* All but the files' own bytes, which the manifest covers. */
START_TEST(no_byte_around_the_files_can_change)
{
	struct tar_file files[10];
	size_t count, good;
	make();
	ck_assert_int_eq(tar_read(archive.data, archive.length, files, 10, &good), ERR_NONE);
	const char *content = files[0].data, *last = files[2].data;
	for (size_t i = 0; i < archive.length; i++) {
		const char *at = archive.data + i;
		if ((at >= content && at < content + 6) || at == last)
			continue;
		if (read_altered(i, (char)(archive.data[i] ^ 0x01), files, &count) != ERR_INPUT)
			ck_abort_msg("byte %zu", i);
	}
	bytes_release(&archive);
}
END_TEST

START_TEST(no_part_of_a_tar_is_one)
{
	struct tar_file files[10];
	size_t count = 7;
	make();
	for (size_t i = 0; i < archive.length; i++) {
		char *part = malloc(i + !i);
		ck_assert_ptr_nonnull(part);
		memcpy(part, archive.data, i);
		if (tar_read(part, i, files, 10, &count) != ERR_INPUT)
			ck_abort_msg("%zu bytes", i);
		free(part);
	}
	ck_assert_uint_eq(count, 7);
	bytes_release(&archive);
}
END_TEST

START_TEST(a_file_is_there_once)
{
	struct tar_file files[10];
	size_t count;
	bytes_init(&archive, 1 << 20);
	tarring_add(&archive, "a", "1", 1);
	tarring_add(&archive, "a", "2", 1);
	tarring_end(&archive);
	ck_assert_int_eq(tar_read(archive.data, archive.length, files, 10, &count), ERR_INPUT);
	bytes_release(&archive);
}
END_TEST

START_TEST(a_size_beyond_the_end_is_refused)
{
	struct tar_file files[10];
	size_t count;
	bytes_init(&archive, 1 << 20);
	tarring_add(&archive, "a", "1", 1);
	tarring_end(&archive);
	tarring_set_size(archive.data, 077777777777);
	ck_assert_int_eq(tar_read(archive.data, archive.length, files, 10, &count), ERR_INPUT);
	tarring_set_size(archive.data, 1537);
	ck_assert_int_eq(tar_read(archive.data, archive.length, files, 10, &count), ERR_INPUT);
	bytes_release(&archive);
}
END_TEST

UNIT("tar", files_are_read, no_byte_around_the_files_can_change, no_part_of_a_tar_is_one, a_file_is_there_once,
     a_size_beyond_the_end_is_refused)
