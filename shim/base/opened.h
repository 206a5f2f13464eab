/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What came into the process with one dlopen: the object that its handle stands for, and those that
 * it needs and that were loaded after it. All of them are bound and stay as long as the program
 * holds the handle, which nothing tells of an object that another thread is loading just now.
 */
#ifndef BASE_OPENED_H
#define BASE_OPENED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/elf.h"
#include "base/resolve.h"

struct opened {
	struct resolve_object object;
	struct elf elf;
	uintptr_t relro_start, relro_end;	/* read-only since it is bound; both 0: nothing */
	bool together;	/* while they are collected: needed by one that is */
};

/*
 * Fills @ret, of @room entries, with what came with @handle, the handle's own object first; how
 * many they are. 0 when @handle is of the start-up, or unknown to the loader: it is compared and
 * never followed. Objects for which there is no room are left out.
 *
 * Takes the loader's lock of dl_iterate_phdr() meanwhile. @ret is not the stack's: it is big.
 */
size_t opened_collect(const void *handle, struct opened *ret, size_t room);

/* Whether anything was opened since the start-up and is there still: one load. */
bool opened_any(void);

#endif
