/* Names the errors. */
#include "base/err.h"

const char *err_word(enum err error)
{
	switch (error) {
	case ERR_NONE:
		return "none";
	case ERR_MEMORY:
		return "memory";
	case ERR_LIMIT:
		return "limit";
	case ERR_INPUT:
		return "input";
	case ERR_STATE:
		return "state";
	case ERR_SYSTEM:
		return "system";
	}
	return "unknown";
}
