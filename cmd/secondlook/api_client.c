/* Asks a running service over mutual TLS, many requests at a time. */
#include "api_client.h"

#include <curl/curl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { BODY_MAXIMUM = 16 << 20, TIMEOUT_S = 30, WAIT_MS = 1000 };

struct api_slot {
	CURL *easy;
	struct curl_slist *headers;
	struct bytes received;
	char *sent; /* the body, from jansson */
	char etag[16];
	char error[CURL_ERROR_SIZE];
	bool replayed;
	bool is_busy;
};

struct api_client {
	CURLM *multi;
	struct curl_slist *connect_to;
	char dir[PATH_MAX];
	int port;
	size_t slot_count;
	struct api_slot slots[];
};

static size_t keep_body(char *data, size_t size, size_t count, void *context)
{
	struct api_slot *slot = context;
	bytes_append(&slot->received, data, size * count);
	return slot->received.failed ? 0 : size * count;
}

/* The header's value when the line is that header's, and its length without the line's end. */
static const char *value_of(const char *line, size_t length, const char *name, size_t *value_length)
{
	size_t skip = strlen(name);
	if (length <= skip || strncasecmp(line, name, skip) != 0)
		return NULL;
	while (skip < length && line[skip] == ' ')
		skip++;
	while (length > skip && (line[length - 1] == '\n' || line[length - 1] == '\r' || line[length - 1] == ' '))
		length--;
	*value_length = length - skip;
	return line + skip;
}

static size_t keep_header(char *line, size_t size, size_t count, void *context)
{
	struct api_slot *slot = context;
	size_t length = 0;
	const char *value = value_of(line, size * count, "ETag:", &length);
	if (value && length < sizeof slot->etag)
		snprintf(slot->etag, sizeof slot->etag, "%.*s", (int)length, value);
	value = value_of(line, size * count, "Idempotency-Replayed:", &length);
	if (value && length == 4 && strncasecmp(value, "true", 4) == 0)
		slot->replayed = true;
	return size * count;
}

/* What is the same for every request of a slot. */
static bool furnish(struct api_client *client, struct api_slot *slot)
{
	char authority[PATH_MAX + 16];
	snprintf(authority, sizeof authority, "%s/pki/ca.pem", client->dir);
	slot->easy = curl_easy_init();
	bytes_init(&slot->received, BODY_MAXIMUM);
	return slot->easy && !curl_easy_setopt(slot->easy, CURLOPT_NOSIGNAL, 1L) &&
	       !curl_easy_setopt(slot->easy, CURLOPT_NOPROXY, "*") &&
	       !curl_easy_setopt(slot->easy, CURLOPT_TIMEOUT, (long)TIMEOUT_S) &&
	       !curl_easy_setopt(slot->easy, CURLOPT_CAINFO, authority) &&
	       !curl_easy_setopt(slot->easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_3) &&
	       !curl_easy_setopt(slot->easy, CURLOPT_CONNECT_TO, client->connect_to) &&
	       !curl_easy_setopt(slot->easy, CURLOPT_ERRORBUFFER, slot->error) &&
	       !curl_easy_setopt(slot->easy, CURLOPT_WRITEFUNCTION, keep_body) &&
	       !curl_easy_setopt(slot->easy, CURLOPT_WRITEDATA, slot) &&
	       !curl_easy_setopt(slot->easy, CURLOPT_HEADERFUNCTION, keep_header) &&
	       !curl_easy_setopt(slot->easy, CURLOPT_HEADERDATA, slot) &&
	       !curl_easy_setopt(slot->easy, CURLOPT_PRIVATE, slot);
}

enum err api_client_new(const struct api_place *place, size_t slots, struct api_client **made)
{
	char connect_to[300];
	if (curl_global_init(CURL_GLOBAL_DEFAULT))
		return ERR_MEMORY;
	struct api_client *client = calloc(1, sizeof *client + slots * sizeof *client->slots);
	if (!client)
		return ERR_MEMORY;
	snprintf(client->dir, sizeof client->dir, "%s", place->dir);
	snprintf(connect_to, sizeof connect_to, "localhost:%d:%s:%d", place->port, place->host, place->port);
	client->port = place->port;
	client->slot_count = slots;
	client->multi = curl_multi_init();
	client->connect_to = curl_slist_append(NULL, connect_to);
	bool furnished = client->multi && client->connect_to;
	for (size_t i = 0; furnished && i < slots; i++)
		furnished = furnish(client, &client->slots[i]);
	if (!furnished) {
		api_client_free(client);
		return ERR_MEMORY;
	}
	*made = client;
	return ERR_NONE;
}

static void forget_request(struct api_client *client, struct api_slot *slot)
{
	if (slot->is_busy)
		curl_multi_remove_handle(client->multi, slot->easy);
	curl_slist_free_all(slot->headers);
	free(slot->sent);
	slot->headers = NULL;
	slot->sent = NULL;
	slot->is_busy = false;
}

void api_client_free(struct api_client *client)
{
	if (!client)
		return;
	for (size_t i = 0; i < client->slot_count; i++) {
		forget_request(client, &client->slots[i]);
		curl_easy_cleanup(client->slots[i].easy);
		bytes_release(&client->slots[i].received);
	}
	curl_multi_cleanup(client->multi);
	curl_slist_free_all(client->connect_to);
	free(client);
}

