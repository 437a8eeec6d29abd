/* `secondlook seed`: demonstration data and replayed histories, through the running service. */
#include "seed.h"

#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "files.h"
#include "subcommands.h"

enum { USUAL_PORT = 8443 };

/* A port that was named counts; else the one that the directory's service listens on, else the usual one. */
static int port_of(const struct settings *settings)
{
	char path[PATH_MAX];
	struct bytes text;
	long port = settings->port;
	if (port != 0 && port != USUAL_PORT)
		return settings->port;
	snprintf(path, sizeof path, "%s/run/port", settings->dir);
	bytes_init(&text, 64);
	if (!files_read(path, &text) && bytes_string(&text))
		port = strtol(bytes_string(&text), NULL, 10);
	bytes_release(&text);
	return port > 0 && port < 65536 ? (int)port : USUAL_PORT;
}

static enum err seed(const struct settings *settings, struct bytes *fault)
{
	struct seed_order order = {.place = {.dir = settings->dir, .host = settings->host, .port = port_of(settings)},
				   .out = stdout, .is_stopped = seed_is_signalled};
	bool is_scenario = *settings->scenario != '\0';
	if (settings->demo == is_scenario) {
		bytes_append_string(fault, "say what: --demo, or --scenario thirteen-months\n");
		return ERR_INPUT;
	}
	return is_scenario ? seed_scenario(&order, settings->scenario, fault) : seed_demo(&order, fault);
}

/* Blocked, a signal waits until the clock is real again. */
static void block_signals(void)
{
	sigset_t held;
	sigemptyset(&held);
	sigaddset(&held, SIGTERM);
	sigaddset(&held, SIGINT);
	sigprocmask(SIG_BLOCK, &held, NULL);
}

bool seed_is_signalled(void)
{
	sigset_t pending;
	sigpending(&pending);
	return sigismember(&pending, SIGTERM) || sigismember(&pending, SIGINT);
}

int seed_main(const struct settings *settings)
{
	struct bytes fault;
	block_signals();
	bytes_init(&fault, 1 << 18);
	enum err error = seed(settings, &fault);
	int status = error ? subcommand_failed("seed", error, &fault) : 0;
	bytes_release(&fault);
	return status;
}
