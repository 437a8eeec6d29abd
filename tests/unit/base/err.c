/* Tests lib/base/err.c. */
#include "base/err.h"

#include "support/unit.h"

START_TEST(every_error_has_its_word)
{
	ck_assert_str_eq(err_word(ERR_NONE), "none");
	ck_assert_str_eq(err_word(ERR_MEMORY), "memory");
	ck_assert_str_eq(err_word(ERR_LIMIT), "limit");
	ck_assert_str_eq(err_word(ERR_INPUT), "input");
	ck_assert_str_eq(err_word(ERR_NOT_NOW), "not now");
	ck_assert_str_eq(err_word(ERR_SYSTEM), "system");
}
END_TEST

UNIT("err", every_error_has_its_word)
