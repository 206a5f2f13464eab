/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a caller's name would be found without us: a copy of the loader's list of objects, and the
 * search over it. For base/resolve.c alone.
 *
 * Ownership: the caller lends the block of memory that holds the copy.
 * Threads: the copy is taken and searched under the loader's lock of dl_iterate_phdr(), so that no
 * object is unmapped while it is read; nothing that may take a lock or allocate is called then.
 */
#ifndef BASE_SCOPE_H
#define BASE_SCOPE_H

#include <link.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/elf.h"
#include "base/resolve.h"

/* What comes later in the loader's list is not seen. */
#define SCOPE_OBJECTS 4096

struct scope_object {
	struct resolve_object object;
	uint32_t soname_hash;	/* of DT_SONAME, 0: none */
	uint32_t file_hash;	/* of the last part of the path, 0: none */
};

struct scope {
	const char *name;	/* that is looked for */
	const struct elf_version *version;	/* that the caller asks for, or null */
	struct elf_version asked;
	size_t count;
	size_t self;	/* index of ourselves, or count */
	size_t startup;	/* how many were there when the program began */
	struct scope_object objects[SCOPE_OBJECTS];
	uint16_t queue[SCOPE_OBJECTS];
	bool queued[SCOPE_OBJECTS];
};

/*
 * Fills @scope, which is zeroed, and searches it for the object that @name comes from when @caller
 * calls it, or looks it up (@order).
 */
bool scope_search(struct scope *scope, const struct resolve_object *caller, const char *name,
		  enum resolve_order order, struct resolve_object *ret);

/* From resolve.c: the head of the loader's list, the last object of the start-up. */
struct link_map *resolve_first_map(void);
struct link_map *resolve_last_map(void);

/* From resolve.c: all but the link map; false when it has no dynamic section. */
bool resolve_read_phdr(const struct dl_phdr_info *info, struct resolve_object *ret);

#endif
