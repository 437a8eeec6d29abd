/* The frame of a unit test program: one file, one Check case, one main.
 *
 *   START_TEST(reads_an_instant) { … } END_TEST
 *   UNIT("time", reads_an_instant, refuses_a_leap_second)
 */
#ifndef SUPPORT_UNIT_H
#define SUPPORT_UNIT_H

#include <check.h>
#include <stdlib.h>

static inline int unit_run(const char *name, const TTest *const *tests, size_t count)
{
	Suite *suite = suite_create(name);
	TCase *all = tcase_create(name);
	for (size_t i = 0; i < count; i++)
		tcase_add_test(all, tests[i]);
	tcase_set_timeout(all, 240);
	suite_add_tcase(suite, all);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

#define UNIT(name, ...)                                                                              \
	int main(void)                                                                               \
	{                                                                                            \
		const TTest *const tests[] = {__VA_ARGS__};                                          \
		return unit_run(name, tests, sizeof tests / sizeof *tests);                          \
	}

#endif
