/* Verifies a tree: all its leaves again, the root of every checkpoint, stored subtrees, and what witnesses hold of it. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/rebuild.h"
#include "verify.h"

enum { PROGRESS_EVERY = 500, STEP = 8, STEPS = 4 };

enum leaf_column { LEAF_NUMBER, LEAF_LABEL, LEAF_HASH };
static const char leaves_sql[] = "select leaf_index, line_id, hash from ledger_leaf where epoch = $1::int and force_id = $2 order by leaf_index";
/* National leaves are texts of forces' checkpoints. */
enum national_column { NATIONAL_NUMBER, NATIONAL_TREE, NATIONAL_SIZE, NATIONAL_ROOT, NATIONAL_SIGNED_AT };
static const char national_sql[] = "select national_index, tree, size, root, signed_at from ledger_checkpoint"
				   " where epoch = $1::int and $2 = '*' and national_index is not null order by national_index";

enum head_column { HEAD_SIZE, HEAD_ROOT, HEAD_SIGNED_AT, HEAD_NATIONAL };
static const char heads_sql[] = "select size, root, signed_at, coalesce(national_index, 0) from ledger_checkpoint"
				" where epoch = $1::int and tree = $2 order by size";

enum subtree_column { SUBTREE_LEVEL, SUBTREE_INDEX, SUBTREE_HASH };
static const char subtrees_sql[] = "select level, subtree_index, hash from ledger_subtree"
				   " where epoch = $1::int and tree = $2 order by level, subtree_index";

struct stored_subtrees {
	uint64_t count, compared;
	unsigned char (*hashes)[HASH_SIZE];
};

/* The tree under way. */
struct growing {
	struct verify_work *work;
	struct verify_item *item;
	const struct verify_tree *tree;
	struct rebuild rebuild;
	struct stored_subtrees stored[STEPS];
	const struct verify_witnessed *witnessed, *witnessed_end;
	const char *const *head;  /* the next checkpoint; NULL: there is none */
	struct checkpoint next;   /* the same, read */
	struct checkpoint newest; /* the last one that was compared */
	uint64_t national;        /* its place in the national tree */
	uint64_t good_size;       /* of the last checkpoint whose root was right */
	char label[VERIFY_NAME_SIZE]; /* of the first leaf behind it */
	uint64_t bad_size;        /* of the first checkpoint since whose root was wrong; 0: none */
	char bad_label[VERIFY_NAME_SIZE];
};

static void PRINTF_LIKE(4, 5) found(struct growing *growing, enum verify_how how, uint64_t leaf, const char *text, ...)
{
	char what[VERIFY_TEXT_SIZE - 100];
	va_list values;
	va_start(values, text);
	vsnprintf(what, sizeof what, text, values);
	va_end(values);
	bool national = strcmp(growing->tree->name, "*") == 0;
	verify_found(&growing->item->fault, how, verify_tree_rank(growing->tree, leaf), "%s%.60s, epoch %d: %s",
		     national ? "the national tree" : "the tree of ", national ? "" : growing->tree->name,
		     growing->tree->epoch, what);
}

static enum err keep_subtree(struct growing *growing, const char *const *row)
{
	uint64_t level, index;
	enum err error = verify_read_number(row[SUBTREE_LEVEL], &level);
	if (!error)
		error = verify_read_number(row[SUBTREE_INDEX], &index);
	if (error || level % STEP || level / STEP < 1 || level / STEP > STEPS)
		return ERR_INPUT;
	struct stored_subtrees *stored = &growing->stored[level / STEP - 1];
	if (index != stored->count)
		found(growing, index > stored->count ? VERIFY_MISSING : VERIFY_INSERTED, stored->count << level,
		      "subtree %" PRIu64 " of level %" PRIu64 " is gone", stored->count, level);
	if ((stored->count & (stored->count - 1)) == 0) {
		size_t capacity = stored->count ? 2 * (size_t)stored->count : 1;
		void *grown = realloc(stored->hashes, capacity * sizeof *stored->hashes);
		if (!grown)
			return ERR_MEMORY;
		stored->hashes = grown;
	}
	return verify_read_hash(row[SUBTREE_HASH], stored->hashes[stored->count++]);
}

