/* SPDX-License-Identifier: Apache-2.0 */
/*
 * "Are we inside ourselves?" The guard is held around our own code only, never around the real
 * call: callbacks of the program run inside the real call, may longjmp away, switch stacks or
 * threads, and must be traced. Signals: a handler that interrupts our code finds the guard taken
 * and its calls pass through, counted.
 *
 * It also carries errno: our code may change it, the program must not see that. Both are in line,
 * for speed; an address of either must not live across the real call, where a coroutine library
 * may move the stack to another thread: what runs before and what runs after are functions of
 * their own, never inlined into the hook (call/submit.h).
 */
#ifndef BASE_GUARD_H
#define BASE_GUARD_H

#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/thread.h"

struct guard {
	int saved_errno;
};

/* False when this thread is inside our code already: do nothing, and do not leave. */
static inline bool guard_enter(struct guard *guard)
{
	struct thread *thread = thread_peek();

	if (__builtin_expect(thread->depth != 0, 0)) {
		arena_count_guarded();
		return false;
	}
	guard->saved_errno = errno;
	thread->depth = 1;
	/* A signal handler on this thread must see the guard before anything that follows. */
	atomic_signal_fence(memory_order_seq_cst);
	return true;
}

/* Ends what a successful guard_enter() began; restores errno. */
static inline void guard_leave(const struct guard *guard)
{
	struct thread *thread = thread_peek();

	atomic_signal_fence(memory_order_seq_cst);
	thread->depth = 0;
	errno = guard->saved_errno;
}

/*
 * The same two where @thread is known to be current, and not to be inside: libc is not asked where
 * errno is.
 */
static inline void guard_enter_known(struct guard *guard, struct thread *thread)
{
	guard->saved_errno = *thread->error_number;
	thread->depth = 1;
	atomic_signal_fence(memory_order_seq_cst);
}

static inline void guard_leave_known(const struct guard *guard, struct thread *thread)
{
	atomic_signal_fence(memory_order_seq_cst);
	thread->depth = 0;
	*thread->error_number = guard->saved_errno;
}

/* How many calls passed through untraced because the guard was taken, in this process. */
uint64_t guard_refused(void);

#endif
