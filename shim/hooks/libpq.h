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

/* A call of libpq to itself goes straight on; see hooks.md 0.2 for why not by a depth counter. */
#define PASS_INSIDE(name, ...)                                                                     \
	do {                                                                                       \
		const struct libpq *inside = libpq_inside(RETURN_ADDRESS);                         \
		if (inside && inside->name)                                                        \
			return inside->name(__VA_ARGS__);                                          \
	} while (0)

/* Whether @submit has a real @name to call. */
#define HAS(submit, name) ((submit).libpq && (submit).libpq->name)

#endif
