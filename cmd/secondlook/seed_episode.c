/* Writes the steps of one episode of an invented case. */
#include "seed_episode.h"

#include <stdio.h>
#include <string.h>

#include "base/time.h"

#define MINUTE_US (60LL * 1000000)
#define DAY_US (1440 * MINUTE_US)

enum { STANDARD = 1, MEDIUM, HIGH };

static const char *const grades[] = {"", "standard", "medium", "high"};

/* Takes `value`. */
static void set(struct seed_writer *writer, json_t *object, const char *name, json_t *value)
{
	if (json_object_set_new(object, name, value))
		writer->failed = true;
}

static json_t *instant(int64_t moment_us)
{
	char text[TIME_TEXT_SIZE];
	time_format(moment_us, text);
	return json_string(text);
}

/* Appends a step and gives it back, borrowed; takes `body`, which may be NULL for none. `role` is "CH-1" and the like. */
static json_t *step(struct seed_writer *writer, const struct seed_case *about, json_t *steps, const char *role,
		    const char *request, int expect, json_t *body)
{
	char staff[16];
	snprintf(staff, sizeof staff, "%s-%s", about->prefix, role);
	json_t *made = json_pack("{s:s, s:s, s:s, s:i, s:o*}", "client", about->client, "as", staff, "request", request,
				 "expect", expect, "body", body);
	if (json_array_append_new(steps, made))
		writer->failed = true;
	return made;
}

static void save(struct seed_writer *writer, json_t *step, const char *name, const char *path)
{
	json_t *all = json_object_get(step, "save");
	if (!all) {
		all = json_object();
		set(writer, step, "save", all);
	}
	set(writer, all, name, json_string(path));
}

static const char *one_of(struct seed_writer *writer, const char *first, const char *second)
{
	return seed_chance(&writer->random, 50) ? first : second;
}

/* An incident that fits: as grave as the case tends to be, or less. */
static const json_t *pick_incident(struct seed_writer *writer, const struct seed_case *about)
{
	const json_t *incident;
	int severity;
	bool needs_children;
	do {
		incident = seed_pick(&writer->random, json_object_get(writer->words, "incidents"));
		severity = (int)json_integer_value(json_object_get(incident, "severity"));
		needs_children = json_is_true(json_object_get(incident, "children"));
	} while (severity > about->severity || severity < about->severity - 1 || (needs_children && !about->children));
	return incident;
}

static json_t *make_victim(struct seed_writer *writer, const struct seed_case *about)
{
	bool is_man = seed_chance(&writer->random, 22);
	bool needs_care = seed_chance(&writer->random, 70);
	json_t *address = seed_address(&writer->random, writer->words, about->northern);
	struct seed_wish wish = {.who = is_man ? SEED_MAN : SEED_WOMAN, .family = about->family, .phone = about->phone,
				 .address = address, .needs_care = needs_care, .year = about->year};
	json_t *person = seed_person(&writer->random, writer->words, &wish);
	json_decref(address);
	return person;
}

static json_t *make_suspect(struct seed_writer *writer, const struct seed_case *about)
{
	bool is_woman = seed_chance(&writer->random, 15);
	struct seed_wish wish = {.who = is_woman ? SEED_WOMAN : SEED_MAN, .year = about->year};
	return seed_person(&writer->random, writer->words, &wish);
}

static json_t *people_of(struct seed_writer *writer, const struct seed_case *about)
{
	json_t *people = json_array();
	json_t *victim = about->is_opened ? json_pack("{s:s, s:s}", "role", "victim", "personId", "${victim}")
					  : json_pack("{s:s, s:o}", "role", "victim", "person", make_victim(writer, about));
	bool is_new = !about->is_opened && !about->shares_suspect;
	if (json_array_append_new(people, victim))
		writer->failed = true;
	if (!about->knows_suspect)
		return people;
	json_t *suspect = is_new ? json_pack("{s:s, s:o}", "role", "suspect", "person", make_suspect(writer, about))
				 : json_pack("{s:s, s:s}", "role", "suspect", "personId", "${suspect}");
	if (json_array_append_new(people, suspect))
		writer->failed = true;
	return people;
}

