/* Makes SCRAM-SHA-256 verifiers. */
#include "password.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <string.h>

enum { ITERATIONS = 4096, KEY_LENGTH = 32 };

struct scram {
	unsigned char stored_key[KEY_LENGTH];
	unsigned char server_key[KEY_LENGTH];
};

static bool is_plain(const char *password)
{
	if (!*password)
		return false;
	for (; *password; password++)
		if (*password < ' ' || *password > '~')
			return false;
	return true;
}

static bool authenticate(const unsigned char key[KEY_LENGTH], const char *text, unsigned char code[KEY_LENGTH])
{
	return HMAC(EVP_sha256(), key, KEY_LENGTH, (const unsigned char *)text, strlen(text), code, NULL) != NULL;
}

static bool derive(const char *password, const unsigned char *salt, struct scram *scram)
{
	unsigned char salted[KEY_LENGTH], client_key[KEY_LENGTH];
	bool done = PKCS5_PBKDF2_HMAC(password, (int)strlen(password), salt, PASSWORD_SALT_LENGTH, ITERATIONS,
				      EVP_sha256(), KEY_LENGTH, salted) == 1 &&
		    authenticate(salted, "Client Key", client_key) &&
		    EVP_Digest(client_key, KEY_LENGTH, scram->stored_key, NULL, EVP_sha256(), NULL) == 1 &&
		    authenticate(salted, "Server Key", scram->server_key);
	explicit_bzero(salted, sizeof salted);
	explicit_bzero(client_key, sizeof client_key);
	return done;
}

static void append_base64(struct bytes *text, const unsigned char *data, int length)
{
	unsigned char encoded[64];
	EVP_EncodeBlock(encoded, data, length);
	bytes_append_string(text, (const char *)encoded);
}

enum err password_verifier_salted(const char *password, const unsigned char salt[PASSWORD_SALT_LENGTH],
				  struct bytes *verifier)
{
	struct scram scram;
	if (!is_plain(password))
		return ERR_INPUT;
	if (!derive(password, salt, &scram))
		return ERR_SYSTEM;
	bytes_format(verifier, "SCRAM-SHA-256$%d:", ITERATIONS);
	append_base64(verifier, salt, PASSWORD_SALT_LENGTH);
	bytes_append_char(verifier, '$');
	append_base64(verifier, scram.stored_key, KEY_LENGTH);
	bytes_append_char(verifier, ':');
	append_base64(verifier, scram.server_key, KEY_LENGTH);
	return verifier->failed ? ERR_MEMORY : ERR_NONE;
}

enum err password_verifier(const char *password, struct bytes *verifier)
{
	unsigned char salt[PASSWORD_SALT_LENGTH];
	if (RAND_bytes(salt, sizeof salt) != 1)
		return ERR_SYSTEM;
	return password_verifier_salted(password, salt, verifier);
}
