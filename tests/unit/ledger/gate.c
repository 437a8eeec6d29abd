/* The gate's order: a flush takes what had entered before it began, and a bad line hurts only its own request. */
#include "ledger/gate.h"

#include <string.h>

#include "support/unit.h"

struct trial {
	struct gate gate;
	struct gate_entry entries[4];
	int released[4]; /* 1 + outcome */
	size_t sent;
	size_t too_large; /* so many, the first ones */
	bool refuse_to_send;
};

struct released_as {
	struct trial *trial;
	int number;
};
static struct released_as slots[4];

static enum err send_flush(void *context)
{
	struct trial *trial = context;
	ck_assert_ptr_nonnull(trial->gate.flush.entries);
	if (trial->sent++ < trial->too_large)
		return ERR_LIMIT;
	return trial->refuse_to_send ? ERR_NOT_NOW : ERR_NONE;
}

static void note_release(void *context, enum gate_outcome outcome)
{
	struct released_as *slot = context;
	slot->trial->released[slot->number] = 1 + (int)outcome;
}

static void trial_begin(struct trial *trial)
{
	*trial = (struct trial){0};
	gate_init(&trial->gate, send_flush, trial);
	for (int i = 0; i < 4; i++) {
		slots[i] = (struct released_as){trial, i};
		trial->entries[i] = (struct gate_entry){.has_line = i != 2, .released = note_release, .context = &slots[i]};
	}
}

START_TEST(what_enters_during_a_flush_waits_for_the_next)
{
	struct trial trial;
	trial_begin(&trial);
	gate_enter(&trial.gate, &trial.entries[0]);
	gate_turn(&trial.gate);
	gate_enter(&trial.gate, &trial.entries[1]);
	gate_enter(&trial.gate, &trial.entries[2]);
	gate_turn(&trial.gate);
	ck_assert_uint_eq(trial.sent, 1);
	gate_flushed(&trial.gate, GATE_DURABLE);
	ck_assert_int_eq(trial.released[0], 1 + GATE_DURABLE);
	ck_assert_int_eq(trial.released[1], 0);
	gate_turn(&trial.gate);
	ck_assert_uint_eq(trial.gate.flush.line_count, 1);
	gate_flushed(&trial.gate, GATE_DURABLE);
	ck_assert_int_eq(trial.released[1], 1 + GATE_DURABLE);
	ck_assert_int_eq(trial.released[2], 1 + GATE_DURABLE);
	gate_turn(&trial.gate);
	ck_assert_uint_eq(trial.sent, 2);
}
END_TEST

START_TEST(a_refused_batch_is_sent_singly)
{
	struct trial trial;
	trial_begin(&trial);
	gate_enter(&trial.gate, &trial.entries[0]);
	gate_enter(&trial.gate, &trial.entries[1]);
	gate_turn(&trial.gate);
	gate_flushed(&trial.gate, GATE_REFUSED);
	ck_assert_int_eq(trial.released[0], 0);
	gate_turn(&trial.gate);
	gate_flushed(&trial.gate, GATE_REFUSED);
	gate_turn(&trial.gate);
	gate_flushed(&trial.gate, GATE_DURABLE);
	ck_assert_int_eq(trial.released[0], 1 + GATE_REFUSED);
	ck_assert_int_eq(trial.released[1], 1 + GATE_DURABLE);
}
END_TEST

START_TEST(what_is_too_large_is_sent_singly_in_the_same_turn)
{
	struct trial trial;
	trial_begin(&trial);
	trial.too_large = 2;
	gate_enter(&trial.gate, &trial.entries[0]);
	gate_enter(&trial.gate, &trial.entries[1]);
	gate_turn(&trial.gate);
	ck_assert_uint_eq(trial.sent, 3);
	ck_assert_int_eq(trial.released[0], 1 + GATE_REFUSED);
	ck_assert_int_eq(trial.released[1], 0);
	gate_flushed(&trial.gate, GATE_DURABLE);
	ck_assert_int_eq(trial.released[1], 1 + GATE_DURABLE);
}
END_TEST

START_TEST(a_lost_flush_releases_all_as_unavailable)
{
	struct trial trial;
	trial_begin(&trial);
	gate_enter(&trial.gate, &trial.entries[0]);
	gate_turn(&trial.gate);
	gate_flushed(&trial.gate, GATE_UNAVAILABLE);
	ck_assert_int_eq(trial.released[0], 1 + GATE_UNAVAILABLE);
	trial.refuse_to_send = true;
	gate_enter(&trial.gate, &trial.entries[1]);
	gate_turn(&trial.gate);
	ck_assert_int_eq(trial.released[1], 1 + GATE_UNAVAILABLE);
}
END_TEST

START_TEST(lines_become_binary_arrays)
{
	struct trial trial;
	struct bytes arrays[GATE_COLUMN_COUNT];
	for (int i = 0; i < GATE_COLUMN_COUNT; i++)
		bytes_init(&arrays[i], 100);
	trial_begin(&trial);
	trial.entries[0].columns[GATE_PURPOSE] = "say \"why\" \\ {,}";
	trial.entries[1].columns[GATE_PURPOSE] = NULL;
	for (int i = 0; i < 3; i++)
		gate_enter(&trial.gate, &trial.entries[i]);
	gate_turn(&trial.gate);
	ck_assert_int_eq(gate_arrays(&trial.gate.flush, arrays), ERR_NONE);
	static const char expected[] = "\0\0\0\1" "\0\0\0\0" "\0\0\0\31" "\0\0\0\2" "\0\0\0\1"
				       "\0\0\0\17" "say \"why\" \\ {,}" "\377\377\377\377";
	ck_assert_uint_eq(arrays[GATE_PURPOSE].length, sizeof expected - 1);
	ck_assert_mem_eq(arrays[GATE_PURPOSE].data, expected, sizeof expected - 1);
	char wide[200];
	memset(wide, 'x', sizeof wide - 1);
	wide[sizeof wide - 1] = '\0';
	trial.entries[0].columns[GATE_SEEN] = wide;
	ck_assert_int_eq(gate_arrays(&trial.gate.flush, arrays), ERR_LIMIT);
	for (int i = 0; i < GATE_COLUMN_COUNT; i++)
		bytes_release(&arrays[i]);
}
END_TEST

UNIT("gate", what_enters_during_a_flush_waits_for_the_next, a_refused_batch_is_sent_singly, what_is_too_large_is_sent_singly_in_the_same_turn,
     a_lost_flush_releases_all_as_unavailable, lines_become_binary_arrays)
