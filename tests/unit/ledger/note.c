/* Signed notes and their keys against RFC 8032 and another implementation's note, and what is no good note. */
#include "ledger/note.h"

#include <string.h>

#include "ledger/codec.h"
#include "support/unit.h"

/* RFC 8032, section 7.1, tests 1 and 2: private keys in PKCS #8. */
static const char pem_1[] = "-----BEGIN PRIVATE KEY-----\n"
			    "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n"
			    "-----END PRIVATE KEY-----\n";
static const char pem_2[] = "-----BEGIN PRIVATE KEY-----\n"
			    "MC4CAQAwBQYDK2VwBCIEIEzNCJso/5banbbDRuwRTg9bijGfNaumJNqM9u1PuKb7\n"
			    "-----END PRIVATE KEY-----\n";
static const char signature_1[] = "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e397"
				  "01cf9b46bd25bf5f0595bbe24655141438e7a100b";
static const char signature_2[] = "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f361"
				  "3d0f11d8c387b2eaeb4302aeeb00d291612bb0c00";

/* The example of Go's golang.org/x/mod/sumdb/note, whose format C2SP took over. */
static const char go_pem[] = "-----BEGIN PRIVATE KEY-----\n"
			     "MC4CAQAwBQYDK2VwBCIEIIEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz\n"
			     "-----END PRIVATE KEY-----\n";
static const char go_vkey[] = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW\n";
static const char go_note[] = "If you think cryptography is the answer to your problem,\n"
			      "then you don't know what your problem is.\n"
			      "\n"
			      "\xe2\x80\x94 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngot"
			      "pRZb6KE6RyyBwJnAM=\n";
static const size_t go_text_length = sizeof "If you think cryptography is the answer to your problem,\n"
					    "then you don't know what your problem is.\n" - 1;

static void expect_signature(const char *pem, const char *text, size_t length, const char *expected)
{
	struct note_key key;
	struct bytes written;
	unsigned char signature[NOTE_SIGNATURE_SIZE];
	bytes_init(&written, 200);
	ck_assert_int_eq(note_key_read("vector", pem, strlen(pem), &key), ERR_NONE);
	ck_assert_int_eq(note_signature(&key, text, length, signature), ERR_NONE);
	codec_append_hex(&written, signature, sizeof signature);
	ck_assert_str_eq(bytes_string(&written), expected);
	ck_assert_int_eq(note_check(&key, text, length, signature), ERR_NONE);
	note_key_release(&key);
	bytes_release(&written);
}

START_TEST(signatures_agree_with_the_vectors)
{
	expect_signature(pem_1, "", 0, signature_1);
	expect_signature(pem_2, "\x72", 1, signature_2);
}
END_TEST

START_TEST(a_note_is_signed_as_others_sign_it)
{
	struct note_key key;
	struct bytes written;
	bytes_init(&written, 4096);
	ck_assert_int_eq(note_key_read("PeterNeumann", go_pem, strlen(go_pem), &key), ERR_NONE);
	note_key_append_vkey(&key, &written);
	ck_assert_str_eq(bytes_string(&written), go_vkey);
	bytes_clear(&written);
	ck_assert_int_eq(note_sign(&key, go_note, go_text_length, &written), ERR_NONE);
	ck_assert_str_eq(bytes_string(&written), go_note);
	note_key_release(&key);
	bytes_release(&written);
}
END_TEST

START_TEST(a_note_of_others_is_opened)
{
	struct note_key key, again;
	struct note note;
	ck_assert_int_eq(note_key_parse(go_vkey, strlen(go_vkey), &key), ERR_NONE);
	ck_assert_str_eq(key.name, "PeterNeumann");
	ck_assert_int_eq(note_open(&key, 1, go_note, strlen(go_note), &note), NOTE_GOOD);
	ck_assert_uint_eq(note.length, go_text_length);
	ck_assert_ptr_eq(note.text, go_note);
	ck_assert_ptr_eq(note.signer, &key);
	ck_assert_int_eq(note_key_from_public(key.name, key.public_key, &again), ERR_NONE);
	ck_assert_mem_eq(again.id, key.id, sizeof key.id);
	note_key_release(&again);
	note_key_release(&key);
}
END_TEST

/* Each byte of the note matters, but for those that only name a signer that then isn't known. */
START_TEST(an_altered_note_is_refused)
{
	struct note_key key;
	struct note note;
	char altered[sizeof go_note];
	ck_assert_int_eq(note_key_parse(go_vkey, strlen(go_vkey), &key), ERR_NONE);
	for (size_t i = 0; i < strlen(go_note); i++) {
		memcpy(altered, go_note, sizeof go_note);
		altered[i] ^= 0x01;
		enum note_fault fault = note_open(&key, 1, altered, strlen(go_note), &note);
		ck_assert_int_ne(fault, NOTE_GOOD);
		if (i < go_text_length - 1 && altered[i] >= ' ')
			ck_assert_int_eq(fault, NOTE_WRONG_SIGNATURE);
		ck_assert_int_ne(note_open(&key, 1, go_note, i, &note), NOTE_GOOD);
	}
	note_key_release(&key);
}
END_TEST

static enum note_fault open_with(const struct note_key *key, const char *text, const char *signatures)
{
	struct bytes whole;
	struct note note;
	bytes_init(&whole, 1 << 16);
	bytes_format(&whole, "%s%s", text, signatures);
	enum note_fault fault = note_open(key, 1, whole.data, whole.length, &note);
	bytes_release(&whole);
	return fault;
}

