/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When to try again (otel-spec 3.2, 3.3): which answers are worth it, how long to wait. Pure: no
 * clock, no random numbers of its own.
 */
#ifndef EXPORTER_RETRY_H
#define EXPORTER_RETRY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

#define RETRY_ATTEMPTS 5
#define RETRY_FIRST_NS UINT64_C(1000000000)
#define RETRY_MOST_NS UINT64_C(5000000000)

/* 429, 502, 503, 504; every other answer is final. */
bool retry_wanted(int status);

/* The wait after attempt @attempt (from 1): grows by half up to 5 s, give or take 20 %. */
uint64_t retry_delay_ns(unsigned attempt, uint64_t random);

/*
 * Reads Retry-After: seconds, or a date in any of the three forms of RFC 9110 against @wall_ns.
 * False when it is neither.
 */
bool retry_after_read(struct slice text, uint64_t wall_ns, uint64_t *ret_delay_ns);

#endif
