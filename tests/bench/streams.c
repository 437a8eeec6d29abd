/* Opens so many event streams with a client certificate and measures how long changes take to arrive.
 *
 *   streams --port N --ca F --certificate F --key F --staff WM-SP-1 --streams 2000 --seconds 10 [--people N] [--pid N]
 *
 * With --people the streams are of that many members of staff, WM-SP-1-0 and so on. Prints a line once all are open (with --pid
 * how much the process has grown for each), and one at the end: the time from a change's recordedAt, which is before
 * its commit, to its arrival, in microseconds, over all streams and events. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <getopt.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { LINE_SIZE = 2048, SAMPLES_MAXIMUM = 20000000, PART = 16384 };

struct options {
	int port, streams, people, pid;
	double seconds;
	const char *ca, *certificate, *key, *staff;
};

struct stream {
	SSL *tls;
	int descriptor;
	char line[LINE_SIZE];
	size_t length;
	long long position; /* of the last event */
	bool is_open;       /* its first event has come */
};

struct bench {
	struct options options;
	SSL_CTX *tls;
	struct stream *streams;
	int epoll;
	size_t open_count, sample_count, disorder, closed;
	uint32_t *samples;
};

static void fail(const char *what)
{
	fprintf(stderr, "streams: %s\n", what);
	exit(1);
}

static int64_t now_us(clockid_t clock)
{
	struct timespec now;
	clock_gettime(clock, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* "…,"recordedAt":"2026-01-31T23:59:59.123456Z"…" */
static int64_t recorded_us(const char *line)
{
	struct tm at = {0};
	const char *text = strstr(line, "\"recordedAt\":\"");
	const char *rest = text ? strptime(text + 14, "%Y-%m-%dT%H:%M:%S", &at) : NULL;
	return rest && *rest == '.' ? (int64_t)timegm(&at) * 1000000 + strtol(rest + 1, NULL, 10) : 0;
}

static void take_line(struct bench *bench, struct stream *stream)
{
	const char *line = stream->line;
	if (strncmp(line, "id: ", 4) == 0) {
		long long position = strtoll(line + 4, NULL, 10);
		bench->disorder += position < stream->position;
		stream->position = position;
		bench->open_count += !stream->is_open;
		stream->is_open = true;
	} else if (strncmp(line, "data: ", 6) == 0 && strstr(line, "recordedAt")) {
		int64_t took_us = now_us(CLOCK_REALTIME) - recorded_us(line);
		if (bench->sample_count < SAMPLES_MAXIMUM)
			bench->samples[bench->sample_count++] = (uint32_t)(took_us < 0 ? 0 : took_us);
	} else if (strncmp(line, "HTTP/1.1 ", 9) == 0 && strncmp(line + 9, "200", 3) != 0) {
		fail(line);
	}
}

static void take(struct bench *bench, struct stream *stream, const char *part, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		if (part[i] != '\n') {
			if (stream->length < LINE_SIZE - 1)
				stream->line[stream->length++] = part[i];
			continue;
		}
		stream->line[stream->length] = '\0';
		stream->length = 0;
		take_line(bench, stream);
	}
}

static void receive(struct bench *bench, struct stream *stream)
{
	static char part[PART];
	int received;
	while ((received = SSL_read(stream->tls, part, sizeof part)) > 0)
		take(bench, stream, part, (size_t)received);
	int error = SSL_get_error(stream->tls, received);
	if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE)
		return;
	bench->closed++;
	epoll_ctl(bench->epoll, EPOLL_CTL_DEL, stream->descriptor, NULL);
}

static void ask(struct bench *bench, struct stream *stream, int number)
{
	char request[300], staff[64];
	if (bench->options.people)
		snprintf(staff, sizeof staff, "%s-%d", bench->options.staff, number % bench->options.people);
	else
		snprintf(staff, sizeof staff, "%s", bench->options.staff);
	int length = snprintf(request, sizeof request,
			      "GET /v1/events HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\nOn-Behalf-Of: %s\r\n\r\n", staff);
	if (SSL_write(stream->tls, request, length) != length)
		fail("can't ask");
}

static void open_stream(struct bench *bench, int number)
{
	struct stream *stream = &bench->streams[number];
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)bench->options.port),
				      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	stream->descriptor = socket(AF_INET, SOCK_STREAM, 0);
	if (connect(stream->descriptor, (struct sockaddr *)&address, sizeof address) != 0)
		fail("can't connect");
	stream->tls = SSL_new(bench->tls);
	SSL_set_fd(stream->tls, stream->descriptor);
	if (SSL_connect(stream->tls) != 1)
		fail("the handshake failed");
	ask(bench, stream, number);
	fcntl(stream->descriptor, F_SETFL, O_NONBLOCK);
	struct epoll_event event = {.events = EPOLLIN, .data.ptr = stream};
	epoll_ctl(bench->epoll, EPOLL_CTL_ADD, stream->descriptor, &event);
}

