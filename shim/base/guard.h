/* SPDX-License-Identifier: Apache-2.0 */
/*
 * "Are we inside ourselves?" The guard is held around our own code only, never around the real
 * call: callbacks of the program run inside the real call, may longjmp away, switch stacks or
 * threads, and must be traced. Signals: a handler that interrupts our code finds the guard taken
 * and its calls pass through, counted.
 *
 * It also carries errno: our code may change it, the program must not see that. errno is read
 * through a function that is never inlined, because a compiler may keep its address across a call
 * in which a coroutine library moves the stack to another thread.
 */
#ifndef BASE_GUARD_H
#define BASE_GUARD_H

#include <stdbool.h>
#include <stdint.h>

struct guard {
	int saved_errno;
};

/* False when this thread is inside our code already: do nothing, and do not leave. */
bool guard_enter(struct guard *guard);

/* Ends what a successful guard_enter() began; restores errno. */
void guard_leave(const struct guard *guard);

/* How many calls passed through untraced because the guard was taken, in this process. */
uint64_t guard_refused(void);

#endif
