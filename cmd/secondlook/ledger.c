/* `secondlook ledger`: proves what the ledger says, or takes its heads out of the house. */
#include "ledger.h"

#include <stdio.h>
#include <string.h>

#include "subcommands.h"

struct action {
	const char *name;
	int (*run)(const struct settings *settings);
};

static const struct action actions[] = {
	{"publish", ledger_publish}, {"verify", ledger_verify},
};
enum { ACTIONS = sizeof actions / sizeof *actions };

int ledger_main(const struct settings *settings)
{
	const char *wanted = settings->argument_count ? settings->arguments[0] : "";
	for (size_t i = 0; i < ACTIONS; i++)
		if (strcmp(actions[i].name, wanted) == 0)
			return actions[i].run(settings);
	fprintf(stderr, "secondlook ledger: say what: publish --to (DIRECTORY | https://HOST/PATH) [--follow], or verify [FILE]\n");
	return LEDGER_USAGE;
}
