/* What the parts of the verifier share: faults and their order, and reading what the database writes. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/time.h"
#include "ledger/codec.h"
#include "verify.h"

/* Longer than any transaction of the service, shorter than anything worth backdating. */
static const int64_t out_of_time_us = 3600 * 1000000LL;

const char *verify_how_word(enum verify_how how)
{
	static const char *const words[] = {"altered",         "missing", "reordered",   "inserted",
					    "wrong_signature", "forked",  "rolled_back", "late"};
	return words[how];
}

void verify_found(struct verify_fault *fault, enum verify_how how, uint64_t rank, const char *text, ...)
{
	va_list values;
	if (fault->count++ && fault->rank <= rank)
		return;
	fault->rank = rank;
	fault->how = how;
	va_start(values, text);
	vsnprintf(fault->text, sizeof fault->text, text, values);
	va_end(values);
}

void verify_join(struct verify_fault *fault, const struct verify_fault *other)
{
	uint64_t count = fault->count + other->count;
	if (other->count && (!fault->count || other->rank < fault->rank))
		*fault = *other;
	fault->count = count;
}

int verify_find_tree(const struct verify_plan *plan, int epoch, const char *name)
{
	for (int i = 0; i < plan->tree_count; i++)
		if (plan->trees[i].epoch == epoch && strcmp(plan->trees[i].name, name) == 0)
			return i;
	return -1;
}

bool verify_is_out_of_time(int64_t latest_us, int64_t recorded_us)
{
	return latest_us - recorded_us > out_of_time_us;
}

uint64_t verify_tree_rank(const struct verify_tree *tree, uint64_t leaf)
{
	uint64_t national = strcmp(tree->name, "*") == 0;
	return (uint64_t)1 << 63 | (uint64_t)tree->epoch << 48 | national << 47 | (leaf & (((uint64_t)1 << 47) - 1));
}

enum err verify_read_number(const char *text, uint64_t *number)
{
	uint64_t read = 0;
	if (!text || !*text)
		return ERR_INPUT;
	for (; *text; text++) {
		unsigned digit = (unsigned)*text - '0';
		if (digit > 9 || read > (UINT64_MAX - digit) / 10)
			return ERR_INPUT;
		read = read * 10 + digit;
	}
	*number = read;
	return ERR_NONE;
}

enum err verify_read_hash(const char *text, unsigned char hash[HASH_SIZE])
{
	if (!text || strncmp(text, "\\x", 2) != 0)
		return ERR_INPUT;
	return codec_read_hex_exactly(text + 2, strlen(text + 2), hash, HASH_SIZE);
}

enum err verify_read_instant(struct arena *arena, const char *text, int64_t *instant_us)
{
	const char *instant;
	enum err error = text ? line_instant(arena, text, &instant) : ERR_INPUT;
	return error ? error : time_parse(instant, strlen(instant), instant_us);
}
