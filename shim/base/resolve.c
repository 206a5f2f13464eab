/* SPDX-License-Identifier: Apache-2.0 */
/* Owners of addresses, and the next definition after ourselves, without the loader's locks. */
#include "base/resolve.h"

#include <dlfcn.h>
#include <link.h>
#include <stdatomic.h>
#include <sys/mman.h>

#include "base/elf.h"
#include "base/raw.h"
#include "base/scope.h"

/* Weak: the loader's, found at run time; else the loader were a library that we need. */
extern struct r_debug _r_debug __attribute__((weak));

#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 35)
#define RESOLVE_FINDS_OBJECTS 1
/* Weak: glibc 2.35 and newer have it. */
extern __typeof__(_dl_find_object) _dl_find_object __attribute__((weak));
#endif

/* The last object of the start-up: what comes behind it may be unloaded at any time. */
static struct link_map *_Atomic resolve_last;

struct link_map *resolve_first_map(void)
{
	return &_r_debug ? _r_debug.r_map : NULL;
}

static void resolve_fill(const struct link_map *map, uintptr_t start, uintptr_t end,
			 struct resolve_object *ret)
{
	*ret = (struct resolve_object){
		.link_map = map,
		.load_address = map->l_addr,
		.dynamic = (uintptr_t)map->l_ld,
		.start = start,
		.end = end,
		.path = map->l_name,
	};
}

/* An address that is looked for among the objects, for a loader without _dl_find_object(). */
struct resolve_wanted {
	uintptr_t address;
	struct resolve_object found;
};

bool resolve_read_phdr(const struct dl_phdr_info *info, struct resolve_object *ret)
{
	struct resolve_object object = { .start = UINTPTR_MAX, .path = info->dlpi_name };

	object.load_address = info->dlpi_addr;
	for (size_t i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *part = &info->dlpi_phdr[i];
		uintptr_t start = info->dlpi_addr + part->p_vaddr;

		if (part->p_type == PT_DYNAMIC)
			object.dynamic = start;
		if (part->p_type != PT_LOAD)
			continue;
		if (start < object.start)
			object.start = start;
		if (start + part->p_memsz > object.end)
			object.end = start + part->p_memsz;
	}
	if (object.dynamic == 0 || object.start >= object.end)
		return false;
	*ret = object;
	return true;
}

static int resolve_visit_owner(struct dl_phdr_info *info, size_t size, void *data)
{
	struct resolve_wanted *wanted = data;
	struct resolve_object object;

	(void)size;
	if (!resolve_read_phdr(info, &object) ||
	    !resolve_holds(&object, (const void *)wanted->address))
		return 0;
	for (struct link_map *map = resolve_first_map(); map; map = map->l_next) {
		if ((uintptr_t)map->l_ld != object.dynamic)
			continue;
		resolve_fill(map, object.start, object.end, &wanted->found);
		return 1;
	}
	return 0;
}

static bool resolve_owner_locked(const void *address, struct resolve_object *ret)
{
	struct resolve_wanted wanted = { .address = (uintptr_t)address };

	if (dl_iterate_phdr(resolve_visit_owner, &wanted) != 1)
		return false;
	*ret = wanted.found;
	return true;
}

bool resolve_owner(const void *address, struct resolve_object *ret)
{
#ifdef RESOLVE_FINDS_OBJECTS
	struct dl_find_object found;

	if (_dl_find_object) {
		if (_dl_find_object((void *)(uintptr_t)address, &found) != 0)
			return false;
		resolve_fill(found.dlfo_link_map, (uintptr_t)found.dlfo_map_start,
			     (uintptr_t)found.dlfo_map_end, ret);
		return true;
	}
#endif
	return resolve_owner_locked(address, ret);
}

bool resolve_self(struct resolve_object *ret)
{
	return resolve_owner((const void *)&resolve_last, ret);
}

struct link_map *resolve_last_map(void)
{
	struct link_map *last = atomic_load_explicit(&resolve_last, memory_order_acquire);
	struct link_map *none = NULL;

	if (last)
		return last;
	last = resolve_first_map();
	while (last && last->l_next)
		last = last->l_next;
	return atomic_compare_exchange_strong(&resolve_last, &none, last) ? last : none;
}

void resolve_begin(void)
{
	resolve_last_map();
}

/* The range of the object with this dynamic section; without one, all that follows its start. */
static bool resolve_open(uintptr_t load_address, uintptr_t dynamic, struct elf *ret)
{
	struct resolve_object object;

	if (!resolve_owner((const void *)dynamic, &object) || object.dynamic != dynamic) {
		object.start = load_address;
		object.end = UINTPTR_MAX;
	}
	return elf_open(load_address, dynamic, object.start, object.end, ret);
}

