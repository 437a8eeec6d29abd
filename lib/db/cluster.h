/* Where an embedded PostgreSQL lives: its directories, its user, its programs, its connection string. */
#ifndef DB_CLUSTER_H
#define DB_CLUSTER_H

#include "base/bytes.h"
#include "base/err.h"
#include "db/program.h"

enum { CLUSTER_PATH_SIZE = 1024, CLUSTER_URL_SIZE = 512 };

struct cluster {
	char directory[CLUSTER_PATH_SIZE]; /* absolute; 0700, the user's */
	char data[CLUSTER_PATH_SIZE];
	char fresh[CLUSTER_PATH_SIZE]; /* initdb works here; renamed to `data` once complete */
	char log[CLUSTER_PATH_SIZE];
	char lock[CLUSTER_PATH_SIZE];
	char socket[CLUSTER_PATH_SIZE]; /* the directory of the unix socket: `directory` when that is short enough */
	char programs[CLUSTER_PATH_SIZE];
	struct program_user user;
};

/* Makes the directory when it's missing. ERR_NOT_NOW with `fault` when it can't serve. */
MUST_CHECK enum err cluster_place(const char *directory, struct bytes *fault, struct cluster *cluster);
/* The same without making or changing anything; ERR_NOT_NOW when the directory isn't there. Knows no programs. */
MUST_CHECK enum err cluster_find(const char *directory, struct bytes *fault, struct cluster *cluster);

/* The superuser's connection string for a database of the cluster. */
MUST_CHECK enum err cluster_url(const struct cluster *cluster, const char *database, char url[CLUSTER_URL_SIZE]);
/* `directory/name`; ERR_LIMIT when that is too long. */
MUST_CHECK enum err cluster_join(const char *directory, const char *name, char path[CLUSTER_PATH_SIZE]);

#endif
