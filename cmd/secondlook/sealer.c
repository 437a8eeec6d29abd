/* Makes the sealer's passes: looks, hashes, writes, remembers. */
#include "sealer.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/time.h"
#include "elected.h"
#include "ledger_keys.h"
#include "sealer_parts.h"

enum { PASS_EVERY_US = 250000, ELECTION_EVERY_US = 1000000, RECONNECTION_LOOK_US = 50000, NOTE_MAXIMUM = 2048, FAULT_MAXIMUM = 10000 };
enum { LINE_MEMORY = 1 << 28 };
#define MOST_LINES 2000
#define MOST_BYTES 4194304 /* as stored, compressed */
#define TEXT(number) #number
#define TEXT_OF(number) TEXT(number)

/* Columns of lines_to_seal() before those of the line. */
enum { LINE_POSITION, LINE_IS_SEALED, LINE_FIRST };

const struct db_statement sealer_state_statement = {
	"seal_state", "select s.*" ELECTED_FROM("3") " cross join lateral (select * from seal_state() where e.elected) s", 0};
static const struct db_statement lines_statement = {
	"lines_to_seal", "select * from lines_to_seal($1, " TEXT_OF(MOST_LINES) ", " TEXT_OF(MOST_BYTES) ", $2)", 2};
static const struct db_statement seal_statement = {
	"seal", "select seal($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)", SEAL_VALUE_COUNT};

/* --- rows ---------------------------------------------------------------------------------------------------------- */

const char *row_text(const struct rows *rows, int row, int column)
{
	size_t length;
	return rows->value(rows->result, row, column, &length);
}

uint64_t row_number(const struct rows *rows, int row, int column)
{
	const char *text = row_text(rows, row, column);
	return text ? strtoull(text, NULL, 10) : 0;
}

bool row_is_true(const struct rows *rows, int row, int column)
{
	const char *text = row_text(rows, row, column);
	return text && *text == 't';
}

/* --- the lane ------------------------------------------------------------------------------------------------------ */

static void pass(void *context);

void sealer_again(struct sealer *sealer, int64_t delay_us)
{
	if (loop_timer_set(sealer->loop, &sealer->timer, delay_us, pass, sealer) == ERR_NONE)
		return;
	log_text(LOG_ERROR, "pass_failed", "no timer");
	loop_stop(sealer->loop);
}

void sealer_submit(struct sealer *sealer, size_t count, void (*rows)(void *, size_t, const struct rows *),
		   void (*done)(void *, enum db_outcome, const struct db_refusal *))
{
	sealer->has_failed = false;
	sealer->segment = (struct db_segment){.calls = sealer->calls, .call_count = count, .rows = rows, .done = done, .context = sealer};
	if (db_submit(sealer->lane, &sealer->segment) == ERR_NONE)
		return;
	sealer->is_loaded = false;
	sealer_again(sealer, RECONNECTION_LOOK_US);
}

void sealer_failed(struct sealer *sealer, const char *what, const struct db_refusal *refusal)
{
	if (refusal || db_lane_is_ready(sealer->lane))
		log_event(LOG_ERROR, "seal_failed", "\"step\":\"%s\",\"sqlstate\":\"%s\"", what, refusal ? refusal->sqlstate : "");
	sealer->is_loaded = false;
	sealer_again(sealer, PASS_EVERY_US);
}

/* --- looking ------------------------------------------------------------------------------------------------------- */

void sealer_take_state(struct sealer *sealer, const struct rows *rows)
{
	sealer->is_elected = rows->count > 0;
	if (!sealer->is_elected)
		return;
	struct seal_state *state = &sealer->state;
	const char *root = row_text(rows, 0, 4);
	snprintf(state->national_root, sizeof state->national_root, "%s", root ? root : "");
	state->epoch = (int)row_number(rows, 0, 0);
	state->position = row_number(rows, 0, 1);
	state->ordered = row_number(rows, 0, 2);
	state->national_size = row_number(rows, 0, 3);
	state->is_elsewhere = row_is_true(rows, 0, 5);
	state->lag_us = (int64_t)row_number(rows, 0, 6);
}

/* Whether the database is where this sealer left it. */
static bool agrees(const struct sealer *sealer)
{
	const struct seal_state *state = &sealer->state;
	unsigned char root[HASH_SIZE];
	return state->epoch == sealer->epoch && state->position == sealer->position && !state->is_elsewhere &&
	       state->national_size == sealer->batch.national.size &&
	       codec_read_hex_exactly(state->national_root, strlen(state->national_root), root, sizeof root) == ERR_NONE &&
	       memcmp(root, sealer->batch.national_root, sizeof root) == 0;
}

/* The row's columns as line.h wants them, in the arena. */
static bool copy_columns(struct sealer *sealer, const struct rows *rows, int row, const char *columns[LINE_COLUMN_COUNT])
{
	arena_reset(&sealer->arena);
	for (int i = 0; i < LINE_COLUMN_COUNT; i++) {
		size_t length;
		const char *value = rows->value(rows->result, row, LINE_FIRST + i, &length);
		columns[i] = value ? arena_copy(&sealer->arena, value, length) : NULL;
		if (value && !columns[i])
			return false;
	}
	return true;
}

