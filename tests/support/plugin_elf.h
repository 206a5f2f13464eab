/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of an object that plugin_open() opened. */
#ifndef TESTS_SUPPORT_PLUGIN_ELF_H
#define TESTS_SUPPORT_PLUGIN_ELF_H

#include <dlfcn.h>
#include <link.h>

#include "base/elf.h"
#include "base/resolve.h"

static inline struct elf plugin_elf(void *handle)
{
	struct resolve_object object;
	struct link_map *map;
	struct elf elf;

	assert_int_equal(dlinfo(handle, RTLD_DI_LINKMAP, &map), 0);
	assert_true(resolve_owner(map->l_ld, &object));
	assert_ptr_equal(object.link_map, map);
	assert_true(elf_open(map->l_addr, (uintptr_t)map->l_ld, object.start, object.end, &elf));
	return elf;
}

#endif
