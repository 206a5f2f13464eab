/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What we keep for each thread, in initial-exec storage: general-dynamic storage may allocate at
 * the first touch, inside the program's own allocator. At most 256 bytes (checked by tests/abi).
 *
 * Threads: each thread sees its own. Signal handlers see the interrupted thread's: the guard tells
 * them. After a fork the copy belongs to the parent; thread_current() starts it afresh.
 */
#ifndef BASE_THREAD_H
#define BASE_THREAD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/cold.h"

struct traffic;

struct thread {
	/* Whose state this is; another value than arena_process_id(): stale */
	uint64_t process_id;
	uint64_t random[4];	/* xoshiro256** state, see base/random.h */
	uint32_t id;		/* kernel thread id */
	uint32_t pid;		/* of the process, see arena_process_pid() */
	uint64_t owner;		/* both in one word, see trace/area.h */
	int *error_number;	/* where errno of this thread is */
	struct traffic *traffic;	/* begun last, see call/traffic.h; null: none */
	const void *connection;	/* slot of the last one, see call/known.h; null: none */
	uint32_t lane;		/* tried first, see trace/area.h */
	uint32_t call_slot;	/* tried first, see trace/area.h */
	uint32_t depth;		/* how deep inside our own code, see base/guard.h */
	int trouble;		/* with connecting, see call/attempt.h */
	/*
	 * Where on the stack the call that is current was entered, see call/parent.h; 0: none.
	 * It is the stack's, as the depth is, and stays in a child.
	 */
	uintptr_t current;
	bool connecting;
	char sqlstate[6];
};

/*
 * In line for speed; an address of it must not live across the real call, where a coroutine
 * library may move the stack to another thread: what runs before and what runs after are functions
 * of their own, never inlined into the hook (call/submit.h).
 */
extern _Thread_local struct thread thread_self __attribute__((tls_model("initial-exec")));

/* What thread_current() does in a new thread or process. */
COLD struct thread *thread_begin(void);

/* This thread's state without any check: for the guard and for the socket hooks. */
static inline struct thread *thread_peek(void)
{
	return &thread_self;
}

/*
 * This thread's state, begun afresh when the process or the thread is new (one gettid). Null when
 * there is no arena.
 */
static inline struct thread *thread_current(void)
{
	uint64_t process_id = arena_process_id();

	if (__builtin_expect(thread_self.process_id == process_id && process_id != 0, 1))
		return &thread_self;
	return thread_begin();
}

#endif
