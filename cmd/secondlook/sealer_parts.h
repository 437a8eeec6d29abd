/* Private to the sealer: sealer.c makes the passes, sealer_load.c decides where to go on. */
#ifndef SEALER_PARTS_H
#define SEALER_PARTS_H

#include <limits.h>

#include "base/rows.h"
#include "base/time.h"
#include "db/db.h"
#include "ledger/codec.h"
#include "metrics.h"
#include "sealer.h"
#include "sealer_batch.h"
#include "sealer_head.h"

/* What the database says of itself: a row of seal_state(). */
struct seal_state {
	int epoch;
	uint64_t position, ordered, national_size;
	char national_root[2 * HASH_SIZE + 1];
	bool is_elsewhere;
	int64_t lag_us;
};

enum { SEALER_CALLS = 4, SEALER_VALUES = 12, SEALER_NUMBER_SIZE = 24 };

struct sealer {
	const struct settings *settings;
	struct metrics_sealer *metrics;
	struct loop *loop;
	struct db_lane *lane; /* NULL without a key */
	struct loop_timer timer;
	struct db_segment segment; /* one at a time */
	struct db_call calls[SEALER_CALLS];
	struct note_key key;
	struct sealer_head head;
	struct sealer_batch batch;
	struct arena arena; /* of one line, or of what one segment says */
	struct bytes note;  /* of the head that is being committed */
	char head_path[PATH_MAX];
	bool is_elected, was_elected;
	bool is_loaded;      /* trees, position and epoch in memory are the database's */
	bool is_catching_up; /* since the last loading: asks of each line whether it has its leaf */
	bool has_collided;   /* what was there already stopped the last write */
	bool has_failed;     /* the pass under way */
	bool has_more;
	bool has_written;
	bool was_late;
	int epoch;
	uint64_t position, upto; /* the last sealed; the last of the batch */
	int64_t signed_at_us;    /* of the last head */
	struct seal_state state; /* as last read */
	struct sealer_load {
		bool is_known, is_broken;
		int last_epoch;
		const char *system_identifier, *timeline, *note; /* in the arena */
		struct epoch epoch;                             /* that is being begun */
		char numbers[3][SEALER_NUMBER_SIZE], began_at[TIME_TEXT_SIZE];
		const char *values[SEALER_VALUES];
	} load;
	char after[SEALER_NUMBER_SIZE];
	const char *values[SEAL_VALUE_COUNT];
};

/* sealer.c */
/* Sends the calls as one transaction; tries anew later when it can't. */
void sealer_submit(struct sealer *sealer, size_t count, void (*rows)(void *, size_t, const struct rows *),
		   void (*done)(void *, enum db_outcome, const struct db_refusal *));
void sealer_take_state(struct sealer *sealer, const struct rows *rows);
/* The next pass after so long. */
void sealer_again(struct sealer *sealer, int64_t delay_us);
/* A pass came to nothing: logs why, forgets what was loaded, tries again. */
void sealer_failed(struct sealer *sealer, const char *what, const struct db_refusal *refusal);
/* The row of a call that writes: whether it did, for another may have sealed meanwhile. */
void sealer_written(void *context, size_t call, const struct rows *rows);
/* After a head was committed: remembers it. */
void sealer_remember(struct sealer *sealer);
extern const struct db_statement sealer_state_statement;

/* sealer_load.c */
/* Reads where the database is; ends in `is_loaded`, or in a new epoch. */
void sealer_load(struct sealer *sealer);

/* Texts of a row. */
const char *row_text(const struct rows *rows, int row, int column); /* NULL: null; valid until the next one */
uint64_t row_number(const struct rows *rows, int row, int column); /* 0: null */
bool row_is_true(const struct rows *rows, int row, int column);

#endif
