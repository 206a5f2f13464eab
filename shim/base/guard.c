/* SPDX-License-Identifier: Apache-2.0 */
/* The guard: a depth in the thread's state, and errno kept for the time that our code runs. */
#include "base/guard.h"

#include <errno.h>
#include <stdatomic.h>

#include "base/arena.h"
#include "base/thread.h"

/* The barriers keep both from being taken for pure functions, whose result could be reused. */
static __attribute__((noinline)) int guard_read_errno(void)
{
	int value = errno;

	__asm__ volatile("" ::: "memory");
	return value;
}

static __attribute__((noinline)) void guard_write_errno(int value)
{
	__asm__ volatile("" ::: "memory");
	errno = value;
}

__attribute__((noinline)) bool guard_enter(struct guard *guard)
{
	struct thread *thread = thread_peek();

	if (__builtin_expect(thread->depth != 0, 0)) {
		arena_count_guarded();
		return false;
	}
	guard->saved_errno = guard_read_errno();
	thread->depth = 1;
	/* A signal handler on this thread must see the guard before anything that follows. */
	atomic_signal_fence(memory_order_seq_cst);
	return true;
}

__attribute__((noinline)) void guard_leave(const struct guard *guard)
{
	struct thread *thread = thread_peek();

	atomic_signal_fence(memory_order_seq_cst);
	thread->depth = 0;
	guard_write_errno(guard->saved_errno);
}

uint64_t guard_refused(void)
{
	return arena_guarded();
}
