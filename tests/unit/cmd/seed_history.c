/* What a history search answers, in plain words. */
#include "seed_history.h"

#include <string.h>

#include "support/unit.h"

#define CONTACTS                                                                                          \
	"\"contacts\": {\"tonight\": 2, \"last24Hours\": 2, \"last12Months\": 9, \"ever\": 10, \"recent\": [" \
	"{\"occurredAt\": \"2018-08-26T21:35:00Z\", \"responseGrade\": \"no_deployment\", \"attendedAt\": null, \"cutOff\": true, \"excerpt\": \"Short.\"}," \
	"{\"occurredAt\": \"2018-01-26T21:35:00Z\", \"responseGrade\": \"priority\", \"attendedAt\": \"2018-01-26T22:00:00Z\"}]}"

static struct bytes text;

static const char *describe(const char *history)
{
	json_t *answer = json_loads(history, 0, NULL);
	ck_assert_ptr_nonnull(answer);
	bytes_init(&text, 1 << 16);
	seed_history_describe(answer, false, &text);
	json_decref(answer);
	return bytes_string(&text);
}

static void ck_has(const char *told, const char *part)
{
	ck_assert_msg(strstr(told, part) != NULL, "no \"%s\" in\n%s", part, told);
}

START_TEST(tells_counts_and_who_came)
{
	const char *told = describe("{" CONTACTS ", \"cases\": [], \"complete\": true}");
	ck_has(told, "tonight 2, in 24 hours 2, in 12 months 9, ever 10; attended tonight 1 of 2");
	ck_has(told, "26 Aug 22:35  no deployment; not attended; cut off: Short."); /* summer time */
	ck_has(told, "26 Jan 21:35  priority; attended");
	ck_assert_ptr_null(strstr(told, "There is more"));
	bytes_release(&text);
}
END_TEST

START_TEST(tells_the_case)
{
	const char *told = describe(
		"{" CONTACTS ", \"complete\": false, \"cases\": [{\"relation\": \"matched\", \"status\": \"in_review\", "
		"\"victim\": {\"givenName\": \"Ada\", \"familyName\": \"Tarn\"}, \"perpetrator\": null, \"agreedGrade\": \"high\", "
		"\"assessorGrade\": \"medium\", \"specialistGrade\": null, \"safeContact\": {\"number\": \"07700 900001\", "
		"\"hours\": \"mornings\", \"voicemail\": false, \"codeWord\": \"fern\"}, \"conferenceReferral\": {\"status\": \"sent\", "
		"\"sentAt\": \"2018-05-21T08:00:00Z\"}, \"ordersInForce\": [{\"kind\": \"non_molestation\", \"status\": \"active\", "
		"\"conditions\": [\"Keep away.\"], \"expiresAt\": \"2019-05-21T08:00:00Z\"}]}, {\"relation\": \"matched\", "
		"\"victim\": {\"givenName\": \"Bea\", \"familyName\": \"Tarn\"}, \"perpetrator\": {\"givenName\": \"Cai\", "
		"\"familyName\": \"Moor\"}, \"agreedGrade\": null}]}");
	ck_has(told, "Ada Tarn and somebody not yet known, in review");
	ck_has(told, "high (latest assessor: medium; latest specialist: none)");
	ck_has(told, "07700 900001, mornings; leave no message; code word \"fern\"");
	ck_has(told, "referred on 21 May 2018, now sent");
	ck_has(told, "non molestation, active until 21 May 2019: Keep away.");
	ck_has(told, "Another case  Bea Tarn and Cai Moor: agreed grade none yet");
	ck_has(told, "There is more than is shown.");
	bytes_release(&text);
}
END_TEST

START_TEST(tells_danger_but_not_content_of_a_restricted_case)
{
	const char *told = describe("{" CONTACTS ", \"complete\": true, \"cases\": [{\"relation\": \"matched\", \"restricted\": true, "
				    "\"agreedGrade\": \"high\", \"safeContact\": {\"number\": \"07700 900002\"}, "
				    "\"supervisor\": {\"reference\": \"WM-SU-1\", \"name\": \"Grace Holloway\"}}]}");
	ck_has(told, "Restricted    agreed grade high; call WM-SU-1 Grace Holloway");
	ck_has(told, "07700 900002");
	bytes_release(&text);
}
END_TEST

UNIT("seed_history", tells_counts_and_who_came, tells_the_case, tells_danger_but_not_content_of_a_restricted_case)
