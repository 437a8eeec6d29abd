/* The writers that there are. */
#include "api/writer.h"

#include <string.h>

#include "api/exports/bundle.h"

const struct writer *writer_find(const char *name)
{
	static const struct writer *const writers[] = {&bundle_writer};
	for (size_t i = 0; i < sizeof writers / sizeof *writers; i++)
		if (strcmp(writers[i]->name, name) == 0)
			return writers[i];
	return NULL;
}
