/* The help text comes from the table. */
#include <string.h>

#include "settings.h"
#include "support/unit.h"

static void expect(unsigned subcommand, const char *text, bool wanted)
{
	struct bytes help;
	bytes_init(&help, 1 << 16);
	settings_help(subcommand, &help);
	ck_assert_msg((strstr(bytes_string(&help), text) != NULL) == wanted, "%s: %s", wanted ? "missing" : "there", text);
	bytes_release(&help);
}

START_TEST(lists_what_the_subcommand_reads)
{
	expect(FOR_SERVE, "  --body-maximum SIZE\n", true);
	expect(FOR_SERVE, "(default 256KiB)", true);
	expect(FOR_SERVE, "--detach", false);
	expect(FOR_DEV, "  --detach\n", true);
	expect(FOR_PKI, "--body-maximum", false);
}
END_TEST

START_TEST(keeps_hidden_settings_to_itself)
{
	expect(FOR_SERVE, "ungated", false);
}
END_TEST

UNIT("settings_help", lists_what_the_subcommand_reads, keeps_hidden_settings_to_itself)
