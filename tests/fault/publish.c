/* Publishing signed heads: each once and as it was signed, whatever happens to the witness meanwhile. */
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/time.h"
#include "receiver.h"
#include "sealed.h"

enum { PATIENCE_MS = 20000 };

static const char *const flags[] = {"--workers", "1", NULL};

static void change(const struct service *service)
{
	ck_assert(service_sql(service->url, "update staff set name = 'n' || version, version = version", NULL, 0));
	sealed_await(service);
}

/* --- the publisher ------------------------------------------------------------------------------------------------- */

struct publisher {
	char to[200], certificate[200], key[200], authority[200];
	const char *arguments[24];
	size_t count;
};

static void add(struct publisher *publisher, const char *argument)
{
	publisher->arguments[publisher->count++] = argument;
}

static void to_directory(struct publisher *publisher, const struct service *service, const char *directory)
{
	*publisher = (struct publisher){0};
	snprintf(publisher->to, sizeof publisher->to, "%s", directory);
	const char *const begin[] = {service_program(), "ledger", "publish", "--dir", service->directory, "--database", service->url, "--to", publisher->to};
	for (size_t i = 0; i < sizeof begin / sizeof *begin; i++)
		add(publisher, begin[i]);
}

static void to_receiver(struct publisher *publisher, const struct service *service, const struct receiver *receiver, const char *client)
{
	char url[200];
	snprintf(url, sizeof url, "https://localhost:%d/heads", receiver->port);
	to_directory(publisher, service, url);
	snprintf(publisher->certificate, sizeof publisher->certificate, "%s/pki/clients/%s.pem", service->directory, client);
	snprintf(publisher->key, sizeof publisher->key, "%s/pki/clients/%s.key", service->directory, client);
	snprintf(publisher->authority, sizeof publisher->authority, "%s/pki/ca.pem", service->directory);
	const char *const more[] = {"--witness-certificate", publisher->certificate, "--witness-key", publisher->key, "--witness-authority", publisher->authority};
	for (size_t i = 0; i < sizeof more / sizeof *more; i++)
		add(publisher, more[i]);
}

static pid_t begin(struct publisher *publisher)
{
	pid_t pid = fork();
	if (pid == 0) {
		if (!freopen("/dev/null", "w", stdout) || !freopen("/dev/null", "w", stderr))
			_exit(126);
		setenv("no_proxy", "*", 1);
		execv(publisher->arguments[0], (char *const *)(const void *)publisher->arguments);
		_exit(127);
	}
	return pid;
}

