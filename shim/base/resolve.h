/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finding the real function behind a replaced one, without dlsym: a call into the loader may
 * allocate, take its locks, or answer for the wrong caller (RTLD_NEXT does not see a libpq that a
 * Python extension brought with RTLD_LOCAL, and with two copies loaded it names the wrong one).
 *
 * libc: the next definition after ourselves in global search order, so that other preloads behind
 * us stay in the chain. Libraries: for each calling object what the loader would have bound it to,
 * in the version that it asks for: the start-up objects in global order, then breadth-first over
 * its own DT_NEEDED, then the one loaded object that defines the name. In another order a replaced
 * function could lead into one copy of a library, and those that are not replaced into another.
 * The start-up ends with the first call of any of these, at the latest with resolve_begin().
 *
 * Threads: any. resolve_owner() is lock-free with glibc 2.35 and newer; resolve_next() walks the
 * start-up objects only and takes no lock; resolve_for_object() holds the loader's lock of
 * dl_iterate_phdr() while it copies and searches the list of objects, once for each calling object.
 * Failure: a null pointer or false; never an abort.
 */
#ifndef BASE_RESOLVE_H
#define BASE_RESOLVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One loaded object. Equal keys: the same object, not one that took its place. */
struct resolve_object {
	const void *link_map;
	uintptr_t load_address;	/* l_addr */
	uintptr_t dynamic;	/* l_ld */
	uintptr_t start, end;	/* its mapped range; code lies inside */
	const char *path;	/* l_name: the loader's; "" is the main program */
};

/* Ends the start-up: called by our constructor, while no object can have been opened or closed. */
void resolve_begin(void);

/* The object whose mapped range holds @address; false when there is none. */
bool resolve_owner(const void *address, struct resolve_object *ret);

static inline bool resolve_same(const struct resolve_object *a, const struct resolve_object *b)
{
	return a->link_map == b->link_map && a->load_address == b->load_address &&
	       a->dynamic == b->dynamic;
}

static inline bool resolve_holds(const struct resolve_object *object, const void *address)
{
	return (uintptr_t)address >= object->start && (uintptr_t)address < object->end;
}

/*
 * The default version of function @name in the first object after ourselves, in global search
 * order, that defines it. Resolves indirect functions. Usable before our constructor ran.
 */
void *resolve_next(const char *name);

/* The same for @count @names at once, into @ret; null where nothing defines a name. */
void resolve_next_all(const char *const *names, size_t count, void **ret);

enum resolve_order {
	RESOLVE_GLOBAL_FIRST,	/* what a call is bound to */
	RESOLVE_OWN_FIRST,	/* the same for an object that was opened with RTLD_DEEPBIND */
	RESOLVE_LOCAL,		/* what came with the caller alone: nothing for the start-up */
};

/*
 * The object that function @name comes from when @caller calls it, as without us; @ret is untouched
 * when there is none.
 */
bool resolve_provider(const struct resolve_object *caller, const char *name,
		      enum resolve_order order, struct resolve_object *ret);

/*
 * Resolves @count @names into @ret as @caller would see them without us; null where nothing defines
 * a name (a function newer than the library). All come from one object: the first, in the order
 * above, that defines @names[0]. @ret_owner is that object. False when there is none.
 */
bool resolve_for_object(const struct resolve_object *caller, const char *const *names, size_t count,
			void **ret, struct resolve_object *ret_owner);

/* The same of one object, whoever calls; ours do not count. */
void resolve_all_in_object(const struct resolve_object *owner, const char *const *names,
			   size_t count, void **ret);

/*
 * The first object in global search order that defines function @name, be it ourselves: the one
 * that a program gets. False when no object of the start-up does.
 */
bool resolve_first(const char *name, struct resolve_object *ret);

/*
 * Our own functions of @count @names into @ret, where the program as a whole gets ours for the
 * name; null where an object in front of us defines it, or we do not.
 */
void resolve_own_all(const char *const *names, size_t count, void **ret);

/* Whether @object was there when the program began: such a one is never unloaded. */
bool resolve_is_startup(const struct resolve_object *object);

/* Ourselves; false when no object holds us. */
bool resolve_self(struct resolve_object *ret);

/*
 * How many objects were unloaded so far (dlpi_subs): another number makes caches by object stale.
 */
uint64_t resolve_unloads(void);

/*
 * Looks @name up in one object by its own hash tables; @dynamic is l_ld, @load_address is l_addr.
 * Null when it is not defined there, or the tables are missing or malformed.
 */
void *resolve_in_object(uintptr_t load_address, uintptr_t dynamic, const char *name);

#endif
