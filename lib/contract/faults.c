/* Collects faults with their pointers (RFC 6901) in the request's arena. */
#include "contract/faults.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "contract/text.h"

/* Names that the client made up may be of any length. */
static void append_name(struct bytes *pointer, const struct fault_step *step)
{
	size_t length = text_cut(step->name, strlen(step->name), FAULT_NAME_MAXIMUM);
	for (size_t i = 0; i < length; i++) {
		if (step->name[i] == '~')
			bytes_append_string(pointer, "~0");
		else if (step->name[i] == '/')
			bytes_append_string(pointer, "~1");
		else
			bytes_append_char(pointer, step->name[i]);
	}
}

static void append_steps(struct bytes *pointer, const struct fault_step *step)
{
	if (!step->outer) {
		bytes_append_string(pointer, step->name);
		return;
	}
	append_steps(pointer, step->outer);
	bytes_append_char(pointer, '/');
	if (step->name)
		append_name(pointer, step);
	else
		bytes_format(pointer, "%zu", step->index);
}

static const char *make_pointer(struct arena *arena, const struct fault_step *step)
{
	struct bytes pointer;
	bytes_init(&pointer, 16384);
	append_steps(&pointer, step);
	const char *text = bytes_string(&pointer);
	const char *copy = text ? arena_copy(arena, text, pointer.length) : NULL;
	bytes_release(&pointer);
	return copy;
}

static bool make_room(struct fault_sink *sink)
{
	struct faults *faults = sink->faults;
	if (faults->count < faults->capacity)
		return true;
	size_t capacity = faults->capacity ? faults->capacity * 2 : 8;
	struct fault *list = arena_take(sink->arena, capacity * sizeof *list);
	if (!list)
		return false;
	if (faults->count)
		memcpy(list, faults->list, faults->count * sizeof *list);
	faults->list = list;
	faults->capacity = capacity;
	return true;
}

void fault_add(struct fault_sink *sink, const struct fault_step *step, const char *code, const char *format, ...)
{
	struct faults *faults = sink->faults;
	if (faults->count == CONTRACT_FAULTS_MAXIMUM) {
		faults->truncated = true;
		return;
	}
	char detail[512];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(detail, sizeof detail, format, arguments);
	va_end(arguments);
	struct fault fault = {.pointer = make_pointer(sink->arena, step),
			      .code = code,
			      .detail = arena_copy_string(sink->arena, detail)};
	if (!fault.pointer || !fault.detail || !make_room(sink))
		sink->error = ERR_MEMORY;
	else
		faults->list[faults->count++] = fault;
}

bool fault_is_full(const struct fault_sink *sink)
{
	return sink->error || sink->faults->truncated;
}

enum err fault_result(const struct fault_sink *sink)
{
	if (sink->error)
		return sink->error;
	return sink->faults->count ? ERR_INPUT : ERR_NONE;
}
