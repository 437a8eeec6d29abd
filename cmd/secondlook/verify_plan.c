/* Plans the verification of a database: what there is of epochs and trees as of the snapshot. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "ledger/codec.h"
#include "verify.h"

enum { PLAN_MEMORY = 1 << 28, TREES_MAXIMUM = 100000, EPOCHS_MAXIMUM = 32767 };
/* More would take longer than everything else; the roots and texts of all are verified in any case. */
static const uint64_t signatures_enough = 400000;

struct planning {
	struct verify_plan *plan;
	struct db_reader *reader;
	struct verify_fault *found;
	struct bytes *fault;
};

static enum err read_one(struct planning *planning, const char *sql, uint64_t *number)
{
	const char *const *row;
	enum err error = db_reader_first(planning->reader, sql, NULL, 0, &row);
	return error ? error : verify_read_number(row ? row[0] : NULL, number);
}

static enum err read_progress(struct planning *planning)
{
	struct verify_plan *plan = planning->plan;
	uint64_t highest, epoch;
	enum err error = read_one(planning, "select position from ledger_horizon", &plan->positions);
	if (!error)
		error = read_one(planning, "select position from ledger_sealed", &plan->sealed_position);
	if (!error)
		error = read_one(planning, "select coalesce(max(position), 0) from ledger_order", &highest);
	if (!error)
		error = read_one(planning, "select epoch from ledger_sealed", &epoch);
	if (!error)
		error = read_one(planning, "select count(*) from ledger_checkpoint", &plan->checkpoints);
	if (error)
		return error;
	if (highest > plan->positions)
		verify_found(planning->found, VERIFY_INSERTED, plan->positions + 1,
			     "position %" PRIu64 ": the sequencer has only come to %" PRIu64, highest, plan->positions);
	if (plan->sealed_position > plan->positions)
		verify_found(planning->found, VERIFY_MISSING, plan->positions + 1,
			     "positions from %" PRIu64 " to %" PRIu64 ": were sealed, but the sequencer has not come so far",
			     plan->positions + 1, plan->sealed_position);
	if (epoch != (uint64_t)plan->epoch_count)
		verify_found(planning->found, VERIFY_MISSING, plan->positions + 1,
			     "epoch %" PRIu64 " is sealed into, but there are %d", epoch, plan->epoch_count);
	return ERR_NONE;
}

static enum err add_epoch(struct planning *planning, const char *const *row)
{
	struct verify_plan *plan = planning->plan;
	struct verify_epoch *epoch = &plan->epochs[plan->epoch_count];
	char began[TIME_TEXT_SIZE];
	uint64_t number;
	if (verify_read_number(row[0], &number) || verify_read_instant(&plan->arena, row[3], &epoch->began_us))
		return ERR_INPUT;
	plan->epoch_count++;
	if (number != (uint64_t)plan->epoch_count)
		verify_found(planning->found, VERIFY_MISSING, 0, "epoch %d: is gone", plan->epoch_count);
	time_format(epoch->began_us, began);
	snprintf(epoch->name, sizeof epoch->name, "%s", row[1]);
	snprintf(epoch->reason, sizeof epoch->reason, "%s", row[2]);
	epoch->previous = arena_copy_string(&plan->arena, row[4]);
	epoch->text = arena_format(&plan->arena, "secondlook-epoch-v1\n%s\n%s\n%s\n%s", row[1], began, row[2], row[4]);
	return epoch->previous && epoch->text ? ERR_NONE : ERR_MEMORY;
}

static enum err add_tree(struct planning *planning, const char *const *row)
{
	struct verify_plan *plan = planning->plan;
	struct verify_tree *tree = &plan->trees[plan->tree_count];
	uint64_t epoch;
	if (verify_read_number(row[0], &epoch) || strlen(row[1]) >= sizeof tree->name ||
	    verify_read_number(row[2], &tree->size) || verify_read_hash(row[3], tree->root))
		return ERR_INPUT;
	if (epoch < 1 || epoch > (uint64_t)plan->epoch_count) {
		verify_found(planning->found, VERIFY_INSERTED, 0, "the tree of %.60s, epoch %s: there is no such epoch", row[1], row[0]);
		return ERR_NONE;
	}
	tree->epoch = (int)epoch;
	memcpy(tree->name, row[1], strlen(row[1]) + 1);
	plan->tree_count++;
	return ERR_NONE;
}

/* Reads all rows of a small table into an array that is taken from the arena by its count first. */
static enum err read_all(struct planning *planning, const char *sql, enum err (*add)(struct planning *, const char *const *))
{
	const char *const *row;
	enum err error = db_reader_start(planning->reader, sql, NULL, 0);
	if (!error)
		error = db_reader_next(planning->reader, &row);
	while (!error && row) {
		error = add(planning, row);
		if (!error)
			error = db_reader_next(planning->reader, &row);
	}
	return error;
}

