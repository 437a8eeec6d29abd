/* Verifiers of passwords: the example of RFC 7677 (section 3), and what is refused. */
#include "password.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

#include "support/unit.h"

static const char example_salt[] = "W22ZaJ0SNY7soEsUEjb6gQ==";
static const char example_exchange[] =
	"n=user,r=rOprNGfwEbeRWgbNEkqO,"
	"r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,"
	"c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
static const char example_client_proof[] = "dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";
static const char example_server_signature[] = "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=";

static void decode(const char *text, size_t length, unsigned char *data)
{
	ck_assert_int_gt(EVP_DecodeBlock(data, (const unsigned char *)text, (int)length), 0);
}

static void sign(const unsigned char key[32], unsigned char signature[32])
{
	ck_assert_ptr_nonnull(HMAC(EVP_sha256(), key, 32, (const unsigned char *)example_exchange,
				   strlen(example_exchange), signature, NULL));
}

/* As the server checks a login: the proof, less the signature by the stored key, hashes to the stored key. */
START_TEST(accepts_the_published_proof)
{
	unsigned char salt[48], stored[48], proof[48], signature[32], hash[32];
	struct bytes verifier;
	bytes_init(&verifier, 1024);
	decode(example_salt, strlen(example_salt), salt);
	ck_assert_int_eq(password_verifier_salted("pencil", salt, &verifier), ERR_NONE);
	const char *text = bytes_string(&verifier);
	ck_assert_int_eq(strncmp(text, "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$", 44), 0);
	decode(text + 44, 44, stored);
	decode(example_client_proof, 44, proof);
	sign(stored, signature);
	for (size_t i = 0; i < 32; i++)
		proof[i] ^= signature[i];
	ck_assert_int_eq(EVP_Digest(proof, 32, hash, NULL, EVP_sha256(), NULL), 1);
	ck_assert_mem_eq(hash, stored, 32);
	bytes_release(&verifier);
}
END_TEST

START_TEST(makes_the_published_server_signature)
{
	unsigned char salt[48], server[48], signature[32], wanted[48];
	struct bytes verifier;
	bytes_init(&verifier, 1024);
	decode(example_salt, strlen(example_salt), salt);
	ck_assert_int_eq(password_verifier_salted("pencil", salt, &verifier), ERR_NONE);
	const char *text = bytes_string(&verifier);
	ck_assert_uint_eq(strlen(text), 44 + 44 + 1 + 44);
	decode(text + 44 + 44 + 1, 44, server);
	decode(example_server_signature, 44, wanted);
	sign(server, signature);
	ck_assert_mem_eq(signature, wanted, 32);
	bytes_release(&verifier);
}
END_TEST

START_TEST(salts_each_anew)
{
	struct bytes first, second;
	bytes_init(&first, 1024);
	bytes_init(&second, 1024);
	ck_assert_int_eq(password_verifier("same", &first), ERR_NONE);
	ck_assert_int_eq(password_verifier("same", &second), ERR_NONE);
	ck_assert_str_ne(bytes_string(&first), bytes_string(&second));
	bytes_release(&first);
	bytes_release(&second);
}
END_TEST

START_TEST(refuses_what_would_need_preparation)
{
	struct bytes verifier;
	bytes_init(&verifier, 1024);
	ck_assert_int_eq(password_verifier("", &verifier), ERR_INPUT);
	ck_assert_int_eq(password_verifier("caf\xc3\xa9", &verifier), ERR_INPUT);
	ck_assert_int_eq(password_verifier("a\tb", &verifier), ERR_INPUT);
	ck_assert_uint_eq(verifier.length, 0);
	bytes_release(&verifier);
}
END_TEST

UNIT("password", accepts_the_published_proof, makes_the_published_server_signature, salts_each_anew,
     refuses_what_would_need_preparation)
