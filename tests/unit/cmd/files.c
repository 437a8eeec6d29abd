/* Small files: whole or not at all, with the mode that was asked for. */
#include "files.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>

#include "support/directory.h"
#include "support/unit.h"

static unsigned mode(const char *path)
{
	struct stat status;
	ck_assert_int_eq(stat(path, &status), 0);
	return status.st_mode & 0777;
}

static size_t count_entries(const struct directory *directory)
{
	size_t count = 0;
	DIR *open = opendir(directory->path);
	for (struct dirent *entry = readdir(open); entry; entry = readdir(open))
		count += entry->d_name[0] != '.';
	closedir(open);
	return count;
}

START_TEST(reads_what_it_wrote)
{
	struct directory directory = directory_new();
	struct bytes content;
	bytes_init(&content, 100);
	ck_assert_int_eq(files_write(directory_path(&directory, "a"), 0600, "first", 5), ERR_NONE);
	ck_assert_int_eq(files_write(directory_path(&directory, "a"), 0644, "two\0!", 5), ERR_NONE);
	ck_assert_uint_eq(mode(directory_path(&directory, "a")), 0644);
	ck_assert_int_eq(files_read(directory_path(&directory, "a"), &content), ERR_NONE);
	ck_assert_uint_eq(content.length, 5);
	ck_assert_mem_eq(content.data, "two\0!", 5);
	ck_assert_uint_eq(count_entries(&directory), 1);
	bytes_release(&content);
	directory_remove(&directory);
}
END_TEST

START_TEST(is_private_whatever_the_umask)
{
	struct directory directory = directory_new();
	umask(0);
	ck_assert_int_eq(files_write(directory_path(&directory, "key"), 0600, "k", 1), ERR_NONE);
	umask(0777);
	ck_assert_int_eq(files_write(directory_path(&directory, "open"), 0644, "o", 1), ERR_NONE);
	umask(022);
	ck_assert_uint_eq(mode(directory_path(&directory, "key")), 0600);
	ck_assert_uint_eq(mode(directory_path(&directory, "open")), 0644);
	directory_remove(&directory);
}
END_TEST

START_TEST(leaves_nothing_behind_when_it_fails)
{
	struct directory directory = directory_new();
	mkdir(directory_path(&directory, "taken"), 0700);
	directory_put(&directory, "taken/file", "x");
	ck_assert_int_eq(files_write(directory_path(&directory, "taken"), 0600, "k", 1), ERR_SYSTEM);
	ck_assert_int_ne(errno, 0);
	ck_assert_uint_eq(count_entries(&directory), 1);
	directory_remove(&directory);
}
END_TEST

START_TEST(says_when_a_file_is_absent_or_too_long)
{
	struct directory directory = directory_new();
	struct bytes content;
	bytes_init(&content, 4);
	ck_assert_int_eq(files_read(directory_path(&directory, "none"), &content), ERR_SYSTEM);
	ck_assert_int_eq(errno, ENOENT);
	directory_put(&directory, "long", "12345");
	ck_assert_int_eq(files_read(directory_path(&directory, "long"), &content), ERR_LIMIT);
	bytes_release(&content);
	directory_remove(&directory);
}
END_TEST

START_TEST(makes_directories_and_those_above)
{
	struct directory directory = directory_new();
	ck_assert_int_eq(files_make_directory(directory_path(&directory, "a/b/c"), 0700), ERR_NONE);
	ck_assert_uint_eq(mode(directory_path(&directory, "a/b/c")), 0700);
	ck_assert_uint_eq(mode(directory_path(&directory, "a/b")), 0755);
	ck_assert_int_eq(files_make_directory(directory_path(&directory, "a/b/c"), 0755), ERR_NONE);
	ck_assert_uint_eq(mode(directory_path(&directory, "a/b/c")), 0700);
	directory_put(&directory, "file", "");
	ck_assert_int_eq(files_make_directory(directory_path(&directory, "file"), 0700), ERR_SYSTEM);
	ck_assert_int_eq(errno, ENOTDIR);
	directory_remove(&directory);
}
END_TEST

UNIT("files", reads_what_it_wrote, is_private_whatever_the_umask, leaves_nothing_behind_when_it_fails,
     says_when_a_file_is_absent_or_too_long, makes_directories_and_those_above)
