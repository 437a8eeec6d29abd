/* Hashes with SHA-256, fetched once. */
#include "ledger/hash.h"

#include <openssl/evp.h>
#include <string.h>

static const unsigned char leaf_prefix = 0x00, node_prefix = 0x01;

enum err hasher_open(struct hasher *hasher)
{
	*hasher = (struct hasher){.algorithm = EVP_MD_fetch(NULL, "SHA256", NULL), .context = EVP_MD_CTX_new()};
	if (hasher->algorithm && hasher->context)
		return ERR_NONE;
	hasher_close(hasher);
	return ERR_SYSTEM;
}

void hasher_close(struct hasher *hasher)
{
	EVP_MD_CTX_free(hasher->context);
	EVP_MD_free(hasher->algorithm);
	*hasher = (struct hasher){0};
}

void hash_begin(struct hasher *hasher)
{
	hasher->pending_length = 0;
	hasher->failed = EVP_DigestInit_ex2(hasher->context, hasher->algorithm, NULL) != 1;
}

static void hand_over(struct hasher *hasher, const void *data, size_t length)
{
	if (!hasher->failed && length)
		hasher->failed = EVP_DigestUpdate(hasher->context, data, length) != 1;
}

void hash_add(struct hasher *hasher, const void *data, size_t length)
{
	if (hasher->pending_length + length > HASH_PENDING_SIZE) {
		hand_over(hasher, hasher->pending, hasher->pending_length);
		hasher->pending_length = 0;
	}
	if (length > HASH_PENDING_SIZE) {
		hand_over(hasher, data, length);
	} else if (length) {
		memcpy(hasher->pending + hasher->pending_length, data, length);
		hasher->pending_length += length;
	}
}

enum err hash_end(struct hasher *hasher, unsigned char hash[HASH_SIZE])
{
	unsigned char made[HASH_SIZE];
	hand_over(hasher, hasher->pending, hasher->pending_length);
	if (hasher->failed || EVP_DigestFinal_ex(hasher->context, made, NULL) != 1)
		return ERR_SYSTEM;
	memcpy(hash, made, HASH_SIZE);
	return ERR_NONE;
}

enum err hash_bytes(struct hasher *hasher, const void *data, size_t length, unsigned char hash[HASH_SIZE])
{
	hash_begin(hasher);
	hash_add(hasher, data, length);
	return hash_end(hasher, hash);
}

enum err hash_leaf(struct hasher *hasher, const void *data, size_t length, unsigned char hash[HASH_SIZE])
{
	hash_begin(hasher);
	hash_add(hasher, &leaf_prefix, 1);
	hash_add(hasher, data, length);
	return hash_end(hasher, hash);
}

enum err hash_node(struct hasher *hasher, const unsigned char left[HASH_SIZE], const unsigned char right[HASH_SIZE],
		   unsigned char hash[HASH_SIZE])
{
	hash_begin(hasher);
	hash_add(hasher, &node_prefix, 1);
	hash_add(hasher, left, HASH_SIZE);
	hash_add(hasher, right, HASH_SIZE);
	return hash_end(hasher, hash);
}
