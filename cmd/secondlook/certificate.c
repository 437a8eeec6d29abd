/* Makes and reads certificates, keys and revocation lists with OpenSSL. */
#include "certificate.h"

#include <errno.h>
#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static enum err refuse(struct bytes *fault, const char *what)
{
	char reason[256];
	ERR_error_string_n(ERR_get_error(), reason, sizeof reason);
	ERR_clear_error();
	bytes_format(fault, "%s: %s\n", what, reason);
	return ERR_SYSTEM;
}

enum err certificate_key_new(struct bytes *fault, EVP_PKEY **key)
{
	EVP_PKEY *made = EVP_EC_gen("P-256");
	if (!made)
		return refuse(fault, "no key could be made");
	*key = made;
	return ERR_NONE;
}

static bool set_serial(X509 *certificate)
{
	unsigned char random[16];
	if (RAND_bytes(random, sizeof random) != 1)
		return false;
	random[0] = (unsigned char)((random[0] & 0x7f) | 0x40); /* positive, and always 16 bytes long */
	BIGNUM *number = BN_bin2bn(random, sizeof random, NULL);
	bool done = number && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate));
	BN_free(number);
	return done;
}

static bool set_name(X509 *certificate, const char *common_name)
{
	X509_NAME *name = X509_get_subject_name(certificate);
	return X509_NAME_add_entry_by_txt(name, "O", MBSTRING_UTF8, (const unsigned char *)"secondlook sandbox", -1, -1,
					  0) &&
	       X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const unsigned char *)common_name, -1, -1, 0);
}

static bool set_times(X509 *certificate, int64_t not_before_s, int64_t not_after_s)
{
	return ASN1_TIME_set(X509_getm_notBefore(certificate), (time_t)not_before_s) &&
	       ASN1_TIME_set(X509_getm_notAfter(certificate), (time_t)not_after_s);
}

static bool add_extension(X509 *certificate, X509 *issuer, int kind, const char *value)
{
	X509V3_CTX context = {0};
	X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
	X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, kind, value);
	bool done = extension && X509_add_ext(certificate, extension, -1);
	X509_EXTENSION_free(extension);
	return done;
}

struct extension {
	int kind;
	const char *value;
};

static const struct extension *extensions_of(enum certificate_use use)
{
	static const struct extension authority[] = {{NID_basic_constraints, "critical,CA:TRUE,pathlen:0"},
						     {NID_key_usage, "critical,keyCertSign,cRLSign"},
						     {0, NULL}};
	static const struct extension server[] = {{NID_basic_constraints, "critical,CA:FALSE"},
						  {NID_key_usage, "critical,digitalSignature"},
						  {NID_ext_key_usage, "serverAuth"},
						  {0, NULL}};
	static const struct extension client[] = {{NID_basic_constraints, "critical,CA:FALSE"},
						  {NID_key_usage, "critical,digitalSignature"},
						  {NID_ext_key_usage, "clientAuth"},
						  {0, NULL}};
	if (use == CERTIFICATE_AUTHORITY)
		return authority;
	return use == CERTIFICATE_SERVER ? server : client;
}

static bool add_extensions(X509 *certificate, X509 *issuer, const struct certificate_wish *wish)
{
	for (const struct extension *row = extensions_of(wish->use); row->value; row++)
		if (!add_extension(certificate, issuer, row->kind, row->value))
			return false;
	if (wish->alternatives && !add_extension(certificate, issuer, NID_subject_alt_name, wish->alternatives))
		return false;
	return add_extension(certificate, issuer, NID_subject_key_identifier, "hash") &&
	       add_extension(certificate, issuer, NID_authority_key_identifier, "keyid");
}

static bool fill(X509 *certificate, const struct certificate_wish *wish, EVP_PKEY *key,
		 const struct certificate_authority *authority)
{
	X509 *issuer = authority ? authority->certificate : certificate;
	return X509_set_version(certificate, X509_VERSION_3) && set_serial(certificate) &&
	       set_name(certificate, wish->common_name) &&
	       X509_set_issuer_name(certificate, X509_get_subject_name(issuer)) &&
	       set_times(certificate, wish->not_before_s, wish->not_after_s) && X509_set_pubkey(certificate, key) &&
	       add_extensions(certificate, issuer, wish) &&
	       X509_sign(certificate, authority ? authority->key : key, EVP_sha256());
}

