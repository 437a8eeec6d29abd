/* The demonstration's cases, entered into a service of their own: complete, once, and complete after an interruption. */
#include "seed.h"

#include <stdlib.h>
#include <string.h>

#include "support/service.h"
#include "support/unit.h"

enum { QUESTIONS_BEFORE_STOP = 400 };

static struct service service;

static enum err enter(bool (*is_stopped)(void), struct bytes *fault)
{
	struct seed_order order = {.place = {.dir = service.directory, .host = "127.0.0.1", .port = service.port},
				   .is_stopped = is_stopped};
	bytes_init(fault, 1 << 18);
	return seed_demo(&order, fault);
}

static long number(const char *sql)
{
	char value[64];
	ck_assert(service_sql(service.url, sql, value, sizeof value));
	return strtol(value, NULL, 10);
}

static int asked;

static bool is_stopped_soon(void)
{
	return ++asked > QUESTIONS_BEFORE_STOP;
}

static void check_clock_is_real(void)
{
	ck_assert_int_eq(number("select count(*) from force where abs(extract(epoch from clock_offset)) > 5"), 0);
}

static void check_content(void)
{
	ck_assert_int_eq(number("select count(*) from case_file where force_id = 'west-midlands'"), 188);
	ck_assert_int_eq(number("select count(*) from case_file where force_id = 'northumbria'"), 12);
	ck_assert_int_eq(number("select count(*) from (select reference from case_file group by 1 having count(*) > 1) twice"), 0);
	ck_assert_int_ge(number("select count(distinct agreed_grade) from latest_grade"), 3);
	ck_assert_int_ge(number("select count(*) from review_item where status = 'waiting'"), 5);
	ck_assert_int_ge(number("select count(distinct date_trunc('month', occurred_at)) from contact"), 17);
	ck_assert_int_eq(number("select count(*) from case_file where restricted"), 2);
	ck_assert_int_ge(number("select count(*) from referral where status = 'outcome_recorded'"), 10);
}

/* Interrupted, completed, and then left alone. */
START_TEST(is_entered_once)
{
	struct bytes fault;
	ck_assert_int_eq(enter(is_stopped_soon, &fault), ERR_NOT_NOW);
	bytes_release(&fault);
	check_clock_is_real();
	long begun = number("select count(*) from case_file");
	ck_assert_int_gt(begun, 0);
	ck_assert_int_lt(begun, 200);

	ck_assert(service_sql(service.url, "update idempotency_claim set key = key || ':gone'", (char[8]){0}, 8));
	ck_assert_int_eq(enter(NULL, &fault), ERR_NOT_NOW); /* a day later */
	ck_assert_ptr_nonnull(strstr(bytes_string(&fault), "can't be completed"));
	bytes_release(&fault);
	ck_assert_int_eq(number("select count(*) from case_file"), begun);
	ck_assert(service_sql(service.url, "update idempotency_claim set key = replace(key, ':gone', '')", (char[8]){0}, 8));

	enum err error = enter(NULL, &fault);
	ck_assert_msg(!error, "%s", bytes_string(&fault));
	bytes_release(&fault);
	check_clock_is_real();
	check_content();

	long lines = number("select count(*) from contact");
	ck_assert_int_eq(enter(NULL, &fault), ERR_NONE);
	bytes_release(&fault);
	ck_assert_int_eq(number("select count(*) from contact"), lines);
}
END_TEST

int main(void)
{
	if (!service_start(&service, &(struct service_wish){0}))
		return EXIT_FAILURE;
	Suite *suite = suite_create("demonstration");
	TCase *all = tcase_create("demonstration");
	tcase_add_test(all, is_entered_once);
	tcase_set_timeout(all, 240);
	suite_add_tcase(suite, all);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return service_stop(&service) && !failed ? EXIT_SUCCESS : EXIT_FAILURE;
}
