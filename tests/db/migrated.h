/* The program's database with every migration; for tests that are linked with secondlook_program. */
#ifndef TESTS_DB_MIGRATED_H
#define TESTS_DB_MIGRATED_H

#include "db/database.h"
#include "migrate.h"

/* Each test is a process of its own and asks for it; after the first there is nothing to do. */
static inline void database_migrate(void)
{
	struct settings settings = {.database = database_url(), .role_password_file = ""};
	struct bytes fault;
	bytes_init(&fault, 1 << 14);
	ck_assert_msg(migrate_all(&settings, (migrate_report){NULL}, NULL, &fault) == ERR_NONE, "%s", bytes_string(&fault));
	bytes_release(&fault);
}

#endif