/* A line that is gone, or that nobody could hash, gets no leaf: the verifier tells of it, the others' seals don't wait for it. */
static void take_line(struct sealer *sealer, const struct rows *rows, int row)
{
	const char *columns[LINE_COLUMN_COUNT];
	enum err error = copy_columns(sealer, rows, row, columns) ? batch_take(&sealer->batch, columns) : ERR_MEMORY;
	if (error == ERR_INPUT || error == ERR_LIMIT) {
		sealer->metrics->left_out++;
		log_event(LOG_ERROR, "line_left_out", "\"position\":%" PRIu64, sealer->upto);
	} else if (error) {
		sealer->has_failed = true;
	}
}

static void take_lines(struct sealer *sealer, const struct rows *rows)
{
	batch_begin(&sealer->batch);
	for (int row = 0; row < rows->count && !sealer->has_failed; row++) {
		sealer->upto = row_number(rows, row, LINE_POSITION);
		if (!row_is_true(rows, row, LINE_IS_SEALED))
			take_line(sealer, rows, row);
	}
}

static void look_rows(void *context, size_t call, const struct rows *rows)
{
	struct sealer *sealer = context;
	if (call == 0)
		sealer_take_state(sealer, rows);
	else if (sealer->is_elected && agrees(sealer))
		take_lines(sealer, rows);
}

static void tell(struct sealer *sealer)
{
	struct metrics_sealer *metrics = sealer->metrics;
	metrics->position = sealer->position;
	metrics->behind = sealer->state.ordered > sealer->position ? sealer->state.ordered - sealer->position : 0;
	metrics->lag_us = sealer->state.lag_us;
	metrics->passes++;
	metrics->last_pass_us = time_monotonic_us();
	/* Lines that waited while nobody sealed are late once; it is worth telling when it doesn't end with the pass. */
	bool is_late = sealer->has_more && metrics->lag_us > METRICS_SEALER_LATE_US;
	if (is_late != sealer->was_late)
		log_event(is_late ? LOG_WARNING : LOG_INFO, is_late ? "sealer_late" : "sealer_timely", "\"lag_us\":%" PRId64 ",\"behind\":%" PRIu64,
			  metrics->lag_us, metrics->behind);
	sealer->was_late = is_late;
}

static void write_batch(struct sealer *sealer);

static void look_done(void *context, enum db_outcome outcome, const struct db_refusal *refusal)
{
	struct sealer *sealer = context;
	if (outcome != DB_COMMITTED || sealer->has_failed) {
		sealer_failed(sealer, "look", refusal);
	} else if (!sealer->is_elected || !agrees(sealer)) {
		sealer->is_loaded = false;
		sealer_again(sealer, 0);
	} else if (sealer->upto > sealer->position) {
		write_batch(sealer);
	} else {
		sealer->is_catching_up = sealer->has_more = false;
		tell(sealer);
		sealer_again(sealer, PASS_EVERY_US);
	}
}

static void look(struct sealer *sealer)
{
	snprintf(sealer->after, sizeof sealer->after, "%" PRIu64, sealer->position);
	sealer->values[0] = sealer->after;
	sealer->values[1] = sealer->is_catching_up ? "t" : "f";
	sealer->calls[0] = (struct db_call){.statement = &sealer_state_statement};
	sealer->calls[1] = (struct db_call){.statement = &lines_statement, .values = sealer->values};
	sealer->upto = sealer->position;
	sealer_submit(sealer, 2, look_rows, look_done);
}

static void pass(void *context)
{
	struct sealer *sealer = context;
	if (sealer->is_loaded)
		look(sealer);
	else
		sealer_load(sealer);
}

/* --- writing ------------------------------------------------------------------------------------------------------- */

void sealer_remember(struct sealer *sealer)
{
	if (!sealer->note.length)
		return;
	if (head_take(&sealer->head, &sealer->note) || head_write(&sealer->head, sealer->head_path))
		log_text(LOG_WARNING, "head_not_remembered", sealer->head_path);
}

void sealer_written(void *context, size_t call, const struct rows *rows)
{
	struct sealer *sealer = context;
	(void)call;
	sealer->has_written = rows->count > 0 && row_is_true(rows, 0, 0);
}

static void seal_done(void *context, enum db_outcome outcome, const struct db_refusal *refusal)
{
	struct sealer *sealer = context;
	if (outcome != DB_COMMITTED || !sealer->has_written) {
		/* Class 23: what there is already. */
		sealer->has_collided = sealer->is_catching_up && refusal && strncmp(refusal->sqlstate, "23", 2) == 0;
		sealer_failed(sealer, "seal", refusal);
		return;
	}
	sealer->has_more = sealer->upto < sealer->state.ordered;
	sealer->position = sealer->upto;
	sealer->has_collided = false;
	sealer->metrics->lines += sealer->batch.line_count;
	sealer->metrics->heads += sealer->batch.head_count;
	sealer_remember(sealer);
	tell(sealer);
	sealer_again(sealer, sealer->has_more ? 0 : PASS_EVERY_US);
}

