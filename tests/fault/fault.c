/* Keeps the cluster that fault tests stop and start. */
#include "fault.h"

#include <curl/curl.h>
#include <dirent.h>
#include <ftw.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/time.h"
#include "db/embedded.h"

enum { TIMEOUT_S = 200, GONE_S = 20, PATIENCE_S = 20, AT_ONCE_MOST = 16 };

static char directory[64];
static char server[SERVICE_TEXT_SIZE];

const char *fault_server(void)
{
	return server;
}

void fault_pause_ms(int milliseconds)
{
	(void)poll(NULL, 0, milliseconds);
}

/* --- the cluster --------------------------------------------------------------------------------------------------- */

static bool start(void)
{
	struct embedded embedded;
	struct bytes fault;
	bytes_init(&fault, 4096);
	enum err error = embedded_start(directory, &fault, &embedded);
	if (error == ERR_NONE)
		snprintf(server, sizeof server, "%s", embedded.url);
	else
		fprintf(stderr, "%s\n", bytes_string(&fault));
	bytes_release(&fault);
	return error == ERR_NONE;
}

static bool stop(void)
{
	struct bytes fault;
	bytes_init(&fault, 4096);
	enum err error = embedded_stop(directory, &fault);
	if (error != ERR_NONE)
		fprintf(stderr, "%s\n", bytes_string(&fault));
	bytes_release(&fault);
	return error == ERR_NONE;
}

static pid_t postmaster(void)
{
	char path[128];
	int pid = 0;
	snprintf(path, sizeof path, "%s/data/postmaster.pid", directory);
	FILE *file = fopen(path, "r");
	ck_assert_ptr_nonnull(file);
	ck_assert_int_eq(fscanf(file, "%d", &pid), 1);
	fclose(file);
	return pid;
}

/* It ended when it has no directory to work in, whether or not somebody waited for it. */
static bool is_gone(pid_t pid)
{
	char link[64], target[16];
	snprintf(link, sizeof link, "/proc/%ld/cwd", (long)pid);
	return readlink(link, target, sizeof target) < 0;
}

void fault_stop_database(void)
{
	pid_t pid = postmaster();
	int64_t deadline_us = time_monotonic_us() + GONE_S * 1000000LL;
	ck_assert_int_eq(kill(pid, SIGQUIT), 0);
	while (!is_gone(pid)) {
		ck_assert_msg(time_monotonic_us() < deadline_us, "PostgreSQL did not end");
		fault_pause_ms(5);
	}
}

void fault_start_database(void)
{
	ck_assert(start());
}

/* --- the service --------------------------------------------------------------------------------------------------- */

void fault_serve(struct service *service, const char *const *flags)
{
	struct service_wish wish = {.server = server, .flags = flags};
	ck_assert(service_start(service, &wish));
}

void fault_end(struct service *service)
{
	ck_assert(service_stop(service));
}

/* "1234 (worker-0) S 1200 …": whether it is that child of that parent. */
static bool is_child(const char *stat, pid_t parent, const char *name)
{
	char wanted[64];
	const char *end = strrchr(stat, ')');
	snprintf(wanted, sizeof wanted, "(%s)", name);
	return end && strstr(stat, wanted) && end[1] && strtol(end + 4, NULL, 10) == parent;
}

pid_t fault_child(const struct service *service, const char *name)
{
	char path[300], stat[512];
	pid_t found = 0;
	DIR *processes = opendir("/proc");
	ck_assert_ptr_nonnull(processes);
	for (struct dirent *entry; !found && (entry = readdir(processes));) {
		snprintf(path, sizeof path, "/proc/%s/stat", entry->d_name);
		FILE *file = entry->d_name[strspn(entry->d_name, "0123456789")] ? NULL : fopen(path, "r");
		if (!file)
			continue;
		if (fgets(stat, sizeof stat, file) && is_child(stat, service->pid, name))
			found = (pid_t)strtol(entry->d_name, NULL, 10);
		fclose(file);
	}
	closedir(processes);
	return found;
}

pid_t fault_await_child(const struct service *service, const char *name, pid_t killed)
{
	int64_t deadline_us = time_monotonic_us() + PATIENCE_S * 1000000LL;
	for (;;) {
		pid_t child = fault_child(service, name);
		if (child > 0 && child != killed)
			return child;
		ck_assert_msg(time_monotonic_us() < deadline_us, "no %s was started", name);
		fault_pause_ms(5);
	}
}

