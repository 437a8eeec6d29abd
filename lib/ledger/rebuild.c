/* Builds a tree's root from all of its leaves, as a counter carries. */
#include "ledger/rebuild.h"

#include <string.h>

enum err rebuild_add(struct rebuild *rebuild, struct hasher *hasher, const unsigned char leaf[HASH_SIZE])
{
	unsigned char node[HASH_SIZE], parent[HASH_SIZE];
	int level = 0;
	memcpy(node, leaf, HASH_SIZE);
	for (uint64_t bits = rebuild->size; bits & 1; bits >>= 1, level++) {
		enum err error = hash_node(hasher, rebuild->nodes[level], node, parent);
		if (error)
			return error;
		memcpy(rebuild->nodes[level], node, HASH_SIZE);
		memcpy(node, parent, HASH_SIZE);
	}
	memcpy(rebuild->nodes[level], node, HASH_SIZE);
	rebuild->size++;
	return ERR_NONE;
}

enum err rebuild_root(const struct rebuild *rebuild, struct hasher *hasher, unsigned char root[HASH_SIZE])
{
	unsigned char node[HASH_SIZE];
	uint64_t bits = rebuild->size;
	int level = 0;
	if (!bits)
		return hash_bytes(hasher, NULL, 0, root);
	for (; !(bits & 1); bits >>= 1)
		level++;
	memcpy(node, rebuild->nodes[level], HASH_SIZE);
	while (bits >>= 1) {
		level++;
		enum err error = bits & 1 ? hash_node(hasher, rebuild->nodes[level], node, node) : ERR_NONE;
		if (error)
			return error;
	}
	memcpy(root, node, HASH_SIZE);
	return ERR_NONE;
}

const unsigned char *rebuild_completed(const struct rebuild *rebuild, int level)
{
	uint64_t below = ((uint64_t)1 << level) - 1;
	return rebuild->size && (rebuild->size & below) == 0 ? rebuild->nodes[level] : NULL;
}