/* The clock of this machine may be set back: heads tell of time going on all the same. */
static int64_t next_instant_us(const struct sealer *sealer)
{
	int64_t now_us = time_now_us();
	return now_us > sealer->signed_at_us ? now_us : sealer->signed_at_us;
}

static void write_batch(struct sealer *sealer)
{
	struct bytes *values = sealer->batch.values;
	sealer->signed_at_us = next_instant_us(sealer);
	sealer->has_written = false;
	bytes_clear(&sealer->note);
	bytes_format(&values[SEAL_EPOCH], "%d", sealer->epoch);
	bytes_format(&values[SEAL_BEFORE], "%" PRIu64, sealer->position);
	bytes_format(&values[SEAL_UPTO], "%" PRIu64, sealer->upto);
	if (batch_sign(&sealer->batch, &sealer->key, sealer->signed_at_us, &sealer->note) || batch_values(&sealer->batch, sealer->values)) {
		sealer_failed(sealer, "sign", NULL);
		return;
	}
	sealer->calls[0] = (struct db_call){.statement = &seal_statement, .values = sealer->values};
	sealer_submit(sealer, 1, sealer_written, seal_done);
}

/* --- from beginning to end ----------------------------------------------------------------------------------------- */

static enum err open_lane(struct sealer *sealer)
{
	/* A plan made while the ledger was small must not read all of it for each line once it is large. */
	static const char *const session[] = {"set timezone = 'UTC'", "set search_path = public", "set synchronous_commit = on",
					      "set statement_timeout = '60s'", "set lock_timeout = '200ms'", "set jit = off",
					      "set plan_cache_mode = force_generic_plan", "set enable_seqscan = off",
					      "set enable_hashjoin = off", "set enable_mergejoin = off",
					      "set enable_material = off", NULL};
	static const struct db_statement *const prepared[] = {&sealer_state_statement, &lines_statement, &seal_statement, NULL};
	struct bytes connection, fault;
	bytes_init(&connection, 4000);
	bytes_init(&fault, 1000);
	enum err error = settings_connection(sealer->settings, "secondlook_sealer", &connection, &fault);
	if (error)
		log_text(LOG_ERROR, "database_not_named", bytes_string(&fault));
	struct db_lane_settings settings = {.name = "sealer", .connection = bytes_string(&connection), .session = session,
					    .prepared = prepared, .depth = 1, .patience_us = 61000000};
	if (!error)
		error = db_lane_open(sealer->loop, &settings, &sealer->lane);
	bytes_release(&connection);
	bytes_release(&fault);
	return error;
}

static enum err read_key(const struct settings *settings, struct note_key *key)
{
	struct bytes fault;
	bytes_init(&fault, FAULT_MAXIMUM);
	enum err error = ledger_keys_load(settings->ledger_keys, LEDGER_KEY_CHECKPOINTS, &fault, key);
	if (error)
		log_text(LOG_WARNING, "nothing_is_sealed", bytes_string(&fault));
	bytes_release(&fault);
	return error;
}

void sealer_hang_up(struct sealer *sealer)
{
	struct note_key key = {0};
	if (read_key(sealer->settings, &key))
		return;
	note_key_release(&sealer->key);
	sealer->key = key;
	sealer->metrics->key = METRICS_KEY_READ;
	sealer->is_loaded = false;
	if (sealer->lane)
		return;
	if (open_lane(sealer) == ERR_NONE)
		sealer_again(sealer, 0);
}

static enum err begin(struct sealer *sealer)
{
	int length = snprintf(sealer->head_path, sizeof sealer->head_path, "%s/run/ledger.head", sealer->settings->dir);
	enum err error = length < 0 || length >= (int)sizeof sealer->head_path ? ERR_LIMIT : batch_open(&sealer->batch);
	if (!error && head_read(&sealer->head, sealer->head_path))
		log_text(LOG_WARNING, "head_unreadable", sealer->head_path);
	sealer->metrics->key = METRICS_KEY_MISSING;
	if (!error)
		sealer_hang_up(sealer);
	return error;
}

enum err sealer_open(struct worker_inheritance *inheritance, struct loop *loop, struct sealer **sealer)
{
	struct sealer *made = calloc(1, sizeof *made);
	if (!made)
		return ERR_MEMORY;
	made->settings = inheritance->settings;
	made->metrics = inheritance->metrics->sealer;
	made->loop = loop;
	arena_init(&made->arena, LINE_MEMORY);
	bytes_init(&made->note, NOTE_MAXIMUM);
	head_init(&made->head);
	enum err error = begin(made);
	if (error)
		sealer_close(made);
	else
		*sealer = made;
	return error;
}

void sealer_close(struct sealer *sealer)
{
	if (!sealer)
		return;
	db_lane_close(sealer->lane);
	loop_timer_cancel(sealer->loop, &sealer->timer);
	batch_close(&sealer->batch);
	note_key_release(&sealer->key);
	head_release(&sealer->head);
	bytes_release(&sealer->note);
	arena_release(&sealer->arena);
	free(sealer);
}