enum err certificate_new(const struct certificate_wish *wish, EVP_PKEY *key,
			 const struct certificate_authority *authority, struct bytes *fault, X509 **certificate)
{
	X509 *made = X509_new();
	if (!made || !fill(made, wish, key, authority)) {
		X509_free(made);
		return refuse(fault, wish->common_name);
	}
	*certificate = made;
	return ERR_NONE;
}

void certificate_authority_release(struct certificate_authority *authority)
{
	X509_free(authority->certificate);
	EVP_PKEY_free(authority->key);
	*authority = (struct certificate_authority){0};
}

/* Consumes neither; a list copies what it is given. */
static bool add_revoked(X509_CRL *list, const struct certificate_revocation *revocation)
{
	X509_REVOKED *row = X509_REVOKED_new();
	BIGNUM *number = NULL;
	ASN1_INTEGER *serial = BN_hex2bn(&number, revocation->serial) ? BN_to_ASN1_INTEGER(number, NULL) : NULL;
	ASN1_TIME *at = ASN1_TIME_set(NULL, (time_t)revocation->revoked_at_s);
	bool done = row && serial && at && X509_REVOKED_set_serialNumber(row, serial) &&
		    X509_REVOKED_set_revocationDate(row, at) && X509_CRL_add0_revoked(list, row);
	if (!done)
		X509_REVOKED_free(row);
	BN_free(number);
	ASN1_INTEGER_free(serial);
	ASN1_TIME_free(at);
	return done;
}

static bool set_list_times(X509_CRL *list, int64_t now_s, int64_t next_update_s)
{
	ASN1_TIME *now = ASN1_TIME_set(NULL, (time_t)now_s);
	ASN1_TIME *next = ASN1_TIME_set(NULL, (time_t)next_update_s);
	bool done = now && next && X509_CRL_set1_lastUpdate(list, now) && X509_CRL_set1_nextUpdate(list, next);
	ASN1_TIME_free(now);
	ASN1_TIME_free(next);
	return done;
}

static bool set_list_extensions(X509_CRL *list, X509 *issuer, uint64_t number)
{
	X509V3_CTX context = {0};
	ASN1_INTEGER *count = ASN1_INTEGER_new();
	X509V3_set_ctx(&context, issuer, NULL, NULL, list, 0);
	X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, NID_authority_key_identifier, "keyid");
	bool done = count && extension && ASN1_INTEGER_set_uint64(count, number) &&
		    X509_CRL_add1_ext_i2d(list, NID_crl_number, count, 0, 0) && X509_CRL_add_ext(list, extension, -1);
	X509_EXTENSION_free(extension);
	ASN1_INTEGER_free(count);
	return done;
}

static bool fill_list(X509_CRL *list, const struct certificate_authority *authority,
		      const struct certificate_revocation *revoked, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!add_revoked(list, &revoked[i]))
			return false;
	return X509_CRL_sort(list) && X509_CRL_sign(list, authority->key, EVP_sha256());
}

/* Takes the stream's content and frees it. */
static enum err take_stream(BIO *stream, bool written, struct bytes *fault, struct bytes *content)
{
	char *data = NULL;
	long length = stream && written ? BIO_get_mem_data(stream, &data) : 0;
	if (length > 0)
		bytes_append(content, data, (size_t)length);
	BIO_free(stream);
	return length > 0 && !content->failed ? ERR_NONE : refuse(fault, "could not be written");
}

enum err certificate_revocation_list(const struct certificate_authority *authority,
				     const struct certificate_revocation *revoked, size_t count, uint64_t number,
				     int64_t now_s, int64_t next_update_s, struct bytes *fault, struct bytes *pem)
{
	X509_CRL *list = X509_CRL_new();
	bool made = list && X509_CRL_set_version(list, X509_CRL_VERSION_2) &&
		    X509_CRL_set_issuer_name(list, X509_get_subject_name(authority->certificate)) &&
		    set_list_times(list, now_s, next_update_s) &&
		    set_list_extensions(list, authority->certificate, number) &&
		    fill_list(list, authority, revoked, count);
	BIO *stream = made ? BIO_new(BIO_s_mem()) : NULL;
	enum err error = take_stream(stream, stream && PEM_write_bio_X509_CRL(stream, list), fault, pem);
	X509_CRL_free(list);
	return error;
}

