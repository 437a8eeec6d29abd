/* Verifies a whole database: has its items done, compares what lies between them, says what was found. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "base/time.h"
#include "ledger.h"
#include "ledger/codec.h"
#include "subcommands.h"
#include "verify.h"

enum { LINES_AN_ITEM = 20000, SIGNATURES_AN_ITEM = 5000 };

struct items {
	struct verify_item *item; /* shared with the processes */
	size_t count, capacity;
	uint64_t units;
};

struct verification {
	struct verify_plan plan;
	struct verify_fault found;
	struct items items;
	struct db_reader *reader;
	struct bytes fault;
};

static size_t parts_of(uint64_t total, uint64_t part)
{
	return (size_t)((total + part - 1) / part);
}

static bool is_national(const struct verify_tree *tree)
{
	return strcmp(tree->name, "*") == 0;
}

static size_t count_items(const struct verify_plan *plan)
{
	size_t count = 1 + parts_of(plan->positions, LINES_AN_ITEM) + (size_t)plan->tree_count;
	for (int i = 0; i < plan->tree_count; i++)
		if (is_national(&plan->trees[i]))
			count += 2 * parts_of(plan->trees[i].size, SIGNATURES_AN_ITEM * plan->signature_stride);
	return count;
}

static void add_parts(struct items *items, enum verify_kind kind, int tree, uint64_t total, uint64_t part)
{
	for (uint64_t from = 0; from < total; from += part)
		items->item[items->count++] = (struct verify_item){
			.kind = kind, .tree = tree, .from = from, .to = from + part < total ? from + part : total};
}

