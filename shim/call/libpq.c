/* SPDX-License-Identifier: Apache-2.0 */
/* The copies of libpq in this process, and which object calls which of them. */
#include "call/libpq.h"

#include "base/cold.h"
#include "base/real.h"

#define LIBRARIES 64
#define CALLERS 128

enum slot_state { SLOT_FREE, SLOT_FILLING, SLOT_READY };

static const char *const names[] = {
#define LIBPQ(name, type) #name,
#define LIBPQ_CALLED(name, type) #name,
#include "call/libpq.def"
#undef LIBPQ
#undef LIBPQ_CALLED
};

/*
 * Not in the arena: these tables stay true in a forked child, which maps the same libraries. A slot
 * that another thread was filling at the moment of a fork stays FILLING there and is passed over.
 */
static struct {
	_Atomic int state;
	struct libpq libpq;
} library[LIBRARIES] COLD_TABLE;

static struct {
	_Atomic int state;
	struct resolve_object object;
	_Atomic enum resolve_order order;
	_Atomic uint64_t unloads;
	const struct libpq *_Atomic libpq;
} caller[CALLERS] COLD_TABLE;

static _Atomic uint64_t unloads_now;
static const struct libpq nothing;
struct libpq_copies libpq_copies = { .first = &nothing };

/* Whether the table is of this object still, and not of another that was where @owner is now. */
static bool library_is(const struct libpq *libpq, const struct resolve_object *owner)
{
	static const size_t sample[] = { 0, LIBPQ_FUNCTIONS / 2, LIBPQ_FUNCTIONS - 1 };

	if (!resolve_same(&libpq->object, owner))
		return false;
	for (size_t i = 0; i < sizeof(sample) / sizeof(sample[0]); i++) {
		void *address;

		/* One that stands before it is not the object's own. */
		if (!libpq_is_inside(libpq, libpq->function[sample[i]]))
			continue;
		resolve_all_in_object(owner, &names[sample[i]], 1, &address);
		if (libpq->function[sample[i]] != address)
			return false;
	}
	return true;
}

static const struct libpq *library_find(const struct resolve_object *owner)
{
	for (size_t i = 0; i < LIBRARIES; i++)
		if (atomic_load_explicit(&library[i].state, memory_order_acquire) == SLOT_READY &&
		    library_is(&library[i].libpq, owner))
			return &library[i].libpq;
	return NULL;
}

static bool slot_claim(_Atomic int *state)
{
	int expected = SLOT_FREE;

	return atomic_compare_exchange_strong_explicit(state, &expected, SLOT_FILLING,
						       memory_order_acq_rel, memory_order_relaxed);
}

static void library_announce(const struct libpq *libpq)
{
	const struct libpq *none = &nothing;

	if (!atomic_compare_exchange_strong(&libpq_copies.first, &none, libpq)) {
		atomic_store(&libpq_copies.reach, LIBPQ_REACH_MANY);
		return;
	}
	atomic_store_explicit(&libpq_copies.start, libpq->object.start, memory_order_relaxed);
	atomic_store_explicit(&libpq_copies.size, libpq->object.end - libpq->object.start,
			      memory_order_release);
}

const struct libpq *libpq_inside_more(const void *return_address)
{
	for (size_t i = 0; i < LIBRARIES; i++)
		if (atomic_load_explicit(&library[i].state, memory_order_acquire) == SLOT_READY &&
		    libpq_is_inside(&library[i].libpq, return_address))
			return &library[i].libpq;
	return NULL;
}

bool libpq_confirm_slowly(const void *return_address)
{
	enum libpq_reach seen = LIBPQ_REACH_NEW;

	real();
	if (atomic_compare_exchange_strong(&libpq_copies.reach, &seen, LIBPQ_REACH_FIRST) ||
	    seen == LIBPQ_REACH_FIRST)
		return libpq_in_first(return_address);
	return libpq_inside(return_address) != NULL;
}

/* What we call ourselves is there; only older copies lack what is asked for before it is called. */
static bool is_whole(const struct libpq *libpq)
{
	return libpq->PQexec && libpq->PQgetResult && libpq->PQfinish && libpq->PQstatus &&
	       libpq->PQdb && libpq->PQhost && libpq->PQport && libpq->PQsocket &&
	       libpq->PQbackendPID && libpq->PQparameterStatus && libpq->PQresultStatus &&
	       libpq->PQntuples && libpq->PQcmdStatus && libpq->PQcmdTuples &&
	       libpq->PQresultErrorField;
}

enum library_needed { LIBRARY_WHOLE, LIBRARY_ANY };

/*
 * Fills a place with the functions of @owner. Those that @before defines, which is not all of a
 * libpq, are taken from there: a preload or a library that stands before some of libpq's.
 */
