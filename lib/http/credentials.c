/* Reads the certificate directory and says whether a client's certificate is good under it. */
#include "http/credentials.h"

#include <errno.h>
#include <fcntl.h>
#include <gnutls/x509.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/log.h"
#include "http/identity.h"

enum { FILE_MOST = 16 * 1024 * 1024 };

enum file { SERVER_CERTIFICATE, SERVER_KEY, AUTHORITIES, REVOCATIONS, FILES };

static const char *const names[FILES] = {"server.pem", "server.key", "ca.pem", "crl.pem"};

static enum err failed(enum file file, const char *why)
{
	char detail[256];
	snprintf(detail, sizeof detail, "%s: %s", names[file], why);
	log_text(LOG_ERROR, "certificates_not_loaded", detail);
	return ERR_SYSTEM;
}

static ssize_t append_part(int descriptor, struct bytes *content)
{
	char part[4096];
	ssize_t size = read(descriptor, part, sizeof part);
	if (size > 0)
		bytes_append(content, part, (size_t)size);
	OPENSSL_cleanse(part, sizeof part);
	return size;
}

static enum err read_file(const char *directory, enum file file, struct bytes *content)
{
	char path[4096];
	if ((size_t)snprintf(path, sizeof path, "%s/%s", directory, names[file]) >= sizeof path)
		return failed(file, "path too long");
	int descriptor = open(path, O_RDONLY | O_CLOEXEC);
	if (descriptor < 0)
		return failed(file, strerror(errno));
	ssize_t size;
	do
		size = append_part(descriptor, content);
	while (size > 0 && !content->failed);
	int reason = errno;
	close(descriptor);
	if (size < 0)
		return failed(file, strerror(reason));
	return content->failed ? failed(file, "too large") : ERR_NONE;
}

static void release_files(struct bytes files[FILES])
{
	for (int i = 0; i < FILES; i++) {
		if (i == SERVER_KEY && files[i].data)
			OPENSSL_cleanse(files[i].data, files[i].length);
		bytes_release(&files[i]);
	}
}

static gnutls_datum_t datum(const struct bytes *file)
{
	return (gnutls_datum_t){(unsigned char *)file->data, (unsigned)file->length};
}

static enum err give_to_gnutls(const struct bytes files[FILES], gnutls_certificate_credentials_t gnutls)
{
	gnutls_datum_t data[FILES];
	for (int i = 0; i < FILES; i++)
		data[i] = datum(&files[i]);
	int result = gnutls_certificate_set_x509_trust_mem(gnutls, &data[AUTHORITIES], GNUTLS_X509_FMT_PEM);
	if (result < 1)
		return failed(AUTHORITIES, gnutls_strerror(result));
	result = gnutls_certificate_set_x509_crl_mem(gnutls, &data[REVOCATIONS], GNUTLS_X509_FMT_PEM);
	if (result < 1)
		return failed(REVOCATIONS, gnutls_strerror(result));
	result = gnutls_certificate_set_x509_key_mem(gnutls, &data[SERVER_CERTIFICATE], &data[SERVER_KEY],
						     GNUTLS_X509_FMT_PEM);
	return result < 0 ? failed(SERVER_KEY, gnutls_strerror(result)) : ERR_NONE;
}

static BIO *open_memory(const struct bytes *file)
{
	return BIO_new_mem_buf(file->data, (int)file->length);
}

static bool is_p256(const X509 *certificate)
{
	char group[32] = "";
	EVP_PKEY *key = X509_get0_pubkey(certificate);
	return key && EVP_PKEY_get_group_name(key, group, sizeof group, NULL) && !strcmp(group, "prime256v1");
}

static enum err read_server_certificate(const struct bytes *file, int64_t *not_after_us)
{
	BIO *memory = open_memory(file);
	X509 *certificate = memory ? PEM_read_bio_X509(memory, NULL, NULL, NULL) : NULL;
	enum err error = ERR_NONE;
	if (!certificate || identity_instant(X509_get0_notAfter(certificate), not_after_us))
		error = failed(SERVER_CERTIFICATE, "not a certificate");
	else if (!is_p256(certificate))
		error = failed(SERVER_CERTIFICATE, "not a P-256 key");
	X509_free(certificate);
	BIO_free(memory);
	return error;
}

/* Whether one of the authorities in the file has signed the list. */
static bool is_signed(X509_CRL *list, const struct bytes *authorities)
{
	BIO *memory = open_memory(authorities);
	X509 *authority = NULL;
	bool found = false;
	while (memory && !found && (authority = PEM_read_bio_X509(memory, NULL, NULL, NULL))) {
		found = !X509_NAME_cmp(X509_get_subject_name(authority), X509_CRL_get_issuer(list)) &&
			X509_CRL_verify(list, X509_get0_pubkey(authority)) == 1;
		X509_free(authority);
	}
	BIO_free(memory);
	return found;
}

