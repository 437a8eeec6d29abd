/* Verifying a whole database: the plan, its items, and what was found.
 *
 * Everything is read as of one snapshot. The plan is made first; processes then take its items, whichever comes next, and
 * put what they find where the planning process sees it. What lies between items is compared at the end.
 *
 *   an item of lines         positions from … to: each line's leaf made again, its place, whether what is gone of it was erased
 *   an item of a tree        all its leaves: the root of each checkpoint, stored subtrees, what witnesses hold
 *   an item of signatures    forces' checkpoints, or the nation's, from … to
 *   the unplaced             lines that were never given a position */
#ifndef VERIFY_H
#define VERIFY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/err.h"
#include "db/read.h"
#include "ledger/checkpoint.h"
#include "ledger/hash.h"
#include "ledger/line.h"
#include "ledger_keys.h"
#include "settings.h"

enum {
	VERIFY_NAME_SIZE = 101, /* of a tree */
	VERIFY_TEXT_SIZE = 400,
	VERIFY_RUNS_MAXIMUM = 256,
	VERIFY_LATE_US = 10 * 1000000,
};

enum verify_how {
	VERIFY_ALTERED,         /* what is there isn't what was sealed */
	VERIFY_MISSING,         /* something is gone */
	VERIFY_REORDERED,       /* all is there, in another order */
	VERIFY_INSERTED,        /* something is there that was never sealed */
	VERIFY_WRONG_SIGNATURE, /* nobody who is trusted signed it */
	VERIFY_FORKED,          /* two signed heads of one tree that can't both be true */
	VERIFY_ROLLED_BACK,     /* somebody holds a signed head of more than is there */
	VERIFY_LATE,            /* sealed later than was promised */
};

const char *verify_how_word(enum verify_how how);

/* The first fault of those that were found: the one of the least rank. Lines rank by position, before all trees. */
struct verify_fault {
	uint64_t count; /* of all that were found */
	uint64_t rank;
	enum verify_how how;
	char text[VERIFY_TEXT_SIZE];
};

void PRINTF_LIKE(4, 5) verify_found(struct verify_fault *fault, enum verify_how how, uint64_t rank, const char *text, ...);
/* Adds one's finds to the other's. */
void verify_join(struct verify_fault *fault, const struct verify_fault *other);

struct verify_tree {
	int epoch;
	char name[VERIFY_NAME_SIZE]; /* a force, or "*" */
	uint64_t size;               /* as the sealer left it */
	unsigned char root[HASH_SIZE];
};

struct verify_epoch {
	char name[VERIFY_NAME_SIZE];
	char reason[VERIFY_NAME_SIZE];
	int64_t began_us;
	const char *text; /* the national tree's first leaf */
	const char *previous;
	struct checkpoint after; /* the head in `previous`; size 0: there is none that is signed */
	int after_tree;          /* of the plan; -1: that tree isn't here */
};

/* A note that somebody else has kept. */
struct verify_witnessed {
	int tree; /* of the plan */
	uint64_t size;
	unsigned char root[HASH_SIZE];
	const char *path; /* of its file; "": the note that the next epoch began with */
};

/* What every process knows. Nothing in it changes once the processes are there. */
struct verify_plan {
	const struct settings *settings;
	const char *connection;
	char snapshot[DB_SNAPSHOT_SIZE];
	struct arena arena;
	struct key_ring ring;
	uint64_t positions, sealed_position;
	struct verify_epoch *epochs; /* epoch n at n - 1 */
	int epoch_count;
	struct verify_tree *trees; /* by epoch and name */
	int tree_count;
	struct verify_witnessed *witnessed; /* by tree and size */
	size_t witnessed_count;
	uint64_t signature_stride, signature_offset; /* of the signatures, every so many is checked, beginning somewhere */
	uint64_t checkpoints;
};

enum verify_kind { VERIFY_LINES, VERIFY_TREE, VERIFY_SIGNATURES, VERIFY_NATIONAL_SIGNATURES, VERIFY_UNPLACED };