static enum err load_subtrees(struct growing *growing, const char *const *values)
{
	const char *const *row;
	enum err error = db_reader_start(growing->work->second, subtrees_sql, values, 2);
	if (!error)
		error = db_reader_next(growing->work->second, &row);
	while (!error && row) {
		error = keep_subtree(growing, row);
		if (!error)
			error = db_reader_next(growing->work->second, &row);
	}
	return error;
}

static enum err read_head(struct growing *growing)
{
	struct checkpoint *next = &growing->next;
	enum err error = db_reader_next(growing->work->second, &growing->head);
	if (error || !growing->head)
		return error;
	error = verify_read_number(growing->head[HEAD_SIZE], &next->size);
	if (!error)
		error = verify_read_hash(growing->head[HEAD_ROOT], next->root);
	if (!error)
		error = verify_read_instant(&growing->work->line.arena, growing->head[HEAD_SIGNED_AT], &next->signed_at_us);
	return error;
}

static void check_subtrees(struct growing *growing)
{
	for (int i = 0; i < STEPS; i++) {
		struct stored_subtrees *stored = &growing->stored[i];
		const unsigned char *node = rebuild_completed(&growing->rebuild, STEP * (i + 1));
		if (!node)
			return;
		uint64_t index = stored->compared++, last = growing->rebuild.size - 1;
		if (index >= stored->count)
			found(growing, VERIFY_MISSING, last, "subtree %" PRIu64 " of level %d is gone", index, STEP * (i + 1));
		else if (memcmp(node, stored->hashes[index], HASH_SIZE) != 0)
			found(growing, VERIFY_ALTERED, last, "subtree %" PRIu64 " of level %d isn't what its leaves make",
			      index, STEP * (i + 1));
	}
}

/* Whose root is wrong: a checkpoint's alone, when later ones are right; else the leaves since the last right one, and by
 * how many there are in the end it is told what became of one. */
static void settle_bad_head(struct growing *growing, bool leaves_are_right)
{
	uint64_t signed_size = growing->newest.size, leaves = growing->rebuild.size;
	enum verify_how how = leaves < signed_size ? VERIFY_MISSING : leaves > signed_size ? VERIFY_INSERTED : VERIFY_ALTERED;
	uint64_t size = growing->bad_size;
	if (!size)
		return;
	growing->bad_size = 0;
	if (leaves_are_right)
		found(growing, VERIFY_ALTERED, size - 1, "the checkpoint of %" PRIu64 " leaves isn't the root of its leaves", size);
	else
		found(growing, how, growing->good_size,
		      "its leaves from %" PRIu64 " to %" PRIu64 " (the first is %s) aren't those whose root was signed",
		      growing->good_size, size - 1, growing->bad_label);
}

static enum err check_order(struct growing *growing)
{
	uint64_t national;
	if (verify_read_number(growing->head[HEAD_NATIONAL], &national))
		return ERR_INPUT;
	if (growing->newest.size && (growing->next.signed_at_us < growing->newest.signed_at_us ||
				     (national && national <= growing->national)))
		found(growing, VERIFY_REORDERED, growing->next.size - 1,
		      "the checkpoint of %" PRIu64 " leaves was signed before the one of %" PRIu64, growing->next.size,
		      growing->newest.size);
	growing->national = national;
	return ERR_NONE;
}

static enum err check_head(struct growing *growing, const unsigned char root[HASH_SIZE])
{
	bool is_right = memcmp(root, growing->next.root, HASH_SIZE) == 0;
	growing->item->checkpoints++;
	enum err error = check_order(growing);
	if (error)
		return error;
	if (is_right) {
		settle_bad_head(growing, true);
		growing->good_size = growing->rebuild.size;
	} else if (!growing->bad_size) {
		growing->bad_size = growing->rebuild.size;
		memcpy(growing->bad_label, growing->label, sizeof growing->label);
	}
	growing->newest = growing->next;
	return read_head(growing);
}

