/* Makes the leaf of a row of ledger_line. */
#include "ledger/line.h"

#include <string.h>

#include "ledger/codec.h"
#include "ledger/image.h"

enum { ARENA_MAXIMUM = 1 << 22 };

const char line_columns[] = "l.force_id, l.line_id, l.recorded_at, l.kind, l.operation, l.actor, l.client, l.thumbprint, "
			    "l.request_id, l.purpose, l.relation, l.record_id, l.version, l.case_id, l.occurred_at, "
			    "l.status, l.seen, l.image, l.salts, l.erased";

enum err line_hasher_open(struct line_hasher *line)
{
	arena_init(&line->arena, ARENA_MAXIMUM);
	line->hasher = (struct hasher){0};
	return hasher_open(&line->hasher);
}

void line_hasher_close(struct line_hasher *line)
{
	hasher_close(&line->hasher);
	arena_release(&line->arena);
}

static bool stays_as_it_is(const char *text, size_t length)
{
	return strcmp(text, "infinity") == 0 || strcmp(text, "-infinity") == 0 ||
	       (length > 3 && strcmp(text + length - 3, " BC") == 0);
}

enum err line_instant(struct arena *arena, const char *text, const char **instant)
{
	size_t length = strlen(text);
	if (stays_as_it_is(text, length)) {
		*instant = text;
		return ERR_NONE;
	}
	const char *blank = strchr(text, ' ');
	if (!blank || length < 3 || strcmp(text + length - 3, "+00") != 0)
		return ERR_INPUT;
	size_t date = (size_t)(blank - text), time = length - date - 1 - 3;
	size_t decimals = time > 9 ? time - 9 : 0; /* behind "23:59:59." */
	if (time < 8 || time == 9 || decimals > 6)
		return ERR_INPUT;
	char *written = arena_take(arena, date + sizeof "T23:59:59.000000Z");
	if (!written)
		return ERR_MEMORY;
	memcpy(written, text, date);
	memcpy(written + date, "T23:59:59.000000Z", sizeof "T23:59:59.000000Z");
	memcpy(written + date + 1, blank + 1, time);
	*instant = written;
	return ERR_NONE;
}

static enum err read_fields(struct line_hasher *line, const char *const columns[LINE_COLUMN_COUNT],
			    const char *fields[LEAF_FIELD_COUNT])
{
	enum err error = ERR_NONE;
	memcpy(fields, columns, LEAF_FIELD_COUNT * sizeof *fields);
	if (fields[LEAF_RECORDED_AT])
		error = line_instant(&line->arena, columns[LEAF_RECORDED_AT], &fields[LEAF_RECORDED_AT]);
	if (!error && fields[LEAF_OCCURRED_AT])
		error = line_instant(&line->arena, columns[LEAF_OCCURRED_AT], &fields[LEAF_OCCURRED_AT]);
	return error;
}

struct members {
	struct leaf_member *items;
	size_t count;
};

static enum err split(struct arena *arena, const char *text, struct image_member **members, size_t *count)
{
	*members = NULL;
	*count = 0;
	return text ? image_split(arena, text, strlen(text), members, count) : ERR_NONE;
}

/* Hashes each member of the image with its salt; `salts` is bytea's text, \x and hexadecimal digits. */
static enum err hash_members(struct line_hasher *line, const char *image, const char *salts, struct members *members)
{
	struct image_member *parts;
	size_t count;
	enum err error = split(&line->arena, image, &parts, &count);
	if (error)
		return error;
	struct members made = {arena_take(&line->arena, (count + 1) * sizeof *made.items), count};
	if (!made.items)
		return ERR_MEMORY;
	salts = salts ? salts : "\\x";
	if (strncmp(salts, "\\x", 2) != 0 || strlen(salts) != 2 + 2 * LEAF_SALT_SIZE * count)
		return ERR_INPUT;
	for (size_t i = 0; !error && i < count; i++) {
		unsigned char salt[LEAF_SALT_SIZE];
		made.items[i].name = parts[i].name;
		error = codec_read_hex_exactly(salts + 2 + 2 * LEAF_SALT_SIZE * i, 2 * LEAF_SALT_SIZE, salt, sizeof salt);
		if (!error)
			error = leaf_member_hash(&line->hasher, parts[i].name, parts[i].value, parts[i].length, salt,
						 made.items[i].hash);
	}
	if (!error)
		*members = made;
	return error;
}

/* Of {"hash": "…", "at": …, "authority": …} only the hash is in the leaf. */
static enum err read_erased_hash(struct arena *arena, const struct image_member *erased, unsigned char hash[HASH_SIZE])
{
	struct image_member *parts;
	size_t count;
	enum err error = image_split(arena, erased->value, erased->length, &parts, &count);
	if (error)
		return error;
	const struct image_member *part = image_find(parts, count, "hash");
	if (!part || part->length != 2 * HASH_SIZE + 2 || *part->value != '"')
		return ERR_INPUT;
	return codec_read_hex_exactly(part->value + 1, 2 * HASH_SIZE, hash, HASH_SIZE);
}

static enum err read_erased(struct line_hasher *line, const char *text, struct members *members)
{
	struct image_member *parts;
	size_t count;
	enum err error = split(&line->arena, text, &parts, &count);
	if (error)
		return error;
	struct members made = {arena_take(&line->arena, (count + 1) * sizeof *made.items), count};
	if (!made.items)
		return ERR_MEMORY;
	for (size_t i = 0; !error && i < count; i++) {
		made.items[i].name = parts[i].name;
		error = read_erased_hash(&line->arena, &parts[i], made.items[i].hash);
	}
	if (!error)
		*members = made;
	return error;
}

/* Both are in order; a name in both is seen by leaf_hash, since it then stands there twice. */
static enum err merge(struct arena *arena, const struct members *one, const struct members *other,
		      struct members *merged)
{
	size_t i = 0, j = 0;
	struct members made = {arena_take(arena, (one->count + other->count + 1) * sizeof *made.items), 0};
	if (!made.items)
		return ERR_MEMORY;
	while (i < one->count || j < other->count) {
		bool first = j == other->count ||
			     (i < one->count && strcmp(one->items[i].name, other->items[j].name) < 0);
		made.items[made.count++] = first ? one->items[i++] : other->items[j++];
	}
	*merged = made;
	return ERR_NONE;
}

enum err line_leaf(struct line_hasher *line, const char *const columns[LINE_COLUMN_COUNT], unsigned char leaf[HASH_SIZE])
{
	const char *fields[LEAF_FIELD_COUNT];
	struct members members, erased;
	arena_reset(&line->arena);
	enum err error = read_fields(line, columns, fields);
	if (!error)
		error = hash_members(line, columns[LINE_IMAGE], columns[LINE_SALTS], &members);
	if (!error && columns[LINE_ERASED]) {
		error = read_erased(line, columns[LINE_ERASED], &erased);
		if (!error)
			error = merge(&line->arena, &members, &erased, &members);
	}
	return error ? error : leaf_hash(&line->hasher, fields, members.items, members.count, leaf);
}
