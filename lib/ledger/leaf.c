/* Encodes a ledger line and hashes it. */
#include "ledger/leaf.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

static const unsigned char leaf_prefix = 0x00, member_prefix = 0x02;
static const char version_label[] = "secondlook-line-v1";
static const uint32_t null_length = UINT32_MAX;

static void add_number(struct hasher *hasher, uint32_t number)
{
	unsigned char bytes[4] = {(unsigned char)(number >> 24), (unsigned char)(number >> 16),
				  (unsigned char)(number >> 8), (unsigned char)number};
	hash_add(hasher, bytes, sizeof bytes);
}

static void add_text(struct hasher *hasher, const char *text)
{
	size_t length = text ? strlen(text) : 0;
	add_number(hasher, text ? (uint32_t)length : null_length);
	hash_add(hasher, text, length);
}

enum err leaf_member_hash(struct hasher *hasher, const char *name, const char *value, size_t value_length,
			  const unsigned char salt[LEAF_SALT_SIZE], unsigned char hash[HASH_SIZE])
{
	hash_begin(hasher);
	hash_add(hasher, &member_prefix, 1);
	hash_add(hasher, salt, LEAF_SALT_SIZE);
	add_text(hasher, name);
	hash_add(hasher, value, value_length);
	return hash_end(hasher, hash);
}

static bool are_ascending(const struct leaf_member *members, size_t count)
{
	for (size_t i = 1; i < count; i++)
		if (strcmp(members[i - 1].name, members[i].name) >= 0)
			return false;
	return true;
}

enum err leaf_hash(struct hasher *hasher, const char *const fields[LEAF_FIELD_COUNT], const struct leaf_member *members,
		   size_t count, unsigned char hash[HASH_SIZE])
{
	if (!are_ascending(members, count))
		return ERR_INPUT;
	hash_begin(hasher);
	hash_add(hasher, &leaf_prefix, 1);
	hash_add(hasher, version_label, sizeof version_label - 1);
	for (int i = 0; i < LEAF_FIELD_COUNT; i++)
		add_text(hasher, fields[i]);
	add_number(hasher, (uint32_t)count);
	for (size_t i = 0; i < count; i++) {
		add_text(hasher, members[i].name);
		hash_add(hasher, members[i].hash, HASH_SIZE);
	}
	return hash_end(hasher, hash);
}
