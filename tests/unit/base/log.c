/* Tests lib/base/log.c. */
#include "base/log.h"

#include <fcntl.h>
#include <jansson.h>
#include <string.h>
#include <unistd.h>

#include "support/unit.h"

static char text[64 * 1024];
static int ends[2];

static void open_log(enum log_level least)
{
	ck_assert_int_eq(pipe2(ends, O_NONBLOCK), 0);
	log_open(ends[1], least);
	log_name_process("worker-1");
}

/* What was logged since, as a string. */
static const char *logged(void)
{
	ssize_t length = read(ends[0], text, sizeof text - 1);
	text[length > 0 ? length : 0] = '\0';
	return text;
}

/* The one line logged since, parsed. */
static json_t *logged_line(void)
{
	const char *line = logged();
	ck_assert_ptr_nonnull(strchr(line, '\n'));
	ck_assert_str_eq(strchr(line, '\n'), "\n");
	json_error_t error;
	json_t *parsed = json_loads(line, JSON_REJECT_DUPLICATES, &error);
	ck_assert_msg(parsed != NULL, "%s: %s", error.text, line);
	return parsed;
}

static const char *member(const json_t *line, const char *name)
{
	return json_string_value(json_object_get(line, name));
}

START_TEST(an_event_is_one_line_of_json)
{
	open_log(LOG_DEBUG);
	log_event(LOG_WARNING, "request_refused", "\"status\":%d,\"operation\":\"%s\"", 412, "getCase");
	json_t *line = logged_line();
	ck_assert_str_eq(member(line, "level"), "warning");
	ck_assert_str_eq(member(line, "process"), "worker-1");
	ck_assert_str_eq(member(line, "event"), "request_refused");
	ck_assert_str_eq(member(line, "operation"), "getCase");
	ck_assert_int_eq(json_integer_value(json_object_get(line, "status")), 412);
	ck_assert_uint_eq(strlen(member(line, "at")), strlen("2026-01-31T23:59:59.000000Z"));
	json_decref(line);
}
END_TEST

START_TEST(an_event_needs_no_members)
{
	open_log(LOG_DEBUG);
	log_event(LOG_DEBUG, "started", "");
	json_t *line = logged_line();
	ck_assert_uint_eq(json_object_size(line), 4);
	ck_assert_str_eq(member(line, "level"), "debug");
	json_decref(line);
}
END_TEST

START_TEST(what_is_below_the_level_is_not_written)
{
	open_log(LOG_WARNING);
	ck_assert(!log_is_written(LOG_INFO));
	ck_assert(log_is_written(LOG_WARNING));
	log_event(LOG_INFO, "quiet", "");
	log_text(LOG_DEBUG, "quiet", "detail");
	ck_assert_str_eq(logged(), "");
	log_event(LOG_ERROR, "loud", "");
	json_decref(logged_line());
}
END_TEST

START_TEST(details_are_escaped)
{
	open_log(LOG_DEBUG);
	log_text(LOG_ERROR, "library_failed", "line \"one\"\nline\ttwo \\ é");
	json_t *line = logged_line();
	ck_assert_str_eq(member(line, "detail"), "line \"one\"\nline\ttwo \\ é");
	json_decref(line);
}
END_TEST

START_TEST(a_long_detail_is_cut_between_characters)
{
	static char detail[10001];
	open_log(LOG_DEBUG);
	memset(detail, 'a', 2047);
	for (size_t i = 2047; i + 1 < sizeof detail; i += 2)
		memcpy(detail + i, "é", 2);
	detail[10000] = '\0';
	log_text(LOG_ERROR, "library_failed", detail);
	json_t *line = logged_line(); /* jansson refuses half a character */
	ck_assert_uint_eq(strlen(member(line, "detail")), 2047);
	json_decref(line);
}
END_TEST

START_TEST(the_worst_detail_still_fits)
{
	static char detail[4000];
	open_log(LOG_DEBUG);
	memset(detail, 1, sizeof detail - 1);
	log_text(LOG_ERROR, "library_failed", detail);
	json_t *line = logged_line();
	ck_assert_uint_eq(strlen(member(line, "detail")), 2048);
	json_decref(line);
}
END_TEST

START_TEST(too_long_an_event_is_cut_to_its_name)
{
	static char members[20000];
	open_log(LOG_DEBUG);
	memset(members, 'a', sizeof members - 1);
	log_event(LOG_ERROR, "endless", "\"a\":\"%s\"", members);
	json_t *line = logged_line();
	ck_assert_str_eq(member(line, "event"), "endless");
	ck_assert(json_is_true(json_object_get(line, "cut")));
	json_decref(line);
}
END_TEST

START_TEST(a_long_process_name_is_cut)
{
	open_log(LOG_DEBUG);
	log_name_process("a-name-that-is-much-longer-than-any-process-has");
	log_event(LOG_INFO, "started", "");
	json_t *line = logged_line();
	ck_assert_str_eq(member(line, "process"), "a-name-that-is-much-longer-than");
	json_decref(line);
}
END_TEST

UNIT("log", an_event_is_one_line_of_json, an_event_needs_no_members, what_is_below_the_level_is_not_written,
     details_are_escaped, a_long_detail_is_cut_between_characters, the_worst_detail_still_fits,
     too_long_an_event_is_cut_to_its_name, a_long_process_name_is_cut)
