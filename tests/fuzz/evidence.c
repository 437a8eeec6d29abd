/* Anything at all handed to `secondlook ledger verify` as a bundle, a proof or a receipt's text. */
#include "evidence.h"
#include "harness.h"

static void prove(struct evidence *evidence, const char *data, size_t size)
{
	struct settings settings = {.proof = "/dev/null", .database = "", .role_password_file = ""};
	struct proven_line line;
	struct bytes fault;
	json_error_t unused;
	bool is_pending = false;
	bytes_init(&fault, 4096);
	json_t *answer = json_loadb(data, size, JSON_REJECT_DUPLICATES, &unused);
	enum err errors[] = {evidence_prove_bundle(evidence, data, size),
			     answer ? evidence_prove_answer(evidence, answer, &line) : ERR_INPUT,
			     evidence_prove_receipt(evidence, &settings, data, size, &fault, &is_pending)};
	for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
		expect(errors[i] != ERR_NONE, "nothing is proven without a key");
	expect(evidence->found.count > 0, "it is said what is wrong");
	json_decref(answer);
	bytes_release(&fault);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct evidence evidence;
	expect(evidence_open(&evidence) == ERR_NONE, "there is memory");
	prove(&evidence, (const char *)data, size);
	evidence_close(&evidence);
	return 0;
}
