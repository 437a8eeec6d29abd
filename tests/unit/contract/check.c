/* Tests of whole requests against an operation: faults in order, and the values that a statement will bind. */
#include "support/unit.h"
#include "unit/contract/given.h"

#define ID "01890a5d-ac96-774b-bcce-b302099a8057"

static const char contract_text[] =
	"openapi: 3.1.0\n"
	"info: {title: t, version: 0.1.0}\n"
	"components:\n"
	"  schemas:\n"
	"    Limit: {type: integer, minimum: 1, maximum: 200, default: 50}\n"
	"  parameters:\n"
	"    caseId: {name: caseId, in: path, required: true, schema: {type: string, format: uuid}}\n"
	"    onBehalfOf: {name: On-Behalf-Of, in: header, x-name: onBehalfOf, schema: {type: string, maxLength: 8}}\n"
	"  responses:\n"
	"    Done: {description: done}\n"
	"paths:\n"
	"  /v1/cases/{caseId}/notes:\n"
	"    parameters: [{$ref: '#/components/parameters/onBehalfOf'}, {$ref: '#/components/parameters/caseId'}]\n"
	"    get:\n"
	"      operationId: listNotes\n"
	"      tags: [cases]\n"
	"      x-roles: [call_handler]\n"
	"      x-lane: list\n"
	"      x-precondition: none\n"
	"      x-ledger: consultation\n"
	"      parameters:\n"
	"        - {name: limit, in: query, schema: {$ref: '#/components/schemas/Limit'}}\n"
	"        - {name: grade, in: query, schema: {type: string, enum: [standard, medium, high]}}\n"
	"        - {name: open, in: query, schema: {type: boolean}}\n"
	"        - {name: text, in: query, schema: {type: string, maxLength: 4}}\n"
	"        - {name: needed, in: query, required: true, schema: {type: string}}\n"
	"      responses: {'200': {$ref: '#/components/responses/Done'}}\n"
	"    post:\n"
	"      operationId: addNote\n"
	"      tags: [cases]\n"
	"      x-roles: [specialist]\n"
	"      x-lane: write\n"
	"      x-precondition: both\n"
	"      x-ledger: collection\n"
	"      parameters: [{name: If-Match, in: header, x-name: ifMatch, required: true, schema: {type: string}}]\n"
	"      requestBody:\n"
	"        required: true\n"
	"        content:\n"
	"          application/json:\n"
	"            schema:\n"
	"              type: object\n"
	"              additionalProperties: false\n"
	"              required: [text]\n"
	"              properties:\n"
	"                text: {type: string, minLength: 1}\n"
	"                weight: {type: number}\n"
	"                count: {type: [integer, 'null'], default: 7}\n"
	"                urgent: {type: boolean, default: false}\n"
	"                tags: {type: array, items: {type: string}}\n"
	"                place: {type: object, additionalProperties: true}\n"
	"                version: {type: integer, readOnly: true}\n"
	"      responses: {'201': {description: made}}\n"
	"    patch:\n"
	"      operationId: patchNotes\n"
	"      tags: [cases]\n"
	"      x-roles: [specialist]\n"
	"      x-lane: write\n"
	"      x-precondition: if_match\n"
	"      x-ledger: alteration\n"
	"      requestBody:\n"
	"        required: true\n"
	"        content:\n"
	"          application/merge-patch+json:\n"
	"            schema: {type: object, additionalProperties: false, properties: {count: {type: integer, default: 7}}}\n"
	"      responses: {'200': {description: done}}\n";

/* "If-Match=…" or "On-Behalf-Of=…", one. */
static const char *header(const void *request, const char *name)
{
	const char *line = request;
	size_t length = strlen(name);
	return line && !strncmp(line, name, length) && line[length] == '=' ? line + length + 1 : NULL;
}

struct request {
	const char *method, *id, *query, *header, *body;
	size_t body_length; /* 0: strlen */
};

