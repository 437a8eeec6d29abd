/* The sandbox authority's directory: what it holds, that good things are kept, that revocation takes effect. */
#include "pki.h"

#include <openssl/pkcs12.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "certificate.h"
#include "files.h"
#include "pki_index.h"
#include "support/directory.h"
#include "support/unit.h"

#define WEB "pki/clients/west-midlands.control-room-web"

static struct directory directory;
static struct settings settings;
static struct bytes fault;

static void begin(void)
{
	directory = directory_new();
	settings = (struct settings){.dir = directory.path,
				     .ledger_name = "secondlook",
				     .certificate_lifetime_us = 30 * 86400 * 1000000LL,
				     .revocation_list_lifetime_us = 86400 * 1000000LL};
	bytes_init(&fault, 1 << 14);
}

static void end(void)
{
	bytes_release(&fault);
	directory_remove(&directory);
}

static X509 *certificate(const char *name)
{
	X509 *found = NULL;
	ck_assert_msg(!certificate_read(directory_path(&directory, name), &fault, &found), "%s", bytes_string(&fault));
	return found;
}

/* The OpenSSL error of verifying the certificate as a client's, with the revocation list; X509_V_OK when good. */
static int verify(const char *name)
{
	X509_CRL *list = NULL;
	X509 *authority = certificate("pki/ca.pem"), *leaf = certificate(name);
	X509_STORE *store = X509_STORE_new();
	X509_STORE_CTX *check = X509_STORE_CTX_new();
	ck_assert(!certificate_revocation_list_read(directory_path(&directory, "pki/crl.pem"), &fault, &list));
	ck_assert(X509_STORE_add_cert(store, authority) && X509_STORE_add_crl(store, list));
	X509_STORE_set_flags(store, X509_V_FLAG_CRL_CHECK | X509_V_FLAG_X509_STRICT);
	ck_assert(X509_STORE_CTX_init(check, store, leaf, NULL) && X509_STORE_CTX_set_purpose(check, X509_PURPOSE_SSL_CLIENT));
	int result = X509_verify_cert(check) == 1 ? X509_V_OK : X509_STORE_CTX_get_error(check);
	X509_STORE_CTX_free(check);
	X509_STORE_free(store);
	X509_CRL_free(list);
	X509_free(leaf);
	X509_free(authority);
	return result;
}

static void serial(const char *name, char text[CERTIFICATE_SERIAL_SIZE])
{
	X509 *found = certificate(name);
	certificate_serial(found, text);
	X509_free(found);
}

static bool same_serial(const char *name, const char before[CERTIFICATE_SERIAL_SIZE])
{
	char now[CERTIFICATE_SERIAL_SIZE];
	serial(name, now);
	return strcmp(now, before) == 0;
}

static unsigned mode(const char *name)
{
	struct stat status;
	ck_assert_int_eq(stat(directory_path(&directory, name), &status), 0);
	return status.st_mode & 0777;
}

START_TEST(makes_what_a_service_needs)
{
	begin();
	ck_assert_int_eq(pki_prepare(&settings, &fault), ERR_NONE);
	X509 *server = certificate("pki/server.pem"), *authority = certificate("pki/ca.pem");
	ck_assert(certificate_is_signed_by(server, authority));
	ck_assert_int_eq(X509_check_host(server, "localhost", 0, 0, NULL), 1);
	ck_assert_int_eq(X509_check_ip_asc(server, "127.0.0.1", 0), 1);
	ck_assert_int_eq(X509_check_ip_asc(server, "::1", 0), 1);
	ck_assert_int_eq(X509_check_purpose(server, X509_PURPOSE_SSL_SERVER, 0), 1);
	ck_assert_int_eq(X509_check_purpose(server, X509_PURPOSE_SSL_CLIENT, 0), 0);
	ck_assert_int_eq(X509_check_ca(authority), 1);
	X509_free(server);
	X509_free(authority);
	end();
}
END_TEST

START_TEST(makes_the_clients_of_the_sandbox)
{
	static const char *const good[] = {WEB ".pem", "pki/clients/west-midlands.command-and-control.pem",
					   "pki/clients/west-midlands.data-team.pem",
					   "pki/clients/northumbria.control-room-web.pem",
					   "pki/clients/national.auditor.pem"};
	begin();
	ck_assert_int_eq(pki_prepare(&settings, &fault), ERR_NONE);
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		ck_assert_msg(verify(good[i]) == X509_V_OK, "%s", good[i]);
	ck_assert_int_eq(verify("pki/clients/west-midlands.revoked.pem"), X509_V_ERR_CERT_REVOKED);
	ck_assert_int_eq(verify("pki/clients/west-midlands.expired.pem"), X509_V_ERR_CERT_HAS_EXPIRED);
	end();
}
END_TEST

