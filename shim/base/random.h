/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Random numbers for ids: xoshiro256** for each thread, seeded from getrandom() once in a process
 * and from a counter for each thread, and anew in a forked child. Not for secrets.
 *
 * Threads: each uses its own state; no lock, no system call but the first of a process.
 */
#ifndef BASE_RANDOM_H
#define BASE_RANDOM_H

#include <stddef.h>
#include <stdint.h>

/* Never zero. */
uint64_t random_next(void);

/* Fills @size bytes, a multiple of 8, not all zero. */
void random_fill(uint8_t *bytes, size_t size);

/* Seeds a state for random_step(); pure. */
void random_seed(uint64_t state[4], uint64_t seed);

/* One step of xoshiro256**; pure. */
uint64_t random_step(uint64_t state[4]);

#endif
