/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory that only grows and is given back all at once: the exporter's one mapping, and the parts
 * of it that are begun anew for every batch. The consumer may run on a thread of a foreign program,
 * so the program's allocator is never called.
 *
 * Ownership: the maker's. Threads: one. Failure: null when there is no room, nothing is changed.
 */
#ifndef EXPORTER_BUMP_H
#define EXPORTER_BUMP_H

#include <stddef.h>
#include <stdint.h>

struct bump {
	uint8_t *start, *position, *limit;
};

static inline void bump_begin(struct bump *bump, void *memory, size_t size)
{
	bump->start = bump->position = memory;
	bump->limit = bump->start + size;
}

/* At least @size bytes, aligned to 64; as they are, zeroed only in a fresh mapping. */
static inline void *bump_take(struct bump *bump, size_t size)
{
	size_t room = (size + 63) & ~(size_t)63;
	uint8_t *ret = bump->position;

	if (room < size || room > (size_t)(bump->limit - bump->position))
		return NULL;
	bump->position += room;
	return ret;
}

static inline void bump_reset(struct bump *bump)
{
	bump->position = bump->start;
}

#endif
