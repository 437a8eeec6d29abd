/* A closed loop of HTTPS requests with a client certificate: so many connections, one request at a time on each.
 *
 *   load --port N --ca F --certificate F --key F --staff WM-SP-1 --connections 64 --seconds 10
 *        --method GET --path '/v1/cases/{}' --ids FILE [--body FILE]
 *
 * Every {} in path and body becomes the next line of the ids file. A POST gets a fresh Idempotency-Key. Prints one line:
 * requests per second, the median, 99th percentile and worst latency in microseconds, and how many were not 2xx. */
#include <arpa/inet.h>
#include <errno.h>
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
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { REQUEST_SIZE = 64 << 10, ANSWER_SIZE = 512 << 10, SAMPLES_MAXIMUM = 20000000, READ_AHEAD = 64 << 10 };

struct options {
	int port, connections;
	double seconds;
	const char *ca, *certificate, *key, *staff, *method, *path, *ids, *body;
};

struct load {
	struct options options;
	SSL_CTX *tls;
	char **ids;
	size_t id_count, next_id;
	char *body;
	uint32_t *samples;
	size_t sample_count, failures;
	unsigned long long keys;
	int64_t begin_us, end_us;
	int epoll;
};

struct connection {
	struct load *load;
	SSL *tls;
	int descriptor;
	char request[REQUEST_SIZE];
	size_t request_length, sent;
	char answer[ANSWER_SIZE];
	size_t received;
	int64_t started_us;
	bool is_open;
};

static int64_t now_us(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void fail(const char *what)
{
	fprintf(stderr, "load: %s\n", what);
	exit(1);
}

static char *read_file(const char *path)
{
	FILE *file = fopen(path, "r");
	if (!file)
		fail(path);
	fseek(file, 0, SEEK_END);
	long size = ftell(file);
	rewind(file);
	char *text = malloc((size_t)size + 1);
	if (!text || fread(text, 1, (size_t)size, file) != (size_t)size)
		fail(path);
	text[size] = '\0';
	fclose(file);
	return text;
}

static void read_ids(struct load *load)
{
	char *text = read_file(load->options.ids);
	size_t capacity = 1024;
	load->ids = malloc(capacity * sizeof *load->ids);
	for (char *id = strtok(text, "\n"); id && load->ids; id = strtok(NULL, "\n")) {
		if (load->id_count == capacity)
			load->ids = realloc(load->ids, (capacity *= 2) * sizeof *load->ids);
		load->ids[load->id_count++] = id;
	}
	if (load->id_count == 0)
		fail("no ids");
}

/* `template` with every {} replaced. */
static size_t fill(char *out, size_t size, const char *template, const char *id)
{
	size_t length = 0;
	for (const char *rest = template; *rest && length + 64 < size;) {
		if (rest[0] == '{' && rest[1] == '}') {
			length += (size_t)snprintf(out + length, size - length, "%s", id);
			rest += 2;
		} else {
			out[length++] = *rest++;
		}
	}
	out[length] = '\0';
	return length;
}

static void write_request(struct connection *connection)
{
	static char path[4096], body[REQUEST_SIZE / 2];
	struct load *load = connection->load;
	const struct options *options = &load->options;
	const char *id = load->id_count ? load->ids[load->next_id++ % load->id_count] : "";
	fill(path, sizeof path, options->path, id);
	int length = snprintf(connection->request, REQUEST_SIZE, "%s %s HTTP/1.1\r\nHost: localhost\r\nOn-Behalf-Of: %s\r\n",
			      options->method, path, options->staff);
	if (load->body) {
		size_t body_length = fill(body, sizeof body, load->body, id);
		if (strcmp(options->method, "POST") == 0)
			length += snprintf(connection->request + length, REQUEST_SIZE - (size_t)length,
					   "Idempotency-Key: load-%d-%lld-%llu\r\n", getpid(), (long long)load->begin_us,
					   load->keys++);
		length += snprintf(connection->request + length, REQUEST_SIZE - (size_t)length,
				   "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s", body_length, body);
	} else {
		length += snprintf(connection->request + length, REQUEST_SIZE - (size_t)length, "\r\n");
	}
	connection->request_length = (size_t)length;
	connection->sent = 0;
	connection->received = 0;
	connection->started_us = now_us();
}

static void watch(struct connection *connection, uint32_t events)
{
	struct epoll_event event = {.events = events, .data.ptr = connection};
	epoll_ctl(connection->load->epoll, EPOLL_CTL_MOD, connection->descriptor, &event);
}

static void send_more(struct connection *connection)
{
	while (connection->sent < connection->request_length) {
		int sent = SSL_write(connection->tls, connection->request + connection->sent,
				     (int)(connection->request_length - connection->sent));
		if (sent <= 0) {
			watch(connection, EPOLLIN | EPOLLOUT);
			return;
		}
		connection->sent += (size_t)sent;
	}
}

/* The whole answer's length once its headers are there, else 0. */
static size_t answer_length(const struct connection *connection)
{
	const char *end = memmem(connection->answer, connection->received, "\r\n\r\n", 4);
	if (!end)
		return 0;
	const char *field = memmem(connection->answer, (size_t)(end - connection->answer), "Content-Length: ", 16);
	size_t body = field ? strtoul(field + 16, NULL, 10) : 0;
	return (size_t)(end - connection->answer) + 4 + body;
}

static void count(struct connection *connection)
{
	struct load *load = connection->load;
	if (load->sample_count < SAMPLES_MAXIMUM)
		load->samples[load->sample_count++] = (uint32_t)(now_us() - connection->started_us);
	if (connection->answer[9] != '2' && load->failures++ == 0)
		fprintf(stderr, "load: first failure: %.1200s\n", connection->answer);
}

static void receive(struct connection *connection)
{
	for (;;) {
		int received = SSL_read(connection->tls, connection->answer + connection->received,
					(int)(ANSWER_SIZE - 1 - connection->received));
		if (received <= 0) {
			int error = SSL_get_error(connection->tls, received);
			if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE)
				fail("the connection was closed");
			return;
		}
		connection->received += (size_t)received;
		connection->answer[connection->received] = '\0';
		size_t whole = answer_length(connection);
		if (whole && connection->received >= whole) {
			count(connection);
			if (now_us() >= connection->load->end_us)
				return;
			write_request(connection);
			send_more(connection);
		}
	}
}

