/* SPDX-License-Identifier: Apache-2.0 */
/* xoshiro256** (Blackman and Vigna), a state for each thread. */
#include "base/random.h"

#include <stdatomic.h>

#include "base/clock.h"

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

/* No arena, hence no thread state and no span: still different numbers, for whoever asks. */
uint64_t random_without_thread(void)
{
	static _Atomic uint64_t count;
	uint64_t value = random_mix(clock_now_ns() + atomic_fetch_add(&count, 0x9e3779b97f4a7c15u));

	return value ? value : 1;
}
