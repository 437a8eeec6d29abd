/* Answers to a whole set, written short. */
#include "seed_answers.h"

#include <string.h>

#include "seed_value.h"
#include "support/unit.h"

static enum err write_out(const char *brief, json_t **given, struct bytes *fault)
{
	json_t *short_form = json_loads(brief, 0, NULL);
	ck_assert_ptr_nonnull(short_form);
	bytes_init(fault, 1024);
	enum err error = seed_answers(short_form, fault, given);
	json_decref(short_form);
	return error;
}

static const char *answer_to(const json_t *given, const char *key)
{
	char path[80];
	snprintf(path, sizeof path, "answers[question=%s].answer", key);
	return json_string_value(seed_find(given, path));
}

START_TEST(every_question_is_answered)
{
	struct bytes fault;
	json_t *given = NULL;
	ck_assert_int_eq(write_out("{\"set\": \"dash-27\", \"yes\": [\"control\"], \"dontKnow\": [\"weapons\"], "
				   "\"notAsked\": [\"stalking\"], \"because\": \"Not alone.\", \"comments\": {\"control\": \"Daily.\"}}",
				   &given, &fault), ERR_NONE);
	ck_assert_uint_eq(json_array_size(json_object_get(given, "answers")), 27);
	ck_assert_str_eq(json_string_value(seed_find(given, "set.name")), "dash-27");
	ck_assert_int_eq(json_integer_value(seed_find(given, "set.version")), 1);
	ck_assert_str_eq(answer_to(given, "control"), "yes");
	ck_assert_str_eq(answer_to(given, "weapons"), "dont_know");
	ck_assert_str_eq(answer_to(given, "stalking"), "not_asked");
	ck_assert_str_eq(answer_to(given, "frightened"), "no");
	ck_assert_str_eq(json_string_value(seed_find(given, "answers[question=stalking].skipReason")), "Not alone.");
	ck_assert_str_eq(json_string_value(seed_find(given, "answers[question=control].comment")), "Daily.");
	json_decref(given);
	bytes_release(&fault);
}
END_TEST

START_TEST(an_unknown_question_or_set_is_refused)
{
	struct bytes fault;
	json_t *given = NULL;
	ck_assert_int_eq(write_out("{\"set\": \"dash-27\", \"yes\": [\"nonsense\"]}", &given, &fault), ERR_INPUT);
	ck_assert_ptr_nonnull(strstr(bytes_string(&fault), "nonsense"));
	bytes_release(&fault);
	ck_assert_int_eq(write_out("{\"set\": \"dash-28\"}", &given, &fault), ERR_INPUT);
	bytes_release(&fault);
	ck_assert_ptr_null(given);
}
END_TEST

UNIT("seed_answers", every_question_is_answered, an_unknown_question_or_set_is_refused)
