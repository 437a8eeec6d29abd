/* Where an embedded PostgreSQL is placed. */
#include "db/cluster.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/unit.h"

START_TEST(a_url_escapes_the_socket_directory)
{
	char url[CLUSTER_URL_SIZE];
	struct cluster cluster = {.socket = "/tmp/a b&c,d%/\xc3\xa9"};
	ck_assert_int_eq(cluster_url(&cluster, "secondlook", url), ERR_NONE);
	ck_assert_str_eq(url, "postgresql:///secondlook?user=postgres&port=5432&host=/tmp/a%20b%26c%2Cd%25/%C3%A9");
}
END_TEST

START_TEST(a_url_that_is_too_long_is_refused)
{
	char url[CLUSTER_URL_SIZE] = "untouched";
	struct cluster cluster;
	memset(cluster.socket, ' ', 200);
	cluster.socket[200] = '\0';
	ck_assert_int_eq(cluster_url(&cluster, "secondlook", url), ERR_LIMIT);
	ck_assert_str_eq(url, "untouched");
}
END_TEST

START_TEST(a_path_that_is_too_long_is_refused)
{
	char directory[CLUSTER_PATH_SIZE], path[CLUSTER_PATH_SIZE];
	ck_assert_int_eq(cluster_join("/a", "b", path), ERR_NONE);
	ck_assert_str_eq(path, "/a/b");
	memset(directory, 'x', sizeof directory - 1);
	directory[sizeof directory - 1] = '\0';
	ck_assert_int_eq(cluster_join(directory, "b", path), ERR_LIMIT);
	ck_assert_str_eq(path, "/a/b");
}
END_TEST

static void find(const char *directory, struct cluster *cluster)
{
	struct bytes fault;
	bytes_init(&fault, 1024);
	enum err error = cluster_find(directory, &fault, cluster);
	ck_assert_msg(error == ERR_NONE, "%s", bytes_string(&fault));
	bytes_release(&fault);
}

START_TEST(the_socket_is_in_the_directory_when_that_is_short)
{
	struct cluster cluster;
	char directory[] = "/tmp/secondlook-place-XXXXXX", path[128];
	ck_assert_ptr_nonnull(mkdtemp(directory));
	find(directory, &cluster);
	ck_assert_str_eq(cluster.socket, directory);
	snprintf(path, sizeof path, "%s/data", directory);
	ck_assert_str_eq(cluster.data, path);
	ck_assert_int_eq(rmdir(directory), 0);
}
END_TEST

START_TEST(the_socket_of_a_long_path_has_a_short_one)
{
	struct cluster cluster, again;
	char top[] = "/tmp/secondlook-place-XXXXXX", directory[256];
	ck_assert_ptr_nonnull(mkdtemp(top));
	snprintf(directory, sizeof directory, "%s/%0*d", top, 90, 0);
	ck_assert_int_eq(mkdir(directory, 0700), 0);
	find(directory, &cluster);
	find(directory, &again);
	ck_assert_uint_le(strlen(cluster.socket), 93);
	ck_assert_str_eq(cluster.socket, again.socket);
	ck_assert_int_eq(rmdir(directory) + rmdir(top), 0);
}
END_TEST

START_TEST(programs_that_are_not_where_they_are_said_to_be_are_a_fault)
{
	struct cluster cluster;
	struct bytes fault;
	char directory[] = "/tmp/secondlook-place-XXXXXX";
	bytes_init(&fault, 1024);
	ck_assert_ptr_nonnull(mkdtemp(directory));
	ck_assert_int_eq(setenv("SECONDLOOK_POSTGRES_BIN", "/tmp", 1), 0);
	ck_assert_int_eq(cluster_place(directory, &fault, &cluster), ERR_NOT_NOW);
	ck_assert_str_eq(bytes_string(&fault), "SECONDLOOK_POSTGRES_BIN=/tmp holds no postgres and initdb");
	bytes_release(&fault);
	ck_assert_int_eq(rmdir(directory), 0);
}
END_TEST

UNIT("db/cluster", a_url_escapes_the_socket_directory, a_url_that_is_too_long_is_refused,
     a_path_that_is_too_long_is_refused, the_socket_is_in_the_directory_when_that_is_short,
     the_socket_of_a_long_path_has_a_short_one, programs_that_are_not_where_they_are_said_to_be_are_a_fault)
