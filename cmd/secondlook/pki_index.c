/* The list of client certificates that the sandbox authority has made, one line each. */
#include "pki_index.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "files.h"

enum { FILE_MAXIMUM = 1 << 25 };

void pki_index_release(struct pki_index *index)
{
	free(index->entries);
	*index = (struct pki_index){0};
}

enum err pki_index_add(struct pki_index *index, const struct pki_entry *entry)
{
	if (index->count == PKI_INDEX_MAXIMUM)
		return ERR_LIMIT;
	if (index->count == index->capacity) {
		size_t capacity = index->capacity ? index->capacity * 2 : 16;
		struct pki_entry *entries = realloc(index->entries, capacity * sizeof *entries);
		if (!entries)
			return ERR_MEMORY;
		index->entries = entries;
		index->capacity = capacity;
	}
	index->entries[index->count++] = *entry;
	return ERR_NONE;
}

static enum err read_line(const char *line, struct pki_index *index)
{
	struct pki_entry entry;
	int end = 0;
	int found = sscanf(line, "%32[0-9a-f] %129[a-z0-9.-] %" SCNd64 " %" SCNd64 "%n", entry.serial, entry.client,
			   &entry.not_after_s, &entry.revoked_at_s, &end);
	if (found != 4 || line[end])
		return ERR_INPUT;
	return pki_index_add(index, &entry);
}

static enum err read_lines(char *text, const char *path, struct bytes *fault, struct pki_index *index)
{
	int number = 0;
	for (char *rest = text; rest && *rest;) {
		number++;
		enum err error = read_line(strsep(&rest, "\n"), index);
		if (error) {
			bytes_format(fault, "%s:%d: is not `serial client end revocation`\n", path, number);
			return error;
		}
	}
	return ERR_NONE;
}

enum err pki_index_read(const char *path, struct bytes *fault, struct pki_index *index)
{
	struct bytes content;
	struct pki_index found = {0};
	bytes_init(&content, FILE_MAXIMUM);
	enum err error = files_read(path, &content);
	if (error && errno == ENOENT)
		error = ERR_NONE;
	else if (error)
		bytes_format(fault, "%s: can't be read: %s\n", path, strerror(errno));
	else if (content.length)
		error = bytes_string(&content) ? read_lines(content.data, path, fault, &found) : ERR_MEMORY;
	bytes_release(&content);
	if (error)
		pki_index_release(&found);
	else
		*index = found;
	return error;
}

enum err pki_index_write(const char *path, const struct pki_index *index, struct bytes *fault)
{
	struct bytes content;
	bytes_init(&content, FILE_MAXIMUM);
	for (size_t i = 0; i < index->count; i++) {
		const struct pki_entry *entry = &index->entries[i];
		bytes_format(&content, "%s %s %" PRId64 " %" PRId64 "\n", entry->serial, entry->client,
			     entry->not_after_s, entry->revoked_at_s);
	}
	enum err error = content.failed ? ERR_MEMORY : files_write(path, 0600, content.data, content.length);
	if (error == ERR_SYSTEM)
		bytes_format(fault, "%s: can't be written: %s\n", path, strerror(errno));
	bytes_release(&content);
	return error;
}

const struct pki_entry *pki_index_find(const struct pki_index *index, const char *serial)
{
	for (size_t i = 0; i < index->count; i++)
		if (strcmp(index->entries[i].serial, serial) == 0)
			return &index->entries[i];
	return NULL;
}

size_t pki_index_revoke(struct pki_index *index, const char *client, int64_t now_s)
{
	size_t marked = 0;
	for (size_t i = 0; i < index->count; i++) {
		struct pki_entry *entry = &index->entries[i];
		if (strcmp(entry->client, client) == 0 && !entry->revoked_at_s && entry->not_after_s > now_s) {
			entry->revoked_at_s = now_s;
			marked++;
		}
	}
	return marked;
}