START_TEST(names_the_client_in_one_uri)
{
	begin();
	ck_assert_int_eq(pki_prepare(&settings, &fault), ERR_NONE);
	X509 *client = certificate(WEB ".pem");
	GENERAL_NAMES *names = X509_get_ext_d2i(client, NID_subject_alt_name, NULL, NULL);
	ck_assert_int_eq(sk_GENERAL_NAME_num(names), 1);
	const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, 0);
	ck_assert_int_eq(name->type, GEN_URI);
	ck_assert_str_eq((const char *)ASN1_STRING_get0_data(name->d.uniformResourceIdentifier),
			 "spiffe://secondlook/force/west-midlands/client/control-room-web");
	GENERAL_NAMES_free(names);
	X509_free(client);
	end();
}
END_TEST

START_TEST(keeps_keys_private)
{
	begin();
	ck_assert_int_eq(pki_prepare(&settings, &fault), ERR_NONE);
	ck_assert_uint_eq(mode("pki"), 0700);
	ck_assert_uint_eq(mode("pki/clients"), 0700);
	ck_assert_uint_eq(mode("pki/ca.key"), 0600);
	ck_assert_uint_eq(mode("pki/server.key"), 0600);
	ck_assert_uint_eq(mode(WEB ".key"), 0600);
	ck_assert_uint_eq(mode(WEB ".p12"), 0600);
	end();
}
END_TEST

START_TEST(bundles_key_certificate_and_authority)
{
	struct bytes der;
	EVP_PKEY *key = NULL;
	X509 *client = NULL;
	STACK_OF(X509) *above = NULL;
	begin();
	bytes_init(&der, 1 << 16);
	ck_assert_int_eq(pki_prepare(&settings, &fault), ERR_NONE);
	ck_assert_int_eq(files_read(directory_path(&directory, WEB ".p12"), &der), ERR_NONE);
	const unsigned char *data = (const unsigned char *)der.data;
	PKCS12 *bundle = d2i_PKCS12(NULL, &data, (long)der.length);
	ck_assert_int_eq(PKCS12_parse(bundle, PKI_BUNDLE_PASSWORD, &key, &client, &above), 1);
	ck_assert_int_eq(X509_check_private_key(client, key), 1);
	ck_assert_int_eq(sk_X509_num(above), 1);
	sk_X509_pop_free(above, X509_free);
	X509_free(client);
	EVP_PKEY_free(key);
	PKCS12_free(bundle);
	bytes_release(&der);
	end();
}
END_TEST

START_TEST(keeps_what_is_good)
{
	static const char *const names[] = {"pki/ca.pem", "pki/server.pem", WEB ".pem",
					    "pki/clients/west-midlands.revoked.pem",
					    "pki/clients/west-midlands.expired.pem"};
	char before[5][CERTIFICATE_SERIAL_SIZE];
	begin();
	ck_assert_int_eq(pki_prepare(&settings, &fault), ERR_NONE);
	for (size_t i = 0; i < 5; i++)
		serial(names[i], before[i]);
	ck_assert_int_eq(pki_prepare(&settings, &fault), ERR_NONE);
	for (size_t i = 0; i < 5; i++)
		ck_assert_msg(same_serial(names[i], before[i]), "%s", names[i]);
	end();
}
END_TEST

START_TEST(makes_again_what_is_broken)
{
	char server[CERTIFICATE_SERIAL_SIZE], web[CERTIFICATE_SERIAL_SIZE], auditor[CERTIFICATE_SERIAL_SIZE];
	begin();
	ck_assert_int_eq(pki_prepare(&settings, &fault), ERR_NONE);
	serial("pki/server.pem", server);
	serial(WEB ".pem", web);
	serial("pki/clients/national.auditor.pem", auditor);
	directory_put(&directory, "pki/server.key", "not a key");
	remove(directory_path(&directory, WEB ".p12"));
	ck_assert_int_eq(pki_prepare(&settings, &fault), ERR_NONE);
	ck_assert(!same_serial("pki/server.pem", server));
	ck_assert(!same_serial(WEB ".pem", web));
	ck_assert(same_serial("pki/clients/national.auditor.pem", auditor));
	ck_assert_int_eq(verify(WEB ".pem"), X509_V_OK);
	end();
}
END_TEST

START_TEST(makes_everything_again_for_a_new_authority)
{
	begin();
	ck_assert_int_eq(pki_prepare(&settings, &fault), ERR_NONE);
	remove(directory_path(&directory, "pki/ca.key"));
	ck_assert_int_eq(pki_prepare(&settings, &fault), ERR_NONE);
	ck_assert_int_eq(verify(WEB ".pem"), X509_V_OK);
	ck_assert_int_eq(verify("pki/clients/west-midlands.revoked.pem"), X509_V_ERR_CERT_REVOKED);
	end();
}
END_TEST

