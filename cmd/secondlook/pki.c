/* The sandbox certificate authority: keeps DIR/pki complete, makes and revokes client certificates. */
#include "pki.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/time.h"
#include "certificate.h"
#include "files.h"
#include "ledger_keys.h"
#include "pki_index.h"
#include "subcommands.h"

enum { DAY_S = 86400, PEM_MAXIMUM = 1 << 16, LIST_MAXIMUM = 1 << 25 };
static const int64_t authority_lifetime_s = 3650LL * DAY_S;

/* The directory while it is locked. */
struct pki {
	const struct settings *settings;
	struct bytes *fault;
	struct arena arena;
	struct certificate_authority authority;
	struct pki_index index;
	int lock;
	int64_t now_s;
};

enum wanted { WANTED_VALID, WANTED_REVOKED, WANTED_EXPIRED };

struct client {
	const char *force;
	const char *name;
	enum wanted wanted;
};

static const struct client sandbox_clients[] = {
	{"west-midlands", "control-room-web", WANTED_VALID},
	{"west-midlands", "command-and-control", WANTED_VALID},
	{"west-midlands", "data-team", WANTED_VALID},
	{"northumbria", "control-room-web", WANTED_VALID},
	{"national", "auditor", WANTED_VALID},
	{"west-midlands", "revoked", WANTED_REVOKED},
	{"west-midlands", "expired", WANTED_EXPIRED},
};

static const char *path_of(struct pki *pki, const char *name)
{
	const char *path = arena_format(&pki->arena, "%s/pki/%s", pki->settings->dir, name);
	return path ? path : "";
}

static const char *top_of(struct pki *pki)
{
	const char *path = arena_format(&pki->arena, "%s/pki", pki->settings->dir);
	return path ? path : "";
}

static const char *client_path(struct pki *pki, const struct client *client, const char *ending)
{
	const char *path = arena_format(&pki->arena, "%s/pki/clients/%s.%s.%s", pki->settings->dir, client->force,
					client->name, ending);
	return path ? path : "";
}

static enum err write_file(struct pki *pki, const char *path, mode_t mode, const struct bytes *content)
{
	if (!files_write(path, mode, content->data, content->length))
		return ERR_NONE;
	bytes_format(pki->fault, "%s: can't be written: %s\n", path, strerror(errno));
	return ERR_SYSTEM;
}

static enum err write_certificate(struct pki *pki, const char *path, X509 *certificate)
{
	struct bytes pem;
	bytes_init(&pem, PEM_MAXIMUM);
	enum err error = certificate_write(certificate, pki->fault, &pem);
	if (!error)
		error = write_file(pki, path, 0644, &pem);
	bytes_release(&pem);
	return error;
}

static enum err write_key(struct pki *pki, const char *path, EVP_PKEY *key)
{
	struct bytes pem;
	bytes_init(&pem, PEM_MAXIMUM);
	enum err error = certificate_key_write(key, pki->fault, &pem);
	if (!error)
		error = write_file(pki, path, 0600, &pem);
	if (pem.data)
		explicit_bzero(pem.data, pem.length);
	bytes_release(&pem);
	return error;
}

/* A certificate and its key as they lie in two files; both NULL when they are missing, broken or no pair. */
struct pair {
	X509 *certificate;
	EVP_PKEY *key;
};

static void pair_release(struct pair *pair)
{
	X509_free(pair->certificate);
	EVP_PKEY_free(pair->key);
	*pair = (struct pair){0};
}

/* A file that can't be used is made again, so why it can't is not told. */
static struct pair pair_read(const char *certificate_path, const char *key_path)
{
	struct pair pair = {0};
	struct bytes unused;
	bytes_init(&unused, 4096);
	if (certificate_read(certificate_path, &unused, &pair.certificate) ||
	    certificate_key_read(key_path, &unused, &pair.key) ||
	    X509_check_private_key(pair.certificate, pair.key) != 1)
		pair_release(&pair);
	bytes_release(&unused);
	return pair;
}

