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
	case ERR_NOT_NOW:
		return "not now";
	case ERR_SYSTEM:
		return "system";
	}
	return "unknown";
}
