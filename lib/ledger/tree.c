/* Appends leaves to a Merkle tree, keeping only its frontier. */
#include "ledger/tree.h"

#include <string.h>

void tree_init(struct tree *tree)
{
	*tree = (struct tree){0};
}

enum err tree_load(struct tree *tree, uint64_t size, const void *frontier, size_t length)
{
	int count = __builtin_popcountll(size);
	if (length != (size_t)count * HASH_SIZE)
		return ERR_INPUT;
	tree_init(tree);
	tree->size = size;
	tree->count = count;
	if (length)
		memcpy(tree->nodes, frontier, length);
	return ERR_NONE;
}

/* The new leaf's subtree joins with the last one of the frontier as long as that is of the same height: once for each
 * trailing bit set in the size. */
enum err tree_append(struct tree *tree, struct hasher *hasher, const unsigned char leaf[HASH_SIZE],
		     tree_subtree_fn complete, void *context)
{
	unsigned char node[HASH_SIZE];
	int count = tree->count, level = 0;
	if (tree->size == UINT64_MAX)
		return ERR_LIMIT;
	memcpy(node, leaf, HASH_SIZE);
	for (; tree->size >> level & 1; count--) {
		enum err error = hash_node(hasher, tree->nodes[count - 1], node, node);
		level++;
		if (!error && complete && level % TREE_SUBTREE_STEP == 0)
			error = complete(context, level, tree->size >> level, node);
		if (error)
			return error;
	}
	memcpy(tree->nodes[count], node, HASH_SIZE);
	tree->count = count + 1;
	tree->size++;
	return ERR_NONE;
}

enum err tree_root(const struct tree *tree, struct hasher *hasher, unsigned char root[HASH_SIZE])
{
	unsigned char node[HASH_SIZE];
	if (!tree->size)
		return hash_bytes(hasher, NULL, 0, root);
	memcpy(node, tree->nodes[tree->count - 1], HASH_SIZE);
	for (int i = tree->count - 2; i >= 0; i--) {
		enum err error = hash_node(hasher, tree->nodes[i], node, node);
		if (error)
			return error;
	}
	memcpy(root, node, HASH_SIZE);
	return ERR_NONE;
}