static void check_witnessed(struct growing *growing, const unsigned char root[HASH_SIZE])
{
	const struct verify_witnessed *note = growing->witnessed++;
	uint64_t size = growing->rebuild.size;
	if (memcmp(root, note->root, HASH_SIZE) == 0)
		return;
	if (!*note->path)
		found(growing, VERIFY_FORKED, size - 1, "the next epoch began with another head of %" PRIu64 " leaves", size);
	else if (verify_witness_is_signed(growing->work->plan, note->path))
		found(growing, VERIFY_FORKED, size - 1, "%s is signed and has another root of %" PRIu64 " leaves", note->path, size);
	else
		found(growing, VERIFY_WRONG_SIGNATURE, size - 1, "%s isn't signed by anyone trusted", note->path);
}

static enum err add_leaf(struct growing *growing, const unsigned char leaf[HASH_SIZE], const char *label)
{
	struct hasher *hasher = &growing->work->line.hasher;
	unsigned char root[HASH_SIZE];
	if (growing->rebuild.size == growing->good_size)
		snprintf(growing->label, sizeof growing->label, "%s", label);
	enum err error = rebuild_add(&growing->rebuild, hasher, leaf);
	if (error)
		return error;
	check_subtrees(growing);
	bool is_head = growing->head && growing->next.size == growing->rebuild.size;
	bool is_witnessed = growing->witnessed < growing->witnessed_end && growing->witnessed->size == growing->rebuild.size;
	if (is_head || is_witnessed)
		error = rebuild_root(&growing->rebuild, hasher, root);
	while (!error && growing->witnessed < growing->witnessed_end && growing->witnessed->size == growing->rebuild.size)
		check_witnessed(growing, root);
	if (!error && is_head)
		error = check_head(growing, root);
	if (growing->rebuild.size % PROGRESS_EVERY == 0)
		growing->work->progress(growing->work->context, PROGRESS_EVERY);
	return error;
}

static enum err check_number(struct growing *growing, const char *text)
{
	uint64_t number, expected = growing->rebuild.size;
	if (verify_read_number(text, &number))
		return ERR_INPUT;
	if (number != expected)
		found(growing, VERIFY_MISSING, expected, "leaf %" PRIu64 " is gone", expected);
	return ERR_NONE;
}

static enum err add_line(struct growing *growing, const char *const *row)
{
	unsigned char leaf[HASH_SIZE];
	enum err error = check_number(growing, row[LEAF_NUMBER]);
	if (!error)
		error = verify_read_hash(row[LEAF_HASH], leaf);
	return error ? error : add_leaf(growing, leaf, row[LEAF_LABEL]);
}

static enum err add_checkpoint(struct growing *growing, const char *const *row)
{
	struct checkpoint checkpoint;
	struct bytes text;
	unsigned char leaf[HASH_SIZE];
	char label[VERIFY_NAME_SIZE];
	const char *epoch_name = growing->work->plan->epochs[growing->tree->epoch - 1].name;
	if (check_number(growing, row[NATIONAL_NUMBER]) || checkpoint_origin(epoch_name, row[NATIONAL_TREE], &checkpoint) ||
	    verify_read_number(row[NATIONAL_SIZE], &checkpoint.size) || verify_read_hash(row[NATIONAL_ROOT], checkpoint.root) ||
	    verify_read_instant(&growing->work->line.arena, row[NATIONAL_SIGNED_AT], &checkpoint.signed_at_us))
		return ERR_INPUT;
	bytes_init(&text, CHECKPOINT_TEXT_MAXIMUM);
	checkpoint_append_text(&checkpoint, &text);
	enum err error = text.failed ? ERR_MEMORY : hash_leaf(&growing->work->line.hasher, text.data, text.length, leaf);
	bytes_release(&text);
	snprintf(label, sizeof label, "the head of %.60s at %s", row[NATIONAL_TREE], row[NATIONAL_SIZE]);
	return error ? error : add_leaf(growing, leaf, label);
}

static enum err add_beginning(struct growing *growing)
{
	unsigned char leaf[HASH_SIZE];
	const char *text = growing->work->plan->epochs[growing->tree->epoch - 1].text;
	enum err error = hash_leaf(&growing->work->line.hasher, text, strlen(text), leaf);
	return error ? error : add_leaf(growing, leaf, "the epoch's beginning");
}

