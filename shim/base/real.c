/* SPDX-License-Identifier: Apache-2.0 */
/* The table of libc's functions, filled at the first use by our own look-up. */
#include "base/real.h"

#include <errno.h>
#include <stdatomic.h>

#include "base/resolve.h"

#define REAL_COUNT (sizeof(struct real) / sizeof(void *))

/* Looked up in one walk over the objects; bounds the frame. */
#define REAL_AT_ONCE ((size_t)40)

static const char *const real_names[] = {
#define LIBC(name) #name,
#define LIBC_LIKE(name, type) #name,
#include "base/libc.def"
#undef LIBC
#undef LIBC_LIKE
};

_Static_assert(sizeof(real_names) / sizeof(real_names[0]) == REAL_COUNT, "a name for each slot");

/* The slots are pointers to functions, all of one size, in the order of the list. */
static union {
	struct real functions;
	void *addresses[REAL_COUNT];
} real_table;

static _Atomic int real_ready;

/* In place of a function that no object defines; whatever its arguments and result are. */
static long real_missing(void)
{
	errno = ENOSYS;
	return -1;
}

static __attribute__((noinline)) void real_fill(void)
{
	void *found[REAL_AT_ONCE];

	for (size_t i = 0; i < REAL_COUNT; i += REAL_AT_ONCE) {
		size_t count = REAL_COUNT - i < REAL_AT_ONCE ? REAL_COUNT - i : REAL_AT_ONCE;

		resolve_next_all(real_names + i, count, found);
		for (size_t j = 0; j < count; j++)
			real_table.addresses[i + j] = found[j] ? found[j] : (void *)real_missing;
	}
	atomic_store_explicit(&real_ready, 1, memory_order_release);
}

const struct real *real(void)
{
	if (__builtin_expect(!atomic_load_explicit(&real_ready, memory_order_acquire), 0))
		real_fill();
	return &real_table.functions;
}

const struct real *real_filled(void)
{
	return &real_table.functions;
}
