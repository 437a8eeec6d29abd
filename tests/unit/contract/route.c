/* Tests of finding an operation by its path. */
#include "contract/route.h"

#include <string.h>

#include "support/unit.h"

static const struct operation operations[] = {
	{.id = "listCases", .method = "GET", .path = "/v1/cases"},
	{.id = "openCase", .method = "POST", .path = "/v1/cases"},
	{.id = "getCase", .method = "GET", .path = "/v1/cases/{caseId}"},
	{.id = "patchCase", .method = "PATCH", .path = "/v1/cases/{caseId}"},
	{.id = "searchCases", .method = "POST", .path = "/v1/cases/search"},
	{.id = "getPerson", .method = "GET", .path = "/v1/cases/{caseId}/people/{personId}"},
	{.id = "searchNotes", .method = "GET", .path = "/v1/cases/search/notes"},
	{.id = "getSet", .method = "GET", .path = "/v1/question-sets/{name}/{version}"},
	{.id = "four", .method = "DELETE", .path = "/v1/{a}/{b}/{c}/{d}"},
};

static void fill(struct route *root, struct arena *arena)
{
	*root = (struct route){0};
	arena_init(arena, 1 << 20);
	for (size_t i = 0; i < sizeof operations / sizeof *operations; i++)
		ck_assert_int_eq(route_add(root, arena, &operations[i]), ERR_NONE);
}

START_TEST(finds_operations)
{
	static const struct {
		const char *method, *path;
		enum match_result result;
		const char *told; /* the operation's id and values, or the methods there are */
	} rows[] = {
		{"GET", "/v1/cases", MATCH_FOUND, "listCases"},
		{"POST", "/v1/cases", MATCH_FOUND, "openCase"},
		{"GET", "/v1/cases/7", MATCH_FOUND, "getCase 7"},
		{"GET", "/v1/cases/searching", MATCH_FOUND, "getCase searching"},
		{"POST", "/v1/cases/search", MATCH_FOUND, "searchCases"},
		{"GET", "/v1/cases/search", MATCH_NO_METHOD, "POST"},
		{"GET", "/v1/cases/7/people/8", MATCH_FOUND, "getPerson 7 8"},
		{"GET", "/v1/cases/search/people/8", MATCH_FOUND, "getPerson search 8"},
		{"GET", "/v1/cases/search/notes", MATCH_FOUND, "searchNotes"},
		{"GET", "/v1/question-sets/dash/1.0", MATCH_FOUND, "getSet dash 1.0"},
		{"DELETE", "/v1/w/x/y/z", MATCH_FOUND, "four w x y z"},
		{"DELETE", "/v1/cases", MATCH_NO_METHOD, "GET, POST"},
		{"HEAD", "/v1/cases/7", MATCH_NO_METHOD, "GET, PATCH"},
		{"get", "/v1/cases", MATCH_NO_METHOD, "GET, POST"},
		{"GET", "/", MATCH_NO_PATH, NULL},
		{"GET", "", MATCH_NO_PATH, NULL},
		{"GET", "*", MATCH_NO_PATH, NULL},
		{"GET", "/v1", MATCH_NO_PATH, NULL},
		{"GET", "/v1/", MATCH_NO_PATH, NULL},
		{"GET", "/v1/cases/", MATCH_NO_PATH, NULL},
		{"GET", "//v1/cases", MATCH_NO_PATH, NULL},
		{"GET", "/v1//cases", MATCH_NO_PATH, NULL},
		{"GET", "/V1/cases", MATCH_NO_PATH, NULL},
		{"GET", "/v1/case", MATCH_NO_PATH, NULL},
		{"GET", "/v1/cases/7/people", MATCH_NO_PATH, NULL},
		{"GET", "/v1/c%61ses", MATCH_NO_PATH, NULL},
		{"GET", "/v1/cases/%37", MATCH_NO_PATH, NULL},
		{"GET", "/v1/cases/7/people/8/9", MATCH_NO_PATH, NULL},
	};
	struct route root;
	struct arena arena;
	fill(&root, &arena);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct match match = {0};
		enum match_result result = route_match(&root, rows[i].method, rows[i].path, &match);
		ck_assert_msg(result == rows[i].result, "%s %s: %d", rows[i].method, rows[i].path, (int)result);
		if (result == MATCH_NO_METHOD)
			ck_assert_str_eq(match.allow, rows[i].told);
		if (result != MATCH_FOUND)
			continue;
		const char *told = match.operation->id;
		for (int v = 0; v < CONTRACT_PATH_VALUES && match.values[v].length; v++)
			told = arena_format(&arena, "%s %.*s", told, (int)match.values[v].length, match.values[v].data);
		ck_assert_str_eq(told, rows[i].told);
	}
	arena_release(&arena);
}
END_TEST

START_TEST(refuses_paths)
{
	static const struct {
		const char *method, *path;
		enum err error;
	} rows[] = {
		{"GET", "/v1/cases", ERR_NOT_NOW},
		{"GET", "/v1/cases/{other}", ERR_NOT_NOW},
		{"GET", "/v1/{a}/{b}/{c}/{d}/{e}", ERR_LIMIT},
		{"GET", "/", ERR_INPUT},
		{"GET", "", ERR_INPUT},
		{"GET", "v1", ERR_INPUT},
		{"GET", "/v1/", ERR_INPUT},
		{"GET", "/v1//x", ERR_INPUT},
		{"GET", "/v1/{}", ERR_INPUT},
		{"GET", "/v1/{a", ERR_INPUT},
		{"GET", "/v1/x{a}", ERR_INPUT},
		{"GET", "/v1/a b", ERR_INPUT},
		{"GET", "/v1/a%20b", ERR_INPUT},
		{"GET", "/v1/caf\xc3\xa9", ERR_INPUT},
		{"HEAD", "/v1/x", ERR_INPUT},
	};
	struct route root;
	struct arena arena;
	fill(&root, &arena);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct operation operation = {.id = "x", .method = rows[i].method, .path = rows[i].path};
		ck_assert_msg(route_add(&root, &arena, &operation) == rows[i].error, "%s", rows[i].path);
	}
	arena_release(&arena);
}
END_TEST

START_TEST(tells_when_memory_runs_out)
{
	struct route root = {0};
	struct arena arena;
	arena_init(&arena, 8);
	ck_assert_int_eq(route_add(&root, &arena, &operations[0]), ERR_MEMORY);
	arena_release(&arena);
}
END_TEST

START_TEST(knows_methods)
{
	ck_assert_int_eq(route_method("GET"), 0);
	ck_assert_int_eq(route_method("DELETE"), 4);
	ck_assert_int_eq(route_method("HEAD"), -1);
	ck_assert_int_eq(route_method("get"), -1);
}
END_TEST

UNIT("route", finds_operations, refuses_paths, tells_when_memory_runs_out, knows_methods)
