/* The directory of `dev`: claimed once, never somebody else's, emptied of what is ours alone. */
#include "dev_sandbox.h"

#include <string.h>
#include <unistd.h>

#include "support/directory.h"
#include "support/unit.h"

static struct directory directory;
static struct bytes fault;
static int lock;

static void begin(void)
{
	directory = directory_new();
	bytes_init(&fault, 4096);
	lock = -1;
}

static void end(void)
{
	if (lock >= 0)
		close(lock);
	bytes_release(&fault);
	directory_remove(&directory);
}

static bool is_there(const char *name)
{
	return access(directory_path(&directory, name), F_OK) == 0;
}

START_TEST(makes_and_furnishes)
{
	begin();
	const char *path = directory_path(&directory, "new/deep");
	ck_assert_int_eq(sandbox_claim(path, &fault, &lock), ERR_NONE);
	ck_assert_int_eq(sandbox_furnish(path, &fault), ERR_NONE);
	ck_assert(is_there("new/deep/sandbox"));
	ck_assert(is_there("new/deep/run"));
	end();
}
END_TEST

START_TEST(refuses_a_second_claim)
{
	int second = -1;
	begin();
	ck_assert_int_eq(sandbox_claim(directory.path, &fault, &lock), ERR_NONE);
	ck_assert_int_eq(sandbox_furnish(directory.path, &fault), ERR_NONE);
	directory_put(&directory, "run/secondlook.pid", "4711\n");
	ck_assert_int_eq(sandbox_claim(directory.path, &fault, &second), ERR_NOT_NOW);
	ck_assert_ptr_nonnull(strstr(bytes_string(&fault), "is in use by process 4711; stop that one"));
	ck_assert_int_eq(second, -1);
	close(lock);
	ck_assert_int_eq(sandbox_claim(directory.path, &fault, &lock), ERR_NONE);
	end();
}
END_TEST

START_TEST(refuses_a_directory_of_other_things)
{
	begin();
	directory_put(&directory, "letter.txt", "dear");
	ck_assert_int_eq(sandbox_claim(directory.path, &fault, &lock), ERR_NOT_NOW);
	ck_assert_ptr_nonnull(strstr(bytes_string(&fault), "holds other things (letter.txt)"));
	ck_assert(!is_there("sandbox"));
	end();
}
END_TEST

START_TEST(takes_certificates_that_were_made_before)
{
	begin();
	mkdir(directory_path(&directory, "pki"), 0700);
	ck_assert_int_eq(sandbox_claim(directory.path, &fault, &lock), ERR_NONE);
	end();
}
END_TEST

START_TEST(empties_what_is_ours_alone)
{
	begin();
	ck_assert_int_eq(sandbox_claim(directory.path, &fault, &lock), ERR_NONE);
	ck_assert_int_eq(sandbox_furnish(directory.path, &fault), ERR_NONE);
	mkdir(directory_path(&directory, "pki"), 0700);
	directory_put(&directory, "pki/ca.key", "");
	directory_put(&directory, "letter.txt", "put there later");
	ck_assert_int_eq(sandbox_empty(directory.path, &fault), ERR_NONE);
	ck_assert(!is_there("pki") && !is_there("run") && !is_there("sandbox"));
	ck_assert(is_there("letter.txt"));
	end();
}
END_TEST

/* A link must not lead the emptying to somewhere else. */
START_TEST(follows_no_links)
{
	struct directory elsewhere = directory_new();
	begin();
	directory_put(&elsewhere, "keep", "");
	ck_assert_int_eq(sandbox_claim(directory.path, &fault, &lock), ERR_NONE);
	ck_assert_int_eq(symlink(elsewhere.path, directory_path(&directory, "db")), 0);
	ck_assert_int_eq(symlink(elsewhere.path, directory_path(&directory, "pki")), 0);
	ck_assert_int_eq(sandbox_empty(directory.path, &fault), ERR_NONE);
	ck_assert(!is_there("db") && !is_there("pki"));
	ck_assert_int_eq(access(directory_path(&elsewhere, "keep"), F_OK), 0);
	directory_remove(&elsewhere);
	end();
}
END_TEST

UNIT("dev_sandbox", makes_and_furnishes, refuses_a_second_claim, refuses_a_directory_of_other_things,
     takes_certificates_that_were_made_before, empties_what_is_ours_alone, follows_no_links)
