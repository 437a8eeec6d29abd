/* Puts lines into trees, signs their heads, and gathers what seal() takes. */
#include "sealer_batch.h"

#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "ledger/checkpoint.h"
#include "ledger/codec.h"

enum { VALUE_MAXIMUM = 16 << 20, FIRST_CAPACITY = 64 };
static const char national[] = "*";

enum err batch_open(struct sealer_batch *batch)
{
	*batch = (struct sealer_batch){0};
	bytes_init(&batch->text, CHECKPOINT_TEXT_MAXIMUM);
	for (int i = 0; i < SEAL_VALUE_COUNT; i++)
		bytes_init(&batch->values[i], VALUE_MAXIMUM);
	return line_hasher_open(&batch->line);
}

void batch_close(struct sealer_batch *batch)
{
	line_hasher_close(&batch->line);
	bytes_release(&batch->text);
	for (int i = 0; i < SEAL_VALUE_COUNT; i++)
		bytes_release(&batch->values[i]);
	free(batch->forces);
	batch->forces = NULL;
}

/* --- trees --------------------------------------------------------------------------------------------------------- */

void batch_forget(struct sealer_batch *batch)
{
	batch->force_count = 0;
	tree_init(&batch->national);
}

/* As the table of forces has them; a line of another name can only have been written past every check. */
static bool is_force(const char *name)
{
	size_t length = strlen(name);
	return length > 1 && length < SEALER_FORCE_SIZE && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == length;
}

