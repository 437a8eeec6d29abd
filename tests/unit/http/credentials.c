/* Which certificate directories can be served from. */
#include "support/unit.h"

#include <time.h>

#include "http/credentials.h"
#include "pki_fixture.h"

static struct pki_fixture pki;

static void remove_file(const char *name)
{
	char path[512];
	tls_path(path, sizeof path, pki.directory, name);
	ck_assert_int_eq(unlink(path), 0);
}

static void expect_refused(void)
{
	struct http_credentials *credentials = NULL;
	ck_assert_int_eq(credentials_load(pki.directory, &credentials), ERR_SYSTEM);
	ck_assert_ptr_null(credentials);
	pki_release(&pki);
}

START_TEST(loads_a_directory)
{
	struct http_credentials *credentials;
	int64_t now_us = (int64_t)time(NULL) * 1000000;
	pki_init(&pki);
	tls_write_revocations(&pki.authority, 0, 1800, pki.directory, "crl.pem");
	ck_assert_int_eq(credentials_load(pki.directory, &credentials), ERR_NONE);
	ck_assert_int_le(llabs(credentials->server_not_after_us - now_us - 3600 * INT64_C(1000000)), 5000000);
	ck_assert_int_le(llabs(credentials->next_update_us - now_us - 1800 * INT64_C(1000000)), 5000000);
	ck_assert_ptr_eq(credentials_share(credentials), credentials);
	credentials_release(credentials);
	ck_assert_uint_eq(credentials->references, 1);
	credentials_release(credentials);
	credentials_release(NULL);
	pki_release(&pki);
}
END_TEST

START_TEST(refuses_a_missing_file)
{
	static const char *const names[] = {"server.pem", "server.key", "ca.pem", "crl.pem"};
	for (size_t i = 0; i < 4; i++) {
		pki_init(&pki);
		remove_file(names[i]);
		expect_refused();
	}
}
END_TEST

START_TEST(refuses_an_empty_file)
{
	static const char *const names[] = {"server.pem", "server.key", "ca.pem", "crl.pem"};
	for (size_t i = 0; i < 4; i++) {
		pki_init(&pki);
		fclose(tls_open(pki.directory, names[i]));
		expect_refused();
	}
}
END_TEST

START_TEST(refuses_another_s_key)
{
	char from[512], to[512];
	pki_init(&pki);
	pki_client(&pki, "other", SERIAL_OTHER, 3600);
	tls_path(from, sizeof from, pki.directory, "other.key");
	tls_path(to, sizeof to, pki.directory, "server.key");
	ck_assert_int_eq(rename(from, to), 0);
	expect_refused();
}
END_TEST

START_TEST(refuses_another_curve)
{
	struct tls_wish wish = {"localhost", NULL, "serverAuth", "P-384", SERIAL_SERVER, -60, 3600};
	pki_init(&pki);
	tls_issue(&pki.authority, &wish, pki.directory, "server");
	expect_refused();
}
END_TEST

START_TEST(refuses_a_list_by_someone_else)
{
	pki_init(&pki);
	tls_write_revocations(&pki.rogue, 0, 3600, pki.directory, "crl.pem");
	expect_refused();
}
END_TEST

START_TEST(takes_the_earliest_of_several_lists)
{
	struct http_credentials *credentials;
	struct tls_authority second = tls_authority_make("Second");
	char command[512];
	pki_init(&pki);
	tls_write_certificate(second.certificate, pki.directory, "ca2.pem");
	tls_write_revocations(&second, 0, 60, pki.directory, "crl2.pem");
	snprintf(command, sizeof command, "cd %s && cat ca2.pem >> ca.pem && cat crl2.pem >> crl.pem", pki.directory);
	ck_assert_int_eq(system(command), 0);
	ck_assert_int_eq(credentials_load(pki.directory, &credentials), ERR_NONE);
	ck_assert_int_le(credentials->next_update_us, ((int64_t)time(NULL) + 61) * 1000000);
	credentials_release(credentials);
	tls_authority_release(&second);
	pki_release(&pki);
}
END_TEST

UNIT("http/credentials", loads_a_directory, refuses_a_missing_file, refuses_an_empty_file, refuses_another_s_key,
     refuses_another_curve, refuses_a_list_by_someone_else, takes_the_earliest_of_several_lists)