static json_t *make_contact(struct seed_writer *writer, const struct seed_case *about)
{
	static const char *const responses[] = {"scheduled", "priority", "emergency"};
	int grave = (int)json_integer_value(json_object_get(about->incident, "severity"));
	bool is_raised = grave < 2 && seed_chance(&writer->random, 30);
	json_t *contact = json_pack("{s:s, s:s, s:s, s:s, s:O, s:O*, s:o, s:o}", "channel", "call_999", "caller", "victim",
				    "phone", about->phone, "responseGrade", responses[grave + is_raised], "narrative",
				    json_object_get(about->incident, "narrative"), "freshRisk",
				    json_object_get(about->incident, "risk"), "occurredAt", instant(about->call_us), "people",
				    people_of(writer, about));
	if (!contact || json_object_update(contact, json_object_get(about->incident, "flags")))
		writer->failed = true;
	if (about->is_opened)
		set(writer, contact, "caseIds", json_pack("[s]", "${case}"));
	return contact;
}

static void open_case(struct seed_writer *writer, struct seed_case *about, json_t *steps, const char *handler)
{
	const char *relation = seed_pick_text(&writer->random, writer->words, "relations");
	json_t *opened = step(writer, about, steps, handler, "POST /v1/cases", 201,
			      json_pack("{s:s, s:s*, s:s, s:s, s:o, s:[s]}", "victimId", "${victim}", "perpetratorId",
					about->knows_suspect ? "${suspect}" : NULL, "reference", about->reference, "summary",
					relation, "occurredAt", instant(about->call_us), "contactIds", "${contact}"));
	save(writer, opened, "case", "caseId");
	for (int i = 0; i < about->children; i++) {
		struct seed_wish wish = {.who = SEED_CHILD, .family = about->family, .year = about->year};
		json_t *child = seed_person(&writer->random, writer->words, &wish);
		step(writer, about, steps, handler, "POST /v1/cases/${case}/people", 201,
		     json_pack("{s:s, s:o}", "role", "child", "person", child));
	}
	about->is_opened = true;
}

void seed_episode_call(struct seed_writer *writer, struct seed_case *about, int64_t moment_us, json_t *steps)
{
	const char *handler = one_of(writer, "CH-1", "CH-2");
	bool is_first = !about->is_opened;
	about->incident = pick_incident(writer, about);
	about->call_us = moment_us - seed_between(&writer->random, 2, 25) * MINUTE_US;
	if (about->number == 0 && is_first)
		about->call_us = moment_us; /* it dates the whole plan */
	json_t *contact = make_contact(writer, about);
	json_t *recorded = step(writer, about, steps, handler, "POST /v1/contacts", 201, contact);
	save(writer, recorded, "contact", "contactId");
	if (is_first) {
		save(writer, recorded, "victim", "people[role=victim].personId");
		if (about->knows_suspect)
			save(writer, recorded, "suspect", "people[role=suspect].personId");
		open_case(writer, about, steps, handler);
	}
	if (seed_chance(&writer->random, 40))
		step(writer, about, steps, handler, "POST /v1/history-searches", 200, json_pack("{s:s}", "phone", about->phone));
	if (!about->is_last && seed_chance(&writer->random, 75))
		step(writer, about, steps, handler, "POST /v1/contacts/${contact}/history-checks", 201,
		     json_pack("{s:o, s:[s], s:s}", "occurredAt", instant(about->call_us + MINUTE_US), "systems", "secondlook",
			       "findings", seed_pick_text(&writer->random, writer->words, "findings")));
}

static void change_response(struct seed_writer *writer, const struct seed_case *about, json_t *steps)
{
	bool is_careless = seed_chance(&writer->random, 50);
	json_t *change = json_pack("{s:s, s:o}", "toGrade", is_careless ? "scheduled" : "emergency", "occurredAt",
				   instant(about->call_us + 6 * MINUTE_US));
	if (!is_careless)
		set(writer, change, "reason", json_string("Heard on the line while waiting: it is getting louder."));
	step(writer, about, steps, "DI-1", "POST /v1/contacts/${contact}/response-grades", 201, change);
}

static void attend(struct seed_writer *writer, struct seed_case *about, json_t *steps)
{
	int64_t sent_us = about->call_us + seed_between(&writer->random, 2, 12) * MINUTE_US;
	about->attended_us = sent_us + seed_between(&writer->random, 4, 45) * MINUTE_US;
	bool is_seen = seed_chance(&writer->random, 88);
	char officer[16];
	snprintf(officer, sizeof officer, "%s-OF-1", about->prefix);
	step(writer, about, steps, "DI-1", "POST /v1/contacts/${contact}/attendances", 201,
	     json_pack("{s:o, s:o, s:[s], s:b}", "occurredAt", instant(about->attended_us), "dispatchedAt", instant(sent_us),
		       "officers", officer, "victimSeen", is_seen));
}

