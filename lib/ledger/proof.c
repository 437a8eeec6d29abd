/* Verifies inclusion and consistency proofs, step by step as RFC 9162 writes them. */
#include "ledger/proof.h"

#include <stdbool.h>
#include <string.h>

/* Where a path has come to: `place` is fn of the RFC, `last` its sn. */
struct walk {
	struct hasher *hasher;
	uint64_t place, last;
};

/* Whether the next hash of the path stands to the left; if so the walk goes up to where the node is a right child. */
static bool next_is_left(struct walk *walk)
{
	if (!(walk->place & 1) && walk->place != walk->last)
		return false;
	while (!(walk->place & 1) && walk->place) {
		walk->place >>= 1;
		walk->last >>= 1;
	}
	return true;
}

static void go_up(struct walk *walk)
{
	walk->place >>= 1;
	walk->last >>= 1;
}

enum err proof_inclusion(struct hasher *hasher, const unsigned char leaf[HASH_SIZE], uint64_t index, uint64_t size,
			 const unsigned char (*path)[HASH_SIZE], size_t count, unsigned char root[HASH_SIZE])
{
	struct walk walk = {hasher, index, size - 1};
	unsigned char node[HASH_SIZE];
	enum err error = index < size ? ERR_NONE : ERR_INPUT;
	memcpy(node, leaf, HASH_SIZE);
	for (size_t i = 0; !error && i < count; i++) {
		if (!walk.last)
			return ERR_INPUT;
		error = next_is_left(&walk) ? hash_node(hasher, path[i], node, node) : hash_node(hasher, node, path[i], node);
		go_up(&walk);
	}
	if (!error && walk.last)
		error = ERR_INPUT;
	if (!error)
		memcpy(root, node, HASH_SIZE);
	return error;
}

/* Both roots grow from the path's first hash: the earlier tree's takes only what stands to the left. */
static enum err grow(struct walk *walk, const unsigned char next[HASH_SIZE], unsigned char earlier[HASH_SIZE],
		     unsigned char later[HASH_SIZE])
{
	if (!walk->last)
		return ERR_INPUT;
	enum err error;
	if (next_is_left(walk)) {
		error = hash_node(walk->hasher, next, earlier, earlier);
		if (!error)
			error = hash_node(walk->hasher, next, later, later);
	} else {
		error = hash_node(walk->hasher, later, next, later);
	}
	go_up(walk);
	return error;
}

static enum err verify_growth(struct walk *walk, const unsigned char first[HASH_SIZE],
			      const unsigned char earlier_root[HASH_SIZE], const unsigned char root[HASH_SIZE],
			      const unsigned char (*path)[HASH_SIZE], size_t count)
{
	unsigned char earlier[HASH_SIZE], later[HASH_SIZE];
	enum err error = ERR_NONE;
	memcpy(earlier, first, HASH_SIZE);
	memcpy(later, first, HASH_SIZE);
	while (walk->place & 1)
		go_up(walk);
	for (size_t i = 0; !error && i < count; i++)
		error = grow(walk, path[i], earlier, later);
	if (error)
		return error;
	bool good = !walk->last && memcmp(earlier, earlier_root, HASH_SIZE) == 0 && memcmp(later, root, HASH_SIZE) == 0;
	return good ? ERR_NONE : ERR_INPUT;
}

/* An earlier size that is a power of two is a whole subtree: its root is where the path begins, and isn't repeated in it. */
static enum err verify_consistency(struct hasher *hasher, uint64_t earlier_size,
				   const unsigned char earlier_root[HASH_SIZE], uint64_t size,
				   const unsigned char root[HASH_SIZE], const unsigned char (*path)[HASH_SIZE],
				   size_t count)
{
	struct walk walk = {hasher, earlier_size - 1, size - 1};
	if (!count)
		return ERR_INPUT;
	if ((earlier_size & (earlier_size - 1)) == 0)
		return verify_growth(&walk, earlier_root, earlier_root, root, path, count);
	return verify_growth(&walk, path[0], earlier_root, root, path + 1, count - 1);
}

enum err proof_consistency(struct hasher *hasher, uint64_t earlier_size, const unsigned char earlier_root[HASH_SIZE],
			   uint64_t size, const unsigned char root[HASH_SIZE], const unsigned char (*path)[HASH_SIZE],
			   size_t count)
{
	unsigned char nothing[HASH_SIZE];
	if (earlier_size > size)
		return ERR_INPUT;
	if (earlier_size == size)
		return !count && memcmp(earlier_root, root, HASH_SIZE) == 0 ? ERR_NONE : ERR_INPUT;
	if (earlier_size)
		return verify_consistency(hasher, earlier_size, earlier_root, size, root, path, count);
	enum err error = hash_bytes(hasher, NULL, 0, nothing);
	if (error)
		return error;
	return !count && memcmp(earlier_root, nothing, HASH_SIZE) == 0 ? ERR_NONE : ERR_INPUT;
}
