/* Holds what is gone of lines against the erasures on record: a leaf stays what it was whoever takes a member away.
 *
 * An erasure has a line of its own, sealed like any other: which members of which record, on whose authority. */
#include <jansson.h>
#include <string.h>

#include "base/time.h"
#include "verify.h"

enum { ERASURES_MEMORY = 1 << 30 };

/* The line of an erasure is written by the statement that erases, so both moments are of one clock, at most a statement apart: in its
 * lane 60 s. Twice that leaves room for a clock that is set meanwhile; nothing but that erasure fits into it. */
static const int64_t apart_us = 120 * 1000000LL;

/* One member that an erasure took. */
struct erasure {
	const char *record, *relation, *member, *authority;
	int64_t recorded_us;
};

struct verify_erasures {
	const char *force;
	struct erasure *erasures; /* by record */
	size_t count;
	struct verify_erasures *next;
};

enum column { RECORD, RELATION, MEMBER, AUTHORITY, RECORDED_AT, TOTAL };
/* Lines of erasures belong to no case: so an index leads to them. */
static const char erasures_sql[] =
	"select coalesce(n.image ->> 'subject_id', ''), coalesce(n.image ->> 'subject_kind', ''), coalesce(m, ''),"
	" coalesce(n.image ->> 'authority', ''), n.recorded_at, count(*) over () from ledger_line n,"
	" jsonb_array_elements_text(case jsonb_typeof(n.image -> 'members') when 'array' then n.image -> 'members' end) m"
	" where n.force_id = $1 and n.case_id is null and n.relation = 'erasure' and n.image is not null"
	" order by coalesce(n.image ->> 'subject_id', '') collate \"C\"";

static enum err add_erasure(struct verify_work *work, struct verify_erasures *of, const char *const *row)
{
	struct arena *arena = &work->erasures_arena;
	uint64_t total;
	if (verify_read_number(row[TOTAL], &total))
		return ERR_INPUT;
	if (!of->erasures)
		of->erasures = arena_take(arena, total * sizeof *of->erasures);
	if (!of->erasures)
		return ERR_MEMORY;
	struct erasure *erasure = &of->erasures[of->count];
	*erasure = (struct erasure){arena_copy_string(arena, row[RECORD]), arena_copy_string(arena, row[RELATION]),
				    arena_copy_string(arena, row[MEMBER]), arena_copy_string(arena, row[AUTHORITY]), 0};
	if (!erasure->record || !erasure->relation || !erasure->member || !erasure->authority)
		return ERR_MEMORY;
	/* One of no moment is none; its own line tells that it was altered. */
	of->count += !verify_read_instant(arena, row[RECORDED_AT], &erasure->recorded_us);
	return ERR_NONE;
}

static enum err read_erasures(struct verify_work *work, const char *force, struct verify_erasures *of)
{
	const char *const values[] = {force}, *const *row;
	enum err error = db_reader_start(work->second, erasures_sql, values, 1);
	if (!error)
		error = db_reader_next(work->second, &row);
	while (!error && row) {
		error = add_erasure(work, of, row);
		if (!error)
			error = db_reader_next(work->second, &row);
	}
	return error;
}

/* A force's are read when its first line comes that has lost something. */
static enum err find_force(struct verify_work *work, const char *force, const struct verify_erasures **found)
{
	struct verify_erasures *of = work->erasures;
	while (of && strcmp(of->force, force) != 0)
		of = of->next;
	if (!of) {
		if (!work->erasures)
			arena_init(&work->erasures_arena, ERASURES_MEMORY);
		of = arena_take_zeroed(&work->erasures_arena, sizeof *of);
		if (!of || !(of->force = arena_copy_string(&work->erasures_arena, force)))
			return ERR_MEMORY;
		of->next = work->erasures;
		work->erasures = of;
		enum err error = read_erasures(work, force, of);
		if (error)
			return error;
	}
	*found = of;
	return ERR_NONE;
}

static size_t find_record(const struct verify_erasures *of, const char *record)
{
	size_t from = 0, to = of->count;
	while (from < to) {
		size_t middle = from + (to - from) / 2;
		if (strcmp(of->erasures[middle].record, record) < 0)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

static bool is_near(int64_t one_us, int64_t other_us)
{
	return one_us - other_us <= apart_us && other_us - one_us <= apart_us;
}

/* What the line says of a member that is gone: `at` and `authority` stand in no leaf, so they count as far as an erasure says the same. */
static bool is_on_record(const struct verify_erasures *of, const char *const *line, int64_t recorded_us, const char *member,
			 const json_t *said)
{
	const char *at = json_string_value(json_object_get(said, "at"));
	const char *authority = json_string_value(json_object_get(said, "authority"));
	int64_t at_us;
	if (!at || !authority || !line[LEAF_RECORD] || !line[LEAF_RELATION] || time_parse(at, strlen(at), &at_us) ||
	    recorded_us - at_us > apart_us)
		return false;
	for (size_t i = find_record(of, line[LEAF_RECORD]); i < of->count && strcmp(of->erasures[i].record, line[LEAF_RECORD]) == 0; i++) {
		const struct erasure *erasure = &of->erasures[i];
		if (strcmp(erasure->relation, line[LEAF_RELATION]) == 0 && strcmp(erasure->member, member) == 0 &&
		    strcmp(erasure->authority, authority) == 0 && is_near(erasure->recorded_us, at_us))
			return true;
	}
	return false;
}

enum err verify_erased(struct verify_work *work, const char *const *line, const char **member)
{
	const struct verify_erasures *of;
	const char *name, *gone = NULL;
	int64_t recorded_us;
	json_t *said;
	json_error_t unused;
	enum err error = find_force(work, line[LEAF_FORCE], &of);
	if (error)
		return error;
	json_t *erased = json_loads(line[LINE_ERASED], 0, &unused);
	if (!json_is_object(erased) || verify_read_instant(&work->line.arena, line[LEAF_RECORDED_AT], &recorded_us))
		gone = "(not told)";
	json_object_foreach(erased, name, said)
		if (!gone && !is_on_record(of, line, recorded_us, name, said))
			gone = name;
	const char *kept = gone ? arena_copy_string(&work->line.arena, gone) : NULL;
	json_decref(erased);
	*member = kept;
	return gone && !kept ? ERR_MEMORY : ERR_NONE;
}
