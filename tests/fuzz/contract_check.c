/* Requests of any shape against the service's own contract.
 *
 * An input is an operationId in the first line (any other text picks one by its bytes), a query in the second, headers
 * in the third ("If-Match: "3"; On-Behalf-Of: r.shah"), and the body to the end. */
#include <string.h>

#include "base/arena.h"
#include "cmd/secondlook/embedded.h"
#include "contract/contract.h"
#include "harness.h"

static const struct contract *loaded(void)
{
	static struct contract *contract; /* one for the whole run: to load it takes longer than all else */
	if (contract)
		return contract;
	struct bytes fault;
	bytes_init(&fault, 4096);
	const struct embedded_file *file = embedded_find("openapi.yaml");
	enum err error = contract_load(file->start, (size_t)(file->end - file->start), &fault, &contract);
	expect(error == ERR_NONE, "the contract loads");
	bytes_release(&fault);
	return contract;
}

/* A line of the input, as a text. */
static char *take_line(struct arena *arena, const char **rest, const char *end)
{
	size_t left = (size_t)(end - *rest);
	const char *newline = left ? memchr(*rest, '\n', left) : NULL;
	size_t length = newline ? (size_t)(newline - *rest) : left;
	char *line = arena_copy(arena, *rest, length);
	*rest += newline ? length + 1 : length;
	return line;
}

static const struct operation *choose(const char *line)
{
	size_t count, sum = 0;
	const struct operation *operation = contract_find(loaded(), line);
	const struct operation *operations = contract_operations(loaded(), &count);
	for (; *line; line++)
		sum = sum * 31 + (unsigned char)*line;
	return operation ? operation : &operations[sum % count];
}

struct headers {
	struct arena *arena;
	const char *line;
};

static const char *header(const void *request, const char *name)
{
	const struct headers *headers = request;
	const char *found = strcasestr(headers->line, name);
	if (!found || found[strlen(name)] != ':')
		return NULL;
	found += strlen(name) + 1;
	found += strspn(found, " ");
	return arena_copy(headers->arena, found, strcspn(found, ";"));
}

static void check_faults(const struct faults *faults)
{
	expect(faults->count > 0 && faults->count <= CONTRACT_FAULTS_MAXIMUM, "a refused request has faults, up to the limit");
	for (size_t i = 0; i < faults->count; i++) {
		expect(faults->list[i].pointer != NULL, "a fault has a pointer");
		expect(faults->list[i].code && *faults->list[i].code, "a fault has a code");
		expect(faults->list[i].detail && *faults->list[i].detail, "a fault has a detail");
	}
}

static void check_values(const struct operation *operation, const char **values)
{
	for (size_t i = 0; i < operation->input_count; i++)
		if (operation->inputs[i].required && operation->inputs[i].place != PLACE_BODY)
			expect(values[i] != NULL, "a required parameter of an accepted request has a value");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char id[] = "01890a5d-ac96-774b-bcce-b302099a8057";
	struct arena arena;
	struct faults faults;
	bool malformed;
	const char **values = NULL;
	const char *rest = (const char *)data, *end = rest + size;
	arena_init(&arena, 16 << 20);
	const struct operation *operation = choose(take_line(&arena, &rest, end));
	struct match match = {.operation = operation};
	for (int i = 0; i < CONTRACT_PATH_VALUES; i++) {
		match.values[i].data = id;
		match.values[i].length = sizeof id - 1;
	}
	struct carried carried = {.match = &match, .query = take_line(&arena, &rest, end), .header = header};
	struct headers headers = {&arena, take_line(&arena, &rest, end)};
	carried.request = &headers;
	carried.body = rest;
	carried.body_length = (size_t)(end - rest);
	enum err error = contract_check(operation, &carried, &arena, &faults, &malformed, &values);
	if (error == ERR_INPUT)
		check_faults(&faults);
	else if (error == ERR_NONE)
		check_values(operation, values);
	expect(error != ERR_NONE || !malformed, "an accepted body could be read");
	arena_release(&arena);
	return 0;
}