/* What came of a request: "faults: …", "malformed: …" or "name=value" of all that are not absent. */
static const char *outcome(const struct contract *contract, const struct request *request, struct arena *arena)
{
	struct match match = {0};
	struct faults faults;
	bool malformed;
	const char **values = NULL;
	const char *path = arena_format(arena, "/v1/cases/%s/notes", request->id);
	ck_assert_int_eq(contract_match(contract, request->method, path, &match), MATCH_FOUND);
	struct carried carried = {.match = &match,
				  .query = request->query ? request->query : "",
				  .header = header,
				  .request = request->header,
				  .body = request->body,
				  .body_length = request->body_length ? request->body_length
						 : request->body      ? strlen(request->body)
								      : 0};
	enum err error = contract_check(match.operation, &carried, arena, &faults, &malformed, &values);
	if (error == ERR_INPUT) {
		ck_assert_ptr_null(values);
		return arena_format(arena, "%s: %s", malformed ? "malformed" : "faults", given_told(arena, &faults));
	}
	if (error)
		return err_word(error);
	char *told = arena_copy_string(arena, "");
	for (size_t i = 0; i < match.operation->input_count; i++)
		if (values[i])
			told = arena_format(arena, "%s%s%s=%s", told, *told ? " " : "",
					    match.operation->inputs[i].name, values[i]);
	return told;
}

#define SEND(method_, id_, query_, header_, body_)                                                          \
	{                                                                                                   \
		.method = method_, .id = id_, .query = query_, .header = header_, .body = body_             \
	}
#define GET(id_, query_) SEND("GET", id_, query_, NULL, NULL)

struct row {
	struct request request;
	const char *outcome;
};

static void check_rows(const struct row *rows, size_t count)
{
	struct contract *contract = given_contract(contract_text);
	for (size_t i = 0; i < count; i++) {
		struct arena arena;
		arena_init(&arena, 8 << 20);
		const char *got = outcome(contract, &rows[i].request, &arena);
		ck_assert_msg(!strcmp(got, rows[i].outcome), "row %zu: \"%s\" instead of \"%s\"", i, got, rows[i].outcome);
		arena_release(&arena);
	}
	contract_free(contract);
}

#define CHECK_ROWS(rows) check_rows(rows, sizeof(rows) / sizeof *(rows))

START_TEST(checks_path_and_query)
{
	static const struct row rows[] = {
		{GET(ID, "needed=x"), "caseId=" ID " limit=50 needed=x"},
		{GET(ID, "needed=x&limit=7&grade=high&open=true&text=a+%C3%A9"),
		 "caseId=" ID " limit=7 grade=high open=true text=a \xc3\xa9 needed=x"},
		{GET(ID, "needed="), "caseId=" ID " limit=50 needed="},
		{GET(ID, ""), "faults: query:needed required"},
		{GET("7", ""), "faults: path:caseId not_a_uuid; query:needed required"},
		{GET("\xff", "needed=x"), "faults: path:caseId not_utf8"},
		{GET(ID, "needed=x&needed=x"), "faults: query:needed repeated_parameter"},
		{GET(ID, "needed=x&other=1&OTHER"), "faults: query:other unknown_parameter; query:OTHER unknown_parameter"},
		{GET(ID, "needed=x&caseId=1"), "faults: query:caseId unknown_parameter"},
		{GET(ID, "needed=x&Limit=1"), "faults: query:Limit unknown_parameter"},
		{GET(ID, "needed=x&limit=0"), "faults: query:limit too_small"},
		{GET(ID, "needed=x&limit=201"), "faults: query:limit too_large"},
		{GET(ID, "needed=x&limit="), "faults: query:limit wrong_type"},
		{GET(ID, "needed=x&limit=+7"), "faults: query:limit wrong_type"},
		{GET(ID, "needed=x&limit=%2B7"), "faults: query:limit wrong_type"},
		{GET(ID, "needed=x&limit=07"), "faults: query:limit wrong_type"},
		{GET(ID, "needed=x&limit=7.0"), "faults: query:limit wrong_type"},
		{GET(ID, "needed=x&limit=7%00"), "faults: query:limit wrong_type"},
		{GET(ID, "needed=x&limit=-"), "faults: query:limit wrong_type"},
		{GET(ID, "needed=x&limit=99999999999999999999"), "faults: query:limit wrong_type"},
		{GET(ID, "needed=x&open=1"), "faults: query:open wrong_type"},
		{GET(ID, "needed=x&open=true%00"), "faults: query:open wrong_type"},
		{GET(ID, "needed=x&grade=High"), "faults: query:grade not_in_enumeration"},
		{GET(ID, "needed=x&text=12345"), "faults: query:text too_long"},
		{GET(ID, "needed=x&text=a%00b"), "faults: query:text control_character"},
		{GET(ID, "needed=x&text=%0d"), "faults: query:text control_character"},
		{GET(ID, "needed=x&text=%ff"), "faults: query:text not_utf8"},
		{GET(ID, "needed=%zz"), "faults: query:needed bad_percent_encoding"},
		{GET(ID, "needed=x&%zz=1"), "faults: query: bad_percent_encoding"},
		{GET(ID, "needed=x&%ff=1"), "faults: query: not_utf8"},
		{GET(ID, "text=12345&x=1&limit=a&x=2"),
		 "faults: query:text too_long; query:x unknown_parameter; query:limit wrong_type; "
		 "query:x unknown_parameter; query:needed required"},
		{SEND("GET", ID, "needed=x", NULL, "{}"), "malformed:  unexpected_body"},
	};
	CHECK_ROWS(rows);
}
END_TEST

