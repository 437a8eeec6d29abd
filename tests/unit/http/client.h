/* A client that sends the bytes it is told to, plain or over TLS, and reads answers. */
#ifndef HTTP_CLIENT_H
#define HTTP_CLIENT_H

#include <arpa/inet.h>
#include <check.h>
#include <errno.h>
#include <gnutls/gnutls.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct client {
	int socket;
	gnutls_session_t session; /* NULL: plain */
	gnutls_certificate_credentials_t credentials;
	char received[65536]; /* not yet taken as an answer */
	size_t length;
	int alert; /* that the server ended with; -1 for none */
};

struct answer {
	int status; /* 0: the connection ended before one had come */
	char head[8192];
	char body[32768];
};

static inline void client_connect(struct client *client, int port)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct timeval patience = {20, 0};
	memset(client, 0, sizeof *client);
	client->alert = -1;
	client->socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ck_assert_int_ge(client->socket, 0);
	setsockopt(client->socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	ck_assert_int_eq(connect(client->socket, (struct sockaddr *)&address, sizeof address), 0);
}

/* `name` says which <name>.pem and <name>.key of the directory to show; NULL for none. The handshake's failure
 * shows at the first answer, since in TLS 1.3 the client is done first. */
static inline void client_secure(struct client *client, const char *directory, const char *name, const char *priorities)
{
	char certificate[512], key[512];
	gnutls_certificate_allocate_credentials(&client->credentials);
	if (name) {
		snprintf(certificate, sizeof certificate, "%s/%s.pem", directory, name);
		snprintf(key, sizeof key, "%s/%s.key", directory, name);
		ck_assert_int_eq(gnutls_certificate_set_x509_key_file(client->credentials, certificate, key,
								      GNUTLS_X509_FMT_PEM),
				 0);
	}
	/* FORCE: shows the certificate even when the server names another authority. */
	gnutls_init(&client->session, GNUTLS_CLIENT | GNUTLS_NO_SIGNAL | GNUTLS_FORCE_CLIENT_CERT);
	gnutls_priority_set_direct(client->session, priorities ? priorities : "NORMAL", NULL);
	gnutls_credentials_set(client->session, GNUTLS_CRD_CERTIFICATE, client->credentials);
	gnutls_transport_set_int(client->session, client->socket);
	int result;
	do
		result = gnutls_handshake(client->session);
	while (result < 0 && !gnutls_error_is_fatal(result));
	if (result == GNUTLS_E_FATAL_ALERT_RECEIVED)
		client->alert = (int)gnutls_alert_get(client->session);
}

static inline void client_close(struct client *client)
{
	if (client->session)
		gnutls_deinit(client->session);
	if (client->credentials)
		gnutls_certificate_free_credentials(client->credentials);
	close(client->socket);
}

static inline bool client_send_bytes(struct client *client, const char *bytes, size_t length)
{
	while (length > 0) {
		ssize_t sent = client->session ? gnutls_record_send(client->session, bytes, length)
					       : send(client->socket, bytes, length, MSG_NOSIGNAL);
		if (sent <= 0)
			return false;
		bytes += sent;
		length -= (size_t)sent;
	}
	return true;
}

static inline bool client_send(struct client *client, const char *text)
{
	return client_send_bytes(client, text, strlen(text));
}

/* Whether more came; false at the end of the connection. */
static inline bool client_receive(struct client *client)
{
	size_t room = sizeof client->received - 1 - client->length;
	char *to = client->received + client->length;
	ssize_t size;
	do
		size = client->session ? gnutls_record_recv(client->session, to, room)
				       : recv(client->socket, to, room, 0);
	while (client->session && size == GNUTLS_E_INTERRUPTED);
	ck_assert_msg(size != (client->session ? GNUTLS_E_AGAIN : -1) || errno != EAGAIN, "neither answer nor end");
	if (client->session && size == GNUTLS_E_FATAL_ALERT_RECEIVED)
		client->alert = (int)gnutls_alert_get(client->session);
	if (size <= 0)
		return false;
	client->length += (size_t)size;
	client->received[client->length] = '\0';
	return true;
}

static inline size_t client_body_length(const char *head)
{
	const char *field = strcasestr(head, "\r\ncontent-length:");
	return field ? strtoul(field + 17, NULL, 10) : 0;
}

static inline void client_take(struct client *client, size_t head_length, size_t body_length, struct answer *answer)
{
	ck_assert_uint_lt(head_length, sizeof answer->head);
	ck_assert_uint_lt(body_length, sizeof answer->body);
	memcpy(answer->head, client->received, head_length);
	answer->head[head_length] = '\0';
	memcpy(answer->body, client->received + head_length, body_length);
	answer->body[body_length] = '\0';
	client->length -= head_length + body_length;
	memmove(client->received, client->received + head_length + body_length, client->length + 1);
	answer->status = atoi(answer->head + strlen("HTTP/1.1 "));
}

/* The next answer; `to_head` says that it has no body whatever its Content-Length. */
static inline void client_answer_to(struct client *client, bool to_head, struct answer *answer)
{
	answer->status = 0;
	answer->head[0] = answer->body[0] = '\0';
	for (;;) {
		client->received[client->length] = '\0';
		const char *end = strstr(client->received, "\r\n\r\n");
		size_t head = end ? (size_t)(end - client->received) + 4 : 0;
		size_t body = end && !to_head ? client_body_length(client->received) : 0;
		if (end && client->length >= head + body) {
			client_take(client, head, body, answer);
			return;
		}
		if (!client_receive(client))
			return;
	}
}

static inline void client_answer(struct client *client, struct answer *answer)
{
	client_answer_to(client, false, answer);
}

/* Whether the server has ended the connection, without another byte. */
static inline bool client_is_ended(struct client *client)
{
	return !client->length && !client_receive(client);
}

#endif