static enum err read_epochs(struct planning *planning)
{
	struct verify_plan *plan = planning->plan;
	uint64_t count;
	enum err error = read_one(planning, "select count(*) from ledger_epoch", &count);
	if (error || count > EPOCHS_MAXIMUM)
		return error ? error : ERR_LIMIT;
	plan->epochs = arena_take_zeroed(&plan->arena, (count + 1) * sizeof *plan->epochs);
	return plan->epochs ? read_all(planning,
				       "select epoch, name, reason, began_at, coalesce(previous, '') from ledger_epoch order by epoch",
				       add_epoch)
			    : ERR_MEMORY;
}

static enum err read_trees(struct planning *planning)
{
	struct verify_plan *plan = planning->plan;
	uint64_t count;
	enum err error = read_one(planning, "select count(*) from ledger_tree", &count);
	if (error || count > TREES_MAXIMUM)
		return error ? error : ERR_LIMIT;
	plan->trees = arena_take_zeroed(&plan->arena, (count + 1) * sizeof *plan->trees);
	error = plan->trees ? read_all(planning, "select epoch, tree, size, root from ledger_tree order by epoch, tree", add_tree)
			    : ERR_MEMORY;
	for (int i = 1; !error && i <= plan->epoch_count; i++)
		if (verify_find_tree(plan, i, "*") < 0)
			verify_found(planning->found, VERIFY_MISSING, 0, "the national tree, epoch %d: is gone", i);
	return error;
}

/* The national tree of that origin, of an epoch before this one; -1: there is none. */
static enum err find_nation(const struct verify_plan *plan, int number, const char *origin, int *tree)
{
	struct checkpoint known;
	*tree = -1;
	for (int i = 1; i < number; i++) {
		enum err error = checkpoint_origin(plan->epochs[i - 1].name, "*", &known);
		if (error)
			return error;
		if (strcmp(known.origin, origin) == 0)
			*tree = verify_find_tree(plan, i, "*");
	}
	return ERR_NONE;
}

/* Every epoch but the first began with a signed head of the one before: the database must still agree with it. The head may be of more
 * than is there, or of an epoch that isn't: then the database was taken back before this epoch began, which is said. */
static enum err link_epoch(struct planning *planning, int number)
{
	struct verify_plan *plan = planning->plan;
	struct verify_epoch *epoch = &plan->epochs[number - 1];
	struct checkpoint *after = &epoch->after;
	struct note note;
	if (!*epoch->previous) {
		if (number > 1)
			verify_found(planning->found, VERIFY_MISSING, 0, "epoch %d: doesn't say which head came before it", number);
		return ERR_NONE;
	}
	enum note_fault fault = key_ring_open(&plan->ring, LEDGER_KEY_CHECKPOINTS, epoch->previous, strlen(epoch->previous), &note);
	if (fault || checkpoint_parse(note.text, note.length, after)) {
		verify_found(planning->found, fault == NOTE_MALFORMED ? VERIFY_ALTERED : VERIFY_WRONG_SIGNATURE, 0,
			     "epoch %d: the head that it says came before it isn't signed by anyone trusted", number);
		*after = (struct checkpoint){.size = 0};
		return ERR_NONE;
	}
	enum err error = find_nation(plan, number, after->origin, &epoch->after_tree);
	if (error || epoch->after_tree < 0)
		return error;
	struct verify_witnessed *link = &plan->witnessed[plan->witnessed_count++];
	*link = (struct verify_witnessed){.tree = epoch->after_tree, .size = after->size, .path = ""};
	memcpy(link->root, after->root, HASH_SIZE);
	return ERR_NONE;
}

static enum err link_epochs(struct planning *planning)
{
	struct verify_plan *plan = planning->plan;
	enum err error = ERR_NONE;
	plan->witnessed = calloc((size_t)plan->epoch_count + 1, sizeof *plan->witnessed);
	if (!plan->witnessed)
		return ERR_MEMORY;
	for (int i = 1; !error && i <= plan->epoch_count; i++)
		error = link_epoch(planning, i);
	return error;
}

static void choose_signatures(struct verify_plan *plan)
{
	bool all = plan->settings->every_signature || plan->checkpoints <= signatures_enough;
	plan->signature_stride = all ? 1 : plan->checkpoints / signatures_enough + 1;
	plan->signature_offset = (uint64_t)time_now_us() % plan->signature_stride;
}

enum err verify_plan_make(struct verify_plan *plan, struct db_reader *reader, struct verify_fault *found, struct bytes *fault)
{
	struct planning planning = {plan, reader, found, fault};
	arena_init(&plan->arena, PLAN_MEMORY);
	enum err error = key_ring_trusted(plan->settings, fault, &plan->ring);
	if (!error)
		error = db_reader_snapshot(reader, plan->snapshot);
	if (!error)
		error = read_epochs(&planning);
	if (!error)
		error = read_trees(&planning);
	if (!error)
		error = read_progress(&planning);
	if (!error)
		error = link_epochs(&planning);
	if (error)
		return error;
	choose_signatures(plan);
	return *plan->settings->witness ? verify_witness_read(plan, plan->settings->witness, found, fault) : ERR_NONE;
}

void verify_plan_release(struct verify_plan *plan)
{
	key_ring_release(&plan->ring);
	free(plan->witnessed);
	arena_release(&plan->arena);
}