void fault_await_sql(const struct service *service, const char *sql, const char *wanted)
{
	char value[256] = "";
	int64_t deadline_us = time_monotonic_us() + PATIENCE_S * 1000000LL;
	for (;;) {
		ck_assert(service_sql(service->url, sql, value, sizeof value));
		if (strcmp(value, wanted) == 0)
			return;
		if (time_monotonic_us() > deadline_us)
			service_show_log(service);
		ck_assert_msg(time_monotonic_us() < deadline_us, "%s is %s, not %s", sql, value, wanted);
		fault_pause_ms(20);
	}
}

/* --- requests ------------------------------------------------------------------------------------------------------ */

char *fault_contact(const char *reference)
{
	char *text;
	char now[TIME_TEXT_SIZE];
	time_format(time_now_us(), now);
	int length = asprintf(&text,
			      "{\"occurredAt\":\"%s\",\"channel\":\"call_999\",\"caller\":\"victim\","
			      "\"responseGrade\":\"emergency\"%s%s%s}",
			      now, reference ? ",\"reference\":\"" : "", reference ? reference : "", reference ? "\"" : "");
	ck_assert_int_gt(length, 0);
	return text;
}

void fault_await_success(struct client *client, const struct client_call *call)
{
	struct client_answer answer = {0};
	int64_t deadline_us = time_monotonic_us() + PATIENCE_S * 1000000LL;
	while (answer.status != 200 && answer.status != 201) {
		ck_assert_msg(time_monotonic_us() < deadline_us, "it does not serve again: %ld %s", answer.status, answer.body);
		client_answer_release(&answer);
		ck_assert(client_call(client, call, &answer));
	}
	client_answer_release(&answer);
}

const char *fault_code(const struct client_answer *answer)
{
	const char *code = json_string_value(json_object_get(answer->json, "code"));
	return code ? code : "";
}

void fault_post(struct client *client, const char *staff, const char *path, const char *body, const char *member, char *value, size_t size)
{
	static unsigned posts;
	char key[64];
	snprintf(key, sizeof key, "Idempotency-Key: fault-%d-%u", (int)getpid(), posts++);
	const char *headers[] = {"Content-Type: application/json", key, NULL};
	struct client_call call = {.method = "POST", .path = path, .staff = staff, .headers = headers, .body = body, .body_length = strlen(body)};
	struct client_answer answer;
	ck_assert_msg(client_call(client, &call, &answer), "%s", answer.fault);
	ck_assert_msg(answer.status == 201, "%s: %ld %s", path, answer.status, answer.body);
	const char *made = json_string_value(json_object_get(answer.json, member));
	ck_assert_msg(made, "no %s", member);
	snprintf(value, size, "%s", made);
	client_answer_release(&answer);
}

struct starter {
	pthread_t thread;
	pthread_barrier_t *start;
	void (*one)(void *item);
	void *item;
};

static void *go(void *context)
{
	struct starter *starter = context;
	pthread_barrier_wait(starter->start);
	starter->one(starter->item);
	return NULL;
}

void fault_at_once(void (*one)(void *item), void *items, size_t count, size_t size)
{
	struct starter starters[AT_ONCE_MOST];
	pthread_barrier_t start;
	ck_assert_uint_le(count, AT_ONCE_MOST);
	pthread_barrier_init(&start, NULL, (unsigned)count);
	for (size_t i = 0; i < count; i++) {
		starters[i] = (struct starter){.start = &start, .one = one, .item = (char *)items + i * size};
		ck_assert_int_eq(pthread_create(&starters[i].thread, NULL, go, &starters[i]), 0);
	}
	for (size_t i = 0; i < count; i++)
		ck_assert_int_eq(pthread_join(starters[i].thread, NULL), 0);
	pthread_barrier_destroy(&start);
}

/* --- the program --------------------------------------------------------------------------------------------------- */

static int run_all(const char *name, const TTest *const *tests, size_t count)
{
	Suite *suite = suite_create(name);
	TCase *all = tcase_create(name);
	for (size_t i = 0; i < count; i++)
		tcase_add_test(all, tests[i]);
	tcase_set_timeout(all, TIMEOUT_S);
	suite_add_tcase(suite, all);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *place)
{
	(void)status, (void)kind, (void)place;
	return remove(path);
}

int fault_tests(const char *name, const TTest *const *tests, size_t count)
{
	int status = EXIT_FAILURE;
	log_open(STDERR_FILENO, LOG_ERROR);
	strcpy(directory, "/tmp/secondlook-fault-XXXXXX");
	if (!mkdtemp(directory) || curl_global_init(CURL_GLOBAL_ALL) != CURLE_OK)
		return EXIT_FAILURE;
	if (start())
		status = run_all(name, tests, count);
	if (!stop())
		status = EXIT_FAILURE;
	curl_global_cleanup();
	nftw(directory, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	return status;
}
