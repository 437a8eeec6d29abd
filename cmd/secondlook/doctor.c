/* Says in words what is wrong with the certificates and the database that the settings name. */
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/time.h"
#include "certificate.h"
#include "db/migrate.h"
#include "ledger_keys.h"
#include "migrate.h"
#include "subcommands.h"

enum { DAY_S = 86400, SOON_DAYS = 30 };

struct doctor {
	const struct settings *settings;
	struct bytes text; /* of the check under way: a fault a line */
	int wrong;
	int64_t now_s;
};

#define LOGIN_ROLES \
	"'secondlook_app', 'secondlook_gate', 'secondlook_sequencer', 'secondlook_clock', 'secondlook_sealer', 'secondlook_verifier'"

/* A row of no text is no fault. Names come from PostgreSQL's own tables, never from records. */
static const char server_sql[] =
	"select coalesce(string_agg(fault, E'\\n'), '') from ("
	"select 'PostgreSQL is version ' || current_setting('server_version') || '; 15 or later is needed' as fault"
	" where current_setting('server_version_num')::int < 150000 "
	"union all select name || ' is off: a crash could take back what was answered; set it on' from pg_settings"
	" where name in ('fsync', 'full_page_writes') and setting <> 'on' "
	"union all select 'synchronous_commit is off by default: the ledger would not wait for the disk; set it on'"
	" where current_setting('synchronous_commit') = 'off' "
	"union all select 'data checksums are off: a damaged page would be read as data; enable them with pg_checksums'"
	" where current_setting('data_checksums') <> 'on' "
	"union all select 'the database''s encoding is ' || current_setting('server_encoding') || '; UTF8 is needed'"
	" where current_setting('server_encoding') <> 'UTF8' "
	"union all select 'the role ' || name || ' is missing; run `secondlook migrate`'"
	" from unnest(array[" LOGIN_ROLES "]) as name"
	" where to_regrole(name) is null "
	"union all select 'the role ' || rolname || ' is a superuser or may bypass row-level security, create roles or"
	" replicate; take that away with ALTER ROLE'"
	" from pg_roles where rolname in (" LOGIN_ROLES ")"
	" and (rolsuper or rolbypassrls or rolcreaterole or rolreplication) "
	"union all select 'the role ' || member.rolname || ' may become ' || above.rolname ||"
	" ', a superuser or one that bypasses row-level security; revoke that'"
	" from pg_roles member join pg_roles above on (above.rolsuper or above.rolbypassrls)"
	" and above.oid <> member.oid and not member.rolsuper and pg_has_role(member.oid, above.oid, 'member')"
	" where member.rolname in (" LOGIN_ROLES ")"
	") as found";

/* Run as the role itself, so that what was set for the role alone is seen. */
static const char role_sql[] =
	"select coalesce(string_agg(current_user || ': ' || fault, E'\\n'), '') from ("
	"select 'log_error_verbosity is ' || current_setting('log_error_verbosity') ||"
	" ': details of refusals would reach the server''s log; set it terse' as fault"
	" where current_setting('log_error_verbosity') <> 'terse' "
	"union all select name || ' is ' || setting || ': statements or their parameters would reach the server''s log;"
	" set it ' || wanted from pg_settings join (values ('log_statement', 'none'), ('log_duration', 'off'),"
	" ('log_min_duration_statement', '-1'), ('log_min_duration_sample', '-1'), ('log_transaction_sample_rate', '0'),"
	" ('log_parameter_max_length_on_error', '0'), ('auto_explain.log_min_duration', '-1'),"
	" ('debug_print_parse', 'off'), ('debug_print_rewritten', 'off'), ('debug_print_plan', 'off'))"
	" as good(setting_name, wanted) on setting_name = name where setting <> wanted "
	"union all select 'TimeZone is ' || current_setting('TimeZone') || '; set it UTC'"
	" where current_setting('TimeZone') not in ('UTC', 'Etc/UTC') "
	"union all select 'synchronous_commit is off for this role: the ledger would not wait for the disk; set it on'"
	" where current_setting('synchronous_commit') = 'off' and current_user <> 'secondlook_app'"
	") as found";