/* Whether a new certificate would do better: what lasts less than a tenth of its lifetime, a day at most, is made again. */
static bool lasts(const struct pki *pki, X509 *certificate, int64_t lifetime_s)
{
	int64_t margin_s = lifetime_s / 10 < DAY_S ? lifetime_s / 10 : DAY_S;
	return certificate_time_s(X509_get0_notAfter(certificate)) > pki->now_s + margin_s;
}

static enum err make_authority(struct pki *pki)
{
	char name[64];
	struct certificate_authority made = {0};
	struct certificate_wish wish = {CERTIFICATE_AUTHORITY, name, NULL, pki->now_s - 3600,
					pki->now_s + authority_lifetime_s};
	/* A name of its own, so that a browser that knows an earlier one is not confused. */
	snprintf(name, sizeof name, "secondlook sandbox authority %llx", (unsigned long long)time_now_us());
	enum err error = certificate_key_new(pki->fault, &made.key);
	if (!error)
		error = certificate_new(&wish, made.key, NULL, pki->fault, &made.certificate);
	if (!error)
		error = write_key(pki, path_of(pki, "ca.key"), made.key);
	if (!error)
		error = write_certificate(pki, path_of(pki, "ca.pem"), made.certificate);
	if (error)
		certificate_authority_release(&made);
	else
		pki->authority = made;
	return error;
}

static enum err ensure_authority(struct pki *pki)
{
	struct pair pair = pair_read(path_of(pki, "ca.pem"), path_of(pki, "ca.key"));
	if (pair.certificate && lasts(pki, pair.certificate, authority_lifetime_s)) {
		pki->authority = (struct certificate_authority){pair.certificate, pair.key};
		return ERR_NONE;
	}
	pair_release(&pair);
	return make_authority(pki);
}

static bool is_host_name(const char *name)
{
	size_t length = strlen(name);
	return length && length < 254 && strcmp(name, "localhost") != 0 && name[0] != '-' && name[0] != '.' &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-") == length;
}

static void read_host_name(char name[256])
{
	if (gethostname(name, 255) || !is_host_name(name))
		name[0] = '\0';
	name[255] = '\0';
}

static bool server_is_good(struct pki *pki, const struct pair *pair, const char *host_name, int64_t lifetime_s)
{
	return pair->certificate && lasts(pki, pair->certificate, lifetime_s) &&
	       certificate_is_signed_by(pair->certificate, pki->authority.certificate) &&
	       (!*host_name || X509_check_host(pair->certificate, host_name, 0, 0, NULL) == 1);
}

static enum err make_server(struct pki *pki, const char *host_name, int64_t lifetime_s)
{
	struct pair made = {0};
	const char *alternatives = arena_format(&pki->arena, "DNS:localhost,IP:127.0.0.1,IP:::1%s%s",
						*host_name ? ",DNS:" : "", host_name);
	struct certificate_wish wish = {CERTIFICATE_SERVER, "localhost", alternatives, pki->now_s - 300,
					pki->now_s + lifetime_s};
	enum err error = alternatives ? certificate_key_new(pki->fault, &made.key) : ERR_MEMORY;
	if (!error)
		error = certificate_new(&wish, made.key, &pki->authority, pki->fault, &made.certificate);
	if (!error)
		error = write_key(pki, path_of(pki, "server.key"), made.key);
	if (!error)
		error = write_certificate(pki, path_of(pki, "server.pem"), made.certificate);
	pair_release(&made);
	return error;
}

static enum err ensure_server(struct pki *pki)
{
	char host_name[256];
	int64_t lifetime_s = pki->settings->certificate_lifetime_us / 1000000;
	struct pair pair = pair_read(path_of(pki, "server.pem"), path_of(pki, "server.key"));
	read_host_name(host_name);
	bool good = server_is_good(pki, &pair, host_name, lifetime_s);
	pair_release(&pair);
	return good ? ERR_NONE : make_server(pki, host_name, lifetime_s);
}

