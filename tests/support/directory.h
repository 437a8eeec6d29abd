/* A temporary directory for one test, and small files in it. */
#ifndef SUPPORT_DIRECTORY_H
#define SUPPORT_DIRECTORY_H

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

struct directory {
	char path[64];
};

static inline struct directory directory_new(void)
{
	struct directory directory = {"/tmp/secondlook-unit-XXXXXX"};
	if (!mkdtemp(directory.path))
		abort();
	return directory;
}

static inline int directory_remove_one(const char *path, const struct stat *status, int kind, struct FTW *place)
{
	(void)status, (void)kind, (void)place;
	return remove(path);
}

static inline void directory_remove(struct directory *directory)
{
	nftw(directory->path, directory_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* DIRECTORY/name; valid until the eighth next call. */
static inline const char *directory_path(const struct directory *directory, const char *name)
{
	static char paths[8][256];
	static unsigned next;
	char *path = paths[next++ % 8];
	snprintf(path, sizeof paths[0], "%s/%s", directory->path, name);
	return path;
}

static inline void directory_put(const struct directory *directory, const char *name, const char *text)
{
	FILE *file = fopen(directory_path(directory, name), "w");
	if (!file || fputs(text, file) < 0 || fclose(file))
		abort();
}

#endif
