/* The verifier's processes: each takes the next item until there is none. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/time.h"
#include "verify.h"

enum { PROCESSES_MAXIMUM = 64, EVERY_MS = 10000, EVERY_ON_TERMINAL_MS = 500 };

/* What processes share besides the items. */
struct shared {
	_Atomic size_t next;
	_Atomic uint64_t units;
	_Atomic bool has_failed;
	enum err error; /* of the first that failed, with its text */
	char fault[512];
};

struct pool {
	const struct verify_plan *plan;
	struct verify_item *items;
	size_t count;
	uint64_t units;
	struct shared *shared;
	int pipe[2]; /* nothing is written: it ends when all processes have ended */
	pid_t processes[PROCESSES_MAXIMUM];
	int process_count;
	int64_t began_us;
};

static void progress(void *context, uint64_t units)
{
	struct shared *shared = context;
	atomic_fetch_add(&shared->units, units);
}

static enum err run_item(struct verify_work *work, struct verify_item *item)
{
	switch (item->kind) {
	case VERIFY_LINES:
		return verify_lines(work, item);
	case VERIFY_TREE:
		return verify_tree(work, item);
	case VERIFY_SIGNATURES:
	case VERIFY_NATIONAL_SIGNATURES:
		return verify_signatures(work, item);
	case VERIFY_UNPLACED:
		return verify_unplaced(work, item);
	}
	return ERR_INPUT;
}

/* Rows are wanted by their indexes, from the first on, whatever the statistics of a young table say. */
static enum err open_reader(const struct verify_plan *plan, struct db_reader **reader)
{
	static const char sql[] = "select set_config(name, 'off', false) from unnest("
				  "array['enable_seqscan', 'enable_hashjoin', 'enable_mergejoin', 'enable_bitmapscan']) name";
	const char *const *row;
	enum err error = db_reader_open(plan->connection, plan->snapshot, reader);
	return error ? error : db_reader_first(*reader, sql, NULL, 0, &row);
}

static enum err run_items(struct pool *pool, struct verify_work *work)
{
	enum err error = open_reader(pool->plan, &work->first);
	if (!error)
		error = open_reader(pool->plan, &work->second);
	if (!error)
		error = line_hasher_open(&work->line);
	while (!error && !atomic_load(&pool->shared->has_failed)) {
		size_t i = atomic_fetch_add(&pool->shared->next, 1);
		if (i >= pool->count)
			break;
		error = run_item(work, &pool->items[i]);
		pool->items[i].is_done = !error;
	}
	return error;
}

static void tell_failure(struct shared *shared, const struct verify_work *work, enum err error)
{
	const char *first = db_reader_fault(work->first), *second = db_reader_fault(work->second);
	if (atomic_exchange(&shared->has_failed, true))
		return;
	shared->error = error;
	snprintf(shared->fault, sizeof shared->fault, "%s", *first ? first : *second ? second : err_word(error));
}

static void work_alone(struct pool *pool)
{
	struct verify_work work = {.plan = pool->plan, .progress = progress, .context = pool->shared};
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	close(pool->pipe[0]);
	enum err error = run_items(pool, &work);
	if (error)
		tell_failure(pool->shared, &work, error);
	line_hasher_close(&work.line);
	arena_release(&work.erasures_arena);
	db_reader_close(work.first);
	db_reader_close(work.second);
	_exit(error ? 1 : 0);
}

static enum err start(struct pool *pool)
{
	while (pool->process_count < pool->plan->settings->processes && pool->process_count < PROCESSES_MAXIMUM) {
		pid_t process = fork();
		if (process < 0)
			return ERR_SYSTEM;
		if (process == 0)
			work_alone(pool);
		pool->processes[pool->process_count++] = process;
	}
	return ERR_NONE;
}

static void tell_progress(const struct pool *pool, bool terminal)
{
	uint64_t done = atomic_load(&pool->shared->units);
	double seconds = (double)(time_monotonic_us() - pool->began_us) / 1e6;
	double part = pool->units ? (double)done / (double)pool->units : 1;
	fprintf(stderr, "%sverified %3.0f %%, %.0f s%s", terminal ? "\r" : "", part < 1 ? part * 100 : 100, seconds,
		terminal ? " " : "\n");
}

static void watch(struct pool *pool)
{
	bool terminal = isatty(STDERR_FILENO);
	struct pollfd end = {.fd = pool->pipe[0], .events = POLLIN};
	while (poll(&end, 1, terminal ? EVERY_ON_TERMINAL_MS : EVERY_MS) == 0)
		tell_progress(pool, terminal);
	if (terminal)
		fprintf(stderr, "\r\033[K");
}

static enum err await(struct pool *pool)
{
	bool good = true;
	for (int i = 0; i < pool->process_count; i++) {
		int status;
		while (waitpid(pool->processes[i], &status, 0) < 0 && errno == EINTR)
			;
		good = good && WIFEXITED(status) && WEXITSTATUS(status) == 0;
	}
	return good ? ERR_NONE : ERR_SYSTEM;
}

static enum err run(struct pool *pool, struct bytes *fault)
{
	fflush(NULL);
	enum err error = start(pool);
	close(pool->pipe[1]);
	if (error)
		atomic_store(&pool->shared->has_failed, true);
	watch(pool);
	if (await(pool) && !error)
		error = pool->shared->error ? pool->shared->error : ERR_SYSTEM;
	if (error)
		bytes_format(fault, "%s\n", *pool->shared->fault ? pool->shared->fault : "a process of the verifier ended too early");
	close(pool->pipe[0]);
	return error;
}

enum err verify_pool_run(const struct verify_plan *plan, struct verify_item *items, size_t count, uint64_t units,
			 struct bytes *fault)
{
	struct pool pool = {.plan = plan, .items = items, .count = count, .units = units, .began_us = time_monotonic_us()};
	pool.shared = mmap(NULL, sizeof *pool.shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (pool.shared == MAP_FAILED)
		return ERR_MEMORY;
	enum err error = pipe(pool.pipe) ? ERR_SYSTEM : run(&pool, fault);
	munmap(pool.shared, sizeof *pool.shared);
	return error;
}