/* False when there is no memory. A header without a value is left out. */
static bool add_header(struct api_slot *slot, const char *name, const char *value)
{
	char line[512];
	if (!value)
		return true;
	snprintf(line, sizeof line, "%s: %s", name, value);
	struct curl_slist *longer = curl_slist_append(slot->headers, line);
	slot->headers = longer ? longer : slot->headers;
	return longer;
}

static bool add_headers(struct api_slot *slot, const struct api_request *request)
{
	bool is_patch = strcmp(request->method, "PATCH") == 0;
	const char *type = is_patch ? "application/merge-patch+json" : "application/json";
	return add_header(slot, "On-Behalf-Of", request->staff) &&
	       add_header(slot, "Idempotency-Key", request->idempotency_key) &&
	       add_header(slot, "If-Match", request->if_match) &&
	       add_header(slot, "Content-Type", request->body ? type : NULL);
}

static bool name_certificate(struct api_client *client, struct api_slot *slot, const char *name)
{
	char certificate[PATH_MAX + 128], key[PATH_MAX + 128];
	snprintf(certificate, sizeof certificate, "%s/pki/clients/%s.pem", client->dir, name);
	snprintf(key, sizeof key, "%s/pki/clients/%s.key", client->dir, name);
	return !curl_easy_setopt(slot->easy, CURLOPT_SSLCERT, certificate) &&
	       !curl_easy_setopt(slot->easy, CURLOPT_SSLKEY, key);
}

static bool write_request(struct api_client *client, struct api_slot *slot, const struct api_request *request)
{
	char url[2048];
	int length = snprintf(url, sizeof url, "https://localhost:%d%s", client->port, request->path);
	if (length < 0 || (size_t)length >= sizeof url)
		return false;
	if (request->body && !(slot->sent = json_dumps(request->body, JSON_COMPACT | JSON_ENCODE_ANY)))
		return false;
	/* A request without a body is a GET to libcurl, whatever its method is called. */
	return add_headers(slot, request) && name_certificate(client, slot, request->client) &&
	       !curl_easy_setopt(slot->easy, CURLOPT_URL, url) &&
	       !curl_easy_setopt(slot->easy, CURLOPT_HTTPGET, 1L) &&
	       (!slot->sent || (!curl_easy_setopt(slot->easy, CURLOPT_POST, 1L) &&
				!curl_easy_setopt(slot->easy, CURLOPT_POSTFIELDSIZE, -1L) &&
				!curl_easy_setopt(slot->easy, CURLOPT_POSTFIELDS, slot->sent))) &&
	       !curl_easy_setopt(slot->easy, CURLOPT_CUSTOMREQUEST, request->method) &&
	       !curl_easy_setopt(slot->easy, CURLOPT_HTTPHEADER, slot->headers);
}

enum err api_client_send(struct api_client *client, size_t number, const struct api_request *request,
			 struct bytes *fault)
{
	struct api_slot *slot = &client->slots[number];
	if (slot->is_busy)
		return ERR_NOT_NOW;
	bytes_clear(&slot->received);
	slot->etag[0] = slot->error[0] = '\0';
	slot->replayed = false;
	if (!write_request(client, slot, request) || curl_multi_add_handle(client->multi, slot->easy)) {
		forget_request(client, slot);
		bytes_format(fault, "%s %s can't be sent\n", request->method, request->path);
		return ERR_MEMORY;
	}
	slot->is_busy = true;
	return ERR_NONE;
}

static enum err take_answer(struct api_client *client, struct api_slot *slot, CURLcode result, struct bytes *fault,
			    struct api_answer *answer)
{
	long status = 0;
	forget_request(client, slot);
	curl_easy_getinfo(slot->easy, CURLINFO_RESPONSE_CODE, &status);
	if (result) {
		bytes_format(fault, "the service at localhost:%d can't be asked: %s\n", client->port,
			     *slot->error ? slot->error : curl_easy_strerror(result));
		return ERR_SYSTEM;
	}
	*answer = (struct api_answer){.status = status, .replayed = slot->replayed};
	memcpy(answer->etag, slot->etag, sizeof answer->etag);
	answer->body = json_loadb(slot->received.data ? slot->received.data : "", slot->received.length, 0, NULL);
	return ERR_NONE;
}

static bool is_idle(const struct api_client *client)
{
	for (size_t i = 0; i < client->slot_count; i++)
		if (client->slots[i].is_busy)
			return false;
	return true;
}

enum err api_client_wait(struct api_client *client, struct bytes *fault, size_t *number, struct api_answer *answer)
{
	while (!is_idle(client)) {
		int running, left;
		CURLMcode trouble = curl_multi_perform(client->multi, &running);
		CURLMsg *message = curl_multi_info_read(client->multi, &left);
		if (message && message->msg == CURLMSG_DONE) {
			struct api_slot *slot = NULL;
			curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&slot);
			*number = (size_t)(slot - client->slots);
			return take_answer(client, slot, message->data.result, fault, answer);
		}
		if (!trouble)
			trouble = curl_multi_poll(client->multi, NULL, 0, WAIT_MS, NULL);
		if (trouble) {
			bytes_format(fault, "the service can't be asked: %s\n", curl_multi_strerror(trouble));
			for (size_t i = 0; i < client->slot_count; i++)
				forget_request(client, &client->slots[i]);
			return ERR_SYSTEM;
		}
	}
	return ERR_NOT_NOW;
}
