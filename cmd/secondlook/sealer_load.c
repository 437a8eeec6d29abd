/* Finds out where the sealer goes on: in the epoch that the database is in, or in a new one. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "base/log.h"
#include "base/time.h"
#include "elected.h"
#include "sealer_parts.h"

static const struct db_statement key_statement = {"seal_with", "select seal_with($1, $2, $3)" ELECTED_FROM("3") " where e.elected", 3};
static const struct db_statement head_statement = {"seal_head", "select * from seal_head($1, $2, $3)", 3};
static const struct db_statement trees_statement = {"seal_trees", "select * from seal_trees()", 0};
static const struct db_statement begin_statement = {
	"begin_epoch", "select begin_epoch($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)", 12};

enum { CALL_STATE, CALL_KEY, CALL_HEAD, CALL_TREES, CALL_COUNT, ELECTION_EVERY_US = 1000000 };
/* Columns of seal_head(). */
enum { HEAD_IS_KNOWN, HEAD_EPOCH_NAME, HEAD_LAST_EPOCH, HEAD_SYSTEM, HEAD_TIMELINE, HEAD_NOTE, HEAD_SIGNED_AT };
/* Parameters of begin_epoch(). */
enum {
	BEGIN_FOLLOWING, BEGIN_POSITION, BEGIN_NUMBER, BEGIN_NAME, BEGIN_AT, BEGIN_REASON, BEGIN_SYSTEM, BEGIN_TIMELINE, BEGIN_PREVIOUS,
	BEGIN_KEY, BEGIN_ROOT, BEGIN_SIGNATURE
};

/* --- a new epoch --------------------------------------------------------------------------------------------------- */

static void begin_done(void *context, enum db_outcome outcome, const struct db_refusal *refusal)
{
	struct sealer *sealer = context;
	if (outcome != DB_COMMITTED || !sealer->has_written) {
		sealer_failed(sealer, "begin_epoch", refusal);
		return;
	}
	bool is_first = strcmp(sealer->load.epoch.reason, "created") == 0;
	log_event(is_first ? LOG_INFO : LOG_WARNING, "epoch_begun", "\"epoch\":\"%s\",\"reason\":\"%s\"", sealer->load.epoch.name, sealer->load.epoch.reason);
	sealer->has_collided = false;
	sealer->metrics->epochs++;
	sealer_remember(sealer);
	sealer_again(sealer, 0);
}

static enum err name_epoch(char name[EPOCH_NAME_SIZE])
{
	uint64_t number;
	if (getrandom(&number, sizeof number, 0) != sizeof number)
		return ERR_SYSTEM;
	snprintf(name, EPOCH_NAME_SIZE, "%016" PRIx64, number);
	return ERR_NONE;
}

static enum err make_epoch(struct sealer *sealer, const char *reason)
{
	struct sealer_load *load = &sealer->load;
	/* A head that the database has lost is the newest there is. */
	bool is_lost = head_is_known(&sealer->head) && !load->is_known;
	int64_t now_us = time_now_us();
	sealer->signed_at_us = now_us > sealer->signed_at_us ? now_us : sealer->signed_at_us;
	load->epoch = (struct epoch){.began_at_us = sealer->signed_at_us, .reason = reason,
				     .previous = is_lost ? bytes_string(&sealer->head.note) : load->note};
	bytes_clear(&sealer->note);
	enum err error = name_epoch(load->epoch.name);
	return error ? error : batch_begin_epoch(&sealer->batch, &load->epoch, &sealer->key, &sealer->note);
}

static void begin_epoch(struct sealer *sealer, const char *reason)
{
	struct sealer_load *load = &sealer->load;
	struct bytes *made = sealer->batch.values;
	if (make_epoch(sealer, reason)) {
		sealer_failed(sealer, "make_epoch", NULL);
		return;
	}
	snprintf(load->numbers[0], sizeof load->numbers[0], "%d", sealer->state.epoch);
	snprintf(load->numbers[1], sizeof load->numbers[1], "%" PRIu64, sealer->state.position);
	snprintf(load->numbers[2], sizeof load->numbers[2], "%d", load->last_epoch + 1);
	load->values[BEGIN_FOLLOWING] = load->numbers[0];
	load->values[BEGIN_POSITION] = load->numbers[1];
	load->values[BEGIN_NUMBER] = load->numbers[2];
	load->values[BEGIN_NAME] = load->epoch.name;
	time_format(load->epoch.began_at_us, load->began_at);
	load->values[BEGIN_AT] = load->began_at;
	load->values[BEGIN_REASON] = reason;
	load->values[BEGIN_SYSTEM] = load->system_identifier;
	load->values[BEGIN_TIMELINE] = load->timeline;
	load->values[BEGIN_PREVIOUS] = load->epoch.previous;
	load->values[BEGIN_KEY] = bytes_string(&made[SEAL_KEY]);
	load->values[BEGIN_ROOT] = bytes_string(&made[SEAL_HEAD_ROOTS]);
	load->values[BEGIN_SIGNATURE] = bytes_string(&made[SEAL_HEAD_SIGNATURES]);
	sealer->has_written = false;
	sealer->calls[0] = (struct db_call){.statement = &begin_statement, .values = load->values};
	sealer_submit(sealer, 1, sealer_written, begin_done);
}

/* --- where the database is ----------------------------------------------------------------------------------------- */

static const char *keep(struct sealer *sealer, const char *text)
{
	const char *copy = text ? arena_copy_string(&sealer->arena, text) : NULL;
	sealer->has_failed |= text && !copy;
	return copy;
}

