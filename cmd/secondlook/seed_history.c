/* Tells what a history search answered in plain words. */
#include "seed_history.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/time.h"

enum { HOUR_S = 3600, BEFORE_SHOWN = 3, EXCERPT = 96 };

struct teller {
	struct bytes *text;
	bool emphasis;
};

static const char *text_of(const json_t *object, const char *member)
{
	const char *text = json_string_value(json_object_get(object, member));
	return text ? text : "";
}

static long long number_of(const json_t *object, const char *member)
{
	return json_integer_value(json_object_get(object, member));
}

/* One in the morning, UTC, of the month's last Sunday: when British summer time begins (March) and ends (October). */
static time_t last_sunday(int year, int month)
{
	struct tm day = {.tm_year = year, .tm_mon = month, .tm_mday = 31, .tm_hour = 1};
	time_t moment = timegm(&day);
	return moment - (time_t)day.tm_wday * 24 * HOUR_S;
}

static struct tm local_time(time_t moment)
{
	struct tm parts;
	gmtime_r(&moment, &parts);
	if (moment >= last_sunday(parts.tm_year, 2) && moment < last_sunday(parts.tm_year, 9))
		moment += HOUR_S;
	gmtime_r(&moment, &parts);
	return parts;
}

/* "26 August 2018" with "%-d %B %Y", in the local time of England; "" when the member is no instant. */
static const char *moment_of(const json_t *object, const char *member, const char *format, char text[64])
{
	int64_t instant_us;
	const char *instant = text_of(object, member);
	*text = '\0';
	if (!time_parse(instant, strlen(instant), &instant_us)) {
		struct tm parts = local_time((time_t)(instant_us / 1000000));
		strftime(text, 64, format, &parts);
	}
	return text;
}

static void begin_line(struct teller *to, const char *label)
{
	bytes_format(to->text, "    %-14s", label);
}

static void append_bold(struct teller *to, const char *text)
{
	bytes_format(to->text, "%s%s%s", to->emphasis ? "\033[1m" : "", text, to->emphasis ? "\033[0m" : "");
}

/* Words of enumerations as people write them: "not_pursued" is "not pursued". */
static void append_words(struct teller *to, const char *words)
{
	for (; *words; words++)
		bytes_append_char(to->text, *words == '_' ? ' ' : *words);
}

static void append_name(struct teller *to, const json_t *person)
{
	if (!json_is_object(person))
		bytes_append_string(to->text, "somebody not yet known");
	else
		bytes_format(to->text, "%s %s", text_of(person, "givenName"), text_of(person, "familyName"));
}

static void tell_counts(struct teller *to, const json_t *contacts)
{
	char line[160];
	long long tonight = number_of(contacts, "tonight"), attended = 0;
	const json_t *recent = json_object_get(contacts, "recent");
	for (size_t i = 0; i < json_array_size(recent) && (long long)i < tonight; i++)
		attended += *text_of(json_array_get(recent, i), "attendedAt") != '\0';
	snprintf(line, sizeof line, "tonight %lld, in 24 hours %lld, in 12 months %lld, ever %lld", tonight,
		 number_of(contacts, "last24Hours"), number_of(contacts, "last12Months"), number_of(contacts, "ever"));
	begin_line(to, "Contacts");
	append_bold(to, line);
	if (tonight)
		bytes_format(to->text, "; attended tonight %lld of %lld", attended, tonight);
	bytes_append_string(to->text, "\n");
}

static void tell_safe_contact(struct teller *to, const json_t *safe)
{
	if (!json_is_object(safe))
		return;
	begin_line(to, "Safe contact");
	append_bold(to, text_of(safe, "number"));
	if (*text_of(safe, "hours"))
		bytes_format(to->text, ", %s", text_of(safe, "hours"));
	if (json_object_get(safe, "voicemail"))
		bytes_append_string(to->text, json_is_true(json_object_get(safe, "voicemail")) ? "; a message may be left"
											       : "; leave no message");
	if (*text_of(safe, "codeWord"))
		bytes_format(to->text, "; code word \"%s\"", text_of(safe, "codeWord"));
	bytes_append_string(to->text, "\n");
}

static void append_grade(struct teller *to, const json_t *found)
{
	const char *agreed = text_of(found, "agreedGrade");
	append_bold(to, *agreed ? agreed : "none yet");
	if (*text_of(found, "assessorGrade"))
		bytes_format(to->text, " (latest assessor: %s; latest specialist: %s)", text_of(found, "assessorGrade"),
			     *text_of(found, "specialistGrade") ? text_of(found, "specialistGrade") : "none");
}

