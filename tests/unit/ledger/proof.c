/* Proofs: the known ones, every one up to 1,000 leaves, and that whatever is altered in one is refused.
 *
 * Check sends a message at each assertion; in the inner loops that would be most of the time. */
#include "ledger/proof.h"

#include <stdint.h>

#include "ledger/codec.h"
#include "reference.h"

enum { EXHAUSTIVE_LEAVES = 33 };

static struct reference reference; /* too large for a stack */

typedef unsigned char path_type[REFERENCE_PATH][HASH_SIZE];

static void read_hashes(const char *const *texts, size_t count, path_type path)
{
	for (size_t i = 0; i < count; i++)
		ck_assert_int_eq(codec_read_hex_exactly(texts[i], strlen(texts[i]), path[i], HASH_SIZE), ERR_NONE);
}

static const char root_of_eight[] = "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328";

START_TEST(a_known_inclusion_is_proven)
{
	static const char *const leaf_5[] = {"4271a26be0d8a84f0bd54c8c302e7cb3a3b5d1fa6780a40bcce2873477dab658"};
	static const char *const texts[] = {"bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
					    "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
					    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"};
	struct hasher hasher;
	path_type leaf, path;
	unsigned char root[HASH_SIZE];
	read_hashes(leaf_5, 1, leaf);
	read_hashes(texts, 3, path);
	ck_assert_int_eq(hasher_open(&hasher), ERR_NONE);
	ck_assert_int_eq(proof_inclusion(&hasher, leaf[0], 5, 8, path, 3, root), ERR_NONE);
	REFERENCE_ASSERT_HEX(root, root_of_eight);
	hasher_close(&hasher);
}
END_TEST

START_TEST(a_known_consistency_is_proven)
{
	static const char *const roots[] = {"76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
					    root_of_eight};
	static const char *const texts[] = {"0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
					    "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
					    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"};
	struct hasher hasher;
	path_type root, path;
	read_hashes(roots, 2, root);
	read_hashes(texts, 3, path);
	ck_assert_int_eq(hasher_open(&hasher), ERR_NONE);
	ck_assert_int_eq(proof_consistency(&hasher, 6, root[0], 8, root[1], path, 3), ERR_NONE);
	ck_assert_int_eq(proof_consistency(&hasher, 6, root[1], 8, root[1], path, 3), ERR_INPUT);
	ck_assert_int_eq(proof_consistency(&hasher, 6, root[0], 8, root[0], path, 3), ERR_INPUT);
	hasher_close(&hasher);
}
END_TEST

START_TEST(every_inclusion_up_to_1000_leaves_is_proven)
{
	path_type path;
	unsigned char root[HASH_SIZE], expected[HASH_SIZE];
	reference_open(&reference, 4);
	for (size_t n = 1; n <= REFERENCE_LEAVES; n++) {
		reference_root(&reference, 0, n, expected);
		for (size_t i = 0; i < n; i++) {
			size_t count = reference_path(&reference, i, 0, n, path);
			if (proof_inclusion(&reference.hasher, reference.leaves[i], i, n, path, count, root) ||
			    memcmp(root, expected, HASH_SIZE) != 0)
				ck_abort_msg("leaf %zu of %zu", i, n);
		}
	}
	reference_close(&reference);
}
END_TEST

START_TEST(every_consistency_up_to_1000_leaves_is_proven)
{
	static unsigned char roots[REFERENCE_LEAVES + 1][HASH_SIZE];
	path_type path;
	reference_open(&reference, 5);
	for (size_t n = 0; n <= REFERENCE_LEAVES; n++) {
		reference_root(&reference, 0, n, roots[n]);
		for (size_t m = 0; m <= n; m++) {
			size_t count = m ? reference_subproof(&reference, m, 0, n, true, path) : 0;
			if (proof_consistency(&reference.hasher, m, roots[m], n, roots[n], path, count))
				ck_abort_msg("%zu leaves of %zu", m, n);
		}
	}
	reference_close(&reference);
}
END_TEST

static void expect_no_inclusion(const unsigned char *leaf, size_t i, size_t n, const unsigned char (*path)[HASH_SIZE],
				size_t count, const unsigned char expected[HASH_SIZE])
{
	unsigned char root[HASH_SIZE];
	enum err error = proof_inclusion(&reference.hasher, leaf, i, n, path, count, root);
	if (error != ERR_INPUT && (error || memcmp(root, expected, HASH_SIZE) == 0))
		ck_abort_msg("leaf %zu of %zu", i, n);
}

static void alter_inclusion(size_t i, size_t n, path_type path, size_t count, const unsigned char root[HASH_SIZE])
{
	unsigned char *leaf = reference.leaves[i], nothing[HASH_SIZE];
	for (size_t byte = 0; byte < count * HASH_SIZE; byte++) {
		path[byte / HASH_SIZE][byte % HASH_SIZE] ^= 0x10;
		expect_no_inclusion(leaf, i, n, path, count, root);
		path[byte / HASH_SIZE][byte % HASH_SIZE] ^= 0x10;
	}
	for (size_t other = 0; other <= n; other++)
		if (other != i)
			expect_no_inclusion(leaf, other, n, path, count, root);
	for (size_t other = 0; other < n; other++)
		if (other != i)
			expect_no_inclusion(reference.leaves[other], i, n, path, count, root);
	if (count) {
		expect_no_inclusion(leaf, i, n, path, count - 1, root);
		expect_no_inclusion(leaf, i, n, path + 1, count - 1, root);
	}
	memcpy(path[count], leaf, HASH_SIZE);
	ck_assert_int_eq(proof_inclusion(&reference.hasher, leaf, i, n, path, count + 1, nothing), ERR_INPUT);
}

START_TEST(altered_inclusions_are_refused)
{
	path_type path;
	unsigned char root[HASH_SIZE];
	reference_open(&reference, 6);
	for (size_t n = 1; n <= EXHAUSTIVE_LEAVES; n++) {
		reference_root(&reference, 0, n, root);
		for (size_t i = 0; i < n; i++)
			alter_inclusion(i, n, path, reference_path(&reference, i, 0, n, path), root);
	}
	reference_close(&reference);
}
END_TEST

static void expect_no_consistency(size_t m, const unsigned char *earlier, size_t n, const unsigned char *root,
				  const unsigned char (*path)[HASH_SIZE], size_t count)
{
	if (proof_consistency(&reference.hasher, m, earlier, n, root, path, count) != ERR_INPUT)
		ck_abort_msg("%zu leaves of %zu", m, n);
}

static void alter_consistency(size_t m, size_t n, path_type path, size_t count)
{
	unsigned char earlier[HASH_SIZE], root[HASH_SIZE];
	reference_root(&reference, 0, m, earlier);
	reference_root(&reference, 0, n, root);
	for (size_t byte = 0; byte < count * HASH_SIZE; byte++) {
		path[byte / HASH_SIZE][byte % HASH_SIZE] ^= 0x10;
		expect_no_consistency(m, earlier, n, root, path, count);
		path[byte / HASH_SIZE][byte % HASH_SIZE] ^= 0x10;
	}
	for (size_t byte = 0; byte < HASH_SIZE; byte++) {
		earlier[byte] ^= 1;
		expect_no_consistency(m, earlier, n, root, path, count);
		earlier[byte] ^= 1;
		root[byte] ^= m > 0; /* whatever it is, the empty tree is its beginning */
		if (m)
			expect_no_consistency(m, earlier, n, root, path, count);
		root[byte] ^= m > 0;
	}
	if (count) {
		expect_no_consistency(m, earlier, n, root, path, count - 1);
		expect_no_consistency(m, earlier, n, root, path + 1, count - 1);
	}
	memcpy(path[count], root, HASH_SIZE);
	expect_no_consistency(m, earlier, n, root, path, count + 1);
	if (m != n)
		expect_no_consistency(n, root, m, earlier, path, count);
}

START_TEST(altered_consistencies_are_refused)
{
	path_type path = {{0}};
	reference_open(&reference, 7);
	for (size_t n = 0; n <= EXHAUSTIVE_LEAVES; n++)
		for (size_t m = 0; m <= n; m++)
			alter_consistency(m, n, path, m ? reference_subproof(&reference, m, 0, n, true, path) : 0);
	reference_close(&reference);
}
END_TEST

/* The earlier size is part of what is shown: with its neighbour's root the same path shows nothing. */
START_TEST(a_consistency_of_another_size_is_refused)
{
	path_type path;
	unsigned char earlier[HASH_SIZE], root[HASH_SIZE];
	reference_open(&reference, 8);
	for (size_t n = 2; n <= EXHAUSTIVE_LEAVES; n++) {
		reference_root(&reference, 0, n, root);
		for (size_t m = 1; m < n; m++) {
			size_t count = reference_subproof(&reference, m, 0, n, true, path);
			reference_root(&reference, 0, m + 1, earlier);
			expect_no_consistency(m, earlier, n, root, path, count);
			expect_no_consistency(m + 1, earlier, n, root, path, count);
		}
	}
	reference_close(&reference);
}
END_TEST

START_TEST(the_largest_sizes_are_walked)
{
	struct hasher hasher;
	static unsigned char path[65][HASH_SIZE];
	unsigned char leaf[HASH_SIZE] = {1}, root[HASH_SIZE];
	ck_assert_int_eq(hasher_open(&hasher), ERR_NONE);
	ck_assert_int_eq(proof_inclusion(&hasher, leaf, 0, 0, path, 0, root), ERR_INPUT);
	ck_assert_int_eq(proof_inclusion(&hasher, leaf, UINT64_MAX, UINT64_MAX, path, 64, root), ERR_INPUT);
	ck_assert_int_eq(proof_inclusion(&hasher, leaf, 0, UINT64_MAX, path, 64, root), ERR_NONE);
	ck_assert_int_eq(proof_inclusion(&hasher, leaf, 0, UINT64_MAX, path, 65, root), ERR_INPUT);
	ck_assert_int_eq(proof_consistency(&hasher, 1, leaf, UINT64_MAX, root, path, 64), ERR_NONE);
	hasher_close(&hasher);
}
END_TEST

UNIT("proof", a_known_inclusion_is_proven, a_known_consistency_is_proven, every_inclusion_up_to_1000_leaves_is_proven,
     every_consistency_up_to_1000_leaves_is_proven, altered_inclusions_are_refused, altered_consistencies_are_refused,
     a_consistency_of_another_size_is_refused, the_largest_sizes_are_walked)
