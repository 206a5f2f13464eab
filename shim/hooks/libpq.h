/* SPDX-License-Identifier: Apache-2.0 */
/* The replaced functions of libpq as they are declared, and what each of them begins with. */
#ifndef HOOKS_LIBPQ_H
#define HOOKS_LIBPQ_H

#include "call/libpq.h"
#include "hooks/hook.h"

#define LIBPQ(name, type) HOOK extern __typeof__(type) name;
#define LIBPQ_CALLED(name, type)
#include "call/libpq.def"
#undef LIBPQ
#undef LIBPQ_CALLED

/* A call of libpq to itself goes straight on: see hooks/hook.h. */
#define PASS_FIRST(name, ...) PASS_FIRST_OF(libpq, name, __VA_ARGS__)
#define PASS_OTHER(name, caller, ...) PASS_OTHER_OF(libpq, name, caller, __VA_ARGS__)

/* Both, in a function of the hook that has the hook's return address. */
#define PASS_CALLED_INSIDE(name, caller, ...)                                                      \
	do {                                                                                       \
		const struct libpq *called = libpq_inside(caller);                                 \
		if (__builtin_expect(called && called->name, 0))                                   \
			return called->name(__VA_ARGS__);                                          \
	} while (0)

#define PASS_INSIDE(name, ...)                                                                     \
	PASS_FIRST(name, __VA_ARGS__);                                                             \
	PASS_OTHER(name, RETURN_ADDRESS, __VA_ARGS__)

/* Whether @submit has a real @name to call. */
#define HAS(submit, name) ((submit).libpq && (submit).libpq->name)

#endif