static void tell_referral(struct teller *to, const json_t *referral)
{
	char when[64];
	begin_line(to, "Conference");
	if (json_is_object(referral))
		bytes_format(to->text, "referred on %s, now ", moment_of(referral, "sentAt", "%-d %B %Y", when));
	append_words(to, json_is_object(referral) ? text_of(referral, "status") : "no referral within 12 months");
	bytes_append_string(to->text, "\n");
}

static void tell_orders(struct teller *to, const json_t *orders)
{
	char until[64];
	begin_line(to, "Orders");
	if (!json_array_size(orders))
		bytes_append_string(to->text, "none in force");
	for (size_t i = 0; i < json_array_size(orders); i++) {
		const json_t *order = json_array_get(orders, i);
		const char *first = json_string_value(json_array_get(json_object_get(order, "conditions"), 0));
		bytes_append_string(to->text, i ? "; " : "");
		append_words(to, text_of(order, "kind"));
		bytes_format(to->text, ", %s", text_of(order, "status"));
		if (*moment_of(order, "expiresAt", " until %-d %B %Y", until))
			bytes_append_string(to->text, until);
		if (first)
			bytes_format(to->text, ": %s", first);
	}
	bytes_append_string(to->text, "\n");
}

static void tell_restricted(struct teller *to, const json_t *found)
{
	const json_t *supervisor = json_object_get(found, "supervisor");
	begin_line(to, "Restricted");
	bytes_append_string(to->text, "agreed grade ");
	append_grade(to, found);
	bytes_format(to->text, "; call %s %s\n", text_of(supervisor, "reference"), text_of(supervisor, "name"));
	tell_safe_contact(to, json_object_get(found, "safeContact"));
}

static void tell_case(struct teller *to, const json_t *found)
{
	begin_line(to, "Case");
	append_name(to, json_object_get(found, "victim"));
	bytes_append_string(to->text, " and ");
	append_name(to, json_object_get(found, "perpetrator"));
	bytes_append_string(to->text, ", ");
	append_words(to, text_of(found, "status"));
	bytes_append_string(to->text, "\n");
	begin_line(to, "Agreed grade");
	append_grade(to, found);
	bytes_append_string(to->text, "\n");
	tell_safe_contact(to, json_object_get(found, "safeContact"));
	tell_referral(to, json_object_get(found, "conferenceReferral"));
	tell_orders(to, json_object_get(found, "ordersInForce"));
}

static void tell_other_case(struct teller *to, const json_t *found)
{
	begin_line(to, "Another case");
	append_name(to, json_object_get(found, "victim"));
	bytes_append_string(to->text, " and ");
	append_name(to, json_object_get(found, "perpetrator"));
	bytes_append_string(to->text, ": agreed grade ");
	append_grade(to, found);
	bytes_append_string(to->text, "\n");
}

static void tell_contact(struct teller *to, const json_t *contact)
{
	char when[64], line[EXCERPT + 1];
	snprintf(line, sizeof line, "%s", text_of(contact, "excerpt"));
	begin_line(to, moment_of(contact, "occurredAt", "%-d %b %H:%M", when));
	append_words(to, text_of(contact, "responseGrade"));
	bytes_format(to->text, "; %s%s%s%s%s\n",
		     *text_of(contact, "attendedAt") ? "attended" : "not attended",
		     json_is_true(json_object_get(contact, "cutOff")) ? "; cut off" : "", *line ? ": " : "", line,
		     strlen(line) == EXCERPT ? "…" : "");
}

void seed_history_describe(const json_t *history, bool emphasis, struct bytes *text)
{
	struct teller to = {text, emphasis};
	const json_t *contacts = json_object_get(history, "contacts"), *cases = json_object_get(history, "cases");
	const json_t *recent = json_object_get(contacts, "recent");
	tell_counts(&to, contacts);
	for (size_t i = 0; i < json_array_size(cases); i++) {
		const json_t *found = json_array_get(cases, i);
		if (json_is_true(json_object_get(found, "restricted")) && !json_object_get(found, "victim"))
			tell_restricted(&to, found);
		else if (i == 0)
			tell_case(&to, found);
		else
			tell_other_case(&to, found);
	}
	for (size_t i = 0; i < json_array_size(recent) && i < BEFORE_SHOWN; i++)
		tell_contact(&to, json_array_get(recent, i));
	if (json_is_false(json_object_get(history, "complete")))
		bytes_append_string(text, "    There is more than is shown.\n");
}
