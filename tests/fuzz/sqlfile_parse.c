/* Files of SQL of any text: parsed, and each of their shapes made. */
#include <string.h>

#include "db/sqlfile.h"
#include "harness.h"

static const char *const names[] = {"force", "actor", "body", "caseId", "grade", "status", "cursor", "fetch", NULL};
enum { NAME_COUNT = sizeof names / sizeof *names - 1 };

static void check_statement(const struct sqlfile_statement *statement)
{
	expect(statement->statement.sql && *statement->statement.sql, "a statement has a text");
	expect(statement->statement.name && *statement->statement.name, "a statement has a name");
	for (int i = 0; i < statement->statement.parameter_count; i++)
		expect(statement->inputs[i] >= 0 && statement->inputs[i] < NAME_COUNT, "a parameter is one of the names");
}

static void check_shapes(struct sqlfile *file)
{
	size_t count;
	const int *filters = sqlfile_filters(file, &count);
	expect(count <= SQLFILE_FILTERS_MAXIMUM, "there are no more filters than the maximum");
	for (size_t i = 0; i < count; i++)
		expect(filters[i] >= 0 && filters[i] < NAME_COUNT, "a filter is one of the names");
	for (uint32_t mask = 0; mask < 1u << count; mask++) {
		const struct sqlfile_shape *shape, *again;
		expect(sqlfile_shape(file, mask, &shape) == ERR_NONE, "a shape is made");
		expect(shape->count >= 1 && shape->count <= SQLFILE_STATEMENTS_MAXIMUM, "a shape has statements");
		for (size_t i = 0; i < shape->count; i++)
			check_statement(&shape->statements[i]);
		expect(sqlfile_shape(file, mask, &again) == ERR_NONE && again == shape, "a shape is kept");
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes fault;
	struct sqlfile *file = NULL;
	bytes_init(&fault, 4096);
	enum err error = sqlfile_parse("fuzzed", (const char *)data, size, names, &fault, &file);
	if (error == ERR_NONE)
		check_shapes(file);
	else
		expect(error != ERR_INPUT || fault.length > 0, "a refused file has a fault");
	sqlfile_free(file);
	bytes_release(&fault);
	return 0;
}