static const struct libpq *library_add(const struct resolve_object *owner,
				       const struct resolve_object *before,
				       enum library_needed needed)
{
	for (size_t i = 0; i < LIBRARIES; i++) {
		struct libpq *libpq = &library[i].libpq;

		if (!slot_claim(&library[i].state))
			continue;
		libpq->object = *owner;
		resolve_all_in_object(owner, names, LIBPQ_FUNCTIONS, libpq->function);
		libpq->whole = is_whole(libpq);
		if (!libpq->whole && needed == LIBRARY_WHOLE) {
			atomic_store_explicit(&library[i].state, SLOT_FREE, memory_order_release);
			return NULL;
		}
		for (size_t j = 0; before && j < LIBPQ_FUNCTIONS; j++) {
			void *address;

			resolve_all_in_object(before, &names[j], 1, &address);
			if (address)
				libpq->function[j] = address;
		}
		atomic_store_explicit(&library[i].state, SLOT_READY, memory_order_release);
		library_announce(libpq);
		return libpq;
	}
	return NULL;
}

const struct libpq *libpq_of_object(const struct resolve_object *owner)
{
	const struct libpq *known = library_find(owner);

	if (known)
		return known->whole ? known : NULL;
	return library_add(owner, NULL, LIBRARY_WHOLE);
}

/* What defines the first name of the list that anything defines. */
static bool first_provider(const struct resolve_object *from, enum resolve_order order,
			   struct resolve_object *ret)
{
	for (size_t i = 0; i < LIBPQ_FUNCTIONS; i++)
		if (resolve_provider(from, names[i], order, ret))
			return true;
	return false;
}

const struct libpq *libpq_called_by(const struct resolve_object *from, enum resolve_order order)
{
	struct resolve_object first, owner;
	const struct libpq *libpq;

	if (!first_provider(from, order, &first))
		return NULL;
	libpq = library_find(&first);
	if (!libpq)
		libpq = library_add(&first, NULL, LIBRARY_WHOLE);
	if (libpq)
		return libpq;
	if (!resolve_provider(from, names[LIBPQ_INDEX_PQstatus], order, &owner))
		return library_add(&first, NULL, LIBRARY_ANY);
	libpq = library_find(&owner);
	return libpq ? libpq : library_add(&owner, &first, LIBRARY_ANY);
}

static size_t caller_first(const struct resolve_object *object)
{
	return ((uintptr_t)object->link_map >> 6) % CALLERS;
}

/* The caller's slot: its own, or a new one; null when all are taken by others. */
static size_t caller_slot(const struct resolve_object *object)
{
	size_t first = caller_first(object);

	for (size_t i = 0; i < CALLERS; i++) {
		size_t slot = (first + i) % CALLERS;
		int state = atomic_load_explicit(&caller[slot].state, memory_order_acquire);

		if (state == SLOT_READY && resolve_same(&caller[slot].object, object))
			return slot;
		if (state == SLOT_FREE && slot_claim(&caller[slot].state)) {
			caller[slot].object = *object;
			atomic_store_explicit(&caller[slot].order, RESOLVE_GLOBAL_FIRST,
					      memory_order_relaxed);
			atomic_store_explicit(&caller[slot].unloads, UINT64_MAX,
					      memory_order_relaxed);
			atomic_store_explicit(&caller[slot].state, SLOT_READY,
					      memory_order_release);
			return slot;
		}
	}
	return CALLERS;
}

const struct libpq *libpq_of_caller(const void *return_address)
{
	uint64_t unloads = atomic_load_explicit(&unloads_now, memory_order_relaxed);
	const struct libpq *libpq;
	struct resolve_object from;
	size_t slot;

	/* Code that was made at run time is in no object: it sees what the program sees. */
	if (!resolve_owner(return_address, &from))
		from = (struct resolve_object){ .link_map = NULL };
	slot = caller_slot(&from);
	if (slot == CALLERS)
		return libpq_called_by(&from, RESOLVE_GLOBAL_FIRST);
	if (atomic_load_explicit(&caller[slot].unloads, memory_order_acquire) == unloads)
		return atomic_load_explicit(&caller[slot].libpq, memory_order_relaxed);
	libpq = libpq_called_by(&from, atomic_load_explicit(&caller[slot].order,
							    memory_order_relaxed));
	if (!libpq)
		return NULL;
	atomic_store_explicit(&caller[slot].libpq, libpq, memory_order_relaxed);
	atomic_store_explicit(&caller[slot].unloads, unloads, memory_order_release);
	return libpq;
}

bool libpq_set_deep(const struct resolve_object *object)
{
	size_t slot = caller_slot(object);

	if (slot == CALLERS)
		return false;
	if (atomic_exchange(&caller[slot].order, RESOLVE_OWN_FIRST) != RESOLVE_OWN_FIRST)
		atomic_store(&caller[slot].unloads, UINT64_MAX);
	return true;
}

void libpq_refresh(void)
{
	atomic_store_explicit(&unloads_now, resolve_unloads(), memory_order_relaxed);
}
