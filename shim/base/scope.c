/* SPDX-License-Identifier: Apache-2.0 */
/* The search for a caller's library: its own needs, then global order, then a unique object. */
#include "base/scope.h"

#include <string.h>

#include "base/elf.h"

/* Never 0, which stands for no name. */
static uint32_t scope_hash(const char *name)
{
	uint32_t hash = 2166136261u;

	for (; *name; name++)
		hash = (hash ^ (unsigned char)*name) * 16777619u;
	return hash ? hash : 1;
}

static const char *scope_file(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static bool scope_open(const struct resolve_object *object, struct elf *ret)
{
	return elf_open(object->load_address, object->dynamic, object->start, object->end, ret);
}

static bool scope_defines(const struct scope *scope, size_t index, const char *name)
{
	struct elf elf;

	if (index == scope->self || !scope_open(&scope->objects[index].object, &elf))
		return false;
	return elf_find(&elf, name) != NULL;
}

static void scope_name(struct scope_object *entry)
{
	const char *soname = NULL;
	struct elf elf;

	if (scope_open(&entry->object, &elf))
		soname = elf_soname(&elf);
	entry->soname_hash = soname ? scope_hash(soname) : 0;
	entry->file_hash = entry->object.path && entry->object.path[0] ?
				   scope_hash(scope_file(entry->object.path)) : 0;
}

/* The loader's two lists have one order; look further only where they differ. */
static const struct link_map *scope_map(const struct link_map *next, uintptr_t dynamic)
{
	if (next && (uintptr_t)next->l_ld == dynamic)
		return next;
	next = resolve_first_map();
	while (next && (uintptr_t)next->l_ld != dynamic)
		next = next->l_next;
	return next;
}

static int scope_copy(struct dl_phdr_info *info, size_t size, void *data)
{
	struct scope *scope = data;
	struct scope_object *entry = &scope->objects[scope->count];
	const struct link_map *next = NULL;

	(void)size;
	if (scope->count == SCOPE_OBJECTS)
		return 1;
	if (!resolve_read_phdr(info, &entry->object))
		return 0;
	if (scope->count > 0)
		next = entry[-1].object.link_map;
	next = scope_map(next ? next->l_next : NULL, entry->object.dynamic);
	if (!next)
		return 0;
	entry->object.link_map = next;
	scope_name(entry);
	scope->count++;
	return 0;
}

static void scope_fill(struct scope *scope)
{
	const struct link_map *last = resolve_last_map();
	struct resolve_object self = { 0 };

	resolve_self(&self);
	dl_iterate_phdr(scope_copy, scope);
	scope->self = scope->count;
	scope->startup = scope->count;
	for (size_t i = scope->count; i-- > 0;) {
		if (resolve_same(&scope->objects[i].object, &self))
			scope->self = i;
		if (scope->objects[i].object.link_map == last)
			scope->startup = i + 1;
	}
}

/* Whether @needed is how one object names another: by its SONAME, its path or its file's name. */
static bool scope_is(const struct scope_object *entry, const char *needed, uint32_t hash)
{
	const char *soname = NULL;
	struct elf elf;

	if (entry->soname_hash == hash && scope_open(&entry->object, &elf))
		soname = elf_soname(&elf);
	if (soname && strcmp(soname, needed) == 0)
		return true;
	if (strchr(needed, '/') && strcmp(entry->object.path, needed) == 0)
		return true;
	return entry->file_hash == hash && strcmp(scope_file(entry->object.path), needed) == 0;
}

static void scope_enqueue(struct scope *scope, size_t index, size_t *count)
{
	if (index >= scope->count || scope->queued[index])
		return;
	scope->queued[index] = true;
	scope->queue[(*count)++] = (uint16_t)index;
}

static void scope_enqueue_needs(struct scope *scope, size_t index, size_t *count)
{
	const char *needed;
	struct elf elf;

	if (!scope_open(&scope->objects[index].object, &elf))
		return;
	for (size_t i = 0; (needed = elf_needed(&elf, i)) != NULL; i++) {
		uint32_t hash = scope_hash(needed);
		size_t at = 0;

		while (at < scope->count && !scope_is(&scope->objects[at], needed, hash))
			at++;
		scope_enqueue(scope, at, count);
	}
}

/* The index of the object, or scope->count. */
static size_t scope_find_needed(struct scope *scope, size_t caller, const char *name)
{
	size_t count = 0;

	scope_enqueue(scope, caller, &count);
	for (size_t i = 0; i < count; i++) {
		if (scope_defines(scope, scope->queue[i], name))
			return scope->queue[i];
		scope_enqueue_needs(scope, scope->queue[i], &count);
	}
	return scope->count;
}

static size_t scope_find_global(const struct scope *scope, size_t from, const char *name)
{
	for (size_t i = from; i < scope->startup; i++)
		if (scope_defines(scope, i, name))
			return i;
	return scope->count;
}

static size_t scope_find_unique(const struct scope *scope, const char *name)
{
	size_t found = scope->count;

	for (size_t i = scope->startup; i < scope->count; i++) {
		if (!scope_defines(scope, i, name))
			continue;
		if (found != scope->count)
			return scope->count;
		found = i;
	}
	return found;
}

static size_t scope_find(struct scope *scope, const struct resolve_object *caller,
			 const char *name)
{
	size_t from = 0;
	size_t found;

	while (from < scope->count && !resolve_same(&scope->objects[from].object, caller))
		from++;
	/* Another preload before us calls the next one: its own definition would be a circle. */
	if (from > 0 && from < scope->self && scope->self < scope->startup)
		return scope_find_global(scope, scope->self + 1, name);
	found = scope_find_needed(scope, from, name);
	if (found == scope->count)
		found = scope_find_global(scope, 0, name);
	if (found == scope->count)
		found = scope_find_unique(scope, name);
	return found;
}

/* What is searched, and what was found. */
struct scope_question {
	struct scope *scope;
	const struct resolve_object *caller;
	const char *name;
	struct resolve_object *answer;
};

/* Called once, for the lock's sake: the loader allows the calls of dl_iterate_phdr() to nest. */
static int scope_search_locked(struct dl_phdr_info *info, size_t size, void *data)
{
	const struct scope_question *question = data;
	size_t found;

	(void)info;
	(void)size;
	scope_fill(question->scope);
	found = scope_find(question->scope, question->caller, question->name);
	if (found == question->scope->count)
		return -1;
	*question->answer = question->scope->objects[found].object;
	return 1;
}

bool scope_search(struct scope *scope, const struct resolve_object *caller, const char *name,
		  struct resolve_object *ret)
{
	struct scope_question question = { scope, caller, name, ret };

	return dl_iterate_phdr(scope_search_locked, &question) == 1;
}
