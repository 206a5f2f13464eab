/* SPDX-License-Identifier: Apache-2.0 */
/* The exporter's thread in a plain preload process. */
#include "lifecycle_thread.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/config.h"
#include "base/log.h"
#include "base/raw.h"
#include "base/thread.h"
#include "exporter/exporter.h"
#include "lifecycle_summary.h"
#include "trace/area.h"
#include "trace/reader.h"

#define STACK_SIZE ((size_t)256 << 10)
#define IDLE_NS (5 * UINT64_C(1000000000))
/* With the time to stop, 250 ms in all. */
#define FLUSH_NS UINT64_C(240000000)
#define STOP_NS UINT64_C(5000000)
#define LEAVE_NS UINT64_C(50000000)
#define START_AGAIN_NS UINT64_C(1000000000)
#define POLL_NS 200000
#define ENDED_NS UINT64_C(15000000)

/* linux/close_range.h, kernel 5.9 */
#define CLOSE_RANGE_UNSHARE_TABLE 2u

enum phase { PHASE_NONE, PHASE_STARTING, PHASE_RUNNING, PHASE_PARKED };
enum request { REQUEST_NONE, REQUEST_FLUSH, REQUEST_PARK, REQUEST_LEAVE };

struct state {
	_Atomic uint32_t begun;		/* lifecycle.c's */
	_Atomic uint32_t phase;
	_Atomic uint32_t request;
	_Atomic uint32_t answered;	/* counts, a futex */
	_Atomic uint32_t thread_id;
	bool summary;			/* wanted at the end; set before the first start */
	_Atomic uint64_t flushed_ns;	/* how long the program waited for flushes so far */
	_Atomic uint64_t not_before_ns;	/* the next try, after a start that failed */
	struct exporter *_Atomic exporter;
};

/*
 * The process whose main thread ended while others go on. In the last thread of a program libc runs
 * the exit handlers and flushes the program's files: that must not be ours, which has none of the
 * program's descriptors. So ours is gone until the exit.
 */
static _Atomic uint32_t headless_pid;

/* atexit() handlers are inherited by forked children: once is enough for all of them. */
static _Atomic bool exit_registered;

size_t thread_state_size(void)
{
	return sizeof(struct state);
}

static struct state *state_of_process(void)
{
	return arena_root_peek(ARENA_ROOT_LIFECYCLE);
}

/* ---- the thread's own side ---- */

/* All descriptors from @first on, in a table of our own from then on. */
static bool close_everything_shared(long first)
{
	if (raw_call3(SYS_close_range, first, (long)UINT32_MAX, CLOSE_RANGE_UNSHARE_TABLE) == 0)
		return true;
	if (raw_call3(SYS_unshare, CLONE_FILES, 0, 0) != 0)
		return false;
	for (long fd = sysconf(_SC_OPEN_MAX) < 65536 ? sysconf(_SC_OPEN_MAX) : 65536; fd >= first;
	     fd--)
		raw_call3(SYS_close, fd, 0, 0);
	return true;
}

/*
 * A descriptor table of our own: the program neither sees nor closes what we open, and no number
 * of its table is taken. Standard descriptors are kept busy, so that no socket of ours becomes one;
 * standard error stays what it is for the exporter that writes there.
 */
static bool isolate(void)
{
	cpu_set_t cpus;
	const bool console = config()->exporter == CONFIG_CONSOLE;

	if (!close_everything_shared(console ? STDERR_FILENO + 1 : 0))
		return false;
	if (console) {
		raw_call3(SYS_close, STDIN_FILENO, 0, 0);
		raw_call3(SYS_close, STDOUT_FILENO, 0, 0);
	}
	log_detach();
	for (int i = 0; i < 3; i++)
		raw_call4(SYS_openat, AT_FDCWD, (long)"/dev/null", O_RDWR | O_CLOEXEC, 0);
	if (raw_call3(SYS_sched_getaffinity, (long)arena_process_pid(), sizeof(cpus),
		      (long)&cpus) > 0)
		raw_call3(SYS_sched_setaffinity, 0, sizeof(cpus), (long)&cpus);
	raw_call3(SYS_prctl, PR_SET_NAME, (long)"otelshim", 0);
	return true;
}

