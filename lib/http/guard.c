/* Decides whether a request's line and headers are framed so that everyone reads them alike. */
#include "http/guard.h"

#include <string.h>
#include <strings.h>

enum { PATH_LONGEST = 1024, TARGET_LONGEST = 4096, METHOD_LONGEST = 16, VERSION_LENGTH = 8, LENGTH_DIGITS_MOST = 18 };

const struct http_fault http_fault_line = {400, "malformed_request"};
const struct http_fault http_fault_path = {400, "malformed_path"};
const struct http_fault http_fault_headers = {400, "malformed_headers"};
const struct http_fault http_fault_framing = {400, "malformed_framing"};
const struct http_fault http_fault_target_length = {414, "uri_too_long"};
const struct http_fault http_fault_headers_size = {431, "headers_too_large"};
const struct http_fault http_fault_body_size = {413, "body_too_large"};
const struct http_fault http_fault_slow = {408, "request_timeout"};
const struct http_fault http_fault_expired = {401, "certificate_expired"};
const struct http_fault http_fault_revoked = {401, "certificate_revoked"};
const struct http_fault http_fault_revocations = {503, "revocations_stale"};
const struct http_fault http_fault_memory = {503, "overloaded"};

static int hex_digit(char character)
{
	if (character >= '0' && character <= '9')
		return character - '0';
	character |= 0x20;
	return character >= 'a' && character <= 'f' ? character - 'a' + 10 : -1;
}

/* The byte that a percent triplet stands for; -1 when it is none. */
static int triplet(const char *text)
{
	int high = text[0] == '%' ? hex_digit(text[1]) : -1;
	int low = high < 0 ? -1 : hex_digit(text[2]);
	return low < 0 ? -1 : high * 16 + low;
}

/* What no part of a target may hold: control and non-ASCII bytes, spaces, backslash, fragment, broken triplets, %00. */
static bool is_clean(const char *target)
{
	for (const char *at = target; *at; at++) {
		unsigned char byte = (unsigned char)*at;
		if (byte <= ' ' || byte >= 0x7f || strchr("\\#\"<>", byte))
			return false;
		if (byte == '%' && triplet(at) <= 0)
			return false;
	}
	return true;
}

/* A path is decoded once by whoever matches it; what would then be a delimiter or a control byte is refused. */
static bool is_hidden_delimiter(int byte)
{
	return byte < ' ' || byte == '/' || byte == '\\' || byte == 0x7f;
}

/* Whether the segment says "." or ".." once decoded. */
static bool is_dots(const char *segment, const char *end)
{
	int dots = 0;
	while (segment < end) {
		int byte = *segment == '%' ? triplet(segment) : *segment;
		if (byte != '.')
			return false;
		segment += *segment == '%' ? 3 : 1;
		dots++;
	}
	return dots == 1 || dots == 2;
}

static bool is_plain_path(const char *path, const char *end)
{
	const char *segment = path + 1;
	for (const char *at = path + 1; at <= end; at++) {
		if (at < end && *at == '%' && is_hidden_delimiter(triplet(at)))
			return false;
		if (at < end && *at != '/')
			continue;
		if (is_dots(segment, at))
			return false;
		segment = at + 1;
	}
	return true;
}

const struct http_fault *guard_target(const char *target)
{
	if (!target || target[0] != '/')
		return &http_fault_path;
	const char *end = target + strcspn(target, "?");
	if (end - target > PATH_LONGEST || strlen(target) > TARGET_LONGEST)
		return &http_fault_target_length;
	return is_clean(target) && is_plain_path(target, end) ? NULL : &http_fault_path;
}

static bool is_blank(const char *from, const char *to)
{
	for (; from < to; from++)
		if (*from != ' ' && *from != '\t')
			return false;
	return true;
}

/* A line feed with its carriage return takes two bytes, a bare one takes one; folded lines are moved elsewhere;
 * a NUL cuts what the parser took for a name or value. Each shows as a line that doesn't begin where it should. */
const struct http_fault *guard_layout(const struct guard_block *block)
{
	const char *at = block->method + strlen(block->method) + 1;
	if (block->target != at || block->version != at + block->target_length + 1)
		return &http_fault_line;
	at = block->version + VERSION_LENGTH + 2;
	for (size_t i = 0; i < block->field_count; i++) {
		const struct guard_field *field = &block->fields[i];
		const char *after_colon = at + field->name_length + 1;
		if (field->name != at || field->value < after_colon || !is_blank(after_colon, field->value))
			return &http_fault_headers;
		at = field->value + field->value_length + 2;
	}
	return at + 2 == block->method + block->length ? NULL : &http_fault_headers;
}

