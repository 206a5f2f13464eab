/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Our life inside another program: load, fork, exec, exit, and what starts and stops all else. The
 * only place that sees both the hooks' side and the exporter.
 *
 * Three states: before the constructor ran and when inert, hooks pass through; active. Inert for
 * good: in a setuid program, when told by OTELSHIM_DISABLED, as a second copy of ourselves, in a
 * program without libc. With a session (`otelshim run`) the area is the supervisor's and the
 * process has no thread of ours. Without, the first finished span starts one; it leaves when idle
 * and stops before what needs a single-threaded process.
 *
 * Threads: each function may be called from any; none blocks longer than it says.
 */
#ifndef LIFECYCLE_H
#define LIFECYCLE_H

#include <stdbool.h>

/* Before the program is replaced: delivers what waits, at most 250 ms; nothing in a vfork child. */
void lifecycle_before_exec(void);

/* Before _exit: the same, and the thread stays stopped. */
void lifecycle_before_exit(void);

/* Before a thread ends by pthread_exit(): the last thread of the program must not be ours. */
void lifecycle_before_thread_exit(void);

/*
 * Before a call that needs a single-threaded process, or changes identity or namespace: stops our
 * thread and waits until the kernel forgot it, at most 50 ms. The next finished span starts it
 * again.
 */
void lifecycle_gate(void);

/*
 * Before a seccomp filter is entered: the same, and from now on no system call of ours is made:
 * calls are counted only.
 */
void lifecycle_seal(void);

/* The filter was refused. */
void lifecycle_unseal(void);

#endif
