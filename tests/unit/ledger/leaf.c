/* The leaf's encoding against vectors made by another implementation, and what erasure must leave valid. */
#include "ledger/leaf.h"

#include "reference.h"

static const char *const line[LEAF_FIELD_COUNT] = {
	[LEAF_FORCE] = "west-midlands",
	[LEAF_LINE] = "01a201ec-143a-736d-aef5-784b40ba0001",
	[LEAF_RECORDED_AT] = "2026-11-22T06:22:58.625291Z",
	[LEAF_KIND] = "collection",
	[LEAF_OPERATION] = "createContact",
	[LEAF_ACTOR] = "WM-CH-1",
	[LEAF_CLIENT] = "control-room-web",
	[LEAF_REQUEST] = "01a201ec-143a-736b-a0db-a697694c2d3a",
	[LEAF_RELATION] = "contact",
	[LEAF_RECORD] = "01a201ec-143a-736c-8ba3-94be2e780000",
	[LEAF_VERSION] = "1",
	[LEAF_OCCURRED_AT] = "2026-11-22T01:00:00.000000Z",
};

static struct hasher hasher;

static void make_members(struct leaf_member members[2])
{
	unsigned char salt[LEAF_SALT_SIZE], zeros[LEAF_SALT_SIZE] = {0};
	for (int i = 0; i < LEAF_SALT_SIZE; i++)
		salt[i] = (unsigned char)i;
	members[0].name = "channel";
	members[1].name = "phone";
	ck_assert_int_eq(leaf_member_hash(&hasher, "channel", "\"call_999\"", 10, salt, members[0].hash), ERR_NONE);
	ck_assert_int_eq(leaf_member_hash(&hasher, "phone", "null", 4, zeros, members[1].hash), ERR_NONE);
}

START_TEST(hashes_agree_with_the_vectors)
{
	struct leaf_member members[2];
	unsigned char hash[HASH_SIZE];
	const char *const nothing[LEAF_FIELD_COUNT] = {0};

	ck_assert_int_eq(hasher_open(&hasher), ERR_NONE);
	make_members(members);
	REFERENCE_ASSERT_HEX(members[0].hash, "29fd1f685e783734e7a9186bb004de2a542041e7af6cd031d3f9fb1a9e4e660b");
	ck_assert_int_eq(leaf_hash(&hasher, line, members, 2, hash), ERR_NONE);
	REFERENCE_ASSERT_HEX(hash, "8c63faa89690d47e9ce1b4e681983e0eb5d8b4e48ffd0af5d846612c59dfd4d3");
	ck_assert_int_eq(leaf_hash(&hasher, nothing, NULL, 0, hash), ERR_NONE);
	REFERENCE_ASSERT_HEX(hash, "9ebad96da3e6fcc797dc4415aeafc6dbf696f87d5a977cdcb193d44fb71aba87");
	hasher_close(&hasher);
}
END_TEST

START_TEST(every_field_and_member_counts)
{
	struct leaf_member members[2];
	unsigned char whole[HASH_SIZE], changed[HASH_SIZE];
	ck_assert_int_eq(hasher_open(&hasher), ERR_NONE);
	make_members(members);
	ck_assert_int_eq(leaf_hash(&hasher, line, members, 2, whole), ERR_NONE);
	for (int i = 0; i < LEAF_FIELD_COUNT; i++) {
		const char *other[LEAF_FIELD_COUNT];
		memcpy(other, line, sizeof line);
		other[i] = line[i] ? NULL : "";
		ck_assert_int_eq(leaf_hash(&hasher, other, members, 2, changed), ERR_NONE);
		ck_assert_mem_ne(whole, changed, HASH_SIZE);
	}
	ck_assert_int_eq(leaf_hash(&hasher, line, members, 1, changed), ERR_NONE);
	ck_assert_mem_ne(whole, changed, HASH_SIZE);
	members[1].hash[31] ^= 1;
	ck_assert_int_eq(leaf_hash(&hasher, line, members, 2, changed), ERR_NONE);
	ck_assert_mem_ne(whole, changed, HASH_SIZE);
	hasher_close(&hasher);
}
END_TEST

START_TEST(the_same_value_hashes_apart_under_other_salts)
{
	unsigned char one[HASH_SIZE], other[HASH_SIZE];
	unsigned char salt[LEAF_SALT_SIZE] = {1}, zeros[LEAF_SALT_SIZE] = {0};
	ck_assert_int_eq(hasher_open(&hasher), ERR_NONE);
	ck_assert_int_eq(leaf_member_hash(&hasher, "phone", "null", 4, salt, one), ERR_NONE);
	ck_assert_int_eq(leaf_member_hash(&hasher, "phone", "null", 4, zeros, other), ERR_NONE);
	ck_assert_mem_ne(one, other, HASH_SIZE);
	hasher_close(&hasher);
}
END_TEST

START_TEST(members_out_of_order_are_refused)
{
	struct leaf_member members[2];
	unsigned char hash[HASH_SIZE];
	ck_assert_int_eq(hasher_open(&hasher), ERR_NONE);
	make_members(members);
	members[0].name = "phone";
	ck_assert_int_eq(leaf_hash(&hasher, line, members, 2, hash), ERR_INPUT);
	members[0].name = "zeta";
	ck_assert_int_eq(leaf_hash(&hasher, line, members, 2, hash), ERR_INPUT);
	hasher_close(&hasher);
}
END_TEST

UNIT("leaf", hashes_agree_with_the_vectors, every_field_and_member_counts, the_same_value_hashes_apart_under_other_salts,
     members_out_of_order_are_refused)