static const char *key_of(const json_t *question)
{
	return json_string_value(json_object_get(question, "key"));
}

static bool says_yes(const struct seed_writer *writer, const struct seed_case *about, const char *key)
{
	const json_t *questions = json_object_get(writer->set, "questions");
	for (size_t i = 0; i < json_array_size(questions) && i < SEED_QUESTIONS; i++)
		if (strcmp(key_of(json_array_get(questions, i)), key) == 0)
			return about->yes[i];
	return false;
}

/* Whether a yes makes sense: nothing about children where there are none, nothing gets worse in a first report. */
static bool may_be_yes(const struct seed_case *about, const char *key)
{
	static const char *const about_children[] = {"child_contact", "children_hurt", "children_threatened",
						     "dependants_at_home", "pregnancy_or_baby"};
	static const char *const later[] = {"more_often", "getting_worse", "known_to_police", "conditions_broken"};
	for (size_t i = 0; i < sizeof about_children / sizeof *about_children; i++)
		if (strcmp(key, about_children[i]) == 0)
			return about->children > 0;
	for (size_t i = 0; i < sizeof later / sizeof *later; i++)
		if (strcmp(key, later[i]) == 0)
			return about->highest > 0;
	return true;
}

static bool is_of_incident(const struct seed_case *about, const char *key)
{
	const json_t *keys = json_object_get(about->incident, "yes");
	for (size_t i = 0; i < json_array_size(keys); i++)
		if (strcmp(json_string_value(json_array_get(keys, i)), key) == 0)
			return true;
	return false;
}

/* What was once said stays said, but for what concerns only tonight. */
static void answer(struct seed_writer *writer, struct seed_case *about)
{
	static const int likely[] = {7, 18, 34};
	const json_t *questions = json_object_get(writer->set, "questions");
	for (size_t i = 0; i < SEED_QUESTIONS; i++) {
		const char *key = key_of(json_array_get(questions, i));
		bool stays = about->yes[i] && strcmp(key, "injury_now") != 0;
		bool grave = strcmp(key, "strangulation") == 0 || strcmp(key, "weapons") == 0 || strcmp(key, "injury_now") == 0;
		bool comes = seed_chance(&writer->random, grave ? likely[about->severity] / 3 : likely[about->severity]);
		about->yes[i] = stays || is_of_incident(about, key) || (comes && may_be_yes(about, key));
	}
}

static bool is_combined(const struct seed_writer *writer, const struct seed_case *about, const json_t *combination)
{
	for (size_t i = 0; i < json_array_size(combination); i++)
		if (!says_yes(writer, about, json_string_value(json_array_get(combination, i))))
			return false;
	return true;
}

/* The set's own rule: the service applies it again. */
static int suggest(const struct seed_writer *writer, const struct seed_case *about)
{
	const json_t *rule = json_object_get(writer->set, "grading"), *questions = json_object_get(writer->set, "questions");
	const json_t *combinations = json_object_get(rule, "highCombinations");
	int yes = 0, stars = 0;
	for (size_t i = 0; i < SEED_QUESTIONS; i++) {
		bool is_star = json_is_true(json_object_get(json_array_get(questions, i), "highRisk"));
		yes += about->yes[i];
		stars += about->yes[i] && is_star;
	}
	for (size_t i = 0; i < json_array_size(combinations); i++)
		if (is_combined(writer, about, json_array_get(combinations, i)))
			return HIGH;
	if (yes >= json_integer_value(json_object_get(rule, "highAtYes")))
		return HIGH;
	return yes >= json_integer_value(json_object_get(rule, "mediumAtYes")) ||
			       stars >= json_integer_value(json_object_get(rule, "mediumAtHighRiskYes"))
		       ? MEDIUM
		       : STANDARD;
}

static json_t *brief_answers(struct seed_writer *writer, const struct seed_case *about)
{
	const json_t *questions = json_object_get(writer->set, "questions");
	json_t *yes = json_array(), *unknown = json_array(), *skipped = json_array();
	for (size_t i = 0; i < SEED_QUESTIONS; i++) {
		json_t *key = json_object_get(json_array_get(questions, i), "key");
		int lot = seed_between(&writer->random, 1, 100);
		json_t *list = about->yes[i] ? yes : lot <= 6 ? unknown : lot <= 9 ? skipped : NULL;
		if (list && json_array_append(list, key))
			writer->failed = true;
	}
	return json_pack("{s:s, s:o, s:o, s:o, s:s}", "set", "dash-27", "yes", yes, "dontKnow", unknown, "notAsked", skipped,
			 "because", "Not alone: the question could not be asked.");
}

