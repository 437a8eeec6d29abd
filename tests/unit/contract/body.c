/* Tests of parsing bodies. */
#include "contract/body.h"

#include <string.h>

#include "support/unit.h"

static const struct fault *refusal(struct arena *arena, const char *text, size_t length)
{
	static struct faults faults;
	faults = (struct faults){0};
	struct fault_sink sink = {.arena = arena, .faults = &faults};
	ck_assert_ptr_null(body_parse(&sink, text, length));
	ck_assert_uint_eq(faults.count, 1);
	return &faults.list[0];
}

START_TEST(says_where_without_echoing)
{
	static const struct {
		const char *text, *code, *detail;
	} rows[] = {
		{"{\n  \"SECRET\" 1}", "not_json", "Must be JSON (RFC 8259): see line 2, column 12."},
		{"{\"SECRET\": 1, \"SECRET\": 2}", "duplicate_member",
		 "An object must not have two members of one name: see line 1, column 22."},
		{"[1e999]", "number_out_of_range", "Whole numbers must fit 64 bits, others a double: see line 1, column 6."},
	};
	struct arena arena;
	arena_init(&arena, 1 << 20);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct fault *fault = refusal(&arena, rows[i].text, strlen(rows[i].text));
		ck_assert_str_eq(fault->pointer, "");
		ck_assert_str_eq(fault->code, rows[i].code);
		ck_assert_str_eq(fault->detail, rows[i].detail);
	}
	arena_release(&arena);
}
END_TEST

START_TEST(stops_at_a_depth_before_parsing)
{
	enum { HOSTILE = 1 << 20 };
	struct arena arena;
	char *text = malloc(HOSTILE);
	memset(text, '[', HOSTILE);
	text[0] = '\n';
	arena_init(&arena, 1 << 20);
	const struct fault *fault = refusal(&arena, text, HOSTILE);
	ck_assert_str_eq(fault->code, "too_deep");
	ck_assert_str_eq(fault->detail, "Must not nest deeper than 32 levels: see line 2, column 33.");
	memset(text, '{', HOSTILE);
	ck_assert_str_eq(refusal(&arena, text, HOSTILE)->code, "too_deep");
	free(text);
	arena_release(&arena);
}
END_TEST

static bool is_taken(const char *text)
{
	struct arena arena;
	struct faults faults = {0};
	struct fault_sink sink = {.arena = &arena, .faults = &faults};
	arena_init(&arena, 1 << 20);
	json_t *value = body_parse(&sink, text, strlen(text));
	bool taken = value && !faults.count;
	json_decref(value);
	arena_release(&arena);
	return taken;
}

START_TEST(counts_depth_as_json_does)
{
	char deep[2 * BODY_DEPTH_MAXIMUM + 1] = {0};
	memset(deep, '[', BODY_DEPTH_MAXIMUM);
	memset(deep + BODY_DEPTH_MAXIMUM, ']', BODY_DEPTH_MAXIMUM);
	ck_assert(is_taken(deep));
	ck_assert(is_taken("[\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\"]"));
	ck_assert(is_taken("[\"\\\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\\\\\"]"));
	ck_assert(is_taken("[[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[]]"));
}
END_TEST

static unsigned allocations_left;

static void *allocate(size_t size)
{
	if (!allocations_left)
		return NULL;
	allocations_left--;
	return malloc(size);
}

/* Every allocation of the parser fails in turn. jansson tells some of these as a fault of the text, so that is all one
 * can ask: a refusal, and nothing leaked. */
START_TEST(refuses_when_memory_runs_out)
{
	static const char text[] = "{\"a\": [1, 2.5, null, \"x\"], \"b\": {\"c\": true}, \"d\": \"\\u20ac\"}";
	bool done = false;
	json_set_alloc_funcs(allocate, free);
	for (unsigned allocations = 0; allocations < 1000 && !done; allocations++) {
		struct arena arena;
		struct faults faults = {0};
		struct fault_sink sink = {.arena = &arena, .faults = &faults};
		arena_init(&arena, 1 << 20);
		allocations_left = allocations;
		json_t *value = body_parse(&sink, text, sizeof text - 1);
		done = value != NULL;
		ck_assert_msg(done != (fault_result(&sink) != ERR_NONE), "after %u allocations", allocations);
		json_decref(value);
		arena_release(&arena);
	}
	json_set_alloc_funcs(malloc, free);
	ck_assert(done);
}
END_TEST

UNIT("body", refuses_when_memory_runs_out, says_where_without_echoing, stops_at_a_depth_before_parsing, counts_depth_as_json_does)
