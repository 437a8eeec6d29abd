/* What the contract's tests start from: a contract made of a text, a schema made of a line. */
#ifndef UNIT_CONTRACT_GIVEN_H
#define UNIT_CONTRACT_GIVEN_H

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "contract/contract.h"

/* Lines 1 to 7 before the schema's, which is line 8. */
#define GIVEN_SCHEMA                                                                                     \
	"openapi: 3.1.0\n"                                                                               \
	"info: {title: given, version: 0.1.0}\n"                                                         \
	"components:\n"                                                                                  \
	"  schemas:\n"                                                                                   \
	"    Node: {type: object, additionalProperties: false,\n"                                        \
	"      properties: {next: {$ref: '#/components/schemas/Node'}, list: {type: array, items: {$ref: '#/components/schemas/Node'}}}}\n" \
	"    Word: {type: string, enum: [red, green]}\n"                                                 \
	"    Given: %s\n"                                                                                \
	"paths:\n"                                                                                       \
	"  /v1/given:\n"                                                                                 \
	"    get: {operationId: given, tags: [given], x-roles: [reader], x-lane: point, x-precondition: none, x-ledger: none,\n" \
	"      responses: {'200': {description: given, content: {application/json: {schema: {$ref: '#/components/schemas/Given'}}}}}}\n"

static inline struct contract *given_contract(const char *text)
{
	struct bytes fault;
	struct contract *contract = NULL;
	bytes_init(&fault, 4096);
	enum err error = contract_load(text, strlen(text), &fault, &contract);
	ck_assert_msg(error == ERR_NONE, "%s: %s", err_word(error), bytes_string(&fault));
	bytes_release(&fault);
	return contract;
}

/* The fault of a contract that must not load; "" when it did. The caller frees it. */
static inline char *given_fault(const char *text)
{
	struct bytes fault;
	struct contract *contract = NULL;
	bytes_init(&fault, 4096);
	enum err error = contract_load(text, strlen(text), &fault, &contract);
	ck_assert_msg(error == ERR_NONE || error == ERR_INPUT, "%s", err_word(error));
	char *told = strdup(error ? bytes_string(&fault) : "");
	contract_free(contract);
	bytes_release(&fault);
	return told;
}

static inline void given_is_refused(const char *text, const char *fault)
{
	char *told = given_fault(text);
	ck_assert_msg(strstr(told, fault) == told, "expected \"%s\", got \"%s\" of:\n%s", fault, told, text);
	free(told);
}

/* A contract whose one answer has the schema. */
static inline char *given_schema_text(const char *schema)
{
	char *text = NULL;
	ck_assert_int_gt(asprintf(&text, GIVEN_SCHEMA, schema), 0);
	return text;
}

static inline struct contract *given_schema(const char *schema)
{
	char *text = given_schema_text(schema);
	struct contract *contract = given_contract(text);
	free(text);
	return contract;
}

/* "pointer code; pointer code" of all faults; " …" at the end when truncated. In the arena. */
static inline const char *given_told(struct arena *arena, const struct faults *faults)
{
	char *told = arena_copy_string(arena, "");
	for (size_t i = 0; i < faults->count; i++)
		told = arena_format(arena, "%s%s%s %s", told, i ? "; " : "", faults->list[i].pointer,
				    faults->list[i].code);
	return faults->truncated ? arena_format(arena, "%s …", told) : told;
}

#endif
