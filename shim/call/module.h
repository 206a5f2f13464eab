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

#define MODULES_MAX 256u

/* The last answer, kept by each connection: most calls come from one module. */
struct module_memory {
	uintptr_t start, end;
	uint32_t description;
};

uint32_t module_of(struct module_memory *memory, const void *return_address);

#endif
