/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a call came from: the module that holds a return address, described once in the area with
 * path, load address and build-id.
 *
 * Threads: any, lock-free. Failure: 0, the record then carries the bare address.
 */
#ifndef CALL_MODULE_H
#define CALL_MODULE_H

#include <stdint.h>

#include "base/cold.h"

#define MODULES_MAX 256u

/* The last answer, kept by each connection: most calls come from one module. */
struct module_memory {
	uintptr_t start, end;
	uint32_t description;
};

/* For module_of() alone: the answer that @memory does not hold. */
COLD uint32_t module_find(struct module_memory *memory, const void *return_address);

static inline uint32_t module_of(struct module_memory *memory, const void *return_address)
{
	if ((uintptr_t)return_address - memory->start < memory->end - memory->start)
		return memory->description;
	return module_find(memory, return_address);
}

#endif
