/* The demonstration's plan: the same every time, in order, and about as large as it says. */
#include "seed_plan.h"

#include <string.h>

#include "base/time.h"
#include "support/unit.h"

#define END_US 1790000040000000LL

static json_t *make(int64_t end_us)
{
	struct bytes fault;
	json_t *plan = NULL;
	bytes_init(&fault, 1024);
	ck_assert_int_eq(seed_plan_new(end_us, &fault, &plan), ERR_NONE);
	bytes_release(&fault);
	return plan;
}

static int64_t moment_us(const json_t *moment)
{
	const char *at = json_string_value(json_object_get(moment, "at"));
	int64_t at_us = 0;
	ck_assert_int_eq(time_parse(at, strlen(at), &at_us), ERR_NONE);
	return at_us;
}

START_TEST(is_the_same_for_the_same_end)
{
	json_t *first = make(END_US), *second = make(END_US), *other = make(END_US + 86400000000LL);
	ck_assert(json_equal(first, second));
	ck_assert(!json_equal(first, other));
	json_decref(first);
	json_decref(second);
	json_decref(other);
}
END_TEST

START_TEST(moments_ascend_within_eighteen_months)
{
	json_t *plan = make(END_US), *moment;
	json_t *moments = json_object_get(plan, "moments");
	int64_t before_us = 0;
	size_t i;
	json_array_foreach(moments, i, moment) {
		ck_assert_int_gt(moment_us(moment), before_us);
		ck_assert_uint_gt(json_array_size(json_object_get(moment, "chains")), 0);
		before_us = moment_us(moment);
	}
	ck_assert_int_lt(before_us, END_US);
	ck_assert_int_eq(moment_us(json_array_get(moments, 1)), END_US - SEED_PLAN_SPAN_US);
	json_decref(plan);
}
END_TEST

static size_t count_steps(const json_t *plan, const char *request)
{
	size_t count = 0, i, j, k;
	json_t *moment, *chain, *step;
	json_array_foreach(json_object_get(plan, "moments"), i, moment)
		json_array_foreach(json_object_get(moment, "chains"), j, chain)
			json_array_foreach(json_object_get(chain, "steps"), k, step)
				count += strcmp(json_string_value(json_object_get(step, "request")), request) == 0;
	return count;
}

START_TEST(has_two_hundred_cases_with_their_parts)
{
	json_t *plan = make(END_US);
	ck_assert_uint_eq(json_array_size(json_object_get(plan, "cases")), 200);
	ck_assert_uint_eq(count_steps(plan, "POST /v1/cases"), 200);
	ck_assert_uint_gt(count_steps(plan, "POST /v1/contacts"), 350);
	ck_assert_uint_gt(count_steps(plan, "POST /v1/cases/${case}/assessments"), 250);
	ck_assert_uint_gt(count_steps(plan, "POST /v1/assessments/${assessment}/reviews"), 200);
	ck_assert_uint_gt(count_steps(plan, "POST /v1/cases/${case}/referrals"), 60);
	ck_assert_uint_gt(count_steps(plan, "POST /v1/annotations"), 60);
	ck_assert_uint_gt(count_steps(plan, "POST /v1/cases/${case}/protection-orders"), 5);
	json_decref(plan);
}
END_TEST

/* What a resumed plan is recognised by. */
START_TEST(the_first_and_the_last_case_are_where_they_should_be)
{
	json_t *plan = make(END_US), *moments = json_object_get(plan, "moments");
	char *first = json_dumps(json_array_get(moments, 1), 0);
	char *last = json_dumps(json_array_get(moments, json_array_size(moments) - 1), 0);
	ck_assert_ptr_nonnull(strstr(first, SEED_PLAN_FIRST));
	ck_assert_ptr_nonnull(strstr(last, SEED_PLAN_LAST));
	free(first);
	free(last);
	json_decref(plan);
}
END_TEST

/* Every text after `label`; answers how many there were. */
static size_t check_numbers(const char *text, const char *label)
{
	size_t count = 0;
	for (const char *found = strstr(text, label); found; found = strstr(found, label), count++) {
		found += strlen(label);
		bool is_mobile = strncmp(found, "07700 900", 9) == 0 && atoi(found + 6) < 900800; /* scenarios have the rest */
		bool is_landline = strncmp(found, "0121 496 0", 10) == 0 || strncmp(found, "0191 498 0", 10) == 0;
		ck_assert_msg(is_mobile || is_landline, "%.20s", found);
	}
	return count;
}

START_TEST(telephones_are_ofcoms_invented_ones)
{
	json_t *plan = make(END_US);
	char *text = json_dumps(plan, 0);
	ck_assert_uint_gt(check_numbers(text, "\"phone\": \""), 400);
	ck_assert_uint_ge(check_numbers(text, "\"phones\": [\""), 200);
	ck_assert_uint_gt(check_numbers(text, "\"number\": \""), 100);
	free(text);
	json_decref(plan);
}
END_TEST

UNIT("seed_plan", is_the_same_for_the_same_end, moments_ascend_within_eighteen_months, has_two_hundred_cases_with_their_parts,
     the_first_and_the_last_case_are_where_they_should_be, telephones_are_ofcoms_invented_ones)
