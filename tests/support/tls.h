/* Throw-away certificates for tests: authorities, certificates and revocation lists, P-256, as PEM files.
 *
 * What fails here fails the test. Times are seconds from now. */
#ifndef SUPPORT_TLS_H
#define SUPPORT_TLS_H

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

struct tls_authority {
	X509 *certificate;
	EVP_PKEY *key;
};

struct tls_wish {
	const char *common_name;
	const char *names;   /* subjectAltName, as in OpenSSL's configuration: "URI:spiffe://…"; NULL for none */
	const char *usage;   /* extendedKeyUsage: "clientAuth"; NULL for none */
	const char *curve;   /* NULL: P-256 */
	long serial;
	long not_before_s, not_after_s;
};

static inline void tls_path(char *path, size_t size, const char *directory, const char *file)
{
	ck_assert_int_lt(snprintf(path, size, "%s/%s", directory, file), (int)size);
}

static inline FILE *tls_open(const char *directory, const char *file)
{
	char path[512];
	tls_path(path, sizeof path, directory, file);
	FILE *stream = fopen(path, "w");
	ck_assert_ptr_nonnull(stream);
	return stream;
}

static inline void tls_extend(X509 *certificate, X509 *issuer, int nid, const char *value)
{
	X509V3_CTX context = {0};
	if (!value)
		return;
	X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
	X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
	ck_assert_ptr_nonnull(extension);
	ck_assert_int_eq(X509_add_ext(certificate, extension, -1), 1);
	X509_EXTENSION_free(extension);
}

static inline X509 *tls_blank(const struct tls_wish *wish, EVP_PKEY *key)
{
	X509 *certificate = X509_new();
	ck_assert_ptr_nonnull(certificate);
	X509_set_version(certificate, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(certificate), wish->serial);
	X509_gmtime_adj(X509_getm_notBefore(certificate), wish->not_before_s);
	X509_gmtime_adj(X509_getm_notAfter(certificate), wish->not_after_s);
	X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_ASC,
				   (const unsigned char *)wish->common_name, -1, -1, 0);
	X509_set_pubkey(certificate, key);
	return certificate;
}

static inline struct tls_authority tls_authority_make(const char *common_name)
{
	struct tls_wish wish = {.common_name = common_name, .serial = 1, .not_before_s = -3600, .not_after_s = 86400};
	struct tls_authority authority = {.key = EVP_EC_gen("P-256")};
	ck_assert_ptr_nonnull(authority.key);
	authority.certificate = tls_blank(&wish, authority.key);
	X509_set_issuer_name(authority.certificate, X509_get_subject_name(authority.certificate));
	tls_extend(authority.certificate, authority.certificate, NID_basic_constraints, "critical,CA:TRUE");
	tls_extend(authority.certificate, authority.certificate, NID_key_usage, "critical,keyCertSign,cRLSign");
	tls_extend(authority.certificate, authority.certificate, NID_subject_key_identifier, "hash");
	ck_assert_int_gt(X509_sign(authority.certificate, authority.key, EVP_sha256()), 0);
	return authority;
}

static inline void tls_authority_release(struct tls_authority *authority)
{
	X509_free(authority->certificate);
	EVP_PKEY_free(authority->key);
}

static inline void tls_write_certificate(const X509 *certificate, const char *directory, const char *file)
{
	FILE *stream = tls_open(directory, file);
	ck_assert_int_eq(PEM_write_X509(stream, certificate), 1);
	fclose(stream);
}

/* A certificate by the authority; its key in `key`, both the caller's. */
static inline X509 *tls_make(const struct tls_authority *authority, const struct tls_wish *wish, EVP_PKEY **key)
{
	*key = EVP_EC_gen(wish->curve ? wish->curve : "P-256");
	ck_assert_ptr_nonnull(*key);
	X509 *certificate = tls_blank(wish, *key);
	X509_set_issuer_name(certificate, X509_get_subject_name(authority->certificate));
	tls_extend(certificate, authority->certificate, NID_subject_alt_name, wish->names);
	tls_extend(certificate, authority->certificate, NID_ext_key_usage, wish->usage);
	ck_assert_int_gt(X509_sign(certificate, authority->key, EVP_sha256()), 0);
	return certificate;
}

/* Writes <name>.pem and <name>.key. */
static inline void tls_issue(const struct tls_authority *authority, const struct tls_wish *wish, const char *directory,
			     const char *name)
{
	char file[128];
	EVP_PKEY *key;
	X509 *certificate = tls_make(authority, wish, &key);
	snprintf(file, sizeof file, "%s.pem", name);
	tls_write_certificate(certificate, directory, file);
	snprintf(file, sizeof file, "%s.key", name);
	FILE *stream = tls_open(directory, file);
	ck_assert_int_eq(PEM_write_PrivateKey(stream, key, NULL, NULL, 0, NULL, NULL), 1);
	fclose(stream);
	X509_free(certificate);
	EVP_PKEY_free(key);
}

/* Writes a revocation list that names one serial; 0 for none. */
static inline void tls_write_revocations(const struct tls_authority *authority, long revoked_serial, long next_update_s,
					 const char *directory, const char *file)
{
	X509_CRL *list = X509_CRL_new();
	ASN1_TIME *time = ASN1_TIME_new();
	ck_assert(list && time);
	X509_CRL_set_version(list, 1);
	X509_CRL_set_issuer_name(list, X509_get_subject_name(authority->certificate));
	X509_CRL_set1_lastUpdate(list, X509_gmtime_adj(time, -7200));
	X509_CRL_set1_nextUpdate(list, X509_gmtime_adj(time, next_update_s));
	if (revoked_serial) {
		X509_REVOKED *entry = X509_REVOKED_new();
		ASN1_INTEGER *serial = ASN1_INTEGER_new();
		ASN1_INTEGER_set(serial, revoked_serial);
		X509_REVOKED_set_serialNumber(entry, serial);
		X509_REVOKED_set_revocationDate(entry, X509_gmtime_adj(time, -60));
		ck_assert_int_eq(X509_CRL_add0_revoked(list, entry), 1);
		ASN1_INTEGER_free(serial);
	}
	ck_assert_int_gt(X509_CRL_sign(list, authority->key, EVP_sha256()), 0);
	FILE *stream = tls_open(directory, file);
	ck_assert_int_eq(PEM_write_X509_CRL(stream, list), 1);
	fclose(stream);
	ASN1_TIME_free(time);
	X509_CRL_free(list);
}

#endif
