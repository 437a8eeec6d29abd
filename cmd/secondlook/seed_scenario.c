/* Replays a history that is written down as data, and prints what its reader should see. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/id.h"
#include "embedded.h"
#include "seed.h"
#include "seed_history.h"
#include "seed_run.h"
#include "seed_value.h"

/* Ofcom keeps 07700 900000 to 900999 for drama. The demonstration uses those below. */
enum { FIRST_NUMBER = 900800, LAST_NUMBER = 900999, TEXT_MAXIMUM = 1 << 16 };

struct scenario {
	struct seed_run run;
	json_t *description;
	json_t *variables;
	FILE *out;
	bool emphasis;
	int next_number;
	json_t *alerts; /* by identifier: the version that was shown */
};

static enum err load(const char *name, struct bytes *fault, json_t **description)
{
	char path[128];
	json_error_t trouble;
	snprintf(path, sizeof path, "api/scenarios/%s.json", name);
	const struct embedded_file *file = embedded_find(path);
	if (!file) {
		bytes_format(fault, "there is no scenario %s\n", name);
		return ERR_INPUT;
	}
	json_t *loaded = json_loadb(file->start, (size_t)(file->end - file->start), JSON_REJECT_DUPLICATES, &trouble);
	if (!loaded) {
		bytes_format(fault, "%s, line %d: %s\n", path, trouble.line, trouble.text);
		return ERR_INPUT;
	}
	*description = loaded;
	return ERR_NONE;
}

static void print(const struct scenario *scenario, const char *text)
{
	if (scenario->out) {
		fputs(text, scenario->out);
		fflush(scenario->out);
	}
}

static void before_step(void *context, const json_t *step)
{
	const struct scenario *scenario = context;
	const char *said = json_string_value(json_object_get(step, "say"));
	const char *headline = json_string_value(json_object_get(step, "headline"));
	if (headline) {
		print(scenario, scenario->emphasis ? "\n\033[1m" : "\n");
		print(scenario, headline);
		print(scenario, scenario->emphasis ? "\033[0m\n" : "\n");
	}
	if (said) {
		print(scenario, "  ");
		print(scenario, said);
		print(scenario, "\n");
	}
}

static void tell(const struct scenario *scenario, const json_t *pattern, const json_t *variables)
{
	struct bytes ignored;
	json_t *filled = NULL;
	bytes_init(&ignored, TEXT_MAXIMUM);
	if (pattern && !seed_fill(pattern, variables, &ignored, &filled)) {
		print(scenario, "  → ");
		print(scenario, json_string_value(filled));
		print(scenario, "\n");
	}
	json_decref(filled);
	bytes_release(&ignored);
}

static void show_history(const struct scenario *scenario, const json_t *body)
{
	struct bytes text;
	bytes_init(&text, TEXT_MAXIMUM);
	seed_history_describe(body, scenario->emphasis, &text);
	if (bytes_string(&text))
		print(scenario, bytes_string(&text));
	bytes_release(&text);
}

static const char *member(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));
	return text ? text : "";
}

/* ! is a new one; + one that has grown. */
static void show_alert(const struct scenario *scenario, const json_t *alert, bool is_new)
{
	bool critical = strcmp(member(alert, "severity"), "critical") == 0;
	print(scenario, is_new ? "  ! " : "  + ");
	print(scenario, critical && scenario->emphasis ? "\033[1m" : "");
	print(scenario, member(alert, "detector"));
	print(scenario, critical && scenario->emphasis ? "\033[0m: " : ": ");
	print(scenario, member(alert, "finding"));
	print(scenario, "\n");
}

/* Takes the detector off those that should fire here. */
static bool was_expected(json_t *expected, const char *detector)
{
	for (size_t i = 0; i < json_array_size(expected); i++)
		if (strcmp(detector, json_string_value(json_array_get(expected, i))) == 0)
			return json_array_remove(expected, i) == 0;
	return false;
}

/* Shows the alerts that are new, or have grown, since the last look; new are exactly those that the step says must fire. The
 * service lists the newest first. */
static enum err show_alerts(const struct scenario *scenario, const json_t *step, const json_t *body, struct bytes *fault)
{
	const json_t *items = json_object_get(body, "items");
	json_t *expected = json_deep_copy(json_object_get(step, "fires"));
	for (size_t i = json_array_size(items); i-- > 0;) {
		const json_t *alert = json_array_get(items, i);
		const json_t *version = json_object_get(alert, "version"), *shown = json_object_get(scenario->alerts, member(alert, "alertId"));
		if (shown && json_integer_value(shown) == json_integer_value(version))
			continue;
		show_alert(scenario, alert, !shown);
		if (!shown && !was_expected(expected, member(alert, "detector")))
			bytes_format(fault, "%s fired; it should not\n", member(alert, "detector"));
		json_object_set_new(scenario->alerts, member(alert, "alertId"), json_integer(json_integer_value(version)));
	}
	for (size_t i = 0; i < json_array_size(expected); i++)
		bytes_format(fault, "%s should have fired, and did not\n", json_string_value(json_array_get(expected, i)));
	json_decref(expected);
	return fault->length ? ERR_NOT_NOW : ERR_NONE;
}

