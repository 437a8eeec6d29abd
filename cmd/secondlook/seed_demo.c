/* Plays the demonstration's plan into the running service, once. */
#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "seed.h"
#include "seed_plan.h"
#include "seed_run.h"

#define MINUTE_US (60LL * 1000000)

enum { FORCES = 2, KEY_SIZE = 24 };

static const struct {
	const char *name, *client, *administrator;
} forces[FORCES] = {
	{"west-midlands", "west-midlands.control-room-web", "WM-AD-1"},
	{"northumbria", "northumbria.control-room-web", "NB-AD-1"},
};

struct demo {
	struct seed_run run;
	json_t *plan;
	json_t **variables;                /* of each case */
	json_t *force_variables[FORCES];
	json_t *clock[FORCES];             /* variables of the clock's chains */
	size_t case_count;
	char key[KEY_SIZE];
};

static enum err play_step(struct demo *demo, json_t *step, json_t *variables, struct bytes *fault)
{
	json_t *steps = json_pack("[o]", step);
	struct seed_chain chain = {.name = "alone", .steps = steps, .variables = variables};
	enum err error = steps ? seed_run(&demo->run, &chain, 1, fault) : ERR_MEMORY;
	json_decref(steps);
	return error;
}

static enum err set_clock(struct demo *demo, int force, const char *moment, struct bytes *fault)
{
	json_t *step = json_pack("{s:s, s:s, s:s}", "clock", moment, "client", forces[force].client, "as",
				 forces[force].administrator);
	return play_step(demo, step, demo->clock[force], fault);
}

/* Both, whatever happens to the first. */
static enum err set_clocks_to_real(struct demo *demo, struct bytes *fault)
{
	enum err error = ERR_NONE;
	for (int force = 0; force < FORCES; force++) {
		enum err failed = set_clock(demo, force, "real", fault);
		error = error ? error : failed;
	}
	return error;
}

/* When the case of that reference was opened; 0: there is none. */
static enum err find_case(struct demo *demo, const char *reference, struct bytes *fault, int64_t *opened_us)
{
	char request[80];
	json_t *variables = json_object();
	int64_t found_us = 0;
	snprintf(request, sizeof request, "GET /v1/cases?reference=%s", reference);
	enum err error = play_step(demo,
				   json_pack("{s:s, s:s, s:{s:s}}", "as", "WM-SU-1", "request", request, "save", "opened?",
					     "items[0].occurredAt"),
				   variables, fault);
	const char *text = json_string_value(json_object_get(variables, "opened"));
	if (!error && text)
		error = time_parse(text, strlen(text), &found_us);
	json_decref(variables);
	if (!error)
		*opened_us = found_us;
	return error;
}

static json_t *variables_of(struct demo *demo, int number)
{
	return number < 0 ? demo->force_variables[-1 - number] : demo->variables[number];
}

/* What a case has from elsewhere: the services of its force, and another case's suspect. */
static enum err lend(struct demo *demo, int number)
{
	json_t *about = json_array_get(json_object_get(demo->plan, "cases"), (size_t)number);
	bool is_northern = strcmp(json_string_value(json_object_get(about, "force")), forces[1].name) == 0;
	json_t *other = json_object_get(about, "suspectOf");
	if (json_object_update_missing(demo->variables[number], demo->force_variables[is_northern]))
		return ERR_MEMORY;
	json_t *suspect = other ? json_object_get(demo->variables[json_integer_value(other)], "suspect") : NULL;
	if (suspect && json_object_set(demo->variables[number], "suspect", suspect))
		return ERR_MEMORY;
	return ERR_NONE;
}

static enum err play_chains(struct demo *demo, const json_t *list, struct bytes *fault)
{
	size_t count = json_array_size(list);
	struct seed_chain *chains = calloc(count, sizeof *chains);
	enum err error = chains ? ERR_NONE : ERR_MEMORY;
	for (size_t i = 0; !error && i < count; i++) {
		const json_t *chain = json_array_get(list, i);
		int number = (int)json_integer_value(json_object_get(chain, "case"));
		chains[i] = (struct seed_chain){json_string_value(json_object_get(chain, "name")),
						json_object_get(chain, "steps"), variables_of(demo, number)};
		if (number >= 0)
			error = lend(demo, number);
	}
	if (!error)
		error = seed_run(&demo->run, chains, count, fault);
	free(chains);
	return error;
}

static bool concerns(const struct demo *demo, const json_t *chains, int force)
{
	for (size_t i = 0; i < json_array_size(chains); i++) {
		int number = (int)json_integer_value(json_object_get(json_array_get(chains, i), "case"));
		const json_t *about = json_array_get(json_object_get(demo->plan, "cases"), (size_t)(number < 0 ? 0 : number));
		if (number == -1 - force ||
		    (number >= 0 && strcmp(json_string_value(json_object_get(about, "force")), forces[force].name) == 0))
			return true;
	}
	return false;
}

