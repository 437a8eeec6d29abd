/* Brings a database up to what this program needs. */
#ifndef SECONDLOOK_MIGRATE_H
#define SECONDLOOK_MIGRATE_H

#include "base/bytes.h"
#include "base/err.h"
#include "db/migrate.h"
#include "settings.h"

/* The login roles that the migrations make; NULL-terminated. */
extern const char *const migrate_login_roles[];

/* Migrations, question sets, then the login roles' passwords when role_password_file is set. `report` hears of each
 * migration. On failure `fault` says which file and why. Blocking. */
MUST_CHECK enum err migrate_all(const struct settings *settings, migrate_report report, void *context,
				struct bytes *fault);
/* Only reports. */
MUST_CHECK enum err migrate_look(const struct settings *settings, migrate_report report, void *context,
				 struct bytes *fault);

#endif