static void assess(struct seed_writer *writer, struct seed_case *about, json_t *steps)
{
	int64_t asked_us = (about->attended_us ? about->attended_us : about->call_us) +
			   seed_between(&writer->random, 5, 9) * MINUTE_US;
	answer(writer, about);
	about->suggested = suggest(writer, about);
	int lot = seed_between(&writer->random, 1, 100);
	about->graded = about->suggested - (lot <= 14 && about->suggested > STANDARD) + (lot > 95 && about->suggested < HIGH);
	bool answers = about->graded < about->highest && seed_chance(&writer->random, 60);
	const json_t *why = seed_pick(&writer->random,
				      json_object_get(json_object_get(writer->words, "rationales"), grades[about->graded]));
	json_t *body = json_pack("{s:o, s:s, s:s, s:O}", "occurredAt", instant(asked_us), "contactId", "${contact}",
				 "assessorGrade", grades[about->graded], "rationale", why);
	if (answers)
		set(writer, body, "answersRationale", json_string(seed_pick_text(&writer->random, writer->words, "answers")));
	json_t *assessed = step(writer, about, steps, about->attended_us ? "OF-1" : "CH-1",
				"POST /v1/cases/${case}/assessments", 201, body);
	set(writer, assessed, "assess", brief_answers(writer, about));
	save(writer, assessed, "assessment", "assessmentId");
	about->highest = about->graded > about->highest ? about->graded : about->highest;
	about->agreed = about->graded > about->agreed ? about->graded : about->agreed;
	about->is_assessed = true;
}

static void close_contact(struct seed_writer *writer, const struct seed_case *about, int64_t moment_us, json_t *steps)
{
	bool is_arrested = about->attended_us && seed_chance(&writer->random, 30);
	bool is_reached = about->attended_us || seed_chance(&writer->random, 85);
	const char *outcome = is_arrested ? "attended_arrest" : about->attended_us ? "attended_no_arrest" : "resolved_by_phone";
	const char *reason = seed_pick_text(&writer->random, writer->words, "closures");
	step(writer, about, steps, "DI-1", "POST /v1/contacts/${contact}/closures", 201,
	     json_pack("{s:o, s:s, s:b, s:b, s:s}", "occurredAt", instant(moment_us - MINUTE_US), "outcome", outcome,
		       "victimSeen", about->attended_us != 0, "victimSpokenTo", is_reached, "reason", reason));
}

void seed_episode_response(struct seed_writer *writer, struct seed_case *about, int64_t moment_us, json_t *steps)
{
	int grave = (int)json_integer_value(json_object_get(about->incident, "severity"));
	about->attended_us = 0;
	about->is_assessed = false;
	if (seed_chance(&writer->random, 12))
		change_response(writer, about, steps);
	if (seed_chance(&writer->random, grave ? 85 : 45))
		attend(writer, about, steps);
	if (seed_chance(&writer->random, about->attended_us ? 94 : 50))
		assess(writer, about, steps);
	close_contact(writer, about, moment_us, steps);
}

/* What the queue has of the contact, if anything. */
static void settle_item(struct seed_writer *writer, const struct seed_case *about, const char *specialist, json_t *steps)
{
	json_t *queue = step(writer, about, steps, specialist, "GET /v1/review-items?limit=200", 200, NULL);
	save(writer, queue, "item?", "items[contactId=${contact}].itemId");
	json_t *claimed = step(writer, about, steps, specialist, "POST /v1/review-items/${item}/claim", 200, NULL);
	json_t *done = step(writer, about, steps, specialist, "POST /v1/review-items/${item}/completion", 200,
			    json_pack("{s:s}", "outcome", seed_pick_text(&writer->random, writer->words, "completions")));
	set(writer, claimed, "when", json_string("item"));
	set(writer, done, "when", json_string("item"));
}

static json_t *decide(struct seed_writer *writer, struct seed_case *about, bool *lowers)
{
	int lot = seed_between(&writer->random, 1, 100);
	bool raises = about->graded < about->suggested ? lot <= 80 : about->graded < HIGH && lot <= 8;
	*lowers = !raises && about->graded > STANDARD && lot > 94;
	if (!raises && !*lowers)
		return json_pack("{s:s}", "decision", "agree");
	int grade = raises && about->graded < about->suggested ? about->suggested : about->graded + (raises ? 1 : -1);
	const char *why = seed_pick_text(&writer->random, writer->words, raises ? "raises" : "lowers");
	json_t *body = json_pack("{s:s, s:s, s:s}", "decision", raises ? "raise" : "lower", "grade", grades[grade], "reason",
				 why);
	if (*lowers)
		set(writer, body, "answersRationale", json_string(seed_pick_text(&writer->random, writer->words, "answers")));
	about->agreed = raises && grade > about->agreed ? grade : about->agreed;
	about->highest = grade > about->highest ? grade : about->highest;
	return body;
}

