/* Holds a signed receipt against proofs, or against the database. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/id.h"
#include "base/time.h"
#include "evidence.h"
#include "files.h"
#include "ledger/codec.h"
#include "ledger/rebuild.h"

enum { PROOF_FILE_MAXIMUM = 1 << 24, LINES_MAXIMUM = 1000 };

static const char label[] = "secondlook-receipt-v1";

struct receipt_line {
	char id[ID_TEXT_SIZE];
	unsigned char leaf[HASH_SIZE];
	bool is_proven;
};

struct receipt {
	struct evidence *evidence;
	char force[VERIFY_NAME_SIZE];
	int64_t until_us; /* sealed by then, it was promised */
	struct receipt_line *lines;
	size_t count;
};

static bool next_line(const char **at, const char *end, const char **line, size_t *length)
{
	const char *feed = *at < end ? memchr(*at, '\n', (size_t)(end - *at)) : NULL;
	if (!feed)
		return false;
	*line = *at;
	*length = (size_t)(feed - *at);
	*at = feed + 1;
	return true;
}

static enum err read_receipt_line(const char *text, size_t length, struct receipt_line *line)
{
	size_t id = ID_TEXT_SIZE - 1;
	if (length < id + 1 || text[id] != ' ' || !id_is_valid(text, id))
		return ERR_INPUT;
	memcpy(line->id, text, id);
	line->id[id] = '\0';
	line->is_proven = false;
	return codec_read_base64_exactly(text + id + 1, length - id - 1, line->leaf, HASH_SIZE);
}

static enum err read_receipt(struct receipt *receipt, const char *text, size_t length)
{
	const char *at = text, *end = text + length, *line;
	size_t size;
	if (!next_line(&at, end, &line, &size) || size != sizeof label - 1 || memcmp(line, label, size) != 0 ||
	    !next_line(&at, end, &line, &size) || !size || size >= sizeof receipt->force)
		return ERR_INPUT;
	snprintf(receipt->force, sizeof receipt->force, "%.*s", (int)size, line);
	if (!next_line(&at, end, &line, &size) || time_parse(line, size, &receipt->until_us))
		return ERR_INPUT;
	receipt->lines = arena_take(&receipt->evidence->arena, LINES_MAXIMUM * sizeof *receipt->lines);
	if (!receipt->lines)
		return ERR_MEMORY;
	while (next_line(&at, end, &line, &size))
		if (receipt->count == LINES_MAXIMUM || read_receipt_line(line, size, &receipt->lines[receipt->count++]))
			return ERR_INPUT;
	return at == end && receipt->count ? ERR_NONE : ERR_INPUT;
}

/* What was promised: this leaf, in a tree that was signed by then. */
static enum err settle(struct receipt *receipt, struct receipt_line *line, const unsigned char leaf[HASH_SIZE],
		       int64_t signed_at_us)
{
	char signed_at[TIME_TEXT_SIZE], until[TIME_TEXT_SIZE];
	time_format(signed_at_us, signed_at);
	time_format(receipt->until_us, until);
	if (memcmp(line->leaf, leaf, HASH_SIZE) != 0)
		return evidence_fault(receipt->evidence, VERIFY_ALTERED, "line %s: another leaf was sealed than the receipt says", line->id);
	if (signed_at_us > receipt->until_us)
		return evidence_fault(receipt->evidence, VERIFY_LATE, "line %s: was sealed %s, promised by %s", line->id, signed_at, until);
	line->is_proven = true;
	return ERR_NONE;
}

static enum err take_answer(struct receipt *receipt, const json_t *answer)
{
	struct proven_line proven;
	enum err error = evidence_prove_answer(receipt->evidence, answer, &proven);
	for (size_t i = 0; !error && i < receipt->count; i++)
		if (strcmp(receipt->lines[i].id, proven.line) == 0 && strcmp(receipt->force, proven.force) == 0)
			error = settle(receipt, &receipt->lines[i], proven.leaf, proven.signed_at_us);
	return error;
}

