/* Text as HTML. */
#ifndef RENDER_HTML_H
#define RENDER_HTML_H

#include <stddef.h>

#include "base/bytes.h"

/* UTF-8 text for between tags and for attributes in quotes: & < > " ' become references, a line feed <br>. */
void html_append(struct bytes *out, const char *text, size_t length);

#endif