static void listen_until(struct bench *bench, int64_t end_us, bool is_opening)
{
	struct epoll_event events[512];
	while (now_us(CLOCK_MONOTONIC) < end_us) {
		if (is_opening && bench->open_count == (size_t)bench->options.streams)
			return;
		int count = epoll_wait(bench->epoll, events, 512, 20);
		for (int i = 0; i < count; i++)
			receive(bench, events[i].data.ptr);
	}
}

static long resident_kb(int pid)
{
	char path[64], line[256];
	long kb = 0;
	snprintf(path, sizeof path, "/proc/%d/status", pid);
	FILE *file = fopen(path, "r");
	while (file && fgets(line, sizeof line, file))
		if (strncmp(line, "RssAnon:", 8) == 0)
			kb = strtol(line + 8, NULL, 10);
	if (file)
		fclose(file);
	return kb;
}

static int compare(const void *a, const void *b)
{
	uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;
	return (left > right) - (left < right);
}

static void report(struct bench *bench)
{
	size_t count = bench->sample_count;
	qsort(bench->samples, count, sizeof *bench->samples, compare);
	printf("arrivals %zu p50_us %u p99_us %u worst_us %u out_of_order %zu closed %zu\n", count,
	       count ? bench->samples[count / 2] : 0, count ? bench->samples[count * 99 / 100] : 0,
	       count ? bench->samples[count - 1] : 0, bench->disorder, bench->closed);
}

static void parse(int argc, char **argv, struct options *options)
{
	static const struct option names[] = {{"port", 1, 0, 'p'},    {"ca", 1, 0, 'a'},      {"certificate", 1, 0, 'c'},
					      {"key", 1, 0, 'k'},     {"staff", 1, 0, 's'},   {"streams", 1, 0, 'n'},
					      {"seconds", 1, 0, 't'}, {"people", 1, 0, 'o'}, {"pid", 1, 0, 'i'},
					      {0, 0, 0, 0}};
	int name;
	*options = (struct options){.streams = 100, .seconds = 10, .staff = "WM-SP-1"};
	while ((name = getopt_long(argc, argv, "", names, NULL)) != -1) {
		switch (name) {
		case 'p': options->port = atoi(optarg); break;
		case 'a': options->ca = optarg; break;
		case 'c': options->certificate = optarg; break;
		case 'k': options->key = optarg; break;
		case 's': options->staff = optarg; break;
		case 'n': options->streams = atoi(optarg); break;
		case 't': options->seconds = atof(optarg); break;
		case 'o': options->people = atoi(optarg); break;
		case 'i': options->pid = atoi(optarg); break;
		default: fail("unknown option");
		}
	}
	if (!options->port || !options->ca || !options->certificate || !options->key)
		fail("--port, --ca, --certificate and --key are needed");
}

int main(int argc, char **argv)
{
	struct bench bench = {0};
	struct rlimit limit;
	parse(argc, argv, &bench.options);
	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
	bench.tls = SSL_CTX_new(TLS_client_method());
	bench.samples = malloc(SAMPLES_MAXIMUM * sizeof *bench.samples);
	bench.streams = calloc((size_t)bench.options.streams, sizeof *bench.streams);
	bench.epoll = epoll_create1(0);
	if (!bench.samples || !bench.streams)
		fail("no memory");
	if (SSL_CTX_load_verify_locations(bench.tls, bench.options.ca, NULL) != 1 ||
	    SSL_CTX_use_certificate_file(bench.tls, bench.options.certificate, SSL_FILETYPE_PEM) != 1 ||
	    SSL_CTX_use_PrivateKey_file(bench.tls, bench.options.key, SSL_FILETYPE_PEM) != 1)
		fail("the certificates can't be read");
	long before_kb = resident_kb(bench.options.pid);
	int64_t began_us = now_us(CLOCK_MONOTONIC);
	for (int i = 0; i < bench.options.streams; i++)
		open_stream(&bench, i);
	listen_until(&bench, began_us + 120000000, true);
	printf("open %zu in_seconds %.1f bytes_each %ld\n", bench.open_count, (double)(now_us(CLOCK_MONOTONIC) - began_us) / 1e6,
	       (resident_kb(bench.options.pid) - before_kb) * 1024 / bench.options.streams);
	fflush(stdout);
	listen_until(&bench, now_us(CLOCK_MONOTONIC) + (int64_t)(bench.options.seconds * 1e6), false);
	report(&bench);
	return bench.disorder || bench.closed || bench.open_count != (size_t)bench.options.streams;
}
