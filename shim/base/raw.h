/* SPDX-License-Identifier: Apache-2.0 */
/*
 * System calls without libc: not through the functions that we replace, no errno, no cancellation
 * point. Answers the kernel's result: a negative errno when it failed.
 *
 * Threads: any, also signal handlers.
 */
#ifndef BASE_RAW_H
#define BASE_RAW_H

#include <stdint.h>
#include <sys/syscall.h>

struct raw_arguments {
	long a, b, c, d, e, f;
};

#if defined(__x86_64__) && !defined(__ILP32__)

static inline long raw_call(long number, const struct raw_arguments *arguments)
{
	register long d asm("r10") = arguments->d;
	register long e asm("r8") = arguments->e;
	register long f asm("r9") = arguments->f;
	long ret = number;

	asm volatile("syscall"
		     : "+a"(ret)
		     : "D"(arguments->a), "S"(arguments->b), "d"(arguments->c), "r"(d),
		       "r"(e), "r"(f)
		     : "rcx", "r11", "memory");
	return ret;
}

#elif defined(__aarch64__)

static inline long raw_call(long number, const struct raw_arguments *arguments)
{
	register long x8 asm("x8") = number;
	register long x0 asm("x0") = arguments->a;
	register long x1 asm("x1") = arguments->b;
	register long x2 asm("x2") = arguments->c;
	register long x3 asm("x3") = arguments->d;
	register long x4 asm("x4") = arguments->e;
	register long x5 asm("x5") = arguments->f;

	asm volatile("svc 0"
		     : "+r"(x0)
		     : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
		     : "memory");
	return x0;
}

#else

#include <errno.h>

#include "base/real.h"

static inline long raw_call(long number, const struct raw_arguments *arguments)
{
	int saved = errno;
	long ret = real()->syscall(number, arguments->a, arguments->b, arguments->c, arguments->d,
				   arguments->e, arguments->f);

	if (ret == -1)
		ret = -errno;
	errno = saved;
	return ret;
}

#endif

static inline long raw_call3(long number, long a, long b, long c)
{
	return raw_call(number, &(struct raw_arguments){ a, b, c, 0, 0, 0 });
}

static inline long raw_call4(long number, long a, long b, long c, long d)
{
	return raw_call(number, &(struct raw_arguments){ a, b, c, d, 0, 0 });
}

#endif
