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
#include <string.h>

#include "base/cold.h"
#include "base/thread.h"

/* Seeds a state for random_step(); pure. */
void random_seed(uint64_t state[4], uint64_t seed);

/* For random_of() alone. */
COLD uint64_t random_without_thread(void);

static inline uint64_t random_rotate(uint64_t value, unsigned int bits)
{
	return (value << bits) | (value >> (64 - bits));
}

/* One step of xoshiro256**; pure. */
static inline uint64_t random_step(uint64_t state[4])
{
	uint64_t result = random_rotate(state[1] * 5, 7) * 9;
	uint64_t shifted = state[1] << 17;

	state[2] ^= state[0];
	state[3] ^= state[1];
	state[1] ^= state[2];
	state[0] ^= state[3];
	state[2] ^= shifted;
	state[3] = random_rotate(state[3], 45);
	return result;
}

/* The next number of @thread; never zero. */
static inline uint64_t random_of(struct thread *thread)
{
	uint64_t value;

	if (__builtin_expect(!thread, 0))
		return random_without_thread();
	do
		value = random_step(thread->random);
	while (__builtin_expect(value == 0, 0));
	return value;
}

/* Never zero. */
static inline uint64_t random_next(void)
{
	return random_of(thread_current());
}

/* Fills @size bytes, a multiple of 8, not all zero. */
static inline void random_fill(uint8_t *bytes, size_t size)
{
	struct thread *thread = thread_current();

	for (size_t i = 0; i + sizeof(uint64_t) <= size; i += sizeof(uint64_t)) {
		uint64_t value = random_of(thread);

		memcpy(bytes + i, &value, sizeof(value));
	}
}

#endif
