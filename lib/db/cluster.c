/* Finds the place, the user and the programs of an embedded PostgreSQL. */
#include "db/cluster.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <pwd.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* sockaddr_un holds 107 bytes; PostgreSQL adds "/.s.PGSQL.5432". */
enum { SOCKET_DIRECTORY_MAXIMUM = 107 - 14 };

static const char elsewhere[] = "elsewhere";

enum err cluster_join(const char *directory, const char *name, char path[CLUSTER_PATH_SIZE])
{
	char joined[CLUSTER_PATH_SIZE];
	int length = snprintf(joined, sizeof joined, "%s/%s", directory, name);
	if (length < 0 || (size_t)length >= sizeof joined)
		return ERR_LIMIT;
	memcpy(path, joined, (size_t)length + 1);
	return ERR_NONE;
}

static int is_program(const char *directory, const char *name)
{
	char path[CLUSTER_PATH_SIZE];
	return cluster_join(directory, name, path) == ERR_NONE && access(path, X_OK) == 0;
}

static int has_programs(const char *directory)
{
	return is_program(directory, "postgres") && is_program(directory, "initdb");
}

/* The first directory of PATH for which `holds` is true. */
static int search_path(int (*holds)(const char *directory), char found[CLUSTER_PATH_SIZE])
{
	const char *path = getenv("PATH");
	for (const char *start = path ? path : ""; *start;) {
		size_t length = strcspn(start, ":");
		if (length > 0 && length < CLUSTER_PATH_SIZE) {
			memcpy(found, start, length);
			found[length] = '\0';
			if (found[0] == '/' && holds(found))
				return 1;
		}
		start += length + (start[length] == ':');
	}
	return 0;
}

static int has_pg_config(const char *directory)
{
	return is_program(directory, "pg_config");
}

static int ask_pg_config(char found[CLUSTER_PATH_SIZE])
{
	char directory[CLUSTER_PATH_SIZE], program[CLUSTER_PATH_SIZE];
	if (!search_path(has_pg_config, directory) || cluster_join(directory, "pg_config", program) != ERR_NONE)
		return 0;
	const struct program_user caller = {.change = 0};
	const char *const argv[] = {program, "--bindir", NULL};
	struct bytes output;
	bytes_init(&output, CLUSTER_PATH_SIZE - 1);
	enum err error = program_run(&caller, argv, 5000, &output);
	const char *text = bytes_string(&output);
	int good = error == ERR_NONE && text && strcspn(text, "\n") > 0;
	if (good)
		snprintf(found, CLUSTER_PATH_SIZE, "%.*s", (int)strcspn(text, "\n"), text);
	bytes_release(&output);
	return good && has_programs(found);
}

/* Debian keeps each major version apart. */
static int newest_of_debian(char found[CLUSTER_PATH_SIZE])
{
	const char *root = "/usr/lib/postgresql";
	DIR *directory = opendir(root);
	long newest = 0;
	for (struct dirent *entry = directory ? readdir(directory) : NULL; entry; entry = readdir(directory)) {
		char candidate[CLUSTER_PATH_SIZE];
		long version = strtol(entry->d_name, NULL, 10);
		int length = snprintf(candidate, sizeof candidate, "%s/%s/bin", root, entry->d_name);
		if (version <= newest || length < 0 || (size_t)length >= sizeof candidate || !has_programs(candidate))
			continue;
		newest = version;
		memcpy(found, candidate, (size_t)length + 1);
	}
	if (directory)
		closedir(directory);
	return newest > 0;
}

static enum err find_programs(struct bytes *fault, char found[CLUSTER_PATH_SIZE])
{
	const char *named = getenv("SECONDLOOK_POSTGRES_BIN");
	if (named && *named) {
		size_t length = strlen(named);
		if (length < CLUSTER_PATH_SIZE && has_programs(named)) {
			memcpy(found, named, length + 1);
			return ERR_NONE;
		}
		bytes_format(fault, "SECONDLOOK_POSTGRES_BIN=%s holds no postgres and initdb", named);
		return ERR_NOT_NOW;
	}
	if (search_path(has_programs, found) || ask_pg_config(found) || newest_of_debian(found))
		return ERR_NONE;
	bytes_append_string(fault, "PostgreSQL isn't installed: install the package postgresql, or name the directory of "
				   "its programs in SECONDLOOK_POSTGRES_BIN");
	return ERR_NOT_NOW;
}

