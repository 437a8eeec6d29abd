/* Plays steps that are written as data into a running service. */
#include "seed_run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "seed_answers.h"
#include "seed_value.h"

#define CLIENT "west-midlands.control-room-web"
#define ADMINISTRATOR "WM-AD-1"

struct lane {
	const struct seed_chain *chain; /* NULL: free */
	size_t next;                    /* the step that is under way, or comes next */
};

struct play {
	struct seed_run *run;
	const struct seed_chain *chains;
	size_t count;
	size_t begun;
	struct lane lanes[SEED_SLOTS];
	struct bytes *fault;
};

static const json_t *step_of(const struct lane *lane)
{
	return json_array_get(lane->chain->steps, lane->next);
}

static const char *text_of(const json_t *step, const char *member, const char *otherwise)
{
	const char *text = json_string_value(json_object_get(step, member));
	return text ? text : otherwise;
}

static void tell_step(const struct lane *lane, struct bytes *fault)
{
	const json_t *step = step_of(lane);
	const char *clock = text_of(step, "clock", NULL);
	bytes_format(fault, "%s, step %zu: %s%s as %s", lane->chain->name, lane->next + 1, clock ? "clock " : "",
		     clock ? clock : text_of(step, "request", "no request"), text_of(step, "as", "the client itself"));
	if (json_object_get(step, "title"))
		bytes_format(fault, " (%s)", text_of(step, "title", ""));
	bytes_append_string(fault, "\n");
}

/* The body of a step, NULL when it has none: filled in, with the answers of an assessment. */
static enum err make_body(const struct lane *lane, struct bytes *fault, json_t **body)
{
	const json_t *step = step_of(lane), *pattern = json_object_get(step, "body"), *brief = json_object_get(step, "assess");
	json_t *made = NULL, *answers = NULL;
	enum err error = ERR_NONE;
	if (pattern)
		error = seed_fill(pattern, lane->chain->variables, fault, &made);
	if (!error && brief)
		error = seed_answers(brief, fault, &answers);
	if (!error && answers && made && json_object_update(made, answers))
		error = ERR_MEMORY;
	json_decref(answers);
	if (error)
		json_decref(made);
	else
		*body = made;
	return error;
}

static enum err make_clock(const struct lane *lane, const char *moment, json_t **body)
{
	char now[TIME_TEXT_SIZE];
	bool is_real = strcmp(moment, "real") == 0;
	time_format(time_now_us(), now);
	*body = json_pack("{s:s, s:s}", "now", is_real ? now : moment, "reason",
			  is_real ? "Back to real time." : "Invented history is entered as it happens.");
	if (!*body || json_object_set(lane->chain->variables, "clock", json_object_get(*body, "now")))
		return ERR_MEMORY;
	return ERR_NONE;
}

/* A text member of a step, filled in; NULL when the step has none. */
static enum err fill_member(const struct lane *lane, const char *member, struct bytes *fault, json_t **filled)
{
	const json_t *pattern = json_object_get(step_of(lane), member);
	*filled = NULL;
	return pattern ? seed_fill(pattern, lane->chain->variables, fault, filled) : ERR_NONE;
}

static enum err send_request(struct play *play, size_t slot, const char *line, const json_t *body, const char *if_match)
{
	const struct lane *lane = &play->lanes[slot];
	const json_t *step = step_of(lane);
	char method[8] = "", key[80];
	const char *space = strchr(line, ' ');
	if (!space || (size_t)(space - line) >= sizeof method) {
		bytes_format(play->fault, "\"%s\" is no method and path\n", line);
		return ERR_INPUT;
	}
	memcpy(method, line, (size_t)(space - line));
	snprintf(key, sizeof key, "%s-%s-%zu", play->run->key, lane->chain->name, lane->next);
	bool is_clock = json_object_get(step, "clock");
	struct api_request request = {
		.client = text_of(step, "client", CLIENT),
		.staff = text_of(step, "as", is_clock ? ADMINISTRATOR : NULL),
		.method = method,
		.path = space + 1,
		.body = body,
		.idempotency_key = strcmp(method, "POST") == 0 && !is_clock ? key : NULL,
		.if_match = if_match,
	};
	play->run->requests++;
	return api_client_send(play->run->client, slot, &request, play->fault);
}

static enum err begin_step(struct play *play, size_t slot)
{
	const struct lane *lane = &play->lanes[slot];
	const char *clock = text_of(step_of(lane), "clock", NULL);
	json_t *line = NULL, *match = NULL, *body = NULL;
	if (play->run->is_stopped && play->run->is_stopped()) {
		bytes_append_string(play->fault, "stopped by a signal\n");
		return ERR_NOT_NOW;
	}
	if (play->run->before)
		play->run->before(play->run->context, step_of(lane));
	enum err error = clock ? make_clock(lane, clock, &body) : make_body(lane, play->fault, &body);
	if (!error)
		error = fill_member(lane, "request", play->fault, &line);
	if (!error)
		error = fill_member(lane, "ifMatch", play->fault, &match);
	if (!error)
		error = send_request(play, slot, clock ? "POST /v1/sandbox/clock" : line ? json_string_value(line) : "", body,
				     json_string_value(match));
	if (error)
		tell_step(lane, play->fault);
	json_decref(line);
	json_decref(match);
	json_decref(body);
	return error;
}

static bool is_expected(const struct play *play, const json_t *step, long status)
{
	const json_t *expected = json_object_get(step, "expect");
	if (play->run->repeats && (status == 409 || status == 412))
		return true;
	if (!expected)
		return status == 200;
	if (json_is_integer(expected))
		return json_integer_value(expected) == status;
	for (size_t i = 0; i < json_array_size(expected); i++)
		if (json_integer_value(json_array_get(expected, i)) == status)
			return true;
	return false;
}

