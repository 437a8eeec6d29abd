/* Makes UUIDs of version 7 whose order is the order of their making. */
#include "base/id.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/time.h"

enum {
	COUNTER_MOST = 0xfff, /* rand_a has 12 bits */
	COUNTER_SEED = 0x7ff, /* a fresh counter leaves its top bit free to count into (RFC 9562, 6.2, method 1) */
	POOL_SIZE = 256,      /* what getrandom gives without being interrupted */
};

/* The one generator of this process; it makes itself anew after a fork. */
static struct {
	pid_t owner;
	int64_t millisecond;
	unsigned counter;
	size_t left; /* bytes at the end of the pool that were not given out */
	unsigned char pool[POOL_SIZE];
} generator;

static void fill_pool(void)
{
	if (getrandom(generator.pool, POOL_SIZE, 0) != POOL_SIZE)
		abort(); /* ids that could repeat would join two people's records */
	generator.left = POOL_SIZE;
}

static void take_random(unsigned char *out, size_t count)
{
	if (generator.left < count)
		fill_pool();
	unsigned char *from = generator.pool + (POOL_SIZE - generator.left);
	memcpy(out, from, count);
	memset(from, 0, count); /* a later leak of memory tells nothing of ids that were given out */
	generator.left -= count;
}

/* A child has its parent's pool; using it would repeat the parent's ids. */
static void renew_after_fork(void)
{
	pid_t self = getpid();
	if (generator.owner == self)
		return;
	generator.owner = self;
	generator.millisecond = 0;
	generator.left = 0;
}

static void start_millisecond(int64_t millisecond)
{
	unsigned char random[2];
	take_random(random, sizeof random);
	generator.millisecond = millisecond;
	generator.counter = ((unsigned)random[0] << 8 | random[1]) & COUNTER_SEED;
}

/* Goes on to the next (millisecond, counter). When the clock stands or goes back the counter rises; when the
 * counter is full the millisecond runs ahead of the clock. */
static void advance(void)
{
	int64_t now = time_now_us() / 1000;
	if (now > generator.millisecond)
		start_millisecond(now);
	else if (generator.counter < COUNTER_MOST)
		generator.counter++;
	else
		start_millisecond(generator.millisecond + 1);
}

static void write_text(const unsigned char id[16], char text[ID_TEXT_SIZE])
{
	static const char hex[] = "0123456789abcdef";
	for (int i = 0; i < 16; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			*text++ = '-';
		*text++ = hex[id[i] >> 4];
		*text++ = hex[id[i] & 15];
	}
	*text = '\0';
}

void id_new(char text[ID_TEXT_SIZE])
{
	renew_after_fork();
	advance();
	unsigned char id[16];
	for (int i = 0; i < 6; i++)
		id[i] = (unsigned char)(generator.millisecond >> (40 - 8 * i));
	id[6] = (unsigned char)(0x70 | generator.counter >> 8);
	id[7] = (unsigned char)generator.counter;
	take_random(id + 8, 8);
	id[8] = (unsigned char)(0x80 | (id[8] & 0x3f));
	write_text(id, text);
}

static bool is_hex(char character)
{
	return (character >= '0' && character <= '9') || (character >= 'a' && character <= 'f') ||
	       (character >= 'A' && character <= 'F');
}

bool id_is_valid(const char *text, size_t length)
{
	if (length != ID_TEXT_SIZE - 1)
		return false;
	for (size_t i = 0; i < length; i++) {
		bool hyphen = i == 8 || i == 13 || i == 18 || i == 23;
		if (hyphen ? text[i] != '-' : !is_hex(text[i]))
			return false;
	}
	return true;
}
