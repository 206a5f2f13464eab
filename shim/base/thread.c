/* SPDX-License-Identifier: Apache-2.0 */
/* Our state of a thread: one initial-exec variable, begun afresh in a new thread or process. */
#include "base/thread.h"

#include <errno.h>
#include <stdatomic.h>

#include "base/arena.h"
#include "base/random.h"
#include "base/raw.h"

_Thread_local struct thread thread_self __attribute__((tls_model("initial-exec")));

/* So that two threads of a process never share a sequence; a child goes on counting. */
static _Atomic uint64_t thread_count;

/*
 * All but the depth: it belongs to the code that is under way on this stack, which leaves the guard
 * in the child too when it was interrupted by a signal handler that forked.
 */
struct thread *thread_begin(void)
{
	uint64_t process_id = arena_process_id();
	uint64_t number;

	if (process_id == 0)
		return NULL;
	number = atomic_fetch_add_explicit(&thread_count, 1, memory_order_relaxed);
	random_seed(thread_self.random, process_id + number * 0x9e3779b97f4a7c15u);
	thread_self.id = (uint32_t)raw_call3(SYS_gettid, 0, 0, 0);
	thread_self.pid = arena_process_pid();
	thread_self.owner = (uint64_t)thread_self.pid << 32 | thread_self.id;
	thread_self.error_number = &errno;
	thread_self.connection = NULL;
	thread_self.lane = thread_self.id;
	thread_self.call_slot = thread_self.id;
	atomic_signal_fence(memory_order_release);
	thread_self.process_id = process_id;
	return &thread_self;
}
