/* The framing guard: what a request must look like before anything reads it.
 *
 * libmicrohttpd's parser forgives much that lets one request be read as two, or a path as another (its README entry
 * says which). These functions are pure: they see pointers into the request as it was received and answer with
 * a fault, or NULL when there is none. Rules: RFC 9112 sections 2.2, 3, 5, 6; RFC 9110 section 5. */
#ifndef HTTP_GUARD_H
#define HTTP_GUARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Why a request is refused; the codes are those of the contract's table of problems. All of them are static. */
struct http_fault {
	unsigned status;
	const char *code;
};

extern const struct http_fault http_fault_line;
extern const struct http_fault http_fault_path;
extern const struct http_fault http_fault_headers;
extern const struct http_fault http_fault_framing;
extern const struct http_fault http_fault_target_length;
extern const struct http_fault http_fault_headers_size;
extern const struct http_fault http_fault_body_size;
extern const struct http_fault http_fault_slow;
extern const struct http_fault http_fault_expired;
extern const struct http_fault http_fault_revoked;
extern const struct http_fault http_fault_revocations;
extern const struct http_fault http_fault_memory;

struct guard_field {
	const char *name;
	size_t name_length;
	const char *value;
	size_t value_length;
};

/* A request line and its header lines as they lie in the buffer they were received into, each delimiter
 * overwritten by NUL: method SP target SP version CRLF (name ":" OWS value CRLF)* CRLF. */
struct guard_block {
	const char *method;
	const char *target;
	size_t target_length;
	const char *version;
	const struct guard_field *fields;
	size_t field_count;
	size_t length; /* from the method's first byte to after the last line feed */
};

/* How the body is delimited. */
struct guard_framing {
	bool has_body;
	bool expects_continue;
	uint64_t length; /* UINT64_MAX when chunked */
};

/* The request target as sent, before anything is decoded. NULL is a fault too. */
const struct http_fault *guard_target(const char *target);
/* Whether the block has that form byte for byte: no bare line feed, folded line, NUL, or second space. */
const struct http_fault *guard_layout(const struct guard_block *block);
/* Names, values, repetitions, Host, and everything that says where the body ends. */
const struct http_fault *guard_fields(const struct guard_block *block, struct guard_framing *framing);

#endif
