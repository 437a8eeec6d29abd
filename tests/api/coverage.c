/* Remembers what was tried of each operation. */
#include "coverage.h"

#include <string.h>
#include <sys/mman.h>

#include "contract/schema.h"

static size_t size_of(const struct contract *contract)
{
	size_t count;
	contract_operations(contract, &count);
	return count * COVERAGE_COUNT + 1;
}

bool coverage_open(const struct contract *contract, struct coverage *coverage)
{
	void *marks = mmap(NULL, size_of(contract), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	coverage->contract = contract;
	coverage->marks = marks;
	return marks != MAP_FAILED;
}

void coverage_close(struct coverage *coverage)
{
	munmap((void *)(size_t)coverage->marks, size_of(coverage->contract));
}

static volatile unsigned char *mark_of(const struct coverage *coverage, const struct operation *operation,
				       enum coverage_kind kind)
{
	size_t count;
	size_t index = (size_t)(operation - contract_operations(coverage->contract, &count));
	return &coverage->marks[index * COVERAGE_COUNT + (size_t)kind];
}

void coverage_mark(struct coverage *coverage, const struct operation *operation, enum coverage_kind kind)
{
	*mark_of(coverage, operation, kind) = 1;
}

bool coverage_is_marked(const struct coverage *coverage, const struct operation *operation, enum coverage_kind kind)
{
	return *mark_of(coverage, operation, kind) != 0;
}

static bool allows(const struct operation *operation, const char *role)
{
	for (const char *const *allowed = operation->roles; *allowed; allowed++)
		if (strcmp(*allowed, role) == 0)
			return true;
	return false;
}

bool coverage_allows_all(const struct coverage *coverage, const struct operation *operation)
{
	size_t count;
	const struct operation *all = contract_operations(coverage->contract, &count);
	for (size_t i = 0; i < count; i++)
		for (const char *const *role = all[i].roles; *role; role++)
			if (!allows(operation, *role))
				return false;
	return true;
}

bool coverage_has_id(const struct operation *operation)
{
	for (size_t i = 0; i < operation->input_count; i++)
		if (operation->inputs[i].place == PLACE_PATH &&
		    schema_resolve(operation->inputs[i].schema)->format == SCHEMA_FORMAT_UUID)
			return true;
	return false;
}

bool coverage_is_due(const struct coverage *coverage, const struct operation *operation, enum coverage_kind kind)
{
	(void)coverage;
	bool looks = strcmp(operation->ledger, "consultation") == 0 || strcmp(operation->ledger, "disclosure") == 0;
	if (kind == COVERAGE_THREE_ITEMS)
		return operation->is_list;
	if (kind == COVERAGE_REFUSED_ROLE)
		return !operation->is_public;
	if (kind == COVERAGE_OTHER_FORCE)
		return !operation->is_public && strcmp(operation->ledger, "none") != 0 && (looks || coverage_has_id(operation));
	return kind == COVERAGE_SUCCESS || !operation->is_public;
}
