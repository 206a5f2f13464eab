/* SPDX-License-Identifier: Apache-2.0 */
/* Tables of the copies of a library, and of the objects that call them. */
#include "call/library.h"

#include "base/real.h"

enum slot_state { SLOT_FREE, SLOT_FILLING, SLOT_READY };

const struct library library_nothing;

static _Atomic uint64_t unloads_now;

static struct library *table_at(const struct library_family *family, size_t i)
{
	return (struct library *)(void *)((char *)family->tables + i * family->size);
}

static void **functions_of(struct library *library)
{
	return (void **)(void *)((char *)library + library->family->functions);
}

/*
 * A slot that another thread was filling at the moment of a fork stays FILLING in the child and is
 * passed over.
 */
static bool slot_claim(_Atomic int *state)
{
	int expected = SLOT_FREE;

	return atomic_compare_exchange_strong_explicit(state, &expected, SLOT_FILLING,
						       memory_order_acq_rel, memory_order_relaxed);
}

static bool slot_is_ready(_Atomic int *state)
{
	return atomic_load_explicit(state, memory_order_acquire) == SLOT_READY;
}

/* ---- the copies ---- */

/* Whether the table is of this object still, and not of another that was where @owner is now. */
static bool copy_is(const struct library *library, const struct resolve_object *owner)
{
	const struct library_family *family = library->family;
	const size_t sample[] = { 0, family->count / 2, family->count - 1 };

	if (!resolve_same(&library->object, owner))
		return false;
	for (size_t i = 0; i < sizeof(sample) / sizeof(sample[0]); i++) {
		void *function = library_function(library, sample[i]);
		void *address;

		/* One that stands before it is not the object's own. */
		if (!library_is_inside(library, function))
			continue;
		resolve_all_in_object(owner, &family->names[sample[i]], 1, &address);
		if (function != address)
			return false;
	}
	return true;
}

static const struct library *copy_find(const struct library_family *family,
				       const struct resolve_object *owner)
{
	for (size_t i = 0; i < LIBRARY_COPIES; i++)
		if (slot_is_ready(&family->states[i]) && copy_is(table_at(family, i), owner))
			return table_at(family, i);
	return NULL;
}

static void copy_announce(const struct library *library)
{
	struct library_copies *copies = library->family->copies;
	const struct library *none = &library_nothing;

	if (!atomic_compare_exchange_strong(&copies->first, &none, library)) {
		atomic_store(&copies->reach, LIBRARY_REACH_MANY);
		return;
	}
	atomic_store_explicit(&copies->start, library->object.start, memory_order_relaxed);
	atomic_store_explicit(&copies->size, library->object.end - library->object.start,
			      memory_order_release);
}

const struct library *library_inside_more(const struct library_family *family,
					  const void *return_address)
{
	for (size_t i = 0; i < LIBRARY_COPIES; i++)
		if (slot_is_ready(&family->states[i]) &&
		    library_is_inside(table_at(family, i), return_address))
			return table_at(family, i);
	return NULL;
}

bool library_confirm_slowly(const struct library_family *family, const void *return_address)
{
	struct library_copies *copies = family->copies;
	enum library_reach seen = LIBRARY_REACH_NEW;

	real();
	if (atomic_compare_exchange_strong(&copies->reach, &seen, LIBRARY_REACH_FIRST) ||
	    seen == LIBRARY_REACH_FIRST)
		return library_in_first(copies, return_address);
	return library_is_inside(library_first(copies), return_address) ||
	       library_inside_more(family, return_address);
}

enum copy_needed { COPY_WHOLE, COPY_ANY };

/* The functions that @before defines, which is not all of a library, are taken from there. */
static void take_before(struct library *library, const struct resolve_object *before)
{
	const struct library_family *family = library->family;

	for (size_t i = 0; i < family->count; i++) {
		void *address;

		resolve_all_in_object(before, &family->names[i], 1, &address);
		if (address)
			functions_of(library)[i] = address;
	}
}

/*
 * Fills a place with the functions of @owner. @before, or null: a preload or a library that stands
 * before it for some of them.
 */