START_TEST(signatures_of_others_are_left_aside)
{
	static const char foreign[] = "\xe2\x80\x94 stranger AAAAAAA=\n";
	static const char forged[] = "\xe2\x80\x94 PeterNeumann x08go/ZJ\n";
	struct note_key key;
	struct bytes many;
	bytes_init(&many, 1 << 12);
	ck_assert_int_eq(note_key_parse(go_vkey, strlen(go_vkey), &key), ERR_NONE);
	ck_assert_int_eq(open_with(&key, go_note, foreign), NOTE_GOOD);
	ck_assert_int_eq(open_with(&key, "text\n\n", foreign), NOTE_UNKNOWN_KEY);
	ck_assert_int_eq(open_with(&key, go_note, forged), NOTE_WRONG_SIGNATURE);
	ck_assert_int_eq(open_with(&key, "text\n", foreign), NOTE_MALFORMED);
	ck_assert_int_eq(open_with(&key, "te\rxt\n\n", foreign), NOTE_MALFORMED);
	ck_assert_int_eq(open_with(&key, "text\n\n", ""), NOTE_MALFORMED);
	ck_assert_int_eq(open_with(&key, "text\n\n", "- stranger AAAAAAA=\n"), NOTE_MALFORMED);
	ck_assert_int_eq(open_with(&key, "text\n\n", "\xe2\x80\x94 stranger AAAAAAA="), NOTE_MALFORMED);
	ck_assert_int_eq(open_with(&key, "text\n\n", "\xe2\x80\x94 str+anger AAAAAAA=\n"), NOTE_MALFORMED);
	ck_assert_int_eq(open_with(&key, "text\n\n", "\xe2\x80\x94 stranger AAAA\n"), NOTE_MALFORMED);
	for (int i = 0; i < NOTE_SIGNATURES_MAXIMUM; i++)
		bytes_append_string(&many, foreign);
	ck_assert_int_eq(open_with(&key, go_note, bytes_string(&many)), NOTE_MALFORMED);
	bytes_release(&many);
	note_key_release(&key);
}
END_TEST

START_TEST(keys_are_made_written_and_read_again)
{
	struct note_key made, read, half;
	struct bytes pem, vkey, note;
	struct note opened;
	bytes_init(&pem, 4096);
	bytes_init(&vkey, 4096);
	bytes_init(&note, 4096);
	ck_assert_int_eq(note_key_generate("secondlook", &made), ERR_NONE);
	ck_assert_int_eq(note_key_write(&made, &pem), ERR_NONE);
	note_key_append_vkey(&made, &vkey);
	ck_assert_int_eq(note_key_read("secondlook", pem.data, pem.length, &read), ERR_NONE);
	ck_assert_int_eq(note_key_parse(vkey.data, vkey.length, &half), ERR_NONE);
	ck_assert_mem_eq(read.id, made.id, sizeof made.id);
	ck_assert_mem_eq(half.id, made.id, sizeof made.id);
	ck_assert_int_eq(note_sign(&read, "one\n\ntwo\n", 9, &note), ERR_NONE);
	ck_assert_int_eq(note_open(&half, 1, note.data, note.length, &opened), NOTE_GOOD);
	ck_assert_uint_eq(opened.length, 9);
	ck_assert_int_eq(note_sign(&half, "one\n", 4, &note), ERR_SYSTEM); /* nobody signs with a public key */
	note_key_release(&made);
	note_key_release(&read);
	note_key_release(&half);
	bytes_release(&pem);
	bytes_release(&vkey);
	bytes_release(&note);
}
END_TEST

START_TEST(what_is_no_key_is_refused)
{
	static const char *const wrong[] = {
		"", "\n", "PeterNeumann", "PeterNeumann+c74f20a3", "PeterNeumann+c74f20a3+",
		"PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
		"PeterNeuman+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
		"PeterNeumann+c74f20a3+Ahpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
		"PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10T",
		"+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
	};
	struct note_key key;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		ck_assert_msg(note_key_parse(wrong[i], strlen(wrong[i]), &key) == ERR_INPUT, "%s", wrong[i]);
	ck_assert_int_eq(note_key_read("name", "no PEM", 6, &key), ERR_INPUT);
	ck_assert_int_eq(note_key_read("a name", pem_1, strlen(pem_1), &key), ERR_INPUT);
	ck_assert_int_eq(note_key_generate("", &key), ERR_INPUT);
	ck_assert_int_eq(note_key_generate("a+b", &key), ERR_INPUT);
}
END_TEST

START_TEST(what_is_no_text_is_not_signed)
{
	struct note_key key;
	struct bytes note;
	bytes_init(&note, 4096);
	ck_assert_int_eq(note_key_generate("secondlook", &key), ERR_NONE);
	ck_assert_int_eq(note_sign(&key, "", 0, &note), ERR_INPUT);
	ck_assert_int_eq(note_sign(&key, "no line feed", 12, &note), ERR_INPUT);
	ck_assert_int_eq(note_sign(&key, "a\tb\n", 4, &note), ERR_INPUT);
	ck_assert_uint_eq(note.length, 0);
	note_key_release(&key);
	bytes_release(&note);
}
END_TEST

UNIT("note", signatures_agree_with_the_vectors, a_note_is_signed_as_others_sign_it, a_note_of_others_is_opened,
     an_altered_note_is_refused, signatures_of_others_are_left_aside, keys_are_made_written_and_read_again,
     what_is_no_key_is_refused, what_is_no_text_is_not_signed)