static void take_head(struct sealer *sealer, const struct rows *rows)
{
	struct sealer_load *load = &sealer->load;
	int64_t signed_at_us;
	load->is_known = row_is_true(rows, 0, HEAD_IS_KNOWN);
	load->last_epoch = (int)row_number(rows, 0, HEAD_LAST_EPOCH);
	load->system_identifier = keep(sealer, row_text(rows, 0, HEAD_SYSTEM));
	load->timeline = keep(sealer, row_text(rows, 0, HEAD_TIMELINE));
	load->note = keep(sealer, row_text(rows, 0, HEAD_NOTE));
	const char *name = row_text(rows, 0, HEAD_EPOCH_NAME);
	snprintf(sealer->batch.epoch_name, sizeof sealer->batch.epoch_name, "%s", name ? name : "");
	const char *signed_at = row_text(rows, 0, HEAD_SIGNED_AT);
	if (signed_at && !time_parse(signed_at, strlen(signed_at), &signed_at_us) && signed_at_us > sealer->signed_at_us)
		sealer->signed_at_us = signed_at_us;
}

/* A tree that doesn't agree with its own last signed head is no tree to go on with. */
static void take_trees(struct sealer *sealer, const struct rows *rows)
{
	batch_forget(&sealer->batch);
	for (int row = 0; row < rows->count && !sealer->has_failed; row++) {
		const char *name = keep(sealer, row_text(rows, row, 0)), *root = keep(sealer, row_text(rows, row, 2));
		const char *frontier = keep(sealer, row_text(rows, row, 3));
		uint64_t size = row_number(rows, row, 1);
		if (sealer->has_failed)
			return;
		enum err error = batch_load(&sealer->batch, name, size, root, frontier);
		sealer->has_failed = error && error != ERR_INPUT;
		sealer->load.is_broken |= error == ERR_INPUT || !row_is_true(rows, row, 4);
	}
}

static void load_rows(void *context, size_t call, const struct rows *rows)
{
	struct sealer *sealer = context;
	if (call == CALL_STATE)
		sealer_take_state(sealer, rows);
	else if (call == CALL_HEAD && rows->count > 0)
		take_head(sealer, rows);
	else if (call == CALL_TREES)
		take_trees(sealer, rows);
}

/* Why what is there can't be gone on with; NULL: it can. */
static const char *reason_to_begin(const struct sealer *sealer)
{
	const struct seal_state *state = &sealer->state;
	const struct sealer_load *load = &sealer->load;
	if (state->epoch == 0)
		return head_is_known(&sealer->head) ? "rolled_back" : "created";
	if (state->is_elsewhere)
		return "restored";
	if ((head_is_known(&sealer->head) && !load->is_known) || load->is_broken || state->national_size == 0)
		return "rolled_back";
	/* Another beginning doesn't help an epoch that has only begun. */
	return sealer->has_collided && state->national_size > 1 ? "rolled_back" : NULL;
}

static void go_on(struct sealer *sealer)
{
	const char *reason = reason_to_begin(sealer);
	if (reason) {
		begin_epoch(sealer, reason);
		return;
	}
	sealer->epoch = sealer->state.epoch;
	sealer->position = sealer->state.position;
	sealer->is_loaded = sealer->is_catching_up = true;
	sealer_again(sealer, 0);
}

static void load_done(void *context, enum db_outcome outcome, const struct db_refusal *refusal)
{
	struct sealer *sealer = context;
	if (outcome != DB_COMMITTED || sealer->has_failed) {
		sealer_failed(sealer, "load", refusal);
		return;
	}
	if (sealer->is_elected != sealer->was_elected)
		log_event(LOG_INFO, sealer->is_elected ? "elected" : "waits_for_election", "\"duty\":\"sealer\"");
	sealer->was_elected = sealer->is_elected;
	if (sealer->is_elected)
		go_on(sealer);
	else
		sealer_again(sealer, ELECTION_EVERY_US);
}

/* "\x" and hexadecimal digits; what doesn't fit is nothing. */
static const char *hex(struct sealer *sealer, const void *data, size_t length)
{
	struct bytes text;
	bytes_init(&text, 2 * HASH_SIZE + 2);
	bytes_append_string(&text, "\\x");
	codec_append_hex(&text, data, length);
	const char *copy = keep(sealer, bytes_string(&text));
	bytes_release(&text);
	return copy;
}

void sealer_load(struct sealer *sealer)
{
	struct sealer_load *load = &sealer->load;
	const struct sealer_head *head = &sealer->head;
	const char **key_values = load->values, **head_values = load->values + 3;
	arena_reset(&sealer->arena);
	*load = (struct sealer_load){0};
	key_values[0] = hex(sealer, sealer->key.id, sizeof sealer->key.id);
	key_values[1] = sealer->key.name;
	key_values[2] = hex(sealer, sealer->key.public_key, sizeof sealer->key.public_key);
	if (head_is_known(head)) {
		snprintf(load->numbers[0], sizeof load->numbers[0], "%" PRIu64, head->checkpoint.size);
		head_values[0] = head->epoch_name;
		head_values[1] = load->numbers[0];
		head_values[2] = hex(sealer, head->checkpoint.root, HASH_SIZE);
	}
	sealer->calls[CALL_STATE] = (struct db_call){.statement = &sealer_state_statement};
	sealer->calls[CALL_KEY] = (struct db_call){.statement = &key_statement, .values = key_values};
	sealer->calls[CALL_HEAD] = (struct db_call){.statement = &head_statement, .values = head_values};
	sealer->calls[CALL_TREES] = (struct db_call){.statement = &trees_statement};
	sealer_submit(sealer, CALL_COUNT, load_rows, load_done);
}
