/* Hands out memory in pieces and takes it back all at once. */
#include "base/arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Under AddressSanitizer whatever is not handed out is poisoned, so that using a piece after the reset
 * or past its end is found as it would be with malloc. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_POISONS 1
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define ARENA_POISONS 1
#endif
#ifdef ARENA_POISONS
#include <sanitizer/asan_interface.h>
#endif

struct arena_block {
	struct arena_block *older;
	size_t size; /* of room */
	size_t used; /* of room, a multiple of the alignment */
	_Alignas(max_align_t) unsigned char room[];
};

enum {
	ALIGNMENT = _Alignof(max_align_t),
	BLOCK_LEAST = 4096,       /* header and room */
	BLOCK_MOST = 64 * 1024,   /* past this, a block is as large as its one piece */
	BLOCK_KEPT = BLOCK_MOST,  /* a larger one isn't kept over a reset */
};

static void poison(const void *start, size_t size)
{
#ifdef ARENA_POISONS
	ASAN_POISON_MEMORY_REGION(start, size);
#else
	(void)start;
	(void)size;
#endif
}

static void unpoison(const void *start, size_t size)
{
#ifdef ARENA_POISONS
	ASAN_UNPOISON_MEMORY_REGION(start, size);
#else
	(void)start;
	(void)size;
#endif
}

void arena_init(struct arena *arena, size_t maximum)
{
	*arena = (struct arena){.maximum = maximum};
}

static void block_free(struct arena_block *block)
{
	unpoison(block->room, block->size);
	free(block);
}

void arena_reset(struct arena *arena)
{
	struct arena_block *kept = NULL;
	while (arena->newest) {
		struct arena_block *block = arena->newest;
		arena->newest = block->older;
		if (!kept && sizeof *block + block->size <= BLOCK_KEPT)
			kept = block;
		else
			block_free(block);
	}
	arena->newest = kept;
	arena->taken = 0;
	if (!kept)
		return;
	kept->older = NULL;
	kept->used = 0;
	arena->taken = sizeof *kept + kept->size;
	poison(kept->room, kept->size);
}

void arena_release(struct arena *arena)
{
	while (arena->newest) {
		struct arena_block *block = arena->newest;
		arena->newest = block->older;
		block_free(block);
	}
	arena->taken = 0;
}

/* The bytes for the next block: twice the newest, as far as the maximum lets it; 0 when `size` doesn't fit. */
static size_t block_bytes(const struct arena *arena, size_t size)
{
	size_t left = arena->maximum > arena->taken ? arena->maximum - arena->taken : 0;
	size_t least = sizeof(struct arena_block) + size;
	if (least > left)
		return 0;
	size_t wished = BLOCK_LEAST;
	if (arena->newest)
		wished = 2 * (sizeof *arena->newest + arena->newest->size);
	if (wished > BLOCK_MOST)
		wished = BLOCK_MOST;
	if (wished < least)
		wished = least;
	return wished > left ? left / ALIGNMENT * ALIGNMENT : wished;
}

static struct arena_block *block_add(struct arena *arena, size_t size)
{
	size_t bytes = block_bytes(arena, size);
	struct arena_block *block = bytes ? malloc(bytes) : NULL;
	if (!block)
		return NULL;
	block->older = arena->newest;
	block->size = bytes - sizeof *block;
	block->used = 0;
	poison(block->room, block->size);
	arena->newest = block;
	arena->taken += bytes;
	return block;
}

void *arena_take(struct arena *arena, size_t size)
{
	if (size > SIZE_MAX / 2)
		return NULL;
	size_t rounded = size ? (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT : ALIGNMENT;
	struct arena_block *block = arena->newest;
	if (!block || block->size - block->used < rounded)
		block = block_add(arena, rounded);
	if (!block)
		return NULL;
	void *piece = block->room + block->used;
	block->used += rounded;
	unpoison(piece, size);
	return piece;
}

void *arena_take_zeroed(struct arena *arena, size_t size)
{
	void *piece = arena_take(arena, size);
	return piece ? memset(piece, 0, size) : NULL;
}

char *arena_copy(struct arena *arena, const char *data, size_t length)
{
	char *copy = length < SIZE_MAX ? arena_take(arena, length + 1) : NULL;
	if (!copy)
		return NULL;
	if (length)
		memcpy(copy, data, length);
	copy[length] = '\0';
	return copy;
}

char *arena_copy_string(struct arena *arena, const char *string)
{
	return arena_copy(arena, string, strlen(string));
}

char *arena_format(struct arena *arena, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	int length = vsnprintf(NULL, 0, format, arguments);
	va_end(arguments);
	char *text = length < 0 ? NULL : arena_take(arena, (size_t)length + 1);
	if (!text)
		return NULL;
	va_start(arguments, format);
	vsnprintf(text, (size_t)length + 1, format, arguments);
	va_end(arguments);
	return text;
}
