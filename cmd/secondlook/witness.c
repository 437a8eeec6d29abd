/* Puts signed heads into a directory, or posts them to a receiver. */
#include "witness.h"

#include <curl/curl.h>
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "files.h"

enum { NOTE_MAXIMUM = 4096, CONNECT_S = 5, TIMEOUT_S = 15 };

struct witness {
	const char *directory; /* NULL: a receiver */
	const char *url;
	CURL *easy;
	struct curl_slist *headers;
	char error[CURL_ERROR_SIZE];
	char place_path[PATH_MAX]; /* of a receiver */
};

/* --- a directory --------------------------------------------------------------------------------------------------- */

static enum witness_answer compare(const char *path, const char *note, const struct bytes *there, struct bytes *fault)
{
	if (there->length == strlen(note) && memcmp(there->data, note, there->length) == 0)
		return WITNESS_TOOK;
	bytes_format(fault, "%s: another head is there in this one's place\n", path);
	return WITNESS_FORKED;
}

static enum witness_answer write_file(const char *path, const char *note, struct bytes *fault)
{
	char directory[PATH_MAX];
	snprintf(directory, sizeof directory, "%.*s", (int)(strrchr(path, '/') - path), path);
	if (!files_make_directory(directory, 0755) && !files_write(path, 0644, note, strlen(note)))
		return WITNESS_TOOK;
	bytes_format(fault, "%s: can't be written: %s\n", path, strerror(errno));
	return WITNESS_AWAY;
}

static enum witness_answer put_file(const struct witness *witness, const char *name, const char *note, struct bytes *fault)
{
	char path[PATH_MAX];
	struct bytes there;
	int length = snprintf(path, sizeof path, "%s/%s", witness->directory, name);
	if (length < 0 || length >= (int)sizeof path) {
		bytes_format(fault, "%s: too long a path\n", witness->directory);
		return WITNESS_REFUSED;
	}
	bytes_init(&there, NOTE_MAXIMUM);
	enum err error = files_read(path, &there);
	enum witness_answer answer = error == ERR_SYSTEM && errno == ENOENT ? write_file(path, note, fault) : compare(path, note, &there, fault);
	bytes_release(&there);
	return answer;
}

/* The largest head of the nation that is there: it comes last of its pass. 0: none. */
static uint64_t largest(const struct witness *witness, const char *epoch, size_t length)
{
	char path[PATH_MAX];
	uint64_t found = 0;
	snprintf(path, sizeof path, "%s/%.*s/nation", witness->directory, (int)length, epoch);
	DIR *directory = opendir(path);
	for (struct dirent *entry; directory && (entry = readdir(directory));) {
		char *end;
		uint64_t size = strtoull(entry->d_name, &end, 10);
		if (strcmp(end, ".txt") == 0 && size > found)
			found = size;
	}
	if (directory)
		closedir(directory);
	return found;
}

static void resume_directory(const struct witness *witness, const char *epochs, struct witness_place *place)
{
	while (*epochs) {
		size_t length = strcspn(epochs, " ");
		uint64_t size = length < sizeof place->epoch ? largest(witness, epochs, length) : 0;
		if (size) {
			snprintf(place->epoch, sizeof place->epoch, "%.*s", (int)length, epochs);
			place->place = 2 * size - 1;
			return;
		}
		epochs += length + (epochs[length] == ' ');
	}
}

/* --- a receiver ---------------------------------------------------------------------------------------------------- */

static size_t ignore(char *data, size_t size, size_t count, void *context)
{
	(void)data, (void)context;
	return size * count;
}

static enum witness_answer judge(const char *url, long status, struct bytes *fault)
{
	if (status >= 200 && status < 300)
		return WITNESS_TOOK;
	if (status == 409) {
		bytes_format(fault, "%s: the witness has another head in this one's place (409)\n", url);
		return WITNESS_FORKED;
	}
	bytes_format(fault, "%s: the witness answers %ld\n", url, status);
	return status >= 500 || status == 429 || status == 408 ? WITNESS_AWAY : WITNESS_REFUSED;
}

static enum witness_answer post(struct witness *witness, const char *name, const char *note, struct bytes *fault)
{
	char url[PATH_MAX];
	long status = 0;
	int length = snprintf(url, sizeof url, "%s/%s", witness->url, name);
	witness->error[0] = '\0';
	if (length < 0 || length >= (int)sizeof url || curl_easy_setopt(witness->easy, CURLOPT_URL, url) ||
	    curl_easy_setopt(witness->easy, CURLOPT_POSTFIELDS, note))
		return WITNESS_REFUSED;
	CURLcode code = curl_easy_perform(witness->easy);
	if (code != CURLE_OK) {
		bytes_format(fault, "%s: %s\n", url, *witness->error ? witness->error : curl_easy_strerror(code));
		return WITNESS_AWAY;
	}
	(void)curl_easy_getinfo(witness->easy, CURLINFO_RESPONSE_CODE, &status);
	return judge(url, status, fault);
}

