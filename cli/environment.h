/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The environment of the command: ours, the changes of -E, and what makes it traced. Our own
 * environment is never changed.
 *
 * Ownership: environment_begin() allocates, environment_end() frees; entries that were not changed
 * are borrowed. Main thread. Failure: false, no memory.
 */
#ifndef CLI_ENVIRONMENT_H
#define CLI_ENVIRONMENT_H

#include <stdbool.h>
#include <stddef.h>

#include "trace/propagation.h"

#define ENVIRONMENT_ADDED 128

struct environment {
	char **entry;		/* null-terminated */
	size_t count, room;
	char *added[ENVIRONMENT_ADDED];	/* what was allocated */
	size_t added_count;
};

/* A copy of @source with room for changes. */
bool environment_begin(char **source, struct environment *ret);
void environment_end(struct environment *environment);

/* "VAR=VALUE" replaces or adds, "VAR" takes away. */
bool environment_change(struct environment *environment, const char *assignment);

bool environment_set(struct environment *environment, const char *name, const char *value);

/*
 * Hands @from on, in the variables of @propagators; what these said before goes, so that nobody
 * reads the state of one trace with the context of another.
 */
bool environment_hand_on(struct environment *environment, unsigned propagators,
			 const struct propagated *from);

/* Null when it is not there. */
const char *environment_get(const struct environment *environment, const char *name);

/*
 * Puts @library first in LD_PRELOAD, once: entries of others stay, another libotelshim.so goes (two
 * copies in one process do nothing but harm).
 */
bool environment_preload(struct environment *environment, const char *library);

#endif
