/* Writes events as lines of JSON. */
#include "base/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/time.h"

enum {
	LINE_MAXIMUM = 16 * 1024,
	DETAIL_MAXIMUM = 2048, /* before escaping, which makes it six times as long at most */
	PROCESS_SIZE = 32,
};

static struct {
	int descriptor;
	enum log_level least;
	char process[PROCESS_SIZE];
} state = {.descriptor = STDERR_FILENO, .least = LOG_INFO, .process = "main"};

void log_open(int descriptor, enum log_level least)
{
	state.descriptor = descriptor;
	state.least = least;
}

void log_name_process(const char *name)
{
	snprintf(state.process, sizeof state.process, "%s", name);
}

bool log_is_written(enum log_level level)
{
	return level >= state.least;
}

static const char *level_word(enum log_level level)
{
	static const char *const words[] = {"debug", "info", "warning", "error"};
	return words[level];
}

/* A log that can't be written has nowhere to say so; only an interruption is worth another try. */
static void write_line(const char *line, size_t length)
{
	while (write(state.descriptor, line, length) < 0 && errno == EINTR)
		;
}

static void begin(struct bytes *line, enum log_level level, const char *event)
{
	char at[TIME_TEXT_SIZE];
	time_format(time_now_us(), at);
	bytes_init(line, LINE_MAXIMUM);
	bytes_format(line, "{\"at\":\"%s\",\"level\":\"%s\",\"process\":", at, level_word(level));
	bytes_append_json_string(line, state.process, strlen(state.process));
	bytes_append_string(line, ",\"event\":");
	bytes_append_json_string(line, event, strlen(event));
}

/* What is left of a line that is too long or had no memory: still JSON, still which event. */
static void write_cut_line(enum log_level level, const char *event)
{
	char at[TIME_TEXT_SIZE], line[256];
	time_format(time_now_us(), at);
	int length = snprintf(line, sizeof line, "{\"at\":\"%s\",\"level\":\"%s\",\"event\":\"%.100s\",\"cut\":true}\n",
			      at, level_word(level), event);
	write_line(line, (size_t)length);
}

static void finish(struct bytes *line, enum log_level level, const char *event)
{
	bytes_append_string(line, "}\n");
	if (line->failed)
		write_cut_line(level, event);
	else
		write_line(line->data, line->length);
	bytes_release(line);
}

void log_event(enum log_level level, const char *event, const char *members, ...)
{
	if (!log_is_written(level))
		return;
	char text[LINE_MAXIMUM];
	va_list arguments;
	va_start(arguments, members);
	int length = vsnprintf(text, sizeof text, members, arguments);
	va_end(arguments);
	struct bytes line;
	begin(&line, level, event);
	if (length > 0)
		bytes_append_char(&line, ',');
	if (length < 0 || (size_t)length >= sizeof text)
		line.failed = true;
	else
		bytes_append(&line, text, (size_t)length);
	finish(&line, level, event);
}

/* The length to cut the text to, not within a character of UTF-8. */
static size_t detail_length(const char *detail)
{
	size_t length = strnlen(detail, DETAIL_MAXIMUM + 1);
	if (length <= DETAIL_MAXIMUM)
		return length;
	length = DETAIL_MAXIMUM;
	while (length > 0 && ((unsigned char)detail[length] & 0xc0) == 0x80)
		length--;
	return length;
}

void log_text(enum log_level level, const char *event, const char *detail)
{
	if (!log_is_written(level))
		return;
	struct bytes line;
	begin(&line, level, event);
	bytes_append_string(&line, ",\"detail\":");
	bytes_append_json_string(&line, detail, detail_length(detail));
	finish(&line, level, event);
}