static uint64_t hash_text(const char *text)
{
	uint64_t hash = 0xcbf29ce484222325U; /* FNV-1a */
	for (; *text; text++)
		hash = (hash ^ (unsigned char)*text) * 0x100000001b3U;
	return hash;
}

static void resume_receiver(const struct witness *witness, struct witness_place *place)
{
	struct bytes text;
	struct witness_place read;
	bytes_init(&text, 100);
	if (!files_read(witness->place_path, &text) && bytes_string(&text) &&
	    sscanf(bytes_string(&text), "%16[0-9a-f] %" SCNu64, read.epoch, &read.place) == 2)
		*place = read;
	bytes_release(&text);
}

static bool furnish(struct witness *witness, const struct settings *settings)
{
	CURL *easy = witness->easy = curl_easy_init();
	witness->headers = curl_slist_append(NULL, "Content-Type: text/plain; charset=utf-8");
	return easy && witness->headers && !curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L) &&
	       !curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_S) &&
	       !curl_easy_setopt(easy, CURLOPT_TIMEOUT, (long)TIMEOUT_S) &&
	       !curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "https") &&
	       !curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) &&
	       !curl_easy_setopt(easy, CURLOPT_SSLCERT, settings->witness_certificate) &&
	       !curl_easy_setopt(easy, CURLOPT_SSLKEY, settings->witness_key) &&
	       (!*settings->witness_authority || !curl_easy_setopt(easy, CURLOPT_CAINFO, settings->witness_authority)) &&
	       !curl_easy_setopt(easy, CURLOPT_POST, 1L) && !curl_easy_setopt(easy, CURLOPT_HTTPHEADER, witness->headers) &&
	       !curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, witness->error) &&
	       !curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, ignore);
}

static enum err open_receiver(struct witness *witness, const struct settings *settings, struct bytes *fault)
{
	if (!*settings->witness_certificate || !*settings->witness_key) {
		bytes_append_string(fault, "a URL needs --witness-certificate and --witness-key: whom the witness shall know us as\n");
		return ERR_INPUT;
	}
	int length = snprintf(witness->place_path, sizeof witness->place_path, "%s/run/published.%016" PRIx64, settings->dir,
			      hash_text(settings->to));
	if (length < 0 || length >= (int)sizeof witness->place_path)
		return ERR_LIMIT;
	witness->url = settings->to;
	return curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK && furnish(witness, settings) ? ERR_NONE : ERR_MEMORY;
}

/* --- both ---------------------------------------------------------------------------------------------------------- */

enum err witness_open(const struct settings *settings, struct bytes *fault, struct witness **witness)
{
	enum err error = ERR_NONE;
	struct witness *made = calloc(1, sizeof *made);
	if (!made)
		return ERR_MEMORY;
	if (strncmp(settings->to, "https://", 8) == 0) {
		error = open_receiver(made, settings, fault);
	} else if (!*settings->to || strstr(settings->to, "://")) {
		bytes_append_string(fault, "say where to: --to DIRECTORY or --to https://HOST/PATH\n");
		error = ERR_INPUT;
	} else {
		made->directory = settings->to;
	}
	if (error)
		witness_close(made);
	else
		*witness = made;
	return error;
}

void witness_close(struct witness *witness)
{
	if (!witness)
		return;
	curl_easy_cleanup(witness->easy);
	curl_slist_free_all(witness->headers);
	free(witness);
}

void witness_resume(struct witness *witness, const char *epochs, struct witness_place *place)
{
	*place = (struct witness_place){0};
	if (witness->directory)
		resume_directory(witness, epochs, place);
	else
		resume_receiver(witness, place);
}

enum witness_answer witness_put(struct witness *witness, const char *path, const char *note, struct bytes *fault)
{
	return witness->directory ? put_file(witness, path, note, fault) : post(witness, path, note, fault);
}

enum err witness_note(struct witness *witness, const struct witness_place *place)
{
	char text[64];
	if (witness->directory)
		return ERR_NONE;
	int length = snprintf(text, sizeof text, "%s %" PRIu64 "\n", place->epoch, place->place);
	return files_replace(witness->place_path, 0644, text, (size_t)length);
}