/* PostgreSQL refuses to run as root. */
static enum err find_user(struct bytes *fault, struct program_user *user)
{
	static const char *const candidates[] = {"postgres", "nobody"};
	memset(user, 0, sizeof *user);
	user->uid = geteuid();
	user->gid = getegid();
	if (user->uid != 0)
		return ERR_NONE;
	for (size_t i = 0; i < sizeof candidates / sizeof *candidates; i++) {
		const struct passwd *entry = getpwnam(candidates[i]);
		if (!entry)
			continue;
		*user = (struct program_user){.change = 1, .uid = entry->pw_uid, .gid = entry->pw_gid};
		snprintf(user->name, sizeof user->name, "%s", candidates[i]);
		return ERR_NONE;
	}
	bytes_append_string(fault, "run as root, there must be a user postgres or nobody for the database server");
	return ERR_NOT_NOW;
}

static enum err make_with_parents(const char *path, struct bytes *fault)
{
	char partial[CLUSTER_PATH_SIZE];
	size_t length = strlen(path);
	if (length >= sizeof partial) {
		bytes_append_string(fault, "the database directory's path is too long");
		return ERR_NOT_NOW;
	}
	for (size_t i = 1; i <= length; i++) {
		if (path[i] != '/' && path[i] != '\0')
			continue;
		memcpy(partial, path, i);
		partial[i] = '\0';
		if (mkdir(partial, i == length ? 0700 : 0755) != 0 && errno != EEXIST) {
			bytes_format(fault, "cannot make the directory %s: %s", partial, strerror(errno));
			return ERR_NOT_NOW;
		}
	}
	return ERR_NONE;
}

/* Ours to change: empty, or a cluster was put there before. */
static int may_take(const char *path)
{
	static const char *const ours[] = {"lock", "data", "log"};
	DIR *directory = opendir(path);
	int taken = 0, others = 0;
	for (struct dirent *entry = directory ? readdir(directory) : NULL; entry; entry = readdir(directory)) {
		others += entry->d_name[0] != '.';
		for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
			taken |= strcmp(entry->d_name, ours[i]) == 0;
	}
	if (!directory)
		return 0;
	closedir(directory);
	return taken || !others;
}

static int can_work_in(const char *path)
{
	return chdir(path) == 0 && access(".", R_OK | W_OK | X_OK) == 0;
}

static enum err take_directory(const struct cluster *cluster, struct bytes *fault)
{
	const char *path = cluster->directory;
	if (!may_take(path)) {
		bytes_format(fault, "%s can't be read, or holds other files than a database: choose another directory", path);
		return ERR_NOT_NOW;
	}
	if (cluster->user.change && chown(path, cluster->user.uid, cluster->user.gid) != 0) {
		bytes_format(fault, "cannot give %s to the user %s: %s", path, cluster->user.name, strerror(errno));
		return ERR_NOT_NOW;
	}
	if (chmod(path, 0700) != 0) {
		bytes_format(fault, "cannot close %s to other users: %s", path, strerror(errno));
		return ERR_NOT_NOW;
	}
	if (program_ask(&cluster->user, can_work_in, path))
		return ERR_NONE;
	bytes_format(fault, "the database server runs as the user %s, who can't reach %s: choose a directory below one "
			    "that everyone may enter", cluster->user.name, path);
	return ERR_NOT_NOW;
}

static uint64_t hash_text(const char *text)
{
	uint64_t hash = 0xcbf29ce484222325U; /* FNV-1a */
	for (; *text; text++)
		hash = (hash ^ (unsigned char)*text) * 0x100000001b3U;
	return hash;
}

/* A socket's path is short by law of the kernel: a directory with a long path keeps its socket elsewhere. */
static enum err choose_socket(struct cluster *cluster, struct bytes *fault)
{
	if (strlen(cluster->directory) <= SOCKET_DIRECTORY_MAXIMUM) {
		memcpy(cluster->socket, cluster->directory, sizeof cluster->socket);
		return ERR_NONE;
	}
	const char *runtime = cluster->user.change ? NULL : getenv("XDG_RUNTIME_DIR");
	if (!runtime || runtime[0] != '/' || strlen(runtime) > SOCKET_DIRECTORY_MAXIMUM - 32)
		runtime = "/tmp";
	char name[40];
	snprintf(name, sizeof name, "secondlook-%016llx", (unsigned long long)hash_text(cluster->directory));
	enum err error = cluster_join(runtime, name, cluster->socket);
	if (error != ERR_NONE)
		bytes_append_string(fault, "the socket's path is too long");
	return error;
}

/* In a directory that everyone may write to, somebody else may have been there first. */
static enum err take_socket_directory(const struct cluster *cluster, struct bytes *fault)
{
	struct stat status;
	if (strcmp(cluster->socket, cluster->directory) == 0)
		return ERR_NONE;
	if (mkdir(cluster->socket, 0700) == 0 && cluster->user.change &&
	    lchown(cluster->socket, cluster->user.uid, cluster->user.gid) != 0)
		(void)rmdir(cluster->socket);
	if (lstat(cluster->socket, &status) == 0 && S_ISDIR(status.st_mode) && status.st_uid == cluster->user.uid &&
	    (status.st_mode & 077) == 0)
		return ERR_NONE;
	bytes_format(fault, "%s must be a directory of the database server's user only: remove it", cluster->socket);
	return ERR_NOT_NOW;
}