static enum err add_all(struct growing *growing, const char *const *values)
{
	struct db_reader *reader = growing->work->first;
	bool is_national = strcmp(growing->tree->name, "*") == 0;
	const char *const *row;
	enum err error = is_national ? add_beginning(growing) : ERR_NONE;
	if (!error)
		error = db_reader_start(reader, is_national ? national_sql : leaves_sql, values, 2);
	if (!error)
		error = db_reader_next(reader, &row);
	while (!error && row) {
		error = is_national ? add_checkpoint(growing, row) : add_line(growing, row);
		arena_reset(&growing->work->line.arena);
		if (!error)
			error = db_reader_next(reader, &row);
	}
	growing->work->progress(growing->work->context, growing->rebuild.size % PROGRESS_EVERY);
	return error;
}

/* Heads of more leaves than there are. Where the next epoch began with one, the database was taken back before: a note, no fault. */
static enum err check_rest(struct growing *growing)
{
	uint64_t size = growing->rebuild.size;
	enum err error = ERR_NONE;
	for (; growing->witnessed < growing->witnessed_end; growing->witnessed++) {
		const struct verify_witnessed *note = growing->witnessed;
		if (*note->path && !verify_witness_is_signed(growing->work->plan, note->path))
			found(growing, VERIFY_WRONG_SIGNATURE, size, "%s isn't signed by anyone trusted", note->path);
		else if (*note->path)
			found(growing, VERIFY_ROLLED_BACK, size, "%s is signed for %" PRIu64 " leaves, but there are only %" PRIu64,
			      note->path, note->size, size);
	}
	while (!error && growing->head) {
		found(growing, VERIFY_MISSING, size, "%" PRIu64 " leaves were signed, but there are only %" PRIu64,
		      growing->next.size, size);
		growing->item->checkpoints++;
		growing->newest = growing->next;
		error = read_head(growing);
	}
	return error;
}

/* What the sealer would go on with. */
static enum err check_end(struct growing *growing)
{
	uint64_t size = growing->rebuild.size;
	unsigned char *root = growing->item->root;
	enum err error = rebuild_root(&growing->rebuild, &growing->work->line.hasher, root);
	if (error)
		return error;
	growing->item->count = size;
	settle_bad_head(growing, false);
	if (growing->newest.size < size)
		found(growing, VERIFY_INSERTED, growing->newest.size, "leaf %" PRIu64 " and what follows was never signed",
		      growing->newest.size);
	if (growing->tree->size != size || memcmp(growing->tree->root, root, HASH_SIZE) != 0)
		found(growing, VERIFY_ALTERED, size, "the head that the sealer left isn't the one of its %" PRIu64 " leaves", size);
	for (int i = 0; i < STEPS; i++)
		if (growing->stored[i].count > size >> STEP * (i + 1))
			found(growing, VERIFY_INSERTED, size, "there are more subtrees of level %d than its leaves make", STEP * (i + 1));
	return ERR_NONE;
}

static void find_witnessed(struct growing *growing)
{
	const struct verify_plan *plan = growing->work->plan;
	const struct verify_witnessed *note = plan->witnessed, *end = note + plan->witnessed_count;
	while (note < end && note->tree < growing->item->tree)
		note++;
	growing->witnessed = note;
	while (note < end && note->tree == growing->item->tree)
		note++;
	growing->witnessed_end = note;
}

static enum err verify_growing(struct growing *growing)
{
	char epoch[12];
	const char *const values[] = {epoch, growing->tree->name};
	snprintf(epoch, sizeof epoch, "%d", growing->tree->epoch);
	find_witnessed(growing);
	enum err error = load_subtrees(growing, values);
	if (!error)
		error = db_reader_start(growing->work->second, heads_sql, values, 2);
	if (!error)
		error = read_head(growing);
	if (!error)
		error = add_all(growing, values);
	if (!error)
		error = check_rest(growing);
	return error ? error : check_end(growing);
}

enum err verify_tree(struct verify_work *work, struct verify_item *item)
{
	struct growing *growing = calloc(1, sizeof *growing);
	if (!growing)
		return ERR_MEMORY;
	growing->work = work;
	growing->item = item;
	growing->tree = &work->plan->trees[item->tree];
	enum err error = verify_growing(growing);
	for (int i = 0; i < STEPS; i++)
		free(growing->stored[i].hashes);
	free(growing);
	return error;
}
