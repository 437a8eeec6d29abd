/* Writes a change as a server-sent event, and says which streams asked for it. */
#include <stdlib.h>
#include <string.h>

#include "render/render.h"
#include "streams.h"

enum { EVENT_MOST = 4096, POSITION = 0, KIND = 1, CASE = 3 };

int64_t stream_number(const struct rows *rows, int row, int column)
{
	size_t length;
	const char *value = rows->value(rows->result, row, column, &length);
	return value ? strtoll(value, NULL, 10) : 0;
}

struct stream_event *stream_event_hidden(int64_t position)
{
	struct stream_event *event = calloc(1, sizeof *event);
	if (event) {
		event->position = position;
		event->is_guarded = true;
	}
	return event;
}

static void append_value(struct bytes *out, const struct rows *rows, int row, int column)
{
	size_t length = 0;
	const char *value = rows->value(rows->result, row, column, &length);
	bytes_append(out, value, value ? length : 0);
}

static struct stream_event *copy(const struct bytes *text)
{
	struct stream_event *event = text->failed ? NULL : calloc(1, sizeof *event + text->length);
	if (event) {
		memcpy(event->text, text->data, text->length);
		event->length = text->length;
	}
	return event;
}

struct stream_event *stream_event_make(const struct rows *rows, int row)
{
	struct bytes text;
	size_t length;
	bytes_init(&text, EVENT_MOST);
	bytes_format(&text, "id: %lld\nevent: ", (long long)stream_number(rows, row, POSITION));
	size_t kind_start = text.length;
	append_value(&text, rows, row, KIND);
	size_t kind_length = text.length - kind_start;
	bytes_append_string(&text, "\ndata: ");
	render_object(&text, rows, row);
	bytes_append_string(&text, "\n\n");
	struct stream_event *event = copy(&text);
	bytes_release(&text);
	if (!event)
		return NULL;
	event->position = stream_number(rows, row, POSITION);
	event->kind_start = kind_start;
	event->kind_length = kind_length;
	const char *of_case = rows->value(rows->result, row, CASE, &length);
	if (of_case && length < sizeof event->case_id)
		memcpy(event->case_id, of_case, length);
	return event;
}

/* Whether the word is one of those between the commas. */
static bool is_listed(const char *list, const char *word, size_t length)
{
	for (const char *at = list; *at; at += strcspn(at, ","), at += *at == ',')
		if (strcspn(at, ",") == length && memcmp(at, word, length) == 0)
			return true;
	return false;
}

bool stream_event_fits(const struct stream_event *event, const struct stream_subscriber *subscriber)
{
	if (*subscriber->case_id && strcmp(subscriber->case_id, event->case_id) != 0)
		return false;
	return !subscriber->kinds || is_listed(subscriber->kinds, event->text + event->kind_start, event->kind_length);
}