static void open_connection(struct load *load, struct connection *connection)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)load->options.port),
				      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int one = 1;
	connection->load = load;
	connection->descriptor = socket(AF_INET, SOCK_STREAM, 0);
	if (connect(connection->descriptor, (struct sockaddr *)&address, sizeof address) != 0)
		fail("can't connect");
	setsockopt(connection->descriptor, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	connection->tls = SSL_new(load->tls);
	SSL_set_fd(connection->tls, connection->descriptor);
	if (SSL_connect(connection->tls) != 1)
		fail("the handshake failed");
	fcntl(connection->descriptor, F_SETFL, O_NONBLOCK);
	struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
	epoll_ctl(load->epoll, EPOLL_CTL_ADD, connection->descriptor, &event);
}

static void run(struct load *load)
{
	struct connection *connections = calloc((size_t)load->options.connections, sizeof *connections);
	struct epoll_event events[256];
	if (!connections)
		fail("no memory");
	for (int i = 0; i < load->options.connections; i++)
		open_connection(load, &connections[i]);
	load->begin_us = now_us();
	load->end_us = load->begin_us + (int64_t)(load->options.seconds * 1e6);
	for (int i = 0; i < load->options.connections; i++) {
		write_request(&connections[i]);
		send_more(&connections[i]);
	}
	while (now_us() < load->end_us) {
		int count_ready = epoll_wait(load->epoll, events, 256, 100);
		for (int i = 0; i < count_ready; i++) {
			struct connection *connection = events[i].data.ptr;
			if (events[i].events & EPOLLOUT) {
				watch(connection, EPOLLIN);
				send_more(connection);
			}
			receive(connection);
		}
	}
}

static int compare(const void *a, const void *b)
{
	uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;
	return (left > right) - (left < right);
}

static void report(struct load *load)
{
	size_t count_samples = load->sample_count;
	double seconds = (double)(now_us() - load->begin_us) / 1e6;
	if (count_samples == 0)
		fail("no answer at all");
	qsort(load->samples, count_samples, sizeof *load->samples, compare);
	printf("rps %.0f p50_us %u p99_us %u worst_us %u failures %zu requests %zu\n", (double)count_samples / seconds,
	       load->samples[count_samples / 2], load->samples[count_samples * 99 / 100], load->samples[count_samples - 1],
	       load->failures, count_samples);
}

static void parse(int argc, char **argv, struct options *options)
{
	static const struct option names[] = {
		{"port", 1, 0, 'p'},	 {"ca", 1, 0, 'a'},   {"certificate", 1, 0, 'c'}, {"key", 1, 0, 'k'},
		{"staff", 1, 0, 's'},	 {"path", 1, 0, 'u'}, {"connections", 1, 0, 'n'}, {"seconds", 1, 0, 't'},
		{"method", 1, 0, 'm'},	 {"ids", 1, 0, 'i'},  {"body", 1, 0, 'b'},	  {0, 0, 0, 0}};
	int name;
	*options = (struct options){.connections = 64, .seconds = 10, .method = "GET", .staff = ""};
	while ((name = getopt_long(argc, argv, "", names, NULL)) != -1) {
		switch (name) {
		case 'p': options->port = atoi(optarg); break;
		case 'a': options->ca = optarg; break;
		case 'c': options->certificate = optarg; break;
		case 'k': options->key = optarg; break;
		case 's': options->staff = optarg; break;
		case 'u': options->path = optarg; break;
		case 'n': options->connections = atoi(optarg); break;
		case 't': options->seconds = atof(optarg); break;
		case 'm': options->method = optarg; break;
		case 'i': options->ids = optarg; break;
		case 'b': options->body = optarg; break;
		default: fail("unknown option");
		}
	}
	if (!options->port || !options->ca || !options->certificate || !options->key || !options->path)
		fail("--port, --ca, --certificate, --key and --path are needed");
}

int main(int argc, char **argv)
{
	struct load load = {0};
	parse(argc, argv, &load.options);
	load.tls = SSL_CTX_new(TLS_client_method());
	SSL_CTX_set_read_ahead(load.tls, 1); /* an answer in a few reads, not in one for each record's head and piece */
	SSL_CTX_set_default_read_buffer_len(load.tls, READ_AHEAD);
	load.samples = malloc(SAMPLES_MAXIMUM * sizeof *load.samples);
	load.epoll = epoll_create1(0);
	if (SSL_CTX_load_verify_locations(load.tls, load.options.ca, NULL) != 1 ||
	    SSL_CTX_use_certificate_file(load.tls, load.options.certificate, SSL_FILETYPE_PEM) != 1 ||
	    SSL_CTX_use_PrivateKey_file(load.tls, load.options.key, SSL_FILETYPE_PEM) != 1)
		fail("the certificates can't be read");
	SSL_CTX_set_verify(load.tls, SSL_VERIFY_PEER, NULL);
	if (load.options.ids)
		read_ids(&load);
	if (load.options.body)
		load.body = read_file(load.options.body);
	run(&load);
	report(&load);
	return load.failures ? 2 : 0;
}