enum err certificate_write(X509 *certificate, struct bytes *fault, struct bytes *pem)
{
	BIO *stream = BIO_new(BIO_s_mem());
	return take_stream(stream, stream && PEM_write_bio_X509(stream, certificate), fault, pem);
}

enum err certificate_key_write(EVP_PKEY *key, struct bytes *fault, struct bytes *pem)
{
	BIO *stream = BIO_new(BIO_s_secmem());
	return take_stream(stream, stream && PEM_write_bio_PrivateKey(stream, key, NULL, NULL, 0, NULL, NULL), fault,
			   pem);
}

enum err certificate_bundle(X509 *certificate, EVP_PKEY *key, X509 *authority, const char *password, const char *name,
			    struct bytes *fault, struct bytes *der)
{
	STACK_OF(X509) *above = sk_X509_new_null();
	PKCS12 *bundle = NULL;
	if (above && sk_X509_push(above, authority))
		bundle = PKCS12_create(password, name, key, certificate, above, 0, 0, 0, 0, 0);
	BIO *stream = bundle ? BIO_new(BIO_s_mem()) : NULL;
	enum err error = take_stream(stream, stream && i2d_PKCS12_bio(stream, bundle), fault, der);
	PKCS12_free(bundle);
	sk_X509_free(above);
	return error;
}

/* Keeps OpenSSL from asking for a passphrase on the terminal. */
static int no_passphrase(char *buffer, int size, int writing, void *context)
{
	(void)buffer, (void)size, (void)writing, (void)context;
	return -1;
}

/* NULL when it can't be opened, which `fault` tells. */
static FILE *open_file(const char *path, struct bytes *fault)
{
	FILE *file = fopen(path, "re");
	if (!file)
		bytes_format(fault, "%s: can't be read: %s\n", path, strerror(errno));
	return file;
}

static enum err close_file(FILE *file, const char *path, const void *found, const char *what, struct bytes *fault)
{
	fclose(file);
	ERR_clear_error();
	if (found)
		return ERR_NONE;
	bytes_format(fault, "%s: is not %s in PEM\n", path, what);
	return ERR_INPUT;
}

enum err certificate_read(const char *path, struct bytes *fault, X509 **certificate)
{
	FILE *file = open_file(path, fault);
	if (!file)
		return ERR_SYSTEM;
	X509 *found = PEM_read_X509(file, NULL, no_passphrase, NULL);
	enum err error = close_file(file, path, found, "a certificate", fault);
	if (!error)
		*certificate = found;
	return error;
}

enum err certificate_key_read(const char *path, struct bytes *fault, EVP_PKEY **key)
{
	FILE *file = open_file(path, fault);
	if (!file)
		return ERR_SYSTEM;
	EVP_PKEY *found = PEM_read_PrivateKey(file, NULL, no_passphrase, NULL);
	enum err error = close_file(file, path, found, "a private key without a passphrase", fault);
	if (!error)
		*key = found;
	return error;
}

enum err certificate_revocation_list_read(const char *path, struct bytes *fault, X509_CRL **list)
{
	FILE *file = open_file(path, fault);
	if (!file)
		return ERR_SYSTEM;
	X509_CRL *found = PEM_read_X509_CRL(file, NULL, no_passphrase, NULL);
	enum err error = close_file(file, path, found, "a revocation list", fault);
	if (!error)
		*list = found;
	return error;
}

bool certificate_is_signed_by(X509 *certificate, X509 *authority)
{
	EVP_PKEY *key = X509_get0_pubkey(authority);
	bool signed_by = key && X509_verify(certificate, key) == 1;
	ERR_clear_error();
	return signed_by;
}

void certificate_serial(const X509 *certificate, char serial[CERTIFICATE_SERIAL_SIZE])
{
	const ASN1_INTEGER *number = X509_get0_serialNumber(certificate);
	const unsigned char *data = ASN1_STRING_get0_data(number);
	int length = ASN1_STRING_length(number);
	serial[0] = '\0';
	for (int i = 0; i < length && i < (CERTIFICATE_SERIAL_SIZE - 1) / 2; i++)
		snprintf(serial + (size_t)i * 2, 3, "%02x", data[i]);
}

int64_t certificate_time_s(const ASN1_TIME *time)
{
	struct tm parts;
	if (!time || ASN1_TIME_to_tm(time, &parts) != 1)
		return INT64_MIN;
	return (int64_t)timegm(&parts);
}
