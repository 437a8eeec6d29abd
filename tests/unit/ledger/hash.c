/* SHA-256 of leaves and nodes, and that one hasher serves one use after another. */
#include "ledger/hash.h"

#include "reference.h"

START_TEST(hashes_agree_with_the_vectors)
{
	struct hasher hasher;
	unsigned char one[HASH_SIZE], other[HASH_SIZE];
	ck_assert_int_eq(hasher_open(&hasher), ERR_NONE);
	ck_assert_int_eq(hash_bytes(&hasher, "abc", 3, one), ERR_NONE);
	REFERENCE_ASSERT_HEX(one, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	ck_assert_int_eq(hash_leaf(&hasher, "", 0, one), ERR_NONE);
	REFERENCE_ASSERT_HEX(one, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
	ck_assert_int_eq(hash_leaf(&hasher, "\0", 1, other), ERR_NONE);
	REFERENCE_ASSERT_HEX(other, "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7");
	ck_assert_int_eq(hash_node(&hasher, one, other, one), ERR_NONE);
	REFERENCE_ASSERT_HEX(one, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125");
	hasher_close(&hasher);
}
END_TEST

START_TEST(pieces_hash_as_the_whole)
{
	struct hasher hasher;
	unsigned char whole[HASH_SIZE], pieces[HASH_SIZE];
	ck_assert_int_eq(hasher_open(&hasher), ERR_NONE);
	ck_assert_int_eq(hash_bytes(&hasher, "a longer text", 13, whole), ERR_NONE);
	hash_begin(&hasher);
	hash_add(&hasher, "left half done", 14);
	hash_begin(&hasher);
	hash_add(&hasher, "a longer", 8);
	hash_add(&hasher, NULL, 0);
	hash_add(&hasher, " text", 5);
	ck_assert_int_eq(hash_end(&hasher, pieces), ERR_NONE);
	ck_assert_mem_eq(whole, pieces, HASH_SIZE);
	hasher_close(&hasher);
	hasher_close(&hasher);
}
END_TEST

UNIT("hash", hashes_agree_with_the_vectors, pieces_hash_as_the_whole)
