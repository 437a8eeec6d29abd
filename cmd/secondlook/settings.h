/* What the program was told: one typed table of settings, read from flags, environment and one file.
 *
 * Flags come before the environment, the environment before the file, the file before the defaults. A setting
 * has one name: `body_maximum` in the file, `--body-maximum` as a flag, `SECONDLOOK_BODY_MAXIMUM` in the
 * environment. Everything that is wrong is told at once. Texts belong to the settings and live as long. */
#ifndef SETTINGS_H
#define SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/err.h"
#include "base/log.h"
#include "contract/contract.h"

/* Which subcommands read a setting: a bit each. */
enum subcommand_bit {
	FOR_SERVE = 1,
	FOR_DEV = 2,
	FOR_MIGRATE = 4,
	FOR_PKI = 8,
	FOR_SEED = 16,
	FOR_DOCTOR = 32,
	FOR_CAPACITY = 64,
	FOR_DETECTORS = 128,
	FOR_LEDGER = 256,
	FOR_ALL = 511,
};

/* Paths are absolute. A text or path that was not given is "". */
struct settings {
	struct arena arena;
	unsigned subcommand;          /* the subcommand_bit of who reads */
	const char *const *arguments; /* what follows the subcommand without being a flag; borrowed from argv */
	size_t argument_count;

	const char *config;
	const char *dir;
	const char *database;           /* URL or libpq string of the owner; "": what DIR/run/database.url holds, if anything */
	const char *role_password_file; /* "role = password" lines; "owner = …" for the role in `database` */
	const char *host;
	int port;       /* 0: any free one; serve writes the one it got to DIR/run/port */
	int plain_port; /* the operations listener on loopback; 0: any free one; serve writes it to DIR/run/plain.port */
	int stream_port; /* of event streams; 0: any free one; serve writes it to DIR/run/stream.port */
	const char *stream_url; /* "": derived from Host and the port */
	int streams_maximum;
	int streams_each; /* of one client and member of staff */
	int64_t stream_heartbeat_us;
	int64_t stream_patience_us;
	int64_t stream_line_interval_us; /* how often a stream's line is written */
	int workers;    /* at least 1: 0 was replaced by cores less one, two at least */
	const char *tls_directory; /* never "": DIR/pki when not given */
	const char *ledger_keys;   /* never "": the TLS directory when not given */
	size_t body_maximum;
	size_t headers_maximum;
	int connections_maximum; /* per worker */
	int64_t headers_deadline_us;
	int64_t body_deadline_us;
	int64_t idle_timeout_us;
	int64_t revocation_grace_us;
	int64_t drain_deadline_us;
	int lane_depth[LANE_COUNT];
	enum log_level log_level;
	const char *log_file; /* "": standard error */
	bool ungated;         /* answers leave before the ledger has them: only to show that the crash test can fail */
	int64_t certificate_lifetime_us;
	int64_t revocation_list_lifetime_us;
	const char *ledger_name; /* of the key that signs checkpoints; that of receipts is called the same with -receipts */
	const char *witness_certificate;
	const char *witness_key;
	const char *witness_authority; /* "": the system's */

	bool fresh;     /* dev */
	bool detach;    /* dev */
	bool status;    /* migrate */
	bool dry_run;   /* migrate */
	int days;       /* pki client; 0: certificate_lifetime; negative: ended that many days ago */
	bool demo;      /* seed */
	const char *scenario; /* seed */
	const char *force;  /* detectors, capacity */
	const char *since;  /* detectors, capacity; instants as they were given; "": not given */
	const char *until;  /* detectors, capacity */
	int target_minutes; /* capacity */
	int share;          /* capacity; of a hundred */
	int most;           /* capacity */
	int review_minutes; /* capacity; 0: as recorded */
	const char *to;     /* ledger publish */
	bool follow;        /* ledger publish */
	bool json;          /* capacity */
	const char *set;    /* detectors: name=value,… */
	const char *key;     /* ledger verify: file of vkeys; "": those in tls_directory */
	const char *witness; /* ledger verify: directory of notes that others keep; "": none */
	const char *proof;   /* ledger verify: file of proofs of a receipt's lines */
	int processes;       /* ledger verify: at least 1: 0 was replaced by the cores */
	bool every_signature; /* ledger verify */
};

/* Where values come from besides the file; a test gives its own. */
struct settings_source {
	size_t argument_count;
	const char *const *arguments;   /* after the subcommand's name */
	const char *const *environment; /* "NAME=value" …, NULL-terminated */
};

/* Reads everything. ERR_INPUT: `faults` has one line for each thing that is wrong, saying what would be right.
 * On success settings_release gives the memory back. */
MUST_CHECK enum err settings_load(unsigned subcommand, const struct settings_source *source, struct bytes *faults,
				  struct settings *settings);
void settings_release(struct settings *settings);

/* The settings that the subcommand reads, a flag each, with type, default and explanation. */
void settings_help(unsigned subcommand, struct bytes *text);

/* The connection string for one of the database's roles ("secondlook_app"), its password from role_password_file
 * when that is set. NULL: as the owner. ERR_INPUT: no database was named, or the file can't be read or lacks the
 * role; `fault` says which. */
MUST_CHECK enum err settings_connection(const struct settings *settings, const char *role, struct bytes *connection,
					struct bytes *fault);
/* The role's password from role_password_file; "" when the file does not name it. */
MUST_CHECK enum err settings_password(const struct settings *settings, const char *role, struct bytes *password,
				      struct bytes *fault);

#endif
