/* The rendered columns of a result set, each with the text that stands before its values; made once per result
 * set, so that a row is only appends. For the writers of this folder. */
#ifndef RENDER_MEMBERS_H
#define RENDER_MEMBERS_H

#include <stddef.h>

#include "base/bytes.h"
#include "base/err.h"
#include "base/rows.h"

enum { MEMBER_NULL_LENGTH = 4 };

struct member {
	int column;
	enum column_kind kind;
	size_t start, length; /* of {"caseId": or ,"reference": in the texts; "null" follows it */
};

struct members {
	struct member *list; /* owned */
	int count;
	struct bytes texts;
};

MUST_CHECK enum err members_make(const struct rows *rows, struct members *members);
void members_release(struct members *members);

#endif
