/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The functions as libc meant them: what we replace is reached through this table only. real() may
 * be called before our constructor: other preloads' constructors run first. Filled once, read-only
 * after.
 *
 * Threads: any, also signal handlers; a race at the first use fills the table twice with the same
 * values.
 * Failure: a slot that nothing defines points to a function that fails with ENOSYS.
 */
#ifndef BASE_REAL_H
#define BASE_REAL_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include <dlfcn.h>
#include <grp.h>
#include <netdb.h>
#include <pthread.h>
#include <sched.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>

struct real {
#define LIBC(name) __typeof__(name) *name;
#define LIBC_LIKE(name, type) __typeof__(type) *name;
#include "base/libc.def"
#undef LIBC
#undef LIBC_LIKE
};

const struct real *real(void);

/* The same without asking whether the table is filled: after real() was called once. */
const struct real *real_filled(void);

#endif
