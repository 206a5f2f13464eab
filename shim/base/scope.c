/* SPDX-License-Identifier: Apache-2.0 */
/* The search for a caller's library, in the order and the versions of the dynamic linker. */
#include "base/scope.h"

#include <string.h>

#include "base/elf_version.h"

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

static bool scope_defines(const struct scope *scope, size_t index)
{
	struct elf elf;

	if (index == scope->self || !scope_open(&scope->objects[index].object, &elf))
		return false;
	return elf_find_version(&elf, scope->name, scope->version) != NULL;
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

/* Fills the queue with @root and all that it needs, breadth-first; how many these are. */
static size_t scope_walk(struct scope *scope, size_t root)
{
	size_t count = 0;

	memset(scope->queued, 0, scope->count * sizeof(scope->queued[0]));
	scope_enqueue(scope, root, &count);
	for (size_t i = 0; i < count; i++)
		scope_enqueue_needs(scope, scope->queue[i], &count);
	return count;
}

/* The first of what was walked that defines the name, or scope->count. */
static size_t scope_find_walked(const struct scope *scope, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (scope_defines(scope, scope->queue[i]))
			return scope->queue[i];
	return scope->count;
}

/*
 * Besides its own needs a loaded object sees those of each object that was loaded with it, or later
 * and needs it: the loader adds the scope of whom it opens to all that are in it.
 */
static size_t scope_find_needing(struct scope *scope, size_t caller)
{
	if (caller < scope->startup || caller == scope->count)
		return scope->count;
	for (size_t i = scope->startup; i < scope->count; i++) {
		size_t count = scope_walk(scope, i);
		size_t found = scope->queued[caller] ? scope_find_walked(scope, count) :
						       scope->count;

		if (found != scope->count)
			return found;
	}
	return scope->count;
}

/* The index of the object, or scope->count. */
static size_t scope_find_local(struct scope *scope, size_t caller)
{
	size_t found;

	for (size_t i = 0; i < scope->count; i++)
		scope_name(&scope->objects[i]);
	found = scope_find_walked(scope, scope_walk(scope, caller));
	return found != scope->count ? found : scope_find_needing(scope, caller);
}

static size_t scope_find_global(const struct scope *scope, size_t from)
{
	for (size_t i = from; i < scope->startup; i++)
		if (scope_defines(scope, i))
			return i;
	return scope->count;
}

static size_t scope_find_unique(const struct scope *scope)
{
	size_t found = scope->count;

	for (size_t i = scope->startup; i < scope->count; i++) {
		if (!scope_defines(scope, i))
			continue;
		if (found != scope->count)
			return scope->count;
		found = i;
	}
	return found;
}

/* The index of the caller, or scope->count; and the version in which it asks for the name. */
static size_t scope_find_caller(struct scope *scope, const struct resolve_object *caller)
{
	size_t from = 0;
	struct elf elf;

	while (from < scope->count && !resolve_same(&scope->objects[from].object, caller))
		from++;
	if (from < scope->count && scope_open(&scope->objects[from].object, &elf) &&
	    elf_asks(&elf, scope->name, &scope->asked))
		scope->version = &scope->asked;
	return from;
}

static size_t scope_find_call(struct scope *scope, size_t from, enum resolve_order order)
{
	size_t found = scope->count;
	/* What is in front of us was called itself. */
	size_t behind = scope->self < scope->startup ? scope->self + 1 : 0;

	/* Another preload before us calls the next one: its own definition would be a circle. */
	if (from > 0 && from < scope->self && scope->self < scope->startup)
		return scope_find_global(scope, behind);
	if (order == RESOLVE_OWN_FIRST)
		found = scope_find_local(scope, from);
	if (found == scope->count)
		found = scope_find_global(scope, behind);
	if (found == scope->count)
		found = scope_find_local(scope, from);
	if (found == scope->count)
		found = scope_find_unique(scope);
	return found;
}

static size_t scope_find(struct scope *scope, const struct resolve_object *caller,
			 enum resolve_order order)
{
	size_t from = scope_find_caller(scope, caller);

	if (order != RESOLVE_LOCAL)
		return scope_find_call(scope, from, order);
	return from < scope->startup ? scope->count : scope_find_local(scope, from);
}

/* What is searched, and what was found. */
struct scope_question {
	struct scope *scope;
	const struct resolve_object *caller;
	enum resolve_order order;
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
	found = scope_find(question->scope, question->caller, question->order);
	if (found == question->scope->count)
		return -1;
	*question->answer = question->scope->objects[found].object;
	return 1;
}

bool scope_search(struct scope *scope, const struct resolve_object *caller, const char *name,
		  enum resolve_order order, struct resolve_object *ret)
{
	struct scope_question question = { scope, caller, order, ret };

	scope->name = name;
	return dl_iterate_phdr(scope_search_locked, &question) == 1;
}
