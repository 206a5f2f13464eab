/* SPDX-License-Identifier: Apache-2.0 */
/* The modules that calls came from. */
#include "call/module.h"

#include <elf.h>
#include <limits.h>
#include <link.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/resolve.h"
#include "trace/area.h"

#define PROGRAM_HEADERS_MAX 64u
#define BUILD_ID_MAX 64u

/* A place is taken by its key first; readers trust it once the description is there. */
struct module {
	_Atomic uintptr_t start;
	uintptr_t end, load_address;
	_Atomic uint32_t state;		/* 0: being filled; else description + 1 */
};

static size_t align4(size_t size)
{
	return (size + 3) & ~(size_t)3;
}

static struct slice note_build_id(const uint8_t *note, size_t size)
{
	while (size >= sizeof(ElfW(Nhdr))) {
		ElfW(Nhdr) head;
		size_t name_size, desc_size;

		memcpy(&head, note, sizeof(head));
		name_size = align4(head.n_namesz);
		desc_size = align4(head.n_descsz);
		if (name_size > size - sizeof(head) ||
		    desc_size > size - sizeof(head) - name_size)
			break;
		if (head.n_type == NT_GNU_BUILD_ID && head.n_namesz == 4 &&
		    memcmp(note + sizeof(head), "GNU", 4) == 0 && head.n_descsz <= BUILD_ID_MAX)
			return slice_of(note + sizeof(head) + name_size, head.n_descsz);
		note += sizeof(head) + name_size + desc_size;
		size -= sizeof(head) + name_size + desc_size;
	}
	return (struct slice){ NULL, 0 };
}

/*
 * By the program headers, where the file's head is mapped at the start of the object, as linkers
 * do.
 */
static struct slice module_build_id(const struct resolve_object *object)
{
	struct slice none = { NULL, 0 };
	const ElfW(Ehdr) *head = (const ElfW(Ehdr) *)object->start;
	const ElfW(Phdr) *program;

	if (object->end - object->start < sizeof(*head) ||
	    memcmp(head->e_ident, ELFMAG, SELFMAG) != 0 ||
	    head->e_phentsize != sizeof(*program) || head->e_phnum > PROGRAM_HEADERS_MAX ||
	    head->e_phoff > 4096)
		return none;
	program = (const ElfW(Phdr) *)(object->start + head->e_phoff);
	for (size_t i = 0; i < head->e_phnum; i++) {
		uintptr_t start = object->load_address + program[i].p_vaddr;
		struct slice found;

		if (program[i].p_type != PT_NOTE || start < object->start ||
		    program[i].p_filesz > object->end - start)
			continue;
		found = note_build_id((const uint8_t *)start, program[i].p_filesz);
		if (found.size)
			return found;
	}
	return none;
}

/* The loader has no name for the main program. @room holds PATH_MAX bytes, or is null. */
static struct slice module_path(const struct resolve_object *object, char *room)
{
	ssize_t size;

	if (object->path && object->path[0])
		return slice_first(slice_of_string(object->path), PATH_MAX);
	size = room ? readlink("/proc/self/exe", room, PATH_MAX) : 0;
	return slice_of(room, size > 0 ? (size_t)size : 0);
}

static uint32_t module_describe(const struct resolve_object *object)
{
	char *room = arena_take(PATH_MAX);
	const struct slice texts[] = { module_path(object, room), module_build_id(object) };
	struct area_module body = {
		.load_address = object->load_address,
		.start = object->start,
		.end = object->end,
		.path_size = (uint16_t)texts[0].size,
		.build_id_size = (uint16_t)texts[1].size,
	};
	uint32_t description = area_describe(AREA_MODULE, slice_of(&body, sizeof(body)), texts, 2);

	arena_give(room, PATH_MAX);
	return description;
}

static uint32_t module_lookup(const struct resolve_object *object)
{
	struct module *table = arena_root(ARENA_ROOT_MODULES, MODULES_MAX * sizeof(*table));

	if (!table)
		return 0;
	for (size_t i = 0; i < MODULES_MAX; i++) {
		uintptr_t free_start = 0;
		uint32_t state;

		if (atomic_load_explicit(&table[i].start, memory_order_relaxed) == object->start) {
			state = atomic_load_explicit(&table[i].state, memory_order_acquire);
			if (state && table[i].end == object->end &&
			    table[i].load_address == object->load_address)
				return state - 1;
			continue;
		}
		if (!atomic_compare_exchange_strong(&table[i].start, &free_start, object->start))
			continue;
		table[i].end = object->end;
		table[i].load_address = object->load_address;
		state = module_describe(object) + 1;
		atomic_store_explicit(&table[i].state, state, memory_order_release);
		return state - 1;
	}
	return 0;
}

uint32_t module_find(struct module_memory *memory, const void *return_address)
{
	struct resolve_object object;

	if (!resolve_owner(return_address, &object))
		return 0;
	memory->start = object.start;
	memory->end = object.end;
	memory->description = module_lookup(&object);
	return memory->description;
}