/* The long ones first, so that the processes end together. */
static enum err make_items(const struct verify_plan *plan, struct items *items)
{
	items->capacity = count_items(plan);
	items->item = mmap(NULL, items->capacity * sizeof *items->item, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (items->item == MAP_FAILED) {
		items->item = NULL;
		return ERR_MEMORY;
	}
	for (int i = 0; i < plan->tree_count; i++) {
		items->item[items->count++] = (struct verify_item){.kind = VERIFY_TREE, .tree = i};
		items->units += plan->trees[i].size;
	}
	items->item[items->count++] = (struct verify_item){.kind = VERIFY_UNPLACED};
	add_parts(items, VERIFY_LINES, 0, plan->positions, LINES_AN_ITEM);
	items->units += plan->positions + plan->checkpoints;
	for (int i = 0; i < plan->tree_count; i++) {
		uint64_t part = SIGNATURES_AN_ITEM * plan->signature_stride;
		if (!is_national(&plan->trees[i]))
			continue;
		add_parts(items, VERIFY_SIGNATURES, i, plan->trees[i].size, part);
		add_parts(items, VERIFY_NATIONAL_SIGNATURES, i, plan->trees[i].size, part);
	}
	return ERR_NONE;
}

/* Where each force's lines have come to, item by item: a run for each tree that has any. */
struct joining {
	struct verification *all;
	struct verify_run *last; /* by tree of the plan; tree -1: no line yet */
	int64_t latest_us;
};

static struct verify_run *find_last(struct joining *joining, int tree)
{
	const struct verify_plan *plan = &joining->all->plan;
	struct verify_run *found = NULL;
	for (int i = 0; i < plan->tree_count; i++)
		if (joining->last[i].tree >= 0 && strcmp(plan->trees[i].name, plan->trees[tree].name) == 0)
			found = &joining->last[i];
	return found; /* trees are by epoch: the latest one */
}

static void join_run(struct joining *joining, const struct verify_run *run)
{
	const struct verify_plan *plan = &joining->all->plan;
	const struct verify_tree *tree = &plan->trees[run->tree];
	const struct verify_run *before = find_last(joining, run->tree);
	uint64_t expected = before && before->tree == run->tree ? before->last + 1 : 0;
	if (run->first > expected)
		verify_found(&joining->all->found, VERIFY_MISSING, run->position,
			     "position %" PRIu64 ": leaf %" PRIu64 " of the tree of %s, epoch %d, should stand before it", run->position,
			     expected, tree->name, tree->epoch);
	else if (run->first < expected || (before && plan->trees[before->tree].epoch > tree->epoch))
		verify_found(&joining->all->found, VERIFY_REORDERED, run->position,
			     "position %" PRIu64 ": leaf %" PRIu64 " of the tree of %s, epoch %d, was sealed before those that stand before it",
			     run->position, run->first, tree->name, tree->epoch);
	joining->last[run->tree] = *run;
}

static void join_lines(struct joining *joining, const struct verify_item *item)
{
	for (int i = 0; i < item->run_count; i++)
		join_run(joining, &item->runs[i]);
	if (joining->latest_us != INT64_MIN && item->earliest_us != INT64_MAX &&
	    verify_is_out_of_time(joining->latest_us, item->earliest_us))
		verify_found(&joining->all->found, VERIFY_INSERTED, item->earliest_position,
			     "position %" PRIu64 ": it says that it was recorded over an hour before lines that stand before it",
			     item->earliest_position);
	if (item->latest_us > joining->latest_us)
		joining->latest_us = item->latest_us;
}

/* Leaves that no line led to. */
static void join_tree(struct joining *joining, const struct verify_item *item)
{
	const struct verify_tree *tree = &joining->all->plan.trees[item->tree];
	const struct verify_run *run = &joining->last[item->tree];
	uint64_t reached = run->tree < 0 ? 0 : run->last + 1;
	if (!is_national(tree) && item->count > reached)
		verify_found(&joining->all->found, VERIFY_INSERTED, verify_tree_rank(tree, reached),
			     "the tree of %s, epoch %d: leaf %" PRIu64 " and what follows belongs to no line that has a position",
			     tree->name, tree->epoch, reached);
}

static enum err join(struct verification *all)
{
	struct joining joining = {.all = all, .latest_us = INT64_MIN};
	uint64_t checkpoints = 0;
	joining.last = arena_take_zeroed(&all->plan.arena, ((size_t)all->plan.tree_count + 1) * sizeof *joining.last);
	if (!joining.last)
		return ERR_MEMORY;
	for (int i = 0; i < all->plan.tree_count; i++)
		joining.last[i].tree = -1;
	for (size_t i = 0; i < all->items.count; i++) {
		verify_join(&all->found, &all->items.item[i].fault);
		if (all->items.item[i].kind == VERIFY_LINES)
			join_lines(&joining, &all->items.item[i]);
	}
	for (size_t i = 0; i < all->items.count; i++)
		if (all->items.item[i].kind == VERIFY_TREE) {
			join_tree(&joining, &all->items.item[i]);
			checkpoints += all->items.item[i].checkpoints;
		}
	if (checkpoints != all->plan.checkpoints)
		verify_found(&all->found, VERIFY_INSERTED, UINT64_MAX, "%" PRIu64 " checkpoints are of trees that aren't there",
			     all->plan.checkpoints - checkpoints);
	return ERR_NONE;
}

struct totals {
	uint64_t lines, signatures, late;
	const char *first_late;
};

static struct totals add_up(const struct items *items)
{
	struct totals totals = {0};
	for (size_t i = 0; i < items->count; i++) {
		const struct verify_item *item = &items->item[i];
		totals.lines += item->kind == VERIFY_LINES ? item->count : 0;
		totals.signatures += item->kind == VERIFY_SIGNATURES || item->kind == VERIFY_NATIONAL_SIGNATURES ? item->count : 0;
		totals.late += item->late;
		if (item->late && !totals.first_late)
			totals.first_late = item->first_late;
	}
	return totals;
}

/* A restored database has lost what came after its backup, and the sealer, which knew of it, says so in the new epoch's beginning. */
static void print_beginning(const struct verify_plan *plan, int number)
{
	const struct verify_epoch *epoch = &plan->epochs[number - 1];
	const struct verify_tree *before = !epoch->after.size || epoch->after_tree < 0 ? NULL : &plan->trees[epoch->after_tree];
	if (number > 1)
		printf("note: epoch %d began anew (%s)%s\n", number, epoch->reason, before ? "; it is linked to the one before" : "");
	if (epoch->after.size && !before)
		printf("note: epoch %d began after a head of %" PRIu64 " leaves of %s, which isn't there:"
		       " all of it was lost when the database was taken back or made anew\n", number, epoch->after.size, epoch->after.origin);
	else if (before && epoch->after.size > before->size)
		printf("note: epoch %d began after a national head of %" PRIu64 " leaves, but the national tree of epoch %d has only %" PRIu64
		       ": the heads of forces at leaves %" PRIu64 " to %" PRIu64 ", with the lines they covered first, were lost when the database was"
		       " taken back\n", number, epoch->after.size, before->epoch, before->size, before->size, epoch->after.size - 1);
}

/* What isn't a fault, but should be known. */
static void print_remarks(const struct verification *all, const struct totals *totals)
{
	const struct verify_plan *plan = &all->plan;
	if (!plan->epoch_count)
		printf("note: nothing has been sealed yet\n");
	for (int i = 1; i <= plan->epoch_count; i++)
		print_beginning(plan, i);
	if (plan->positions > plan->sealed_position)
		printf("note: %" PRIu64 " lines are not sealed yet\n", plan->positions - plan->sealed_position);
	if (totals->signatures < plan->checkpoints)
		printf("note: of %" PRIu64 " signatures %" PRIu64 " were checked, of the roots all; --every-signature checks the rest\n",
		       plan->checkpoints, totals->signatures);
	if (totals->late)
		printf("note: %" PRIu64 " lines were sealed over 10 s after they were recorded, the first: %s\n", totals->late,
		       totals->first_late);
}

static void print_heads(const struct verification *all)
{
	const struct verify_plan *plan = &all->plan;
	for (size_t i = 0; i < all->items.count; i++) {
		const struct verify_item *item = &all->items.item[i];
		if (item->kind != VERIFY_TREE || !is_national(&plan->trees[item->tree]))
			continue;
		struct bytes root;
		bytes_init(&root, 100);
		codec_append_base64(&root, item->root, HASH_SIZE);
		printf("head: secondlook/%s %" PRIu64 " %s\n", plan->epochs[plan->trees[item->tree].epoch - 1].name, item->count,
		       bytes_string(&root));
		bytes_release(&root);
	}
}

static int report(struct verification *all, int64_t began_us)
{
	struct totals totals = add_up(&all->items);
	const struct verify_fault *found = &all->found;
	print_remarks(all, &totals);
	if (!found->count)
		print_heads(all);
	printf("%s %" PRIu64 " lines, %d trees of %d epochs, %" PRIu64 " checkpoints, %zu notes of others in %.1f s\n",
	       found->count ? "looked at" : "good:", totals.lines, all->plan.tree_count, all->plan.epoch_count,
	       all->plan.checkpoints, all->plan.witnessed_count, (double)(time_monotonic_us() - began_us) / 1e6);
	if (!found->count)
		return LEDGER_PROVEN;
	printf("%s: %s\n", verify_how_word(found->how), found->text);
	if (found->count > 1)
		printf("(and %" PRIu64 " more findings behind it)\n", found->count - 1);
	return LEDGER_FAULTY;
}

static enum err verify_all(struct verification *all)
{
	enum err error = db_reader_open(all->plan.connection, NULL, &all->reader);
	if (!error)
		error = verify_plan_make(&all->plan, all->reader, &all->found, &all->fault);
	if (!error)
		error = make_items(&all->plan, &all->items);
	if (!error)
		error = verify_pool_run(&all->plan, all->items.item, all->items.count, all->items.units, &all->fault);
	if (!error)
		error = join(all);
	if (error && !all->fault.length)
		bytes_append_string(&all->fault, db_reader_fault(all->reader));
	return error;
}

int verify_database(const struct settings *settings)
{
	struct verification all = {.plan.settings = settings};
	struct bytes connection;
	int64_t began_us = time_monotonic_us();
	bytes_init(&connection, 4096);
	bytes_init(&all.fault, 1 << 14);
	enum err error = settings_connection(settings, "secondlook_verifier", &connection, &all.fault);
	all.plan.connection = bytes_string(&connection);
	if (!error)
		error = verify_all(&all);
	int status = error ? subcommand_failed("ledger", error, &all.fault) : report(&all, began_us);
	if (all.items.item)
		munmap(all.items.item, all.items.capacity * sizeof *all.items.item);
	db_reader_close(all.reader);
	verify_plan_release(&all.plan);
	bytes_release(&all.fault);
	bytes_release(&connection);
	return status;
}
