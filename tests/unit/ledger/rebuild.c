/* The verifier's tree against the definition, at every size up to 1,000, and against the sealer's. */
#include "ledger/rebuild.h"

#include "ledger/tree.h"
#include "reference.h"

static struct reference reference; /* too large for a stack */

START_TEST(roots_of_every_size_agree)
{
	struct rebuild rebuild = {0};
	struct tree tree;
	unsigned char root[HASH_SIZE], expected[HASH_SIZE];
	reference_open(&reference, 9);
	tree_init(&tree);
	for (size_t n = 0; n <= REFERENCE_LEAVES; n++) {
		ck_assert_int_eq(rebuild_root(&rebuild, &reference.hasher, root), ERR_NONE);
		reference_root(&reference, 0, n, expected);
		ck_assert_mem_eq(root, expected, HASH_SIZE);
		ck_assert_int_eq(tree_root(&tree, &reference.hasher, expected), ERR_NONE);
		ck_assert_mem_eq(root, expected, HASH_SIZE);
		if (n == REFERENCE_LEAVES)
			break;
		ck_assert_int_eq(rebuild_add(&rebuild, &reference.hasher, reference.leaves[n]), ERR_NONE);
		ck_assert_int_eq(tree_append(&tree, &reference.hasher, reference.leaves[n], NULL, NULL), ERR_NONE);
	}
	reference_close(&reference);
}
END_TEST

START_TEST(completed_subtrees_are_had)
{
	struct rebuild rebuild = {0};
	unsigned char expected[HASH_SIZE];
	reference_open(&reference, 10);
	ck_assert_ptr_null(rebuild_completed(&rebuild, 0));
	for (size_t n = 1; n <= 512; n++) {
		ck_assert_int_eq(rebuild_add(&rebuild, &reference.hasher, reference.leaves[n - 1]), ERR_NONE);
		for (int level = 0; level < 10; level++) {
			size_t width = (size_t)1 << level;
			const unsigned char *node = rebuild_completed(&rebuild, level);
			if ((node != NULL) != (n % width == 0))
				ck_abort_msg("size %zu, level %d", n, level);
			if (!node)
				continue;
			reference_root(&reference, n - width, width, expected);
			if (memcmp(node, expected, HASH_SIZE) != 0)
				ck_abort_msg("size %zu, level %d", n, level);
		}
	}
	reference_close(&reference);
}
END_TEST

UNIT("rebuild", roots_of_every_size_agree, completed_subtrees_are_had)
