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

/*
 * A call of libpq to itself goes straight on; see hooks.md 0.2 for why not by a depth counter. What
 * libpq itself calls for each command of the program ends with PASS_FIRST, before anything is kept
 * for later, and has the rest, PASS_OTHER included, in a function apart.
 */
#define PASS_FIRST(name, ...)                                                                      \
	do {                                                                                       \
		const struct libpq *inside = libpq_first();                                        \
		if (libpq_is_inside(inside, RETURN_ADDRESS) && inside->name)                       \
			return inside->name(__VA_ARGS__);                                          \
	} while (0)

#define PASS_OTHER(name, caller, ...)                                                              \
	do {                                                                                       \
		const struct libpq *other = libpq_inside_other(caller);                            \
		if (__builtin_expect(other && other->name, 0))                                     \
			return other->name(__VA_ARGS__);                                           \
	} while (0)

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
