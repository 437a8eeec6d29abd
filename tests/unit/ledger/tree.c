/* The growing tree against the known roots, and against the definition at every size up to 1,000. */
#include "ledger/tree.h"

#include "reference.h"

struct known_leaf {
	const char *data;
	size_t length;
};

static const struct known_leaf known_leaves[] = {
	{"", 0}, {"\x00", 1}, {"\x10", 1}, {"\x20\x21", 2}, {"\x30\x31", 2}, {"\x40\x41\x42\x43", 4},
	{"\x50\x51\x52\x53\x54\x55\x56\x57", 8},
	{"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f", 16},
};

/* Roots of the first n of them, from 0 on. */
static const char *const known_roots[] = {
	"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
	"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
	"fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
	"aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
	"d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
	"4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
	"76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
	"ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
	"5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
};

START_TEST(roots_agree_with_the_vectors)
{
	struct hasher hasher;
	struct tree tree;
	unsigned char hash[HASH_SIZE];
	ck_assert_int_eq(hasher_open(&hasher), ERR_NONE);
	tree_init(&tree);
	for (size_t i = 0; i < sizeof known_roots / sizeof *known_roots; i++) {
		ck_assert_int_eq(tree_root(&tree, &hasher, hash), ERR_NONE);
		REFERENCE_ASSERT_HEX(hash, known_roots[i]);
		if (i == sizeof known_leaves / sizeof *known_leaves)
			break;
		ck_assert_int_eq(hash_leaf(&hasher, known_leaves[i].data, known_leaves[i].length, hash), ERR_NONE);
		ck_assert_int_eq(tree_append(&tree, &hasher, hash, NULL, NULL), ERR_NONE);
	}
	hasher_close(&hasher);
}
END_TEST

static struct reference reference; /* too large for a stack */

/* Every tree is also put away and loaded again before the next leaf. */
START_TEST(roots_of_every_size_agree_with_the_definition)
{
	struct tree tree;
	unsigned char root[HASH_SIZE], expected[HASH_SIZE];
	reference_open(&reference, 1);
	tree_init(&tree);
	for (size_t n = 0; n <= REFERENCE_LEAVES; n++) {
		ck_assert_uint_eq(tree.size, n);
		ck_assert_int_eq(tree_root(&tree, &reference.hasher, root), ERR_NONE);
		reference_root(&reference, 0, n, expected);
		ck_assert_mem_eq(root, expected, HASH_SIZE);
		struct tree loaded;
		ck_assert_int_eq(tree_load(&loaded, n, tree.nodes, (size_t)tree.count * HASH_SIZE), ERR_NONE);
		tree = loaded;
		if (n < REFERENCE_LEAVES)
			ck_assert_int_eq(tree_append(&tree, &reference.hasher, reference.leaves[n], NULL, NULL), ERR_NONE);
	}
	reference_close(&reference);
}
END_TEST

struct told {
	size_t count;
	enum err answer;
};

static enum err check_subtree(void *context, int level, uint64_t index, const unsigned char hash[HASH_SIZE])
{
	struct told *told = context;
	unsigned char expected[HASH_SIZE];
	ck_assert_int_eq(level, 8);
	ck_assert_uint_eq(index, told->count);
	reference_root(&reference, index * 256, 256, expected);
	ck_assert_mem_eq(hash, expected, HASH_SIZE);
	if (!told->answer)
		told->count++;
	return told->answer;
}

START_TEST(complete_subtrees_are_told)
{
	struct told told = {0};
	struct tree tree;
	reference_open(&reference, 2);
	tree_init(&tree);
	for (size_t i = 0; i < REFERENCE_LEAVES; i++) {
		ck_assert_int_eq(tree_append(&tree, &reference.hasher, reference.leaves[i], check_subtree, &told), ERR_NONE);
		ck_assert_uint_eq(told.count, (i + 1) / 256);
	}
	reference_close(&reference);
}
END_TEST

/* A subtree of 65,536 leaves is told after the one of 256 that completes it. */
static enum err note_levels(void *context, int level, uint64_t index, const unsigned char hash[HASH_SIZE])
{
	uint64_t *seen = context;
	(void)hash;
	ck_assert(level == 8 || level == 16);
	ck_assert_uint_eq(index, level == 8 ? 255 : 0);
	*seen = *seen * 100 + (uint64_t)level;
	return ERR_NONE;
}

START_TEST(higher_subtrees_are_told_at_their_level)
{
	struct hasher hasher;
	struct tree tree;
	unsigned char nodes[16][HASH_SIZE] = {{0}}, leaf[HASH_SIZE] = {1};
	uint64_t seen = 0;
	ck_assert_int_eq(hasher_open(&hasher), ERR_NONE);
	ck_assert_int_eq(tree_load(&tree, 65535, nodes, sizeof nodes), ERR_NONE);
	ck_assert_int_eq(tree_append(&tree, &hasher, leaf, note_levels, &seen), ERR_NONE);
	ck_assert_uint_eq(seen, 816);
	ck_assert_int_eq(tree.count, 1);
	hasher_close(&hasher);
}
END_TEST

START_TEST(a_refused_subtree_leaves_the_tree_as_it_was)
{
	struct told told = {0, ERR_NOT_NOW};
	struct tree tree, before;
	reference_open(&reference, 3);
	tree_init(&tree);
	for (size_t i = 0; i < 255; i++)
		ck_assert_int_eq(tree_append(&tree, &reference.hasher, reference.leaves[i], check_subtree, &told), ERR_NONE);
	before = tree;
	ck_assert_int_eq(tree_append(&tree, &reference.hasher, reference.leaves[255], check_subtree, &told), ERR_NOT_NOW);
	ck_assert_mem_eq(&tree, &before, sizeof tree);
	reference_close(&reference);
}
END_TEST

START_TEST(a_frontier_of_another_size_is_refused)
{
	struct tree tree;
	unsigned char nodes[3][HASH_SIZE] = {{0}};
	ck_assert_int_eq(tree_load(&tree, 6, nodes, sizeof nodes), ERR_INPUT);
	ck_assert_int_eq(tree_load(&tree, 6, nodes, HASH_SIZE), ERR_INPUT);
	ck_assert_int_eq(tree_load(&tree, 6, nodes, 2 * HASH_SIZE - 1), ERR_INPUT);
	ck_assert_int_eq(tree_load(&tree, 0, nodes, HASH_SIZE), ERR_INPUT);
	ck_assert_int_eq(tree_load(&tree, 6, nodes, sizeof nodes - HASH_SIZE), ERR_NONE);
}
END_TEST

UNIT("tree", roots_agree_with_the_vectors, roots_of_every_size_agree_with_the_definition, complete_subtrees_are_told,
     higher_subtrees_are_told_at_their_level, a_refused_subtree_leaves_the_tree_as_it_was,
     a_frontier_of_another_size_is_refused)
