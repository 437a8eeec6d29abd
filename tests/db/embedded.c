/* The embedded PostgreSQL: made, reused, stopped, started again after crashes, refused where it can't be. */
#include "db/embedded.h"

#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "db/database.h"

static void check_start(const char *directory, struct embedded *embedded)
{
	struct bytes fault;
	bytes_init(&fault, 4096);
	enum err error = embedded_start(directory, &fault, embedded);
	ck_assert_msg(error == ERR_NONE, "%s", bytes_string(&fault));
	bytes_release(&fault);
}

static void check_stop(const char *directory)
{
	struct bytes fault;
	bytes_init(&fault, 4096);
	enum err error = embedded_stop(directory, &fault);
	ck_assert_msg(error == ERR_NONE, "%s", bytes_string(&fault));
	bytes_release(&fault);
}

static void remove_tree(const char *directory)
{
	char command[512];
	snprintf(command, sizeof command, "rm -rf %s", directory);
	ck_assert_int_eq(system(command), 0);
}

START_TEST(a_running_server_is_reused)
{
	struct embedded again;
	check_start(server_directory(), &again);
	ck_assert_int_eq(again.postmaster, 0);
	ck_assert_str_eq(again.url, database_url());
	ck_assert_str_eq(database_run(again.url, "select current_database()"), "secondlook");
}
END_TEST

START_TEST(its_settings_are_ours)
{
	ck_assert_str_eq(database_run(database_url(), "select current_setting('data_checksums') || ' ' ||"
						      " current_setting('listen_addresses') || ' ' || current_setting('timezone') || ' ' ||"
						      " current_setting('log_error_verbosity') || ' ' || current_setting('server_encoding')"),
			 "on  UTC terse UTF8");
	ck_assert_str_eq(database_run(database_url(), "select datcollate from pg_database where datname = 'secondlook'"), "C.UTF-8");
}
END_TEST

START_TEST(only_its_user_can_enter)
{
	struct stat status;
	ck_assert_int_eq(stat(server_directory(), &status), 0);
	ck_assert_int_eq(status.st_mode & 0777, 0700);
	ck_assert_int_eq(status.st_uid == 0, 0);
}
END_TEST

START_TEST(a_stop_is_clean_and_may_be_repeated)
{
	struct embedded embedded;
	database_run(database_url(), "create table kept (id int)");
	check_stop(server_directory());
	check_stop(server_directory());
	check_start(server_directory(), &embedded);
	ck_assert_int_gt(embedded.postmaster, 0);
	ck_assert_str_eq(database_run(embedded.url, "select count(*) from kept"), "0");
}
END_TEST

START_TEST(a_crashed_server_starts_again)
{
	database_run(database_url(), "create table after_crash (id int)");
	server_stop_immediately();
	server_start();
	ck_assert_str_eq(database_run(database_url(), "select count(*) from after_crash"), "0");
}
END_TEST

/* Its number now belongs to a process of the same user, as after a restart of a container. */
START_TEST(a_stale_postmaster_number_does_not_matter)
{
	char path[256];
	check_stop(server_directory());
	pid_t other = fork();
	if (other == 0) {
		struct stat status;
		if (stat(server_directory(), &status) == 0 && setuid(status.st_uid) == 0)
			pause();
		_exit(1);
	}
	snprintf(path, sizeof path, "%s/data/postmaster.pid", server_directory());
	FILE *file = fopen(path, "w");
	ck_assert_ptr_nonnull(file);
	fprintf(file, "%ld\n%s/data\n", (long)other, server_directory());
	fclose(file);
	server_start();
	ck_assert_str_eq(database_run(database_url(), "select 1"), "1");
	ck_assert_int_eq(kill(other, SIGKILL), 0);
	ck_assert_int_eq(waitpid(other, NULL, 0), other);
}
END_TEST

START_TEST(an_interrupted_initdb_is_begun_anew)
{
	char directory[] = "/tmp/secondlook-half-XXXXXX", path[512];
	struct embedded embedded;
	ck_assert_ptr_nonnull(mkdtemp(directory));
	snprintf(path, sizeof path, "mkdir %s/data.new && touch %s/lock %s/data.new/PG_VERSION && chown -R --reference=%s %s", directory,
		 directory, directory, server_directory(), directory);
	ck_assert_int_eq(system(path), 0);
	check_start(directory, &embedded);
	ck_assert_int_gt(embedded.postmaster, 0);
	check_stop(directory);
	remove_tree(directory);
}
END_TEST

