/* Reads who a certificate speaks for. */
#ifndef HTTP_IDENTITY_H
#define HTTP_IDENTITY_H

#include <openssl/x509.h>

#include "base/err.h"
#include "http/http.h"

/* From the DER form of a leaf certificate. ERR_INPUT when it is none. */
MUST_CHECK enum err identity_read(const unsigned char *der, size_t length, struct http_identity *identity);
/* An ASN.1 time in microseconds since 1970. */
MUST_CHECK enum err identity_instant(const ASN1_TIME *time, int64_t *instant_us);

#endif
