/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What dlsym gives for a replaced function of a library that the program asked by its handle: a
 * trampoline, a few instructions of ours that leave the library's table for this thread and jump to
 * the hook. Its caller may have nothing to do with the library (libffi), or be no object at all
 * (compiled at run time), so that the return address alone would not tell which copy is meant.
 *
 * Ownership: trampolines live for good. Threads: any; no lock. Signals: what an interrupted
 * trampoline left is told by the return address, which only its own hook has.
 */
#ifndef CALL_BINDING_H
#define CALL_BINDING_H

/* Trampolines of each function: so many copies of a library can be told apart. */
#define BINDING_EACH 16

#ifndef __ASSEMBLER__

#include <stddef.h>

#include "call/library.h"

enum binding_name {
#define REPLACED(family, index, name) BINDING_##name,
#include "call/replaced.def"
#undef REPLACED
	BINDING_NAMES
};

/* Which replaced function of a library @name is, or BINDING_NAMES. */
enum binding_name binding_name_of(const char *name);

/* The library that function @name is of, and its place there. */
const struct library_family *binding_family(enum binding_name name);
size_t binding_index(enum binding_name name);

/*
 * What to call instead of @name of @library, one of its family; null when all are taken, which is
 * counted among the calls that passed through, or when we do not export the name.
 */
void *binding_take(enum binding_name name, const struct library *library);

/* Written by a trampoline, for the hook that it jumps to. */
struct binding_call {
	const struct library *library;
	const void *caller;	/* the trampoline's return address */
};

extern _Thread_local struct binding_call binding_call
	__attribute__((tls_model("initial-exec"), visibility("hidden")));

/*
 * To be called once by each hook of @family: the library that the trampoline was bound to through
 * which @caller came, or null when it came by none.
 */
static inline const struct library *binding_claim(const struct library_family *family,
						  const void *caller)
{
	const struct library *library = binding_call.library;

	if (__builtin_expect(!library, 1))
		return NULL;
	binding_call.library = NULL;
	return binding_call.caller == caller && library->family == family ? library : NULL;
}

/* Whether a trampoline was passed whose hook did not claim it yet. */
static inline bool binding_is_pending(void)
{
	return __builtin_expect(binding_call.library != NULL, 0);
}

#endif

#endif
