/* libcurl, told who we are. */
#include "support/client.h"

#include <curl/curl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "base/bytes.h"
#include "base/time.h"

enum { BODY_MAXIMUM = 64 << 20, HEADERS_MAXIMUM = 1 << 20 };

struct client {
	CURL *curl;
	int port;
};

static void present(CURL *curl, const struct service *service, const char *name)
{
	char path[256];
	snprintf(path, sizeof path, "%s/pki/ca.pem", service->directory);
	curl_easy_setopt(curl, CURLOPT_CAINFO, path);
	snprintf(path, sizeof path, "%s/pki/clients/%s.pem", service->directory, name);
	curl_easy_setopt(curl, CURLOPT_SSLCERT, path);
	snprintf(path, sizeof path, "%s/pki/clients/%s.key", service->directory, name);
	curl_easy_setopt(curl, CURLOPT_SSLKEY, path);
}

struct client *client_new(const struct service *service, const char *name)
{
	struct client *client = calloc(1, sizeof *client);
	CURL *curl = curl_easy_init();
	if (!client || !curl)
		abort();
	client->curl = curl;
	client->port = service->port;
	present(curl, service, name);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
	curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
	client_limit(client, 30000);
	return client;
}

void client_free(struct client *client)
{
	if (!client)
		return;
	curl_easy_cleanup(client->curl);
	free(client);
}

void client_limit(struct client *client, long timeout_ms)
{
	curl_easy_setopt(client->curl, CURLOPT_TIMEOUT_MS, timeout_ms);
}

static size_t take_body(char *data, size_t size, size_t count, void *context)
{
	bytes_append(context, data, size * count);
	return size * count;
}

static size_t take_header(char *data, size_t size, size_t count, void *context)
{
	if (size * count > 5 && strncmp(data, "HTTP/", 5) == 0)
		bytes_clear(context); /* the final answer's only, not those of a 100 */
	bytes_append(context, data, size * count);
	return size * count;
}

static struct curl_slist *headers_of(const struct client_call *call)
{
	char line[256];
	struct curl_slist *list = curl_slist_append(NULL, "Expect:");
	if (call->staff) {
		snprintf(line, sizeof line, "On-Behalf-Of: %s", call->staff);
		list = curl_slist_append(list, line);
	}
	for (const char *const *header = call->headers; header && *header; header++)
		list = curl_slist_append(list, *header);
	return list;
}

static void describe(struct client *client, const struct client_call *call, const struct curl_slist *headers,
		     struct bytes *head, struct bytes *body)
{
	char url[8192];
	CURL *curl = client->curl;
	snprintf(url, sizeof url, "https://localhost:%d%s", client->port, call->path);
	curl_easy_setopt(curl, CURLOPT_URL, url);
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(curl, CURLOPT_HTTPGET, 1L); /* forgets the body of the call before */
	if (call->body) {
		curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)call->body_length);
		curl_easy_setopt(curl, CURLOPT_POSTFIELDS, call->body);
	}
	curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, call->method);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, body);
	curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
	curl_easy_setopt(curl, CURLOPT_HEADERDATA, head);
}

static char *detach(struct bytes *bytes, size_t *length)
{
	if (!bytes_string(bytes))
		abort();
	return bytes_detach(bytes, length);
}

bool client_call(struct client *client, const struct client_call *call, struct client_answer *answer)
{
	struct bytes head, body;
	size_t length;
	memset(answer, 0, sizeof *answer);
	bytes_init(&head, HEADERS_MAXIMUM);
	bytes_init(&body, BODY_MAXIMUM);
	struct curl_slist *headers = headers_of(call);
	describe(client, call, headers, &head, &body);
	CURLcode code = curl_easy_perform(client->curl);
	curl_slist_free_all(headers);
	if (code == CURLE_OK)
		curl_easy_getinfo(client->curl, CURLINFO_RESPONSE_CODE, &answer->status);
	else
		snprintf(answer->fault, sizeof answer->fault, "%s", curl_easy_strerror(code));
	answer->refused = code == CURLE_COULDNT_CONNECT || code == CURLE_SSL_CONNECT_ERROR;
	answer->headers = detach(&head, &length);
	answer->body = detach(&body, &answer->body_length);
	answer->json = json_loadb(answer->body, answer->body_length, 0, NULL);
	return code == CURLE_OK;
}

