/* Writes and reads the text of a checkpoint. */
#include "ledger/checkpoint.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/time.h"
#include "ledger/codec.h"

enum err checkpoint_origin(const char *epoch_name, const char *tree, struct checkpoint *checkpoint)
{
	char origin[sizeof checkpoint->origin];
	bool national = strcmp(tree, "*") == 0;
	int length = snprintf(origin, sizeof origin, "secondlook/%s%s%s", epoch_name, national ? "" : "/",
			      national ? "" : tree);
	if (length < 0 || (size_t)length >= sizeof origin)
		return ERR_LIMIT;
	memcpy(checkpoint->origin, origin, (size_t)length + 1);
	return ERR_NONE;
}

void checkpoint_append_text(const struct checkpoint *checkpoint, struct bytes *text)
{
	char instant[TIME_TEXT_SIZE];
	time_format(checkpoint->signed_at_us, instant);
	bytes_format(text, "%s\n%" PRIu64 "\n", checkpoint->origin, checkpoint->size);
	codec_append_base64(text, checkpoint->root, HASH_SIZE);
	bytes_format(text, "\n%s\n", instant);
}

struct piece {
	const char *text;
	size_t length;
};

/* Cuts the text's next line off, without its line feed. */
static bool next_line(struct piece *rest, struct piece *line)
{
	const char *feed = memchr(rest->text, '\n', rest->length);
	if (!feed || feed == rest->text)
		return false;
	*line = (struct piece){rest->text, (size_t)(feed - rest->text)};
	*rest = (struct piece){feed + 1, rest->length - line->length - 1};
	return true;
}

static bool read_size(const struct piece *line, uint64_t *size)
{
	uint64_t number = 0;
	if (line->length > 1 && line->text[0] == '0')
		return false;
	for (size_t i = 0; i < line->length; i++) {
		unsigned digit = (unsigned)line->text[i] - '0';
		if (digit > 9 || number > (UINT64_MAX - digit) / 10)
			return false;
		number = number * 10 + digit;
	}
	*size = number;
	return true;
}

/* Only the spelling that is written: an instant in another one would be another text of the same checkpoint. */
static bool read_instant(const struct piece *line, int64_t *instant_us)
{
	char again[TIME_TEXT_SIZE];
	if (line->length != TIME_TEXT_SIZE - 1 || time_parse(line->text, line->length, instant_us))
		return false;
	time_format(*instant_us, again);
	return memcmp(again, line->text, line->length) == 0;
}

enum err checkpoint_parse(const char *text, size_t length, struct checkpoint *checkpoint)
{
	struct piece rest = {text, length}, lines[4];
	struct checkpoint read = {0};
	for (int i = 0; i < 4; i++)
		if (!next_line(&rest, &lines[i]))
			return ERR_INPUT;
	if (rest.length || lines[0].length > CHECKPOINT_ORIGIN_MAXIMUM || memchr(lines[0].text, '\0', lines[0].length) ||
	    !read_size(&lines[1], &read.size) ||
	    codec_read_base64_exactly(lines[2].text, lines[2].length, read.root, HASH_SIZE) ||
	    !read_instant(&lines[3], &read.signed_at_us))
		return ERR_INPUT;
	memcpy(read.origin, lines[0].text, lines[0].length);
	*checkpoint = read;
	return ERR_NONE;
}
