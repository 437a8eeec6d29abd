/* What a lane remembers of its statements. */
#include "db/statement.h"

#include <stdio.h>
#include <string.h>

#include "support/unit.h"

START_TEST(many_statements_are_found_again_by_name)
{
	enum { COUNT = 500 };
	static struct db_statement sources[COUNT];
	static char names[COUNT][16];
	static struct statement *found[COUNT];
	struct statements statements = {0};
	for (int i = 0; i < COUNT; i++) {
		snprintf(names[i], sizeof names[i], "statement%d", i);
		sources[i].name = names[i];
		ck_assert_int_eq(statements_find(&statements, &sources[i], &found[i]), ERR_NONE);
	}
	for (int i = 0; i < COUNT; i++) {
		char name[16];
		struct statement *again;
		strcpy(name, names[i]);
		const struct db_statement same = {.name = name};
		ck_assert_int_eq(statements_find(&statements, &same, &again), ERR_NONE);
		ck_assert_ptr_eq(again, found[i]);
	}
	ck_assert_uint_eq(statements.count, COUNT);
	statements_release(&statements);
}
END_TEST

START_TEST(long_names_stay_apart_on_the_server)
{
	const struct db_statement one = {.name = "aNameThatIsLongerThanWhatPostgreSQLKeepsOfAName.0.m0.first"};
	const struct db_statement two = {.name = "aNameThatIsLongerThanWhatPostgreSQLKeepsOfAName.0.m0.second"};
	struct statements statements = {0};
	struct statement *first, *second;
	ck_assert_int_eq(statements_find(&statements, &one, &first), ERR_NONE);
	ck_assert_int_eq(statements_find(&statements, &two, &second), ERR_NONE);
	statement_rename(&statements, first);
	statement_rename(&statements, second);
	ck_assert_str_ne(first->server_name, second->server_name);
	ck_assert_uint_lt(strlen(first->server_name), STATEMENT_NAME_SIZE);
	statements_release(&statements);
}
END_TEST

START_TEST(a_refusal_is_copied_whole)
{
	char message[] = "no", detail[] = "{\"a\":1}";
	const struct db_refusal refusal = {.sqlstate = "SL409", .message = message, .detail = detail, .constraint = NULL};
	struct db_refusal *copy = refusal_copy(&refusal);
	memset(message, 'x', sizeof message - 1);
	memset(detail, 'x', sizeof detail - 1);
	ck_assert_str_eq(copy->sqlstate, "SL409");
	ck_assert_str_eq(copy->message, "no");
	ck_assert_str_eq(copy->detail, "{\"a\":1}");
	ck_assert_ptr_null(copy->constraint);
	free(copy);
}
END_TEST

START_TEST(a_new_connection_knows_nothing)
{
	const struct db_statement source = {.name = "a"};
	const struct db_refusal refusal = {.sqlstate = "42601", .message = "syntax"};
	struct statements statements = {0};
	struct statement *statement;
	ck_assert_int_eq(statements_find(&statements, &source, &statement), ERR_NONE);
	statement_prepared(statement);
	ck_assert(statement->is_prepared);
	statement_failed(statement, &refusal);
	ck_assert(!statement->is_prepared);
	ck_assert_str_eq(statement->refusal->message, "syntax");
	statement_prepared(statement);
	ck_assert_ptr_null(statement->refusal);
	statements_forget(&statements);
	ck_assert(!statement->is_prepared);
	statements_release(&statements);
}
END_TEST

UNIT("db/statement", many_statements_are_found_again_by_name, long_names_stay_apart_on_the_server,
     a_refusal_is_copied_whole, a_new_connection_knows_nothing)