static const char *client_label(struct pki *pki, const struct client *client)
{
	const char *label = arena_format(&pki->arena, "%s.%s", client->force, client->name);
	return label ? label : "";
}

static bool is_revoked(const struct pki *pki, const X509 *certificate)
{
	char serial[CERTIFICATE_SERIAL_SIZE];
	certificate_serial(certificate, serial);
	const struct pki_entry *entry = pki_index_find(&pki->index, serial);
	return !entry || entry->revoked_at_s; /* one that the index lost could not be revoked any more */
}

static bool client_is_good(struct pki *pki, const struct client *client, X509 *certificate, int64_t lifetime_s)
{
	if (!certificate_is_signed_by(certificate, pki->authority.certificate) ||
	    access(client_path(pki, client, "p12"), R_OK) != 0)
		return false;
	if (client->wanted == WANTED_EXPIRED)
		return certificate_time_s(X509_get0_notAfter(certificate)) < pki->now_s;
	return lasts(pki, certificate, lifetime_s) && is_revoked(pki, certificate) == (client->wanted == WANTED_REVOKED);
}

/* Before the certificate's file is there, so that none is ever out that can't be revoked. */
static enum err record(struct pki *pki, const struct client *client, const X509 *certificate)
{
	struct pki_entry entry = {.not_after_s = certificate_time_s(X509_get0_notAfter(certificate))};
	certificate_serial(certificate, entry.serial);
	snprintf(entry.client, sizeof entry.client, "%s", client_label(pki, client));
	enum err error = pki_index_add(&pki->index, &entry);
	return error ? error : pki_index_write(path_of(pki, "index"), &pki->index, pki->fault);
}

static enum err write_bundle(struct pki *pki, const struct client *client, const struct pair *pair)
{
	struct bytes der;
	bytes_init(&der, PEM_MAXIMUM);
	enum err error = certificate_bundle(pair->certificate, pair->key, pki->authority.certificate,
					    PKI_BUNDLE_PASSWORD, client_label(pki, client), pki->fault, &der);
	if (!error)
		error = write_file(pki, client_path(pki, client, "p12"), 0600, &der);
	bytes_release(&der);
	return error;
}

static enum err write_client(struct pki *pki, const struct client *client, const struct pair *pair)
{
	enum err error = record(pki, client, pair->certificate);
	if (!error)
		error = write_key(pki, client_path(pki, client, "key"), pair->key);
	if (!error)
		error = write_bundle(pki, client, pair);
	if (!error)
		error = write_certificate(pki, client_path(pki, client, "pem"), pair->certificate);
	return error;
}

static enum err make_client(struct pki *pki, const struct client *client, int64_t lifetime_s)
{
	struct pair made = {0};
	const char *uri = arena_format(&pki->arena, "URI:spiffe://secondlook/force/%s/client/%s", client->force,
				       client->name);
	int64_t not_after_s = pki->now_s + lifetime_s;
	struct certificate_wish wish = {CERTIFICATE_CLIENT, client->name, uri,
					lifetime_s < 0 ? not_after_s - DAY_S : pki->now_s - 300, not_after_s};
	enum err error = uri ? certificate_key_new(pki->fault, &made.key) : ERR_MEMORY;
	if (!error)
		error = certificate_new(&wish, made.key, &pki->authority, pki->fault, &made.certificate);
	if (!error)
		error = write_client(pki, client, &made);
	pair_release(&made);
	return error;
}

static int64_t client_lifetime_s(const struct pki *pki, const struct client *client)
{
	if (client->wanted == WANTED_EXPIRED)
		return -DAY_S;
	return pki->settings->certificate_lifetime_us / 1000000;
}

static enum err ensure_client(struct pki *pki, const struct client *client)
{
	int64_t lifetime_s = client_lifetime_s(pki, client);
	struct pair pair = pair_read(client_path(pki, client, "pem"), client_path(pki, client, "key"));
	bool good = pair.certificate && client_is_good(pki, client, pair.certificate, lifetime_s);
	pair_release(&pair);
	enum err error = good ? ERR_NONE : make_client(pki, client, lifetime_s);
	if (!error && !good && client->wanted == WANTED_REVOKED) {
		pki_index_revoke(&pki->index, client_label(pki, client), pki->now_s);
		error = pki_index_write(path_of(pki, "index"), &pki->index, pki->fault);
	}
	return error;
}

