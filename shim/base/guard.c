/* SPDX-License-Identifier: Apache-2.0 */
/* The guard's count, which lives in the arena, so that a forked child begins at zero. */
#include "base/guard.h"

uint64_t guard_refused(void)
{
	return arena_guarded();
}
