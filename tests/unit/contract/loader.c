/* Tests of reading words, texts and flags out of a document. */
#include "contract/loader.h"

#include "support/unit.h"
#include "unit/contract/given.h"

static struct yaml_source *source;
static struct bytes fault;
static struct loader loader;

static const json_t *open_text(const char *text)
{
	bytes_init(&fault, 1024);
	ck_assert_int_eq(yaml_source_read(text, strlen(text), &fault, &source), ERR_NONE);
	loader = (struct loader){.source = source, .fault = &fault};
	return yaml_source_root(source);
}

static void close_text(const char *told)
{
	ck_assert_str_eq(bytes_string(&fault), told);
	bytes_release(&fault);
	yaml_source_free(source);
}

START_TEST(reads_members)
{
	static const char *const words[] = {"no", "yes", NULL};
	const json_t *root = open_text("text: a\nflag: true\nobject: {}\nchoice: 'yes'\n");
	const char *text = NULL;
	bool flag = false;
	json_t *object = NULL;
	unsigned choice = 7;
	ck_assert_int_eq(load_text(&loader, root, "text", true, &text), ERR_NONE);
	ck_assert_str_eq(text, "a");
	ck_assert_int_eq(load_text(&loader, root, "absent", false, &text), ERR_NONE);
	ck_assert_str_eq(text, "a");
	ck_assert_int_eq(load_flag(&loader, root, "flag", &flag), ERR_NONE);
	ck_assert(flag);
	ck_assert_int_eq(load_flag(&loader, root, "absent", &flag), ERR_NONE);
	ck_assert(flag);
	ck_assert_int_eq(load_object(&loader, root, "object", &object), ERR_NONE);
	ck_assert_ptr_nonnull(object);
	ck_assert_int_eq(load_object(&loader, root, "absent", &object), ERR_NONE);
	ck_assert_ptr_null(object);
	ck_assert_int_eq(load_choice(&loader, root, "choice", words, &choice), ERR_NONE);
	ck_assert_uint_eq(choice, 1);
	close_text("");
}
END_TEST

START_TEST(refuses_a_text_with_nul)
{
	const char *text = "before";
	const json_t *root = open_text("a: 1\ntext: \"x\\0y\"\n");
	ck_assert_int_eq(load_text(&loader, root, "text", true, &text), ERR_INPUT);
	ck_assert_str_eq(text, "before");
	close_text("line 2: \"text\" must be a text");
}
END_TEST

START_TEST(reads_references)
{
	const char *name = "before";
	const json_t *root = open_text("a: {$ref: '#/components/schemas/Name'}\nb: {}\nc: {$ref: '#/components/schemas/a/b'}\n");
	ck_assert_int_eq(load_reference(&loader, json_object_get(root, "a"), "schemas", &name), ERR_NONE);
	ck_assert_str_eq(name, "Name");
	ck_assert_int_eq(load_reference(&loader, json_object_get(root, "b"), "schemas", &name), ERR_NONE);
	ck_assert_ptr_null(name);
	ck_assert_int_eq(load_reference(&loader, json_object_get(root, "c"), "schemas", &name), ERR_INPUT);
	close_text("line 3: a reference here must be \"#/components/schemas/Name\"");
}
END_TEST

START_TEST(knows_names_of_inputs)
{
	ck_assert(load_is_input_name("caseId"));
	ck_assert(load_is_input_name("a1"));
	ck_assert(!load_is_input_name(""));
	ck_assert(!load_is_input_name("CaseId"));
	ck_assert(!load_is_input_name("1a"));
	ck_assert(!load_is_input_name("a-b"));
	ck_assert(!load_is_input_name("a_b"));
	ck_assert(!load_is_input_name("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"));
}
END_TEST

UNIT("loader", reads_members, refuses_a_text_with_nul, reads_references, knows_names_of_inputs)