static struct certificate_revocation *revocations(const struct pki *pki, size_t *count)
{
	struct certificate_revocation *list = calloc(pki->index.count + 1, sizeof *list);
	size_t found = 0;
	for (size_t i = 0; list && i < pki->index.count; i++) {
		const struct pki_entry *entry = &pki->index.entries[i];
		if (!entry->revoked_at_s)
			continue;
		memcpy(list[found].serial, entry->serial, sizeof list[found].serial);
		list[found++].revoked_at_s = entry->revoked_at_s;
	}
	*count = found;
	return list;
}

/* The list's number is its time in milliseconds: it ascends, and needs no file of its own. */
static enum err write_list(struct pki *pki)
{
	struct bytes pem;
	size_t count;
	struct certificate_revocation *list = revocations(pki, &count);
	bytes_init(&pem, LIST_MAXIMUM);
	enum err error = list ? certificate_revocation_list(
					&pki->authority, list, count, (uint64_t)time_now_us() / 1000, pki->now_s,
					pki->now_s + pki->settings->revocation_list_lifetime_us / 1000000, pki->fault,
					&pem)
			      : ERR_MEMORY;
	if (!error)
		error = write_file(pki, path_of(pki, "crl.pem"), 0644, &pem);
	bytes_release(&pem);
	free(list);
	return error;
}

static enum err make_directories(struct pki *pki)
{
	const char *directories[] = {top_of(pki), path_of(pki, "clients")};
	for (size_t i = 0; i < 2; i++)
		if (files_make_directory(directories[i], 0700) || chmod(directories[i], 0700)) {
			bytes_format(pki->fault, "%s: can't be made: %s\n", directories[i], strerror(errno));
			return ERR_SYSTEM;
		}
	return ERR_NONE;
}

static enum err take_lock(struct pki *pki)
{
	const char *path = path_of(pki, "lock");
	pki->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (pki->lock >= 0 && flock(pki->lock, LOCK_EX) == 0)
		return ERR_NONE;
	bytes_format(pki->fault, "%s: can't be locked: %s\n", path, strerror(errno));
	return ERR_SYSTEM;
}

static void pki_close(struct pki *pki)
{
	certificate_authority_release(&pki->authority);
	pki_index_release(&pki->index);
	if (pki->lock >= 0)
		close(pki->lock);
	arena_release(&pki->arena);
}

/* Whatever it answers, pki_close is called afterwards. */
static enum err pki_open(const struct settings *settings, struct bytes *fault, struct pki *pki)
{
	*pki = (struct pki){.settings = settings, .fault = fault, .lock = -1, .now_s = time_now_us() / 1000000};
	arena_init(&pki->arena, 1 << 20);
	enum err error = make_directories(pki);
	if (!error)
		error = take_lock(pki);
	if (!error)
		error = pki_index_read(path_of(pki, "index"), fault, &pki->index);
	return error ? error : ensure_authority(pki);
}

static enum err prepare_sandbox(struct pki *pki)
{
	enum err error = ledger_keys_prepare(pki->settings, top_of(pki), pki->fault);
	if (!error)
		error = ensure_server(pki);
	for (size_t i = 0; !error && i < sizeof sandbox_clients / sizeof *sandbox_clients; i++)
		error = ensure_client(pki, &sandbox_clients[i]);
	return error ? error : write_list(pki);
}

enum err pki_prepare(const struct settings *settings, struct bytes *fault)
{
	struct pki pki;
	enum err error = pki_open(settings, fault, &pki);
	if (!error)
		error = prepare_sandbox(&pki);
	pki_close(&pki);
	return error;
}

