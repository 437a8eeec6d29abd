/* Turns the rows of a segment into the body of the answer, and remembers what it showed. */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "render/render.h"
#include "request_state.h"

static const char *control(struct request *request, const struct rows *rows, int row, const char *name)
{
	size_t length;
	int column = render_control(rows, name);
	const char *value = column < 0 ? NULL : rows->value(rows->result, row, column, &length);
	return value ? arena_copy(&request->http->arena, value, length) : NULL;
}

static int column_named(const struct rows *rows, const char *name, size_t length)
{
	for (int i = 0; i < rows->column_count; i++)
		if (strlen(rows->columns[i].name) == length && memcmp(rows->columns[i].name, name, length) == 0)
			return i;
	return -1;
}

enum { TEMPLATE_PARTS = 16 };

/* "contact:{contact_id}:{version}" as its texts, each with the column whose value follows it; -1: none does. */
struct template {
	int count;
	struct template_part {
		const char *text;
		size_t length;
		int column;
	} parts[TEMPLATE_PARTS];
};

/* `false`: it names a column that the row hasn't, or is too long. */
static bool template_read(const char *text, const struct rows *rows, struct template *template)
{
	for (template->count = 0; *text && template->count < TEMPLATE_PARTS; template->count++) {
		struct template_part *part = &template->parts[template->count];
		*part = (struct template_part){text, strcspn(text, "{"), -1};
		text += part->length;
		if (!*text)
			continue;
		size_t length = strcspn(text, "}");
		part->column = column_named(rows, text + 1, length - 1);
		if (part->column < 0 || !text[length])
			return false;
		text += length + 1;
	}
	return !*text;
}

/* `false`: a value is null, so the row showed no such record. */
static bool template_fill(const struct template *template, const struct rows *rows, int row, struct bytes *out)
{
	for (int i = 0; i < template->count; i++) {
		const struct template_part *part = &template->parts[i];
		size_t length = 0;
		bytes_append(out, part->text, part->length);
		const char *value = part->column < 0 ? "" : rows->value(rows->result, row, part->column, &length);
		if (!value)
			return false;
		bytes_append(out, value, length);
	}
	return true;
}

/* "--@ seen" says it once for all rows, whose own columns hold what differs. */
static void note_template(struct bytes *seen, const char *text, const struct rows *rows, int count)
{
	struct template template;
	if (!template_read(text, rows, &template))
		seen->failed = true;
	for (int row = 0; row < count && !seen->failed; row++) {
		size_t start = seen->length;
		if (start > 0)
			bytes_append_char(seen, ' ');
		if (!template_fill(&template, rows, row, seen))
			seen->length = start;
	}
}

/* "@seen" is tokens kind:id:version. */
static void note_column(struct bytes *seen, const struct rows *rows, int column, int count)
{
	for (int row = 0; row < count; row++) {
		size_t length = 0;
		const char *tokens = rows->value(rows->result, row, column, &length);
		if (seen->length > 0 && length > 0)
			bytes_append_char(seen, ' ');
		bytes_append(seen, tokens, length);
	}
}

static void note_seen(struct request *request, const struct rows *rows, int count)
{
	const char *template = sqlfile_says(request->plan->file, SQLFILE_SEEN);
	int column = render_control(rows, "@seen");
	if (template)
		note_template(&request->seen, template, rows, count);
	else if (column >= 0)
		note_column(&request->seen, rows, column, count);
}

/* "--@ cursor" names the columns that a list is ordered by: their values in the page's last row, as a JSON array of texts. */
static const char *sort_values(struct request *request, const struct rows *rows, int row)
{
	const char *names = sqlfile_says(request->plan->file, SQLFILE_CURSOR);
	struct bytes values;
	bytes_init(&values, 2000);
	for (const char *name = names; name && *name; name += strspn(name, ", ")) {
		size_t name_length = strcspn(name, ", "), length;
		int column = column_named(rows, name, name_length);
		const char *value = column < 0 ? NULL : rows->value(rows->result, row, column, &length);
		bytes_append_char(&values, name == names ? '[' : ',');
		if (!value)
			values.failed = true;
		else
			bytes_append_json_string(&values, value, length);
		name += name_length;
	}
	bytes_append_char(&values, ']');
	const char *text = values.length > 1 ? bytes_string(&values) : NULL;
	const char *copy = text ? arena_copy_string(&request->http->arena, text) : NULL;
	bytes_release(&values);
	return copy;
}