START_TEST(checks_headers)
{
	static const struct row rows[] = {
		{SEND("GET", ID, "needed=x", "On-Behalf-Of=WM-CH-1", NULL), "caseId=" ID " limit=50 needed=x onBehalfOf=WM-CH-1"},
		{SEND("GET", ID, "needed=x", "On-Behalf-Of=WM-CH-100", NULL), "faults: header:On-Behalf-Of too_long"},
		{SEND("GET", ID, "needed=x", "On-Behalf-Of=\xe9", NULL), "faults: header:On-Behalf-Of not_utf8"},
		{SEND("POST", ID, "", NULL, "{\"text\": \"x\"}"), "faults: header:If-Match required"},
		{SEND("POST", "7", "a=1", NULL, "{}"),
		 "faults: path:caseId not_a_uuid; query:a unknown_parameter; header:If-Match required; /text required"},
	};
	CHECK_ROWS(rows);
}
END_TEST

#define POST(json) {"POST", ID, NULL, "If-Match=\"3\"", json, sizeof(json) - 1}
#define START "caseId=" ID " ifMatch=\"3\" "

START_TEST(gives_values_to_bind)
{
	static const struct row rows[] = {
		{POST("{\"text\": \"x\"}"), START "text=x count=7 urgent=false"},
		{POST("{\"text\": \"a \\\"b\\\" \\n\\u20ac\"}"), START "text=a \"b\" \n\xe2\x82\xac count=7 urgent=false"},
		{POST("{\"text\": \"x\", \"count\": null}"), START "text=x urgent=false"},
		{POST("{\"text\": \"x\", \"count\": -3, \"urgent\": true}"), START "text=x count=-3 urgent=true"},
		{POST("{\"text\": \"x\", \"count\": 9223372036854775807}"),
		 START "text=x count=9223372036854775807 urgent=false"},
		{POST("{\"text\": \"x\", \"weight\": 0.1}"), START "text=x weight=0.1 count=7 urgent=false"},
		{POST("{\"text\": \"x\", \"weight\": 3}"), START "text=x weight=3 count=7 urgent=false"},
		{POST(" {\"text\": \"x\", \"tags\": [\"a\", \"b\"], \"place\": { \"a\" : [ 1 , null ] } } "),
		 START "text=x count=7 urgent=false tags=[\"a\",\"b\"] place={\"a\":[1,null]}"},
		{SEND("PATCH", ID, NULL, NULL, "{}"), "caseId=" ID},
		{SEND("PATCH", ID, NULL, NULL, "{\"count\": 1}"), "caseId=" ID " count=1"},
	};
	CHECK_ROWS(rows);
}
END_TEST

START_TEST(checks_bodies)
{
	static const struct row rows[] = {
		{POST(""), "malformed:  required"},
		{POST("[]"), "faults:  wrong_type"},
		{POST("7"), "faults:  wrong_type"},
		{POST("{}"), "faults: /text required"},
		{POST("{\"text\": \"\", \"count\": 3.5, \"x\": 1, \"version\": 4, \"tags\": [1]}"),
		 "faults: /text too_short; /count wrong_type; /x unknown_member; /version read_only; /tags/0 wrong_type"},
		{POST("{\"text\": \"x\", \"place\": {\"a\": \"\\u0001\"}}"), "faults: /place/a control_character"},
		{POST("{\"text\": \"x\", \"count\": 1e2}"), "faults: /count wrong_type"},
	};
	CHECK_ROWS(rows);
}
END_TEST

