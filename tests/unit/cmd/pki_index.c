/* The index of certificates that were made. */
#include "pki_index.h"

#include <string.h>

#include "support/directory.h"
#include "support/unit.h"

static struct pki_entry entry(const char *serial, const char *client, int64_t not_after_s)
{
	struct pki_entry made = {.not_after_s = not_after_s};
	snprintf(made.serial, sizeof made.serial, "%s", serial);
	snprintf(made.client, sizeof made.client, "%s", client);
	return made;
}

static void add(struct pki_index *index, const char *serial, const char *client, int64_t not_after_s)
{
	struct pki_entry made = entry(serial, client, not_after_s);
	ck_assert_int_eq(pki_index_add(index, &made), ERR_NONE);
}

START_TEST(keeps_entries_over_a_file)
{
	struct directory directory = directory_new();
	struct pki_index written = {0}, read = {0};
	struct bytes fault;
	bytes_init(&fault, 1024);
	for (int i = 0; i < 40; i++) {
		char serial[CERTIFICATE_SERIAL_SIZE];
		snprintf(serial, sizeof serial, "%032x", i);
		add(&written, serial, "kent.web", 1000 + i);
	}
	written.entries[7].revoked_at_s = 99;
	ck_assert_int_eq(pki_index_write(directory_path(&directory, "index"), &written, &fault), ERR_NONE);
	ck_assert_int_eq(pki_index_read(directory_path(&directory, "index"), &fault, &read), ERR_NONE);
	ck_assert_uint_eq(read.count, 40);
	const struct pki_entry *seventh = pki_index_find(&read, "00000000000000000000000000000007");
	ck_assert_str_eq(seventh->client, "kent.web");
	ck_assert_int_eq(seventh->not_after_s, 1007);
	ck_assert_int_eq(seventh->revoked_at_s, 99);
	ck_assert_ptr_null(pki_index_find(&read, "ff"));
	pki_index_release(&written);
	pki_index_release(&read);
	bytes_release(&fault);
	directory_remove(&directory);
}
END_TEST

START_TEST(revokes_what_is_still_good)
{
	struct pki_index index = {0};
	add(&index, "01", "kent.web", 100);
	add(&index, "02", "kent.web", 300);
	add(&index, "03", "kent.web2", 300);
	add(&index, "04", "kent.web", 400);
	ck_assert_uint_eq(pki_index_revoke(&index, "kent.web", 200), 2);
	ck_assert_int_eq(pki_index_find(&index, "01")->revoked_at_s, 0);
	ck_assert_int_eq(pki_index_find(&index, "02")->revoked_at_s, 200);
	ck_assert_int_eq(pki_index_find(&index, "03")->revoked_at_s, 0);
	ck_assert_uint_eq(pki_index_revoke(&index, "kent.web", 250), 0);
	ck_assert_int_eq(pki_index_find(&index, "04")->revoked_at_s, 200);
	pki_index_release(&index);
}
END_TEST

START_TEST(is_empty_without_a_file)
{
	struct pki_index index = {0};
	struct bytes fault;
	bytes_init(&fault, 1024);
	ck_assert_int_eq(pki_index_read("/nowhere/index", &fault, &index), ERR_NONE);
	ck_assert_uint_eq(index.count, 0);
	bytes_release(&fault);
}
END_TEST

START_TEST(refuses_lines_that_are_none)
{
	static const char *const bad[] = {"01 kent.web 5\n", "01 kent.web 5 0 9\n", "XY kent.web 5 0\n", "01 Kent 5 0\n",
					  "01 kent.web 5 0\n\n01 kent.web 5 0\n"};
	struct directory directory = directory_new();
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct pki_index index = {0};
		struct bytes fault;
		bytes_init(&fault, 1024);
		directory_put(&directory, "index", bad[i]);
		ck_assert_msg(pki_index_read(directory_path(&directory, "index"), &fault, &index) == ERR_INPUT, "%s", bad[i]);
		ck_assert_ptr_null(index.entries);
		bytes_release(&fault);
	}
	directory_remove(&directory);
}
END_TEST

UNIT("pki_index", keeps_entries_over_a_file, revokes_what_is_still_good, is_empty_without_a_file,
     refuses_lines_that_are_none)