/* RFC 9110 section 5.6.2. */
static bool is_token(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		unsigned char byte = (unsigned char)text[i];
		if (byte <= ' ' || byte >= 0x7f || strchr("\"(),/:;<=>?@[\\]{}", byte))
			return false;
	}
	return length > 0;
}

static bool is_value(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		unsigned char byte = (unsigned char)text[i];
		if ((byte < ' ' && byte != '\t') || byte == 0x7f)
			return false;
	}
	return true;
}

static bool is_named(const struct guard_field *field, const char *name)
{
	return strlen(name) == field->name_length && !strncasecmp(field->name, name, field->name_length);
}

/* Headers that intermediaries may repeat and that nothing here reads. Any other comes once. */
static bool may_repeat(const struct guard_field *field)
{
	static const char *const names[] = {"accept-encoding", "accept-language", "cache-control", "connection",
					    "cookie",          "forwarded",       "pragma",        "tracestate",
					    "via",             "x-forwarded-for"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (is_named(field, names[i]))
			return true;
	return false;
}

static bool is_repeated(const struct guard_block *block, size_t index)
{
	const struct guard_field *field = &block->fields[index];
	for (size_t i = 0; i < index; i++)
		if (block->fields[i].name_length == field->name_length &&
		    !strncasecmp(block->fields[i].name, field->name, field->name_length))
			return !may_repeat(field);
	return false;
}

static bool are_fields_sound(const struct guard_block *block)
{
	for (size_t i = 0; i < block->field_count; i++) {
		const struct guard_field *field = &block->fields[i];
		if (!is_token(field->name, field->name_length) || !is_value(field->value, field->value_length))
			return false;
		if (is_repeated(block, i))
			return false;
	}
	return true;
}

static const struct guard_field *find(const struct guard_block *block, const char *name)
{
	for (size_t i = 0; i < block->field_count; i++)
		if (is_named(&block->fields[i], name))
			return &block->fields[i];
	return NULL;
}

static bool is_exactly(const struct guard_field *field, const char *value)
{
	return field->value_length == strlen(value) && !strncasecmp(field->value, value, field->value_length);
}

/* Digits alone, without sign, space or list. */
static bool read_length(const struct guard_field *field, uint64_t *length)
{
	uint64_t read = 0;
	for (size_t i = 0; i < field->value_length; i++) {
		if (field->value[i] < '0' || field->value[i] > '9' || i == LENGTH_DIGITS_MOST)
			return false;
		read = read * 10 + (uint64_t)(field->value[i] - '0');
	}
	*length = read;
	return field->value_length > 0;
}

static bool read_framing(const struct guard_block *block, struct guard_framing *framing)
{
	const struct guard_field *coding = find(block, "transfer-encoding");
	const struct guard_field *length = find(block, "content-length");
	const struct guard_field *expect = find(block, "expect");
	*framing = (struct guard_framing){.expects_continue = expect && is_exactly(expect, "100-continue")};
	if (coding) {
		framing->has_body = true;
		framing->length = UINT64_MAX;
		return !length && is_exactly(coding, "chunked");
	}
	if (length && !read_length(length, &framing->length))
		return false;
	framing->has_body = framing->length > 0;
	return true;
}

static bool is_line_sound(const struct guard_block *block, bool is_1_1)
{
	size_t length = strlen(block->method);
	return (is_1_1 || !strcmp(block->version, "HTTP/1.0")) && is_token(block->method, length) &&
	       length <= METHOD_LONGEST;
}

const struct http_fault *guard_fields(const struct guard_block *block, struct guard_framing *framing)
{
	bool is_1_1 = !strcmp(block->version, "HTTP/1.1");
	bool is_read = !strcmp(block->method, "GET") || !strcmp(block->method, "HEAD");
	struct guard_framing read;
	if (!is_line_sound(block, is_1_1))
		return &http_fault_line;
	if (!are_fields_sound(block) || (is_1_1 && !find(block, "host")))
		return &http_fault_headers;
	if (!read_framing(block, &read))
		return &http_fault_framing;
	if (read.has_body && (is_read || (!is_1_1 && read.length == UINT64_MAX)))
		return &http_fault_framing;
	*framing = read;
	return NULL;
}
