/* Certificates as they are made and read: uses, times, serial numbers, files that are none. */
#include "certificate.h"

#include <string.h>

#include "support/directory.h"
#include "support/unit.h"

static struct bytes fault;

static void begin(void)
{
	bytes_init(&fault, 1 << 14);
}

static EVP_PKEY *new_key(void)
{
	EVP_PKEY *key = NULL;
	ck_assert_int_eq(certificate_key_new(&fault, &key), ERR_NONE);
	return key;
}

static X509 *new_certificate(enum certificate_use use, const char *alternatives, EVP_PKEY *key,
			     const struct certificate_authority *authority)
{
	struct certificate_wish wish = {use, "name", alternatives, 1000000000, 4000000000};
	X509 *made = NULL;
	ck_assert_msg(!certificate_new(&wish, key, authority, &fault, &made), "%s", bytes_string(&fault));
	return made;
}

static struct certificate_authority new_authority(void)
{
	struct certificate_authority authority = {.key = new_key()};
	authority.certificate = new_certificate(CERTIFICATE_AUTHORITY, NULL, authority.key, NULL);
	return authority;
}

START_TEST(signs_for_one_use_only)
{
	begin();
	struct certificate_authority authority = new_authority();
	EVP_PKEY *key = new_key();
	X509 *server = new_certificate(CERTIFICATE_SERVER, "DNS:a", key, &authority);
	X509 *client = new_certificate(CERTIFICATE_CLIENT, "URI:x:y", key, &authority);
	ck_assert_int_eq(X509_check_purpose(server, X509_PURPOSE_SSL_SERVER, 0), 1);
	ck_assert_int_eq(X509_check_purpose(server, X509_PURPOSE_SSL_CLIENT, 0), 0);
	ck_assert_int_eq(X509_check_purpose(client, X509_PURPOSE_SSL_CLIENT, 0), 1);
	ck_assert_int_eq(X509_check_purpose(client, X509_PURPOSE_SSL_SERVER, 0), 0);
	ck_assert_int_eq(X509_check_ca(client), 0);
	ck_assert(certificate_is_signed_by(client, authority.certificate));
	X509_free(server);
	X509_free(client);
	EVP_PKEY_free(key);
	certificate_authority_release(&authority);
	bytes_release(&fault);
}
END_TEST

START_TEST(knows_who_signed)
{
	begin();
	struct certificate_authority one = new_authority(), other = new_authority();
	EVP_PKEY *key = new_key();
	X509 *client = new_certificate(CERTIFICATE_CLIENT, "URI:x:y", key, &one);
	ck_assert(certificate_is_signed_by(client, one.certificate));
	ck_assert(!certificate_is_signed_by(client, other.certificate));
	X509_free(client);
	EVP_PKEY_free(key);
	certificate_authority_release(&one);
	certificate_authority_release(&other);
	bytes_release(&fault);
}
END_TEST

START_TEST(reads_times_past_2050)
{
	begin();
	struct certificate_authority authority = new_authority();
	ck_assert_int_eq(certificate_time_s(X509_get0_notBefore(authority.certificate)), 1000000000);
	ck_assert_int_eq(certificate_time_s(X509_get0_notAfter(authority.certificate)), 4000000000);
	ck_assert_int_eq(certificate_time_s(NULL), INT64_MIN);
	certificate_authority_release(&authority);
	bytes_release(&fault);
}
END_TEST

START_TEST(numbers_certificates_at_random)
{
	char one[CERTIFICATE_SERIAL_SIZE], other[CERTIFICATE_SERIAL_SIZE];
	begin();
	struct certificate_authority first = new_authority(), second = new_authority();
	certificate_serial(first.certificate, one);
	certificate_serial(second.certificate, other);
	ck_assert_uint_eq(strlen(one), 32);
	ck_assert_str_ne(one, other);
	certificate_authority_release(&first);
	certificate_authority_release(&second);
	bytes_release(&fault);
}
END_TEST

START_TEST(lists_what_is_revoked)
{
	struct certificate_revocation revoked[] = {{"00ff", 1000}, {"7e", 2000}};
	struct directory directory = directory_new();
	struct bytes pem;
	X509_CRL *list = NULL;
	begin();
	bytes_init(&pem, 1 << 14);
	struct certificate_authority authority = new_authority();
	ck_assert_int_eq(certificate_revocation_list(&authority, revoked, 2, 7, 3000, 4000, &fault, &pem), ERR_NONE);
	directory_put(&directory, "crl.pem", bytes_string(&pem));
	ck_assert_int_eq(certificate_revocation_list_read(directory_path(&directory, "crl.pem"), &fault, &list), ERR_NONE);
	ck_assert_int_eq(X509_CRL_verify(list, authority.key), 1);
	ck_assert_int_eq(sk_X509_REVOKED_num(X509_CRL_get_REVOKED(list)), 2);
	ck_assert_int_eq(certificate_time_s(X509_CRL_get0_nextUpdate(list)), 4000);
	X509_CRL_free(list);
	bytes_release(&pem);
	certificate_authority_release(&authority);
	bytes_release(&fault);
	directory_remove(&directory);
}
END_TEST

START_TEST(refuses_files_that_are_none)
{
	struct directory directory = directory_new();
	X509 *certificate = NULL;
	EVP_PKEY *key = NULL;
	X509_CRL *list = NULL;
	begin();
	directory_put(&directory, "x", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
	const char *path = directory_path(&directory, "x");
	ck_assert_int_eq(certificate_read(path, &fault, &certificate), ERR_INPUT);
	ck_assert_int_eq(certificate_key_read(path, &fault, &key), ERR_INPUT);
	ck_assert_int_eq(certificate_revocation_list_read(path, &fault, &list), ERR_INPUT);
	ck_assert_ptr_nonnull(strstr(bytes_string(&fault), "is not a private key without a passphrase"));
	ck_assert_int_eq(certificate_read(directory_path(&directory, "none"), &fault, &certificate), ERR_SYSTEM);
	ck_assert(!certificate && !key && !list);
	bytes_release(&fault);
	directory_remove(&directory);
}
END_TEST

UNIT("certificate", signs_for_one_use_only, knows_who_signed, reads_times_past_2050, numbers_certificates_at_random,
     lists_what_is_revoked, refuses_files_that_are_none)
