/* Mutual TLS over real sockets: who gets in, as whom, for how long. */
#include "support/unit.h"

#include "client.h"
#include "pki_fixture.h"
#include "server_fixture.h"

#define REQUEST "GET /who HTTP/1.1\r\nHost: localhost\r\n\r\n"

static struct pki_fixture pki;
static struct server_fixture fixture;
static struct client client;
static struct answer answer;

static void begin(void)
{
	pki_init(&pki);
	pki_client(&pki, "good", SERIAL_GOOD, 3600);
	fixture_init(&fixture, pki.directory);
	fixture_start(&fixture);
}

static void end(void)
{
	fixture_end(&fixture);
	pki_release(&pki);
}

static void enter(const char *name, const char *priorities)
{
	client_connect(&client, fixture.port);
	client_secure(&client, pki.directory, name, priorities);
}

static void ask(void)
{
	client_send(&client, REQUEST);
	client_answer(&client, &answer);
}

/* Reaches no handler; `alert` -1: any, or none. */
static void expect_refused(const char *name, const char *priorities, int alert)
{
	enter(name, priorities);
	ask();
	ck_assert_int_eq(answer.status, 0);
	ck_assert_int_eq(fixture.handled, 0);
	if (alert >= 0)
		ck_assert_int_eq(client.alert, alert);
	client_close(&client);
}

START_TEST(lets_a_good_certificate_in_and_says_whose_it_is)
{
	char path[512], thumbprint[65];
	unsigned char digest[32];
	begin();
	tls_path(path, sizeof path, pki.directory, "good.pem");
	FILE *stream = fopen(path, "r");
	X509 *certificate = PEM_read_X509(stream, NULL, NULL, NULL);
	X509_digest(certificate, EVP_sha256(), digest, NULL);
	for (int i = 0; i < 32; i++)
		sprintf(thumbprint + 2 * i, "%02x", digest[i]);
	X509_free(certificate);
	fclose(stream);
	enter("good", NULL);
	for (int i = 0; i < 3; i++) {
		ask();
		ck_assert_int_eq(answer.status, 200);
		ck_assert_ptr_nonnull(strstr(answer.body, "|" PKI_URI " "));
		ck_assert_ptr_nonnull(strstr(answer.body, thumbprint));
	}
	client_close(&client);
	end();
}
END_TEST

START_TEST(refuses_no_certificate)
{
	begin();
	expect_refused(NULL, NULL, GNUTLS_A_CERTIFICATE_REQUIRED);
	end();
}
END_TEST

START_TEST(refuses_a_rogue_authority_of_the_same_name)
{
	struct tls_wish wish = {"rogue", "URI:" PKI_URI, "clientAuth", NULL, SERIAL_GOOD, -60, 3600};
	begin();
	tls_issue(&pki.rogue, &wish, pki.directory, "rogue");
	expect_refused("rogue", NULL, -1);
	ck_assert_int_ge(client.alert, 0);
	end();
}
END_TEST

START_TEST(refuses_an_unknown_authority)
{
	struct tls_authority other = tls_authority_make("Other");
	struct tls_wish wish = {"other", "URI:" PKI_URI, "clientAuth", NULL, SERIAL_GOOD, -60, 3600};
	begin();
	tls_issue(&other, &wish, pki.directory, "other");
	expect_refused("other", NULL, GNUTLS_A_UNKNOWN_CA);
	tls_authority_release(&other);
	end();
}
END_TEST

START_TEST(refuses_an_expired_certificate)
{
	begin();
	pki_client(&pki, "expired", SERIAL_EXPIRED, -3600);
	expect_refused("expired", NULL, GNUTLS_A_CERTIFICATE_EXPIRED);
	end();
}
END_TEST

START_TEST(refuses_a_revoked_certificate)
{
	begin();
	pki_client(&pki, "revoked", SERIAL_REVOKED, 3600);
	expect_refused("revoked", NULL, GNUTLS_A_CERTIFICATE_REVOKED);
	end();
}
END_TEST

START_TEST(refuses_a_server_s_certificate)
{
	begin();
	expect_refused("server", NULL, GNUTLS_A_BAD_CERTIFICATE);
	end();
}
END_TEST

START_TEST(refuses_another_curve)
{
	struct tls_wish wish = {"p384", "URI:" PKI_URI, "clientAuth", "P-384", SERIAL_OTHER, -60, 3600};
	begin();
	tls_issue(&pki.authority, &wish, pki.directory, "p384");
	expect_refused("p384", NULL, -1);
	end();
}
END_TEST

START_TEST(refuses_tls_1_2)
{
	begin();
	expect_refused("good", "NORMAL:-VERS-ALL:+VERS-TLS1.2", -1);
	end();
}
END_TEST

START_TEST(gives_no_tickets)
{
	begin();
	enter("good", NULL);
	ask();
	ck_assert_int_eq(answer.status, 200);
	ck_assert_uint_eq(gnutls_session_get_flags(client.session) & GNUTLS_SFLAGS_SESSION_TICKET, 0);
	client_close(&client);
	end();
}
END_TEST

