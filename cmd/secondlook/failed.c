/* How a subcommand says that it failed. */
#include <stdio.h>
#include <string.h>

#include "subcommands.h"

int subcommand_failed(const char *name, enum err error, struct bytes *fault)
{
	const char *text = bytes_string(fault);
	if (!text || !*text)
		text = error == ERR_MEMORY ? "there is not enough memory" : err_word(error);
	size_t length = strlen(text);
	while (length && text[length - 1] == '\n')
		length--;
	fflush(stdout);
	fprintf(stderr, "secondlook %s: %.*s\n", name, (int)length, text);
	return 1;
}
