/* OpenSSL's headers, under which our ERR_STATE (base/err.h) keeps its meaning: OpenSSL has a type of that name. */
#ifndef SECONDLOOK_OPENSSL_H
#define SECONDLOOK_OPENSSL_H

#define ERR_STATE openssl_err_state
#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#undef ERR_STATE

#endif