START_TEST(takes_plain_bytes_for_no_request)
{
	begin();
	client_connect(&client, fixture.port);
	ask();
	ck_assert_int_eq(answer.status, 0);
	ck_assert_int_eq(fixture.handled, 0);
	client_close(&client);
	end();
}
END_TEST

static void reload(struct server_fixture *of)
{
	ck_assert_int_eq(http_reload(of->server), ERR_NONE);
}

static void fail_to_reload(struct server_fixture *of)
{
	ck_assert_int_eq(http_reload(of->server), ERR_SYSTEM);
}

static void expect_refusal(const char *code, int status)
{
	ask();
	ck_assert_int_eq(answer.status, status);
	ck_assert_ptr_nonnull(strstr(answer.body, code));
	ck_assert(client_is_ended(&client));
	client_close(&client);
}

START_TEST(keeps_connections_over_a_reload_and_revokes_on_them)
{
	struct client later;
	begin();
	pki_client(&pki, "other", SERIAL_OTHER, 3600);
	enter("other", NULL);
	ask();
	later = client;
	enter("good", NULL);
	ask();
	tls_write_revocations(&pki.authority, SERIAL_OTHER, 3600, pki.directory, "crl.pem");
	fixture_order(&fixture, reload);
	ask();
	ck_assert_int_eq(answer.status, 200);
	client_close(&client);
	client = later;
	expect_refusal("certificate_revoked", 401);
	ck_assert_int_eq(fixture.handled, 3);
	end();
}
END_TEST

START_TEST(drops_an_authority_that_a_reload_no_longer_names)
{
	begin();
	enter("good", NULL);
	ask();
	struct tls_wish server = {"localhost", "DNS:localhost", "serverAuth", NULL, SERIAL_SERVER, -60, 3600};
	tls_issue(&pki.rogue, &server, pki.directory, "server");
	tls_write_certificate(pki.rogue.certificate, pki.directory, "ca.pem");
	tls_write_revocations(&pki.rogue, 0, 3600, pki.directory, "crl.pem");
	fixture_order(&fixture, reload);
	expect_refusal("certificate_revoked", 401);
	end();
}
END_TEST

START_TEST(keeps_the_old_certificates_when_the_new_are_broken)
{
	begin();
	tls_write_revocations(&pki.rogue, 0, 3600, pki.directory, "crl.pem");
	fixture_order(&fixture, fail_to_reload);
	enter("good", NULL);
	ask();
	ck_assert_int_eq(answer.status, 200);
	client_close(&client);
	end();
}
END_TEST

/* X.509 has no finer time than a second: the request is repeated until the certificate is over. */
START_TEST(ends_a_connection_when_its_certificate_expires)
{
	begin();
	pki_client(&pki, "brief", SERIAL_BRIEF, 2);
	enter("brief", NULL);
	ask();
	ck_assert_int_eq(answer.status, 200);
	do
		ask();
	while (answer.status == 200);
	ck_assert_int_eq(answer.status, 401);
	ck_assert_ptr_nonnull(strstr(answer.body, "certificate_expired"));
	client_close(&client);
	end();
}
END_TEST

static void is_fresh(struct server_fixture *of)
{
	ck_assert_int_eq(http_revocations(of->server), HTTP_REVOCATIONS_FRESH);
}

static void is_stale(struct server_fixture *of)
{
	ck_assert_int_eq(http_revocations(of->server), HTTP_REVOCATIONS_STALE);
}

static void is_expired(struct server_fixture *of)
{
	ck_assert_int_eq(http_revocations(of->server), HTTP_REVOCATIONS_EXPIRED);
}

START_TEST(trusts_a_late_revocation_list_for_a_while_only)
{
	begin();
	enter("good", NULL);
	fixture_order(&fixture, is_fresh);
	tls_write_revocations(&pki.authority, 0, -1800, pki.directory, "crl.pem");
	fixture_order(&fixture, reload);
	fixture_order(&fixture, is_stale);
	ask();
	ck_assert_int_eq(answer.status, 200);
	tls_write_revocations(&pki.authority, 0, -5400, pki.directory, "crl.pem");
	fixture_order(&fixture, reload);
	fixture_order(&fixture, is_expired);
	expect_refusal("revocations_stale", 503);
	enter("good", NULL);
	expect_refusal("revocations_stale", 503);
	end();
}
END_TEST

UNIT("http/connection", lets_a_good_certificate_in_and_says_whose_it_is, refuses_no_certificate,
     refuses_a_rogue_authority_of_the_same_name, refuses_an_unknown_authority, refuses_an_expired_certificate,
     refuses_a_revoked_certificate, refuses_a_server_s_certificate, refuses_another_curve, refuses_tls_1_2,
     gives_no_tickets, takes_plain_bytes_for_no_request, keeps_connections_over_a_reload_and_revokes_on_them,
     drops_an_authority_that_a_reload_no_longer_names, keeps_the_old_certificates_when_the_new_are_broken,
     ends_a_connection_when_its_certificate_expires, trusts_a_late_revocation_list_for_a_while_only)