static void tell_answer(const struct api_answer *answer, struct bytes *fault)
{
	char *text = answer->body ? json_dumps(answer->body, JSON_INDENT(2) | JSON_ENCODE_ANY) : NULL;
	bytes_format(fault, "got %ld\n%s\n", answer->status, text ? text : "(no JSON)");
	free(text);
}

static enum err check_answer(struct play *play, const struct lane *lane, const struct api_answer *answer)
{
	const json_t *step = step_of(lane), *pattern = json_object_get(step, "answer");
	json_t *expected = NULL;
	if (!is_expected(play, step, answer->status)) {
		char *text = json_object_get(step, "expect") ? json_dumps(json_object_get(step, "expect"), JSON_ENCODE_ANY) : NULL;
		tell_step(lane, play->fault);
		bytes_format(play->fault, "expected %s, ", text ? text : "200");
		tell_answer(answer, play->fault);
		free(text);
		return ERR_NOT_NOW;
	}
	if (!pattern)
		return ERR_NONE;
	enum err error = seed_fill(pattern, lane->chain->variables, play->fault, &expected);
	if (!error && !seed_matches(expected, answer->body, play->fault)) {
		tell_step(lane, play->fault);
		tell_answer(answer, play->fault);
		error = ERR_NOT_NOW;
	}
	json_decref(expected);
	return error;
}

static enum err save_value(const struct lane *lane, const char *name, const json_t *path, const json_t *body,
			   struct bytes *fault)
{
	json_t *place = NULL;
	size_t length = strlen(name);
	bool may_be_missing = length && name[length - 1] == '?';
	enum err error = seed_fill(path, lane->chain->variables, fault, &place);
	const json_t *found = error ? NULL : seed_find(body, json_string_value(place));
	if (!error && !found && !may_be_missing) {
		bytes_format(fault, "the answer has no %s\n", json_string_value(place));
		error = ERR_NOT_NOW;
	}
	char *variable = error ? NULL : strndup(name, length - may_be_missing);
	if (variable && !found)
		json_object_del(lane->chain->variables, variable);
	else if (!error && (!variable || json_object_set_new(lane->chain->variables, variable, json_deep_copy(found))))
		error = ERR_MEMORY;
	free(variable);
	json_decref(place);
	return error;
}

static enum err save_all(struct play *play, const struct lane *lane, const struct api_answer *answer)
{
	const char *name, *etag = text_of(step_of(lane), "etag", NULL);
	json_t *path, *save = json_object_get(step_of(lane), "save");
	enum err error = ERR_NONE;
	if (answer->status >= 400 && play->run->repeats)
		return ERR_NONE; /* what an earlier run had done already tells nothing new */
	json_object_foreach(save, name, path)
		if (!error)
			error = save_value(lane, name, path, answer->body, play->fault);
	if (!error && etag && *answer->etag && json_object_set_new(lane->chain->variables, etag, json_string(answer->etag)))
		error = ERR_MEMORY;
	if (error) {
		tell_step(lane, play->fault);
		tell_answer(answer, play->fault);
	}
	return error;
}

static enum err end_step(struct play *play, struct lane *lane, const struct api_answer *answer)
{
	play->run->replayed += answer->replayed;
	enum err error = check_answer(play, lane, answer);
	if (!error)
		error = save_all(play, lane, answer);
	if (!error && play->run->after)
		error = play->run->after(play->run->context, step_of(lane), answer->body, lane->chain->variables, play->fault);
	lane->next++;
	return error;
}

static void skip_steps(struct lane *lane)
{
	const char *needed;
	while (step_of(lane) && (needed = text_of(step_of(lane), "when", NULL)) &&
	       !json_object_get(lane->chain->variables, needed))
		lane->next++;
}

/* Gives the lane its next request: of its chain, or of the next chain that has one. */
static enum err feed(struct play *play, size_t slot)
{
	struct lane *lane = &play->lanes[slot];
	for (;;) {
		if (lane->chain) {
			skip_steps(lane);
			if (step_of(lane))
				return begin_step(play, slot);
			lane->chain = NULL;
		}
		if (play->begun == play->count)
			return ERR_NONE;
		*lane = (struct lane){.chain = &play->chains[play->begun++]};
	}
}

static bool is_under_way(const struct play *play)
{
	for (size_t i = 0; i < SEED_SLOTS; i++)
		if (play->lanes[i].chain)
			return true;
	return false;
}

/* Answers that nobody waits for any more: the slots are free afterwards, and nothing is under way when the clock moves. */
static void await_rest(struct seed_run *run)
{
	struct bytes ignored;
	enum err error;
	bytes_init(&ignored, 4096);
	do {
		struct api_answer answer = {0};
		size_t slot;
		error = api_client_wait(run->client, &ignored, &slot, &answer);
		json_decref(answer.body);
	} while (error != ERR_NOT_NOW);
	bytes_release(&ignored);
}

enum err seed_run(struct seed_run *run, const struct seed_chain *chains, size_t count, struct bytes *fault)
{
	struct play play = {.run = run, .chains = chains, .count = count, .fault = fault};
	enum err error = ERR_NONE;
	for (size_t slot = 0; !error && slot < SEED_SLOTS; slot++)
		error = feed(&play, slot);
	while (!error && is_under_way(&play)) {
		struct api_answer answer;
		size_t slot;
		error = api_client_wait(run->client, fault, &slot, &answer);
		if (error)
			break;
		error = end_step(&play, &play.lanes[slot], &answer);
		json_decref(answer.body);
		if (!error)
			error = feed(&play, slot);
	}
	if (error)
		await_rest(run);
	return error;
}