START_TEST(revokes_every_certificate_of_a_client)
{
	begin();
	ck_assert_int_eq(pki_client(&settings, "north-wales", "web", &fault), ERR_NONE);
	settings.days = 3; /* a second one, while the first is still good */
	ck_assert_int_eq(rename(directory_path(&directory, "pki/clients/north-wales.web.pem"),
				directory_path(&directory, "first.pem")), 0);
	ck_assert_int_eq(pki_client(&settings, "north-wales", "web", &fault), ERR_NONE);
	ck_assert_int_eq(pki_refresh(&settings, &fault), ERR_NONE);
	ck_assert_int_eq(verify("first.pem"), X509_V_OK);
	ck_assert_int_eq(pki_revoke(&settings, "north-wales", "web", &fault), ERR_NONE);
	ck_assert_int_eq(verify("first.pem"), X509_V_ERR_CERT_REVOKED);
	ck_assert_int_eq(verify("pki/clients/north-wales.web.pem"), X509_V_ERR_CERT_REVOKED);
	ck_assert_int_eq(pki_revoke(&settings, "north-wales", "web", &fault), ERR_INPUT);
	ck_assert_ptr_nonnull(strstr(bytes_string(&fault), "north-wales.web: has no certificate"));
	end();
}
END_TEST

START_TEST(gives_a_revoked_client_a_new_certificate_on_request)
{
	begin();
	ck_assert_int_eq(pki_client(&settings, "kent", "web", &fault), ERR_NONE);
	ck_assert_int_eq(pki_revoke(&settings, "kent", "web", &fault), ERR_NONE);
	ck_assert_int_eq(pki_client(&settings, "kent", "web", &fault), ERR_NONE);
	ck_assert_int_eq(verify("pki/clients/kent.web.pem"), X509_V_OK);
	end();
}
END_TEST

START_TEST(makes_certificates_of_any_lifetime)
{
	begin();
	settings.days = -2;
	ck_assert_int_eq(pki_client(&settings, "kent", "old", &fault), ERR_NONE);
	settings.days = 10;
	ck_assert_int_eq(pki_client(&settings, "kent", "short", &fault), ERR_NONE);
	ck_assert_int_eq(pki_refresh(&settings, &fault), ERR_NONE);
	ck_assert_int_eq(verify("pki/clients/kent.old.pem"), X509_V_ERR_CERT_HAS_EXPIRED);
	X509 *made = certificate("pki/clients/kent.short.pem");
	int64_t left_s = certificate_time_s(X509_get0_notAfter(made)) - (int64_t)time(NULL);
	ck_assert_int_gt(left_s, 10 * 86400 - 60);
	ck_assert_int_le(left_s, 10 * 86400);
	X509_free(made);
	end();
}
END_TEST

START_TEST(refuses_names_that_are_no_names)
{
	static const char *const bad[] = {"", "..", "a/b", "A", "a b", "-a", "a.b", "a,DNS:b",
					  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"};
	begin();
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		ck_assert_msg(pki_client(&settings, bad[i], "web", &fault) == ERR_INPUT, "%s", bad[i]);
		ck_assert_msg(pki_client(&settings, "kent", bad[i], &fault) == ERR_INPUT, "%s", bad[i]);
	}
	end();
}
END_TEST

START_TEST(says_when_the_list_is_next_due)
{
	X509_CRL *list = NULL;
	begin();
	ck_assert_int_eq(pki_refresh(&settings, &fault), ERR_NONE);
	ck_assert_int_eq(certificate_revocation_list_read(directory_path(&directory, "pki/crl.pem"), &fault, &list),
			 ERR_NONE);
	int64_t last_s = certificate_time_s(X509_CRL_get0_lastUpdate(list));
	ck_assert_int_eq(certificate_time_s(X509_CRL_get0_nextUpdate(list)) - last_s, 86400);
	X509_CRL_free(list);
	end();
}
END_TEST

START_TEST(refuses_a_broken_index)
{
	begin();
	ck_assert_int_eq(pki_refresh(&settings, &fault), ERR_NONE);
	directory_put(&directory, "pki/index", "what is this\n");
	ck_assert_int_eq(pki_prepare(&settings, &fault), ERR_INPUT);
	ck_assert_ptr_nonnull(strstr(bytes_string(&fault), "pki/index:1: is not"));
	end();
}
END_TEST

UNIT("pki", makes_what_a_service_needs, makes_the_clients_of_the_sandbox, names_the_client_in_one_uri,
     keeps_keys_private, bundles_key_certificate_and_authority, keeps_what_is_good, makes_again_what_is_broken,
     makes_everything_again_for_a_new_authority, revokes_every_certificate_of_a_client,
     gives_a_revoked_client_a_new_certificate_on_request, makes_certificates_of_any_lifetime,
     refuses_names_that_are_no_names, says_when_the_list_is_next_due, refuses_a_broken_index)
