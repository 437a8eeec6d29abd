/* The directory of `secondlook dev`: made, claimed by one process at a time, emptied on request. */
#include "dev_sandbox.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "files.h"

/* Where the database lies when its user can't reach the directory, as below /root. */
#define ELSEWHERE "/var/lib/secondlook"

static const char *const ours[] = {"sandbox", "db", "pki", "run"};
enum { OURS = sizeof ours / sizeof *ours, OPEN_DIRECTORIES = 16 };

static enum err refuse(struct bytes *fault, const char *path, const char *what)
{
	bytes_format(fault, "%s: %s: %s\n", path, what, strerror(errno));
	return ERR_SYSTEM;
}

static enum err join(char path[PATH_MAX], const char *directory, const char *name, struct bytes *fault)
{
	int length = snprintf(path, PATH_MAX, "%s/%s", directory, name);
	if (length > 0 && length < PATH_MAX)
		return ERR_NONE;
	bytes_format(fault, "%s: its path is too long\n", directory);
	return ERR_INPUT;
}

static bool is_ours(const char *name)
{
	for (size_t i = 0; i < OURS; i++)
		if (strcmp(name, ours[i]) == 0)
			return true;
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* Before the mark is put, so that a home directory never becomes ours to empty. */
static enum err check_content(const char *path, struct bytes *fault)
{
	char mark[PATH_MAX];
	enum err error = join(mark, path, "sandbox", fault);
	if (error || access(mark, F_OK) == 0)
		return error;
	DIR *directory = opendir(path);
	if (!directory)
		return refuse(fault, path, "can't be read");
	for (struct dirent *entry = readdir(directory); !error && entry; entry = readdir(directory))
		if (!is_ours(entry->d_name)) {
			bytes_format(fault, "%s: holds other things (%s) than a sandbox; give --dir an empty directory\n",
				     path, entry->d_name);
			error = ERR_NOT_NOW;
		}
	closedir(directory);
	return error;
}

static enum err in_use(const char *directory, struct bytes *fault)
{
	char path[PATH_MAX];
	struct bytes content;
	bytes_init(&content, 64);
	enum err error = join(path, directory, "run/secondlook.pid", fault);
	if (!error && files_read(path, &content))
		bytes_clear(&content);
	const char *process = bytes_string(&content);
	size_t length = process ? strcspn(process, "\n") : 0;
	bytes_format(fault, "%s: is in use by %s%.*s; stop that one, or give another --dir\n", directory,
		     length ? "process " : "another process", (int)length, process ? process : "");
	bytes_release(&content);
	return ERR_NOT_NOW;
}

enum err sandbox_claim(const char *directory, struct bytes *fault, int *lock)
{
	/* The database's own user has to pass through. */
	if (files_make_directory(directory, geteuid() == 0 ? 0711 : 0700))
		return refuse(fault, directory, "can't be made");
	int descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (descriptor < 0)
		return refuse(fault, directory, "can't be opened");
	enum err error = ERR_NONE;
	if (flock(descriptor, LOCK_EX | LOCK_NB))
		error = errno == EWOULDBLOCK ? in_use(directory, fault) : refuse(fault, directory, "can't be locked");
	if (!error)
		error = check_content(directory, fault);
	if (error)
		close(descriptor);
	else
		*lock = descriptor;
	return error;
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *place)
{
	(void)status, (void)kind, (void)place;
	return remove(path);
}

static enum err remove_tree(const char *path, struct bytes *fault)
{
	if (nftw(path, remove_one, OPEN_DIRECTORIES, FTW_DEPTH | FTW_PHYS) && errno != ENOENT)
		return refuse(fault, path, "can't be removed");
	return ERR_NONE;
}

/* Where the link `db` leads, when sandbox_furnish put the database elsewhere. */
static bool is_elsewhere(const char *path, char target[PATH_MAX])
{
	ssize_t length = readlink(path, target, PATH_MAX - 1);
	if (length < 0)
		return false;
	target[length] = '\0';
	return strncmp(target, ELSEWHERE "/", sizeof ELSEWHERE) == 0 && !strstr(target, "..");
}

enum err sandbox_empty(const char *directory, struct bytes *fault)
{
	enum err error = ERR_NONE;
	for (size_t i = 0; !error && i < OURS; i++) {
		char path[PATH_MAX], target[PATH_MAX];
		error = join(path, directory, ours[i], fault);
		if (!error && is_elsewhere(path, target))
			error = remove_tree(target, fault);
		if (!error)
			error = remove_tree(path, fault);
	}
	return error;
}

/* Whether any user may pass through every directory of the path. */
static bool all_can_reach(const char *path)
{
	char above[PATH_MAX];
	struct stat status;
	if (!realpath(path, above))
		return false;
	for (char *slash = above + strlen(above); slash; slash = strrchr(above, '/')) {
		*slash = '\0';
		if (stat(*above ? above : "/", &status) || !(status.st_mode & S_IXOTH))
			return false;
	}
	return true;
}

static uint64_t hash_text(const char *text)
{
	uint64_t hash = 0xcbf29ce484222325U; /* FNV-1a */
	for (; *text; text++)
		hash = (hash ^ (unsigned char)*text) * 0x100000001b3U;
	return hash;
}

/* PostgreSQL does not run as root, and its user can't enter, say, /root. */
static enum err place_database(const char *directory, struct bytes *fault)
{
	char path[PATH_MAX], target[PATH_MAX];
	struct stat status;
	enum err error = join(path, directory, "db", fault);
	if (error || geteuid() != 0 || lstat(path, &status) == 0 || all_can_reach(directory))
		return error;
	snprintf(target, sizeof target, ELSEWHERE "/%016llx", (unsigned long long)hash_text(directory));
	/* One that no link leads to is left of a directory that was removed by hand. */
	error = remove_tree(target, fault);
	if (error)
		return error;
	if (files_make_directory(target, 0711))
		return refuse(fault, target, "can't be made");
	if (symlink(target, path))
		return refuse(fault, path, "can't be made");
	return ERR_NONE;
}

enum err sandbox_furnish(const char *directory, struct bytes *fault)
{
	static const char text[] = "Made by `secondlook dev`, which empties this directory when told --fresh.\n";
	char path[PATH_MAX];
	enum err error = join(path, directory, "sandbox", fault);
	if (!error && files_write(path, 0644, text, sizeof text - 1))
		error = refuse(fault, path, "can't be written");
	if (!error)
		error = join(path, directory, "run", fault);
	if (!error && files_make_directory(path, 0700))
		error = refuse(fault, path, "can't be made");
	return error ? error : place_database(directory, fault);
}