static int run(struct publisher *publisher)
{
	int status;
	pid_t pid = begin(publisher);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* --- what was published -------------------------------------------------------------------------------------------- */

/* Each head is in its file, byte for byte, and no other file is there; `separator` stands between a path's parts. */
static void check_published(const struct service *service, const char *directory, char separator)
{
	char command[3000];
	snprintf(command, sizeof command,
		 "cd %s && psql -qAt -F ' ' -d \"%s\" -c \"select e.name || '%c' || case c.tree when '*' then 'nation' else c.tree end || '%c' || c.size || '.txt',"
		 " md5(checkpoint_note(c)) from ledger_checkpoint c join ledger_epoch e using (epoch)\" | sort >../wanted.$$;"
		 " find . -type f | sed 's#^\\./##' | while read -r f; do echo \"$f $(md5sum <\"$f\" | cut -d' ' -f1)\"; done | sed 's#heads,##' | sort >../there.$$;"
		 " cmp ../wanted.$$ ../there.$$; status=$?; rm ../wanted.$$ ../there.$$; exit $status",
		 directory, service->url, separator, separator);
	ck_assert_int_eq(system(command), 0);
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *place)
{
	(void)status, (void)kind, (void)place;
	return remove(path);
}

START_TEST(a_directory_gets_every_head_once)
{
	char directory[] = "/tmp/secondlook-witness-XXXXXX", path[400], name[64];
	struct publisher publisher;
	struct service service;
	ck_assert_ptr_nonnull(mkdtemp(directory));
	fault_serve(&service, flags);
	change(&service);
	to_directory(&publisher, &service, directory);
	ck_assert_int_eq(run(&publisher), 0);
	check_published(&service, directory, '/');
	change(&service);
	ck_assert(service_sql(service.url, "update ledger_epoch set timeline = timeline + 1", NULL, 0)); /* another epoch */
	change(&service);
	ck_assert_int_eq(run(&publisher), 0);
	ck_assert_int_eq(run(&publisher), 0);
	check_published(&service, directory, '/');
	sealed_verify(&service, directory);
	/* What was taken away from the end comes again; another head in one's place is a fork. */
	ck_assert(service_sql(service.url, "select name from ledger_epoch order by epoch desc limit 1", name, sizeof name));
	long size = sealed_number(&service, "select max(size) from ledger_checkpoint where tree = '*' and epoch = (select max(epoch) from ledger_epoch)");
	snprintf(path, sizeof path, "%s/%s/nation/%ld.txt", directory, name, size);
	ck_assert_int_eq(unlink(path), 0);
	ck_assert_int_eq(run(&publisher), 0);
	check_published(&service, directory, '/');
	ck_assert_int_eq(unlink(path), 0);
	snprintf(path, sizeof path, "%s/%s/west-midlands", directory, name);
	char command[600];
	snprintf(command, sizeof command, "for f in %s/*; do echo forged >$f; done", path);
	ck_assert_int_eq(system(command), 0);
	ck_assert_int_eq(run(&publisher), 5);
	nftw(directory, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	fault_end(&service);
}
END_TEST

START_TEST(a_receiver_gets_every_head_over_mutual_tls)
{
	struct receiver receiver;
	struct publisher publisher;
	struct service service;
	char pki[100];
	fault_serve(&service, flags);
	change(&service);
	snprintf(pki, sizeof pki, "%s/pki", service.directory);
	receiver_start(&receiver, pki);
	to_receiver(&publisher, &service, &receiver, "national.auditor");
	/* Away for a moment: tried again. */
	receiver.status = 503;
	receiver.refusals = 2;
	ck_assert_int_eq(run(&publisher), 0);
	check_published(&service, receiver.directory, ',');
	/* It goes on where it was. */
	int before = receiver.requests;
	ck_assert_int_eq(run(&publisher), 0);
	ck_assert_int_eq(receiver.requests, before);
	change(&service);
	ck_assert_int_eq(run(&publisher), 0);
	check_published(&service, receiver.directory, ',');
	/* Refused, forked, away for good: each ends in its own way, and nothing is passed over. */
	change(&service);
	receiver.refusals = 1;
	receiver.status = 403;
	ck_assert_int_eq(run(&publisher), 1);
	receiver.refusals = 1;
	receiver.status = 409;
	ck_assert_int_eq(run(&publisher), 5);
	receiver.refusals = 5;
	receiver.status = 500;
	ck_assert_int_eq(run(&publisher), 1);
	ck_assert_int_eq(receiver.refusals, 0);
	ck_assert_int_eq(run(&publisher), 0);
	check_published(&service, receiver.directory, ',');
	receiver_stop(&receiver);
	ck_assert_int_eq(run(&publisher), 0); /* nothing is new: nobody is asked */
	fault_end(&service);
}
END_TEST

START_TEST(it_follows)
{
	struct receiver receiver;
	struct publisher publisher;
	struct service service;
	char pki[100];
	int status;
	fault_serve(&service, flags);
	sealed_await(&service);
	snprintf(pki, sizeof pki, "%s/pki", service.directory);
	receiver_start(&receiver, pki);
	to_receiver(&publisher, &service, &receiver, "national.auditor");
	add(&publisher, "--follow");
	pid_t pid = begin(&publisher);
	for (int i = 0; i < 3; i++) {
		change(&service);
		long heads = sealed_number(&service, "select count(*) from ledger_checkpoint");
		for (int waited = 0; receiver.requests < heads && waited < PATIENCE_MS; waited += 20)
			fault_pause_ms(20);
	}
	check_published(&service, receiver.directory, ',');
	ck_assert_int_eq(kill(pid, SIGTERM), 0);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	receiver_stop(&receiver);
	fault_end(&service);
}
END_TEST

START_TEST(it_says_what_is_missing)
{
	struct publisher publisher;
	struct service service;
	fault_serve(&service, flags);
	to_directory(&publisher, &service, "http://localhost/");
	ck_assert_int_eq(run(&publisher), 2);
	to_directory(&publisher, &service, "https://localhost/");
	ck_assert_int_eq(run(&publisher), 2);
	to_directory(&publisher, &service, "/proc/nothing");
	sealed_await(&service);
	ck_assert_int_eq(run(&publisher), 1);
	fault_end(&service);
}
END_TEST

FAULT_TESTS("publish", a_directory_gets_every_head_once, a_receiver_gets_every_head_over_mutual_tls, it_follows, it_says_what_is_missing)
