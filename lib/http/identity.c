/* Reads the identity out of a client's certificate, once a connection. */
#include "http/identity.h"

#include <openssl/evp.h>
#include <openssl/x509v3.h>
#include <string.h>
#include <time.h>

enum err identity_instant(const ASN1_TIME *time, int64_t *instant_us)
{
	struct tm broken_down;
	if (!time || !ASN1_TIME_to_tm(time, &broken_down))
		return ERR_INPUT;
	*instant_us = (int64_t)timegm(&broken_down) * 1000000;
	return ERR_NONE;
}

/* Printable ASCII without spaces, so that a NUL or a look-alike can't make two identities one. */
static bool is_plain(const unsigned char *text, int length)
{
	for (int i = 0; i < length; i++)
		if (text[i] <= ' ' || text[i] >= 0x7f)
			return false;
	return length > 0;
}

static void copy_uri(const ASN1_IA5STRING *value, char *uri, size_t size)
{
	const unsigned char *text = ASN1_STRING_get0_data(value);
	int length = ASN1_STRING_length(value);
	if ((size_t)length >= size || !is_plain(text, length))
		return;
	memcpy(uri, text, (size_t)length);
	uri[length] = '\0';
}

/* Leaves `uri` empty unless there is exactly one. */
static void read_uri(const X509 *certificate, char *uri, size_t size)
{
	GENERAL_NAMES *names = X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
	const ASN1_IA5STRING *found = NULL;
	int count = 0;
	for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
		const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);
		if (name->type != GEN_URI)
			continue;
		found = name->d.uniformResourceIdentifier;
		count++;
	}
	if (count == 1)
		copy_uri(found, uri, size);
	GENERAL_NAMES_free(names);
}

static bool read_thumbprint(const unsigned char *der, size_t length, char *thumbprint)
{
	static const char digits[] = "0123456789abcdef";
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned size = 0;
	if (!EVP_Digest(der, length, digest, &size, EVP_sha256(), NULL))
		return false;
	for (unsigned i = 0; i < size; i++) {
		thumbprint[2 * i] = digits[digest[i] >> 4];
		thumbprint[2 * i + 1] = digits[digest[i] & 15];
	}
	thumbprint[2 * size] = '\0';
	return true;
}

enum err identity_read(const unsigned char *der, size_t length, struct http_identity *identity)
{
	const unsigned char *at = der;
	X509 *certificate = d2i_X509(NULL, &at, (long)length);
	if (!certificate)
		return ERR_INPUT;
	struct http_identity read = {0};
	enum err error = identity_instant(X509_get0_notAfter(certificate), &read.not_after_us);
	if (!error && !read_thumbprint(der, length, read.thumbprint))
		error = ERR_SYSTEM;
	read_uri(certificate, read.uri, sizeof read.uri);
	X509_free(certificate);
	if (!error)
		*identity = read;
	return error;
}
