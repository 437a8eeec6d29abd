/* Verifies lines in the order of their positions: each is there, hashes to its leaf, and stands where it was sealed. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "verify.h"

enum { PROGRESS_EVERY = 500 };

/* Before the columns of line.h. */
enum column { POSITION, FORCE, LINE, CHANGES, EPOCH, LEAF_INDEX, LEAF, SIGNED_AT, LINE_COLUMNS };

static const char sql_before[] = "select o.position, o.force_id, o.line_id, o.changes, f.epoch, f.leaf_index, f.hash, s.signed_at, ";
static const char sql_after[] =
	" from ledger_order o"
	" left join ledger_line l on l.force_id = o.force_id and l.line_id = o.line_id"
	" left join ledger_leaf f on f.force_id = o.force_id and f.line_id = o.line_id"
	" left join lateral (select c.signed_at from ledger_checkpoint c"
	"   where c.epoch = f.epoch and c.tree = f.force_id and c.size > f.leaf_index order by c.size limit 1) s on true"
	" where o.position > $1::bigint and o.position <= $2::bigint order by o.position";

static const char leaf_sql[] =
	"select f.line_id, exists (select from ledger_order o where o.force_id = f.force_id and o.line_id = f.line_id)"
	" from ledger_leaf f where f.force_id = $1 and f.epoch = $2::int and f.leaf_index = $3::bigint";

/* The item under way. */
struct lines {
	struct verify_work *work;
	struct verify_item *item;
	const char *const *columns;
	uint64_t position;
};

/* A line for whoever reads: which, whose, where. */
static void found(struct lines *lines, enum verify_how how, const char *what)
{
	verify_found(&lines->item->fault, how, lines->position, "line %.40s of %.60s, position %" PRIu64 ": %s",
		     lines->columns[LINE], lines->columns[FORCE], lines->position, what);
}

static void check_gap(struct lines *lines, uint64_t upto)
{
	struct verify_fault *fault = &lines->item->fault;
	if (lines->position == upto)
		return;
	verify_found(fault, VERIFY_MISSING, lines->position, "position %" PRIu64 ": is gone from the order", lines->position);
	fault->count += upto - lines->position - 1;
	lines->position = upto;
}

/* Whether what is in the row is what was sealed. */
static enum err check_content(struct lines *lines)
{
	unsigned char leaf[HASH_SIZE], stored[HASH_SIZE];
	const char *const *row = lines->columns + LINE_COLUMNS;
	if ((strcmp(lines->columns[CHANGES], "t") == 0) != (row[LINE_IMAGE] != NULL))
		found(lines, VERIFY_ALTERED, "it isn't the kind of line that its place in the order says");
	if (!lines->columns[LEAF])
		return ERR_NONE;
	enum err error = line_leaf(&lines->work->line, row, leaf);
	if (error && error != ERR_INPUT)
		return error;
	if (error || verify_read_hash(lines->columns[LEAF], stored) || memcmp(leaf, stored, HASH_SIZE) != 0)
		found(lines, VERIFY_ALTERED, "its content isn't what was sealed");
	return ERR_NONE;
}

static enum err check_erased(struct lines *lines)
{
	const char *const *row = lines->columns + LINE_COLUMNS;
	const char *member = NULL;
	char what[200];
	enum err error = row[LINE_ERASED] ? verify_erased(lines->work, row, &member) : ERR_NONE;
	if (!member)
		return error;
	snprintf(what, sizeof what, "its member %.100s is gone without an erasure on record", member);
	found(lines, VERIFY_ALTERED, what);
	return ERR_NONE;
}

/* Lines that were there before their epoch began could not be sealed in time. */
static int64_t began_us(const struct lines *lines)
{
	const struct verify_plan *plan = lines->work->plan;
	uint64_t epoch;
	if (verify_read_number(lines->columns[EPOCH], &epoch) || epoch < 1 || epoch > (uint64_t)plan->epoch_count)
		return INT64_MAX;
	return plan->epochs[epoch - 1].began_us;
}