/* The state of the main thread, 'Z' when it ended by pthread_exit(); 0 unknown. */
static char main_thread_state(void)
{
	char text[96];
	long size;
	long fd = raw_call4(SYS_openat, AT_FDCWD, (long)"/proc/self/stat", O_RDONLY | O_CLOEXEC, 0);

	if (fd < 0)
		return 0;
	size = raw_call3(SYS_read, fd, (long)text, sizeof(text));
	raw_call3(SYS_close, fd, 0, 0);
	while (size > 0 && text[size - 1] != ')')
		size--;
	if (size <= 0 || size >= (long)sizeof(text) - 2)
		return '\0';
	return text[size + 1];
}

/*
 * A process ends with its last thread: when all of the program's are gone, ours must not hold it
 * (hazards.md C4). The directory counts the ended main thread as well.
 */
static bool program_ended(void)
{
	static uint64_t asked_ns;
	struct stat tasks;
	uint64_t now_ns = clock_now_ns();

	if (now_ns - asked_ns < ENDED_NS)
		return false;
	asked_ns = now_ns;
	return stat("/proc/self/task", &tasks) == 0 && tasks.st_nlink == 4 &&
	       main_thread_state() == 'Z';
}

static struct exporter *begin_exporter(const struct state *state)
{
	const struct config *settings = config();
	const struct exporter_options options = {
		.config = settings,
		.area = area_current(),
		.network = settings->exporter != CONFIG_NONE,
		.quiet_network = !settings->endpoint_set && !settings->traces_endpoint_set &&
				 !settings->exporter_set,
		.file = settings->file_set ? settings->file : NULL,
		.keep_summary = state->summary,
		.idle_ns = IDLE_NS,
		.unneeded = program_ended,
	};

	config_warn();
	return exporter_begin(&options);
}

/*
 * True: gone. A record that was published before the phase changed woke nobody, since the thread
 * still seemed to run: so look once more, when it must be seen.
 */
static bool leave_idle(struct state *state)
{
	const struct timespec settle = { 0, (long)AREA_SETTLE_NS };
	struct area_header *area = area_current();
	uint32_t none = PHASE_NONE;

	area_retire(area);
	atomic_store(&state->phase, PHASE_NONE);
	raw_call4(SYS_nanosleep, (long)&settle, 0, 0, 0);
	if (!area_waits(area))
		return true;
	return !atomic_compare_exchange_strong(&state->phase, &none, PHASE_RUNNING);
}

static void answer(struct state *state)
{
	atomic_fetch_add(&state->answered, 1);
	raw_call3(SYS_futex, (long)&state->answered, FUTEX_WAKE_PRIVATE, INT32_MAX);
}

/* Never joined and never cancelled: at exit it stays here until the process is gone. */
static _Noreturn void park(struct state *state)
{
	atomic_store(&state->phase, PHASE_PARKED);
	answer(state);
	for (;;)
		raw_call4(SYS_ppoll, 0, 0, 0, 0);
}

/* In all: a program that tries one exec after another does not wait for each. */
static uint64_t flush_left_ns(const struct state *state)
{
	uint64_t spent_ns = atomic_load(&state->flushed_ns);

	return spent_ns < FLUSH_NS ? FLUSH_NS - spent_ns : 0;
}

static void flush(const struct state *state, struct exporter *exporter)
{
	uint64_t left_ns = flush_left_ns(state);

	exporter_flush(exporter, left_ns, left_ns);
}

