/* Orders and batches what waits for the ledger. */
#include "ledger/gate.h"

#include <stdint.h>
#include <string.h>

void gate_init(struct gate *gate, enum err (*send)(void *context), void *context)
{
	*gate = (struct gate){.send = send, .context = context};
	gate->waiting_end = &gate->waiting;
}

void gate_enter(struct gate *gate, struct gate_entry *entry)
{
	entry->next = NULL;
	*gate->waiting_end = entry;
	gate->waiting_end = &entry->next;
}

static struct gate_entry *take_waiting(struct gate *gate)
{
	struct gate_entry *entries = gate->waiting;
	gate->waiting = NULL;
	gate->waiting_end = &gate->waiting;
	return entries;
}

static struct gate_entry *take_retrying(struct gate *gate)
{
	struct gate_entry *entry = gate->retrying;
	gate->retrying = entry->next;
	entry->next = NULL;
	return entry;
}

static void release_all(struct gate_entry *entries, enum gate_outcome outcome)
{
	while (entries) {
		struct gate_entry *next = entries->next;
		entries->released(entries->context, outcome);
		entries = next;
	}
}

static size_t count_lines(const struct gate_entry *entries)
{
	size_t count = 0;
	for (; entries; entries = entries->next)
		count += entries->has_line;
	return count;
}

static void start(struct gate *gate)
{
	struct gate_flush *flush = &gate->flush;
	flush->single = gate->retrying != NULL;
	flush->entries = flush->single ? take_retrying(gate) : take_waiting(gate);
	flush->line_count = count_lines(flush->entries);
	enum err error = gate->send(gate->context);
	if (error != ERR_NONE)
		gate_flushed(gate, error == ERR_LIMIT ? GATE_REFUSED : GATE_UNAVAILABLE);
}

/* A flush that ends at once, by failing, leaves no event behind that would start the next one. */
void gate_turn(struct gate *gate)
{
	while (!gate->flush.entries && (gate->waiting || gate->retrying))
		start(gate);
}

static void append_to_retrying(struct gate *gate, struct gate_entry *entries)
{
	struct gate_entry **end = &gate->retrying;
	while (*end)
		end = &(*end)->next;
	*end = entries;
}

void gate_flushed(struct gate *gate, enum gate_outcome outcome)
{
	struct gate_flush *flush = &gate->flush;
	struct gate_entry *entries = flush->entries;
	bool try_singly = outcome == GATE_REFUSED && !flush->single;

	*flush = (struct gate_flush){0};
	if (try_singly)
		append_to_retrying(gate, entries);
	else
		release_all(entries, outcome);
}

static void append_number(struct bytes *array, uint32_t number)
{
	const unsigned char big_endian[] = {(unsigned char)(number >> 24), (unsigned char)(number >> 16), (unsigned char)(number >> 8),
					    (unsigned char)number};
	bytes_append(array, big_endian, sizeof big_endian);
}

/* One dimension, its nulls found by their length, of text, so many from 1 on. */
static void append_head(struct bytes *array, size_t count)
{
	enum { TEXT_TYPE = 25 };
	const uint32_t head[] = {1, 0, TEXT_TYPE, (uint32_t)count, 1};
	for (size_t i = 0; i < sizeof head / sizeof *head; i++)
		append_number(array, head[i]);
}

static void append_element(struct bytes *array, const char *value)
{
	if (!value) {
		append_number(array, UINT32_MAX);
		return;
	}
	size_t length = strlen(value);
	append_number(array, (uint32_t)length);
	bytes_append(array, value, length);
}

enum err gate_arrays(const struct gate_flush *flush, struct bytes arrays[GATE_COLUMN_COUNT])
{
	bool failed = false;
	for (int column = 0; column < GATE_COLUMN_COUNT; column++) {
		bytes_clear(&arrays[column]);
		append_head(&arrays[column], flush->line_count);
		for (const struct gate_entry *entry = flush->entries; entry; entry = entry->next)
			if (entry->has_line)
				append_element(&arrays[column], entry->columns[column]);
		failed |= arrays[column].failed;
	}
	return failed ? ERR_LIMIT : ERR_NONE;
}
