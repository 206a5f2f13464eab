/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The exporter's thread in a plain preload process: started by the first finished span, gone when
 * idle, stopped at the gates. It has a file-descriptor table, a stack and a scheduling class of
 * its own and takes no signal, so that the program cannot close what it uses and never runs a
 * handler on it (hazards.md C, D, F).
 *
 * All its state hangs on an arena root: a forked child begins without thread and exporter, and
 * leaves the parent's alone. Threads: any may call; the waits are bounded as each says.
 */
#ifndef LIFECYCLE_THREAD_H
#define LIFECYCLE_THREAD_H

#include <stdbool.h>
#include <stddef.h>

/* Bytes for the root; the first 32 bits are lifecycle.c's own. */
size_t thread_state_size(void);

/*
 * For area_use(): wakes the consumer, wherever it is, or starts it. Async-signal-safe but for the
 * start.
 */
void thread_wake(void);

/*
 * Has the thread deliver what waits, at most 250 ms. With @park it does nothing more afterwards.
 * Returns at once when there is no thread, and in a vfork child.
 */
void thread_flush(bool park);

/*
 * Before the caller ends by pthread_exit(). When it is the process's main thread, ours leaves and
 * comes back for the flush at the exit only: the last thread of the program has to be its own.
 */
void thread_main_ends(void);

/* Has the thread leave and waits until the kernel forgot it, at most 50 ms. */
void thread_leave(void);

#endif
