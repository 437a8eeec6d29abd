/* Verifies the signatures of stored checkpoints. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ledger/codec.h"
#include "verify.h"

enum column { TREE, SIZE, ROOT, SIGNED_AT, KEY, SIGNATURE };

/* The last head of the nation is in any case; it covers all others. */
static const char forces_sql[] = "select tree, size, root, signed_at, key_id, signature from ledger_checkpoint"
				 " where epoch = $1::int and national_index > $2::bigint and national_index <= $3::bigint"
				 " and (national_index % $4::bigint = $5::bigint or national_index = $6::bigint) order by national_index";
static const char nation_sql[] = "select tree, size, root, signed_at, key_id, signature from ledger_checkpoint"
				 " where epoch = $1::int and tree = '*' and size > $2::bigint and size <= $3::bigint"
				 " and (size % $4::bigint = $5::bigint or size = $6::bigint) order by size";

static const struct note_key *find_key(const struct key_ring *ring, const char *id)
{
	unsigned char wanted[NOTE_KEY_ID_SIZE];
	if (strncmp(id, "\\x", 2) != 0 || codec_read_hex_exactly(id + 2, strlen(id + 2), wanted, sizeof wanted))
		return NULL;
	return key_ring_find(ring, LEDGER_KEY_CHECKPOINTS, wanted);
}

enum err verify_signature(const struct key_ring *ring, const struct checkpoint *checkpoint, const char *id,
			  const char *signature, const char **why)
{
	unsigned char bytes[NOTE_SIGNATURE_SIZE];
	struct bytes text;
	const struct note_key *key = find_key(ring, id);
	*why = key ? "isn't the signature of its key" : "is signed with a key that isn't trusted";
	if (!key || strncmp(signature, "\\x", 2) != 0 ||
	    codec_read_hex_exactly(signature + 2, strlen(signature + 2), bytes, sizeof bytes))
		return ERR_INPUT;
	bytes_init(&text, CHECKPOINT_TEXT_MAXIMUM);
	checkpoint_append_text(checkpoint, &text);
	enum err error = text.failed ? ERR_MEMORY : note_check(key, text.data, text.length, bytes);
	bytes_release(&text);
	return error;
}

static enum err check_row(struct verify_work *work, struct verify_item *item, const char *const *row)
{
	struct checkpoint checkpoint;
	const struct verify_tree *tree = &work->plan->trees[item->tree];
	const char *why;
	if (checkpoint_origin(work->plan->epochs[tree->epoch - 1].name, row[TREE], &checkpoint) ||
	    verify_read_number(row[SIZE], &checkpoint.size) || verify_read_hash(row[ROOT], checkpoint.root) ||
	    verify_read_instant(&work->line.arena, row[SIGNED_AT], &checkpoint.signed_at_us))
		return ERR_INPUT;
	enum err error = verify_signature(&work->plan->ring, &checkpoint, row[KEY], row[SIGNATURE], &why);
	if (error && error != ERR_INPUT)
		return error;
	if (error)
		verify_found(&item->fault, VERIFY_WRONG_SIGNATURE, verify_tree_rank(tree, checkpoint.size - 1),
			     "the checkpoint of %.60s of %s leaves, epoch %d, signed %s: %s", row[TREE], row[SIZE], tree->epoch,
			     row[SIGNED_AT], why);
	item->count++;
	work->progress(work->context, work->plan->signature_stride);
	arena_reset(&work->line.arena);
	return ERR_NONE;
}

enum err verify_signatures(struct verify_work *work, struct verify_item *item)
{
	const struct verify_tree *tree = &work->plan->trees[item->tree];
	char epoch[12], from[24], to[24], stride[24], offset[24], last[24];
	const char *const values[] = {epoch, from, to, stride, offset, last}, *const *row;
	snprintf(epoch, sizeof epoch, "%d", tree->epoch);
	snprintf(from, sizeof from, "%" PRIu64, item->from);
	snprintf(to, sizeof to, "%" PRIu64, item->to);
	snprintf(stride, sizeof stride, "%" PRIu64, work->plan->signature_stride);
	snprintf(offset, sizeof offset, "%" PRIu64, work->plan->signature_offset);
	snprintf(last, sizeof last, "%" PRIu64, item->kind == VERIFY_SIGNATURES ? tree->size - 1 : tree->size);
	enum err error = db_reader_start(work->first, item->kind == VERIFY_SIGNATURES ? forces_sql : nation_sql, values, 6);
	if (!error)
		error = db_reader_next(work->first, &row);
	while (!error && row) {
		error = check_row(work, item, row);
		if (!error)
			error = db_reader_next(work->first, &row);
	}
	return error;
}
