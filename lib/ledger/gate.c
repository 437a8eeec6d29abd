/* Orders and batches what waits for the ledger. */
#include "ledger/gate.h"

#include <string.h>

void gate_init(struct gate *gate, size_t flush_count, enum err (*send)(void *context, size_t flush), void *context)
{
	*gate = (struct gate){.flush_count = flush_count, .send = send, .context = context};
	gate->waiting_end = &gate->waiting;
}

void gate_enter(struct gate *gate, struct gate_entry *entry)
{
	entry->next = NULL;
	*gate->waiting_end = entry;
	gate->waiting_end = &entry->next;
	gate->waiting_count++;
}

static struct gate_entry *take_waiting(struct gate *gate)
{
	struct gate_entry *entries = gate->waiting;
	gate->waiting = NULL;
	gate->waiting_end = &gate->waiting;
	gate->waiting_count = 0;
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

static void start(struct gate *gate, size_t index)
{
	struct gate_flush *flush = &gate->flushes[index];
	flush->single = gate->retrying != NULL;
	flush->entry_count = flush->single ? 1 : gate->waiting_count;
	flush->entries = flush->single ? take_retrying(gate) : take_waiting(gate);
	flush->line_count = count_lines(flush->entries);
	enum err error = gate->send(gate->context, index);
	if (error != ERR_NONE)
		gate_flushed(gate, index, error == ERR_LIMIT ? GATE_REFUSED : GATE_UNAVAILABLE);
}

/* With few under way another at once spares those who wait most of a flush's time; with many, those who wait make the
 * next flush a larger one, and the server commits half as often. */
static bool is_another_worth_it(const struct gate *gate)
{
	size_t under_way = 0;
	for (size_t i = 0; i < gate->flush_count; i++)
		under_way += gate->flushes[i].entry_count;
	return under_way < GATE_FEW;
}

void gate_turn(struct gate *gate)
{
	for (size_t i = 0; i < gate->flush_count; i++)
		if (!gate->flushes[i].entries && (gate->waiting || gate->retrying) && is_another_worth_it(gate))
			start(gate, i);
}

static void append_to_retrying(struct gate *gate, struct gate_entry *entries)
{
	struct gate_entry **end = &gate->retrying;
	while (*end)
		end = &(*end)->next;
	*end = entries;
}

void gate_flushed(struct gate *gate, size_t index, enum gate_outcome outcome)
{
	struct gate_flush *flush = &gate->flushes[index];
	struct gate_entry *entries = flush->entries;
	bool try_singly = outcome == GATE_REFUSED && !flush->single;

	*flush = (struct gate_flush){0};
	if (try_singly)
		append_to_retrying(gate, entries);
	else
		release_all(entries, outcome);
}

enum err gate_arrays(const struct gate_flush *flush, struct bytes arrays[GATE_COLUMN_COUNT])
{
	bool failed = false;
	for (int column = 0; column < GATE_COLUMN_COUNT; column++) {
		bytes_clear(&arrays[column]);
		bytes_append_char(&arrays[column], '{');
		for (const struct gate_entry *entry = flush->entries; entry; entry = entry->next)
			if (entry->has_line)
				bytes_append_array_element(&arrays[column], entry->columns[column]);
		bytes_append_char(&arrays[column], '}');
		failed |= arrays[column].failed;
	}
	return failed ? ERR_LIMIT : ERR_NONE;
}
