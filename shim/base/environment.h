/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A look at the environment before anything is asked of it: most processes have no variable of
 * ours, and some sixty searches by libc, in pages of it that nobody else needs, find nothing.
 * Threads: at load only; the program may change its environment later.
 */
#ifndef BASE_ENVIRONMENT_H
#define BASE_ENVIRONMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <unistd.h>

/* Whether the name of any variable starts with @prefix. */
static inline bool environment_has(const char *prefix)
{
	for (char *const *entry = environ; entry && *entry; entry++) {
		size_t i = 0;

		while (prefix[i] && (*entry)[i] == prefix[i])
			i++;
		if (!prefix[i])
			return true;
	}
	return false;
}

#endif