static enum err after_step(void *context, const json_t *step, const json_t *body, const json_t *variables, struct bytes *fault)
{
	const struct scenario *scenario = context;
	const char *shown = member(step, "show");
	tell(scenario, json_object_get(step, "tell"), variables);
	if (strcmp(shown, "history") == 0)
		show_history(scenario, body);
	return strcmp(shown, "alerts") == 0 ? show_alerts(scenario, step, body, fault) : ERR_NONE;
}

static enum err play(struct scenario *scenario, const char *chain_name, const json_t *steps, struct bytes *fault)
{
	struct seed_chain chain = {.name = chain_name, .steps = steps, .variables = scenario->variables};
	return seed_run(&scenario->run, &chain, 1, fault);
}

/* One step that nobody is told of. */
static enum err play_quietly(struct scenario *scenario, json_t *step, struct bytes *fault)
{
	json_t *steps = json_pack("[o]", step);
	struct seed_run spoken = scenario->run;
	scenario->run.before = NULL;
	scenario->run.after = NULL;
	enum err error = steps ? play(scenario, "quietly", steps, fault) : ERR_MEMORY;
	scenario->run.before = spoken.before;
	scenario->run.after = spoken.after;
	json_decref(steps);
	return error;
}

/* Whether nobody is known by the number yet: each replay has people of its own. */
static enum err is_unused(struct scenario *scenario, const char *number, struct bytes *fault, bool *unused)
{
	enum err error = play_quietly(scenario,
				      json_pack("{s:s, s:s, s:{s:s}, s:{s:s, s:s}}", "as", "WM-CH-1", "request",
						"POST /v1/history-searches", "body", "phone", number, "save", "known?",
						"people[0]", "ever", "contacts.ever"),
				      fault);
	if (!error)
		*unused = !json_object_get(scenario->variables, "known") &&
			  json_integer_value(json_object_get(scenario->variables, "ever")) == 0;
	return error;
}

static enum err choose_number(struct scenario *scenario, const char *name, struct bytes *fault)
{
	while (scenario->next_number <= LAST_NUMBER) {
		char number[24];
		bool unused = false;
		snprintf(number, sizeof number, "07700 %d", scenario->next_number++);
		enum err error = is_unused(scenario, number, fault, &unused);
		if (error)
			return error;
		if (unused)
			return json_object_set_new(scenario->variables, name, json_string(number)) ? ERR_MEMORY : ERR_NONE;
	}
	bytes_append_string(fault, "every invented telephone number of the scenarios is in use: begin with an empty directory\n");
	return ERR_NOT_NOW;
}

static enum err choose_numbers(struct scenario *scenario, struct bytes *fault)
{
	const json_t *names = json_object_get(scenario->description, "phones");
	enum err error = ERR_NONE;
	for (size_t i = 0; !error && i < json_array_size(names); i++)
		error = choose_number(scenario, json_string_value(json_array_get(names, i)), fault);
	return error;
}

/* A part of its own for whatever has to differ from replay to replay. */
static enum err name_replay(struct scenario *scenario, char key[16])
{
	char id[ID_TEXT_SIZE];
	id_new(id);
	snprintf(key, 16, "play-%s", id + 28);
	scenario->run.key = key;
	return json_object_set_new(scenario->variables, "replay", json_string(id + 28)) ? ERR_MEMORY : ERR_NONE;
}

static enum err replay(struct scenario *scenario, const char *name, struct bytes *fault)
{
	char key[16];
	struct bytes clock_fault;
	enum err error = name_replay(scenario, key);
	if (!error)
		error = choose_numbers(scenario, fault);
	if (error)
		return error;
	bytes_init(&clock_fault, TEXT_MAXIMUM);
	error = play(scenario, name, json_object_get(scenario->description, "steps"), fault);
	scenario->run.is_stopped = NULL;
	enum err put_back = play_quietly(scenario, json_pack("{s:s}", "clock", "real"), &clock_fault);
	if (!error && put_back && bytes_string(&clock_fault))
		bytes_append_string(fault, bytes_string(&clock_fault));
	bytes_release(&clock_fault);
	return error ? error : put_back;
}

enum err seed_scenario(const struct seed_order *order, const char *name, struct bytes *fault)
{
	struct scenario scenario = {.out = order->out, .emphasis = order->out && isatty(fileno(order->out)),
				    .next_number = FIRST_NUMBER, .run.is_stopped = order->is_stopped};
	enum err error = load(name, fault, &scenario.description);
	if (!error)
		error = api_client_new(&order->place, SEED_SLOTS, &scenario.run.client);
	scenario.variables = json_object();
	scenario.alerts = json_object();
	scenario.run.before = before_step;
	scenario.run.after = after_step;
	scenario.run.context = &scenario;
	if (!error)
		error = scenario.variables && scenario.alerts ? replay(&scenario, name, fault) : ERR_MEMORY;
	api_client_free(scenario.run.client);
	json_decref(scenario.alerts);
	json_decref(scenario.variables);
	json_decref(scenario.description);
	return error;
}