/* Answers of the service one after the other, with or without line feeds between them. */
static enum err take_answers(struct receipt *receipt, const struct bytes *text)
{
	size_t at = 0;
	enum err error = ERR_NONE;
	while (!error && at < text->length) {
		json_error_t ended;
		json_t *answer = json_loadb(text->data + at, text->length - at, JSON_REJECT_DUPLICATES | JSON_DISABLE_EOF_CHECK, &ended);
		if (!answer)
			break;
		at += (size_t)ended.position;
		error = take_answer(receipt, answer);
		json_decref(answer);
	}
	return error;
}

static enum err against_file(struct receipt *receipt, const char *path, struct bytes *fault)
{
	struct bytes text;
	bytes_init(&text, PROOF_FILE_MAXIMUM);
	enum err error = files_read(path, &text);
	if (error)
		bytes_format(fault, "%s: can't be read: %s\n", path, error == ERR_SYSTEM ? strerror(errno) : "is too long");
	else
		error = take_answers(receipt, &text);
	bytes_release(&text);
	for (size_t i = 0; !error && i < receipt->count; i++)
		if (!receipt->lines[i].is_proven)
			error = evidence_fault(receipt->evidence, VERIFY_MISSING, "line %s: %s holds no proof of it", receipt->lines[i].id, path);
	return error;
}

/* The head that covers a leaf first, as the database has it. */
struct covering {
	uint64_t leaf_index;
	char epoch_text[24], size_text[24], key_id[2 * NOTE_KEY_ID_SIZE + 3], signature[2 * NOTE_SIGNATURE_SIZE + 3];
	struct checkpoint head;
};

/* The tree up to the head, again from its leaves. */
static enum err rebuild(struct receipt *receipt, struct db_reader *reader, const struct covering *covering,
			const struct receipt_line *line)
{
	static const char sql[] = "select hash from ledger_leaf where epoch = $1::int and force_id = $2 and leaf_index < $3::bigint order by leaf_index";
	const char *const values[] = {covering->epoch_text, receipt->force, covering->size_text}, *const *row;
	struct rebuild tree = {0};
	unsigned char leaf[HASH_SIZE];
	enum err error = db_reader_start(reader, sql, values, 3);
	if (!error)
		error = db_reader_next(reader, &row);
	while (!error && row) {
		error = verify_read_hash(row[0], leaf);
		if (!error && tree.size == covering->leaf_index && memcmp(leaf, line->leaf, HASH_SIZE) != 0)
			return evidence_fault(receipt->evidence, VERIFY_ALTERED, "line %s: another leaf was sealed than the receipt says", line->id);
		if (!error)
			error = rebuild_add(&tree, &receipt->evidence->hasher, leaf);
		if (!error)
			error = db_reader_next(reader, &row);
	}
	if (!error)
		error = rebuild_root(&tree, &receipt->evidence->hasher, leaf);
	if (error)
		return error;
	if (tree.size != covering->head.size || memcmp(leaf, covering->head.root, HASH_SIZE) != 0)
		return evidence_fault(receipt->evidence, VERIFY_ALTERED, "line %s: the leaves before it aren't those whose root was signed", line->id);
	return ERR_NONE;
}

static enum err read_covering(struct receipt *receipt, const char *const *row, struct covering *covering)
{
	enum err error = verify_read_number(row[1], &covering->leaf_index);
	if (!error)
		error = verify_read_number(row[3], &covering->head.size);
	if (!error)
		error = verify_read_hash(row[4], covering->head.root);
	if (!error)
		error = verify_read_instant(&receipt->evidence->arena, row[5], &covering->head.signed_at_us);
	if (!error)
		error = checkpoint_origin(row[2], receipt->force, &covering->head);
	snprintf(covering->epoch_text, sizeof covering->epoch_text, "%s", row[0]);
	snprintf(covering->size_text, sizeof covering->size_text, "%s", row[3]);
	snprintf(covering->key_id, sizeof covering->key_id, "%s", row[6]);
	snprintf(covering->signature, sizeof covering->signature, "%s", row[7]);
	return error;
}