void client_answer_release(struct client_answer *answer)
{
	free(answer->headers);
	free(answer->body);
	json_decref(answer->json);
	memset(answer, 0, sizeof *answer);
}

const char *client_header(const struct client_answer *answer, const char *name, char *value, size_t size)
{
	size_t length = strlen(name);
	for (const char *line = answer->headers; line && *line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL) {
		if (strncasecmp(line, name, length) != 0 || line[length] != ':')
			continue;
		const char *start = line + length + 1 + strspn(line + length + 1, " ");
		snprintf(value, size, "%.*s", (int)strcspn(start, "\r\n"), start);
		return value;
	}
	return NULL;
}

/* --- raw ----------------------------------------------------------------------------------------------------------- */

/* The other side's buffer grows with the size of segments, so these are small as well. */
static int make_narrow(void *context, curl_socket_t descriptor, curlsocktype purpose)
{
	static const int buffer = 4096, segment = 536;
	(void)context, (void)purpose;
	bool is_set = setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof buffer) == 0 &&
		      setsockopt(descriptor, IPPROTO_TCP, TCP_MAXSEG, &segment, sizeof segment) == 0;
	return is_set ? CURL_SOCKOPT_OK : CURL_SOCKOPT_ERROR;
}

struct client *client_connect(const struct service *service, const char *name, bool is_narrow)
{
	char url[64];
	struct client *client = client_new(service, name);
	snprintf(url, sizeof url, "https://localhost:%d/", service->port);
	curl_easy_setopt(client->curl, CURLOPT_URL, url);
	curl_easy_setopt(client->curl, CURLOPT_CONNECT_ONLY, 1L);
	if (is_narrow)
		curl_easy_setopt(client->curl, CURLOPT_SOCKOPTFUNCTION, make_narrow);
	if (curl_easy_perform(client->curl) == CURLE_OK)
		return client;
	client_free(client);
	return NULL;
}

static bool await(struct client *client, short events, int timeout_ms)
{
	curl_socket_t descriptor = CURL_SOCKET_BAD;
	curl_easy_getinfo(client->curl, CURLINFO_ACTIVESOCKET, &descriptor);
	struct pollfd poll_of = {.fd = descriptor, .events = events};
	return poll(&poll_of, 1, timeout_ms) > 0;
}

bool client_write(struct client *client, const char *data, size_t length)
{
	while (length > 0) {
		size_t sent = 0;
		CURLcode code = curl_easy_send(client->curl, data, length, &sent);
		if (code == CURLE_AGAIN && !await(client, POLLOUT, 5000))
			return false;
		if (code != CURLE_OK && code != CURLE_AGAIN)
			return false;
		data += sent;
		length -= sent;
	}
	return true;
}

bool client_read(struct client *client, char *data, size_t size, int timeout_ms)
{
	size_t used = 0;
	bool closed = false;
	int64_t deadline_us = time_monotonic_us() + timeout_ms * 1000LL;
	while (!closed && used < size - 1) {
		size_t got = 0;
		CURLcode code = curl_easy_recv(client->curl, data + used, size - 1 - used, &got);
		int left_ms = (int)((deadline_us - time_monotonic_us()) / 1000);
		used += got;
		closed = (code == CURLE_OK && got == 0) || (code != CURLE_OK && code != CURLE_AGAIN);
		if (code == CURLE_AGAIN && (left_ms <= 0 || !await(client, POLLIN, left_ms)))
			break;
	}
	data[used] = '\0';
	return closed;
}