START_TEST(a_long_path_keeps_its_socket_elsewhere)
{
	char top[] = "/tmp/secondlook-long-XXXXXX", directory[256];
	struct embedded embedded;
	ck_assert_ptr_nonnull(mkdtemp(top));
	ck_assert_int_eq(chmod(top, 0755), 0);
	snprintf(directory, sizeof directory, "%s/%0*d/with space, and comma", top, 100, 0);
	check_start(directory, &embedded);
	ck_assert_str_eq(database_run(embedded.url, "select 1"), "1");
	check_stop(directory);
	remove_tree(top);
	char *socket = strstr(embedded.url, "host=") + 5;
	ck_assert_ptr_nonnull(strstr(socket, "/secondlook-"));
	ck_assert_int_eq(rmdir(socket), 0);
}
END_TEST

/* As below /root. Whoever isn't root has no other user to be closed to. */
START_TEST(an_unreachable_directory_lives_elsewhere)
{
	char top[] = "/tmp/secondlook-closed-XXXXXX", directory[64], link[128], home[128] = "";
	struct embedded embedded;
	ck_assert_ptr_nonnull(mkdtemp(top)); /* 0700 */
	snprintf(directory, sizeof directory, "%s/db", top);
	check_start(directory, &embedded);
	ck_assert_int_gt(embedded.postmaster, 0);
	ck_assert_str_eq(database_run(embedded.url, "select 1"), "1");
	check_start(directory, &embedded);
	ck_assert_int_eq(embedded.postmaster, 0);
	check_stop(directory);
	snprintf(link, sizeof link, "%s/elsewhere", directory);
	ssize_t length = readlink(link, home, sizeof home - 1);
	ck_assert_int_eq(length > 0, geteuid() == 0);
	if (length > 0) {
		ck_assert_int_eq(strncmp(home, "/var/lib/secondlook-", 20), 0);
		remove_tree(home);
	}
	remove_tree(top);
}
END_TEST

static void check_refusal(const char *directory, const char *words)
{
	struct embedded embedded;
	struct bytes fault;
	bytes_init(&fault, 4096);
	ck_assert_int_eq(embedded_start(directory, &fault, &embedded), ERR_NOT_NOW);
	ck_assert_msg(strstr(bytes_string(&fault), words) != NULL, "%s", bytes_string(&fault));
	bytes_release(&fault);
}

START_TEST(a_directory_of_other_things_is_left_alone)
{
	char directory[] = "/tmp/secondlook-other-XXXXXX", path[512];
	struct stat status;
	ck_assert_ptr_nonnull(mkdtemp(directory));
	snprintf(path, sizeof path, "%s/letters", directory);
	ck_assert_int_eq(mkdir(path, 0755), 0);
	ck_assert_int_eq(chmod(directory, 0755), 0);
	check_refusal(directory, "holds other files than a database");
	ck_assert_int_eq(stat(directory, &status), 0);
	ck_assert_int_eq(status.st_mode & 0777, 0755);
	remove_tree(directory);
}
END_TEST

START_TEST(a_server_that_cannot_start_says_why)
{
	char directory[] = "/tmp/secondlook-broken-XXXXXX", path[512];
	ck_assert_ptr_nonnull(mkdtemp(directory));
	snprintf(path, sizeof path, "mkdir -m 700 %s/data && chown -R --reference=%s %s", directory, server_directory(), directory);
	ck_assert_int_eq(system(path), 0);
	check_refusal(directory, "PostgreSQL ended at its start: ");
	remove_tree(directory);
}
END_TEST

START_TEST(a_missing_directory_cannot_be_stopped)
{
	struct bytes fault;
	bytes_init(&fault, 4096);
	ck_assert_int_eq(embedded_stop("/tmp/no/such/directory", &fault), ERR_NOT_NOW);
	ck_assert_str_eq(bytes_string(&fault), "there is no database directory /tmp/no/such/directory");
	bytes_release(&fault);
}
END_TEST

SERVER_TESTS("db/embedded", a_running_server_is_reused, its_settings_are_ours, only_its_user_can_enter,
	     a_stop_is_clean_and_may_be_repeated, a_crashed_server_starts_again, a_stale_postmaster_number_does_not_matter,
	     an_interrupted_initdb_is_begun_anew, a_long_path_keeps_its_socket_elsewhere,
	     an_unreachable_directory_lives_elsewhere, a_directory_of_other_things_is_left_alone,
	     a_server_that_cannot_start_says_why, a_missing_directory_cannot_be_stopped)