static enum err not_sealed(struct receipt *receipt, const struct receipt_line *line, bool *is_pending)
{
	char until[TIME_TEXT_SIZE];
	time_format(receipt->until_us, until);
	if (time_now_us() <= receipt->until_us) {
		*is_pending = true;
		return ERR_NONE;
	}
	return evidence_fault(receipt->evidence, VERIFY_LATE, "line %s: isn't sealed, promised by %s", line->id, until);
}

static enum err check_content(struct receipt *receipt, struct db_reader *reader, const struct receipt_line *line)
{
	char sql[1024];
	const char *const values[] = {receipt->force, line->id}, *const *row;
	struct line_hasher hasher;
	unsigned char leaf[HASH_SIZE];
	snprintf(sql, sizeof sql, "select %s from ledger_line l where l.force_id = $1 and l.line_id = $2::uuid", line_columns);
	enum err error = db_reader_first(reader, sql, values, 2, &row);
	if (error)
		return error;
	if (!row)
		return evidence_fault(receipt->evidence, VERIFY_MISSING, "line %s: is not in the database", line->id);
	error = line_hasher_open(&hasher);
	if (!error)
		error = line_leaf(&hasher, row, leaf);
	line_hasher_close(&hasher);
	if (error && error != ERR_INPUT)
		return error;
	if (error || memcmp(leaf, line->leaf, HASH_SIZE) != 0)
		return evidence_fault(receipt->evidence, VERIFY_ALTERED, "line %s: isn't what the receipt was given for", line->id);
	return ERR_NONE;
}

static enum err prove_line(struct receipt *receipt, struct db_reader *reader, struct receipt_line *line, bool *is_pending)
{
	static const char sql[] =
		"select f.epoch, f.leaf_index, e.name, c.size, c.root, c.signed_at, c.key_id, c.signature from ledger_leaf f"
		" join ledger_epoch e using (epoch) join ledger_checkpoint c on c.epoch = f.epoch and c.tree = f.force_id and c.size > f.leaf_index"
		" where f.force_id = $1 and f.line_id = $2::uuid order by c.size limit 1";
	const char *const values[] = {receipt->force, line->id}, *const *row;
	const char *why;
	struct covering covering;
	enum err error = check_content(receipt, reader, line);
	if (!error)
		error = db_reader_first(reader, sql, values, 2, &row);
	if (error || !row)
		return error ? error : not_sealed(receipt, line, is_pending);
	error = read_covering(receipt, row, &covering);
	if (error)
		return error;
	error = verify_signature(&receipt->evidence->ring, &covering.head, covering.key_id, covering.signature, &why);
	if (error)
		return error == ERR_INPUT ? evidence_fault(receipt->evidence, VERIFY_WRONG_SIGNATURE, "the checkpoint over line %s: %s", line->id, why)
					  : error;
	error = rebuild(receipt, reader, &covering, line);
	return error ? error : settle(receipt, line, line->leaf, covering.head.signed_at_us);
}

static enum err against_database(struct receipt *receipt, const struct settings *settings, struct bytes *fault, bool *is_pending)
{
	struct bytes connection;
	struct db_reader *reader = NULL;
	bytes_init(&connection, 4096);
	enum err error = settings_connection(settings, "secondlook_verifier", &connection, fault);
	if (!error)
		error = db_reader_open(bytes_string(&connection), NULL, &reader);
	for (size_t i = 0; !error && i < receipt->count; i++)
		error = prove_line(receipt, reader, &receipt->lines[i], is_pending);
	if (error && !fault->length)
		bytes_append_string(fault, db_reader_fault(reader));
	db_reader_close(reader);
	bytes_release(&connection);
	return error;
}

enum err evidence_prove_receipt(struct evidence *evidence, const struct settings *settings, const char *text, size_t length,
				struct bytes *fault, bool *is_pending)
{
	struct receipt receipt = {.evidence = evidence};
	enum err error = read_receipt(&receipt, text, length);
	if (error == ERR_INPUT)
		return evidence_fault(evidence, VERIFY_ALTERED, "the receipt: is signed, but its text is none");
	if (error)
		return error;
	return *settings->proof ? against_file(&receipt, settings->proof, fault)
				: against_database(&receipt, settings, fault, is_pending);
}
