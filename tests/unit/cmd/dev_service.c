/* The child that serves: whether its port is free, that it is awaited and stopped. Its serve_main is this file's own. */
#include "dev_service.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "files.h"
#include "subcommands.h"
#include "support/directory.h"
#include "support/unit.h"

/* What the child does: */
enum manner { ANSWERS, ENDS, IGNORES_SIGTERM };
static enum manner manner;

static int listen_anywhere(int *port)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t length = sizeof address;
	int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (bind(descriptor, (struct sockaddr *)&address, length) || listen(descriptor, 8) ||
	    getsockname(descriptor, (struct sockaddr *)&address, &length))
		abort();
	*port = ntohs(address.sin_port);
	return descriptor;
}

static void write_port(const struct settings *settings, const char *name, int port)
{
	char path[256], text[16];
	snprintf(path, sizeof path, "%s/run/%s", settings->dir, name);
	snprintf(text, sizeof text, "%d\n", port);
	if (files_write(path, 0644, text, strlen(text)))
		abort();
}

/* Not ready at first, then ready. */
static void answer(int listener)
{
	static const char *const answers[] = {"HTTP/1.1 503 Service Unavailable\r\n\r\n{}", "HTTP/1.1 200 OK\r\n\r\n{}"};
	for (size_t asked = 0;; asked++) {
		char question[512];
		const char *text = answers[asked ? 1 : 0];
		int connection = accept(listener, NULL, NULL);
		if (read(connection, question, sizeof question) <= 0 || write(connection, text, strlen(text)) < 0)
			abort();
		close(connection);
	}
}

int serve_main(const struct settings *settings)
{
	int port;
	if (manner == ENDS)
		return 3;
	if (manner == IGNORES_SIGTERM)
		signal(SIGTERM, SIG_IGN);
	int listener = listen_anywhere(&port);
	write_port(settings, "port", 1);
	write_port(settings, "stream.port", 2);
	write_port(settings, "plain.port", port);
	answer(listener);
	return 0;
}

static struct directory directory;
static struct settings settings;
static struct dev_service service;
static struct bytes fault;
static sigset_t held;

static void begin(enum manner what)
{
	manner = what;
	directory = directory_new();
	mkdir(directory_path(&directory, "run"), 0700);
	settings = (struct settings){.dir = directory.path};
	service = (struct dev_service){.log = open("/dev/null", O_WRONLY | O_CLOEXEC)};
	bytes_init(&fault, 1 << 14);
	sigemptyset(&held);
	sigaddset(&held, SIGCHLD);
	sigaddset(&held, SIGTERM);
	sigprocmask(SIG_BLOCK, &held, NULL);
}

static void end(void)
{
	close(service.log);
	bytes_release(&fault);
	directory_remove(&directory);
}

START_TEST(waits_until_it_is_ready)
{
	begin(ANSWERS);
	write_port(&settings, "plain.port", 9); /* of an earlier run: nobody answers there */
	ck_assert_int_eq(dev_service_start(&settings, &fault, &service), ERR_NONE);
	ck_assert_int_eq(dev_service_await(&settings, &held, 20000000, &fault, &service), ERR_NONE);
	ck_assert_int_eq(service.port, 1);
	ck_assert_int_eq(service.stream_port, 2);
	ck_assert_int_gt(service.plain_port, 9);
	dev_service_stop(&service, &held, 20000000);
	ck_assert_int_eq(service.process, 0);
	end();
}
END_TEST

START_TEST(says_when_it_ends_at_its_start)
{
	begin(ENDS);
	ck_assert_int_eq(dev_service_start(&settings, &fault, &service), ERR_NONE);
	ck_assert_int_eq(dev_service_await(&settings, &held, 20000000, &fault, &service), ERR_NOT_NOW);
	ck_assert_ptr_nonnull(strstr(bytes_string(&fault), "the service ended at its start"));
	ck_assert_int_eq(service.process, 0);
	end();
}
END_TEST

START_TEST(kills_what_does_not_stop)
{
	begin(IGNORES_SIGTERM);
	ck_assert_int_eq(dev_service_start(&settings, &fault, &service), ERR_NONE);
	ck_assert_int_eq(dev_service_await(&settings, &held, 20000000, &fault, &service), ERR_NONE);
	pid_t process = service.process;
	dev_service_stop(&service, &held, 100000);
	ck_assert_int_eq(service.process, 0);
	ck_assert_int_ne(kill(process, 0), 0);
	end();
}
END_TEST

START_TEST(stops_waiting_on_a_signal)
{
	begin(ANSWERS);
	ck_assert_int_eq(dev_service_start(&settings, &fault, &service), ERR_NONE);
	kill(getpid(), SIGTERM); /* held until it is asked for */
	ck_assert_int_eq(dev_service_await(&settings, &held, 20000000, &fault, &service), ERR_NOT_NOW);
	ck_assert_ptr_nonnull(strstr(bytes_string(&fault), "stopped before the service was ready"));
	dev_service_stop(&service, &held, 20000000);
	end();
}
END_TEST

START_TEST(looks_whether_a_port_is_free)
{
	int port;
	begin(ANSWERS);
	int listener = listen_anywhere(&port);
	ck_assert_int_eq(dev_service_check_port("127.0.0.1", port, &fault), ERR_NOT_NOW);
	ck_assert_ptr_nonnull(strstr(bytes_string(&fault), "is in use; give another --port"));
	close(listener);
	ck_assert_int_eq(dev_service_check_port("127.0.0.1", port, &fault), ERR_NONE);
	ck_assert_int_eq(dev_service_check_port("127.0.0.1", 0, &fault), ERR_NONE);
	ck_assert_int_eq(dev_service_check_port("300.0.0.1", 0, &fault), ERR_INPUT);
	end();
}
END_TEST

UNIT("dev_service", waits_until_it_is_ready, says_when_it_ends_at_its_start, kills_what_does_not_stop,
     stops_waiting_on_a_signal, looks_whether_a_port_is_free)
