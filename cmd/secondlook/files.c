/* Small files of the program: whole, private when asked for, never half-written. */
#include "files.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static enum err read_all(int descriptor, struct bytes *content)
{
	char piece[8192];
	for (;;) {
		ssize_t got = read(descriptor, piece, sizeof piece);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return ERR_SYSTEM;
		if (got == 0)
			return content->failed ? ERR_LIMIT : ERR_NONE;
		bytes_append(content, piece, (size_t)got);
	}
}

enum err files_read(const char *path, struct bytes *content)
{
	int descriptor = open(path, O_RDONLY | O_CLOEXEC);
	if (descriptor < 0)
		return ERR_SYSTEM;
	enum err error = read_all(descriptor, content);
	int cause = errno;
	close(descriptor);
	errno = cause;
	return error;
}

static enum err write_all(int descriptor, const char *data, size_t length, bool flushes)
{
	while (length) {
		ssize_t put = write(descriptor, data, length);
		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return ERR_SYSTEM;
		data += put;
		length -= (size_t)put;
	}
	return flushes && fsync(descriptor) ? ERR_SYSTEM : ERR_NONE;
}

static enum err write_and_rename(int descriptor, const char *temporary, const char *path, mode_t mode,
				 const void *data, size_t length, bool flushes)
{
	enum err error = fchmod(descriptor, mode) ? ERR_SYSTEM : write_all(descriptor, data, length, flushes);
	if (close(descriptor) && !error)
		error = ERR_SYSTEM;
	if (!error && rename(temporary, path))
		error = ERR_SYSTEM;
	return error;
}

static enum err put(const char *path, mode_t mode, const void *data, size_t length, bool flushes)
{
	char temporary[PATH_MAX];
	int size = snprintf(temporary, sizeof temporary, "%s.%ld.new", path, (long)getpid());
	if (size < 0 || (size_t)size >= sizeof temporary) {
		errno = ENAMETOOLONG;
		return ERR_SYSTEM;
	}
	int descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (descriptor < 0)
		return ERR_SYSTEM;
	enum err error = write_and_rename(descriptor, temporary, path, mode, data, length, flushes);
	if (error) {
		int cause = errno;
		unlink(temporary);
		errno = cause;
	}
	return error;
}

enum err files_write(const char *path, mode_t mode, const void *data, size_t length)
{
	return put(path, mode, data, length, true);
}

enum err files_replace(const char *path, mode_t mode, const void *data, size_t length)
{
	return put(path, mode, data, length, false);
}

static enum err make_one(const char *path, mode_t mode)
{
	struct stat there;
	if (mkdir(path, mode) == 0)
		return chmod(path, mode) ? ERR_SYSTEM : ERR_NONE; /* the umask may have taken bits away */
	int cause = errno;
	if (cause == EEXIST && stat(path, &there) == 0 && S_ISDIR(there.st_mode))
		return ERR_NONE;
	errno = cause == EEXIST ? ENOTDIR : cause;
	return ERR_SYSTEM;
}

enum err files_make_directory(const char *path, mode_t mode)
{
	char above[PATH_MAX];
	size_t length = strlen(path);
	if (length >= sizeof above) {
		errno = ENAMETOOLONG;
		return ERR_SYSTEM;
	}
	memcpy(above, path, length + 1);
	for (char *slash = strchr(above + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (access(above, F_OK) != 0 && make_one(above, 0755))
			return ERR_SYSTEM;
		*slash = '/';
	}
	return make_one(path, mode);
}
