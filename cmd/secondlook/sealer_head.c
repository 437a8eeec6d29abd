/* Keeps the last national head, in memory and in a file. */
#include "sealer_head.h"

#include <errno.h>
#include <string.h>

#include "files.h"

enum { NOTE_MAXIMUM = 2048 };
static const char origin_prefix[] = "secondlook/";

void head_init(struct sealer_head *head)
{
	*head = (struct sealer_head){0};
	bytes_init(&head->note, NOTE_MAXIMUM);
}

void head_release(struct sealer_head *head)
{
	bytes_release(&head->note);
}

bool head_is_known(const struct sealer_head *head)
{
	return head->note.length > 0;
}

/* The text that was signed ends where the empty line before the signatures begins. */
static enum err parse(const struct bytes *note, struct checkpoint *checkpoint)
{
	const char *gap = note->length ? memmem(note->data, note->length, "\n\n", 2) : NULL;
	if (!gap || checkpoint_parse(note->data, (size_t)(gap + 1 - note->data), checkpoint))
		return ERR_INPUT;
	bool is_national = strncmp(checkpoint->origin, origin_prefix, sizeof origin_prefix - 1) == 0 &&
			   strlen(checkpoint->origin) == sizeof origin_prefix - 1 + EPOCH_NAME_SIZE - 1;
	return is_national ? ERR_NONE : ERR_INPUT;
}

enum err head_take(struct sealer_head *head, const struct bytes *note)
{
	struct checkpoint checkpoint;
	if (note->length > NOTE_MAXIMUM || parse(note, &checkpoint))
		return ERR_INPUT;
	bytes_clear(&head->note);
	bytes_append(&head->note, note->data, note->length);
	if (head->note.failed)
		return ERR_MEMORY;
	head->checkpoint = checkpoint;
	memcpy(head->epoch_name, checkpoint.origin + sizeof origin_prefix - 1, EPOCH_NAME_SIZE);
	return ERR_NONE;
}

enum err head_read(struct sealer_head *head, const char *path)
{
	struct bytes note;
	bytes_init(&note, NOTE_MAXIMUM);
	enum err error = files_read(path, &note);
	bool is_absent = error == ERR_SYSTEM && errno == ENOENT;
	if (!error)
		error = head_take(head, &note);
	bytes_release(&note);
	return is_absent ? ERR_NONE : error;
}

enum err head_write(const struct sealer_head *head, const char *path)
{
	return files_replace(path, 0600, head->note.data, head->note.length);
}