static void review(struct seed_writer *writer, struct seed_case *about, const char *specialist, json_t *steps)
{
	bool lowers;
	json_t *reviewed = step(writer, about, steps, specialist, "POST /v1/assessments/${assessment}/reviews", 201,
				decide(writer, about, &lowers));
	save(writer, reviewed, "review", "reviewId");
	const char *supervisor = one_of(writer, "SU-1", "SU-2");
	if (lowers && seed_chance(&writer->random, 60))
		step(writer, about, steps, supervisor, "POST /v1/reviews/${review}/authorisations", 201,
		     json_pack("{s:s}", "reason", seed_pick_text(&writer->random, writer->words, "authorisations")));
}

static void annotate(struct seed_writer *writer, const struct seed_case *about, const char *specialist, json_t *steps)
{
	const json_t *note = seed_pick(&writer->random, json_object_get(writer->words, "notes"));
	bool on_assessment = about->is_assessed && seed_chance(&writer->random, 50);
	json_t *written = step(writer, about, steps, specialist, "POST /v1/annotations", 201,
			       json_pack("{s:{s:s, s:s}, s:O, s:O}", "subject", "kind",
					 on_assessment ? "assessment" : "contact", "id",
					 on_assessment ? "${assessment}" : "${contact}", "kind", json_object_get(note, "kind"),
					 "content", json_object_get(note, "content")));
	save(writer, written, "annotation", "annotationId");
	if (seed_chance(&writer->random, 50))
		step(writer, about, steps, "CH-1", "POST /v1/annotations/${annotation}/acknowledgements", 201, json_object());
}

static void refer(struct seed_writer *writer, const struct seed_case *about, const char *kind, json_t *steps)
{
	char service[40], name[40];
	snprintf(service, sizeof service, "${service_%s}", kind);
	snprintf(name, sizeof name, "referral_%s", kind);
	bool consents = seed_chance(&writer->random, 78);
	const char *why = seed_pick_text(&writer->random, writer->words, "basisReasons");
	const json_t *summary = json_object_get(json_object_get(writer->words, "referrals"), kind);
	bool is_draft = seed_chance(&writer->random, 6);
	json_t *body = json_pack("{s:s, s:s, s:O, s:b, s:s}", "serviceId", service, "status", is_draft ? "draft" : "sent",
				 "summary", summary, "consent", consents, "grade", grades[about->agreed]);
	if (!consents) {
		set(writer, body, "basis", json_string("prevent_serious_harm"));
		set(writer, body, "basisReason", json_string(why));
	}
	json_t *referred = step(writer, about, steps, one_of(writer, "SP-1", "SP-2"), "POST /v1/cases/${case}/referrals", 201,
				body);
	save(writer, referred, "referral", "referralId");
	set(writer, referred, "etag", json_string("referralTag"));
}

static void protect(struct seed_writer *writer, const struct seed_case *about, json_t *steps)
{
	bool by_police = seed_chance(&writer->random, 50);
	int64_t granted_us = about->call_us + 8 * 60 * MINUTE_US;
	int64_t expires_us = granted_us + (by_police ? 28 : 365) * DAY_US;
	const char *condition = seed_pick_text(&writer->random, writer->words, "orderConditions");
	step(writer, about, steps, "SP-1", "POST /v1/cases/${case}/protection-orders", 201,
	     json_pack("{s:s, s:s, s:s, s:[s], s:o, s:o}", "kind", by_police ? "dvpo" : "non_molestation", "status", "active",
		       "court", "Magistrates' court (invented)", "conditions", condition, "grantedAt", instant(granted_us),
		       "expiresAt", instant(expires_us)));
}