void *resolve_in_object(uintptr_t load_address, uintptr_t dynamic, const char *name)
{
	const ElfW(Sym) *symbol;
	struct elf elf;

	if (!resolve_open(load_address, dynamic, &elf))
		return NULL;
	symbol = elf_find(&elf, name);
	return symbol ? elf_address(&elf, symbol) : NULL;
}

/* Looks for those of @names that have no address yet; how many were found. */
static size_t resolve_some(const struct link_map *map, const char *const *names, size_t count,
			   void **ret)
{
	const ElfW(Sym) *symbol;
	size_t found = 0;
	struct elf elf;

	if (!resolve_open(map->l_addr, (uintptr_t)map->l_ld, &elf))
		return 0;
	for (size_t i = 0; i < count; i++) {
		if (ret[i])
			continue;
		symbol = elf_find(&elf, names[i]);
		if (symbol)
			ret[i] = elf_address(&elf, symbol);
		found += ret[i] != NULL;
	}
	return found;
}

void resolve_next_all(const char *const *names, size_t count, void **ret)
{
	const struct link_map *last = resolve_last_map();
	const struct link_map *map;
	struct resolve_object self;
	size_t found = 0;

	for (size_t i = 0; i < count; i++)
		ret[i] = NULL;
	if (!resolve_self(&self))
		return;
	map = self.link_map;
	while (map != last && map->l_next && found < count) {
		map = map->l_next;
		found += resolve_some(map, names, count, ret);
	}
}

void *resolve_next(const char *name)
{
	void *address;

	resolve_next_all(&name, 1, &address);
	return address;
}

bool resolve_provider(const struct resolve_object *caller, const char *name,
		      enum resolve_order order, struct resolve_object *ret)
{
	const struct raw_arguments how = {
		0, (long)sizeof(struct scope), PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0,
	};
	long block = raw_call(SYS_mmap, &how);
	void *address;
	bool found;

	if (block < 0 && block > -4096) {
		/* No memory for a search: the start-up objects alone need none. */
		address = order == RESOLVE_LOCAL ? NULL : resolve_next(name);
		return address && resolve_owner(address, ret);
	}
	found = scope_search((struct scope *)block, caller, name, order, ret);
	raw_call3(SYS_munmap, block, (long)sizeof(struct scope), 0);
	return found;
}

void resolve_all_in_object(const struct resolve_object *owner, const char *const *names,
			   size_t count, void **ret)
{
	struct resolve_object self = { 0 };

	resolve_self(&self);
	for (size_t i = 0; i < count; i++) {
		ret[i] = resolve_in_object(owner->load_address, owner->dynamic, names[i]);
		if (resolve_holds(&self, ret[i]))
			ret[i] = NULL;
	}
}

bool resolve_for_object(const struct resolve_object *caller, const char *const *names, size_t count,
			void **ret, struct resolve_object *ret_owner)
{
	struct resolve_object owner;

	if (count == 0 || !resolve_provider(caller, names[0], RESOLVE_GLOBAL_FIRST, &owner))
		return false;
	resolve_all_in_object(&owner, names, count, ret);
	*ret_owner = owner;
	return true;
}

bool resolve_first(const char *name, struct resolve_object *ret)
{
	const struct link_map *last = resolve_last_map();
	const struct link_map *map = resolve_first_map();
	void *address = NULL;

	while (map && !address) {
		resolve_some(map, &name, 1, &address);
		if (map == last)
			break;
		map = map->l_next;
	}
	return address && resolve_owner(address, ret);
}

void resolve_own_all(const char *const *names, size_t count, void **ret)
{
	const struct link_map *map = resolve_first_map();
	struct resolve_object self;

	for (size_t i = 0; i < count; i++)
		ret[i] = NULL;
	if (!resolve_self(&self))
		return;
	for (; map && map != self.link_map; map = map->l_next)
		resolve_some(map, names, count, ret);
	resolve_some(self.link_map, names, count, ret);
	for (size_t i = 0; i < count; i++)
		if (!resolve_holds(&self, ret[i]))
			ret[i] = NULL;
}

bool resolve_is_startup(const struct resolve_object *object)
{
	const struct link_map *last = resolve_last_map();

	for (const struct link_map *map = resolve_first_map(); map; map = map->l_next) {
		if (map == object->link_map)
			return true;
		if (map == last)
			break;
	}
	return false;
}

static int resolve_visit_unloads(struct dl_phdr_info *info, size_t size, void *data)
{
	uint64_t *unloads = data;

	if (size >= offsetof(struct dl_phdr_info, dlpi_subs) + sizeof(info->dlpi_subs))
		*unloads = info->dlpi_subs;
	return 1;
}

uint64_t resolve_unloads(void)
{
	uint64_t unloads = 0;

	dl_iterate_phdr(resolve_visit_unloads, &unloads);
	return unloads;
}