static enum err set_paths(struct cluster *cluster, const char *directory, struct bytes *fault)
{
	size_t length = strlen(directory);
	if (length < sizeof cluster->directory) {
		memcpy(cluster->directory, directory, length + 1);
		if (cluster_join(directory, "data", cluster->data) == ERR_NONE &&
		    cluster_join(directory, "data.new", cluster->fresh) == ERR_NONE &&
		    cluster_join(directory, "log", cluster->log) == ERR_NONE &&
		    cluster_join(directory, "lock", cluster->lock) == ERR_NONE)
			return choose_socket(cluster, fault);
	}
	bytes_append_string(fault, "the database directory's path is too long");
	return ERR_NOT_NOW;
}

/* A directory that the server's user can't reach holds only a link to the one that serves in its place. Ours: a link
 * that the server's user made might lead anywhere. */
static char *follow_elsewhere(const char *directory)
{
	char link[CLUSTER_PATH_SIZE];
	struct stat status;
	if (cluster_join(directory, elsewhere, link) == ERR_NONE && lstat(link, &status) == 0 && S_ISLNK(status.st_mode) &&
	    status.st_uid == geteuid())
		return realpath(link, NULL);
	return strdup(directory);
}

enum err cluster_find(const char *directory, struct bytes *fault, struct cluster *cluster)
{
	struct cluster found = {0};
	char *absolute = realpath(directory, NULL);
	char *followed = absolute ? follow_elsewhere(absolute) : NULL;
	free(absolute);
	if (!followed) {
		bytes_format(fault, "there is no database directory %s", directory);
		return ERR_NOT_NOW;
	}
	enum err error = find_user(fault, &found.user);
	if (error == ERR_NONE)
		error = set_paths(&found, followed, fault);
	free(followed);
	if (error == ERR_NONE)
		*cluster = found;
	return error;
}

static int can_see(const char *path)
{
	struct stat status;
	return stat(path, &status) == 0;
}

/* Root's own directories are closed to the server's user: the cluster then lives below /var/lib. */
static enum err move_elsewhere(struct cluster *cluster, struct bytes *fault)
{
	char home[] = "/var/lib/secondlook-XXXXXX", link[CLUSTER_PATH_SIZE];
	if (!cluster->user.change || program_ask(&cluster->user, can_see, cluster->directory))
		return ERR_NONE;
	if (!may_take(cluster->directory) || cluster_join(cluster->directory, elsewhere, link) != ERR_NONE || !mkdtemp(home)) {
		bytes_format(fault, "the database server runs as the user %s, who can't reach %s: choose another directory",
			     cluster->user.name, cluster->directory);
		return ERR_NOT_NOW;
	}
	if (symlink(home, link) != 0) {
		bytes_format(fault, "cannot make %s: %s", link, strerror(errno));
		(void)rmdir(home);
		return ERR_NOT_NOW;
	}
	return set_paths(cluster, home, fault);
}

enum err cluster_place(const char *directory, struct bytes *fault, struct cluster *cluster)
{
	struct cluster placed;
	enum err error = make_with_parents(directory, fault);
	if (error == ERR_NONE)
		error = cluster_find(directory, fault, &placed);
	if (error == ERR_NONE)
		error = find_programs(fault, placed.programs);
	if (error == ERR_NONE)
		error = move_elsewhere(&placed, fault);
	if (error == ERR_NONE)
		error = take_directory(&placed, fault);
	if (error == ERR_NONE)
		error = take_socket_directory(&placed, fault);
	if (error == ERR_NONE)
		*cluster = placed;
	return error;
}

enum err cluster_url(const struct cluster *cluster, const char *database, char url[CLUSTER_URL_SIZE])
{
	char text[CLUSTER_URL_SIZE];
	int length = snprintf(text, sizeof text, "postgresql:///%s?user=postgres&port=5432&host=", database);
	size_t used = (size_t)length;
	for (const char *next = cluster->socket; *next; next++) {
		int is_plain = isalnum((unsigned char)*next) || strchr("/._-", *next);
		if (used + 4 > sizeof text)
			return ERR_LIMIT;
		used += (size_t)snprintf(text + used, sizeof text - used, is_plain ? "%c" : "%%%02X", (unsigned char)*next);
	}
	memcpy(url, text, used + 1);
	return ERR_NONE;
}
