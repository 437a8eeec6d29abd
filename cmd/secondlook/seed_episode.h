/* One episode of an invented case: the call, what is done about it, the second look; each as steps (seed_run.h). */
#ifndef SEED_EPISODE_H
#define SEED_EPISODE_H

#include <stdint.h>

#include "seed_invent.h"

enum { SEED_QUESTIONS = 27 };

/* What every step is made with. `failed` is set for good when memory ran out. */
struct seed_writer {
	struct seed_random random;
	const json_t *words;
	const json_t *set; /* the question set */
	bool failed;
};

struct seed_case {
	char reference[20];
	const char *client; /* certificate */
	const char *prefix; /* of staff references: "WM" */
	char phone[16];
	int number;
	int year;
	int severity; /* 0, 1, 2: what it tends to */
	int children;
	bool northern;
	bool knows_suspect;
	bool shares_suspect; /* the variable `suspect` is there from the start */
	bool is_opened;
	bool is_to_be_restricted;
	bool is_last;       /* of the plan: only its call */
	bool yes[SEED_QUESTIONS];
	int highest; /* grade given so far: 0 none, 1 standard, 2 medium, 3 high */
	int agreed;
	bool is_referred;
	const char *family; /* borrowed from the words */
	/* Of the episode that is being written: */
	const json_t *incident;
	int64_t call_us;
	int64_t attended_us; /* 0: nobody came */
	bool is_assessed;
	int suggested, graded;
};

/* The three parts append to `steps`; a part's steps are in order. The moments are those of the clock when they are played:
 * the call came shortly before. */
void seed_episode_call(struct seed_writer *writer, struct seed_case *about, int64_t moment_us, json_t *steps);
void seed_episode_response(struct seed_writer *writer, struct seed_case *about, int64_t moment_us, json_t *steps);
void seed_episode_review(struct seed_writer *writer, struct seed_case *about, json_t *steps);

/* What follows later: a referral goes from state to state, one a call; a case that is over is closed. */
void seed_episode_referral(struct seed_writer *writer, const struct seed_case *about, const char *to, json_t *steps);
void seed_episode_close(struct seed_writer *writer, const struct seed_case *about, json_t *steps);
/* Only supervisors and those they name see it from then on. */
void seed_episode_restrict(struct seed_writer *writer, const struct seed_case *about, json_t *steps);
/* The services of a force; those of every force are saved under the same names. */
void seed_episode_services(struct seed_writer *writer, bool northern, json_t *steps);

#endif
