/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Objects that the program opened with RTLD_DEEPBIND (PHP's extensions): the loader bound their
 * calls past every preload. Their slots are led back to us, and only theirs: a slot is rewritten
 * when the program as a whole gets our function for its name, and the slot leads neither to us nor
 * into the object itself, but to the very function that we would call for it.
 *
 * Driven by the replaced dlsym: who opens a plugin asks for its entry next.
 *
 * Threads: any; one at a time does it, who comes meanwhile leaves it to the next dlsym. Pages that
 * were read-only are so again. No errno.
 */
#ifndef CALL_DEEPBIND_H
#define CALL_DEEPBIND_H

#include <stdbool.h>

/* From now on; before, and where it is never called, objects are left as they are. */
void deepbind_enable(void);

/* Before a filter that may forbid mprotect(), and after it was refused. */
void deepbind_allow(bool allowed);

/* The program asks for something of @handle, which need not be a valid one. */
void deepbind_notice(void *handle);

#endif
