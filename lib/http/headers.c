/* Takes a request's headers out of libmicrohttpd, checked and trimmed. */
#include <string.h>
#include <strings.h>

#include "http/parts.h"

enum {
	FIELDS_MOST = 64,
	RECORD_BYTES = 80, /* what libmicrohttpd spends on a header or cookie beside its text */
};

struct collection {
	struct guard_field fields[FIELDS_MOST];
	size_t count;
};

static enum MHD_Result collect(void *context, enum MHD_ValueKind kind, const char *name, size_t name_length,
			       const char *value, size_t value_length)
{
	(void)kind;
	struct collection *collection = context;
	if (collection->count == FIELDS_MOST)
		return MHD_NO;
	collection->fields[collection->count++] =
		(struct guard_field){name, name_length, value ? value : "", value_length};
	return MHD_YES;
}

static size_t block_length(struct MHD_Connection *mhd)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
	return info ? info->header_size : 0;
}

/* The records count as well: they share the connection's memory with the reply's headers. */
static bool is_too_large(const struct http_exchange *exchange, size_t length)
{
	struct MHD_Connection *mhd = exchange->connection->mhd;
	int headers = MHD_get_connection_values(mhd, MHD_HEADER_KIND, NULL, NULL);
	int all = MHD_get_connection_values(mhd, MHD_HEADER_KIND | MHD_COOKIE_KIND, NULL, NULL);
	return headers > FIELDS_MOST ||
	       length + (size_t)all * RECORD_BYTES > exchange->connection->server->settings.headers_maximum;
}

static const char *trimmed(struct arena *arena, const struct guard_field *field)
{
	size_t length = field->value_length;
	while (length > 0 && (field->value[length - 1] == ' ' || field->value[length - 1] == '\t'))
		length--;
	return length == field->value_length ? field->value : arena_copy(arena, field->value, length);
}

static const struct http_fault *keep(struct http_exchange *exchange, const struct collection *collection)
{
	struct arena *arena = &exchange->request.arena;
	exchange->headers = arena_take(arena, collection->count * sizeof *exchange->headers);
	if (!exchange->headers)
		return &http_fault_memory;
	for (size_t i = 0; i < collection->count; i++) {
		const char *value = trimmed(arena, &collection->fields[i]);
		if (!value)
			return &http_fault_memory;
		exchange->headers[i] = (struct http_header_line){collection->fields[i].name, value};
	}
	exchange->header_count = collection->count;
	return NULL;
}

const struct http_fault *http_headers_read(struct http_exchange *exchange, const char *method, const char *version,
					   struct guard_framing *framing)
{
	struct MHD_Connection *mhd = exchange->connection->mhd;
	size_t length = block_length(mhd);
	if (is_too_large(exchange, length))
		return &http_fault_headers_size;
	struct collection collection;
	collection.count = 0;
	MHD_get_connection_values_n(mhd, MHD_HEADER_KIND, collect, &collection);
	struct guard_block block = {method,  exchange->target,  exchange->target_length,
				    version, collection.fields, collection.count,
				    length};
	const struct http_fault *fault = guard_layout(&block);
	if (!fault)
		fault = guard_fields(&block, framing);
	return fault ? fault : keep(exchange, &collection);
}

const char *http_header(const struct http_request *request, const char *name)
{
	const struct http_exchange *exchange = (const struct http_exchange *)request;
	for (size_t i = 0; i < exchange->header_count; i++)
		if (!strcasecmp(exchange->headers[i].name, name))
			return exchange->headers[i].value;
	return NULL;
}
