/* Plays every table of rows/ against one service, then says what the contract has and no row tried. */
#include <check.h>
#include <curl/curl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conformity.h"
#include "coverage.h"
#include "enumerations.h"
#include "row.h"
#include "scene.h"
#include "table.h"

enum { FILES_MAXIMUM = 200, TIMEOUT_S = 300 };

/* What the forked tests find when they start. */
static struct stage {
	struct service service;
	struct contract *contract, *problems;
	struct coverage coverage;
	char *files[FILES_MAXIMUM];
	int count;
} stage;

/* On standard error, since Check's messages have a limit. All is released before, so that a failing test leaks nothing. */
static void fail_with(struct findings *findings, const char *what)
{
	const char *found = bytes_string(&findings->text);
	size_t count = findings->count;
	if (count > 0)
		fprintf(stderr, "%s: %zu findings\n%s", what, count, found ? found : "  too many to tell\n");
	findings_release(findings);
	if (count > 0)
		ck_abort_msg("%zu findings in %s", count, what);
}

static void play(struct scene *scene, const char *path, struct findings *findings)
{
	struct table table;
	struct bytes fault;
	bytes_init(&fault, 4096);
	if (!table_read(path, &fault, &table))
		findings_add(findings, "%s", bytes_string(&fault));
	bytes_release(&fault);
	for (size_t i = 0; i < json_array_size(table.rows); i++)
		row_run(scene, json_array_get(table.rows, i), table.lines[i], findings);
	table_release(&table);
}

START_TEST(plays_a_table)
{
	struct scene scene = {.service = &stage.service, .contract = stage.contract, .problems = stage.problems,
			      .coverage = &stage.coverage};
	struct findings findings;
	findings_init(&findings);
	if (scene_open(&scene))
		play(&scene, stage.files[_i], &findings);
	else
		findings_add(&findings, "no database: %s", PQerrorMessage(scene.database));
	scene_close(&scene);
	fail_with(&findings, stage.files[_i]);
}
END_TEST

START_TEST(covers_the_contract)
{
	static const char *const missing[COVERAGE_COUNT] = {"a success", "a refused role", "another force", "a refused input",
							 "a list of three"};
	struct findings findings;
	size_t count;
	const struct operation *operations = contract_operations(stage.contract, &count);
	findings_init(&findings);
	for (size_t i = 0; i < count; i++) {
		struct bytes line;
		bytes_init(&line, 1000);
		for (int kind = 0; kind < COVERAGE_COUNT; kind++)
			if (coverage_is_due(&stage.coverage, &operations[i], (enum coverage_kind)kind) &&
			    !coverage_is_marked(&stage.coverage, &operations[i], (enum coverage_kind)kind))
				bytes_format(&line, "%s%s", line.length ? ", " : "", missing[kind]);
		if (line.length > 0)
			findings_add(&findings, "%s (%s %s) lacks: %s", operations[i].id, operations[i].method,
				     operations[i].path, bytes_string(&line));
		bytes_release(&line);
	}
	fail_with(&findings, "coverage");
}
END_TEST

START_TEST(names_every_word)
{
	struct scene scene = {.service = &stage.service, .contract = stage.contract, .problems = stage.problems,
			      .coverage = &stage.coverage};
	struct findings findings;
	findings_init(&findings);
	if (scene_open(&scene))
		enumerations_check(&scene, &findings);
	else
		findings_add(&findings, "no database: %s", PQerrorMessage(scene.database));
	scene_close(&scene);
	fail_with(&findings, "enumerations");
}
END_TEST

/* The contract as it is served, not as it lies in the tree. */
static bool load_contract(void)
{
	struct client_call call = {.method = "GET", .path = "/openapi.yaml"};
	struct client_answer answer;
	struct bytes fault;
	struct client *client = client_new(&stage.service, "west-midlands.control-room-web");
	bytes_init(&fault, 4096);
	bool good = client_call(client, &call, &answer) && answer.status == 200 &&
		    contract_load(answer.body, answer.body_length, &fault, &stage.contract) == ERR_NONE;
	if (good)
		stage.problems = conformity_problems(stage.contract, &fault);
	if (!stage.problems)
		fprintf(stderr, "the contract can't be had: %s %s\n", answer.fault, bytes_string(&fault));
	bytes_release(&fault);
	client_answer_release(&answer);
	client_free(client);
	return stage.problems && coverage_open(stage.contract, &stage.coverage);
}

static void list_files(int named, char **names)
{
	glob_t found = {0};
	glob(API_ROWS "/*.yaml", 0, NULL, &found);
	for (size_t i = 0; i < found.gl_pathc && stage.count < FILES_MAXIMUM; i++) {
		const char *file = strrchr(found.gl_pathv[i], '/') + 1;
		bool wanted = named == 0;
		for (int k = 0; k < named; k++)
			wanted = wanted || (strncmp(file, names[k], strlen(names[k])) == 0 &&
					    strcmp(file + strlen(names[k]), ".yaml") == 0);
		if (wanted)
			stage.files[stage.count++] = strdup(found.gl_pathv[i]);
	}
	globfree(&found);
}

static int run(bool all)
{
	Suite *suite = suite_create("api");
	for (int i = 0; i < stage.count; i++) {
		TCase *one = tcase_create(strrchr(stage.files[i], '/') + 1);
		tcase_add_loop_test(one, plays_a_table, i, i + 1);
		tcase_set_timeout(one, TIMEOUT_S);
		suite_add_tcase(suite, one);
	}
	if (all) {
		TCase *coverage = tcase_create("coverage");
		tcase_add_test(coverage, covers_the_contract);
		tcase_add_test(coverage, names_every_word);
		suite_add_tcase(suite, coverage);
	}
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed;
}

int main(int count, char **arguments)
{
	struct service_wish wish = {0};
	curl_global_init(CURL_GLOBAL_ALL);
	list_files(count - 1, arguments + 1);
	if (stage.count == 0) {
		fprintf(stderr, "no such file of rows\n");
		return EXIT_FAILURE;
	}
	if (!service_start(&stage.service, &wish))
		return EXIT_FAILURE;
	int failed = load_contract() ? run(count == 1) : 1;
	if (!service_stop(&stage.service))
		failed++;
	if (stage.problems)
		coverage_close(&stage.coverage);
	contract_free(stage.contract);
	contract_free(stage.problems);
	for (int i = 0; i < stage.count; i++)
		free(stage.files[i]);
	curl_global_cleanup();
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
