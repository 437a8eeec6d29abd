/* What a witness has kept: signed heads in files, to hold the database against. */
#include <errno.h>
#include <fts.h>
#include <stdlib.h>
#include <string.h>

#include "files.h"
#include "verify.h"

enum { NOTE_FILE_MAXIMUM = 1 << 14 };

struct reading {
	struct verify_plan *plan;
	struct verify_fault *found;
	size_t capacity, notes;
};

static bool is_signed(const struct verify_plan *plan, const struct bytes *content)
{
	struct note note;
	return key_ring_open(&plan->ring, LEDGER_KEY_CHECKPOINTS, content->data, content->length, &note) == NOTE_GOOD;
}

bool verify_witness_is_signed(const struct verify_plan *plan, const char *path)
{
	struct bytes content;
	bytes_init(&content, NOTE_FILE_MAXIMUM);
	bool good = !files_read(path, &content) && content.length && is_signed(plan, &content);
	bytes_release(&content);
	return good;
}

/* The text is what stands before the last empty line; who signed it is looked at when it matters. */
static enum err read_head(const struct bytes *content, struct checkpoint *head)
{
	for (size_t i = content->length; i >= 2; i--)
		if (content->data[i - 1] == '\n' && content->data[i - 2] == '\n')
			return checkpoint_parse(content->data, i - 1, head);
	return ERR_INPUT;
}

static int find_origin(const struct verify_plan *plan, const char *origin)
{
	struct checkpoint known;
	for (int i = 0; i < plan->tree_count; i++)
		if (!checkpoint_origin(plan->epochs[plan->trees[i].epoch - 1].name, plan->trees[i].name, &known) &&
		    strcmp(known.origin, origin) == 0)
			return i;
	return -1;
}

static enum err grow(struct reading *reading)
{
	struct verify_plan *plan = reading->plan;
	size_t capacity = 2 * plan->witnessed_count + 64;
	if (plan->witnessed_count < reading->capacity)
		return ERR_NONE;
	struct verify_witnessed *grown = realloc(plan->witnessed, capacity * sizeof *grown);
	if (!grown)
		return ERR_MEMORY;
	plan->witnessed = grown;
	reading->capacity = capacity;
	return ERR_NONE;
}

static enum err keep(struct reading *reading, const char *path, const struct checkpoint *head, const struct bytes *content)
{
	struct verify_plan *plan = reading->plan;
	int tree = find_origin(plan, head->origin);
	reading->notes++;
	if (tree < 0) {
		if (is_signed(plan, content))
			verify_found(reading->found, VERIFY_ROLLED_BACK, (uint64_t)1 << 63, "%s: is signed for %s, which isn't there", path,
				     head->origin);
		else
			verify_found(reading->found, VERIFY_WRONG_SIGNATURE, UINT64_MAX, "%s: isn't signed by anyone trusted", path);
		return ERR_NONE;
	}
	enum err error = grow(reading);
	const char *kept = error ? NULL : arena_copy_string(&plan->arena, path);
	if (!kept)
		return error ? error : ERR_MEMORY;
	struct verify_witnessed *note = &plan->witnessed[plan->witnessed_count++];
	*note = (struct verify_witnessed){.tree = tree, .size = head->size, .path = kept};
	memcpy(note->root, head->root, HASH_SIZE);
	return ERR_NONE;
}

/* A file that is no checkpoint is somebody's own. */
static enum err read_file(struct reading *reading, const char *path)
{
	struct bytes content;
	struct checkpoint head;
	bytes_init(&content, NOTE_FILE_MAXIMUM);
	enum err error = ERR_NONE;
	if (!files_read(path, &content) && content.length && !read_head(&content, &head))
		error = keep(reading, path, &head, &content);
	bytes_release(&content);
	return error;
}

static enum err read_directory(struct reading *reading, const char *directory, struct bytes *fault)
{
	char *const paths[] = {(char *)(uintptr_t)directory, NULL};
	enum err error = ERR_NONE;
	FTS *walk = fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR | FTS_NOSTAT, NULL);
	if (!walk)
		return ERR_SYSTEM;
	for (FTSENT *entry; !error && (entry = fts_read(walk));) {
		if (entry->fts_info == FTS_ERR || entry->fts_info == FTS_DNR || entry->fts_info == FTS_NS) {
			bytes_format(fault, "%s: can't be read: %s\n", entry->fts_path, strerror(entry->fts_errno));
			error = ERR_SYSTEM;
		} else if (entry->fts_info == FTS_F || entry->fts_info == FTS_NSOK) {
			error = read_file(reading, entry->fts_path);
		}
	}
	fts_close(walk);
	return error;
}

static int by_tree_and_size(const void *one, const void *other)
{
	const struct verify_witnessed *a = one, *b = other;
	if (a->tree != b->tree)
		return a->tree < b->tree ? -1 : 1;
	return a->size == b->size ? 0 : a->size < b->size ? -1 : 1;
}

enum err verify_witness_read(struct verify_plan *plan, const char *directory, struct verify_fault *found, struct bytes *fault)
{
	struct reading reading = {.plan = plan, .found = found, .capacity = (size_t)plan->epoch_count + 1};
	enum err error = read_directory(&reading, directory, fault);
	if (!error && !reading.notes) {
		bytes_format(fault, "%s: holds no checkpoint\n", directory);
		error = ERR_INPUT;
	}
	if (!error)
		qsort(plan->witnessed, plan->witnessed_count, sizeof *plan->witnessed, by_tree_and_size);
	return error;
}