/* `latest_us` is INT64_MIN as long as there was none. */
static void check_time(struct lines *lines)
{
	struct verify_item *item = lines->item;
	int64_t recorded_us, signed_us;
	const char *recorded = lines->columns[LINE_COLUMNS + LEAF_RECORDED_AT], *signed_at = lines->columns[SIGNED_AT];
	if (verify_read_instant(&lines->work->line.arena, recorded, &recorded_us))
		return; /* its content tells more */
	if (item->latest_us != INT64_MIN && verify_is_out_of_time(item->latest_us, recorded_us))
		found(lines, VERIFY_INSERTED, "it says that it was recorded over an hour before lines that stand before it");
	if (recorded_us > item->latest_us)
		item->latest_us = recorded_us;
	if (recorded_us < item->earliest_us) {
		item->earliest_us = recorded_us;
		item->earliest_position = lines->position;
	}
	if (!signed_at || verify_read_instant(&lines->work->line.arena, signed_at, &signed_us) ||
	    signed_us - recorded_us <= VERIFY_LATE_US || recorded_us < began_us(lines))
		return;
	if (!item->late++)
		snprintf(item->first_late, sizeof item->first_late, "line %s of %s, recorded %s, sealed %s",
			 lines->columns[LINE], lines->columns[FORCE], recorded, signed_at);
}

/* What became of the leaf that should have come next. */
static enum err explain_gap(struct lines *lines, const struct verify_tree *tree, uint64_t expected)
{
	char epoch[12], leaf[24], what[200];
	const char *const values[] = {tree->name, epoch, leaf}, *const *row;
	snprintf(epoch, sizeof epoch, "%d", tree->epoch);
	snprintf(leaf, sizeof leaf, "%" PRIu64, expected);
	enum err error = db_reader_first(lines->work->second, leaf_sql, values, 3, &row);
	if (error)
		return error;
	if (!row) {
		snprintf(what, sizeof what, "leaf %s of epoch %s before it is gone, and so is its line", leaf, epoch);
		found(lines, VERIFY_MISSING, what);
		return ERR_NONE;
	}
	bool has_position = strcmp(row[1], "t") == 0;
	snprintf(what, sizeof what, "leaf %s of epoch %s should stand before it: line %.40s%s", leaf, epoch, row[0],
		 has_position ? "" : ", which has no position");
	found(lines, has_position ? VERIFY_REORDERED : VERIFY_MISSING, what);
	return ERR_NONE;
}

/* The last run of the force, in whatever epoch. */
static struct verify_run *find_run(struct lines *lines)
{
	const struct verify_tree *trees = lines->work->plan->trees;
	for (int i = lines->item->run_count - 1; i >= 0; i--)
		if (strcmp(trees[lines->item->runs[i].tree].name, lines->columns[FORCE]) == 0)
			return &lines->item->runs[i];
	return NULL;
}

static enum err begin_run(struct lines *lines, int tree, uint64_t leaf)
{
	struct verify_item *item = lines->item;
	if (item->run_count == VERIFY_RUNS_MAXIMUM)
		return ERR_LIMIT;
	item->runs[item->run_count++] = (struct verify_run){tree, leaf, leaf, lines->position};
	return ERR_NONE;
}

static enum err check_place(struct lines *lines)
{
	const struct verify_plan *plan = lines->work->plan;
	uint64_t leaf, epoch;
	if (verify_read_number(lines->columns[EPOCH], &epoch) || verify_read_number(lines->columns[LEAF_INDEX], &leaf))
		return ERR_INPUT;
	int tree = verify_find_tree(plan, (int)epoch, lines->columns[FORCE]);
	if (tree < 0) {
		found(lines, VERIFY_INSERTED, "its leaf is in a tree that isn't there");
		return ERR_NONE;
	}
	struct verify_run *run = find_run(lines);
	if (!run)
		return begin_run(lines, tree, leaf);
	if (plan->trees[tree].epoch < plan->trees[run->tree].epoch || (tree == run->tree && leaf <= run->last)) {
		found(lines, VERIFY_REORDERED, "it was sealed before the lines that stand before it");
		return ERR_NONE;
	}
	uint64_t expected = tree == run->tree ? run->last + 1 : 0;
	enum err error = leaf == expected ? ERR_NONE : explain_gap(lines, &plan->trees[tree], expected);
	if (error || tree != run->tree)
		return error ? error : begin_run(lines, tree, leaf);
	run->last = leaf;
	return ERR_NONE;
}