static void PRINTF_LIKE(2, 3) fault(struct doctor *doctor, const char *format, ...)
{
	char line[PATH_MAX + 512];
	va_list values;
	va_start(values, format);
	vsnprintf(line, sizeof line, format, values);
	va_end(values);
	bytes_append_string(&doctor->text, line);
	bytes_append_char(&doctor->text, '\n');
}

/* Prints a check's result: its faults, or that there is none. */
static void report(struct doctor *doctor, const char *what)
{
	const char *line = bytes_string(&doctor->text);
	bool good = true;
	while (line && *line) {
		size_t length = strcspn(line, "\n");
		if (length) {
			printf("wrong  %s: %.*s\n", what, (int)length, line);
			doctor->wrong++;
			good = false;
		}
		line += length + (line[length] == '\n');
	}
	if (good)
		printf("good   %s\n", what);
	bytes_clear(&doctor->text);
}

static const char *file(const struct doctor *doctor, char path[PATH_MAX], const char *name)
{
	snprintf(path, PATH_MAX, "%s/%s", doctor->settings->tls_directory, name);
	return path;
}

static void check_privacy(struct doctor *doctor, const char *path)
{
	struct stat status;
	if (stat(path, &status) == 0 && (status.st_mode & 077))
		fault(doctor, "%s can be read by others (mode %03o); chmod 600 it", path, status.st_mode & 0777);
}

static void check_life(struct doctor *doctor, X509 *certificate, const char *path)
{
	int64_t begin_s = certificate_time_s(X509_get0_notBefore(certificate));
	int64_t left_s = certificate_time_s(X509_get0_notAfter(certificate)) - doctor->now_s;
	if (begin_s > doctor->now_s)
		fault(doctor, "%s is not valid yet; is the clock right?", path);
	if (left_s < 0)
		fault(doctor, "%s has expired; renew it", path);
	else if (left_s < SOON_DAYS * (int64_t)DAY_S)
		fault(doctor, "%s expires within %lld days; renew it", path, (long long)(left_s / DAY_S + 1));
}

static void check_use(struct doctor *doctor, X509 *certificate, const char *path)
{
	if (X509_check_purpose(certificate, X509_PURPOSE_SSL_SERVER, 0) != 1)
		fault(doctor, "%s is not for servers; it needs the extended key usage serverAuth", path);
	if (X509_get_ext_by_NID(certificate, NID_subject_alt_name, -1) < 0)
		fault(doctor, "%s names no host in subjectAltName; clients will refuse it", path);
}

static void check_server(struct doctor *doctor, X509 *authority)
{
	char path[PATH_MAX], key_path[PATH_MAX];
	X509 *certificate = NULL;
	EVP_PKEY *key = NULL;
	file(doctor, path, "server.pem");
	file(doctor, key_path, "server.key");
	check_privacy(doctor, key_path);
	if (!certificate_read(path, &doctor->text, &certificate) &&
	    !certificate_key_read(key_path, &doctor->text, &key)) {
		check_life(doctor, certificate, path);
		check_use(doctor, certificate, path);
		if (X509_check_private_key(certificate, key) != 1)
			fault(doctor, "%s is not the key of %s", key_path, path);
		if (authority && !certificate_is_signed_by(certificate, authority))
			fault(doctor, "%s is not signed by ca.pem beside it", path);
	}
	X509_free(certificate);
	EVP_PKEY_free(key);
	report(doctor, "server certificate");
}

static void check_list_age(struct doctor *doctor, const X509_CRL *list, const char *path)
{
	int64_t next_s = certificate_time_s(X509_CRL_get0_nextUpdate(list));
	int64_t grace_s = doctor->settings->revocation_grace_us / 1000000;
	if (next_s == INT64_MIN)
		fault(doctor, "%s has no nextUpdate, so nobody can tell that it is old", path);
	else if (next_s + grace_s < doctor->now_s)
		fault(doctor, "%s is past its nextUpdate by more than the grace: every request is refused; fetch a new "
			      "list", path);
	else if (next_s < doctor->now_s)
		fault(doctor, "%s is past its nextUpdate: /ready fails; fetch a new list", path);
}

static void check_list(struct doctor *doctor, X509 *authority)
{
	char path[PATH_MAX];
	X509_CRL *list = NULL;
	if (!certificate_revocation_list_read(file(doctor, path, "crl.pem"), &doctor->text, &list)) {
		check_list_age(doctor, list, path);
		if (authority && X509_CRL_verify(list, X509_get0_pubkey(authority)) != 1)
			fault(doctor, "%s is not signed by ca.pem beside it", path);
	}
	X509_CRL_free(list);
	report(doctor, "revocation list");
}

