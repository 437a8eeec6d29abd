/* OpenSSL's headers, under which our ERR_STATE (base/err.h) keeps its meaning: OpenSSL has a type of that name. */
#ifndef LEDGER_OPENSSL_H
#define LEDGER_OPENSSL_H

#define ERR_STATE openssl_err_state
#include <openssl/evp.h>
#undef ERR_STATE

#endif