enum err pki_ledger(const struct settings *settings, struct bytes *fault)
{
	struct pki pki = {.settings = settings, .fault = fault, .lock = -1};
	arena_init(&pki.arena, 1 << 16);
	enum err error = make_directories(&pki);
	if (!error)
		error = take_lock(&pki);
	if (!error)
		error = ledger_keys_prepare(settings, top_of(&pki), fault);
	pki_close(&pki);
	return error;
}

static bool is_name(const char *name)
{
	size_t length = strlen(name);
	return length && length < 64 && name[0] != '-' &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == length;
}

static enum err check_names(const char *force, const char *name, struct bytes *fault)
{
	if (is_name(force) && is_name(name))
		return ERR_NONE;
	bytes_append_string(fault, "FORCE and NAME are lower-case letters, digits and hyphens, 63 at most: "
				   "west-midlands control-room-web\n");
	return ERR_INPUT;
}

/* A client on whom `days` was said gets a new certificate in any case. */
static enum err client_as_wished(struct pki *pki, const struct client *client)
{
	int days = pki->settings->days;
	return days ? make_client(pki, client, (int64_t)days * DAY_S) : ensure_client(pki, client);
}

enum err pki_client(const struct settings *settings, const char *force, const char *name, struct bytes *fault)
{
	struct pki pki;
	struct client client = {force, name, WANTED_VALID};
	enum err error = check_names(force, name, fault);
	if (error)
		return error;
	error = pki_open(settings, fault, &pki);
	if (!error)
		error = client_as_wished(&pki, &client);
	pki_close(&pki);
	return error;
}

static enum err revoke_client(struct pki *pki, const struct client *client)
{
	const char *label = client_label(pki, client);
	if (!pki_index_revoke(&pki->index, label, pki->now_s)) {
		bytes_format(pki->fault, "%s: has no certificate that is still good\n", label);
		return ERR_INPUT;
	}
	enum err error = pki_index_write(path_of(pki, "index"), &pki->index, pki->fault);
	return error ? error : write_list(pki);
}

enum err pki_revoke(const struct settings *settings, const char *force, const char *name, struct bytes *fault)
{
	struct pki pki;
	struct client client = {force, name, WANTED_REVOKED};
	enum err error = check_names(force, name, fault);
	if (error)
		return error;
	error = pki_open(settings, fault, &pki);
	if (!error)
		error = revoke_client(&pki, &client);
	pki_close(&pki);
	return error;
}

enum err pki_refresh(const struct settings *settings, struct bytes *fault)
{
	struct pki pki;
	enum err error = pki_open(settings, fault, &pki);
	if (!error)
		error = write_list(&pki);
	pki_close(&pki);
	return error;
}

static enum err run(const struct settings *settings, struct bytes *fault)
{
	const char *const *words = settings->arguments;
	const char *what = settings->argument_count ? words[0] : "";
	if (strcmp(what, "init") == 0 && settings->argument_count == 1)
		return pki_prepare(settings, fault);
	if (strcmp(what, "crl") == 0 && settings->argument_count == 1)
		return pki_refresh(settings, fault);
	if (strcmp(what, "ledger") == 0 && settings->argument_count == 1)
		return pki_ledger(settings, fault);
	if (strcmp(what, "client") == 0 && settings->argument_count == 3)
		return pki_client(settings, words[1], words[2], fault);
	if (strcmp(what, "revoke") == 0 && settings->argument_count == 3)
		return pki_revoke(settings, words[1], words[2], fault);
	bytes_append_string(fault, "expected: init | client FORCE NAME [--days N] | revoke FORCE NAME | crl | ledger\n");
	return ERR_INPUT;
}

int pki_main(const struct settings *settings)
{
	struct bytes fault;
	bytes_init(&fault, 1 << 14);
	enum err error = run(settings, &fault);
	if (error)
		subcommand_failed("pki", error, &fault);
	else if (strcmp(settings->arguments[0], "init") != 0)
		printf("done; a running service reads it on SIGHUP\n");
	else
		printf("%s/pki is ready\n", settings->dir);
	bytes_release(&fault);
	return error ? 1 : 0;
}
