/* Signs cursors with HMAC-SHA-256, cut to 16 bytes, in base64url. */
#include "cursor.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <stdbool.h>
#include <string.h>

enum { SIGNATURE_SIZE = 16 };

/* Finding the algorithm and laying out the key costs more than the signature of a cursor: it is done once. */
static EVP_MAC_CTX *begin(const unsigned char bytes[CURSOR_KEY_SIZE])
{
	const OSSL_PARAM sha256[] = {OSSL_PARAM_utf8_string(OSSL_MAC_PARAM_DIGEST, (char[]){"SHA256"}, 6), OSSL_PARAM_END};
	EVP_MAC *hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
	EVP_MAC_CTX *mac = hmac ? EVP_MAC_CTX_new(hmac) : NULL;
	EVP_MAC_free(hmac);
	if (mac && !EVP_MAC_init(mac, bytes, CURSOR_KEY_SIZE, sha256)) {
		EVP_MAC_CTX_free(mac);
		return NULL;
	}
	return mac;
}

enum err cursor_key_set(struct cursor_key *key, const char *hexadecimal)
{
	size_t length;
	unsigned char bytes[CURSOR_KEY_SIZE];
	if (OPENSSL_hexstr2buf_ex(bytes, sizeof bytes, &length, hexadecimal, '\0') != 1 || length != CURSOR_KEY_SIZE)
		return ERR_INPUT;
	EVP_MAC_CTX *mac = begin(bytes);
	if (!mac)
		return ERR_MEMORY;
	cursor_key_release(key);
	key->mac = mac;
	return ERR_NONE;
}

void cursor_key_release(struct cursor_key *key)
{
	EVP_MAC_CTX_free(key->mac);
	key->mac = NULL;
}

static enum err sign(const struct cursor_key *key, const char *list, const unsigned char *values, size_t length,
		     unsigned char signature[SIGNATURE_SIZE])
{
	unsigned char whole[EVP_MAX_MD_SIZE];
	size_t whole_length;
	EVP_MAC_CTX *mac = EVP_MAC_CTX_dup(key->mac);
	if (!mac)
		return ERR_MEMORY;
	bool is_signed = EVP_MAC_update(mac, (const unsigned char *)list, strlen(list) + 1) && EVP_MAC_update(mac, values, length) &&
			 EVP_MAC_final(mac, whole, &whole_length, sizeof whole);
	EVP_MAC_CTX_free(mac);
	if (!is_signed)
		return ERR_SYSTEM;
	memcpy(signature, whole, SIGNATURE_SIZE);
	return ERR_NONE;
}

static void exchange(char *text, const char *from, const char *to)
{
	for (; *text; text++) {
		const char *place = strchr(from, *text);
		if (place)
			*text = to[place - from];
	}
}

enum err cursor_write(const struct cursor_key *key, const char *list, const char *values, size_t length,
		      struct arena *arena, const char **cursor)
{
	size_t padding = (3 - (SIGNATURE_SIZE + length) % 3) % 3;
	size_t size = SIGNATURE_SIZE + length + padding;
	unsigned char *plain = arena_take(arena, size);
	char *text = arena_take(arena, size / 3 * 4 + 1);
	if (!key->mac)
		return ERR_NOT_NOW;
	if (!plain || !text)
		return ERR_MEMORY;
	enum err error = sign(key, list, (const unsigned char *)values, length, plain);
	if (error != ERR_NONE)
		return error;
	memcpy(plain + SIGNATURE_SIZE, values, length);
	memset(plain + SIGNATURE_SIZE + length, ' ', padding); /* JSON doesn't mind, and no '=' is needed */
	EVP_EncodeBlock((unsigned char *)text, plain, (int)size);
	exchange(text, "+/", "-_");
	*cursor = text;
	return ERR_NONE;
}

static void strip_padding(const unsigned char *plain, size_t *length)
{
	while (*length > SIGNATURE_SIZE && plain[*length - 1] == ' ')
		--*length;
}

enum err cursor_read(const struct cursor_key *key, const char *list, const char *cursor, struct arena *arena,
		     const char **values)
{
	size_t text_length = strlen(cursor);
	unsigned char signature[SIGNATURE_SIZE];
	if (!key->mac)
		return ERR_NOT_NOW;
	if (text_length % 4 != 0 || text_length / 4 * 3 <= SIGNATURE_SIZE || strspn(cursor,
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") != text_length)
		return ERR_INPUT;
	char *text = arena_copy(arena, cursor, text_length);
	unsigned char *plain = arena_take(arena, text_length / 4 * 3);
	if (!text || !plain)
		return ERR_MEMORY;
	exchange(text, "-_", "+/");
	if (EVP_DecodeBlock(plain, (unsigned char *)text, (int)text_length) < 0)
		return ERR_INPUT;
	size_t length = text_length / 4 * 3;
	strip_padding(plain, &length);
	enum err error = sign(key, list, plain + SIGNATURE_SIZE, length - SIGNATURE_SIZE, signature);
	if (error != ERR_NONE)
		return error;
	if (CRYPTO_memcmp(signature, plain, SIGNATURE_SIZE) != 0)
		return ERR_INPUT;
	*values = arena_copy(arena, (const char *)plain + SIGNATURE_SIZE, length - SIGNATURE_SIZE);
	return *values ? ERR_NONE : ERR_MEMORY;
}
