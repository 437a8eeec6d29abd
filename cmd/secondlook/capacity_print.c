/* The answer of `secondlook capacity`, for people and for programs. */
#include <stdio.h>
#include <string.h>

#include "base/time.h"
#include "capacity.h"

#define MINUTE_US 60000000.0
#define DAY_TEXT_SIZE 10

static const char *const days[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};

static double percent(const struct queue_waits *waits)
{
	return waits->count ? 100 * (double)waits->within / (double)waits->count : 100;
}

static void wait(int64_t us, struct bytes *text)
{
	double minutes = (double)us / MINUTE_US;
	if (minutes < 120)
		bytes_format(text, "%7.1f m", minutes);
	else if (minutes < 2880)
		bytes_format(text, "%7.1f h", minutes / 60);
	else
		bytes_format(text, "%7.1f d", minutes / 1440);
}

static void row(const struct capacity_row *row, struct bytes *text)
{
	bytes_format(text, " %8.1f%% ", percent(&row->high));
	wait(row->high.median_us, text);
	wait(row->high.p95_us, text);
	wait(row->high.worst_us, text);
	bytes_append_string(text, "  ");
	wait(row->other.median_us, text);
	wait(row->other.p95_us, text);
	wait(row->other.worst_us, text);
	bytes_append_char(text, '\n');
}

static void heading(const struct capacity_question *question, struct bytes *text)
{
	bytes_format(text, "\n             high risk%35sothers\nspecialists  in %3.0f m    median     95th    worst     median     95th"
			   "    worst\n", "", (double)question->target_us / MINUTE_US);
}

static void numbers(const struct capacity_question *question, const struct capacity_answer *answer, struct bytes *text)
{
	heading(question, text);
	for (int i = 0; i < answer->tried; i++) {
		bytes_format(text, "%11d", i + 1);
		row(&answer->rows[i], text);
	}
}

static void week(const struct capacity_question *question, const struct capacity_answer *answer, struct bytes *text)
{
	int hours = 0;
	if (!answer->has_hours) {
		bytes_format(text, "\nBy hour of the week: %zu of %d hours have %d items of high risk; three in four are needed.\n",
			     answer->hours_judged, QUEUE_HOURS, CAPACITY_HOUR_ENOUGH);
		return;
	}
	bytes_append_string(text, "\nBy hour of the week, so that every hour keeps it and none can be spared (what one hour leaves to the\n"
				  "next is counted in):\n\n     ");
	for (size_t day = 0; day < 7; day++)
		bytes_format(text, " %4s", days[day]);
	for (size_t hour = 0; hour < 24; hour++) {
		bytes_format(text, "\n%02zu:00", hour);
		for (size_t day = 0; day < 7; day++) {
			bytes_format(text, " %4d", answer->hours[24 * day + hour]);
			hours += answer->hours[24 * day + hour];
		}
	}
	bytes_format(text, "\n\n%d hours of specialists a week. What that gives:\n", hours);
	heading(question, text);
	bytes_append_string(text, "  as listed");
	row(&answer->by_hours, text);
}

static void history_lines(const struct capacity_question *question, const struct capacity_history *history, struct bytes *text)
{
	char from[TIME_TEXT_SIZE], to[TIME_TEXT_SIZE];
	time_format(history->from_us, from);
	time_format(history->to_us, to);
	bytes_format(text, "%s, %.*s to %.*s: %zu items, %zu of them of high risk (tier 1).\n", question->force, DAY_TEXT_SIZE, from,
		     DAY_TEXT_SIZE, to, history->count, history->high);
	if (question->review_us)
		bytes_format(text, "A review is taken to last %.0f minutes.\n", (double)question->review_us / MINUTE_US);
	else if (history->timed == history->count)
		bytes_append_string(text, "Reviews last as long as they did.\n");
	else
		bytes_format(text, "It is known of %zu how long the review took; the others are taken to last as long, in turn.\n",
			     history->timed);
	bytes_format(text, "As it was: %.1f%% of high risk were claimed within %.0f minutes", percent(&history->recorded),
		     (double)question->target_us / MINUTE_US);
	if (history->on_shift >= 0)
		bytes_format(text, ", with %.1f specialists on shift on average.\n", history->on_shift);
	else
		bytes_append_string(text, "; no shift was recorded.\n");
}

