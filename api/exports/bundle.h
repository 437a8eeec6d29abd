/* A chronology bundle: a tar of what the ledger has of a case, its proofs, and the same to read.
 *
 * The statements of getExportContent.sql, in order: what the export is (one row), the chronology (a row for each member told of),
 * checkpoints and keys (name, content), the ledger's lines. README.md here says what each file holds. */
#ifndef API_EXPORTS_BUNDLE_H
#define API_EXPORTS_BUNDLE_H

#include "api/writer.h"

enum { BUNDLE_MAXIMUM = 64 << 20 }; /* bytes of the tar, and of each of its files */

/* How the text of manifest.note begins; manifest.json's SHA-256 follows in hexadecimal, and a line feed. */
#define BUNDLE_NOTE "secondlook-bundle-v1\n"

extern const struct writer bundle_writer;

#endif
