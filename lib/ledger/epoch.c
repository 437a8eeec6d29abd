/* Writes what is hashed of an epoch's beginning. */
#include "ledger/epoch.h"

#include "base/time.h"

void epoch_append_text(const struct epoch *epoch, struct bytes *text)
{
	char began_at[TIME_TEXT_SIZE];
	time_format(epoch->began_at_us, began_at);
	bytes_format(text, "secondlook-epoch-v1\n%s\n%s\n%s\n", epoch->name, began_at, epoch->reason);
	bytes_append_string(text, epoch->previous ? epoch->previous : "");
}