static enum err read_list(X509_CRL *list, const struct bytes *authorities, int64_t *earliest_us)
{
	int64_t next_update_us;
	if (!is_signed(list, authorities))
		return failed(REVOCATIONS, "a list is not signed by an authority of ca.pem");
	if (identity_instant(X509_CRL_get0_nextUpdate(list), &next_update_us))
		return failed(REVOCATIONS, "a list does not say when the next one comes");
	if (next_update_us < *earliest_us)
		*earliest_us = next_update_us;
	return ERR_NONE;
}

static enum err read_lists(const struct bytes *file, const struct bytes *authorities, int64_t *next_update_us)
{
	BIO *memory = open_memory(file);
	X509_CRL *list = NULL;
	int64_t earliest_us = INT64_MAX;
	enum err error = ERR_NONE;
	while (memory && !error && (list = PEM_read_bio_X509_CRL(memory, NULL, NULL, NULL))) {
		error = read_list(list, authorities, &earliest_us);
		X509_CRL_free(list);
	}
	BIO_free(memory);
	if (!error && earliest_us == INT64_MAX)
		error = failed(REVOCATIONS, "no list in it");
	if (!error)
		*next_update_us = earliest_us;
	return error;
}

static enum err read_all(const char *directory, struct bytes files[FILES])
{
	enum err error = ERR_NONE;
	for (int i = 0; i < FILES && !error; i++) {
		bytes_init(&files[i], FILE_MOST);
		error = read_file(directory, (enum file)i, &files[i]);
	}
	return error;
}

static enum err fill(struct http_credentials *credentials, const struct bytes files[FILES])
{
	enum err error = give_to_gnutls(files, credentials->gnutls);
	if (!error)
		error = read_server_certificate(&files[SERVER_CERTIFICATE], &credentials->server_not_after_us);
	if (!error)
		error = read_lists(&files[REVOCATIONS], &files[AUTHORITIES], &credentials->next_update_us);
	return error;
}

enum err credentials_load(const char *directory, struct http_credentials **credentials)
{
	struct http_credentials *made = calloc(1, sizeof *made);
	if (!made)
		return ERR_MEMORY;
	made->references = 1;
	if (gnutls_certificate_allocate_credentials(&made->gnutls) < 0) {
		free(made);
		return ERR_MEMORY;
	}
	struct bytes files[FILES] = {0};
	enum err error = read_all(directory, files);
	if (!error)
		error = fill(made, files);
	release_files(files);
	if (error)
		credentials_release(made);
	else
		*credentials = made;
	return error;
}

struct http_credentials *credentials_share(struct http_credentials *credentials)
{
	credentials->references++;
	return credentials;
}

void credentials_release(struct http_credentials *credentials)
{
	if (!credentials || --credentials->references)
		return;
	gnutls_certificate_free_credentials(credentials->gnutls);
	free(credentials);
}

/* GnuTLS ends a handshake without a certificate by itself but doesn't say why. An empty one, in TLS 1.3,
 * is an empty context and an empty list. */
static int tell_when_missing(gnutls_session_t session, unsigned type, unsigned after, unsigned incoming,
			     const gnutls_datum_t *message)
{
	static const unsigned char empty[4];
	(void)type;
	(void)after;
	if (incoming && message->size == sizeof empty && !memcmp(message->data, empty, sizeof empty))
		gnutls_alert_send(session, GNUTLS_AL_FATAL, GNUTLS_A_CERTIFICATE_REQUIRED);
	return 0;
}

void credentials_apply(const struct http_credentials *credentials, gnutls_session_t session)
{
	gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, credentials->gnutls);
	gnutls_certificate_server_set_request(session, GNUTLS_CERT_REQUIRE);
	gnutls_handshake_set_hook_function(session, GNUTLS_HANDSHAKE_CERTIFICATE_PKT, GNUTLS_HOOK_PRE,
					   tell_when_missing);
}

unsigned credentials_status(gnutls_session_t session)
{
	unsigned status = 0;
	gnutls_typed_vdata_st purpose = {GNUTLS_DT_KEY_PURPOSE_OID, (unsigned char *)GNUTLS_KP_TLS_WWW_CLIENT, 0};
	if (gnutls_certificate_verify_peers(session, &purpose, 1, &status) < 0)
		return GNUTLS_CERT_INVALID;
	return status;
}
