/* Takes POSTs over mutual TLS, one connection at a time. */
#include "receiver.h"

#include <arpa/inet.h>
#include <check.h>
#include <ftw.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/bytes.h"

enum { HEAD_MAXIMUM = 8192, BODY_MAXIMUM = 8192 };

/* Reads to the empty line, byte by byte: fast enough. */
static bool read_head(SSL *tls, char head[HEAD_MAXIMUM])
{
	for (size_t used = 0; used < HEAD_MAXIMUM - 1; used++) {
		if (SSL_read(tls, head + used, 1) != 1)
			return false;
		head[used + 1] = '\0';
		if (used > 2 && strcmp(head + used - 3, "\r\n\r\n") == 0)
			return true;
	}
	return false;
}

static bool read_body(SSL *tls, const char *head, char body[BODY_MAXIMUM])
{
	const char *line = strcasestr(head, "\r\nContent-Length:");
	size_t length = line ? strtoul(line + 17, NULL, 10) : 0, used = 0;
	if (length >= BODY_MAXIMUM)
		return false;
	while (used < length) {
		int got = SSL_read(tls, body + used, (int)(length - used));
		if (got <= 0)
			return false;
		used += (size_t)got;
	}
	body[used] = '\0';
	return true;
}

/* /a/b/1.txt as a,b,1.txt. */
static void keep(const struct receiver *receiver, const char *head, const char *body)
{
	char name[256], path[400];
	if (sscanf(head, "POST /%255s HTTP/1.1", name) != 1)
		return;
	for (char *slash = name; (slash = strchr(slash, '/'));)
		*slash = ',';
	snprintf(path, sizeof path, "%s/%s", receiver->directory, name);
	FILE *file = fopen(path, "w");
	if (file && (fputs(body, file) < 0 || fclose(file)))
		unlink(path);
}

static bool answer(struct receiver *receiver, SSL *tls)
{
	char head[HEAD_MAXIMUM], body[BODY_MAXIMUM], text[100];
	if (!read_head(tls, head) || !read_body(tls, head, body))
		return false;
	bool is_refused = atomic_load(&receiver->refusals) > 0;
	if (is_refused)
		atomic_fetch_sub(&receiver->refusals, 1);
	else
		keep(receiver, head, body);
	atomic_fetch_add(&receiver->requests, 1);
	int length = snprintf(text, sizeof text, "HTTP/1.1 %d x\r\nContent-Length: 0\r\n\r\n", is_refused ? atomic_load(&receiver->status) : 201);
	return SSL_write(tls, text, length) == length;
}

static void serve(struct receiver *receiver, SSL_CTX *context, int descriptor)
{
	SSL *tls = SSL_new(context);
	if (tls && SSL_set_fd(tls, descriptor) == 1 && SSL_accept(tls) == 1)
		while (answer(receiver, tls))
			;
	SSL_free(tls);
	close(descriptor);
}

static SSL_CTX *make_context(const char *pki)
{
	char certificate[256], key[256], authority[256];
	SSL_CTX *context = SSL_CTX_new(TLS_server_method());
	snprintf(certificate, sizeof certificate, "%s/server.pem", pki);
	snprintf(key, sizeof key, "%s/server.key", pki);
	snprintf(authority, sizeof authority, "%s/ca.pem", pki);
	if (!context || SSL_CTX_use_certificate_chain_file(context, certificate) != 1 ||
	    SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) != 1 || SSL_CTX_load_verify_locations(context, authority, NULL) != 1)
		abort();
	SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
	return context;
}

static void *run(void *argument)
{
	struct receiver *receiver = argument;
	SSL_CTX *context = make_context(receiver->pki);
	while (!atomic_load(&receiver->is_over)) {
		int descriptor = accept(receiver->listener, NULL, NULL);
		if (descriptor >= 0)
			serve(receiver, context, descriptor);
	}
	SSL_CTX_free(context);
	return NULL;
}

void receiver_start(struct receiver *receiver, const char *pki)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t length = sizeof address;
	*receiver = (struct receiver){.directory = "/tmp/secondlook-witness-XXXXXX", .pki = pki};
	ck_assert_ptr_nonnull(mkdtemp(receiver->directory));
	signal(SIGPIPE, SIG_IGN);
	receiver->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ck_assert_int_eq(bind(receiver->listener, (struct sockaddr *)&address, sizeof address), 0);
	ck_assert_int_eq(listen(receiver->listener, 8), 0);
	ck_assert_int_eq(getsockname(receiver->listener, (struct sockaddr *)&address, &length), 0);
	atomic_store(&receiver->port, ntohs(address.sin_port));
	ck_assert_int_eq(pthread_create(&receiver->thread, NULL, run, receiver), 0);
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *place)
{
	(void)status, (void)kind, (void)place;
	return remove(path);
}

void receiver_stop(struct receiver *receiver)
{
	atomic_store(&receiver->is_over, true);
	(void)shutdown(receiver->listener, SHUT_RDWR);
	ck_assert_int_eq(pthread_join(receiver->thread, NULL), 0);
	close(receiver->listener);
	nftw(receiver->directory, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}
