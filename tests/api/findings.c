/* Collects what was found wrong. */
#include "findings.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { TEXT_MAXIMUM = 1 << 20 };

void findings_init(struct findings *findings)
{
	bytes_init(&findings->text, TEXT_MAXIMUM);
	findings->count = 0;
}

void findings_release(struct findings *findings)
{
	bytes_release(&findings->text);
}

void findings_clear(struct findings *findings)
{
	bytes_clear(&findings->text);
	findings->count = 0;
}

void findings_add(struct findings *findings, const char *format, ...)
{
	char *line = NULL;
	va_list arguments;
	va_start(arguments, format);
	if (vasprintf(&line, format, arguments) < 0)
		abort();
	va_end(arguments);
	bytes_format(&findings->text, "    %s\n", line);
	findings->count++;
	free(line);
}

void findings_move(struct findings *findings, const char *heading, struct findings *to)
{
	if (findings->count > 0) {
		const char *text = bytes_string(&findings->text);
		bytes_format(&to->text, "  %s\n", heading);
		bytes_append_string(&to->text, text ? text : "    (too much to tell)\n");
		to->count += findings->count;
	}
	findings_clear(findings);
}
