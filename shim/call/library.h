/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The copies of one library (libpq, libcurl) in this process, and which object calls which of them:
 * a copy's functions, found for each caller without the loader's help. call/libpq.h and
 * call/libcurl.h say the same with the types of their functions.
 *
 * Ownership: a table is made once for each loaded copy, lives for good and never changes. They are
 * not in the arena: they stay true in a forked child, which maps the same libraries.
 * Threads: any; after the first call of an object, a look-up takes no lock and makes no system
 * call.
 */
#ifndef CALL_LIBRARY_H
#define CALL_LIBRARY_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cold.h"
#include "base/resolve.h"

/* Copies of one library that are told apart, and objects that call it. */
#define LIBRARY_COPIES 64
#define LIBRARY_CALLERS 128

struct library_family;

/* What the table of every library begins with; its functions follow. */
struct library {
	struct resolve_object object;
	const struct library_family *family;
	bool whole;			/* else it is only passed on to: nothing can be asked */
};

/* How to tell whether an address is inside the library. */
enum library_reach {
	LIBRARY_REACH_NEW,	/* base/real.h is to be filled first */
	LIBRARY_REACH_FIRST,	/* by the range of the first copy */
	LIBRARY_REACH_MANY	/* in the list of the copies */
};

/* The copies met so far; for the functions below only. */
struct library_copies {
	const struct library *_Atomic first;	/* never null: at first one that holds nothing */
	_Atomic uintptr_t start, size;		/* its range */
	_Atomic enum library_reach reach;
};

/* An object that calls the library. */
struct library_caller {
	_Atomic int state;
	struct resolve_object object;
	_Atomic enum resolve_order order;
	_Atomic uint64_t unloads;
	const struct library *_Atomic library;
};

/* All copies of a library, and its callers. */
struct library_family {
	const char *const *names;	/* of its functions; the first one every copy has */
	size_t count;
	size_t anchor;			/* a name that we do not define */
	size_t size, functions;		/* of a copy's table, and where in it they are */
	bool (*is_whole)(const struct library *library);
	struct library_copies *copies;
	_Atomic int *states;		/* of LIBRARY_COPIES tables */
	void *tables;
	struct library_caller *callers;	/* LIBRARY_CALLERS of them */
};

extern const struct library library_nothing;

/*
 * The library that code at @return_address calls; null when there is none, or no place to keep it.
 * Call it again for each call: it is one lock-free look-up, and right after dlclose too.
 */
COLD const struct library *library_of_caller(const struct library_family *family,
					     const void *return_address);

/*
 * The library that @owner is; null when it is none, or not all of one (a library that stands before
 * it for some functions), or there is no place to keep it.
 */
const struct library *library_of_object(const struct library_family *family,
					const struct resolve_object *owner);

/*
 * The library that @caller is bound to in this order, or null. It is not whole where another
 * library has some of its names, and none is behind that.
 */
const struct library *library_called_by(const struct library_family *family,
					const struct resolve_object *caller,
					enum resolve_order order);

/*
 * @caller was opened with RTLD_DEEPBIND: from now on it calls the library that it brought, whatever
 * the program has. False when there is no place to keep that.
 */
bool library_set_deep(const struct library_family *family, const struct resolve_object *caller);

/* Function @index, in the order of the names; null when this copy does not have it. */
static inline void *library_function(const struct library *library, size_t index)
{
	const char *functions = (const char *)library + library->family->functions;

	return ((void *const *)(const void *)functions)[index];
}

/* Of all copies but the first. */
COLD const struct library *library_inside_more(const struct library_family *family,
					       const void *return_address);

/* What library_confirm() does where there is more than a range to ask. */
COLD bool library_confirm_slowly(const struct library_family *family, const void *return_address);

/* To be called where an object may have come or gone since (each new connection or handle). */
void library_refresh(void);

static inline bool library_is_inside(const struct library *library, const void *return_address)
{
	return resolve_holds(&library->object, return_address);
}

/* The copy that most processes have only one of. */
static inline const struct library *library_first(const struct library_copies *copies)
{
	return atomic_load_explicit(&copies->first, memory_order_acquire);
}

/* The copy but for the first that @return_address lies in, or null. */
static inline const struct library *library_inside_other(const struct library_family *family,
							 const struct library_copies *copies,
							 const void *return_address)
{
	if (__builtin_expect(atomic_load_explicit(&copies->reach, memory_order_relaxed) !=
				     LIBRARY_REACH_MANY,
			     1))
		return NULL;
	return library_inside_more(family, return_address);
}

/* ---- for functions of libc, which all of the program calls ---- */

static inline bool library_in_first(const struct library_copies *copies, const void *return_address)
{
	uintptr_t size = atomic_load_explicit(&copies->size, memory_order_acquire);
	uintptr_t start = atomic_load_explicit(&copies->start, memory_order_relaxed);

	return (uintptr_t)return_address - start < size;
}

/*
 * Where a hook begins. False, the common way: @return_address is in no copy, and real_filled() may
 * be used. True: library_confirm() knows. Calls nothing.
 */
static inline bool library_may_be_inside(const struct library_copies *copies,
					 const void *return_address)
{
	return library_in_first(copies, return_address) ||
	       atomic_load_explicit(&copies->reach, memory_order_acquire) != LIBRARY_REACH_FIRST;
}

/* Of what library_may_be_inside() did not rule out; real_filled() may be used in any case after. */
static inline bool library_confirm(const struct library_family *family,
				   const struct library_copies *copies, const void *return_address)
{
	return __builtin_expect(atomic_load_explicit(&copies->reach, memory_order_acquire) ==
					LIBRARY_REACH_FIRST,
				1) ||
	       library_confirm_slowly(family, return_address);
}

#endif