void seed_episode_review(struct seed_writer *writer, struct seed_case *about, json_t *steps)
{
	const char *specialist = one_of(writer, "SP-1", "SP-2");
	settle_item(writer, about, specialist, steps);
	if (about->is_assessed)
		review(writer, about, specialist, steps);
	if (seed_chance(&writer->random, 30))
		annotate(writer, about, specialist, steps);
	if (about->agreed == HIGH && seed_chance(&writer->random, 20))
		protect(writer, about, steps);
	if (about->is_referred || about->is_to_be_restricted || !about->agreed)
		return;
	int lot = seed_between(&writer->random, 1, 100);
	const char *kind = about->agreed == HIGH              ? (lot <= 70 ? "marac" : "idva")
			   : about->children && lot <= 15     ? "childrens_services"
			   : about->agreed == MEDIUM && lot <= 55 ? (lot <= 35 ? "idva" : lot <= 45 ? "housing" : "health")
							      : NULL;
	if (kind)
		refer(writer, about, kind, steps);
	about->is_referred = kind;
}

void seed_episode_referral(struct seed_writer *writer, const struct seed_case *about, const char *to, json_t *steps)
{
	json_t *body = json_pack("{s:s}", "to", to);
	if (strcmp(to, "declined") == 0)
		set(writer, body, "reason", json_string("No place at the moment; asked to try the other house."));
	if (strcmp(to, "outcome_recorded") == 0)
		set(writer, body, "outcome", json_string(one_of(writer, "safety_plan_agreed", "engaged")));
	json_t *moved = step(writer, about, steps, "SP-1", "POST /v1/referrals/${referral}/transitions", 200, body);
	set(writer, moved, "ifMatch", json_string("${referralTag}"));
	set(writer, moved, "etag", json_string("referralTag"));
	set(writer, moved, "when", json_string("referral"));
	/* A draft has to be sent first, and few are: whatever the referral's state, nothing else depends on it. */
	set(writer, moved, "expect", json_pack("[i, i]", 200, 409));
}

void seed_episode_close(struct seed_writer *writer, const struct seed_case *about, json_t *steps)
{
	char request[80];
	snprintf(request, sizeof request, "GET /v1/cases?reference=%s", about->reference);
	json_t *found = step(writer, about, steps, "SP-2", request, 200, NULL);
	save(writer, found, "closing?", "items[status=reviewed].version");
	json_t *closed = step(writer, about, steps, "SP-2", "POST /v1/cases/${case}/moves", 200,
			      json_pack("{s:s, s:s}", "to", "closed", "reason", "Nothing new for some weeks; the victim agrees."));
	set(writer, closed, "ifMatch", json_string("\"${closing}\""));
	set(writer, closed, "when", json_string("closing"));
}

void seed_episode_restrict(struct seed_writer *writer, const struct seed_case *about, json_t *steps)
{
	char supervisor[16], specialist[16], blocked[16];
	snprintf(blocked, sizeof blocked, "%s-OF-1", about->prefix);
	snprintf(supervisor, sizeof supervisor, "%s-SU-1", about->prefix);
	snprintf(specialist, sizeof specialist, "%s-SP-1", about->prefix);
	json_t *found = step(writer, about, steps, "SU-1", "GET /v1/cases/${case}", 200, NULL);
	set(writer, found, "etag", json_string("caseTag"));
	json_t *restricted = step(writer, about, steps, "SU-1", "PUT /v1/cases/${case}/restriction", 200,
				  json_pack("{s:b, s:[s], s:[s], s:s, s:s}", "restricted", 1, "blocked", blocked, "permitted",
					    specialist, "supervisor", supervisor, "reason",
					    "The suspect is a relative of somebody who works here."));
	set(writer, restricted, "ifMatch", json_string("${caseTag}"));
}

void seed_episode_services(struct seed_writer *writer, bool northern, json_t *steps)
{
	const char *force = northern ? "northumbria" : "west-midlands";
	struct seed_case nobody = {.client = northern ? "northumbria.control-room-web" : "west-midlands.control-room-web",
				   .prefix = northern ? "NB" : "WM"};
	const json_t *services = json_object_get(json_object_get(writer->words, "services"), force);
	for (size_t i = 0; i < json_array_size(services); i++) {
		char request[80], name[40];
		json_t *service = json_array_get(services, i);
		const char *kind = json_string_value(json_object_get(service, "kind"));
		json_t *made = step(writer, &nobody, steps, "SU-1", "POST /v1/services", 201, json_incref(service));
		set(writer, made, "expect", json_pack("[i, i]", 201, 409));
		snprintf(request, sizeof request, "GET /v1/services?kind=%s&enabled=true", kind);
		snprintf(name, sizeof name, "service_%s", kind);
		save(writer, step(writer, &nobody, steps, "SU-1", request, 200, NULL), name, "items[0].serviceId");
	}
}
