/* SPDX-License-Identifier: Apache-2.0 */
/* The closure over DT_NEEDED of one handle, among what follows it in the loader's list. */
#include "base/opened.h"

#include <link.h>
#include <string.h>

#include "base/scope.h"

/* What is collected, under the loader's lock. */
struct opened_search {
	const void *handle;
	struct opened *found;
	size_t count, room;
	bool begun;
};

bool opened_any(void)
{
	const struct link_map *last = resolve_last_map();

	return last && last->l_next;
}

/* The handle's place in the list of what was opened. */
static const struct link_map *opened_map(const void *handle)
{
	const struct link_map *map = resolve_last_map();

	while (map && (map = map->l_next) != NULL && map != handle)
		;
	return map;
}

static bool opened_read(const struct link_map *map, struct opened *ret)
{
	*ret = (struct opened){ .relro_start = 0 };
	return resolve_owner(map->l_ld, &ret->object) && ret->object.link_map == map &&
	       elf_open(ret->object.load_address, ret->object.dynamic, ret->object.start,
			ret->object.end, &ret->elf);
}

static bool opened_is(const struct opened *opened, const char *needed)
{
	const char *soname = elf_soname(&opened->elf);
	const char *path = opened->object.path;
	const char *slash = strrchr(path, '/');

	return (soname && strcmp(soname, needed) == 0) || strcmp(path, needed) == 0 ||
	       (slash && strcmp(slash + 1, needed) == 0);
}

/* Marks what @by needs; whether that was news. */
static bool opened_mark_needs(struct opened_search *search, const struct opened *by)
{
	const char *needed;
	bool news = false;

	for (size_t i = 0; (needed = elf_needed(&by->elf, i)) != NULL; i++) {
		for (size_t j = 0; j < search->count; j++) {
			struct opened *each = &search->found[j];

			if (each->together || !opened_is(each, needed))
				continue;
			each->together = true;
			news = true;
		}
	}
	return news;
}

static void opened_begin(struct opened_search *search)
{
	const struct link_map *map = opened_map(search->handle);
	size_t kept = 0;
	bool news = true;

	for (; map && search->count < search->room; map = map->l_next)
		if (opened_read(map, &search->found[search->count]))
			search->count++;
	if (search->count == 0 || search->found[0].object.link_map != search->handle) {
		search->count = 0;
		return;
	}
	search->found[0].together = true;
	while (news) {
		news = false;
		for (size_t i = 0; i < search->count; i++)
			if (search->found[i].together)
				news |= opened_mark_needs(search, &search->found[i]);
	}
	for (size_t i = 0; i < search->count; i++)
		if (search->found[i].together)
			search->found[kept++] = search->found[i];
	search->count = kept;
}

static void opened_read_relro(const struct dl_phdr_info *info, struct opened *opened)
{
	for (size_t i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *part = &info->dlpi_phdr[i];

		if (part->p_type != PT_GNU_RELRO)
			continue;
		opened->relro_start = info->dlpi_addr + part->p_vaddr;
		opened->relro_end = opened->relro_start + part->p_memsz;
	}
}

static int opened_visit(struct dl_phdr_info *info, size_t size, void *data)
{
	struct opened_search *search = data;
	struct resolve_object object;

	(void)size;
	if (!search->begun) {
		search->begun = true;
		opened_begin(search);
	}
	if (search->count == 0)
		return 1;
	if (!resolve_read_phdr(info, &object))
		return 0;
	for (size_t i = 0; i < search->count; i++)
		if (search->found[i].object.dynamic == object.dynamic)
			opened_read_relro(info, &search->found[i]);
	return 0;
}

size_t opened_collect(const void *handle, struct opened *ret, size_t room)
{
	struct opened_search search = { .handle = handle, .found = ret, .room = room };

	dl_iterate_phdr(opened_visit, &search);
	return search.count;
}
