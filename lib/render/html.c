/* Writes text as HTML. */
#include "render/html.h"

static const char *reference(char character)
{
	switch (character) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	case '\n':
		return "<br>";
	default:
		return NULL;
	}
}

void html_append(struct bytes *out, const char *text, size_t length)
{
	size_t plain = 0;
	for (size_t i = 0; i < length; i++) {
		const char *instead = reference(text[i]);
		if (!instead)
			continue;
		bytes_append(out, text + plain, i - plain);
		bytes_append_string(out, instead);
		plain = i + 1;
	}
	bytes_append(out, text + plain, length - plain);
}