static enum err check_line(struct lines *lines)
{
	bool is_sealed = lines->position <= lines->work->plan->sealed_position;
	if (lines->columns[LEAF] && !is_sealed)
		found(lines, VERIFY_INSERTED, "it has a leaf, though the sealer hasn't come so far");
	if (!lines->columns[LINE_COLUMNS + LEAF_FORCE]) {
		found(lines, VERIFY_MISSING, "it is gone");
	} else {
		lines->item->count++;
		enum err error = check_content(lines);
		if (!error)
			error = check_erased(lines);
		if (error)
			return error;
		check_time(lines);
	}
	if (!lines->columns[LEAF] && is_sealed)
		found(lines, VERIFY_MISSING, "its leaf is gone");
	return lines->columns[LEAF] ? check_place(lines) : ERR_NONE;
}

static enum err next(struct lines *lines)
{
	return db_reader_next(lines->work->first, &lines->columns);
}

static enum err read_lines(struct lines *lines)
{
	uint64_t position, units = 0;
	enum err error = next(lines);
	while (!error && lines->columns) {
		error = verify_read_number(lines->columns[POSITION], &position);
		if (error)
			break;
		check_gap(lines, position);
		error = check_line(lines);
		lines->position = position + 1;
		if (++units % PROGRESS_EVERY == 0)
			lines->work->progress(lines->work->context, PROGRESS_EVERY);
		if (!error)
			error = next(lines);
	}
	lines->work->progress(lines->work->context, units % PROGRESS_EVERY);
	if (!error)
		check_gap(lines, lines->item->to + 1);
	return error;
}

enum err verify_lines(struct verify_work *work, struct verify_item *item)
{
	struct lines lines = {work, item, NULL, item->from + 1};
	struct bytes sql;
	char from[24], to[24];
	const char *const values[] = {from, to};
	snprintf(from, sizeof from, "%" PRIu64, item->from);
	snprintf(to, sizeof to, "%" PRIu64, item->to);
	item->latest_us = INT64_MIN;
	item->earliest_us = INT64_MAX;
	bytes_init(&sql, 4096);
	bytes_format(&sql, "%s%s%s", sql_before, line_columns, sql_after);
	enum err error = bytes_string(&sql) ? db_reader_start(work->first, bytes_string(&sql), values, 2) : ERR_MEMORY;
	if (!error)
		error = read_lines(&lines);
	bytes_release(&sql);
	return error;
}

enum err verify_unplaced(struct verify_work *work, struct verify_item *item)
{
	/* A number that no transaction can have had yet would keep a line from the sequencer for ever. In a database restored
	 * elsewhere that can be told once its numbers are raised. */
	static const char sql[] =
		"select l.force_id, l.line_id, l.recorded_at from ledger_line l"
		" where (l.xid < (select next_xid from ledger_horizon) or l.xid >="
		" (select (pg_snapshot_xmax(pg_current_snapshot())::text::numeric + h.xid_offset)::text::xid8 from ledger_horizon h"
		" where h.system_identifier = (select system_identifier from pg_control_system())))"
		" and not exists (select from ledger_order o where o.force_id = l.force_id and o.line_id = l.line_id)"
		" order by l.recorded_at";
	static const char as_wide_sql[] = "select set_config('enable_hashjoin', $1, false), set_config('enable_seqscan', $1, false),"
					  " set_config('work_mem', $2, false)";
	const char *const wide[] = {"on", "256MB"}, *const narrow[] = {"off", "4MB"}, *const *row;
	enum err error = db_reader_first(work->second, as_wide_sql, wide, 2, &row);
	if (!error)
		error = db_reader_start(work->second, sql, NULL, 0);
	for (uint64_t rank = (uint64_t)1 << 62; !error; rank++) {
		error = db_reader_next(work->second, &row);
		if (error || !row)
			break;
		verify_found(&item->fault, VERIFY_INSERTED, rank,
			     "line %s of %s, recorded %s: it has no position, so it came past the service", row[1], row[0],
			     row[2]);
	}
	return error ? error : db_reader_first(work->second, as_wide_sql, narrow, 2, &row);
}
