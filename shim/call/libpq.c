/* SPDX-License-Identifier: Apache-2.0 */
/* The copies of libpq in this process, and which object calls which of them. */
#include "call/libpq.h"

#include "base/cold.h"

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
	_Atomic uint64_t unloads;
	const struct libpq *_Atomic libpq;
} caller[CALLERS] COLD_TABLE;

static _Atomic uint64_t unloads_now;
struct libpq_copies libpq_copies;

static const struct libpq *library_find(const struct resolve_object *owner)
{
	for (size_t i = 0; i < LIBRARIES; i++)
		if (atomic_load_explicit(&library[i].state, memory_order_acquire) == SLOT_READY &&
		    resolve_same(&library[i].libpq.object, owner))
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
	const struct libpq *none = NULL;

	if (!atomic_compare_exchange_strong(&libpq_copies.first, &none, libpq))
		atomic_store(&libpq_copies.more, true);
}

const struct libpq *libpq_inside_more(const void *return_address)
{
	for (size_t i = 0; i < LIBRARIES; i++)
		if (atomic_load_explicit(&library[i].state, memory_order_acquire) == SLOT_READY &&
		    libpq_is_inside(&library[i].libpq, return_address))
			return &library[i].libpq;
	return NULL;
}

static const struct libpq *library_add(const struct resolve_object *from)
{
	struct resolve_object owner;
	const struct libpq *known;
	void *first;

	if (!resolve_for_object(from, names, 1, &first, &owner))
		return NULL;
	known = library_find(&owner);
	if (known)
		return known;
	for (size_t i = 0; i < LIBRARIES; i++) {
		struct libpq *libpq = &library[i].libpq;

		if (!slot_claim(&library[i].state))
			continue;
		if (!resolve_for_object(from, names, LIBPQ_FUNCTIONS, libpq->function,
					&libpq->object)) {
			atomic_store_explicit(&library[i].state, SLOT_FREE, memory_order_release);
			return NULL;
		}
		atomic_store_explicit(&library[i].state, SLOT_READY, memory_order_release);
		library_announce(libpq);
		return libpq;
	}
	return NULL;
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

	if (!resolve_owner(return_address, &from))
		return NULL;
	slot = caller_slot(&from);
	if (slot == CALLERS)
		return library_add(&from);
	if (atomic_load_explicit(&caller[slot].unloads, memory_order_acquire) == unloads)
		return atomic_load_explicit(&caller[slot].libpq, memory_order_relaxed);
	libpq = library_add(&from);
	if (!libpq)
		return NULL;
	atomic_store_explicit(&caller[slot].libpq, libpq, memory_order_relaxed);
	atomic_store_explicit(&caller[slot].unloads, unloads, memory_order_release);
	return libpq;
}

void libpq_refresh(void)
{
	atomic_store_explicit(&unloads_now, resolve_unloads(), memory_order_relaxed);
}
