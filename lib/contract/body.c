/* Parses bodies with jansson and names its refusals. */
#include "contract/body.h"

static const struct fault_step whole = {.name = ""};

static void count_position(const char *text, size_t offset, size_t *line, size_t *column)
{
	*line = 1;
	*column = 1;
	for (size_t i = 0; i < offset; i++) {
		*line += text[i] == '\n';
		*column = text[i] == '\n' ? 1 : *column + 1;
	}
}

/* Where the text opens one level too many, or its length. Looks before jansson does, which would recurse. */
static size_t find_too_deep(const char *text, size_t length)
{
	unsigned depth = 0;
	bool in_string = false;
	for (size_t i = 0; i < length; i++) {
		if (in_string && text[i] == '\\')
			i++;
		else if (text[i] == '"')
			in_string = !in_string;
		else if (in_string)
			continue;
		else if ((text[i] == '[' || text[i] == '{') && ++depth > BODY_DEPTH_MAXIMUM)
			return i;
		else if ((text[i] == ']' || text[i] == '}') && depth)
			depth--;
	}
	return length;
}

static bool is_shallow(struct fault_sink *sink, const char *text, size_t length)
{
	size_t offset = find_too_deep(text, length);
	if (offset == length)
		return true;
	size_t line, column;
	count_position(text, offset, &line, &column);
	fault_add(sink, &whole, "too_deep", "Must not nest deeper than %d levels: see line %zu, column %zu.",
		  BODY_DEPTH_MAXIMUM, line, column);
	return false;
}

static void add_refusal(struct fault_sink *sink, const json_error_t *error)
{
	const char *code = "not_json";
	const char *sentence = "Must be JSON (RFC 8259)";
	switch (json_error_code(error)) {
	case json_error_duplicate_key:
		code = "duplicate_member";
		sentence = "An object must not have two members of one name";
		break;
	case json_error_invalid_utf8:
		code = "not_utf8";
		sentence = "Must be UTF-8";
		break;
	case json_error_null_character:
	case json_error_null_byte_in_key:
		code = "null_character";
		sentence = "Texts must not contain the character U+0000";
		break;
	case json_error_numeric_overflow:
		code = "number_out_of_range";
		sentence = "Whole numbers must fit 64 bits, others a double";
		break;
	default:
		break;
	}
	fault_add(sink, &whole, code, "%s: see line %d, column %d.", sentence, error->line, error->column);
}

/* Some of jansson's allocations fail without a word. */
static bool is_out_of_memory(const json_error_t *error)
{
	return json_error_code(error) == json_error_out_of_memory || !error->text[0];
}

json_t *body_parse(struct fault_sink *sink, const char *text, size_t length)
{
	json_error_t error = {0};
	if (!is_shallow(sink, text, length))
		return NULL;
	json_t *value = json_loadb(text, length, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
	if (value)
		return value;
	if (is_out_of_memory(&error))
		sink->error = ERR_MEMORY;
	else
		add_refusal(sink, &error);
	return NULL;
}
