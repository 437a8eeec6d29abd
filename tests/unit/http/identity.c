/* What is read out of a client's certificate. */
#include "support/unit.h"

#include "http/identity.h"
#include "support/tls.h"

static struct http_identity read_names(const char *names)
{
	struct tls_authority authority = tls_authority_make("Authority");
	struct tls_wish wish = {"client", names, "clientAuth", NULL, 7, -60, 3600};
	struct http_identity identity;
	unsigned char *der = NULL;
	EVP_PKEY *key;
	X509 *certificate = tls_make(&authority, &wish, &key);
	int length = i2d_X509(certificate, &der);
	ck_assert_int_eq(identity_read(der, (size_t)length, &identity), ERR_NONE);
	OPENSSL_free(der);
	X509_free(certificate);
	EVP_PKEY_free(key);
	tls_authority_release(&authority);
	return identity;
}

START_TEST(reads_the_one_uri)
{
	ck_assert_str_eq(read_names("URI:spiffe://secondlook/force/a/client/b").uri,
			 "spiffe://secondlook/force/a/client/b");
	ck_assert_str_eq(read_names("DNS:host,URI:spiffe://a/b,email:a@b.c").uri, "spiffe://a/b");
}
END_TEST

START_TEST(reads_no_uri_where_there_is_not_one)
{
	char names[400] = "URI:spiffe://";
	ck_assert_str_eq(read_names(NULL).uri, "");
	ck_assert_str_eq(read_names("DNS:host").uri, "");
	ck_assert_str_eq(read_names("URI:spiffe://a/b,URI:spiffe://a/c").uri, "");
	ck_assert_str_eq(read_names("URI:spiffe://a b").uri, "");
	memset(names + strlen(names), 'x', 255);
	ck_assert_str_eq(read_names(names).uri, "");
}
END_TEST

START_TEST(reads_when_it_ends)
{
	int64_t now_us = (int64_t)time(NULL) * 1000000;
	struct http_identity identity = read_names(NULL);
	ck_assert_int_ge(identity.not_after_us, now_us + 3590 * INT64_C(1000000));
	ck_assert_int_le(identity.not_after_us, now_us + 3601 * INT64_C(1000000));
	ck_assert_uint_eq(strspn(identity.thumbprint, "0123456789abcdef"), 64);
	ck_assert_uint_eq(strlen(identity.thumbprint), 64);
}
END_TEST

START_TEST(refuses_what_is_no_certificate)
{
	struct http_identity identity = {.uri = "untouched"};
	ck_assert_int_eq(identity_read((const unsigned char *)"no", 2, &identity), ERR_INPUT);
	ck_assert_str_eq(identity.uri, "untouched");
}
END_TEST

START_TEST(refuses_a_missing_instant)
{
	int64_t instant_us = 5;
	ck_assert_int_eq(identity_instant(NULL, &instant_us), ERR_INPUT);
	ck_assert_int_eq(instant_us, 5);
}
END_TEST

UNIT("http/identity", reads_the_one_uri, reads_no_uri_where_there_is_not_one, reads_when_it_ends,
     refuses_what_is_no_certificate, refuses_a_missing_instant)