static const struct library *copy_add(const struct library_family *family,
				      const struct resolve_object *owner,
				      const struct resolve_object *before, enum copy_needed needed)
{
	for (size_t i = 0; i < LIBRARY_COPIES; i++) {
		struct library *library = table_at(family, i);

		if (!slot_claim(&family->states[i]))
			continue;
		library->object = *owner;
		library->family = family;
		resolve_all_in_object(owner, family->names, family->count, functions_of(library));
		library->whole = family->is_whole(library);
		if (!library->whole && needed == COPY_WHOLE) {
			atomic_store_explicit(&family->states[i], SLOT_FREE, memory_order_release);
			return NULL;
		}
		if (before)
			take_before(library, before);
		atomic_store_explicit(&family->states[i], SLOT_READY, memory_order_release);
		copy_announce(library);
		return library;
	}
	return NULL;
}

const struct library *library_of_object(const struct library_family *family,
					const struct resolve_object *owner)
{
	const struct library *known = copy_find(family, owner);

	if (known)
		return known->whole ? known : NULL;
	return copy_add(family, owner, NULL, COPY_WHOLE);
}

/* What defines the first name of the list that anything defines. */
static bool first_provider(const struct library_family *family, const struct resolve_object *from,
			   enum resolve_order order, struct resolve_object *ret)
{
	for (size_t i = 0; i < family->count; i++)
		if (resolve_provider(from, family->names[i], order, ret))
			return true;
	return false;
}

const struct library *library_called_by(const struct library_family *family,
					const struct resolve_object *from, enum resolve_order order)
{
	struct resolve_object first, owner;
	const struct library *library;

	if (!first_provider(family, from, order, &first))
		return NULL;
	library = copy_find(family, &first);
	if (!library)
		library = copy_add(family, &first, NULL, COPY_WHOLE);
	if (library)
		return library;
	if (!resolve_provider(from, family->names[family->anchor], order, &owner))
		return copy_add(family, &first, NULL, COPY_ANY);
	library = copy_find(family, &owner);
	return library ? library : copy_add(family, &owner, &first, COPY_ANY);
}

/* ---- who calls ---- */

static size_t caller_first(const struct resolve_object *object)
{
	return ((uintptr_t)object->link_map >> 6) % LIBRARY_CALLERS;
}

/* The caller's place: its own, or a new one; null when all are taken by others. */
static struct library_caller *caller_of(const struct library_family *family,
					const struct resolve_object *object)
{
	size_t first = caller_first(object);

	for (size_t i = 0; i < LIBRARY_CALLERS; i++) {
		struct library_caller *caller = &family->callers[(first + i) % LIBRARY_CALLERS];
		int state = atomic_load_explicit(&caller->state, memory_order_acquire);

		if (state == SLOT_READY && resolve_same(&caller->object, object))
			return caller;
		if (state == SLOT_FREE && slot_claim(&caller->state)) {
			caller->object = *object;
			atomic_store_explicit(&caller->order, RESOLVE_GLOBAL_FIRST,
					      memory_order_relaxed);
			atomic_store_explicit(&caller->unloads, UINT64_MAX, memory_order_relaxed);
			atomic_store_explicit(&caller->state, SLOT_READY, memory_order_release);
			return caller;
		}
	}
	return NULL;
}

const struct library *library_of_caller(const struct library_family *family,
					const void *return_address)
{
	uint64_t unloads = atomic_load_explicit(&unloads_now, memory_order_relaxed);
	const struct library *library;
	struct library_caller *caller;
	struct resolve_object from;

	/* Code that was made at run time is in no object: it sees what the program sees. */
	if (!resolve_owner(return_address, &from))
		from = (struct resolve_object){ .link_map = NULL };
	caller = caller_of(family, &from);
	if (!caller)
		return library_called_by(family, &from, RESOLVE_GLOBAL_FIRST);
	if (atomic_load_explicit(&caller->unloads, memory_order_acquire) == unloads)
		return atomic_load_explicit(&caller->library, memory_order_relaxed);
	library = library_called_by(family, &from,
				    atomic_load_explicit(&caller->order, memory_order_relaxed));
	if (!library)
		return NULL;
	atomic_store_explicit(&caller->library, library, memory_order_relaxed);
	atomic_store_explicit(&caller->unloads, unloads, memory_order_release);
	return library;
}

bool library_set_deep(const struct library_family *family, const struct resolve_object *object)
{
	struct library_caller *caller = caller_of(family, object);

	if (!caller)
		return false;
	if (atomic_exchange(&caller->order, RESOLVE_OWN_FIRST) != RESOLVE_OWN_FIRST)
		atomic_store(&caller->unloads, UINT64_MAX);
	return true;
}

void library_refresh(void)
{
	atomic_store_explicit(&unloads_now, resolve_unloads(), memory_order_relaxed);
}
