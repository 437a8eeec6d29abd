/* Encodes a ledger line and hashes it. */
#include "ledger/leaf.h"

#include <openssl/evp.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

static const unsigned char leaf_prefix = 0x00, member_prefix = 0x02;
static const char version_label[] = "secondlook-line-v1";
static const uint32_t null_length = UINT32_MAX;

static bool add(EVP_MD_CTX *digest, const void *data, size_t length)
{
	return EVP_DigestUpdate(digest, data, length) == 1;
}

static bool add_number(EVP_MD_CTX *digest, uint32_t number)
{
	unsigned char bytes[4] = {(unsigned char)(number >> 24), (unsigned char)(number >> 16),
				  (unsigned char)(number >> 8), (unsigned char)number};
	return add(digest, bytes, sizeof bytes);
}

static bool add_text(EVP_MD_CTX *digest, const char *text)
{
	if (!text)
		return add_number(digest, null_length);
	return add_number(digest, (uint32_t)strlen(text)) && add(digest, text, strlen(text));
}

static enum err finish(EVP_MD_CTX *digest, bool good, unsigned char hash[LEAF_HASH_SIZE])
{
	unsigned char result[EVP_MAX_MD_SIZE];
	good = good && EVP_DigestFinal_ex(digest, result, NULL) == 1;
	EVP_MD_CTX_free(digest);
	if (!good)
		return ERR_SYSTEM;
	memcpy(hash, result, LEAF_HASH_SIZE);
	return ERR_NONE;
}

enum err leaf_member_hash(const char *name, const char *value, size_t value_length,
			  const unsigned char salt[LEAF_SALT_SIZE], unsigned char hash[LEAF_HASH_SIZE])
{
	EVP_MD_CTX *digest = EVP_MD_CTX_new();
	bool good = digest && EVP_DigestInit_ex(digest, EVP_sha256(), NULL) == 1 && add(digest, &member_prefix, 1) &&
		    add(digest, salt, LEAF_SALT_SIZE) && add_text(digest, name) && add(digest, value, value_length);
	return finish(digest, good, hash);
}

static bool are_ascending(const struct leaf_member *members, size_t count)
{
	for (size_t i = 1; i < count; i++)
		if (strcmp(members[i - 1].name, members[i].name) >= 0)
			return false;
	return true;
}

static bool add_members(EVP_MD_CTX *digest, const struct leaf_member *members, size_t count)
{
	bool good = add_number(digest, (uint32_t)count);
	for (size_t i = 0; i < count; i++)
		good = good && add_text(digest, members[i].name) && add(digest, members[i].hash, LEAF_HASH_SIZE);
	return good;
}

enum err leaf_hash(const char *const fields[LEAF_FIELD_COUNT], const struct leaf_member *members, size_t count,
		   unsigned char hash[LEAF_HASH_SIZE])
{
	if (!are_ascending(members, count))
		return ERR_INPUT;
	EVP_MD_CTX *digest = EVP_MD_CTX_new();
	bool good = digest && EVP_DigestInit_ex(digest, EVP_sha256(), NULL) == 1 && add(digest, &leaf_prefix, 1) &&
		    add(digest, version_label, sizeof version_label - 1);
	for (int i = 0; i < LEAF_FIELD_COUNT; i++)
		good = good && add_text(digest, fields[i]);
	return finish(digest, good && add_members(digest, members, count), hash);
}