/* Lines of one tree within an item of lines: its leaves from first to last, one after the other. */
struct verify_run {
	int tree;
	uint64_t first, last;
	uint64_t position; /* of the first */
};

struct verify_item {
	enum verify_kind kind;
	int tree;
	uint64_t from, to; /* the first is not in, the last is */

	bool is_done;
	struct verify_fault fault;
	uint64_t count; /* of lines, leaves, signatures */
	uint64_t checkpoints;
	unsigned char root[HASH_SIZE]; /* of a tree */
	uint64_t late;
	char first_late[VERIFY_TEXT_SIZE];
	int64_t latest_us, earliest_us; /* of the lines' times of recording */
	uint64_t earliest_position;
	int run_count;
	struct verify_run runs[VERIFY_RUNS_MAXIMUM];
};

/* One process at work. `first` and `second` read the plan's snapshot. */
struct verify_work {
	const struct verify_plan *plan;
	struct db_reader *first, *second;
	struct line_hasher line;
	struct verify_erasures *erasures; /* those that were needed so far, in erasures_arena */
	struct arena erasures_arena;
	void (*progress)(void *context, uint64_t units);
	void *context;
};

/* Index of the tree in the plan, or -1. */
int verify_find_tree(const struct verify_plan *plan, int epoch, const char *name);
/* A line that stands so far behind lines recorded later was not written when it says. */
bool verify_is_out_of_time(int64_t latest_us, int64_t recorded_us);
/* A fault's rank by place in a tree: behind all lines, forces' trees before the nation's, which covers them. */
uint64_t verify_tree_rank(const struct verify_tree *tree, uint64_t leaf);
/* Numbers and hashes as the database writes them; anything else is ERR_INPUT. */
MUST_CHECK enum err verify_read_number(const char *text, uint64_t *number);
MUST_CHECK enum err verify_read_hash(const char *text, unsigned char hash[HASH_SIZE]);
MUST_CHECK enum err verify_read_instant(struct arena *arena, const char *text, int64_t *instant_us);

/* Each does one item; faults of what is verified go into the item, an error means that it could not be verified. */
MUST_CHECK enum err verify_lines(struct verify_work *work, struct verify_item *item);
MUST_CHECK enum err verify_unplaced(struct verify_work *work, struct verify_item *item);
MUST_CHECK enum err verify_tree(struct verify_work *work, struct verify_item *item);
MUST_CHECK enum err verify_signatures(struct verify_work *work, struct verify_item *item);

/* The first member that is gone from a line without an erasure on record; NULL: there is none. `line` has the columns of line.h,
 * LINE_ERASED not NULL; the member's name is in work->line.arena. */
MUST_CHECK enum err verify_erased(struct verify_work *work, const char *const *line, const char **member);

/* Makes the plan; `reader` holds the snapshot and must stay open. Faults that are seen at once go to `found`. */
MUST_CHECK enum err verify_plan_make(struct verify_plan *plan, struct db_reader *reader, struct verify_fault *found,
				     struct bytes *fault);
void verify_plan_release(struct verify_plan *plan);
/* Whether the key is trusted and signed this checkpoint; `id` and `signature` as the database writes them. */
MUST_CHECK enum err verify_signature(const struct key_ring *ring, const struct checkpoint *checkpoint, const char *id,
				     const char *signature, const char **why);
/* Whether a witnessed note is signed by somebody who is trusted: only looked at when it contradicts the database. */
bool verify_witness_is_signed(const struct verify_plan *plan, const char *path);
/* Reads the notes of a directory; the plan's trees are known. */
MUST_CHECK enum err verify_witness_read(struct verify_plan *plan, const char *directory, struct verify_fault *found,
					struct bytes *fault);

/* Does all items in the plan's processes, telling on standard error how far it is. `items` is shared memory. */
MUST_CHECK enum err verify_pool_run(const struct verify_plan *plan, struct verify_item *items, size_t count,
				    uint64_t units, struct bytes *fault);

/* Verifies a database and prints what it found; answers the exit status. */
int verify_database(const struct settings *settings);

#endif
