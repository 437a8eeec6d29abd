/* Runs a harness on the files of a corpus, once each: replay DIRECTORY… */
#include <dirent.h>
#include <limits.h>
#include <string.h>

#include "harness.h"

enum { INPUT_MAXIMUM = 1 << 20 };

/* The memory is exactly as long as the input, so that a read past its end shows. */
static void run_file(const char *path)
{
	static char room[INPUT_MAXIMUM];
	FILE *file = fopen(path, "rb");
	expect(file != NULL, path);
	size_t length = fread(room, 1, sizeof room, file);
	expect(length < sizeof room && !ferror(file), path);
	fclose(file);
	uint8_t *data = malloc(length ? length : 1);
	expect(data != NULL, "there is memory");
	memcpy(data, room, length);
	LLVMFuzzerTestOneInput(data, length);
	free(data);
}

static size_t run_directory(const char *directory)
{
	size_t count = 0;
	DIR *list = opendir(directory);
	expect(list != NULL, directory);
	for (struct dirent *entry = readdir(list); entry; entry = readdir(list)) {
		char path[PATH_MAX];
		if (entry->d_name[0] == '.')
			continue;
		expect(snprintf(path, sizeof path, "%s/%s", directory, entry->d_name) < (int)sizeof path, directory);
		run_file(path);
		count++;
	}
	closedir(list);
	return count;
}

int main(int argument_count, char **arguments)
{
	size_t count = 0;
	for (int i = 1; i < argument_count; i++)
		count += run_directory(arguments[i]);
	printf("%zu inputs\n", count);
	return count ? EXIT_SUCCESS : EXIT_FAILURE;
}