static void render_page(struct request *request, const struct rows *rows)
{
	int count = rows->count > request->limit ? request->limit : rows->count;
	request->has_row = true;
	request->next = NULL;
	if (rows->count > count && count > 0) {
		const char *values = sort_values(request, rows, count - 1);
		if (!values || cursor_write(&request->worker->cursor_key, request->list_key, values, strlen(values),
					    &request->http->arena, &request->next) != ERR_NONE)
			request->body.failed = true;
	}
	note_seen(request, rows, count);
	if (request->format == FORMAT_NDJSON)
		render_ndjson(&request->body, rows, count);
	else if (request->format == FORMAT_CSV)
		render_csv(&request->body, rows, count, request->is_for_spreadsheet);
	else
		render_list(&request->body, rows, count, request->next, request->total);
}

static void render_record(struct request *request, const struct rows *rows)
{
	request->has_row = rows->count > 0;
	if (!request->has_row)
		return;
	const char *version = control(request, rows, 0, "@etag");
	const char *status = control(request, rows, 0, "@status");
	const char *location = control(request, rows, 0, "@location");
	request->etag = version && !request->is_past ? arena_format(&request->http->arena, "\"%s\"", version) : NULL;
	if (status)
		request->status = (unsigned)atoi(status);
	if (location)
		request->location = location;
	note_seen(request, rows, 1);
	render_object(&request->body, rows, 0);
}

/* The first statement says whether there is anything; the last one what was shown. */
static void take_written(struct request *request, size_t call, const struct rows *rows)
{
	if (call == request->first_call)
		request->has_row = rows->count > 0;
	if (call == request->answer_call)
		note_seen(request, rows, rows->count);
	if (!request->has_row || call < request->first_call)
		return;
	if (!request->written)
		request->written = request->plan->writer->begin();
	if (request->written)
		request->plan->writer->rows(request->written, call - request->first_call, rows);
	else
		request->body.failed = true;
}

bool request_written(struct request *request)
{
	const struct writer *writer = request->plan->writer;
	request->body.maximum = writer->maximum;
	const struct receipt_key *key = &request->worker->receipt_key;
	enum err error = writer->finish(request->written, key->is_there ? &key->key : NULL, &request->body);
	if (error == ERR_NONE)
		return true;
	log_event(LOG_ERROR, "answer_not_made", "\"operation\":\"%s\",\"error\":\"%s\"", request->plan->operation->id,
		  err_word(error));
	request_problem_code(request, error == ERR_LIMIT ? "export_too_large" : error == ERR_NOT_NOW ? "not_signed" : "internal_error");
	return false;
}

static long long read_number(const struct rows *rows)
{
	size_t length;
	const char *value = rows->count ? rows->value(rows->result, 0, 0, &length) : NULL;
	return value ? strtoll(value, NULL, 10) : 0;
}

void request_rows(void *context, size_t call, const struct rows *rows)
{
	struct request *request = context;
	if (call == 0) { /* also the first of a repetition after a conflict */
		bytes_clear(&request->body);
		bytes_clear(&request->seen);
		request->has_row = false;
	} else if (call == request->count_call) {
		request->total = read_number(rows);
	} else if (call == request->answer_call && request->format == FORMAT_EVENTS) {
		request_events_placed(request, rows);
	} else if (request->format == FORMAT_WRITTEN && call <= request->answer_call) {
		take_written(request, call, rows);
	} else if (call == request->answer_call && request->plan->operation->is_list) {
		render_page(request, rows);
	} else if (call == request->answer_call) {
		render_record(request, rows);
	} else if (call > request->answer_call) {
		request->line_count = (int)read_number(rows);
	}
}
