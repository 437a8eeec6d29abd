/* Makes, reads and writes the keys of signed notes, and signs with them. */
#include "ledger/note_key.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <string.h>

#include "ledger/codec.h"
#include "ledger/hash.h"
#include "ledger/note.h"

static const unsigned char ed25519_kind = 0x01;
enum { KIND_SIZE = 1, ID_TEXT_SIZE = 2 * NOTE_KEY_ID_SIZE };

bool note_name_is_good(const char *name, size_t length)
{
	if (!length || length > NOTE_NAME_MAXIMUM)
		return false;
	for (size_t i = 0; i < length; i++)
		if ((unsigned char)name[i] <= ' ' || name[i] == '+' || name[i] == 0x7f)
			return false;
	return true;
}

static enum err make_id(const struct note_key *key, unsigned char id[NOTE_KEY_ID_SIZE])
{
	struct hasher hasher;
	unsigned char hash[HASH_SIZE];
	enum err error = hasher_open(&hasher);
	if (error)
		return error;
	hash_begin(&hasher);
	hash_add(&hasher, key->name, strlen(key->name));
	hash_add(&hasher, "\n", 1);
	hash_add(&hasher, &ed25519_kind, KIND_SIZE);
	hash_add(&hasher, key->public_key, NOTE_PUBLIC_SIZE);
	error = hash_end(&hasher, hash);
	hasher_close(&hasher);
	if (!error)
		memcpy(id, hash, NOTE_KEY_ID_SIZE);
	return error;
}

/* Takes OpenSSL's key over, also when it fails. */
static enum err fill(const char *name, size_t length, EVP_PKEY *pair, struct note_key *key)
{
	struct note_key made = {.key = pair};
	size_t size = NOTE_PUBLIC_SIZE;
	enum err error = ERR_INPUT;
	if (pair && note_name_is_good(name, length) && EVP_PKEY_get_id(pair) == EVP_PKEY_ED25519 &&
	    EVP_PKEY_get_raw_public_key(pair, made.public_key, &size) == 1 && size == NOTE_PUBLIC_SIZE) {
		memcpy(made.name, name, length);
		error = make_id(&made, made.id);
	}
	ERR_clear_error();
	if (error)
		note_key_release(&made);
	else
		*key = made;
	return error;
}

enum err note_key_generate(const char *name, struct note_key *key)
{
	if (!note_name_is_good(name, strlen(name)))
		return ERR_INPUT;
	EVP_PKEY *pair = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	return pair ? fill(name, strlen(name), pair, key) : ERR_SYSTEM;
}

enum err note_key_read(const char *name, const char *pem, size_t length, struct note_key *key)
{
	BIO *input = length <= INT32_MAX ? BIO_new_mem_buf(pem, (int)length) : NULL;
	if (!input)
		return ERR_MEMORY;
	EVP_PKEY *pair = PEM_read_bio_PrivateKey(input, NULL, NULL, "");
	BIO_free(input);
	return fill(name, strlen(name), pair, key);
}

static enum err from_public(const char *name, size_t length, const unsigned char public_key[NOTE_PUBLIC_SIZE],
			    struct note_key *key)
{
	EVP_PKEY *half = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, public_key, NOTE_PUBLIC_SIZE);
	return fill(name, length, half, key);
}

enum err note_key_from_public(const char *name, const unsigned char public_key[NOTE_PUBLIC_SIZE], struct note_key *key)
{
	return from_public(name, strlen(name), public_key, key);
}

/* The name can't hold a '+', base64 can: the key id stands between the first two. */
static enum err parse_vkey(const char *vkey, size_t length, struct note_key *key)
{
	unsigned char blob[KIND_SIZE + NOTE_PUBLIC_SIZE], id[NOTE_KEY_ID_SIZE];
	const char *plus = memchr(vkey, '+', length);
	if (!plus || (size_t)(vkey + length - plus) < ID_TEXT_SIZE + 2 || plus[ID_TEXT_SIZE + 1] != '+')
		return ERR_INPUT;
	const char *encoded = plus + ID_TEXT_SIZE + 2;
	if (codec_read_hex_exactly(plus + 1, ID_TEXT_SIZE, id, sizeof id) ||
	    codec_read_base64_exactly(encoded, (size_t)(vkey + length - encoded), blob, sizeof blob) ||
	    blob[0] != ed25519_kind)
		return ERR_INPUT;
	struct note_key made;
	enum err error = from_public(vkey, (size_t)(plus - vkey), blob + KIND_SIZE, &made);
	if (!error && memcmp(made.id, id, sizeof id) != 0) {
		note_key_release(&made);
		error = ERR_INPUT;
	}
	if (!error)
		*key = made;
	return error;
}

enum err note_key_parse(const char *vkey, size_t length, struct note_key *key)
{
	if (length && vkey[length - 1] == '\n')
		length--;
	return length ? parse_vkey(vkey, length, key) : ERR_INPUT;
}

void note_key_release(struct note_key *key)
{
	EVP_PKEY_free(key->key);
	*key = (struct note_key){0};
}

enum err note_key_write(const struct note_key *key, struct bytes *pem)
{
	char *data;
	BIO *output = BIO_new(BIO_s_secmem());
	if (!output || PEM_write_bio_PKCS8PrivateKey(output, key->key, NULL, NULL, 0, NULL, NULL) != 1) {
		BIO_free(output);
		ERR_clear_error();
		return ERR_SYSTEM;
	}
	long length = BIO_get_mem_data(output, &data);
	bytes_append(pem, data, (size_t)length);
	BIO_free(output);
	return pem->failed ? ERR_LIMIT : ERR_NONE;
}

void note_key_append_vkey(const struct note_key *key, struct bytes *vkey)
{
	unsigned char blob[KIND_SIZE + NOTE_PUBLIC_SIZE] = {ed25519_kind};
	memcpy(blob + KIND_SIZE, key->public_key, NOTE_PUBLIC_SIZE);
	bytes_append_string(vkey, key->name);
	bytes_append_char(vkey, '+');
	codec_append_hex(vkey, key->id, NOTE_KEY_ID_SIZE);
	bytes_append_char(vkey, '+');
	codec_append_base64(vkey, blob, sizeof blob);
	bytes_append_char(vkey, '\n');
}

enum err note_signature(const struct note_key *key, const void *text, size_t length,
			unsigned char signature[NOTE_SIGNATURE_SIZE])
{
	unsigned char made[NOTE_SIGNATURE_SIZE];
	size_t size = sizeof made;
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	bool done = context && EVP_DigestSignInit(context, NULL, NULL, NULL, key->key) == 1 &&
		    EVP_DigestSign(context, made, &size, text, length) == 1 && size == sizeof made;
	EVP_MD_CTX_free(context);
	ERR_clear_error();
	if (!done)
		return ERR_SYSTEM;
	memcpy(signature, made, sizeof made);
	return ERR_NONE;
}

enum err note_check(const struct note_key *key, const void *text, size_t length,
		    const unsigned char signature[NOTE_SIGNATURE_SIZE])
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	bool ready = context && EVP_DigestVerifyInit(context, NULL, NULL, NULL, key->key) == 1;
	bool good = ready && EVP_DigestVerify(context, signature, NOTE_SIGNATURE_SIZE, text, length) == 1;
	EVP_MD_CTX_free(context);
	ERR_clear_error();
	if (!ready)
		return ERR_SYSTEM;
	return good ? ERR_NONE : ERR_INPUT;
}
