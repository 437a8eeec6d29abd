/* `secondlook ledger publish`: reads new signed heads and hands them to a witness, in the order they were signed. */
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "db/read.h"
#include "ledger.h"
#include "subcommands.h"
#include "witness.h"

enum { TRIES = 5, FIRST_WAIT_MS = 200, FOLLOW_MS = 1000, LONGEST_WAIT_MS = 60000, NAME_MAXIMUM = 64 };
#define HEADS_AT_ONCE "500"
/* Columns of heads_after(). */
enum { HEAD_EPOCH, HEAD_PLACE, HEAD_TREE, HEAD_SIZE, HEAD_NOTE };

struct publishing {
	struct bytes connection, fault;
	struct witness *witness;
	struct witness_place place;
	uint64_t count; /* published by this run */
};

/* --- one head ------------------------------------------------------------------------------------------------------ */

/* What is no such name would name a file anywhere. */
static bool is_name(const char *name)
{
	size_t length = name ? strlen(name) : 0;
	return length && length < NAME_MAXIMUM && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == length;
}

/* A witness that is away may be back in a moment. */
static enum witness_answer put(struct publishing *publishing, const char *path, const char *note)
{
	int wait_ms = FIRST_WAIT_MS;
	for (int try = 1;; try++) {
		bytes_clear(&publishing->fault);
		enum witness_answer answer = witness_put(publishing->witness, path, note, &publishing->fault);
		if (answer != WITNESS_AWAY || try == TRIES)
			return answer;
		(void)poll(NULL, 0, wait_ms);
		wait_ms *= 2;
	}
}

static enum witness_answer publish_head(struct publishing *publishing, const char *const *head)
{
	char path[2 * NAME_MAXIMUM + 64];
	const char *name = strcmp(head[HEAD_TREE], "*") == 0 ? "nation" : head[HEAD_TREE];
	if (!is_name(head[HEAD_EPOCH]) || !is_name(name) || !head[HEAD_NOTE]) {
		bytes_append_string(&publishing->fault, "a head of the database has a name that can't be one\n");
		return WITNESS_REFUSED;
	}
	snprintf(path, sizeof path, "%s/%s/%s.txt", head[HEAD_EPOCH], name, head[HEAD_SIZE]);
	enum witness_answer answer = put(publishing, path, head[HEAD_NOTE]);
	if (answer != WITNESS_TOOK)
		return answer;
	snprintf(publishing->place.epoch, sizeof publishing->place.epoch, "%s", head[HEAD_EPOCH]);
	publishing->place.place = strtoull(head[HEAD_PLACE], NULL, 10);
	publishing->count++;
	return WITNESS_TOOK;
}

/* --- all there are ------------------------------------------------------------------------------------------------- */

static enum witness_answer away(struct publishing *publishing, struct db_reader *reader)
{
	bytes_format(&publishing->fault, "%s\n", db_reader_fault(reader));
	return WITNESS_AWAY;
}

static enum witness_answer publish_rows(struct publishing *publishing, struct db_reader *reader, size_t *count)
{
	char place[24];
	const char *values[] = {publishing->place.epoch, place}, *const *head = NULL;
	enum witness_answer answer = WITNESS_TOOK;
	snprintf(place, sizeof place, "%" PRIu64, publishing->place.place);
	if (db_reader_start(reader, "select * from heads_after($1, $2, " HEADS_AT_ONCE ")", values, 2))
		return away(publishing, reader);
	while (answer == WITNESS_TOOK) {
		if (db_reader_next(reader, &head))
			return away(publishing, reader);
		if (!head)
			break;
		answer = publish_head(publishing, head);
		*count += answer == WITNESS_TOOK;
	}
	return answer;
}

/* The next few; `count` is how many were published. A reader each time: a witness that is slow must not hold a snapshot for hours. */
static enum witness_answer publish_some(struct publishing *publishing, size_t *count)
{
	struct db_reader *reader = NULL;
	*count = 0;
	enum witness_answer answer = db_reader_open(bytes_string(&publishing->connection), NULL, &reader)
					     ? away(publishing, reader) : publish_rows(publishing, reader, count);
	db_reader_close(reader);
	/* A place that can't be written down costs a repetition, which changes nothing. */
	if (*count && witness_note(publishing->witness, &publishing->place))
		fprintf(stderr, "secondlook ledger publish: how far it came can't be written down; the next run begins earlier\n");
	return answer;
}

static enum witness_answer publish_new(struct publishing *publishing)
{
	enum witness_answer answer = WITNESS_TOOK;
	for (size_t count = 1; answer == WITNESS_TOOK && count;)
		answer = publish_some(publishing, &count);
	return answer;
}

static enum witness_answer find_place(struct publishing *publishing)
{
	struct db_reader *reader = NULL;
	const char *const *row = NULL;
	bool good = !db_reader_open(bytes_string(&publishing->connection), NULL, &reader) &&
		    !db_reader_start(reader, "select coalesce(string_agg(name, ' ' order by epoch desc), '') from ledger_epoch", NULL, 0) &&
		    !db_reader_next(reader, &row) && row;
	if (good)
		witness_resume(publishing->witness, row[0], &publishing->place);
	enum witness_answer answer = good ? WITNESS_TOOK : away(publishing, reader);
	db_reader_close(reader);
	return answer;
}

/* --- the subcommand ------------------------------------------------------------------------------------------------ */

static void complain(struct publishing *publishing)
{
	(void)subcommand_failed("ledger publish", ERR_SYSTEM, &publishing->fault);
	bytes_clear(&publishing->fault);
}

/* Goes on until it is told to end, or something is wrong that no waiting mends. */
static enum witness_answer follow(struct publishing *publishing)
{
	int wait_ms = FOLLOW_MS;
	for (;;) {
		(void)poll(NULL, 0, wait_ms);
		enum witness_answer answer = publish_new(publishing);
		if (answer == WITNESS_REFUSED || answer == WITNESS_FORKED)
			return answer;
		if (answer == WITNESS_AWAY)
			complain(publishing);
		wait_ms = answer == WITNESS_TOOK ? FOLLOW_MS : wait_ms < LONGEST_WAIT_MS / 2 ? wait_ms * 2 : LONGEST_WAIT_MS;
	}
}

static int run(struct publishing *publishing, bool follows)
{
	enum witness_answer answer = find_place(publishing);
	if (answer == WITNESS_TOOK)
		answer = publish_new(publishing);
	printf("published %" PRIu64 " heads\n", publishing->count);
	fflush(stdout);
	if (follows && answer == WITNESS_TOOK)
		answer = follow(publishing);
	if (answer == WITNESS_TOOK)
		return EXIT_SUCCESS;
	complain(publishing);
	return answer == WITNESS_FORKED ? LEDGER_FAULTY : LEDGER_FAILED;
}

int ledger_publish(const struct settings *settings)
{
	struct publishing publishing = {0};
	int status = LEDGER_USAGE;
	bytes_init(&publishing.connection, 4096);
	bytes_init(&publishing.fault, 1 << 16);
	enum err error = witness_open(settings, &publishing.fault, &publishing.witness);
	if (!error)
		error = settings_connection(settings, "secondlook_verifier", &publishing.connection, &publishing.fault);
	if (error)
		(void)subcommand_failed("ledger publish", error, &publishing.fault);
	else
		status = run(&publishing, settings->follow);
	witness_close(publishing.witness);
	bytes_release(&publishing.connection);
	bytes_release(&publishing.fault);
	return status;
}