static void check_certificates(struct doctor *doctor)
{
	char path[PATH_MAX];
	X509 *authority = NULL;
	if (!certificate_read(file(doctor, path, "ca.pem"), &doctor->text, &authority)) {
		check_life(doctor, authority, path);
		if (X509_check_ca(authority) < 1)
			fault(doctor, "%s is not an authority's certificate", path);
	}
	report(doctor, "certificate authority");
	check_server(doctor, authority);
	check_list(doctor, authority);
	X509_free(authority);
}

/* Without it nothing is sealed, and whoever else reads it could sign another past. */
static void check_ledger_key(struct doctor *doctor)
{
	char path[PATH_MAX];
	struct note_key key;
	snprintf(path, sizeof path, "%s/ledger.key", doctor->settings->ledger_keys);
	check_privacy(doctor, path);
	if (!ledger_keys_load(doctor->settings->ledger_keys, LEDGER_KEY_CHECKPOINTS, &doctor->text, &key))
		note_key_release(&key);
	else
		fault(doctor, "so nothing is sealed; `secondlook pki ledger` makes both files in DIR/pki");
	report(doctor, "the ledger's key");
}

/* libpq breaks its sentences into lines; a fault is one. */
static void join_lines(struct bytes *text)
{
	for (size_t i = 0; i + 1 < text->length; i++)
		if (text->data[i] == '\n')
			text->data[i] = ' ';
}

/* Whether the database could be asked as the role (NULL: the owner). Its answer are faults. */
static bool ask(struct doctor *doctor, const char *role, const char *sql)
{
	struct bytes connection, answer;
	bytes_init(&connection, 4096);
	bytes_init(&answer, 1 << 16);
	enum err error = settings_connection(doctor->settings, role, &connection, &doctor->text);
	if (!error)
		error = db_run_blocking(bytes_string(&connection), sql, &answer, &doctor->text);
	if (!error && bytes_string(&answer))
		bytes_append_string(&doctor->text, bytes_string(&answer));
	else
		join_lines(&doctor->text);
	bytes_release(&connection);
	bytes_release(&answer);
	return !error;
}

static void note_unapplied(void *context, const char *name, enum migration_state state)
{
	if (state != MIGRATION_APPLIED)
		fault(context, "%s is %s; run `secondlook migrate`", name,
		      state == MIGRATION_CHANGED ? "not the version that is applied" : "not applied");
}

static void check_migrations(struct doctor *doctor)
{
	struct bytes text;
	bytes_init(&text, 1 << 14);
	if (migrate_look(doctor->settings, note_unapplied, doctor, &text))
		fault(doctor, "%s", bytes_string(&text) ? bytes_string(&text) : "");
	bytes_release(&text);
	report(doctor, "migrations");
}

static void check_password_file(struct doctor *doctor)
{
	const char *path = doctor->settings->role_password_file;
	if (!*path)
		return;
	/* A container's secrets are world-readable files in a container of one user. */
	if (strncmp(path, "/run/secrets/", 13) != 0)
		check_privacy(doctor, path);
	report(doctor, "role_password_file");
}

static void check_database(struct doctor *doctor)
{
	bool reached = ask(doctor, NULL, server_sql);
	report(doctor, "database");
	if (!reached)
		return;
	check_migrations(doctor);
	for (const char *const *role = migrate_login_roles; *role; role++) {
		(void)ask(doctor, *role, role_sql); /* that it can't be reached is a fault like others */
		report(doctor, *role);
	}
}

int doctor_main(const struct settings *settings)
{
	struct doctor doctor = {.settings = settings, .now_s = time_now_us() / 1000000};
	bytes_init(&doctor.text, 1 << 16);
	printf("good   settings\n");
	check_password_file(&doctor);
	check_certificates(&doctor);
	check_ledger_key(&doctor);
	check_database(&doctor);
	bytes_release(&doctor.text);
	if (doctor.wrong)
		printf("\n%d thing%s wrong\n", doctor.wrong, doctor.wrong == 1 ? " is" : "s are");
	else
		printf("\nall is well\n");
	return doctor.wrong ? 1 : 0;
}
