/* Programs that are run and waited for. */
#include "db/program.h"

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/time.h"
#include "support/unit.h"

static const struct program_user caller = {.change = 0};

static enum err run(const char *const *argv, int timeout_ms, char text[256])
{
	struct bytes output;
	bytes_init(&output, 255);
	enum err error = program_run(&caller, argv, timeout_ms, &output);
	strcpy(text, bytes_string(&output));
	bytes_release(&output);
	return error;
}

START_TEST(output_and_errors_are_gathered)
{
	char text[256];
	const char *const argv[] = {"/bin/sh", "-c", "echo out; echo err >&2", NULL};
	ck_assert_int_eq(run(argv, 5000, text), ERR_NONE);
	ck_assert_str_eq(text, "out\nerr\n");
}
END_TEST

START_TEST(another_status_is_a_failure)
{
	char text[256];
	const char *const argv[] = {"/bin/sh", "-c", "exit 3", NULL}, *const missing[] = {"/no/such/program", NULL};
	ck_assert_int_eq(run(argv, 5000, text), ERR_NOT_NOW);
	ck_assert_int_eq(run(missing, 5000, text), ERR_NOT_NOW);
}
END_TEST

START_TEST(the_time_is_bounded)
{
	char text[256];
	const char *const argv[] = {"/bin/sh", "-c", "echo begun; sleep 60", NULL};
	int64_t began_us = time_monotonic_us();
	ck_assert_int_eq(run(argv, 200, text), ERR_NOT_NOW);
	ck_assert_int_lt(time_monotonic_us() - began_us, 5000000);
	ck_assert_str_eq(text, "begun\n");
}
END_TEST

START_TEST(the_environment_is_clean)
{
	char text[256];
	const char *const argv[] = {"/bin/sh", "-c", "echo $SECRET,$LC_ALL,$PWD", NULL};
	ck_assert_int_eq(setenv("SECRET", "hunter2", 1), 0);
	ck_assert_int_eq(run(argv, 5000, text), ERR_NONE);
	ck_assert_str_eq(text, ",C.UTF-8,/\n");
}
END_TEST

START_TEST(arguments_are_not_read_by_a_shell)
{
	char text[256];
	const char *const argv[] = {"/bin/echo", "$HOME; `id` 'x'", NULL};
	ck_assert_int_eq(run(argv, 5000, text), ERR_NONE);
	ck_assert_str_eq(text, "$HOME; `id` 'x'\n");
}
END_TEST

static int is_odd(const char *path)
{
	return strlen(path) % 2 == 1;
}

START_TEST(a_question_is_answered_by_a_child)
{
	ck_assert(program_ask(&caller, is_odd, "abc"));
	ck_assert(!program_ask(&caller, is_odd, "ab"));
}
END_TEST

UNIT("db/program", output_and_errors_are_gathered, another_status_is_a_failure, the_time_is_bounded,
     the_environment_is_clean, arguments_are_not_read_by_a_shell, a_question_is_answered_by_a_child)
