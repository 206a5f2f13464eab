/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Time, in nanoseconds. Records carry the monotonic clock, which is one for all processes of a
 * machine; whoever reads them adds clock_wall_offset_ns() of that moment, so that no end comes
 * before its start when the wall clock steps. No system call where the kernel offers its clock
 * page.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>
#include <time.h>

/* This and the next are always in line: at load a call would touch a page of code for it alone. */
static inline __attribute__((always_inline)) uint64_t clock_read_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static inline __attribute__((always_inline)) uint64_t clock_now_ns(void)
{
	return clock_read_ns(CLOCK_MONOTONIC);
}

/* Wall clock minus monotonic clock, now. */
static inline uint64_t clock_wall_offset_ns(void)
{
	return clock_read_ns(CLOCK_REALTIME) - clock_read_ns(CLOCK_MONOTONIC);
}

#endif