/* True: the thread ends. */
static bool serve_request(struct state *state, struct exporter *exporter)
{
	switch (atomic_exchange(&state->request, REQUEST_NONE)) {
	case REQUEST_PARK:
		/* The process ends: what is under way will not end any more. */
		exporter_collect(exporter, true);
		flush(state, exporter);
		park(state);
	case REQUEST_FLUSH:
		flush(state, exporter);
		answer(state);
		return false;
	case REQUEST_LEAVE:
		exporter_pause(exporter);
		area_retire(area_current());
		atomic_store(&state->phase, PHASE_NONE);
		return true;
	default:
		return false;
	}
}

/* One turn: true: the thread ends. */
static bool serve(struct state *state, struct exporter *exporter)
{
	if (atomic_load(&state->request) != REQUEST_NONE)
		return serve_request(state, exporter);
	switch (exporter_run(exporter)) {
	case EXPORTER_UNNEEDED:
		flush(state, exporter);
		exporter_pause(exporter);
		return leave_idle(state);
	case EXPORTER_IDLE:
		return leave_idle(state);
	default:
		return serve_request(state, exporter);
	}
}

static void *thread_main(void *argument)
{
	struct state *state = argument;
	struct exporter *exporter = atomic_load(&state->exporter);
	bool gone = false;

	thread_peek()->depth = 1;	/* for good: nothing that we do is the program's */
	atomic_store(&state->thread_id, (uint32_t)raw_call3(SYS_gettid, 0, 0, 0));
	if (!isolate() || (!exporter && !(exporter = begin_exporter(state)))) {
		atomic_store(&state->not_before_ns, UINT64_MAX);
		atomic_store(&state->phase, PHASE_NONE);
		return NULL;
	}
	atomic_store(&state->exporter, exporter);
	atomic_store(&state->phase, PHASE_RUNNING);
	while (!gone)
		gone = serve(state, exporter);
	return NULL;
}

/* ---- the program's side ---- */

static void exit_handler(void)
{
	struct state *state = state_of_process();

	thread_flush(true);
	if (state && state->summary && atomic_load(&state->phase) == PHASE_PARKED)
		summary_write(atomic_load(&state->exporter));
}

static bool create_thread(struct state *state)
{
	const struct sched_param priority = { 0 };
	sigset_t all, before;
	pthread_attr_t attributes;
	pthread_t thread;
	bool created;

	if (pthread_attr_init(&attributes) != 0)
		return false;
	pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	pthread_attr_setstacksize(&attributes, STACK_SIZE);
	pthread_attr_setinheritsched(&attributes, PTHREAD_EXPLICIT_SCHED);
	pthread_attr_setschedpolicy(&attributes, SCHED_OTHER);
	pthread_attr_setschedparam(&attributes, &priority);
	/* By libc's function: it leaves the signals free that libc itself needs for setuid. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	created = pthread_create(&thread, &attributes, thread_main, state) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attributes);
	return created;
}

static void start(struct state *state)
{
	uint32_t none = PHASE_NONE;

	if (clock_now_ns() < atomic_load(&state->not_before_ns) ||
	    !atomic_compare_exchange_strong(&state->phase, &none, PHASE_STARTING))
		return;
	/* What the last thread did not come to answer is no business of this one. */
	atomic_store(&state->request, REQUEST_NONE);
	state->summary = summary_wanted();
	if (create_thread(state))
		return;
	/*
	 * No thread to be had (a limit, a sandbox): the program is not bothered, the next record
	 * asks again.
	 */
	atomic_store(&state->not_before_ns, clock_now_ns() + START_AGAIN_NS);
	area_retire(area_current());
	atomic_store(&state->phase, PHASE_NONE);
}

static void register_exit(void)
{
	if (!atomic_exchange(&exit_registered, true))
		atexit(exit_handler);
}

