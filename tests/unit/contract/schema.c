/* Tests of compiling schemas: what is refused, with its line, and what a compiled schema knows. */
#include "contract/schema.h"

#include "support/unit.h"
#include "unit/contract/given.h"

/* The schema stands at line 8. */
START_TEST(refuses_with_the_line)
{
	static const struct {
		const char *schema, *fault;
	} rows[] = {
		{"7", "line 8: a schema must be an object"},
		{"null", "line 8: a schema must be an object"},
		{"{type: string,\n      multipleOf: 3}", "line 9: unknown word \"multipleOf\" in a schema"},
		{"{oneOf: []}", "line 8: unknown word \"oneOf\""},
		{"{type: strin}", "line 8: \"type\""},
		{"{type: []}", "line 8: \"type\""},
		{"{type: [string, string]}", "line 8: \"type\""},
		{"{type: 3}", "line 8: \"type\""},
		{"{enum: []}", "line 8: \"enum\""},
		{"{enum: x}", "line 8: \"enum\""},
		{"{type: [string, 'null'], enum: [a]}", "line 8: \"type\" takes null"},
		{"{type: string, format: email}", "line 8: \"format\""},
		{"{type: string,\n      maxLength: -1}", "line 9: must be a whole number"},
		{"{type: string, maxLength: 1.5}", "line 8: must be a whole number"},
		{"{type: string, minLength: 3, maxLength: 2}", "line 8: a minimum above its maximum"},
		{"{type: string,\n      pattern: '\\d+'}", "line 9: \"pattern\" has an escape"},
		{"{type: string, pattern: '[a'}", "line 8: \"pattern\" has a bracket"},
		{"{type: string, pattern: '(a'}", "line 8: \"pattern\" does not compile"},
		{"{type: string, pattern: 7}", "line 8: \"pattern\" must be a text"},
		{"{type: integer, minimum: a}", "line 8: \"minimum\""},
		{"{type: integer, maximum: a}", "line 8: \"maximum\""},
		{"{type: integer, maxLength: 3}", "line 8: \"maxLength\" needs a \"type\""},
		{"{maxLength: 3}", "line 8: \"maxLength\" needs a \"type\""},
		{"{properties: {}}", "line 8: \"properties\" needs a \"type\""},
		{"{type: array, items: 3}", "line 8: a schema must be an object"},
		{"{type: array, uniqueItems: true}", "line 8: uniqueItems needs a maxItems"},
		{"{type: array, uniqueItems: 1, maxItems: 3}", "line 8: must be true or false"},
		{"{type: object, properties: []}", "line 8: \"properties\""},
		{"{type: object, properties: {\n      a: {type: string,\n        b: 1}}}", "line 10: unknown word \"b\""},
		{"{type: object, required: a}", "line 8: \"required\""},
		{"{type: object, required: [1]}", "line 8: \"required\""},
		{"{type: object,\n      required: [a]}", "line 9: \"required\" names \"a\""},
		{"{type: object, additionalProperties: 1}", "line 8: a schema must be an object"},
		{"{type: object, unevaluatedProperties: false}", "line 8: \"unevaluatedProperties\""},
		{"{allOf: []}", "line 8: \"allOf\" must be a list"},
		{"{allOf: [{type: string}]}", "line 8: \"allOf\" merges"},
		{"{allOf: [{type: object},\n      {type: object, additionalProperties: false}]}", "line 9: a part of \"allOf\" refuses"},
		{"{allOf: [{type: object}], additionalProperties: false}", "line 8: additionalProperties does not see"},
		{"{allOf: [{type: object, properties: {a: {}}}, {type: object, properties: {a: {}}}]}",
		 "line 8: a second \"a\" within one allOf"},
		{"{allOf: [null]}", "line 8: a schema must be an object"},
		{"{allOf: [{type: object, minProperties: 1}]}", "line 8: minProperties and maxProperties belong"},
		{"{allOf: [{$ref: '#/components/schemas/Given'}]}", "line 8: \"Given\" contains itself through allOf"},
		{"{$ref: '#/components/schemas/Given'}", "line 8: a reference that leads back to itself"},
		{"{$ref: '#/components/schemas/Nobody'}", "line 8: components.schemas has no \"Nobody\""},
		{"{$ref: '#/definitions/Node'}", "line 8: a reference here must be \"#/components/schemas/Name\""},
		{"{$ref: 'other.yaml'}", "line 8: a reference here must be"},
		{"{$ref: 7}", "line 8: \"$ref\" must be a text"},
		{"{$ref: '#/components/schemas/Node', type: string}", "line 8: \"type\" cannot stand beside $ref"},
		{"{readOnly: yes}", "line 8: must be true or false"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char *text = given_schema_text(rows[i].schema);
		given_is_refused(text, rows[i].fault);
		free(text);
	}
}
END_TEST

START_TEST(accepts_the_list_of_words)
{
	contract_free(given_schema(
		"{type: [object, string, array, integer], title: t, description: d, example: 1, examples: [2], "
		"deprecated: true, readOnly: true, default: x, enum: [x], const: x, format: uuid, minLength: 1, "
		"maxLength: 2, pattern: x, minimum: 1, maximum: 2, items: {}, minItems: 1, maxItems: 2, uniqueItems: true, "
		"properties: {a: {}}, required: [a], additionalProperties: {}, minProperties: 1, maxProperties: 2}"));
	contract_free(given_schema("{$ref: '#/components/schemas/Node', description: d, readOnly: true, default: {}}"));
	contract_free(given_schema("{allOf: [{$ref: '#/components/schemas/Alias'}]}\n"
				   "    Alias: {$ref: '#/components/schemas/Base'}\n"
				   "    Base: {type: object, properties: {self: {$ref: '#/components/schemas/Given'}}}"));
}
END_TEST

START_TEST(resolves_references)
{
	struct contract *contract = given_schema("{$ref: '#/components/schemas/Alias', default: green}\n"
						 "    Alias: {$ref: '#/components/schemas/Word', readOnly: true}");
	const struct schema *schema = contract_find(contract, "given")->answer;
	ck_assert_uint_eq(schema_resolve(schema)->types, SCHEMA_STRING);
	ck_assert_str_eq(json_string_value(schema_fallback(schema)), "green");
	ck_assert(schema_is_read_only(schema));
	ck_assert(!schema_is_read_only(schema_resolve(schema)));
	ck_assert_ptr_null(schema_fallback(schema_resolve(schema)));
	contract_free(contract);
}
END_TEST

START_TEST(finds_properties)
{
	struct contract *contract = given_schema("{type: object, required: [b], properties: {c: {}, a: {}, b: {}, zz: {}, z: {}}}");
	const struct schema *schema = schema_resolve(contract_find(contract, "given")->answer);
	static const char *const names[] = {"a", "b", "c", "z", "zz"};
	for (size_t i = 0; i < 5; i++)
		ck_assert_str_eq(schema_property(schema, names[i])->name, names[i]);
	ck_assert(schema_property(schema, "b")->required);
	ck_assert(!schema_property(schema, "a")->required);
	ck_assert_ptr_null(schema_property(schema, ""));
	ck_assert_ptr_null(schema_property(schema, "zzz"));
	ck_assert_ptr_null(schema_property(&schema_anything, "a"));
	ck_assert_str_eq(schema->properties[0].name, "c");
	ck_assert_uint_eq(schema->required_count, 1);
	contract_free(contract);
}
END_TEST

UNIT("schema", refuses_with_the_line, accepts_the_list_of_words, resolves_references, finds_properties)