/* The force's place, or the one where it belongs. */
static size_t place_of(const struct sealer_batch *batch, const char *force)
{
	size_t low = 0, high = batch->force_count;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (strcmp(batch->forces[middle].force, force) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static enum err grow(struct sealer_batch *batch)
{
	size_t capacity = batch->force_capacity ? batch->force_capacity * 2 : FIRST_CAPACITY;
	struct sealer_tree *forces = realloc(batch->forces, capacity * sizeof *forces);
	if (!forces)
		return ERR_MEMORY;
	batch->forces = forces;
	batch->force_capacity = capacity;
	return ERR_NONE;
}

/* The force's tree, made empty when it is new. */
static enum err find_tree(struct sealer_batch *batch, const char *force, struct sealer_tree **found)
{
	if (!is_force(force))
		return ERR_INPUT;
	size_t place = place_of(batch, force);
	if (place == batch->force_count || strcmp(batch->forces[place].force, force) != 0) {
		if (batch->force_count == batch->force_capacity && grow(batch) != ERR_NONE)
			return ERR_MEMORY;
		memmove(&batch->forces[place + 1], &batch->forces[place], (batch->force_count - place) * sizeof *batch->forces);
		batch->force_count++;
		batch->forces[place] = (struct sealer_tree){0};
		memcpy(batch->forces[place].force, force, strlen(force) + 1);
		tree_init(&batch->forces[place].tree);
	}
	*found = &batch->forces[place];
	return ERR_NONE;
}

static enum err load(struct sealer_batch *batch, uint64_t size, const char *root, const char *frontier, struct tree *tree)
{
	unsigned char nodes[TREE_LEVELS * HASH_SIZE], stored[HASH_SIZE], made[HASH_SIZE];
	size_t length = strlen(frontier) / 2;
	if (length > sizeof nodes || codec_read_hex_exactly(frontier, strlen(frontier), nodes, length) ||
	    codec_read_hex_exactly(root, strlen(root), stored, sizeof stored) || tree_load(tree, size, nodes, length))
		return ERR_INPUT;
	enum err error = tree_root(tree, &batch->line.hasher, made);
	return error ? error : memcmp(made, stored, sizeof made) == 0 ? ERR_NONE : ERR_INPUT;
}

enum err batch_load(struct sealer_batch *batch, const char *name, uint64_t size, const char *root, const char *frontier)
{
	struct sealer_tree *force;
	if (strcmp(name, national) != 0) {
		enum err error = find_tree(batch, name, &force);
		return error ? error : load(batch, size, root, frontier, &force->tree);
	}
	enum err error = load(batch, size, root, frontier, &batch->national);
	return error ? error : tree_root(&batch->national, &batch->line.hasher, batch->national_root);
}

/* --- values -------------------------------------------------------------------------------------------------------- */

static bool is_array(int value)
{
	return value >= SEAL_LEAF_FORCES && value != SEAL_LEAF_HASHES && value != SEAL_SUBTREE_HASHES && value != SEAL_HEAD_ROOTS &&
	       value != SEAL_HEAD_SIGNATURES;
}

static bool is_hashes(int value)
{
	return value == SEAL_KEY || (value >= SEAL_LEAF_FORCES && !is_array(value));
}

void batch_begin(struct sealer_batch *batch)
{
	batch->line_count = batch->head_count = 0;
	for (size_t i = 0; i < batch->force_count; i++)
		batch->forces[i].has_grown = false;
	for (int i = 0; i < SEAL_VALUE_COUNT; i++) {
		bytes_clear(&batch->values[i]);
		if (is_array(i))
			bytes_append_char(&batch->values[i], '{');
		else if (is_hashes(i))
			bytes_append_string(&batch->values[i], "\\x");
	}
}

static void add_text(struct sealer_batch *batch, enum seal_value value, const char *text)
{
	bytes_append_array_element(&batch->values[value], text);
}

static void add_number(struct sealer_batch *batch, enum seal_value value, uint64_t number)
{
	bytes_format(&batch->values[value], batch->values[value].length > 1 ? ",%llu" : "%llu", (unsigned long long)number);
}

static void add_bytes(struct sealer_batch *batch, enum seal_value value, const void *data, size_t length)
{
	codec_append_hex(&batch->values[value], data, length);
}

enum err batch_values(struct sealer_batch *batch, const char *values[SEAL_VALUE_COUNT])
{
	for (int i = 0; i < SEAL_VALUE_COUNT; i++) {
		if (is_array(i))
			bytes_append_char(&batch->values[i], '}');
		values[i] = bytes_string(&batch->values[i]);
		if (!values[i])
			return ERR_LIMIT;
	}
	return ERR_NONE;
}

/* --- lines --------------------------------------------------------------------------------------------------------- */

struct completing {
	struct sealer_batch *batch;
	const char *tree;
};

static enum err subtree_completed(void *context, int level, uint64_t index, const unsigned char hash[HASH_SIZE])
{
	const struct completing *completing = context;
	add_text(completing->batch, SEAL_SUBTREE_TREES, completing->tree);
	add_number(completing->batch, SEAL_SUBTREE_LEVELS, (uint64_t)level);
	add_number(completing->batch, SEAL_SUBTREE_INDEXES, index);
	add_bytes(completing->batch, SEAL_SUBTREE_HASHES, hash, HASH_SIZE);
	return ERR_NONE;
}

enum err batch_take(struct sealer_batch *batch, const char *const columns[LINE_COLUMN_COUNT])
{
	unsigned char leaf[HASH_SIZE];
	struct sealer_tree *force;
	if (!columns[LEAF_FORCE] || !columns[LEAF_LINE])
		return ERR_INPUT;
	enum err error = line_leaf(&batch->line, columns, leaf);
	if (!error)
		error = find_tree(batch, columns[LEAF_FORCE], &force);
	if (error)
		return error;
	add_text(batch, SEAL_LEAF_FORCES, force->force);
	add_number(batch, SEAL_LEAF_INDEXES, force->tree.size);
	add_text(batch, SEAL_LEAF_LINES, columns[LEAF_LINE]);
	add_bytes(batch, SEAL_LEAF_HASHES, leaf, HASH_SIZE);
	force->has_grown = true;
	batch->line_count++;
	return tree_append(&force->tree, &batch->line.hasher, leaf, subtree_completed, &(struct completing){batch, force->force});
}

/* --- heads --------------------------------------------------------------------------------------------------------- */

static void add_frontier(struct sealer_batch *batch, const struct tree *tree)
{
	struct bytes *frontiers = &batch->values[SEAL_HEAD_FRONTIERS];
	bytes_append_string(frontiers, frontiers->length > 1 ? ",\"\\\\x" : "\"\\\\x");
	codec_append_hex(frontiers, tree->nodes, (size_t)tree->count * HASH_SIZE);
	bytes_append_char(frontiers, '"');
}

/* Signs the tree's head; its text is then in `text`. */
static enum err sign(struct sealer_batch *batch, const struct note_key *key, const char *name, const struct tree *tree, int64_t signed_at_us)
{
	struct checkpoint checkpoint = {.size = tree->size, .signed_at_us = signed_at_us};
	unsigned char signature[NOTE_SIGNATURE_SIZE];
	enum err error = checkpoint_origin(batch->epoch_name, name, &checkpoint);
	if (!error)
		error = tree_root(tree, &batch->line.hasher, checkpoint.root);
	if (error)
		return error;
	bytes_clear(&batch->text);
	checkpoint_append_text(&checkpoint, &batch->text);
	error = note_signature(key, batch->text.data, batch->text.length, signature);
	if (error)
		return error;
	add_text(batch, SEAL_HEAD_TREES, name);
	add_number(batch, SEAL_HEAD_SIZES, tree->size);
	add_frontier(batch, tree);
	add_bytes(batch, SEAL_HEAD_ROOTS, checkpoint.root, HASH_SIZE);
	add_bytes(batch, SEAL_HEAD_SIGNATURES, signature, sizeof signature);
	batch->head_count++;
	return ERR_NONE;
}

/* A force's head is a leaf of the national tree. */
static enum err sign_force(struct sealer_batch *batch, const struct note_key *key, const struct sealer_tree *force, int64_t signed_at_us)
{
	unsigned char leaf[HASH_SIZE];
	enum err error = sign(batch, key, force->force, &force->tree, signed_at_us);
	if (!error)
		error = hash_leaf(&batch->line.hasher, batch->text.data, batch->text.length, leaf);
	if (error)
		return error;
	add_number(batch, SEAL_HEAD_NATIONALS, batch->national.size);
	return tree_append(&batch->national, &batch->line.hasher, leaf, subtree_completed, &(struct completing){batch, national});
}

static enum err sign_nation(struct sealer_batch *batch, const struct note_key *key, int64_t signed_at_us, struct bytes *note)
{
	enum err error = sign(batch, key, national, &batch->national, signed_at_us);
	if (!error)
		error = note_sign(key, batch->text.data, batch->text.length, note);
	add_text(batch, SEAL_HEAD_NATIONALS, NULL);
	return error ? error : tree_root(&batch->national, &batch->line.hasher, batch->national_root);
}

enum err batch_sign(struct sealer_batch *batch, const struct note_key *key, int64_t signed_at_us, struct bytes *note)
{
	char at[TIME_TEXT_SIZE];
	enum err error = ERR_NONE;
	time_format(signed_at_us, at);
	bytes_append_string(&batch->values[SEAL_SIGNED_AT], at);
	add_bytes(batch, SEAL_KEY, key->id, sizeof key->id);
	for (size_t i = 0; !error && i < batch->force_count; i++)
		if (batch->forces[i].has_grown)
			error = sign_force(batch, key, &batch->forces[i], signed_at_us);
	return error || !batch->line_count ? error : sign_nation(batch, key, signed_at_us, note);
}

enum err batch_begin_epoch(struct sealer_batch *batch, const struct epoch *epoch, const struct note_key *key, struct bytes *note)
{
	unsigned char leaf[HASH_SIZE];
	struct bytes text;
	bytes_init(&text, EPOCH_TEXT_MAXIMUM);
	epoch_append_text(epoch, &text);
	enum err error = text.failed ? ERR_LIMIT : hash_leaf(&batch->line.hasher, text.data, text.length, leaf);
	bytes_release(&text);
	batch_forget(batch);
	batch_begin(batch);
	memcpy(batch->epoch_name, epoch->name, sizeof batch->epoch_name);
	if (!error)
		error = tree_append(&batch->national, &batch->line.hasher, leaf, NULL, NULL);
	add_bytes(batch, SEAL_KEY, key->id, sizeof key->id);
	return error ? error : sign_nation(batch, key, epoch->began_at_us, note);
}