void thread_wake(void)
{
	struct state *state = state_of_process();
	struct area_header *area = area_current();

	if (!state || !area)
		return;
	if (atomic_load(&state->phase) != PHASE_NONE || config()->session_set) {
		area_wake(area);
		return;
	}
	register_exit();
	if (atomic_load(&headless_pid) != arena_process_pid())
		start(state);
}

/*
 * Whether there is a thread of this process to talk to: not its parent's, and not from a vfork
 * child.
 */
static bool reachable(const struct state *state)
{
	uint32_t phase;

	if (!state)
		return false;
	phase = atomic_load(&state->phase);
	if (phase != PHASE_STARTING && phase != PHASE_RUNNING)
		return false;
	return (uint32_t)raw_call3(SYS_getpid, 0, 0, 0) == arena_process_pid();
}

static void ask(struct state *state, enum request request)
{
	struct exporter *exporter = atomic_load(&state->exporter);

	atomic_store(&state->request, request);
	if (exporter)
		exporter_stop(exporter);
	area_wake(area_current());
}

static bool something_waits(const struct state *state)
{
	const struct exporter *exporter = atomic_load(&state->exporter);

	return exporter ? exporter_waits(exporter) : area_waits(area_current());
}

/* The thread left at a gate, and something still waits: then it comes back for the flush. */
static bool restart(struct state *state)
{
	if (!state || !area_current() || atomic_load(&state->phase) != PHASE_NONE ||
	    !something_waits(state) ||
	    (uint32_t)raw_call3(SYS_getpid, 0, 0, 0) != arena_process_pid())
		return false;
	start(state);
	return reachable(state);
}

/* What was asked for, at most until @end_ns. */
static void wait_for_answer(struct state *state, uint32_t before, uint64_t end_ns)
{
	while (atomic_load(&state->answered) == before) {
		uint64_t now_ns = clock_now_ns();
		struct timespec left = { 0, (long)(now_ns < end_ns ? end_ns - now_ns : 0) };

		if (now_ns >= end_ns)
			return;
		raw_call4(SYS_futex, (long)&state->answered, FUTEX_WAIT_PRIVATE, (long)before,
			  (long)&left);
	}
}

void thread_flush(bool to_park)
{
	struct state *state = state_of_process();
	uint64_t begun_ns = clock_now_ns();
	uint32_t before;

	if (!reachable(state) && !restart(state))
		return;
	before = atomic_load(&state->answered);
	ask(state, to_park ? REQUEST_PARK : REQUEST_FLUSH);
	wait_for_answer(state, before, begun_ns + flush_left_ns(state) + STOP_NS);
	atomic_fetch_add(&state->flushed_ns, clock_now_ns() - begun_ns);
	log_debug("waited %lu us for the flush",
		  (unsigned long)((clock_now_ns() - begun_ns) / 1000));
}

/* The kernel forgets a thread a moment after it ended; until then unshare() and kin refuse. */
void thread_leave(void)
{
	struct state *state = state_of_process();
	uint64_t end_ns = clock_now_ns() + LEAVE_NS;
	const struct timespec turn = { 0, POLL_NS };
	uint32_t thread_id;

	if (!state || (uint32_t)raw_call3(SYS_getpid, 0, 0, 0) != arena_process_pid())
		return;
	if (reachable(state))
		ask(state, REQUEST_LEAVE);
	while (clock_now_ns() < end_ns) {
		thread_id = atomic_load(&state->thread_id);
		if (atomic_load(&state->phase) == PHASE_NONE &&
		    (!thread_id || raw_call3(SYS_tgkill, (long)arena_process_pid(), (long)thread_id,
					     0) == -ESRCH))
			return;
		raw_call4(SYS_nanosleep, (long)&turn, 0, 0, 0);
	}
}

void thread_main_ends(void)
{
	long pid = raw_call3(SYS_getpid, 0, 0, 0);

	if (raw_call3(SYS_gettid, 0, 0, 0) != pid)
		return;
	atomic_store(&headless_pid, (uint32_t)pid);
	thread_leave();
}
