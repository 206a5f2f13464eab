/* SPDX-License-Identifier: Apache-2.0 */
/* xoshiro256** (Blackman and Vigna), a state for each thread. */
#include "base/random.h"

#include <stdatomic.h>
#include <string.h>

#include "base/clock.h"
#include "base/thread.h"

static uint64_t random_rotate(uint64_t value, unsigned int bits)
{
	return (value << bits) | (value >> (64 - bits));
}

/* splitmix64: what the authors of xoshiro advise for seeding, never four zeros. */
static uint64_t random_mix(uint64_t value)
{
	value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9u;
	value = (value ^ (value >> 27)) * 0x94d049bb133111ebu;
	return value ^ (value >> 31);
}

void random_seed(uint64_t state[4], uint64_t seed)
{
	for (int i = 0; i < 4; i++) {
		seed += 0x9e3779b97f4a7c15u;
		state[i] = random_mix(seed);
	}
}

uint64_t random_step(uint64_t state[4])
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

/* No arena, hence no thread state and no span: still different numbers, for whoever asks. */
static uint64_t random_without_thread(void)
{
	static _Atomic uint64_t count;
	uint64_t value = random_mix(clock_now_ns() + atomic_fetch_add(&count, 0x9e3779b97f4a7c15u));

	return value ? value : 1;
}

static uint64_t random_of(struct thread *thread)
{
	uint64_t value;

	if (__builtin_expect(!thread, 0))
		return random_without_thread();
	do
		value = random_step(thread->random);
	while (__builtin_expect(value == 0, 0));
	return value;
}

uint64_t random_next(void)
{
	return random_of(thread_current());
}

void random_fill(uint8_t *bytes, size_t size)
{
	struct thread *thread = thread_current();

	for (size_t i = 0; i + sizeof(uint64_t) <= size; i += sizeof(uint64_t)) {
		uint64_t value = random_of(thread);

		memcpy(bytes + i, &value, sizeof(value));
	}
}