START_TEST(names_what_it_cannot_read)
{
	static const struct row rows[] = {
		{POST("{"), "malformed:  not_json"},
		{POST("{\"text\": 'x'}"), "malformed:  not_json"},
		{POST("{\"text\": \"x\"} x"), "malformed:  not_json"},
		{POST("{\"text\": \"x\",}"), "malformed:  not_json"},
		{POST("{\"text\": NaN}"), "malformed:  not_json"},
		{POST("{\"text\": \"x\"}\0"), "malformed:  not_json"},
		{POST("\xef\xbb\xbf{\"text\": \"x\"}"), "malformed:  not_json"},
		{POST("{\"text\": \"\\ud800\"}"), "malformed:  not_json"},
		{POST("{\"text\": \"\\udc00\\ud800\"}"), "malformed:  not_json"},
		{POST("{\"text\": \"a\nb\"}"), "malformed:  not_json"},
		{POST("{\"text\": \"a\0b\"}"), "malformed:  not_json"},
		{POST("{\"text\": \"\\u0000\"}"), "malformed:  null_character"},
		{POST("{\"a\\u0000\": 1}"), "malformed:  null_character"},
		{POST("{\"text\": \"x\", \"text\": \"y\"}"), "malformed:  duplicate_member"},
		{POST("{\"place\": {\"a\": 1, \"\\u0061\": 2}}"), "malformed:  duplicate_member"},
		{POST("{\"text\": \"\xff\"}"), "malformed:  not_utf8"},
		{POST("{\"text\": \"\xed\xa0\x80\"}"), "malformed:  not_utf8"},
		{POST("{\"text\": \"\xc0\xaf\"}"), "malformed:  not_utf8"},
		{POST("{\"count\": 9223372036854775808}"), "malformed:  number_out_of_range"},
		{POST("{\"weight\": 1e999}"), "malformed:  number_out_of_range"},
		{POST("{\"weight\": -1e999}"), "malformed:  number_out_of_range"},
	};
	CHECK_ROWS(rows);
}
END_TEST

START_TEST(keeps_path_faults_beside_an_unreadable_body)
{
	static const struct row rows[] = {
		{SEND("POST", "7", "a=1", "If-Match=1", "{"),
		 "malformed: path:caseId not_a_uuid; query:a unknown_parameter;  not_json"},
	};
	CHECK_ROWS(rows);
}
END_TEST

/* A body that never ends well, cut and bent at every byte: must be refused or accepted, never crash. */
START_TEST(survives_bent_bodies)
{
	static const char seed[] = "{\"text\": \"a\\u20ac\\ud83d\\ude00\\n\", \"weight\": -1.5e3, \"count\": null, "
				   "\"tags\": [\"\", \"b\"], \"place\": {\"deep\": [[[{}]]]}}";
	static const char bends[] = {'\0', '"', '\\', '{', ']', '\xff', '9', ','};
	struct contract *contract = given_contract(contract_text);
	for (size_t i = 1; i < sizeof seed; i++) {
		char bent[sizeof seed];
		struct arena arena;
		arena_init(&arena, 8 << 20);
		outcome(contract, &(struct request){"POST", ID, NULL, "If-Match=1", seed, i}, &arena);
		for (size_t b = 0; b < sizeof bends; b++) {
			memcpy(bent, seed, sizeof seed);
			bent[i - 1] = bends[b];
			outcome(contract, &(struct request){"POST", ID, NULL, "If-Match=1", bent, sizeof seed - 1}, &arena);
		}
		arena_release(&arena);
	}
	contract_free(contract);
}
END_TEST

/* With every maximum from nothing upwards, memory ends at another place each time. */
START_TEST(tells_when_memory_runs_out)
{
	static const struct request fine = POST("{\"text\": \"x\", \"tags\": [\"a\"], \"weight\": 1.5}");
	struct contract *contract = given_contract(contract_text);
	struct match match = {0};
	ck_assert_int_eq(contract_match(contract, "POST", "/v1/cases/" ID "/notes", &match), MATCH_FOUND);
	struct carried carried = {.match = &match,
				  .query = "",
				  .header = header,
				  .request = fine.header,
				  .body = fine.body,
				  .body_length = fine.body_length};
	bool done = false;
	for (size_t maximum = 0; maximum < 65536 && !done; maximum += 16) {
		struct arena arena;
		struct faults faults;
		bool malformed;
		const char **values = NULL;
		arena_init(&arena, maximum);
		enum err error = contract_check(match.operation, &carried, &arena, &faults, &malformed, &values);
		done = error == ERR_NONE;
		ck_assert_msg(done || error == ERR_MEMORY, "%s at %zu", err_word(error), maximum);
		arena_release(&arena);
	}
	ck_assert(done);
	contract_free(contract);
}
END_TEST

UNIT("check", checks_path_and_query, checks_headers, gives_values_to_bind, checks_bodies, names_what_it_cannot_read,
     keeps_path_faults_beside_an_unreadable_body, survives_bent_bodies, tells_when_memory_runs_out)
