/* A password as PostgreSQL keeps it, so that the password itself never travels in a statement or reaches a log. */
#ifndef PASSWORD_H
#define PASSWORD_H

#include "base/bytes.h"
#include "base/err.h"

/* Appends the SCRAM-SHA-256 verifier (RFC 5802, RFC 7677; PostgreSQL's own form). ERR_INPUT: the password is empty or
 * has characters outside printable ASCII, which would need SASLprep. */
MUST_CHECK enum err password_verifier(const char *password, struct bytes *verifier);

/* The same with a salt that is given, so that a published example can be checked. */
enum { PASSWORD_SALT_LENGTH = 16 };
MUST_CHECK enum err password_verifier_salted(const char *password, const unsigned char salt[PASSWORD_SALT_LENGTH],
					     struct bytes *verifier);

#endif