static enum err play_moment(struct demo *demo, const json_t *moment, struct bytes *fault)
{
	const json_t *chains = json_object_get(moment, "chains");
	const char *at = json_string_value(json_object_get(moment, "at"));
	enum err error = ERR_NONE;
	for (int force = 0; !error && force < FORCES; force++)
		if (concerns(demo, chains, force))
			error = set_clock(demo, force, at, fault);
	return error ? error : play_chains(demo, chains, fault);
}

/* Once its keys are forgotten, what an earlier run had entered would be entered again. The first moment only makes
 * services, whose names can't be taken twice. */
static enum err check_keys(const struct demo *demo, struct bytes *fault)
{
	if (!demo->run.repeats || demo->run.replayed)
		return ERR_NONE;
	bytes_append_string(fault, "an earlier run began the demonstration more than a day ago and was stopped; it can't be "
				   "completed now: begin with an empty directory (dev --fresh)\n");
	return ERR_NOT_NOW;
}

static enum err play_moments(struct demo *demo, struct bytes *fault)
{
	const json_t *moments = json_object_get(demo->plan, "moments");
	enum err error = play_moment(demo, json_array_get(moments, 0), fault);
	if (!error)
		error = check_keys(demo, fault);
	for (size_t i = 1; !error && i < json_array_size(moments); i++)
		error = play_moment(demo, json_array_get(moments, i), fault);
	return error;
}

static enum err play_plan(struct demo *demo, struct bytes *fault)
{
	enum err error = play_moments(demo, fault);
	struct bytes clock_fault;
	bytes_init(&clock_fault, 1 << 16);
	demo->run.is_stopped = NULL;
	enum err put_back = set_clocks_to_real(demo, error ? &clock_fault : fault);
	bytes_release(&clock_fault);
	return error ? error : put_back;
}

/* The plan's end dates everything, so what an earlier run began goes on as it was dated. */
static enum err prepare(struct demo *demo, int64_t first_us, struct bytes *fault)
{
	int64_t end_us = first_us ? first_us + SEED_PLAN_SPAN_US : time_now_us() / MINUTE_US * MINUTE_US;
	snprintf(demo->key, sizeof demo->key, "demo%llx", (long long)(end_us / MINUTE_US));
	demo->run.key = demo->key;
	demo->run.repeats = first_us != 0;
	enum err error = seed_plan_new(end_us, fault, &demo->plan);
	if (error)
		return error;
	demo->case_count = json_array_size(json_object_get(demo->plan, "cases"));
	demo->variables = calloc(demo->case_count, sizeof *demo->variables);
	for (size_t i = 0; demo->variables && i < demo->case_count; i++)
		demo->variables[i] = json_object();
	return demo->variables ? ERR_NONE : ERR_MEMORY;
}

static enum err fill(struct demo *demo, FILE *out, struct bytes *fault)
{
	int64_t first_us, last_us, begun_us = time_monotonic_us();
	enum err error = find_case(demo, SEED_PLAN_LAST, fault, &last_us);
	if (!error && last_us) {
		if (out)
			fprintf(out, "The demonstration is there already.\n");
		return ERR_NONE;
	}
	if (!error)
		error = find_case(demo, SEED_PLAN_FIRST, fault, &first_us);
	if (!error)
		error = prepare(demo, first_us, fault);
	if (!error)
		error = play_plan(demo, fault);
	if (!error && out)
		fprintf(out, "%zu invented cases, %zu requests in %.1f s%s\n", demo->case_count, demo->run.requests,
			(double)(time_monotonic_us() - begun_us) / 1e6,
			demo->run.repeats ? "; an earlier run had begun them" : "");
	return error;
}

enum err seed_demo(const struct seed_order *order, struct bytes *fault)
{
	struct demo demo = {.run.is_stopped = order->is_stopped};
	enum err error = api_client_new(&order->place, SEED_SLOTS, &demo.run.client);
	for (int force = 0; force < FORCES; force++) {
		demo.force_variables[force] = json_object();
		demo.clock[force] = json_object();
	}
	demo.run.key = "demo";
	if (!error)
		error = fill(&demo, order->out, fault);
	for (size_t i = 0; demo.variables && i < demo.case_count; i++)
		json_decref(demo.variables[i]);
	for (int force = 0; force < FORCES; force++) {
		json_decref(demo.force_variables[force]);
		json_decref(demo.clock[force]);
	}
	free(demo.variables);
	json_decref(demo.plan);
	api_client_free(demo.run.client);
	return error;
}