void capacity_print(const struct capacity_question *question, const struct capacity_history *history,
		    const struct capacity_answer *answer, const char *doubts, struct bytes *text)
{
	if (!history->count) {
		bytes_format(text, "%s: %s", question->force, doubts);
		return;
	}
	history_lines(question, history, text);
	if (*doubts)
		bytes_format(text, "\nThis history is too thin to rely on:\n%sWhat follows is an indication.\n", doubts);
	numbers(question, answer, text);
	if (answer->specialists)
		bytes_format(text, "\n%d on shift round the clock keep%s %d %% of high risk under %.0f minutes.\n", answer->specialists,
			     answer->specialists == 1 ? "s" : "", question->share, (double)question->target_us / MINUTE_US);
	else
		bytes_format(text, "\nNot even %d on shift keep %d %% of high risk under %.0f minutes.\n", question->most,
			     question->share, (double)question->target_us / MINUTE_US);
	week(question, answer, text);
}

static void json_waits(const char *name, const struct queue_waits *waits, struct bytes *text)
{
	bytes_format(text, "\"%s\":{\"count\":%zu,\"within\":%zu,\"medianSeconds\":%.0f,\"p90Seconds\":%.0f,\"p95Seconds\":%.0f,"
			   "\"worstSeconds\":%.0f}", name, waits->count, waits->within, (double)waits->median_us / 1e6,
		     (double)waits->p90_us / 1e6, (double)waits->p95_us / 1e6, (double)waits->worst_us / 1e6);
}

static void json_row(const struct capacity_row *row, struct bytes *text)
{
	json_waits("highRisk", &row->high, text);
	bytes_append_char(text, ',');
	json_waits("others", &row->other, text);
	bytes_append_char(text, '}');
}

static void json_doubts(const char *doubts, struct bytes *text)
{
	bytes_append_string(text, ",\"tooThin\":[");
	for (const char *line = doubts; *line; line += strcspn(line, "\n") + 1) {
		if (line != doubts)
			bytes_append_char(text, ',');
		bytes_append_json_string(text, line, strcspn(line, "\n"));
	}
	bytes_append_char(text, ']');
}

static void json_answer(const struct capacity_answer *answer, struct bytes *text)
{
	if (answer->specialists)
		bytes_format(text, ",\"specialists\":%d,\"table\":[", answer->specialists);
	else
		bytes_append_string(text, ",\"specialists\":null,\"table\":[");
	for (int i = 0; i < answer->tried; i++) {
		bytes_format(text, "%s{\"specialists\":%d,", i ? "," : "", i + 1);
		json_row(&answer->rows[i], text);
	}
	if (!answer->has_hours) {
		bytes_append_string(text, "],\"hoursOfWeek\":null}\n");
		return;
	}
	bytes_append_string(text, "],\"hoursOfWeek\":{\"specialists\":[");
	for (size_t hour = 0; hour < QUEUE_HOURS; hour++)
		bytes_format(text, "%s%d", hour ? "," : "", answer->hours[hour]);
	bytes_append_string(text, "],");
	json_row(&answer->by_hours, text);
	bytes_append_string(text, "}\n");
}

void capacity_print_json(const struct capacity_question *question, const struct capacity_history *history,
			 const struct capacity_answer *answer, const char *doubts, struct bytes *text)
{
	char from[TIME_TEXT_SIZE], to[TIME_TEXT_SIZE];
	time_format(history->from_us, from);
	time_format(history->to_us, to);
	bytes_format(text, "{\"force\":\"%s\"", question->force);
	if (history->count)
		bytes_format(text, ",\"from\":\"%.*s\",\"to\":\"%.*s\"", DAY_TEXT_SIZE, from, DAY_TEXT_SIZE, to);
	else
		bytes_append_string(text, ",\"from\":null,\"to\":null");
	bytes_format(text, ",\"items\":%zu,\"highRisk\":%zu,\"timedReviews\":%zu,\"targetMinutes\":%.0f,\"share\":%d,",
		     history->count, history->high, history->timed, (double)question->target_us / MINUTE_US, question->share);
	json_waits("recorded", &history->recorded, text);
	if (history->on_shift >= 0)
		bytes_format(text, ",\"onShift\":%.3f", history->on_shift);
	else
		bytes_append_string(text, ",\"onShift\":null");
	json_doubts(doubts, text);
	json_answer(answer, text);
}
